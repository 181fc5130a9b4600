"""A data folder with the real course and 200 people in the middle of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.models import Credential, Unit
from lms.accounts.passwords import hashed
from lms.app import create_app
from lms.app.commands import COMMANDS
from lms.catalogue.models import Course, Edition
from lms.catalogue.structure import Structure
from lms.db import transaction
from lms.extensions import db
from lms.installation import LANGUAGES
from lms.learning import actions as learning
from lms.settings import read
from lms.web import csrf
from tests.people import Cast, add_person, build_places

ROOT = Path(__file__).resolve().parents[2]
SLUG = "mandela-rules"
PEOPLE = 200
PASSWORD = "three quiet grey herons"
LESSON = "MR-1.1"
MOST_SECONDS = 240  # for a command that makes a folder; a country takes less than half of it


@dataclass(frozen=True)
class Learner:
    """Somebody with a live session, all lessons read, and an open final test."""

    service_number: str
    token: str
    attempt: UUID

    @property
    def cookie(self) -> str:
        """The Cookie header of their browser."""
        return f"sid={self.token}"

    @property
    def csrf_token(self) -> str:
        """The token that their pages carry."""
        return csrf._token_for(self.token)

    @property
    def quiz(self) -> str:
        """The address of their test."""
        return f"/en/tests/{self.attempt}"


@dataclass(frozen=True)
class Seeded:
    """The folder, where its courses are, who learns there, and the course's lessons."""

    folder: Path
    courses: Path
    people: tuple[Learner, ...]
    lessons: tuple[str, ...]

    @property
    def settings(self) -> dict[str, str]:
        """What a server on this folder needs in its environment."""
        return {"LMS_COURSES": str(self.courses)}


def lesson_path(code: str = LESSON, language: str = "en") -> str:
    """Return the address of a lesson."""
    return f"/{language}/courses/{SLUG}/{code}"


def seed(folder: Path, people: int = PEOPLE) -> Seeded:
    """Make the data folder ``folder`` as ``lms serve`` would, and fill it by the real actions.

    The course is copied first (LMS_COURSES names another place than ``courses``), so that an edit
    in between changes nothing.
    """
    data, courses, none = folder / "data", folder / "courses", folder / "no-courses"
    none.mkdir(parents=True)
    shutil.copytree(os.environ.get("LMS_COURSES") or ROOT / "courses", courses)
    # The country decides which national boxes the published course has: decide it before.
    _prepare(data, none)
    with _application(data, courses), transaction() as session:
        _decide(session)
    _prepare(data, courses)
    return _populated(data, courses, people)


def seed_country(folder: Path, staff: int) -> Seeded | None:
    """Make the invented service of ``lms demo`` with ``staff`` people, and the same learners in it.

    None where this build cannot make one.
    """
    data, courses = folder / "data", folder / "courses"
    shutil.copytree(os.environ.get("LMS_COURSES") or ROOT / "courses", courses)
    if "demo" not in COMMANDS:
        return None
    try:
        _lms(data, courses, "demo", "--only-build", "--staff", str(staff))
    except subprocess.SubprocessError as error:
        print(f"No country: {error}", file=sys.stderr)
        return None
    with _application(data, courses), transaction() as session:
        _decide(session)
    # The other country has other national boxes.
    _prepare(data, courses)
    return _populated(data, courses, PEOPLE)


@contextmanager
def _application(data: Path, courses: Path) -> Iterator[None]:
    app = create_app(read({"LMS_DATA": str(data), "LMS_COURSES": str(courses)}))
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def _decide(session: Session) -> None:
    facts = {
        "ready": True,
        "country": "tn",
        "names": {"en": "Prison Service Academy"},
        "languages": list(LANGUAGES),
        "time_zone": "Africa/Tunis",
    }
    installation.decide(session, facts, now=datetime.now(UTC))


def _populated(data: Path, courses: Path, people: int) -> Seeded:
    now = datetime.now(UTC)
    with _application(data, courses), transaction() as session:
        codes = _lessons(session)
        place = session.scalar(select(Unit).where(Unit.kind == "facility").limit(1))
        place = place or build_places(session).northgate
        secret = hashed(PASSWORD)
        learners = tuple(
            _learner(session, number, place, codes, secret, now) for number in range(people)
        )
    return Seeded(data, courses, learners, codes)


def _prepare(data: Path, courses: Path) -> None:
    _lms(data, courses, "prepare")


def _lms(data: Path, courses: Path, *command: str) -> None:
    environment = {**os.environ, "LMS_DATA": str(data), "LMS_COURSES": str(courses)}
    subprocess.run(
        [sys.executable, "-m", "lms.app", *command],
        check=True,
        env=environment,
        timeout=MOST_SECONDS,
        stdout=subprocess.DEVNULL,
    )


def _lessons(session: Session) -> tuple[str, ...]:
    facts: Any = session.scalar(
        select(Edition.facts)
        .join(Course, Course.edition_id == Edition.id)
        .where(Course.slug == SLUG)
    )
    return tuple(Structure.from_facts(facts).codes())


def _learner(
    session: Session, number: int, place: Unit, codes: tuple[str, ...], secret: str, now: datetime
) -> Learner:
    person: Cast = add_person(session, f"Learner {number} Ben Salah", f"B-{number:04}", place)
    session.add(
        Credential(
            person_id=person.id,
            password_hash=secret,
            code_hash=None,
            code_until=None,
            spare_code_hash=None,
            changed_at=now,
        )
    )
    enrolment = learning.begin(session, person.viewer, SLUG, now=now)
    for code in codes:
        learning.complete_lesson(session, person.viewer, enrolment, code, now=now)
    attempt = learning.start_test(session, person.viewer, SLUG, "post", "en", floor=70, now=now)
    session.flush()
    return Learner(person.service_number, person.token, attempt)
