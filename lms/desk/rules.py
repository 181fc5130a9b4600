"""What a course still asks of a person before the certificate, as one list in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from lms.catalogue.structure import PassRule, Structure
from lms.kernel.messages import Message, msg
from lms.learning.rules import Gate, TestGate


class State(Enum):
    """Where a person stands in a course."""

    NOT_STARTED = "not started"
    READING = "reading"
    TESTING = "testing"
    SENT_BACK = "sent back"
    READY = "ready"
    PASSED = "passed"
    CERTIFIED = "certified"


STATE_WORDS: Mapping[State, str] = {
    State.NOT_STARTED: msg("Not started"),
    State.READING: msg("In progress"),
    State.TESTING: msg("Test open"),
    State.SENT_BACK: msg("To be repeated"),
    State.READY: msg("Ready for the test"),
    State.PASSED: msg("Passed"),
    State.CERTIFIED: msg("Certified"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list: what is needed, whether it is done."""

    words: Message
    done: bool


def state_of(
    begun: bool, gate: TestGate | None, certified: bool, failed_before: bool
) -> State:  # fmt: skip
    """Return the state that the course list shows."""
    if certified:
        return State.CERTIFIED
    if not begun or gate is None:
        return State.NOT_STARTED
    if gate.state is Gate.PASSED:
        return State.PASSED
    if gate.state is Gate.RUNNING:
        return State.TESTING
    if failed_before:
        return State.SENT_BACK
    return State.READY if gate.state is Gate.OPEN else State.READING


def still_missing(
    structure: Structure, done: Collection[str], gate: TestGate, names_confirmed: bool
) -> list[Item]:
    """Return everything that the certificate asks for, each with whether it is done."""
    total = len(structure.codes())
    read = sum(code in done for code in structure.codes())
    passed = gate.state is Gate.PASSED
    return [
        Item(
            Message(msg("Lessons: %(done)s of %(total)s finished"), {"done": read, "total": total}),
            read == total,
        ),
        Item(
            Message(
                msg("Final test: at least %(percent)s %% and every critical question right"),
                {"percent": structure.pass_rule.percent},
            ),
            passed,
        ),
        Item(Message(msg("Your name, confirmed as it will be printed")), names_confirmed),
    ]


def pass_sentence(rule: PassRule) -> Message:
    """Return the rule as the one sentence that start, result, paper and register all show."""
    return Message(
        msg(
            "To pass, reach at least %(percent)s %% and answer every critical question right. "
            "You have %(attempts)s attempts in %(days)s days, with at least %(hours)s hours "
            "between two of them."
        ),
        {
            "percent": rule.percent, "attempts": rule.attempts, "days": rule.window_days,
            "hours": rule.pause_hours,
        },
    )  # fmt: skip


def gate_sentence(gate: TestGate, titles: Mapping[str, str], shown: str) -> Message:
    """Return why the test is open or closed, and what to do.

    titles  lesson code -> title. shown  ``gate.opens_at`` as the reader's clock says it.
    """
    listed = ", ".join(f"{code} {titles.get(code, '')}".strip() for code in gate.lessons[:12])
    sentences: dict[Gate, Message] = {
        Gate.OPEN: Message(msg("The final test is open.")),
        Gate.RUNNING: Message(msg("Your final test is open. Go on where you stopped.")),
        Gate.PASSED: Message(msg("You have passed the final test.")),
        Gate.LESSONS: Message(
            msg("The final test opens when every lesson is finished. Still to read: %(lessons)s."),
            {"lessons": listed},
        ),
        Gate.REVIEW: Message(
            msg("Before the next attempt, read the lessons of the modules that you missed: "
                "%(lessons)s."),
            {"lessons": listed},
        ),
        Gate.PAUSE: Message(msg("You may try again from %(moment)s."), {"moment": shown}),
        Gate.USED_UP: Message(
            msg("All attempts are used. Speak with your trainer, or try again from %(moment)s."),
            {"moment": shown},
        ),
    }  # fmt: skip
    return sentences[gate.state]


def continue_with(rows: Sequence[tuple[str, datetime | None, bool]]) -> str | None:
    """Return the slug of the course to continue: the one seen last that is not finished.

    rows  (slug, seen last, finished).
    """
    open_rows = [row for row in rows if row[1] is not None and not row[2]]
    if not open_rows:
        return None
    return max(open_rows, key=lambda row: str(row[1]))[0]
