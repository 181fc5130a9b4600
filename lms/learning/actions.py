"""What changes an enrolment: joining a course, beginning it, reading, finishing lessons."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.models import Person
from lms.accounts.rules import actor_id
from lms.assessment import actions as tests
from lms.assessment import queries as assessment
from lms.assessment.drawing import BankTooSmallError
from lms.assessment.models import Attempt, AttemptGrant, Form
from lms.assessment.rules import GRACE
from lms.audit import actions as audit
from lms.catalogue.models import Course, Edition, EditionText, ProgrammeCourse
from lms.catalogue.programmes import queries as programmes
from lms.catalogue.structure import Structure
from lms.jobs import actions as jobs
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.learning import queries, records, rules
from lms.learning.models import Enrolment, Progress

# No page is read for longer than this in one go; what a script claims beyond it is cut off.
LONGEST_SPAN_SECONDS = 3600
LONGEST_REASON = 500
# The kind of job that hands in a test whose time has run out.
CLOSE = "attempt.close"


def begin(
    session: Session, viewer: Viewer, slug: str, *, language: str | None = None, now: datetime
) -> Enrolment:
    """Begin a course: enrol (where the course is open) and pin the newest edition number.

    Who enrols by themselves learns for the programme to which the course belongs that day, when
    there is exactly one.
    language  of the titles in a refusal; the person's own where none is given.
    Saying it twice changes nothing. raises NotFound for a course that is not open to this
    person, Refused with the missing courses in words where a prerequisite is not passed.
    """
    course = session.scalar(select(Course).where(Course.slug == slug))
    if course is None or course.edition_id is None:
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
            session, viewer.person_id, course.id, route="self", by=viewer, now=now,
            programme_id=_running_programme(session, course.id, now),
        )  # fmt: skip
    if enrolment.begun_at is None:
        edition = session.get_one(Edition, course.edition_id)
        _require_prerequisites(
            session, viewer, edition, language or viewer.language, today=now.date()
        )
        enrolment.begun_at, enrolment.number = now, edition.number
        records.append(
            session, enrolment, "launched", course.id, by=viewer, now=now, key="launched",
            edition_id=edition.id,
        )  # fmt: skip
    return enrolment


def renew(session: Session, viewer: Viewer, slug: str, *, now: datetime) -> Enrolment:
    """Take a passed course anew, near its last day: a new enrolment whose test comes first.

    Nothing of before is touched: the former enrolment is closed with its records, its pass and
    its certificate. The new one is for the programme that runs by now, as when somebody begins.
    Saying it twice changes nothing.
    raises  NotFound without an open enrolment in the course; Refused while it is not passed, or
            holds for longer than the course's refresher time.
    """
    former = queries.open_enrolment(session, viewer, slug)
    if former.renews_id is not None and former.number is not None:
        progress = session.get(Progress, former.id)
        if progress is None or progress.passed_at is None:
            return former
    _, structure = begun_edition(session, former)
    progress = session.get_one(Progress, former.id)
    if progress.passed_at is None or not rules.may_renew(
        progress.valid_through, structure.refresher_days, now.date()
    ):
        raise Refused(
            Message(
                msg("This course can be renewed in the last %(days)s days before it runs out."),
                {"days": structure.refresher_days},
            )
        )
    former.closed_at, former.closed_because = now, "renewed"
    session.flush()
    enrolment = enrol(
        session, viewer.person_id, former.course_id, route=former.route, by=viewer, now=now,
        programme_id=_running_programme(session, former.course_id, now),
    )  # fmt: skip
    course = session.get_one(Course, former.course_id)
    edition = session.get_one(Edition, course.edition_id)
    enrolment.renews_id = former.id
    enrolment.begun_at, enrolment.number = now, edition.number
    records.append(
        session, enrolment, "launched", course.id, by=viewer, now=now, key="launched",
        edition_id=edition.id,
    )  # fmt: skip
    return enrolment


def _running_programme(session: Session, course_id: str, now: datetime) -> UUID | None:
    return programmes.only_running(session, course_id, day=_day(session, now))


def _day(session: Session, now: datetime) -> date:
    """Return the day of a moment on the clocks of this country."""
    return now.astimezone(ZoneInfo(installation.read(session).time_zone)).date()


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
            Enrolment.person_id == person_id, Enrolment.course_id == course_id,
            Enrolment.closed_at.is_(None),
        )
    ):  # fmt: skip
        raise Refused(Message(msg("This person is enrolled in the course already.")))
    if programme_id is not None:
        require_belongs(session, programme_id, course_id)
    enrolment = Enrolment(
        id=new_ordered_id(), person_id=person_id, course_id=course_id, route=route, number=None,
        due_on=due_on, made_at=now, made_by=actor_id(by) if by else None,
        programme_id=programme_id,
    )  # fmt: skip
    session.add(enrolment)
    session.flush()
    if route != "self":
        learns_for = {"programme": str(programme_id)} if programme_id else {}
        audit.append(
            session, actor_id(by) if by else None, "enrolment.made", str(enrolment.id),
            {"person": str(person_id), "course": course_id, "route": route, **learns_for}, now=now,
        )  # fmt: skip
    return enrolment


def require_belongs(session: Session, programme_id: UUID, course_id: str) -> None:
    """Refuse a programme to which the course does not belong."""
    if session.get(ProgrammeCourse, (programme_id, course_id)) is None:
        raise Refused(Message(msg("This course does not belong to that programme.")))


def _require_prerequisites(
    session: Session, viewer: Viewer, edition: Edition, language: str, *, today: date
) -> None:
    wanted = Structure.from_facts(edition.facts).prerequisites
    missing = queries.to_pass_first(session, viewer, wanted, language, today=today)
    if missing:
        raise Refused(rules.first_pass(missing.values()))


def complete_lesson(
    session: Session, viewer: Viewer, enrolment: Enrolment, lesson: str, *, now: datetime
) -> str | None:
    """Record that a lesson was finished; return the lesson to read next, None when all are read.

    Saying it twice changes nothing: a device that was offline may send it twice, and what
    arrived first is kept. After a failed test the lessons of the failed modules are read again:
    then the same button records that.
    raises NotFound where the edition that was begun has no such lesson.
    """
    edition, structure = begun_edition(session, enrolment)
    if lesson not in structure.codes():
        raise NotFound
    if not records.is_recorded(session, enrolment.id, f"completed:{lesson}"):
        records.append(
            session, enrolment, "completed", lesson, by=viewer, now=now,
            key=f"completed:{lesson}", result={"kind": "lesson", "completion": True},
            edition_id=edition.id,
        )  # fmt: skip
    else:
        _record_review(session, viewer, enrolment, structure, edition, lesson, now=now)
    return _following(session, enrolment, structure, lesson)


def _record_review(
    session: Session, viewer: Viewer, enrolment: Enrolment, structure: Structure,
    edition: Edition, lesson: str, *, now: datetime,
) -> None:  # fmt: skip
    failed = queries.last_failed(session, enrolment.id)
    if failed is None or lesson not in rules.lessons_to_review(structure, failed, ()):
        return
    key = f"satisfied:{rules.review_mark(failed.number, lesson)}"
    if not records.is_recorded(session, enrolment.id, key):
        records.append(
            session, enrolment, "satisfied", lesson, by=viewer, now=now, key=key,
            result={"attempt": failed.number}, edition_id=edition.id,
        )  # fmt: skip


def _following(
    session: Session, enrolment: Enrolment, structure: Structure, lesson: str
) -> str | None:
    progress = session.get_one(Progress, enrolment.id)
    failed = queries.last_failed(session, enrolment.id)
    again: Collection[str] = ()
    if failed is not None:
        again = rules.lessons_to_review(structure, failed, progress.reviewed)
    codes = structure.codes()
    unread = [code for code in codes if code not in progress.lessons or code in again]
    later = [code for code in unread if codes.index(code) > codes.index(lesson)]
    return next(iter(later or unread), None)


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


def note_place(
    session: Session, viewer: Viewer, enrolment: Enrolment, lesson: str, section: str | None,
    seconds: int, *, page: str, n: int, now: datetime,
) -> None:  # fmt: skip
    """Record where reading stopped and for how long, as the page's script measured it.

    page, n   the random id of the loaded page and a count from 1: sending it twice is harmless.
    seconds   0 to 3600 since the last note of this page; more is cut off.
    """
    key = f"experienced:{page}:{n}"
    _, structure = begun_edition(session, enrolment)
    if lesson not in structure.codes():
        raise NotFound
    if records.is_recorded(session, enrolment.id, key):
        return
    records.append(
        session, enrolment, "experienced", lesson, by=viewer, now=now, key=key,
        result={"section": section, "seconds": max(0, min(seconds, LONGEST_SPAN_SECONDS))},
    )  # fmt: skip


def start_test(
    session: Session, viewer: Viewer, slug: str, test: str, language: str, *, floor: int,
    told: int | None = None, now: datetime,
) -> UUID:  # fmt: skip
    """Open a test of a begun course and return the attempt; a running one is returned again.

    The pass mark of this moment stays the attempt's own, whatever is decided while it runs.
    test      ``pre`` or ``post``.
    floor     the installation's lowest pass mark.
    told      the mark that the person read before they started, None where no page told one.
    raises    NotFound where the course has not begun or has no such test; Refused, with the
              sentence of the rule, while the test is not open to this person, and where the mark
              is no longer the one that was told.
    """
    enrolment = queries.open_enrolment(session, viewer, slug)
    edition, structure = begun_edition(session, enrolment)
    if test not in structure.tests:
        raise NotFound
    if test == "post":
        sittings = queries.sittings(session, enrolment.id)
        test = rules.final_test(enrolment.renews_id is not None, sittings)
    earlier = assessment.attempts(session, enrolment.id, test)
    running = next((each for each in earlier if each.state == "open"), None)
    if running is not None:
        return running.id
    _require_translated(session, edition.id, language)
    needed = rules.rule_of_test(structure, test, floor=floor).percent
    _require_same_mark(told, needed)
    grant_id = None
    if test in rules.FINAL_TESTS:
        grant_id = _require_open(session, enrolment, structure, now=now)
    elif earlier:
        raise Refused(Message(msg("You have taken this test. Your result is on the course page.")))
    form = _new_form(session, enrolment, edition.id, structure, test, now=now)
    person = session.get_one(Person, viewer.person_id)
    attempt = tests.open_attempt(
        session, viewer, enrolment.id, form, number=len(earlier) + 1, language=language,
        minutes=structure.pass_rule.minutes if test in rules.FINAL_TESTS else None,
        extra_time=person.extra_time, grant_id=grant_id, needed=needed, now=now,
    )  # fmt: skip
    if attempt.closes_at is not None:
        jobs.ask(
            session, CLOSE, str(attempt.id), {"attempt": str(attempt.id)}, now=now,
            due_at=attempt.closes_at + GRACE,
        )  # fmt: skip
    records.append(
        session, enrolment, "initialized", f"{test}-test", by=viewer, now=now,
        key=f"initialized:{attempt.id}", result={"attempt": attempt.number, "test": test},
        edition_id=edition.id,
    )  # fmt: skip
    return attempt.id


def _require_translated(session: Session, edition_id: int, language: str) -> None:
    complete = select(EditionText.bank_complete).where(
        EditionText.edition_id == edition_id, EditionText.language == language
    )
    if not session.scalar(complete):
        said = msg("This test is not yet translated into this language. Choose another language.")
        raise Refused(Message(said))


def _require_same_mark(told: int | None, needed: int) -> None:
    """Refuse to start a test under another pass mark than the page named that was read."""
    if told is None or told == needed:
        return
    # Translators: somebody has read a page that named another mark than this one.
    said = msg(
        "The pass mark of this test was changed to %(percent)s %% after you opened its page. "
        "Nothing has begun: open the course and start the test again."
    )
    raise Refused(Message(said, {"percent": needed}))


def _new_form(
    session: Session, enrolment: Enrolment, edition_id: int, structure: Structure, test: str, *,
    now: datetime,
) -> Form:  # fmt: skip
    try:
        return tests.make_form(
            session, structure, edition_id, test,
            assessment.seen_items(session, enrolment.id), now=now,
        )  # fmt: skip
    except BankTooSmallError as error:
        said = msg("This test cannot be put together: %(reason)s. Tell your administrator.")
        raise Refused(Message(said, {"reason": str(error)})) from error


def _require_open(
    session: Session, enrolment: Enrolment, structure: Structure, *, now: datetime
) -> UUID | None:
    """Return the granted attempt that this start uses up, if it needs one; raises Refused."""
    progress = session.get_one(Progress, enrolment.id)
    sittings = queries.sittings(session, enrolment.id)
    granted = queries.unused_grants(session, enrolment.id)
    state = (structure, progress.lessons, progress.reviewed, sittings)
    renews = enrolment.renews_id is not None
    gate = rules.post_test_gate(*state, len(granted), now=now, renews=renews)
    if gate.state is not rules.Gate.OPEN:
        moment = gate.opens_at.isoformat(" ", "minutes") if gate.opens_at else ""
        raise Refused(rules.gate_sentence(gate, {}, moment))
    without = rules.post_test_gate(*state, 0, now=now, renews=renews)
    return None if without.state is rules.Gate.OPEN else granted[0]


def hand_in(
    session: Session, viewer: Viewer, attempt_id: UUID, *, floor: int,
    claimed_at: datetime | None = None, now: datetime,
) -> Attempt:  # fmt: skip
    """Close a test, mark it and record what came of it; doing it twice changes nothing.

    It is marked by the rule that was told at its start.
    raises NotFound when this person has no such attempt.
    """
    enrolment = session.scalar(
        select(Enrolment).join(Attempt, Attempt.enrolment_id == Enrolment.id)
        .where(Attempt.id == attempt_id, Attempt.person_id == viewer.person_id)
        .with_for_update(of=Enrolment)
    )  # fmt: skip
    if enrolment is None:
        raise NotFound
    attempt = assessment.locked(session, viewer, attempt_id)
    if attempt.state != "open":
        return attempt
    edition, structure = begun_edition(session, enrolment)
    rule = rules.rule_of_test(structure, attempt.test, floor=floor, needed=attempt.needed)
    earned = tests.submit(
        session, attempt, rule, structure.critical, claimed_at=claimed_at, now=now
    )
    verb, held = "attempted", {}
    if attempt.test in rules.FINAL_TESTS:
        verb = "passed" if earned.passed else "failed"
    if verb == "passed":
        held = rules.held(_day(session, now), structure.validity_months)
    records.append(
        session, enrolment, verb, f"{attempt.test}-test", by=viewer, now=now,
        key=f"{verb}:{attempt.id}", claimed_at=claimed_at, edition_id=edition.id,
        result={
            "test": attempt.test, "attempt": attempt.number, "percent": earned.percent,
            "points": attempt.points, "success": earned.passed, **held,
        },
    )  # fmt: skip
    return attempt


def grant_attempt(
    session: Session, viewer: Viewer, person_id: UUID, slug: str, reason: str, *, now: datetime
) -> UUID:
    """Give a person one more attempt at a course's final test, with the reason; return its id.

    raises NotFound where the person has no open enrolment in the course, LineRefusedError for a
    reason that is no line of at most 500 characters.
    """
    said = Line.of(reason, LONGEST_REASON).text
    enrolment = session.scalar(
        select(Enrolment).join(Course, Course.id == Enrolment.course_id)
        .where(
            Enrolment.person_id == person_id, Course.slug == slug, Enrolment.closed_at.is_(None)
        )
        .with_for_update(of=Enrolment)
    )  # fmt: skip
    if enrolment is None:
        raise NotFound
    grant = AttemptGrant(
        id=new_ordered_id(), enrolment_id=enrolment.id, reason=said,
        given_by=actor_id(viewer), given_at=now,
    )  # fmt: skip
    session.add(grant)
    session.flush()
    audit.append(
        session, actor_id(viewer), "attempt.granted", str(enrolment.id),
        {"grant": str(grant.id)}, now=now,
    )  # fmt: skip
    return grant.id
