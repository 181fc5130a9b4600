"""The worker makes a certificate: nobody waits for it, and it may be killed at any moment."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from lms import installation
from lms.accounts.rules import SERVER
from lms.certificates import actions, pdf, work
from lms.certificates.models import Certificate, CertificateCounter, CertificateHolder
from lms.certificates.snapshot import CertificateSnapshot
from lms.db import reading, transaction
from lms.extensions import db
from lms.files import FileStore
from lms.jobs.models import Job
from lms.jobs.running import run_due
from lms.kernel import clock
from lms.learning.models import Enrolment
from lms.signing import keys, qr
from lms.signing.verify import Outcome, verify
from tests.certificates.passed import award, confirm, enrol, publish, run_worker
from tests.course import SmallCourse, small_course
from tests.people import Cast, Places, add_person

__all__ = ["small_course"]

Change = Callable[[UUID], None]


@pytest.fixture
def awarded(app: Flask, amina: Cast) -> UUID:
    """Return the certificate that Amina was given and the worker has not begun."""
    pdf.typeset.cache_clear()
    work.ensure_keys(app.config["LMS"])
    with app.app_context(), transaction() as session:
        publish(session)
        enrolment = enrol(session, amina)
        confirm(session, amina)
        return award(session, amina, enrolment).id


def certificate(app: Flask, certificate_id: UUID) -> Certificate:
    with app.app_context():
        return db.session().get_one(Certificate, certificate_id)


def facts_of(certificate_id: UUID) -> dict[str, Any]:
    return {"certificate": str(certificate_id), "language": "en", "second": None}


def prepare(app: Flask, certificate_id: UUID) -> Any:
    """Do the slow part of the next step."""
    with app.app_context():
        return work.prepare_issue(reading(), facts_of(certificate_id), None, now=clock.now())


def record(app: Flask, certificate_id: UUID, prepared: Any) -> str | None:
    """Do the quick part of the next step."""
    with app.app_context(), transaction() as session:
        return work.record_issue(session, facts_of(certificate_id), None, prepared, now=clock.now())


def paper(app: Flask, certificate_id: UUID) -> bytes:
    """Return the PDF that the holder gets."""
    with app.app_context():
        digest = db.session().get_one(CertificateHolder, certificate_id).pdf
        assert digest is not None
        return work.office(app.config["LMS"]).store.get(digest)


def papers(app: Flask) -> list[Path]:
    return [path for path in (app.config["LMS"].data / "files").rglob("*") if path.is_file()]


def printed(document: bytes, folder: Path) -> str:
    path = folder / "paper.pdf"
    path.write_bytes(document)
    reply = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
    return reply.stdout.decode()


def test_nobody_waits_to_save_while_a_page_is_set(
    app: Flask, awarded: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = []

    def typeset(data: str, day: Any) -> bytes:
        locked.append(db.session().connection().get_execution_options().get("writes", False))
        return b"%PDF"

    monkeypatch.setattr(pdf, "typeset", typeset)
    run_worker(app)

    assert locked == [False, False]
    assert certificate(app, awarded).issued_at is not None


def test_the_first_page_of_all_is_set_twice(app: Flask, awarded: UUID) -> None:
    run_worker(app)

    made = pdf.typeset.cache_info()
    assert (made.misses, made.hits) == (2, 0)  # no key list yet: the issuer was not known
    assert paper(app, awarded).startswith(b"%PDF")


def test_later_the_page_that_was_tried_out_is_the_page_that_is_kept(
    app: Flask, awarded: UUID, chipo: Cast
) -> None:
    run_worker(app)
    with app.app_context(), transaction() as session:
        enrolment = enrol(session, chipo)
        confirm(session, chipo)
        second = award(session, chipo, enrolment).id
    pdf.typeset.cache_clear()

    run_worker(app)

    made = pdf.typeset.cache_info()
    assert (made.misses, made.hits) == (1, 1)
    assert paper(app, second).startswith(b"%PDF")


def test_a_number_that_somebody_else_drew_meanwhile_is_not_printed_twice(
    app: Flask, awarded: UUID, tmp_path: Path
) -> None:
    drafted = prepare(app, awarded)
    with app.app_context(), transaction() as session:
        session.add(CertificateCounter(year=clock.now().year, last=1))
    record(app, awarded, drafted)
    run_worker(app)

    assert drafted.snapshot.number.endswith("-00001")
    number = certificate(app, awarded).number
    assert number is not None
    assert number.endswith("-00002")
    text = printed(paper(app, awarded), tmp_path)
    assert number in text
    assert drafted.snapshot.number not in text


def test_two_workers_at_once_leave_no_gap_and_give_no_number_twice(
    app: Flask, awarded: UUID, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), transaction() as session:
        people = [add_person(session, f"Person {x}", f"N-6{x}", places.northgate) for x in "ABCDE"]
        for person in people:
            enrolment = enrol(session, person)
            confirm(session, person)
            award(session, person, enrolment)
    # The real press serves one worker a process.
    monkeypatch.setattr(pdf, "typeset", lambda data, day: f"%PDF{day}{data}".encode())

    def work_off(owner: str) -> None:
        with app.app_context():
            run_due(reading, transaction, work.STEPS, owner, clock.now)
            db.session.remove()

    workers = [threading.Thread(target=work_off, args=(f"worker {n}",)) for n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    with app.app_context():
        rows = db.session().scalars(select(Certificate)).all()
        assert sorted(str(row.number)[-5:] for row in rows) == [f"0000{n}" for n in range(1, 7)]
        for row in rows:
            assert str(row.number).encode() in paper(app, row.id)
            assert row.issued_at is not None
        assert db.session().scalars(select(Job.state).where(Job.failures > 0)).all() == []


def test_killed_before_the_number_it_begins_anew_and_the_number_is_the_first(
    app: Flask, awarded: UUID
) -> None:
    prepare(app, awarded)
    assert certificate(app, awarded).number is None
    assert papers(app) == []

    run_worker(app)

    assert str(certificate(app, awarded).number).endswith("-00001")


def test_killed_after_the_number_it_keeps_that_number_and_gets_its_paper(
    app: Flask, awarded: UUID, tmp_path: Path
) -> None:
    record(app, awarded, prepare(app, awarded))
    between = certificate(app, awarded)
    assert between.number is not None
    assert between.issued_at is None  # its holder still reads that it is being made

    run_worker(app)

    after = certificate(app, awarded)
    assert after.number == between.number
    assert after.snapshot == between.snapshot
    assert after.issued_at is not None
    assert between.number in printed(paper(app, awarded), tmp_path)


def test_killed_after_the_paper_the_same_paper_is_found_again(app: Flask, awarded: UUID) -> None:
    record(app, awarded, prepare(app, awarded))
    digest = prepare(app, awarded)
    [first] = papers(app)
    pdf.typeset.cache_clear()  # another process

    run_worker(app)

    assert papers(app) == [first]
    assert paper(app, awarded) == first.read_bytes()
    assert first.name == digest


def test_it_is_dated_as_it_was_signed_also_when_the_paper_comes_much_later(
    app: Flask, awarded: UUID
) -> None:
    record(app, awarded, prepare(app, awarded))
    later = clock.now() + timedelta(days=2)
    with app.app_context():
        run_due(reading, transaction, work.STEPS, "worker of a test", lambda: later)

    issued_at = certificate(app, awarded).issued_at
    assert isinstance(issued_at, datetime)
    assert issued_at < later - timedelta(days=1)


def test_a_key_that_came_while_it_was_tried_out_counts_on_its_day(
    app: Flask, awarded: UUID
) -> None:
    drafted = prepare(app, awarded)
    later = clock.now() + timedelta(seconds=5)
    settings = app.config["LMS"]
    with app.app_context(), transaction() as session:
        actions.keep_ring(session, installation.read(session), work.signer(settings), now=later)
    record(app, awarded, drafted)
    run_worker(app)

    with app.app_context():
        session = db.session()
        signed = session.get_one(CertificateHolder, awarded).payload
        assert signed is not None
        ring = keys.read_ring(installation.setting(session, actions.RING))
        verdict = verify(qr.text_of(signed), ring, None, later)
    assert verdict.outcome is Outcome.NO_LIST


def withdraw(certificate_id: UUID) -> None:
    with transaction() as session:
        actions.withdraw(session, SERVER, certificate_id, "by mistake", now=clock.now())


def forget_name(certificate_id: UUID) -> None:
    with transaction() as session:
        session.delete(session.get_one(CertificateHolder, certificate_id))


@pytest.mark.parametrize("change", [withdraw, forget_name])
def test_what_ends_while_it_is_tried_out_takes_no_number(
    app: Flask, awarded: UUID, change: Change
) -> None:
    drafted = prepare(app, awarded)
    with app.app_context():
        change(awarded)
    record(app, awarded, drafted)
    run_worker(app)

    assert certificate(app, awarded).number is None
    assert papers(app) == []
    with app.app_context():
        assert db.session().scalar(select(CertificateCounter.last)) is None
        assert db.session().scalars(select(Job.state).where(Job.failures > 0)).all() == []


def test_a_name_that_is_deleted_before_the_paper_leaves_a_certificate_without_paper(
    app: Flask, awarded: UUID
) -> None:
    record(app, awarded, prepare(app, awarded))
    with app.app_context():
        forget_name(awarded)
    run_worker(app)

    assert certificate(app, awarded).issued_at is not None
    assert papers(app) == []


def test_the_frozen_fields_make_the_same_paper_again(app: Flask, awarded: UUID) -> None:
    run_worker(app)
    kept = paper(app, awarded)
    pdf.typeset.cache_clear()

    with app.app_context(), transaction() as session:
        row = session.get_one(Certificate, awarded)
        assert row.snapshot is not None
        assert CertificateSnapshot.from_facts(row.snapshot).number == row.number
        row.issued_at = None
        digest = actions.print_paper(session, awarded, work.office(app.config["LMS"]))

    assert digest is not None
    assert FileStore(app.config["LMS"].data / "files").get(digest) == kept


def test_a_server_whose_key_is_away_says_so_and_goes_on_when_it_is_back(
    app: Flask, awarded: UUID
) -> None:
    key = app.config["LMS"].issuing_key
    away = key.rename(key.with_suffix(".away"))
    with app.app_context():
        run_due(reading, transaction, work.STEPS, "worker of a test", clock.now)
        job = db.session().scalars(select(Job).where(Job.kind == actions.ISSUE)).one()
        assert "There is no signing key" in (job.error or "")
        due = job.due_at

    away.rename(key)
    with app.app_context():
        run_due(reading, transaction, work.STEPS, "worker of a test", lambda: due)

    assert certificate(app, awarded).issued_at is not None


def test_it_prints_the_rule_of_the_test_that_was_passed(
    app: Flask, amina: Cast, small_course: SmallCourse
) -> None:
    work.ensure_keys(app.config["LMS"])
    small_course.pass_it(amina)
    with app.app_context(), transaction() as session:
        confirm(session, amina)
        enrolment = session.scalars(select(Enrolment.id)).one()
        made = award(session, amina, enrolment).id
        installation.decide(session, {"pass_percent": 95}, now=clock.now())
    run_worker(app)
    snapshot = certificate(app, made).snapshot
    assert snapshot is not None
    assert "reach at least 80 %" in snapshot["rules"]["en"]
