"""What was understood of a file of questions: values that know the line they came from."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from lms.kernel.messages import Message, msg

SINGLE, MULTIPLE, TRUEFALSE, SHORT = "single", "multiple", "truefalse", "short"
NUMERIC, MATCHING, ESSAY, DESCRIPTION = "numeric", "matching", "essay", "description"
MOODLE, HTML, PLAIN, MARKDOWN = "moodle", "html", "plain", "markdown"
FORMATS = (MOODLE, HTML, PLAIN, MARKDOWN)

ERROR, WARNING = "error", "warning"
MOST_QUESTIONS = 5_000
# More lines than anybody reads; a hostile file must not fill the memory with them.
MOST_NOTES = 10_000
LONGEST_NAME = 80
ANY_OTHER = "*"  # of a numeric question: what is said to every other reply
ZERO, FULL = Decimal(0), Decimal(100)
NEARLY = Decimal("0.01")

_EXACT = Context(prec=120)
_FIVE = Decimal("0.00001")
_TAG = re.compile(r"<[^<>]*>")
_MARKS = re.compile(r"[*_`\\]|\[([^\[\]]*)\]\([^)\s]*\)")
_LEVELS = re.compile(r"//|/|[^/]+")
_LOOKED_AT = 2_000  # characters that a name is made of; more would not be seen


@dataclass(frozen=True, slots=True)
class Text:
    """A text and how it is to be read: ``moodle`` is plain text with automatic line breaks."""

    text: str
    format: str = MOODLE

    def __bool__(self) -> bool:
        """Whether there is any text."""
        return bool(self.text)


NOTHING = Text("")


@dataclass(frozen=True, slots=True)
class Option:
    """One option or accepted answer.

    weight     percent, exact, at most five decimals; may be negative.
    tolerance  of a numeric answer: half the width of what is accepted around it.
    """

    text: Text
    weight: Decimal = ZERO
    feedback: Text = NOTHING
    tolerance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair of a matching question; an empty left side is an extra choice on the right."""

    left: Text
    right: str


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the report.

    severity  ``error``: that question, or the file, is not taken. ``warning``: look at it.
    code      names the kind of note for programs: ``brace``.
    line      from 1; 0 where it is about the whole file.
    """

    severity: str
    code: str
    line: int
    question: str
    message: Message

    def to_json(self) -> dict[str, Any]:
        """Return the note as plain values, its sentence in English."""
        return {
            "code": self.code,
            "line": self.line,
            "question": self.question,
            "text": str(self.message),
        }


class Notes:
    """Collects the report, so that an author sees everything at once."""

    def __init__(self) -> None:
        self._found: list[Note] = []

    def error(self, code: str, line: int, question: str, msgid: str, /, **values: object) -> None:
        """Note why a question or a file is not taken. ``msgid`` is marked with ``msg``."""
        self._add(Note(ERROR, code, line, question, Message(msgid, values)))

    def warn(self, code: str, line: int, question: str, msgid: str, /, **values: object) -> None:
        """Note what somebody should look at. ``msgid`` is marked with ``msg``."""
        self._add(Note(WARNING, code, line, question, Message(msgid, values)))

    def add(self, severity: str, code: str, line: int, question: str, message: Message) -> None:
        """Note a sentence that somebody else has made."""
        self._add(Note(severity, code, line, question, message))

    def _add(self, note: Note) -> None:
        if len(self._found) < MOST_NOTES:
            self._found.append(note)
        elif len(self._found) == MOST_NOTES:
            more = Message(
                msg("There is more to report. Mend this first, then read the file again.")
            )
            self._found.append(Note(ERROR, "more", 0, "", more))

    def __iter__(self) -> Iterator[Note]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def full(self) -> bool:
        """Whether nothing more is noted, so that reading on tells nobody anything."""
        return len(self._found) > MOST_NOTES

    @property
    def errors(self) -> tuple[Note, ...]:
        """The errors, in the order of the file."""
        return tuple(note for note in self._found if note.severity == ERROR)

    @property
    def warnings(self) -> tuple[Note, ...]:
        """The warnings, in the order of the file."""
        return tuple(note for note in self._found if note.severity == WARNING)


@dataclass(frozen=True, slots=True)
class Understood:
    """One question as it was understood.

    kind       single, multiple, truefalse, short, numeric, matching, essay or description.
    options    of truefalse always ``true``, then ``false``.
    category   the levels of its path, outermost first.
    feedback   on the whole question.
    """

    kind: str
    name: str
    stem: Text
    options: tuple[Option, ...] = ()
    pairs: tuple[Pair, ...] = ()
    category: tuple[str, ...] = ()
    idnumber: str = ""
    tags: tuple[str, ...] = ()
    feedback: Text = NOTHING
    points: Decimal = Decimal(1)
    language: str = ""
    line: int = 0
    warnings: tuple[Note, ...] = ()

    def fingerprint(self) -> str:
        """Return what is the same for the same question: a SHA-256 of type, text and answers.

        Case, spaces and the order of the answers make no difference.
        """
        answers = sorted(
            f"{_folded(each.text.text)}\0{number(each.weight)}\0{number(each.tolerance or ZERO)}"
            for each in self.options
        )
        answers += sorted(
            f"{_folded(each.left.text)}\0{_folded(each.right)}" for each in self.pairs
        )
        parts = [self.kind, _folded(self.stem.text), *answers]
        return hashlib.sha256("\1".join(parts).encode("utf-8", "replace")).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the question as plain values; weights are exact, so they are texts."""
        found: dict[str, Any] = {
            "type": self.kind,
            "name": self.name,
            "category": list(self.category),
            "id": self.idnumber,
            "tags": list(self.tags),
            "stem": self.stem.text,
            "format": self.stem.format,
            "options": [_option_json(each) for each in self.options],
            "pairs": [
                {"left": pair.left.text, "format": pair.left.format, "right": pair.right}
                for pair in self.pairs
            ],
            "general_feedback": self.feedback.text,
            "general_feedback_format": self.feedback.format,
            "points": number(self.points),
            "language": self.language,
            "fingerprint": self.fingerprint(),
            "line": self.line,
            "warnings": [note.to_json() for note in self.warnings],
        }
        return found


def _option_json(option: Option) -> dict[str, Any]:
    found = {
        "text": option.text.text,
        "format": option.text.format,
        "weight": number(option.weight),
        "feedback": option.feedback.text,
        "feedback_format": option.feedback.format,
    }
    return found if option.tolerance is None else found | {"tolerance": number(option.tolerance)}


def with_warnings(question: Understood, notes: tuple[Note, ...]) -> Understood:
    """Return the question with the warnings that are about it."""
    return replace(question, warnings=(*question.warnings, *notes)) if notes else question


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text, trimmed, with their numbers; never all of them at once."""
    start, number = 0, 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        number += 1
        yield number, text[start:end].strip()
        start = end + 1


def levels_of(path: str) -> tuple[str, ...]:
    """Return the levels of a path: ``/`` separates them, ``//`` is a slash."""
    levels, level = [], ""
    for piece in _LEVELS.findall(path):
        if piece == "/":
            levels.append(level)
            level = ""
        else:
            level += "/" if piece == "//" else piece
    cleaned = (" ".join(each.split()) for each in (*levels, level))
    return tuple(each for each in cleaned if each)


def path_of(levels: tuple[str, ...]) -> str:
    """Return the path of some levels, as ``levels_of`` reads it."""
    return "/".join(level.replace("/", "//") for level in levels)


def percent(text: str) -> Decimal:
    """Return a weight in percent with five decimals; ``text`` is a plain decimal number."""
    return Decimal(text).quantize(_FIVE, ROUND_HALF_EVEN, _EXACT)


def share(count: int) -> Decimal:
    """Return one of ``count`` equal parts of 100 percent, with five decimals."""
    return _EXACT.divide(FULL, Decimal(count)).quantize(_FIVE, ROUND_HALF_EVEN, _EXACT)


def number(value: Decimal) -> str:
    """Return a number without needless zeros and without an exponent: ``100``, ``33.33333``."""
    said = format(value, "f")
    said = said.rstrip("0").rstrip(".") if "." in said else said
    return "0" if said in {"-0", ""} else said


def positive_sum(options: tuple[Option, ...]) -> Decimal:
    """Return what somebody gets who chooses every option with a positive weight."""
    return sum((each.weight for each in options if each.weight > 0), ZERO)


def is_full(total: Decimal) -> bool:
    """Whether a sum of weights counts as 100 percent: thirds of it do not add up exactly."""
    return abs(total - FULL) <= NEARLY


def score(weights: Iterator[Decimal] | tuple[Decimal, ...]) -> Decimal:
    """Return the percentage for a set of chosen options: their sum, from 0 to 100."""
    total = sum(weights, ZERO)
    return FULL if is_full(total) else min(max(total, ZERO), FULL)


def default_name(stem: Text) -> str:
    """Return the first 80 characters of a stem without its markup."""
    text = stem.text[:_LOOKED_AT]
    if stem.format in {HTML, MOODLE}:
        text = html.unescape(_TAG.sub(" ", text))
    elif stem.format == MARKDOWN:
        text = _MARKS.sub(lambda found: found[1] or "", text)
    return " ".join(text.split())[:LONGEST_NAME].rstrip()


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
