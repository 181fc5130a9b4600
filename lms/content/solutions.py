"""What a question says of itself wherever it stands: its fixed words, its right answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Any

from lms.content.markdown import inline, plain
from lms.content.model import Choice, Question

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """How a lesson speaks: its fixed words, and its way to turn Markdown into HTML."""

    labels: Labels
    rich: Callable[[str], str]

    def label(self, key: str, **values: object) -> str:
        """Return a fixed word, escaped; ``values`` are what it names."""
        return escape(self.labels[key] % values if values else self.labels[key])


def solution(question: Question, words: Words) -> str:
    """Return the right answer of a question as HTML."""
    if question.kind == "ordering":  # a list: an arrow would point backwards in Arabic
        lines = "".join(f"<li>{inline(each.text)}</li>" for each in question.choices)
        return f"<ol>{lines}</ol>"
    if question.kind == "matching":
        return "; ".join(
            f"{inline(left)} = {escape(plain(right))}" for _, left, right in question.pairs if left
        )
    if question.kind == "numeric":
        return f"<bdi>{escape(question.facts['value'])}</bdi> {escape(plain(question.unit))}"
    if question.kind == "short":
        return escape(question.accepts[0])
    claim = ""
    if question.kind == "truefalse-reason":
        claim = words.label(question.facts["claim"]) + ": "
    return claim + "; ".join(inline(each.text) for each in every_choice(question) if each.right)


def every_choice(question: Question) -> list[Choice]:
    """Return the choices of a question; of a scenario those of its steps."""
    return [*question.choices, *(each for step in question.steps for each in step.choices)]


def listed(texts: Sequence[str]) -> str:
    """Return plain texts as a list with numbers."""
    return f"<ol>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ol>"


def shuffled(seed: str, values: Sequence[Any]) -> list[Any]:
    """Return ``values`` in an order that depends on the question alone: the same on every page."""
    return sorted(values, key=lambda value: sha256(f"{seed} {value!r}".encode()).digest())
