"""Somebody who has passed: course, edition, enrolment and progress, and an office that issues."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.models import Identity
from lms.catalogue.models import Course, Edition, EditionText
from lms.certificates import actions, work
from lms.certificates.models import Certificate
from lms.db import reading, transaction
from lms.jobs.running import run_due
from lms.kernel import clock
from lms.kernel.ids import new_ordered_id
from lms.learning.models import Enrolment, Progress
from tests.certificates.papers import TITLES
from tests.courses import structure
from tests.people import Cast

PASSED = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)


def publish(
    session: Session, *, access: str = "open", boxes: dict[str, str] | None = None
) -> Course:
    """Add the course C01 with one edition in five languages."""
    course = Course(id="C01", slug="mandela-rules", kind="course", access=access, edition_id=None)
    session.add(course)
    session.flush()
    edition = Edition(
        course_id="C01",
        number=1,
        revision=0,
        core_digest="0" * 64,
        nation=None,
        layer_digest="",
        package="0" * 64,
        facts=structure(boxes=boxes).to_facts(),
        signature=None,
        published_at=PASSED,
        published_by=None,
    )
    session.add(edition)
    session.flush()
    course.edition_id = edition.id
    for language, title in TITLES.items():
        facts = {"short_title": title[:20], "html": "", "modules": {}, "lessons": {}}
        session.add(
            EditionText(
                edition_id=edition.id,
                language=language,
                title=title,
                facts=facts,
                bank_complete=True,
                reviewed=True,
            )
        )
    session.flush()
    return course


def enrol(session: Session, person: Cast, *, passed: bool = True) -> UUID:
    """Enrol somebody in C01 and let them pass; return the enrolment's id."""
    enrolment = Enrolment(
        id=new_ordered_id(),
        person_id=person.id,
        course_id="C01",
        route="self",
        number=1,
        due_on=None,
        made_at=PASSED,
        made_by=None,
        begun_at=PASSED,
    )
    session.add(enrolment)
    session.flush()
    session.add(
        Progress(
            enrolment_id=enrolment.id,
            lessons=[],
            reviewed=[],
            passed_at=PASSED if passed else None,
            percent=90 if passed else None,
        )
    )
    session.flush()
    return enrolment.id


def confirm(session: Session, person: Cast) -> None:
    """Let somebody confirm the name in the register."""
    name = session.get_one(Identity, person.id).name
    actions.confirm_name(session, person.viewer, name, None, now=PASSED)


def award(session: Session, person: Cast, enrolment_id: UUID, language: str = "en") -> Certificate:
    """Award the certificate to somebody who has confirmed their name."""
    return actions.award(
        session,
        person.viewer,
        enrolment_id,
        installation.read(session),
        language=language,
        clock_is_right=True,
        now=clock.now(),
    )


def run_worker(app: Flask) -> int:
    """Do every job that is due; return how many steps that were."""
    work.ensure_keys(app.config["LMS"])
    with app.app_context():
        return run_due(reading, transaction, work.STEPS, "worker of a test", clock.now)


def issued(app: Flask, person: Cast, *, language: str = "en", access: str = "open") -> UUID:
    """Let somebody pass, confirm and be certified; return the certificate's id."""
    with app.app_context(), transaction() as session:
        if session.get(Course, "C01") is None:
            publish(session, access=access)
        enrolment = enrol(session, person)
        confirm(session, person)
        certificate = award(session, person, enrolment, language)
    run_worker(app)
    return certificate.id
