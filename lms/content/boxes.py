"""The boxes that a country has still to fill: who writes them is told, who learns is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lms.content.model import Block, Course, NationFacts


@dataclass(frozen=True, slots=True)
class OpenBox:
    """A place in a lesson where a country says nothing yet.

    asked  what the lesson asks the national school to write there, in the course's own language.
    """

    nation: str
    code: str
    file: str
    line: int
    asked: str


def filling(nation: NationFacts, code: str, language: str) -> Block | None:
    """Return a country's words for a box in one language; None where it has none."""
    document = nation.texts.get(language)
    for block in document.blocks if document else ():
        if block.title == code and block.body.strip():
            return block
    return None


def is_open(nation: NationFacts | None, code: str) -> bool:
    """Return whether a box has no words of this country in any language."""
    facts = nation.boxes.get(code) if nation else None
    if nation is None or facts is None or facts.status == "empty":
        return True
    return not any(filling(nation, code, language) for language in nation.texts)


def open_boxes(course: Course) -> Iterator[OpenBox]:
    """Yield every place that a country of the course has still to fill, country by country."""
    source = course.facts.source
    for code in sorted(course.nations):
        nation = course.nations[code]
        for module in course.facts.modules:
            for lesson in module.lessons if module.code not in nation.closed else ():
                document = course.documents[source][lesson.code]
                for block in document.blocks:
                    hidden = block.name != "box" or block.id in nation.hidden
                    if not hidden and is_open(nation, block.words[0]):
                        asked = " ".join(block.body.split())
                        yield OpenBox(code, block.words[0], document.path, block.line, asked)
