"""Tests of a begun course: starting one, handing it in, one more attempt."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

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
from lms.catalogue.models import Course, EditionText
from lms.catalogue.structure import Structure
from lms.jobs import actions as jobs
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.learning import queries, records, rules
from lms.learning.actions.joining import begun_edition
from lms.learning.models import Enrolment, Progress

LONGEST_REASON = 500
# The kind of job that hands in a test whose time has run out.
CLOSE = "attempt.close"


def start_test(
    session: Session,
    viewer: Viewer,
    slug: str,
    test: str,
    language: str,
    *,
    floor: int,
    told: int | None = None,
    now: datetime,
) -> UUID:
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
    minutes = structure.pass_rule.minutes if test in rules.FINAL_TESTS else None
    terms = tests.Terms(needed, minutes, person.extra_time, grant_id)
    attempt = tests.open_attempt(
        session,
        viewer,
        enrolment.id,
        form,
        terms,
        number=len(earlier) + 1,
        language=language,
        now=now,
    )
    if attempt.closes_at is not None:
        jobs.ask(
            session,
            CLOSE,
            str(attempt.id),
            {"attempt": str(attempt.id)},
            now=now,
            due_at=attempt.closes_at + GRACE,
        )
    records.append(
        session,
        enrolment,
        "initialized",
        f"{test}-test",
        by=viewer,
        now=now,
        key=f"initialized:{attempt.id}",
        result={"attempt": attempt.number, "test": test},
        edition_id=edition.id,
    )
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
    session: Session,
    enrolment: Enrolment,
    edition_id: int,
    structure: Structure,
    test: str,
    *,
    now: datetime,
) -> Form:
    try:
        return tests.make_form(
            session,
            structure,
            edition_id,
            test,
            assessment.seen_items(session, enrolment.id),
            now=now,
        )
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
    session: Session,
    viewer: Viewer,
    attempt_id: UUID,
    *,
    floor: int,
    claimed_at: datetime | None = None,
    now: datetime,
) -> Attempt:
    """Close a test, mark it and record what came of it; doing it twice changes nothing.

    It is marked by the rule that was told at its start.
    raises NotFound when this person has no such attempt.
    """
    enrolment = session.scalar(
        select(Enrolment)
        .join(Attempt, Attempt.enrolment_id == Enrolment.id)
        .where(Attempt.id == attempt_id, Attempt.person_id == viewer.person_id)
        .with_for_update(of=Enrolment)
    )
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
        held = rules.held(installation.day_of(session, now), structure.validity_months)
    records.append(
        session,
        enrolment,
        verb,
        f"{attempt.test}-test",
        by=viewer,
        now=now,
        key=f"{verb}:{attempt.id}",
        claimed_at=claimed_at,
        edition_id=edition.id,
        result={
            "test": attempt.test,
            "attempt": attempt.number,
            "percent": earned.percent,
            "points": attempt.points,
            "success": earned.passed,
            **held,
        },
    )
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
        select(Enrolment)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Enrolment.person_id == person_id, Course.slug == slug, Enrolment.closed_at.is_(None))
        .with_for_update(of=Enrolment)
    )
    if enrolment is None:
        raise NotFound
    grant = AttemptGrant(
        id=new_ordered_id(),
        enrolment_id=enrolment.id,
        reason=said,
        given_by=actor_id(viewer),
        given_at=now,
    )
    session.add(grant)
    session.flush()
    audit.append(
        session,
        actor_id(viewer),
        "attempt.granted",
        str(enrolment.id),
        {"grant": str(grant.id)},
        now=now,
    )
    return grant.id
