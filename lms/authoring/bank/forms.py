"""The form of a question: a few fields that WTForms knows, and rows that grow."""

from __future__ import annotations

import re

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField
from wtforms.validators import AnyOf, InputRequired, Length, Regexp

from lms.authoring.bank.typed import Part, Row, Typed, number, one_line, paragraphs
from lms.authoring.bank.words import KIND_WORDS
from lms.content.questions import MOST_CHOICES, MOST_STEPS
from lms.web.forms import PageForm
from lms.web.language import lazy_gettext as _l

Sent = MultiDict[str, str]
LETTER = re.compile(r"[a-z]")


class ItemForm(PageForm):
    """Which question a page shows, and what it said when the page was opened."""

    kind = HiddenField(_l("Kind"), validators=[AnyOf(tuple(KIND_WORDS), message=_l("Choose one."))])
    was = HiddenField(validators=[Length(max=64)])


class CountryForm(PageForm):
    """Whether a country asks a question."""

    country = HiddenField(validators=[Regexp(r"[a-z]{2}$")])
    out = HiddenField(validators=[InputRequired(), AnyOf(("yes", "no"))])


def typed_from(sent: Sent, kind: str) -> Typed:
    """Return what was typed into the form of a question."""
    names = ("lesson", "section", "outcome", "difficulty", "critical")
    facts = {name: one_line(sent.get(name, "")) for name in names}
    if kind == "truefalse-reason":
        facts["claim"] = sent.get("claim", "")
    if kind == "numeric":
        facts["value"] = number(sent.get("value", ""))
        facts["tolerance"] = number(sent.get("tolerance", "")) or "0"
    steps = MOST_STEPS if kind == "scenario" else 0
    return Typed(
        kind,
        facts,
        tuple(_part(sent, kind, n) for n in range(steps + 1)),
        unit=paragraphs(one_line(sent.get("unit", ""))),
        why=paragraphs(sent.get("why", "")),
    )


def _part(sent: Sent, kind: str, n: int) -> Part:
    right = set(sent.getlist(f"right-{n}"))
    rows: list[tuple[int, Row]] = []
    seen: set[str] = set()
    for place in range(MOST_CHOICES):
        if f"text-{n}-{place}" not in sent:
            continue
        letter = sent.get(f"letter-{n}-{place}", "")
        if not LETTER.fullmatch(letter) or letter in seen:
            letter = ""
        seen.add(letter)
        row = Row(
            letter,
            paragraphs(one_line(sent.get(f"text-{n}-{place}", ""))),
            paragraphs(sent.get(f"why-{n}-{place}", "")),
            paragraphs(one_line(sent.get(f"other-{n}-{place}", ""))),
            right=str(place) in right,
        )
        rows.append((_place(sent.get(f"place-{n}-{place}", ""), place), row))
    if kind == "ordering":
        rows.sort(key=lambda each: (each[1].is_empty, each[0]))
    return Part(paragraphs(sent.get(f"stem-{n}", "")), tuple(row for _, row in rows))


def _place(typed: str, place: int) -> int:
    said = number(typed)
    return int(said) if said.isascii() and said.isdigit() and len(said) < 4 else place + 1
