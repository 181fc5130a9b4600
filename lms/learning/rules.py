"""Pure decisions about a course: what comes next, what is still missing, when a test opens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum

from lms.catalogue.structure import PassRule, Structure
from lms.kernel.days import months_later
from lms.kernel.messages import Message, counted, msg

# A sentence names so many lessons; a longer list stands on the page anyway.
MOST_NAMED = 3
MOST_PERCENT = 100
# What a lesson's page brings besides its words: the frame, compressed with them, and the headers.
# A test weighs pages of a real course against it.
AROUND_A_LESSON = 1900
# Pictures of a lesson that weigh more are loaded when they are asked for: 38 s at 64 kbit/s.
MOST_UNASKED = 300_000


def asks_before(pictures: int) -> bool:
    """Return whether a lesson with so many bytes of pictures is shown without them at first."""
    return pictures > MOST_UNASKED


@dataclass(frozen=True, slots=True)
class Sitting:
    """One attempt at the post-test, as the rule sees it."""

    number: int
    submitted_at: datetime | None
    passed: bool | None
    failed_modules: tuple[str, ...] = ()
    granted: bool = False  # somebody gave it beyond the rule, so it takes no room in the window
    needed: int | None = None  # the percentage that passes it, as it was when it began


class Gate(Enum):
    """Why the post-test is open, or what keeps it closed."""

    OPEN = "open"
    RUNNING = "running"
    PASSED = "passed"
    LESSONS = "lessons"
    REVIEW = "review"
    PAUSE = "pause"
    USED_UP = "used-up"


@dataclass(frozen=True, slots=True)
class TestGate:
    """Whether the post-test can start now; ``opens_at`` where time is missing.

    lessons  what to read first: unfinished lessons, or those of the failed modules.
    left     attempts left in the window, counting granted ones.
    """

    __test__ = False

    state: Gate
    left: int
    opens_at: datetime | None = None
    lessons: tuple[str, ...] = ()


# The tests that decide: the final one, and in a renewal the refresher, which comes first.
FINAL_TESTS = frozenset({"post", "refresher"})


def final_test(renews: bool, sittings: Sequence[Sitting]) -> str:
    """Return which test comes next: a renewal begins with the refresher, failed once or not."""
    return "refresher" if renews and not sittings else "post"


def may_renew(
    valid_through: date | None, refresher_days: int, today: date, *, asked: bool = False
) -> bool:
    """Return whether a passed course may be taken anew: near the last day, and after it.

    asked  what the person must hold asks for it, whose interval may be shorter than the time for
           which the certificate counts. Nobody could ever do what is asked of them otherwise.
    """
    near = valid_through is not None and valid_through - today <= timedelta(days=refresher_days)
    return asked or near


def rule_of_test(
    structure: Structure, test: str, *, floor: int, needed: int | None = None
) -> PassRule:
    """Return the pass rule of a test here: the refresher asks for its own percentage.

    needed   the percentage that an attempt at it kept from its start. It stays that attempt's
             mark, whatever course and country ask for by now; None before one has begun.
    """
    rule = structure.pass_rule
    if needed is not None:
        return replace(rule, percent=needed)
    if test == "refresher":
        rule = replace(rule, percent=max(rule.percent, structure.refresher_percent))
    return effective_rule(rule, floor=floor)


def present_rule(
    structure: Structure, sittings: Sequence[Sitting], *, renews: bool, floor: int
) -> PassRule:
    """Return the rule that counts for somebody now: of the test that runs or that was passed.

    Where there is none, it is the rule of the test that comes next, as ``rule_of_test``.
    sittings  every attempt of the enrolment, oldest first.
    """
    last = sittings[-1] if sittings else None
    stands = last is not None and (last.submitted_at is None or bool(last.passed))
    needed = last.needed if last is not None and stands else None
    return rule_of_test(structure, final_test(renews, sittings), floor=floor, needed=needed)


def post_test_gate(
    structure: Structure,
    done: Collection[str],
    reviewed: Collection[str],
    sittings: Sequence[Sitting],
    granted: int,
    *,
    now: datetime,
    renews: bool = False,
) -> TestGate:
    """Decide whether a person may start the post-test.

    done      completed lesson codes.
    reviewed  ``attempt number:lesson code`` of lessons read again after a failed attempt.
    sittings  every attempt of this enrolment, oldest first.
    granted   attempts that somebody granted beyond the rule, with a reason. A granted attempt
              needs neither the pause nor room in the window.
    renews    the enrolment renews an earlier pass: the test comes first, and only the modules
              that were failed in it are read again.
    """
    rule = structure.pass_rule
    window = _in_window(sittings, rule, now)
    left = max(0, rule.attempts - len(window)) + granted
    if any(sitting.passed for sitting in sittings):
        return TestGate(Gate.PASSED, left)
    ends = [sitting.submitted_at for sitting in sittings if sitting.submitted_at is not None]
    if len(ends) < len(sittings):
        return TestGate(Gate.RUNNING, left)
    unread = tuple(code for code in structure.codes() if code not in done)
    if unread and not renews:
        return TestGate(Gate.LESSONS, left, lessons=unread)
    if not sittings:
        return TestGate(Gate.OPEN, left)
    opens_at = ends[-1] + timedelta(hours=rule.pause_hours)
    if not left:
        opens_at = max(_room_at(window, rule), opens_at)
    again = lessons_to_review(structure, sittings[-1], reviewed)
    if again:
        waits = opens_at if now < opens_at and not granted else None
        return TestGate(Gate.REVIEW, left, waits, again)
    if granted:
        return TestGate(Gate.OPEN, left)
    if not left:
        return TestGate(Gate.USED_UP, 0, opens_at)
    if now < opens_at:
        return TestGate(Gate.PAUSE, left, opens_at=opens_at)
    return TestGate(Gate.OPEN, left)


def _in_window(sittings: Iterable[Sitting], rule: PassRule, now: datetime) -> list[Sitting]:
    """Return the attempts that take room today: those that run, or ended in the last days."""
    return [
        sitting
        for sitting in sittings
        if not sitting.granted
        and (
            sitting.submitted_at is None or now - sitting.submitted_at < timedelta(rule.window_days)
        )
    ]


def _room_at(window: Iterable[Sitting], rule: PassRule) -> datetime:
    """Return when a full window has room again: all but ``attempts - 1`` have left it by then."""
    ends = sorted(sitting.submitted_at for sitting in window if sitting.submitted_at is not None)
    return ends[-rule.attempts] + timedelta(rule.window_days)


def lessons_to_review(
    structure: Structure, last: Sitting, reviewed: Collection[str]
) -> tuple[str, ...]:
    """Return the lessons of the modules failed in ``last`` that were not read again since."""
    return tuple(
        lesson.code
        for lesson in structure.lessons()
        if lesson.module in last.failed_modules
        and review_mark(last.number, lesson.code) not in reviewed
    )


def review_mark(attempt_number: int, lesson: str) -> str:
    """Return how ``progress.reviewed`` names a lesson read again after an attempt."""
    return f"{attempt_number}:{lesson}"


def effective_rule(course: PassRule, *, floor: int) -> PassRule:
    """Return the pass rule that counts here: the stricter percentage of course and installation.

    floor   the installation's ``least_percent``: its floor (70 by default) and its nation's mark.
    """
    return replace(course, percent=max(course.percent, floor))


def mark_fault(percent: int, *, floor: int) -> Message | None:
    """Return why a country's pass mark cannot be ``percent``, None where it can."""
    if floor <= percent <= MOST_PERCENT:
        return None
    return Message(
        # Translators: below a field; %(floor)s is the lowest pass mark that is possible, 70.
        msg("No test is passed with less than %(floor)s %%. Write a number from %(floor)s to 100."),
        {"floor": floor},
    )


def held(day: date, validity_months: int | None) -> dict[str, str | None]:
    """Return what the record of a pass on ``day`` says of how long the course counts as held.

    The same days as on the certificate: both ends count, None is without end.
    """
    through = None if validity_months is None else months_later(day, validity_months)
    return {"held_from": day.isoformat(), "valid_through": through.isoformat() if through else None}


def pass_sentence(rule: PassRule) -> Message:
    """Return the rule as the one sentence that start, result, paper and register all show."""
    return Message(
        msg(
            # Translators: "You have 3 attempts in 30 days, with at least 24 hours between two of
            # them." The three parts come from the three counted phrases that follow.
            "To pass, reach at least %(percent)s %% and answer every critical question right. "
            "You have %(attempts)s in %(days)s, %(pause)s."
        ),
        {
            "percent": rule.percent,
            # Translators: continues "You have".
            "attempts": counted("%(num)s attempt", "%(num)s attempts", rule.attempts),
            # Translators: continues "You have 3 attempts in".
            "days": counted("%(num)s day", "%(num)s days", rule.window_days),
            # Translators: continues "You have 3 attempts in 30 days,".
            "pause": counted(
                "with at least %(num)s hour between two of them",
                "with at least %(num)s hours between two of them",
                rule.pause_hours,
            ),
        },
    )


def first_pass(courses: Collection[object]) -> Message:
    """Return why a course cannot be begun yet: which ``courses`` are to be passed before it."""
    return Message(msg("Before this course, pass: %(courses)s."), {"courses": tuple(courses)})


def gate_sentence(gate: TestGate, titles: Mapping[str, object], shown: str) -> Message:
    """Return why the test is open or closed, and what to do.

    titles  lesson code -> title, as a value of a Message.
    shown   ``gate.opens_at`` as the reader's clock says it.
    """
    names = tuple(titles.get(code, code) for code in gate.lessons)
    listed: object = names
    if len(names) > MOST_NAMED:
        listed = Message(
            msg("%(first)s and others (%(count)s in all)"), {"first": names[0], "count": len(names)}
        )
    if gate.state is Gate.REVIEW and gate.opens_at is not None:
        return Message(
            msg(
                "The next attempt opens on %(moment)s at the earliest. Before that, read the "
                "lessons of the modules that you missed: %(lessons)s."
            ),
            {"moment": shown, "lessons": listed},
        )
    sentences: dict[Gate, Message] = {
        Gate.OPEN: Message(msg("The final test is open.")),
        Gate.RUNNING: Message(msg("Your final test is open. Go on where you stopped.")),
        Gate.PASSED: Message(msg("You have passed the final test.")),
        Gate.LESSONS: Message(
            msg("The final test opens when every lesson is finished. Still to read: %(lessons)s."),
            {"lessons": listed},
        ),
        Gate.REVIEW: Message(
            msg(
                "Before the next attempt, read the lessons of the modules that you missed: "
                "%(lessons)s."
            ),
            {"lessons": listed},
        ),
        Gate.PAUSE: Message(msg("You may try again from %(moment)s."), {"moment": shown}),
        Gate.USED_UP: Message(
            msg("All attempts are used. Speak with your trainer, or try again from %(moment)s."),
            {"moment": shown},
        ),
    }
    return sentences[gate.state]
