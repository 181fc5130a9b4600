"""A wave of training: some hundred people of a country learn in the same fourteen days.

Pure: people go in, rows for the tables come out, in the order of time. One wave ends before the
next begins, so that the records of the whole country lie in the order in which they were made.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from lms.admin.demo.people import Invented
from lms.admin.demo.sheets import Pile, Sheet
from lms.admin.demo.states import State
from lms.catalogue.programmes.rules import State as Programmes
from lms.catalogue.programmes.rules import state_on
from lms.learning import rules
from lms.learning.projection import Fact, Standing, take

Row = dict[str, Any]

DAYS = 14
LESSON_DAYS = range(1, 9)
TEST_DAY, RETRY_DAY = 9, 12
LESSONS_A_DAY = 3
NOTES = (8, 13)  # how often a page notes where somebody reads, in each lesson
# Of a hundred people; whoever stays half-way began in the wave and never went on.
SHARES = {
    State.NOT_STARTED: 20,
    State.IN_LESSON: 10,
    State.IN_TEST: 1,
    State.FAILED_ONCE: 4,
    State.PASSED: 4,
    State.CERTIFIED: 61,
}
# What a record holds; the moment stands first, since records are sorted by it.
RECORD = (
    "stored_at", "id", "person_id", "enrolment_id", "verb", "object", "key", "edition_id",
    "result",
)  # fmt: skip
STANDING = tuple(each.name for each in fields(Standing))


@dataclass(frozen=True, slots=True)
class Member:
    """One of the country's people."""

    person_id: UUID
    person: Invented


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme to which the course belongs, and when it runs."""

    id: UUID
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Course:
    """The course that all of them take, and the tests that they may get.

    sections    lesson code -> ids of its sections.
    programmes  one after the other: whoever begins while one runs learns for it.
    needed      the percentage that passes.
    """

    id: str
    edition_id: int
    number: int
    needed: int
    validity_months: int | None
    lessons: Sequence[str]
    sections: dict[str, list[str]]
    modules: dict[str, str]  # lesson code -> module code
    pre: Pile
    post: Pile
    programmes: Sequence[Programme]


@dataclass(frozen=True, slots=True)
class Passed:
    """Somebody who is given a certificate: for which programme and attempt, and when."""

    member: Member
    enrolment_id: UUID
    programme_id: UUID | None
    attempt_id: UUID
    passed_at: datetime


@dataclass(slots=True)
class Wave:
    """The rows of one wave by table.

    records  tuples of RECORD, by far the most; without a number of the site's sequence yet.
    """

    enrolments: list[Row] = field(default_factory=list)
    attempts: list[Row] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)
    records: list[tuple[Any, ...]] = field(default_factory=list)
    progress: list[Row] = field(default_factory=list)
    certified: list[Passed] = field(default_factory=list)


# The version and the variant of a UUID, in the bits where RFC 9562 has them.
_VERSION_7 = 0x7 << 76 | 0x2 << 62


def ordered_id(moment: datetime, dice: random.Random) -> UUID:
    """Return the UUID version 7 that would have been made at ``moment``."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | _VERSION_7 | dice.getrandbits(62))


def wave(members: Iterable[Member], course: Course, begins: date, dice: random.Random) -> Wave:
    """Return what ``members`` did in the fourteen days from ``begins`` on."""
    made = Wave()
    states = list(SHARES)
    weights = list(SHARES.values())
    for member in members:
        state = dice.choices(states, weights)[0]
        if state is not State.NOT_STARTED:
            _Study(made, member, course, begins, dice).follow(state)
    made.records.sort(key=itemgetter(0))
    return made


# What many records say alike is one object, so that it is written as JSON once.
_COMPLETED = {"kind": "lesson", "completion": True}


@cache
def _note(section: str | None, seconds: int) -> Row:
    return {"section": section, "seconds": seconds}


class _Study:
    """One person's way through the course, written into the wave."""

    def __init__(
        self, made: Wave, member: Member, course: Course, begins: date, dice: random.Random
    ) -> None:
        self.made, self.member, self.course, self.dice = made, member, course, dice
        self.begins = begins
        self.standing = Standing()
        self.count = 0
        self.enrolment_id = UUID(int=0)
        self.programme_id: UUID | None = None

    def follow(self, state: State) -> None:
        """Write the rows of somebody who ends in ``state``."""
        dice, course = self.dice, self.course
        at = self._day(0)
        self._begin(at)
        if dice.randrange(5) < 2:
            self._sit("pre", dice.choice((course.pre.failed, course.pre.passed)), 1, at)
        read = len(course.lessons)
        if state is State.IN_LESSON:
            read = dice.randrange(1, read - 1)
        self._read(read)
        if state is State.IN_LESSON:
            self._notes(course.lessons[read], self._day(TEST_DAY))
        elif state is State.IN_TEST:
            self._sit("post", course.post.passed, 1, self._day(TEST_DAY), answers=9)
        else:
            self._test(state)
        self._keep_progress()

    def _test(self, state: State) -> None:
        dice, post, at = self.dice, self.course.post, self._day(TEST_DAY)
        number = 1
        if state is State.FAILED_ONCE or dice.randrange(5) == 0:
            sheet = self._sit("post", post.failed, number, at)[0]
            if state is State.FAILED_ONCE:
                return
            self._review(sheet, self._day(TEST_DAY + 1))
            number, at = 2, self._day(RETRY_DAY)
        _, attempt_id, passed_at = self._sit("post", post.passed, number, at)
        if state is State.CERTIFIED:
            done = Passed(self.member, self.enrolment_id, self.programme_id, attempt_id, passed_at)
            self.made.certified.append(done)

    def _day(self, day: int) -> datetime:
        """Return a moment of the morning of a day of the wave."""
        moment = time(7, tzinfo=UTC)
        start = datetime.combine(self.begins + timedelta(day), moment)
        return start + timedelta(seconds=self.dice.randrange(4 * 3600))

    def _begin(self, at: datetime) -> None:
        self.enrolment_id = ordered_id(at, self.dice)
        running = (
            each.id
            for each in self.course.programmes
            if state_on(at.date(), each.starts_on, each.ends_on) is Programmes.RUNNING
        )
        self.programme_id = next(running, None)
        self.made.enrolments.append(
            {
                "id": self.enrolment_id,
                "person_id": self.member.person_id,
                "course_id": self.course.id,
                "route": "self",
                "number": self.course.number,
                "due_on": None,
                "made_at": at,
                "made_by": None,
                "begun_at": at,
                "closed_at": None,
                "closed_because": None,
                "renews_id": None,
                "programme_id": self.programme_id,
            }
        )
        self._record("launched", self.course.id, at, "launched")

    def _read(self, lessons: int) -> None:
        """Finish the first ``lessons`` lessons, three a day on days of the first half."""
        days = -(-lessons // LESSONS_A_DAY)
        chosen = sorted(self.dice.sample(LESSON_DAYS, days))
        for place, code in enumerate(self.course.lessons[:lessons]):
            if place % LESSONS_A_DAY == 0:
                at = self._day(chosen[place // LESSONS_A_DAY])
            at = self._notes(code, at)
            self._record("completed", code, at, f"completed:{code}", _COMPLETED)

    def _notes(self, code: str, at: datetime) -> datetime:
        """Write where somebody reads in a lesson, and for how long; return when they stop."""
        dice = self.dice
        page = f"{dice.getrandbits(64):016x}"
        sections = self.course.sections[code]
        count = dice.randint(*NOTES)
        for n in range(count):
            seconds = 20 + 5 * int(dice.random() * 32)
            at += timedelta(seconds=seconds)
            section = sections[n * len(sections) // count] if sections else None
            self._record(
                "experienced",
                code,
                at,
                f"experienced:{page}:{n + 1}",
                _note(section, seconds),
                edition=False,
            )
        return at + timedelta(seconds=dice.randint(10, 90))

    def _review(self, failed: Sheet, at: datetime) -> None:
        """Read the lessons of the failed modules again."""
        modules = set(failed.outcome.failed_modules)
        for code in self.course.lessons:
            if self.course.modules[code] in modules:
                at += timedelta(minutes=self.dice.randint(4, 12))
                self._record("satisfied", code, at, f"satisfied:1:{code}", {"attempt": 1})

    def _sit(
        self,
        test: str,
        sheets: Sequence[Sheet],
        number: int,
        at: datetime,
        answers: int | None = None,
    ) -> tuple[Sheet, UUID, datetime]:
        """Write an attempt with its answers; handed in unless it stops after ``answers``."""
        dice, member = self.dice, self.member
        sheet = dice.choice(sheets)
        attempt_id = ordered_id(at, dice)
        object_ = f"{test}-test"
        self._record(
            "initialized",
            object_,
            at,
            f"initialized:{attempt_id}",
            {"attempt": number, "test": test},
        )
        opened, given = at, sheet.answers[:answers]
        at = self._answer(attempt_id, given, at)
        at += timedelta(minutes=1)
        earned = sheet.outcome if answers is None else None
        self.made.attempts.append(
            {
                "id": attempt_id,
                "person_id": member.person_id,
                "enrolment_id": self.enrolment_id,
                "form_id": sheet.form_id,
                "test": test,
                "number": number,
                "channel": "browser",
                "language": member.person.test_language,
                "secret": dice.randbytes(16),
                "opened_at": opened,
                "closes_at": None,
                "state": "submitted" if earned else "open",
                "version": len(given),
                "submitted_at": at if earned else None,
                "submit_claimed_at": None,
                "points": sheet.points if earned else None,
                "percent": earned.percent if earned else None,
                "passed": earned.passed if earned else None,
                "outcome": earned.to_facts() if earned else None,
                "entered_by": None,
                "checked_by": None,
                "grant_id": None,
                "needed": self.course.needed,
            }
        )
        if earned:
            self._mark(sheet, attempt_id, test, number, at)
        return sheet, attempt_id, at

    def _answer(self, attempt_id: UUID, given: Sequence[tuple[str, Any]], at: datetime) -> datetime:
        """Write the answers of an attempt opened at ``at``; return when the last was given."""
        page = f"{self.dice.getrandbits(64):016x}"
        for n, (item, choice) in enumerate(given, 1):
            at += timedelta(seconds=self.dice.randint(30, 120))
            self.made.answers.append(
                {
                    "id": ordered_id(at, self.dice),
                    "attempt_id": attempt_id,
                    "page": page,
                    "n": n,
                    "item_id": item,
                    "choice": choice,
                    "language": self.member.person.test_language,
                    "version_seen": n - 1,
                    "version": n,
                    "stale": False,
                    "late": None,
                    "claimed_at": at,
                    "stored_at": at,
                    "carrier": "script",
                    "entered_by": None,
                }
            )
        return at

    def _mark(self, sheet: Sheet, attempt_id: UUID, test: str, number: int, at: datetime) -> None:
        """Record how an attempt that was handed in at ``at`` ended."""
        verb, held = "attempted", {}
        if test == "post":
            verb = "passed" if sheet.outcome.passed else "failed"
        if verb == "passed":
            held = rules.held(at.date(), self.course.validity_months)
        self._record(
            verb,
            f"{test}-test",
            at,
            f"{verb}:{attempt_id}",
            {
                "test": test,
                "attempt": number,
                "percent": sheet.outcome.percent,
                "points": sheet.points,
                "success": sheet.outcome.passed,
                **held,
            },
        )

    def _record(
        self,
        verb: str,
        object_: str,
        at: datetime,
        key: str,
        result: Row | None = None,
        *,
        edition: bool = True,
    ) -> None:
        self.made.records.append(
            (
                at,
                ordered_id(at, self.dice),
                self.member.person_id,
                self.enrolment_id,
                verb,
                object_,
                key,
                self.course.edition_id if edition else None,
                result,
            )
        )
        self.count += 1
        take(self.standing, Fact(verb, object_, result, at))

    def _keep_progress(self) -> None:
        # Each record raises the version, and so does the empty row that the first one finds.
        self.made.progress.append(
            {
                "enrolment_id": self.enrolment_id,
                "version": self.count + 1,
                **{name: getattr(self.standing, name) for name in STANDING},
            }
        )
