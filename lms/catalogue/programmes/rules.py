"""Pure decisions about programmes: codes, texts, periods, and when a pilot can be fixed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from lms.installation import LANGUAGES
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg

PROGRAMME, PILOT = "programme", "pilot"
KINDS = (PROGRAMME, PILOT)
LONGEST_CODE, LONGEST_TITLE, LONGEST_TEXT, LONGEST_LINE, MOST_LINES = 40, 100, 160, 200, 20
LONGEST_QUESTION = 500

CODE_SENTENCE = msg(
    "Write a code of at most 40 small letters (a-z), digits and single dashes: “health-2027”."
)

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Words that stand in addresses where a code would stand.
_RESERVED = frozenset({"new"})


class State(StrEnum):
    """Where a programme stands on a day."""

    PLANNED = "planned"
    RUNNING = "running"
    ENDED = "ended"


def state_on(day: date, starts_on: date, ends_on: date | None) -> State:
    """Return where a programme of this period stands on ``day``; both its days belong to it."""
    if day < starts_on:
        return State.PLANNED
    return State.ENDED if ends_on is not None and day > ends_on else State.RUNNING


def is_code(text: str) -> bool:
    """Return whether ``text`` can be a programme's code for good: small letters, digits, dashes."""
    return len(text) <= LONGEST_CODE and _CODE.fullmatch(text) is not None and text not in _RESERVED


def checked_texts(typed: Mapping[str, str], longest: int) -> dict[str, str]:
    """Return the texts of our languages in our order, without the empty ones.

    raises  LineRefusedError for what is no line of text; see ``Line.of``.
    """
    return {
        code: Line.of(typed[code], longest).text
        for code in LANGUAGES
        if typed.get(code, "").strip()
    }


def checked_lines(typed: Iterable[str]) -> list[str]:
    """Return the lines of a list, without the empty ones; raises LineRefusedError."""
    return [Line.of(each, LONGEST_LINE).text for each in typed if each.strip()]


def said_in(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """Return (language, text) to show to a reader: theirs, else English, else the first there is.

    ("", "") where there is none.
    """
    found = next((each for each in (language, "en", *LANGUAGES) if texts.get(each)), "")
    return found, texts.get(found, "")


def period_fault(starts_on: date, ends_on: date | None) -> Message | None:
    """Return what is wrong with a period, None for a good one."""
    if ends_on is not None and ends_on < starts_on:
        return Message(msg("The last day lies before the first one."))
    return None


def fault_of_fixing(today: date, starts_on: date, plan: Iterable[object]) -> Message | None:
    """Return why a pilot cannot be fixed on ``today``, None when it can.

    plan  its last day, question, groups and measures: none of them may be missing.

    What is fixed says beforehand what will count: after the first day it would prove nothing.
    """
    if today >= starts_on:
        return Message(msg("A pilot is fixed before its first day. This one has begun already."))
    if not all(plan):
        return Message(
            msg(
                "Before it is fixed, a pilot needs a last day, a question, at least one group and "
                "at least one measure."
            )
        )
    return None
