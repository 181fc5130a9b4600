"""A question as a form holds it: rows of fields that may be empty. Pure: values in, values out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from lms.content.model import Choice, Question, Step
from lms.content.questions import MOST_STEPS

LETTERS = "abcdefghijklmnopqrstuvwxyz"
CHOSEN = frozenset({"single", "multiple", "truefalse-reason", "scenario"})
# The facts that a person writes; ``choose`` is counted.
FACTS = ("lesson", "section", "outcome", "difficulty", "critical", "claim", "value", "tolerance")
MOST_ROWS: Mapping[str, int] = {"ordering": 7}
NEW_ROWS = 4
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Row:
    """One choice, line or pair; ``letter`` is empty for a new one.

    other  the right side of a pair.
    """

    letter: str = ""
    text: str = ""
    why: str = ""
    other: str = ""
    right: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written in it: such a row is no choice."""
        return not (self.text or self.why or self.other)


@dataclass(frozen=True, slots=True)
class Part:
    """The question itself, or one step of a scenario."""

    stem: str = ""
    rows: tuple[Row, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written in it."""
        return not self.stem and all(row.is_empty for row in self.rows)


@dataclass(frozen=True, slots=True)
class Typed:
    """All that a form for a question holds; ``parts`` are the question, then its steps."""

    kind: str
    facts: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = (Part(),)
    unit: str = ""
    why: str = ""


def one_line(text: str) -> str:
    """Return a text without line breaks and spaces at its ends."""
    return _SPACES.sub(" ", text).strip() if "\n" in text or "\r" in text else text.strip()


def paragraphs(text: str) -> str:
    """Return what was typed into a large field as a text file keeps it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return unicodedata.normalize("NFC", "\n".join(line.rstrip() for line in lines).strip())


def number(text: str) -> str:
    """Return a number as the format writes it: its digits in any script, a comma as a point."""
    said = text.strip().replace(",", ".").replace("٫", ".").replace("−", "-")
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in said)


def blank(kind: str, facts: Mapping[str, str]) -> Typed:
    """Return an empty form for a new question of a kind."""
    rows = (Row(),) * (0 if kind == "numeric" else NEW_ROWS)
    if kind == "scenario":
        return Typed(kind, facts, (Part(), *((Part(rows=rows),) * MOST_STEPS)))
    return Typed(kind, facts, (Part(rows=rows),))


def typed_of(question: Question) -> Typed:
    """Return a question as its form shows it."""
    rows = tuple(
        Row(each.letter, each.text, each.why, right=each.right) for each in question.choices
    )
    rows += tuple(Row(letter, left, other=right) for letter, left, right in question.pairs)
    steps = tuple(
        Part(step.prompt, tuple(Row(c.letter, c.text, c.why, right=c.right) for c in step.choices))
        for step in question.steps
    )
    facts = {name: question.facts[name] for name in FACTS if name in question.facts}
    if question.kind == "numeric":
        facts.setdefault("tolerance", "0")
    return Typed(
        question.kind, facts, (Part(question.stem, rows), *steps), question.unit, question.why
    )


def with_more_rows(typed: Typed) -> Typed:
    """Return the form with two more rows in each part, up to the most that the format takes."""
    if typed.kind == "numeric":
        return typed
    most = MOST_ROWS.get(typed.kind, 8)
    steps = (*typed.parts[1:], *((Part(),) * MOST_STEPS))[:MOST_STEPS]
    parts = (typed.parts[0], *steps) if typed.kind == "scenario" else typed.parts
    return Typed(
        typed.kind,
        typed.facts,
        tuple(
            part
            if n == 0 and typed.kind == "scenario"
            else Part(part.stem, (*part.rows, Row(), Row())[: max(most, len(part.rows))])
            for n, part in enumerate(parts)
        ),
        typed.unit,
        typed.why,
    )


def question_of(
    typed: Typed, code: str, used: Mapping[str, Iterable[str]] | None = None
) -> tuple[Question, dict[str, str]]:
    """Return the question that a form means, and the field of each of its places.

    code     of the item.
    used     step (``""`` for the question itself) -> letters that were ever given there: a new
             choice gets none of them.
    returns  places are those of ``item_text.lines_of``, fields the names in the page.
    """
    places = {"head": "stem-0", "facts": "lesson", "stem": "stem-0", "unit": "unit", "why": "why"}
    parts = []
    step = 0
    for n, part in enumerate(typed.parts):
        if n and part.is_empty:
            continue
        name = f"s{step}" if n else ""
        if n:
            step += 1
            name = f"s{step}"
            places[name] = f"stem-{n}"
        given = lettered(typed.kind, part.rows, (used or {}).get(name, ()))
        for row, letter in given.items():
            place = f"{name}.{letter}" if name else letter
            places[place] = f"text-{n}-{row}"
            places[f"{place}.why"] = f"why-{n}-{row}"
        parts.append((name, part, given))
    _, head, given = parts[0]
    facts = {name: typed.facts[name] for name in FACTS if typed.facts.get(name)}
    matching = typed.kind == "matching"
    choices = () if matching or typed.kind in {"numeric", "scenario"} else _choices(head, given)
    if typed.kind == "multiple":
        facts["choose"] = str(sum(each.right for each in choices))
    return Question(
        id=code,
        kind=typed.kind,
        facts=facts,
        stem=head.stem,
        choices=choices,
        steps=tuple(
            Step(name, part.stem, _choices(part, letters))
            for name, part, letters in parts[1:]
            if typed.kind == "scenario"
        ),
        pairs=tuple((letter, head.rows[n].text, head.rows[n].other) for n, letter in given.items())
        if matching
        else (),
        unit=typed.unit if typed.kind == "numeric" else "",
        why=typed.why,
    ), places


def _choices(part: Part, given: Mapping[int, str]) -> tuple[Choice, ...]:
    return tuple(
        Choice(letter, part.rows[n].text, part.rows[n].right, part.rows[n].why)
        for n, letter in given.items()
    )


def lettered(kind: str, rows: Sequence[Row], used: Iterable[str]) -> dict[int, str]:
    """Return the letter of each row in which something is written, by its place in the form.

    A row keeps the letter that it has; a new one gets the next that was never given.
    """
    filled = {n: row.letter for n, row in enumerate(rows) if not row.is_empty}
    taken = {*used, *filled.values()} - {""}
    last = max(taken, default="`")
    free = [each for each in LETTERS if each > last]
    free += [each for each in LETTERS if each < last and each not in taken]
    new = [n for n, letter in filled.items() if not letter]
    if kind == "ordering":
        # Letters in the order of the lines would give the answer away.
        new.sort(key=lambda n: sha256(rows[n].text.encode()).digest())
        if len(new) == len(filled) and new == sorted(new):
            new.reverse()
    return {**filled, **dict(zip(new, free, strict=False))}


def known_letters(question: Question | None) -> dict[str, set[str]]:
    """Return the letters of a question by step, ``""`` for its own."""
    if question is None:
        return {}
    found = {"": {each.letter for each in question.choices} | {p[0] for p in question.pairs}}
    return found | {step.id: {each.letter for each in step.choices} for step in question.steps}
