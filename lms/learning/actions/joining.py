"""Joining a course: enrolled by oneself, a rule, a list or a trainer; begun; taken anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.models import Person
from lms.accounts.rules import actor_id
from lms.audit import actions as audit
from lms.catalogue.models import Course, Edition, ProgrammeCourse
from lms.catalogue.programmes import queries as programmes
from lms.catalogue.structure import Structure
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.learning import queries, records, rules
from lms.learning.models import Enrolment, Progress


def begin(
    session: Session, viewer: Viewer, slug: str, *, language: str | None = None, now: datetime
) -> Enrolment:
    """Begin a course: enrol (where the course is open) and pin the newest edition number.

    Who enrols by themselves learns for the programme to which the course belongs that day, when
    there is exactly one.
    language  of the titles in a refusal; the person's own where none is given.
    Saying it twice changes nothing. raises NotFound for a course that is not open to this
    person, Refused with the missing courses in words where a prerequisite is not passed, and
    where the country has closed the course.
    """
    course = session.scalar(select(Course).where(Course.slug == slug))
    # A handbook is read without beginning it.
    if course is None or course.edition_id is None or course.kind != "course":
        raise NotFound
    _one_at_a_time(session, viewer.person_id)
    enrolment = session.scalar(
        select(Enrolment)
        .where(
            Enrolment.person_id == viewer.person_id,
            Enrolment.course_id == course.id,
            Enrolment.closed_at.is_(None),
        )
        .with_for_update()
    )
    if enrolment is None:
        if course.access != "open":
            raise NotFound
        enrolment = enrol(
            session,
            viewer.person_id,
            course.id,
            route="self",
            by=viewer,
            now=now,
            programme_id=_running_programme(session, course.id, now),
        )
    if enrolment.begun_at is None:
        edition = session.get_one(Edition, course.edition_id)
        _require_offered(edition)
        _require_prerequisites(
            session,
            viewer,
            edition,
            language or viewer.language,
            today=installation.day_of(session, now),
        )
        enrolment.begun_at, enrolment.number = now, edition.number
        records.append(
            session,
            enrolment,
            "launched",
            course.id,
            by=viewer,
            now=now,
            key="launched",
            edition_id=edition.id,
        )
    return enrolment


def renew(
    session: Session,
    viewer: Viewer,
    slug: str,
    *,
    now: datetime,
    asked: Callable[[str], bool] | None = None,
) -> Enrolment:
    """Take a passed course anew, near its last day: a new enrolment whose test comes first.

    Nothing of before is touched: the former enrolment is closed with its records, its pass and
    its certificate. The new one is for the programme that runs by now, as when somebody begins.
    Saying it twice changes nothing.
    asked   says of a course whether what the person must hold asks for its renewal already.
    raises  NotFound without an open enrolment in the course; Refused while it is not passed, or
            holds for longer than the course's refresher time, or the country has closed it.
    """
    former = queries.open_enrolment(session, viewer, slug)
    if former.renews_id is not None and former.number is not None:
        progress = session.get(Progress, former.id)
        if progress is None or progress.passed_at is None:
            return former
    _, structure = begun_edition(session, former)
    progress = session.get_one(Progress, former.id)
    if progress.passed_at is None or not rules.may_renew(
        progress.valid_through,
        structure.refresher_days,
        installation.day_of(session, now),
        asked=asked is not None and asked(former.course_id),
    ):
        raise Refused(
            Message(
                msg("This course can be renewed in the last %(days)s days before it runs out."),
                {"days": structure.refresher_days},
            )
        )
    course = session.get_one(Course, former.course_id)
    edition = session.get_one(Edition, course.edition_id)
    _require_offered(edition)
    former.closed_at, former.closed_because = now, "renewed"
    session.flush()
    enrolment = enrol(
        session,
        viewer.person_id,
        former.course_id,
        route=former.route,
        by=viewer,
        now=now,
        programme_id=_running_programme(session, former.course_id, now),
    )
    enrolment.renews_id = former.id
    enrolment.begun_at, enrolment.number = now, edition.number
    records.append(
        session,
        enrolment,
        "launched",
        course.id,
        by=viewer,
        now=now,
        key="launched",
        edition_id=edition.id,
    )
    return enrolment


def _running_programme(session: Session, course_id: str, now: datetime) -> UUID | None:
    return programmes.only_running(session, course_id, day=installation.day_of(session, now))


def _one_at_a_time(session: Session, person_id: UUID) -> None:
    """Let enrolling the same person wait for this transaction: none is there yet to be locked."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())


def enrol(
    session: Session,
    person_id: UUID,
    course_id: str,
    *,
    route: str,
    by: Viewer | None,
    now: datetime,
    due_on: date | None = None,
    programme_id: UUID | None = None,
) -> Enrolment:
    """Add an open enrolment.

    route   self, rule, list or trainer; for listed and restricted courses never self.
    due_on  the last day on which it is to be passed, None: no deadline.
    programme_id  for which programme they learn; the enrolment keeps it for good.
    raises  Refused where the person has one already: there is never a second; and where the
            course does not belong to the programme.
    """
    _one_at_a_time(session, person_id)
    if session.scalar(
        select(Enrolment.id).where(
            Enrolment.person_id == person_id,
            Enrolment.course_id == course_id,
            Enrolment.closed_at.is_(None),
        )
    ):
        raise Refused(Message(msg("This person is enrolled in the course already.")))
    if programme_id is not None:
        require_belongs(session, programme_id, course_id)
    enrolment = Enrolment(
        id=new_ordered_id(),
        person_id=person_id,
        course_id=course_id,
        route=route,
        number=None,
        due_on=due_on,
        made_at=now,
        made_by=actor_id(by) if by else None,
        programme_id=programme_id,
    )
    session.add(enrolment)
    session.flush()
    if route != "self":
        learns_for = {"programme": str(programme_id)} if programme_id else {}
        audit.append(
            session,
            actor_id(by) if by else None,
            "enrolment.made",
            str(enrolment.id),
            {"person": str(person_id), "course": course_id, "route": route, **learns_for},
            now=now,
        )
    return enrolment


def require_belongs(session: Session, programme_id: UUID, course_id: str) -> None:
    """Refuse a programme to which the course does not belong."""
    if session.get(ProgrammeCourse, (programme_id, course_id)) is None:
        raise Refused(Message(msg("This course does not belong to that programme.")))


def _require_offered(edition: Edition) -> None:
    """Refuse to begin, or to take anew, what the law has closed here."""
    if Structure.from_facts(edition.facts).closed_course is not None:
        raise Refused(
            Message(msg("This course is closed in your country. Its page says by which law."))
        )


def _require_prerequisites(
    session: Session, viewer: Viewer, edition: Edition, language: str, *, today: date
) -> None:
    wanted = Structure.from_facts(edition.facts).prerequisites
    missing = queries.to_pass_first(session, viewer, wanted, language, today=today)
    if missing:
        raise Refused(rules.first_pass(missing.values()))


def begun_edition(session: Session, enrolment: Enrolment) -> tuple[Edition, Structure]:
    """Return the newest revision of the edition number that this enrolment began with.

    raises NotFound while it has not begun.
    """
    edition = session.scalar(
        select(Edition)
        .where(Edition.course_id == enrolment.course_id, Edition.number == enrolment.number)
        .order_by(Edition.revision.desc())
        .limit(1)
    )
    if edition is None:
        raise NotFound
    return edition, Structure.from_facts(edition.facts)
