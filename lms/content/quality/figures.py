"""Figures that a translation has lost: days, hours, limits.

A figure that a translation writes in words is told too, so this asks a person to read the place.
What this cannot see: a figure that the source text writes in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lms.content.digests import block_key
from lms.content.model import Block, Course, Document
from lms.content.quality.findings import Finding, finding
from lms.content.quality.passages import lines_in
from lms.content.quality.rules_named import rules_in

_FIGURE = re.compile(r"\d+")


def figure_findings(course: Course) -> Iterator[Finding]:
    """Yield every block of a translation that lacks a figure of its source block.

    Numbers of rules are left out: they are compared by ``rules_named``.
    """
    wanted = {
        (name, block_key(block)): _wanted(course.facts.source, document, block)
        for name, document in course.documents[course.facts.source].items()
        for block in document.blocks
    }
    for language in course.languages[1:]:
        for name, document in course.documents[language].items():
            for block in document.blocks:
                figures = wanted.get((name, block_key(block)))
                if figures and (lost := figures - figures_in(document, block)):
                    told = ", ".join(map(str, sorted(lost)))
                    yield finding("figure.lost", document.path, block.line, figures=told)


def _wanted(source: str, origin: Document, block: Block) -> set[int]:
    """Return the figures of a block of the source that every translation has."""
    return figures_in(origin, block) - _rules(source, origin, block)


def figures_in(document: Document, block: Block) -> set[int]:
    """Return the figures of a block in any digits; of a time its hours and its minutes.

    Without 0: what is "18:00" here is "18 h" there.
    """
    lines = lines_in(document.path, block, titled="/bank/" not in document.path)
    return {int(each) for line in lines for each in _FIGURE.findall(line.text)} - {0}


def _rules(language: str, document: Document, block: Block) -> set[int]:
    named = rules_in(language, document.path, block)
    return {number for each in named for number in each.numbers}
