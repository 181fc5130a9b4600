"""The words of a country, and the boxes that it has still to fill.

Who writes them is told, who learns is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lms.content.model import Block, Course, NationFacts
from lms.content.nation_agreement import NATIONAL

# How the law of a box, or of what is closed, begins that has none yet; readers never see it.
UNNAMED_SOURCE = "To be named"


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


def replacement(nation: NationFacts, block_id: str, language: str) -> Block | None:
    """Return a country's words in place of a block in one language; None where it has none."""
    document = nation.replacements.get(language)
    found = document.block(NATIONAL + block_id) if document else None
    return found if found is not None and found.body.strip() else None


def is_open(nation: NationFacts | None, code: str) -> bool:
    """Return whether a box has no words of this country in any language."""
    facts = nation.boxes.get(code) if nation else None
    if nation is None or facts is None or facts.status == "empty":
        return True
    return not any(filling(nation, code, language) for language in nation.texts)


def status_of(nation: NationFacts | None, code: str) -> str:
    """Return the state of a box: empty also where its words are missing."""
    if nation is None or is_open(nation, code):
        return "empty"
    return nation.boxes[code].status


def asked_boxes(course: Course, nation: NationFacts) -> Iterator[tuple[str, Block]]:
    """Yield (lesson, block) of every box that the lessons show in this country."""
    source = course.facts.source
    for module in course.facts.modules:
        for lesson in module.lessons if module.code not in nation.closed else ():
            for block in course.documents[source][lesson.code].blocks:
                if block.name == "box" and block.id not in nation.hidden:
                    yield lesson.code, block


def blocking_boxes(course: Course, nation: NationFacts | None) -> tuple[str, ...]:
    """Return the boxes that a certificate asks for, without those that the country hides."""
    wanted = [code for code, blocking in course.facts.boxes.items() if blocking]
    if nation is None:
        return tuple(wanted)
    everywhere = {block.words[0] for _, block in asked_boxes(course, NationFacts(nation.code))}
    shown = {block.words[0] for _, block in asked_boxes(course, nation)}
    return tuple(code for code in wanted if code in shown or code not in everywhere)


def open_boxes(course: Course) -> Iterator[OpenBox]:
    """Yield every place that a country of the course has still to fill, country by country."""
    source = course.facts.source
    for code in sorted(course.nations):
        nation = course.nations[code]
        for lesson, block in asked_boxes(course, nation):
            if is_open(nation, block.words[0]):
                path = course.documents[source][lesson].path
                asked = " ".join(block.body.split())
                yield OpenBox(code, block.words[0], path, block.line, asked)
