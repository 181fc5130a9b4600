"""What a file or a print says of itself: who made it, when, and for which part of the service."""

from __future__ import annotations

from lms.accounts import queries as accounts
from lms.kernel.messages import Message, msg
from lms.reports.report import Answer, Question, Report
from lms.reports.sheet import spelled
from lms.web.language import say, sentence

TITLE, BY, ON = msg("Report"), msg("Made by"), msg("State of")


def lines(asked: Question, report: Report, answer: Answer) -> dict[str, str]:
    """Return label -> value, in the language of the question."""
    language = asked.language
    found = {sentence(TITLE, language): sentence(report.title, language)}
    if asked.viewer.person_id.int:
        name, _, number = accounts.identity(asked.session, asked.viewer.person_id)
        found[sentence(BY, language)] = f"{name} ({number})"
    found[sentence(ON, language)] = asked.today.isoformat()
    for each in answer.filters:
        chosen = answer.chosen.get(each.name, "")
        label = next((label for code, label in each.choices if code == chosen), None)
        if label is not None:
            found[sentence(each.words, language)] = spelled(label, language)
        elif each.nothing:
            found[sentence(each.words, language)] = str(say(Message(each.nothing), language))
    return found
