"""What a file or a print says of itself: who made it, when, and for which part of the service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from lms.accounts import queries as accounts
from lms.kernel.messages import Message, msg
from lms.reports.figures import Label
from lms.reports.report import Answer, Question, Report
from lms.reports.sheet import spelled
from lms.web.language import say

TITLE, BY, ON = msg("Report"), msg("Made by"), msg("State of")


def facts(
    asked: Question, report: Report, answer: Answer, told: Callable[[date], str] = date.isoformat
) -> list[tuple[Message, Message | str]]:
    """Return label and value of each fact.

    told  how days are told: in words on pages and papers, as machines read them in other files.
    """
    found: list[tuple[Message, Message | str]] = [(Message(TITLE), Message(report.title))]
    if asked.viewer.person_id.int:
        found.append((Message(BY), asked.by or _called(asked)))
    found.append((Message(ON), told(asked.today)))
    for each in answer.filters:
        chosen = answer.chosen.get(each.name, "")
        label = next((label for code, label in each.choices if code == chosen), None)
        if label is not None:
            found.append((Message(each.words), label.words))
        elif each.nothing:
            found.append((Message(each.words), Message(each.nothing)))
    return found


def _called(asked: Question) -> str:
    name, _, number = accounts.identity(asked.session, asked.viewer.person_id)
    return f"{name} ({number})"


def lines(
    asked: Question, report: Report, answer: Answer, told: Callable[[date], str] = date.isoformat
) -> dict[str, str]:
    """Return the same in the language of the question."""
    return {
        str(say(label, asked.language)): spelled(Label(value), asked.language)
        for label, value in facts(asked, report, answer, told)
    }
