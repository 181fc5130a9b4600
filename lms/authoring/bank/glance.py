"""What a list of questions needs to know of a bank, found without reading it as a course is read.

A page that shows a thousand items cannot read each of them: what stands in the first lines of a
block is looked for, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.model import Block, Document, Question
from lms.content.question_blocks import FACTS_LINE, ITEM_ID, OWN_ITEM_ID, question_in
from lms.content.questions import facts_of

LONGEST_STEM = 110  # characters of a question in a list
_CUT = re.compile(r"^## ", re.MULTILINE)
_OBJECTIVES = re.compile(r"^::: objectives[^\n]*\n(.*?)^:::\s*$", re.MULTILINE | re.DOTALL)
_POINT = re.compile(r"[-*] +(.*)")
_EMPTY = "+++\n+++\n\n"


@dataclass(frozen=True, slots=True)
class Glance:
    """One item of a bank as a list shows it.

    kind  empty for a block that is no item.
    stem  the first words of the question.
    raw   the whole block, to look for words in and to read where one is shown.
    """

    code: str
    module: str
    kind: str
    facts: Mapping[str, str]
    stem: str
    raw: str

    @property
    def lesson(self) -> str:
        """The lesson that teaches it."""
        return self.facts.get("lesson", "")

    @property
    def outcome(self) -> str:
        """The letter of the outcome that it asks for."""
        return self.facts.get("outcome", "")

    @property
    def difficulty(self) -> str:
        """From 1 to 3, as text."""
        return self.facts.get("difficulty", "")

    @property
    def critical(self) -> str:
        """The slot that it may fill; empty for none."""
        return self.facts.get("critical", "")

    def question(self) -> Question | None:
        """Return the whole item, None where it is not one that a test could ask."""
        return read_item(f"bank/{self.module}.md", self.raw)[0]

    def outline(self) -> Question:
        """Return it as a question without its words, as far as a blueprint counts it."""
        return Question(self.code, self.kind, self.facts, self.stem)


def glances(module: str, text: str, *, own: bool = False) -> Iterator[Glance]:
    """Yield every block of a bank; ``own``: of a country's own questions."""
    for part in _CUT.split(text)[1:]:
        head, _, rest = part.partition("\n")
        code = head.strip()
        lines = [line for line in rest.splitlines() if line.strip()]
        found = FACTS_LINE.fullmatch(lines[0]) if lines else None
        kind, facts, _ = facts_of(found["words"].split()) if found else ("", {}, [])
        if not (OWN_ITEM_ID if own else ITEM_ID).fullmatch(code):
            kind = ""
        stem = lines[1].strip() if found and len(lines) > 1 else ""
        yield Glance(code[:60], module, kind, facts, shortened(stem), f"## {part}")


def shortened(text: str, most: int = LONGEST_STEM) -> str:
    """Return the first words of a text."""
    return text if len(text) <= most else f"{text[:most].rpartition(' ')[0] or text[:most]} …"


def read_item(path: str, block: str) -> tuple[Question | None, Faults]:
    """Return the item that a block is, and what is wrong with it; line 4 is the block's first.

    path  of its bank, without the language: what is wrong is said of that file.
    """
    faults = Faults()
    code = block.partition("\n")[0].removeprefix("## ").strip()
    folder = "x"
    if OWN_ITEM_ID.fullmatch(code):
        folder, path = f"nations/{code[:2].lower()}/zxx", f"bank/{code[3:].rpartition('-')[0]}.md"
    document = read_document(f"{folder}/{path}", f"{_EMPTY}{block}".encode(), faults)
    found = None
    if document is not None and len(document.blocks) == 1:
        found = question_in(document, document.blocks[0], None, faults)
    return (found if not len(faults) else None), faults


def outcomes_in(lesson: str) -> dict[str, str]:
    """Return the outcomes that a lesson lists by their letters; ``lesson`` may be cut short."""
    found = _OBJECTIVES.search(lesson)
    points: list[str] = []
    for line in (found[1] if found else "").splitlines():
        if point := _POINT.match(line):
            points.append(point[1].strip())
        elif points and line.strip():
            points[-1] += f" {line.strip()}"
    return {chr(ord("a") + n): text for n, text in enumerate(points[:26])}


def parts_of(path: str, lesson: bytes) -> list[Block]:
    """Return the blocks of a lesson that an item can name as those that teach it."""
    document: Document | None = read_document(path, lesson, Faults()) if lesson else None
    return [block for block in document.blocks if block.id] if document else []
