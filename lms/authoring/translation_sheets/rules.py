"""A sheet of texts to translate: its rows out and in, as text that keeps its line breaks.

The reader of staff lists (``lms.sheets.reader``) makes one line of each cell; here a cell may hold
a list or a table, so this one keeps what stands in it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms.content.model import CourseFacts
from lms.content.translation.rows import COLUMNS
from lms.content.translation.units import Unit
from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg
from lms.sheets.writer import FORMULA_SIGNS

ABOUT = "about"
# What one sheet may hold; the form that confirms it has a field for each block.
MOST_ROWS, MOST_COLUMNS, MOST_BLOCKS = 5_000, 64, 400
SEPARATORS = (",", ";", "\t")
# The heading stands among the first rows: before it the sheet says what it is.
HEAD = 30
NAMED = COLUMNS[:3]


@dataclass(frozen=True, slots=True)
class Change:
    """One block that a sheet changes, as the form of the second step carries it.

    unit    ``Unit.id``. source, seen  digests of the source text and of the translation.
    """

    unit: str
    source: str
    seen: str
    texts: Mapping[str, str]

    @property
    def name(self) -> str:
        """The file without language and ending."""
        return self.unit.partition("#")[0]

    @property
    def key(self) -> str:
        """The key of the block in its file."""
        return self.unit.partition("#")[2]

    def packed(self) -> str:
        """Return it as one field of a form."""
        return json.dumps([self.unit, self.source, self.seen, dict(self.texts)], ensure_ascii=False)


def unpacked(field: str) -> Change | None:
    """Return what ``Change.packed`` made; None for anything else."""
    try:
        unit, source, seen, texts = json.loads(field)
    except (ValueError, TypeError, RecursionError):
        return None
    plain = isinstance(texts, dict) and all(isinstance(each, str) for each in texts.values())
    if not plain or not all(isinstance(each, str) for each in (unit, source, seen)):
        return None
    return Change(unit, source, seen, texts) if unit.partition("#")[2] else None


def parts_of(facts: CourseFacts) -> dict[str, tuple[str, ...]]:
    """Return the parts of a course that make one sheet each: about it, then each module."""
    found: dict[str, tuple[str, ...]] = {ABOUT: ("course", "glossary")}
    for module in facts.modules:
        lessons = (lesson.code for lesson in module.lessons)
        found[module.code] = (*lessons, f"bank/{module.code}")
    return found


def rows_in(data: bytes) -> list[dict[str, str]]:
    """Return the rows of a filled sheet by the names of their columns.

    raises  Refused for what is no sheet of ours.
    """
    text = _decoded(data)
    for separator in SEPARATORS:
        found = _rows(text, separator)
        if found is not None:
            return found
    raise Refused(
        Message(msg("This file has no row that begins with key, part, digest. Send the sheet that "
                    "you took from here, saved as CSV."))
    )  # fmt: skip


def _decoded(data: bytes) -> str:
    if not data.strip():
        raise Refused(Message(msg("This file is empty.")))
    if data.startswith((b"PK", b"\xd0\xcf")):
        raise Refused(
            Message(msg("This is a workbook. Save it as “CSV UTF-8” in the spreadsheet program and "
                        "send that file."))
        )  # fmt: skip
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            Message(msg("This file is not in UTF-8, so letters would be lost. Save it as “CSV "
                        "UTF-8”."))
        ) from None  # fmt: skip


def _rows(text: str, separator: str) -> list[dict[str, str]] | None:
    """Return the rows below the heading; None where this separator finds no heading."""
    names: list[str] | None = None
    found: list[dict[str, str]] = []
    number = 0
    try:
        for number, cells in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), 1
        ):
            if len(cells) > MOST_COLUMNS or len(found) > MOST_ROWS:
                raise Refused(Message(msg("This sheet is too large. Cut it into several files.")))
            if names is not None:
                found.append(dict(zip(names, map(_plain, cells), strict=False)))
            elif tuple(cell.strip() for cell in cells[:3]) == NAMED:
                names = [cell.strip() for cell in cells]
            elif number > HEAD:
                return None
    except csv.Error:
        if names is None:
            return None
        raise Refused(
            Message(
                msg(
                    "Row %(row)s cannot be read: a quotation mark is not closed, or one inside "
                    "a cell is not doubled."
                ),
                {"row": number + 1},
            )
        ) from None
    return found if names is not None else None


def _plain(cell: str) -> str:
    """Return a cell without the sign that keeps a spreadsheet program from calculating it."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA_SIGNS) else cell


def is_outdated(rows: Iterable[Mapping[str, str]], unit: Unit) -> bool:
    """Return whether somebody has translated a block since its sheet was made."""
    states = {row.get("state", "").strip() for row in rows if row.get("key", "").strip() == unit.id}
    return bool(states) and unit.state not in states


def names_in(rows: Sequence[Mapping[str, str]], known: Sequence[str]) -> list[str]:
    """Return the files that a sheet has a translation for, in the order of the course."""
    named = {
        row.get("key", "").partition("#")[0].strip()
        for row in rows if row.get("translation", "").strip()
    }  # fmt: skip
    return [name for name in known if name in named]


def by_file(changes: Iterable[Change]) -> Iterator[tuple[str, list[Change]]]:
    """Yield the files that are changed, each with its blocks."""
    found: dict[str, list[Change]] = {}
    for each in changes:
        found.setdefault(each.name, []).append(each)
    yield from found.items()
