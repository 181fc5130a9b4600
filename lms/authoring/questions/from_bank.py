"""Questions of our courses as other programs know them: what they have no form for is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from lms.authoring.questions.bank import FACTS_IN_TAGS
from lms.authoring.questions.understood import (
    FULL,
    MARKDOWN,
    MATCHING,
    MULTIPLE,
    NUMERIC,
    PLAIN,
    SHORT,
    SINGLE,
    ZERO,
    Notes,
    Option,
    Pair,
    Text,
    Understood,
    default_name,
    share,
)
from lms.content.model import Choice, Course, Question
from lms.kernel.messages import msg

NO_FORM = {
    "truefalse-reason": msg("A statement with reasons has no form in this format."),
    "ordering": msg("An ordering has no form in this format."),
    "scenario": msg("A scenario with steps has no form in this format."),
}


def from_course(course: Course, language: str, notes: Notes) -> Iterator[Understood]:
    """Yield the items of a course's banks in one language, in the order of the files."""
    yield from from_bank(course.items[language].values(), language, notes)


def from_bank(questions: Iterable[Question], language: str, notes: Notes) -> Iterator[Understood]:
    """Yield the questions that other formats know; one line in ``notes`` for each other one."""
    for question in questions:
        if question.kind in NO_FORM:
            notes.warn("no-form", 0, question.id, NO_FORM[question.kind])
        else:
            yield _understood(question, language)


def _understood(question: Question, language: str) -> Understood:
    facts = question.facts
    kind = question.kind
    options: tuple[Option, ...] = ()
    pairs: tuple[Pair, ...] = ()
    if kind in {SINGLE, MULTIPLE}:
        options = _options(question.choices, several=kind == MULTIPLE)
    elif kind == NUMERIC:
        options = (
            Option(
                Text(facts["value"], PLAIN),
                FULL,
                Text("", MARKDOWN),
                Decimal(facts.get("tolerance", "0")),
            ),
        )
    elif kind == MATCHING:
        pairs = tuple(Pair(Text(left, MARKDOWN), right) for _, left, right in question.pairs)
    else:
        kind = SHORT
        options = tuple(
            Option(Text(said, PLAIN), FULL, Text("", MARKDOWN)) for said in question.accepts
        )
    stem = Text(question.stem, MARKDOWN)
    return Understood(
        kind,
        f"{question.id} {default_name(stem)}",
        stem,
        options,
        pairs,
        category=(facts["lesson"],) if "lesson" in facts else (),
        idnumber=question.id,
        tags=tuple(f"{name}={facts[name]}" for name in FACTS_IN_TAGS if name in facts),
        feedback=Text(question.why, MARKDOWN),
        language=language,
        line=question.line,
    )


def _options(choices: tuple[Choice, ...], *, several: bool) -> tuple[Option, ...]:
    """Return choices with weights: of several right ones a wrong one takes away a right one."""
    right = share(sum(choice.right for choice in choices)) if several else FULL
    return tuple(
        Option(
            Text(choice.text, MARKDOWN),
            right if choice.right else -right if several else ZERO,
            Text(choice.why, MARKDOWN),
        )
        for choice in choices
    )
