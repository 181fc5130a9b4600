"""A running server with the real course and invented people, and what a test may look up in it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from lms import installation
from lms.accounts import passwords
from lms.accounts.models import Credential, SignIn, Unit
from lms.app import create_app
from lms.assessment import actions as tests
from lms.assessment import queries as assessment
from lms.assessment.codes import Codes
from lms.assessment.models import Answer, Attempt
from lms.certificates import actions as certificates
from lms.certificates.models import Certificate
from lms.db import transaction
from lms.extensions import db
from lms.learning import actions as learning
from lms.settings import read
from tests.people import Cast, add_person, build_places

ROOT = Path(__file__).resolve().parents[2]
COURSES = os.environ.get("LMS_COURSES") or str(ROOT / "courses")
COURSE = "mandela-rules"
PASSWORD = "stone lantern river 7"
CODE = "CQ7M4F2XHPRW"
# A name that is not loopback, so that the browser treats plain HTTP as a station's network does.
STATION = "learn.test"


@dataclass
class House:
    """The server of a test: its address, and a way into its database."""

    app: Flask
    data: Path
    port: int
    people: int = 0
    password_hash: str = ""

    @property
    def loopback(self) -> str:
        """The address on which a browser calls the page a secure context."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def station(self) -> str:
        """The address on which it does not."""
        return f"http://{STATION}:{self.port}"

    def person(self, name: str = "Amina Ben Salah", **settings: Any) -> Cast:
        """Add somebody who has a password and one live session, and return them."""
        self.people += 1
        with self.app.app_context(), transaction() as session:
            northgate = session.scalars(select(Unit).where(Unit.code == "N-01")).one()
            added = add_person(session, name, f"N-{1000 + self.people}", northgate, **settings)
            self.password_hash = self.password_hash or passwords.hashed(PASSWORD)
            session.add(
                Credential(
                    person_id=added.id,
                    password_hash=self.password_hash,
                    code_hash=None,
                    code_until=None,
                    spare_code_hash=None,
                    changed_at=datetime.now(UTC),
                )
            )
        return added

    def administrator(self, **settings: Any) -> Cast:
        """Add an administrator of the country, whose second proof was just given."""
        self.people += 1
        with self.app.app_context(), transaction() as session:
            country = session.scalars(select(Unit).where(Unit.kind == "country")).one()
            return add_person(
                session,
                "Karim Trabelsi",
                f"XX-{1000 + self.people}",
                country,
                function="P6",
                roles=(("administrator", country),),
                **settings,
            )

    def with_a_code(self, person: Cast) -> None:
        """Let somebody come as new people do: with a one-time code and no password."""
        with self.app.app_context(), transaction() as session:
            credential = session.get_one(Credential, person.id)
            credential.password_hash = None
            credential.code_hash = passwords.hashed(CODE)
            credential.code_until = datetime.now(UTC) + timedelta(days=3)

    def begun(self, person: Cast, *, lessons: int = 0) -> None:
        """Let somebody have begun the course and finished its first lessons."""
        with self.app.app_context(), transaction() as session:
            now = datetime.now(UTC)
            enrolment = learning.begin(session, person.viewer, COURSE, now=now)
            session.flush()
            _, structure = learning.begun_edition(session, enrolment)
            for code in structure.codes()[:lessons]:
                learning.complete_lesson(session, person.viewer, enrolment, code, now=now)

    def test(self, person: Cast, test: str = "post", language: str = "en") -> UUID:
        """Open a test for somebody who may take it and return the attempt."""
        self.begun(person, lessons=12)
        with self.app.app_context(), transaction() as session:
            return learning.start_test(
                session, person.viewer, COURSE, test, language, floor=70, now=datetime.now(UTC)
            )

    def test_with(self, kind: str) -> tuple[Cast, UUID]:
        """Return somebody with an open test, and the test, in which an item of ``kind`` was drawn.

        Which items a test draws is chance; a bank that has the kind gives it soon.
        """
        for _ in range(30):
            person = self.person()
            attempt_id = self.test(person)
            if self.items(attempt_id, kind):
                return person, attempt_id
        raise AssertionError(f"no test of thirty holds an item of kind {kind}")

    def items(self, attempt_id: UUID, kind: str) -> list[str]:
        """Return the items of one kind in a test."""
        with self.app.app_context():
            form_id = db.session.get_one(Attempt, attempt_id).form_id
            found = assessment.form_items(db.session(), form_id)
            return [item.id for item in found if item.kind == kind]

    def passed(self, person: Cast, language: str = "en") -> UUID:
        """Let somebody have passed the final test, and return the attempt."""
        attempt_id = self.test(person, language=language)
        with self.app.app_context():
            for n, (item, fields) in enumerate(self.right_fields(attempt_id).items(), 1):
                with transaction() as session:
                    tests.store_answer(
                        session,
                        person.viewer,
                        attempt_id,
                        item,
                        fields,
                        tests.Sending("0" * 16, 0, language, "script", n),
                        now=datetime.now(UTC),
                    )
            with transaction() as session:
                learning.hand_in(
                    session, person.viewer, attempt_id, floor=70, now=datetime.now(UTC)
                )
        return attempt_id

    def certified(self, person: Cast) -> str:
        """Let somebody have passed and confirmed their name; return the number of the paper.

        The worker of the running server draws the number and makes the paper.
        """
        attempt_id = self.passed(person)
        with self.app.app_context():
            now = datetime.now(UTC)
            with transaction() as session:
                enrolment_id = session.get_one(Attempt, attempt_id).enrolment_id
                certificates.confirm_name(session, person.viewer, person.name, None, now=now)
                certificate = certificates.award(
                    session,
                    person.viewer,
                    enrolment_id,
                    installation.read(session),
                    language="en",
                    clock_is_right=True,
                    now=now,
                ).id
            until = time.monotonic() + 30
            while time.monotonic() < until:
                db.session.rollback()
                found = db.session.get_one(Certificate, certificate, populate_existing=True)
                if found.issued_at and found.number:
                    return found.number
                time.sleep(0.1)
        raise AssertionError("the worker made no paper in 30 seconds")

    def end_session(self, person: Cast) -> None:
        """Let every session of somebody have run out an hour ago."""
        with self.app.app_context(), transaction() as session:
            old = datetime.now(UTC) - timedelta(hours=1)
            session.execute(update(SignIn).where(SignIn.person_id == person.id).values(seen_at=old))

    def attempt(self, attempt_id: UUID) -> Attempt:
        """Return an attempt as the database has it now."""
        with self.app.app_context():
            found = db.session.get_one(Attempt, attempt_id)
            db.session.expunge(found)
            return found

    def answers(self, attempt_id: UUID) -> list[Answer]:
        """Return everything that was answered, in the order in which it was stored."""
        with self.app.app_context():
            found = list(
                db.session.scalars(
                    select(Answer).where(Answer.attempt_id == attempt_id).order_by(Answer.version)
                )
            )
            db.session.expunge_all()
            return found

    def right_fields(self, attempt_id: UUID) -> dict[str, Mapping[str, list[str]]]:
        """Return item -> the fields that a page sends when everything is answered rightly."""
        with self.app.app_context():
            attempt = db.session.get_one(Attempt, attempt_id)
            return {
                item.id: {
                    part: list(values)
                    for part, values in Codes(attempt.secret, item.id, item.kind, item.key)
                    .fields(right_choice(item.kind, item.key))
                    .items()
                }
                for item in assessment.form_items(db.session(), attempt.form_id)
            }


def right_choice(kind: str, key: Mapping[str, Any]) -> Any:
    """Return the choice that earns every point of an item."""
    match kind:
        case "truefalse-reason":
            return {"claim": key["claim"], "reason": key["right"]}
        case "ordering":
            return {letter: str(place) for place, letter in enumerate(key["order"], 1)}
        case "matching":
            return dict(key["pairs"])
        case "numeric":
            return str(key["value"])
        case "scenario":
            return {step["id"]: step["right"] for step in key["steps"]}
        case _:
            return key["right"]


def free_port() -> int:
    """Return a port of this machine that nobody uses at this moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def environment(data: Path, port: int) -> dict[str, str]:
    """Return the environment of a server on a station's network, as seen from this machine."""
    names = {"LMS_DATA", "DATABASE_URL", "LMS_DEMO", "TLS_CERT", "TLS_KEY", "THREADS"}
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return kept | {
        "LMS_DATA": str(data),
        "LMS_COURSES": COURSES,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PLAIN_HTTP": "yes",
        "TRUSTED_HOSTS": f"{STATION},127.0.0.1",
    }


def make_seed(data: Path) -> None:
    """Fill a data folder: schema, keys, the course, the first run's answers, the places."""
    subprocess.run(
        [sys.executable, "-m", "lms.app", "prepare"],
        env=environment(data, 0),
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    app = create_app(read(environment(data, 0)))
    with app.app_context():
        with transaction() as session:
            installation.decide(
                session,
                {
                    "ready": True,
                    "names": {"en": "Prison Service Academy", "ar": "أكاديمية السجون"},
                    "country": "xx",
                },
                now=datetime.now(UTC),
            )
            build_places(session)
        db.session.remove()
        db.engine.dispose()


@contextmanager
def serving(seed: Path, data: Path) -> Iterator[House]:
    """Serve a copy of ``seed`` in ``data`` until the block ends."""
    shutil.copytree(seed, data)
    port = free_port()
    log = data / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "lms.app", "serve"],
            env=environment(data, port),
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    app = create_app(read(environment(data, port)))
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", server, log)
        yield House(app, data, port)
    finally:
        server.terminate()
        server.wait(timeout=30)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"The server did not start:\n{log.read_text('utf-8', 'replace')}")
