"""The lines of a question by what they are: text, choices, accepted answers, reasons, steps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lms.content.model import Choice

CHOICE = re.compile(r"- (?:\[(?P<mark>[ xX])\] )?(?P<letter>[a-z])\. ?(?P<text>.*\S)\s*")
ORDERED = re.compile(r"\d+\. (?P<letter>[a-z])\. (?P<text>.*\S)\s*")
WHY = re.compile(r"\s+> ?(?P<text>.*)")
WHOLE_WHY = re.compile(r"> ?(?P<text>.*)")
ACCEPT = re.compile(r"= (?P<text>.*\S)\s*")
STEP = re.compile(r"### (?P<id>s[1-9])\s*")
MORE = re.compile(r"  +(?P<text>[^>\s].*)")


@dataclass(slots=True)
class Line:
    """One choice of a question: its letter and text, its mark (None without one), the reason."""

    letter: str
    text: str
    mark: bool | None
    line: int
    why: list[str] = field(default_factory=list)

    def choice(self, *, right: bool) -> Choice:
        """Return the choice; ``right`` comes from the source where this is a translation."""
        return Choice(self.letter, self.text, right, "\n".join(self.why).strip())


@dataclass(slots=True)
class Passage:
    """The lines of a question (id ``""``), or of one step of a scenario."""

    id: str = ""
    stem: list[str] = field(default_factory=list)
    choices: list[Line] = field(default_factory=list)
    ordered: list[Line] = field(default_factory=list)
    accepts: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)


def passages_in(lines: Sequence[str], first: int) -> list[Passage]:
    """Return the lines of a question by what they are: its head, then each of its steps."""
    parts = [Passage()]
    last: Line | None = None
    for number, raw in enumerate(lines, first):
        line = raw.rstrip("\n")
        part = parts[-1]
        if found := STEP.fullmatch(line):
            parts.append(Passage(found["id"]))
            last = None
        elif found := CHOICE.fullmatch(line):
            mark = None if found["mark"] is None else found["mark"] in "xX"
            last = Line(found["letter"], found["text"], mark, number)
            part.choices.append(last)
        elif found := ORDERED.fullmatch(line):
            last = Line(found["letter"], found["text"], None, number)
            part.ordered.append(last)
        elif last is not None and (found := WHY.fullmatch(line)):
            last.why.append(found["text"].rstrip())
        elif last is not None and not last.why and (found := MORE.fullmatch(line)):
            last.text += " " + found["text"].rstrip()
        elif (found := ACCEPT.fullmatch(line)) and not part.choices:
            part.accepts.append(found["text"])
            last = None
        elif (part.choices or part.ordered or part.accepts) and (
            found := WHOLE_WHY.fullmatch(line)
        ):
            part.why.append(found["text"].rstrip())
            last = None
        elif part.choices or part.ordered or part.accepts:
            if line.strip():
                part.why.append(line)
        else:
            part.stem.append(line)
    return parts


def joined(lines: Sequence[str]) -> str:
    """Return lines as one text without blank lines around it."""
    return "\n".join(lines).strip()


def pair_in(each: Line) -> tuple[str, str, str]:
    """Return letter, left and right side of a line of a matching; left may be empty."""
    text = " " + each.text
    left, _, right = text.partition(" => ")
    return each.letter, left.strip(), right.strip()
