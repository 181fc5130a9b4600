"""Home, and what is stored about the person who asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.accounts import words
from lms.catalogue.structure import title_language
from lms.certificates import rules as certificate_rules
from lms.certificates.office import rules as office_rules
from lms.db import reading
from lms.desk import queries, rules
from lms.desk.course_state import CourseState
from lms.desk.views.addresses import bp
from lms.kernel.messages import Message
from lms.learning import queries as learning
from lms.learning.rules import FINAL_TESTS, Gate, TestGate
from lms.requirements import queries as duty
from lms.requirements.rules import STATUS_WORDS, next_step
from lms.web.language import current
from lms.web.pages import site, today, viewer
from lms.web.permissions import LEARN, permission


@dataclass(frozen=True, slots=True)
class Card:
    """What home says about one course.

    closed      the law of the country forbids to begin it here.
    done        finished lessons, of ``total``.
    percent     result of the final test, None before one; ``needed`` is what passes it.
    next_…      the lesson to go on with; no code and an empty title when there is none to read.
    section     where in that lesson the person stopped reading.
    seen_at     when the person was last in the course, None before they began it.
    finished    nothing is left for the person to do here.
    tests       the tests that the course has.
    renews      the course is taken anew: its test comes first, its lessons have been read.
    sentence    why the final test is open or closed.
    open_test   the attempt at the final test that is open.
    """

    slug: str
    title: str
    title_in: str | None
    state: rules.State
    closed: bool
    state_words: str
    done: int
    total: int
    minutes: int
    percent: int | None
    needed: int
    next_code: str | None
    next_title: str
    next_title_in: str | None
    next_minutes: int
    next_kilobytes: int | None
    next_pictures: int
    section: str | None
    seen_at: datetime | None
    finished: bool
    gate: TestGate
    tests: Collection[str]
    renews: bool
    sentence: Message
    open_test: UUID | None


@bp.get("/home")
@permission(LEARN)
def home() -> ResponseReturnValue:
    """Show where to go on, every course with its state in words, and the certificates."""
    session, me = reading(), viewer()
    rows = learning.courses(session, me, current().code)
    attempts = learning.attempts(session, me)
    certificates = queries.my_certificates(session, me, current().code)
    # The newest of an enrolment comes first, so it is the last one that is written here.
    counts = {
        each.enrolment_id: not (each.withdrawn or each.replaced) for each in reversed(certificates)
    }
    cards = [_card(CourseState.of(row, attempts), counts) for row in rows]
    going_on = rules.continue_with([(card.slug, card.seen_at, card.finished) for card in cards])
    duties = duty.worst_of_each(duty.mine(session, me, today=today()))
    titles = {row.course_id: row for row in rows}
    next_duty = next_step([(each.row.place, each.status) for each in duties])
    required = None if next_duty is None else duties[next_duty]
    wanted = titles.get(required.row.course_id) if required else None
    begin_with = rules.begin_with(
        [(card.slug, card.state, card.closed) for card in cards], wanted.slug if wanted else None
    )
    return render_template(
        "desk/home.html",
        duties=duties,
        next_duty=required,
        status_words=STATUS_WORDS,
        titles=titles,
        courses=cards,
        going_on=next((card for card in cards if card.slug == going_on), None),
        to_begin=next((card for card in cards if card.slug == begin_with), None),
        is_required=wanted is not None and begin_with == wanted.slug,
        certificates=certificates,
        instead=certificate_rules.instead_of_certificate(site()),
    )


def _card(course: CourseState, counts: Mapping[UUID, bool]) -> Card:
    """Return what home says about a course.

    counts  enrolment -> whether its newest certificate counts; without those that have none.
    """
    row, structure, gate = course.row, course.structure, course.gate
    state = rules.state_of(
        row.begun_at is not None, gate, counts.get(row.enrolment_id, False), course.failed_last
    )
    closed = row.begun_at is None and structure.closed_course is not None
    codes = structure.codes()
    done = [code for code in codes if code in (row.lessons or ())]
    next_code = _next_lesson(course, codes, done)
    running = course.running(*FINAL_TESTS)
    return Card(
        slug=row.slug,
        title=row.title,
        title_in=title_language(row.text),
        state=state,
        closed=closed,
        state_words=rules.CLOSED if closed else rules.STATE_WORDS[state],
        done=len(done),
        total=len(codes),
        minutes=structure.minutes,
        percent=row.percent,
        needed=course.rule.percent,
        next_code=next_code,
        next_title=row.text["lessons"].get(next_code, ""),
        next_title_in=title_language(row.text, next_code) if next_code else None,
        next_minutes=next((e.minutes for e in structure.lessons() if e.code == next_code), 0),
        next_kilobytes=rules.kilobytes(row.text.get("loads", {}).get(next_code)),
        next_pictures=row.text.get("pictures", {}).get(next_code, 0),
        section=row.section if row.lesson == next_code else None,
        seen_at=row.seen_at if row.begun_at else None,
        # On a station nothing follows here: the certificate comes from the national server.
        finished=gate.state is Gate.PASSED and (row.enrolment_id in counts or not site().issues),
        gate=gate,
        tests=structure.tests,
        renews=course.renews,
        sentence=course.sentence,
        open_test=running.id if running else None,
    )


def _next_lesson(course: CourseState, codes: Collection[str], done: Collection[str]) -> str | None:
    """Return the lesson to go on with: the one that was open last, else what the test asks for."""
    last = course.row.lesson
    if last in codes and last not in done:
        return str(last)
    return next(iter(course.gate.lessons), None)


@bp.get("/my-data")
@permission(LEARN)
def my_data() -> ResponseReturnValue:
    """Show everything that is stored about the person who asks; made to be printed, too."""
    session, me = reading(), viewer()
    return render_template(
        "desk/my_data.html",
        words=words,
        today=today(),
        state_of=lambda row: office_rules.words_of(row, today=today()),
        certificates=queries.my_certificates(session, me, current().code),
        **queries.my_data(session, me, current().code),
    )
