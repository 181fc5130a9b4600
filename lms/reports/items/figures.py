"""Which questions need a look: difficulty, discrimination, and languages that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lms.installation import LANGUAGE_NAMES
from lms.kernel.messages import Message, msg
from lms.reports.figures import HIDDEN, Column, Kind, Label, Line, Table, Value
from lms.reports.items import queries, rules
from lms.reports.items.rules import Statistic
from lms.reports.queries import courses
from lms.reports.report import Answer, Question, Report
from lms.reports.trail import chosen_of, course_filter, nothing_of
from lms.tables import AnyRow

REASONS: Mapping[str, str] = {
    "language": msg("Look at the translation: %(languages)s"),
    "negative": msg("Look at the key: who knows more is wrong more often"),
    "hard": msg("Very hard"),
    "easy": msg("Nearly everybody is right"),
    "weak": msg("Tells little"),
}
NOTES = (
    Message(
        msg(
            "Points earned: from 0, nobody was right, to 1, everybody was. Tells apart: whether "
            "people who did well in the rest of the test did well here, from −1 to 1."
        )
    ),
    Message(
        msg(
            "Counted are the newest %(count)s first attempts of people who work here today. A "
            "question, or a language of it, with fewer than 10 answers is not shown."
        ),
        {"count": queries.NEWEST},
    ),
)


def answer(asked: Question) -> Answer:
    """Return the questions of a course with their figures, for all of the viewer's places."""
    offered = courses(asked.session, asked.viewer, asked.language)
    filters = [course_filter(offered)]
    asked = replace(asked, filters=chosen_of(asked, filters))
    course = asked.get("course")
    known = queries.items(asked.session, asked.viewer, course)
    found = rules.statistics_of(
        queries.first_attempts(asked.session, asked.viewer, course, known, today=asked.today)
    )
    languages = sorted({each for statistic in found.values() for each in statistic.by_language})
    table = Table(
        "questions",
        Message(msg("The questions of the final test, one by one")),
        msg("Question"),
        _columns(languages),
        _lines(known, found, languages) if found else [],
        notes=NOTES if found else (),
        nothing=nothing_of(
            offered, msg("Choose another course, or wait for its first final tests.")
        ),
    )
    return Answer(filters, asked.filters, [table])


def _lines(
    known: Mapping[str, AnyRow], found: Mapping[str, Statistic], languages: Sequence[str]
) -> list[Line]:
    """Return a line for each question; those that need a look come first."""
    lines = [
        Line(Label(item_id, item_id), _values(row, found.get(item_id), languages))
        for item_id, row in known.items()
    ]
    return sorted(lines, key=lambda line: line.values[0] is None)


def _columns(languages: Sequence[str]) -> list[Column]:
    return [
        Column("look", msg("Needs a look"), Kind.TEXT),
        Column("lesson", msg("Lesson"), Kind.TEXT),
        # Translators: head of a column: how many people answered a question.
        Column("people", msg("Answers")),
        # Translators: head of a column: the share of its points that people earned on a question.
        Column("difficulty", msg("Points earned"), Kind.NUMBER),
        # Translators: head of a column: how well a question tells who knows more from who knows
        # less. Not a word that could be read as unequal treatment of people.
        Column("discrimination", msg("Tells apart"), Kind.NUMBER),
        *(
            # Translators: head of a column: the points earned on questions in one language.
            Column(
                code,
                Message(msg("Points earned, %(language)s"), {"language": LANGUAGE_NAMES[code]}),
                Kind.NUMBER,
            )
            for code in languages
        ),
    ]


def _values(row: AnyRow, statistic: Statistic | None, languages: Sequence[str]) -> list[Value]:
    if statistic is None:
        return [None, row.lesson, *[HIDDEN] * (3 + len(languages))]
    tells = statistic.discrimination
    means = statistic.by_language
    return [
        _reason(statistic),
        row.lesson,
        statistic.people,
        round(statistic.difficulty, 2),
        None if tells is None else round(tells, 2),
        *(round(means[code], 2) if code in means else HIDDEN for code in languages),
    ]


def _reason(statistic: Statistic) -> Message | None:
    reason = rules.needs_a_look(statistic)
    if reason is None:
        return None
    names = tuple(LANGUAGE_NAMES[code] for code in statistic.suspects)
    return Message(REASONS[reason], {"languages": names})


REPORT = Report(
    "questions",
    msg("How questions behave"),
    msg("Which questions of a course are too hard, tell little, or differ between languages."),
    ("course",),
    answer,
)
