"""What a course still asks of a person before the certificate, as one list in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from lms.catalogue.structure import Structure
from lms.kernel.messages import Message, msg
from lms.learning.rules import AROUND_A_LESSON, Gate, TestGate


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

# The state of a course that nobody begins here, since the law forbids it.
CLOSED = msg("Closed in your country")


def kilobytes(load: int | None) -> int | None:
    """Return what opening a lesson costs on the line, in whole kB (1,000 bytes).

    load   bytes of its words as they go over the line; None, where no edition says, stays None.
    """
    return None if load is None else round((load + AROUND_A_LESSON) / 1000)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list: what is needed, whether it is done."""

    words: Message
    done: bool


def state_of(begun: bool, gate: TestGate | None, certified: bool, failed_before: bool) -> State:
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
    structure: Structure,
    done: Collection[str],
    gate: TestGate,
    percent: int,
    *,
    names_confirmed: bool | None,
    renews: bool = False,
) -> list[Item]:
    """Return everything that the certificate asks for, each with whether it is done.

    percent          of the final test that this person needs.
    names_confirmed  None on a station, where no name is confirmed.
    renews           a renewal asks for no lessons of who passes its test.
    """
    total = len(structure.codes())
    read = sum(code in done for code in structure.codes())
    passed = gate.state is Gate.PASSED
    lessons = Item(
        Message(msg("Lessons: %(done)s of %(total)s finished"), {"done": read, "total": total}),
        read == total,
    )
    again = Item(
        Message(
            msg("Lessons to read again before the next attempt: %(count)s"),
            {"count": len(gate.lessons)},
        ),
        done=False,
    )
    items = [
        *([] if renews else [lessons]),
        *([again] if gate.state is Gate.REVIEW else []),
        Item(
            Message(
                msg("Final test: at least %(percent)s %% and every critical question right"),
                {"percent": percent},
            ),
            passed,
        ),
    ]
    if names_confirmed is not None:
        name = Message(msg("Your name, confirmed as it will be printed"))
        items.append(Item(name, names_confirmed))
    return items


def shows_key(gate: TestGate, *, testing: bool) -> bool:
    """Return whether a marked test may show the right answers: passed, or no attempt is left.

    testing  whether the person has any test open at this moment: then nothing is shown, since
             another test may ask the same question.
    """
    return not testing and (gate.state is Gate.PASSED or not gate.left)


def begin_with(rows: Iterable[tuple[str, State, bool]], required: str | None) -> str | None:
    """Return the slug of the course to begin while none is under way: what is required, if any.

    rows      (slug, state, closed by the country), in the order of the list.
    required  the course that comes next of what the person must hold; it may be one to renew.
    """
    offered = [(slug, state) for slug, state, closed in rows if not closed]
    if required in {slug for slug, _ in offered}:
        return required
    return next((slug for slug, state in offered if state is State.NOT_STARTED), None)


def continue_with(rows: Sequence[tuple[str, datetime | None, bool]]) -> str | None:
    """Return the slug of the course to continue: the one seen last that is not finished.

    rows  (slug, seen last, finished).
    """
    open_rows = [row for row in rows if row[1] is not None and not row[2]]
    if not open_rows:
        return None
    return max(open_rows, key=lambda row: str(row[1]))[0]
