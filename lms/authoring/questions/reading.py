"""The one way in for questions: a file becomes what was understood of it, and a report.

Nothing is written and nothing is raised: what is wrong with a file stands in the report.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from lms.authoring.questions.aiken import read_aiken
from lms.authoring.questions.decoding import (
    ENCODINGS,
    Decoded,
    decoded,
    told_encoding,
    told_turning,
)
from lms.authoring.questions.gift import read_gift
from lms.authoring.questions.sheet import read_rows
from lms.authoring.questions.sheet_columns import PREVIEW_ROWS, SheetMapping, guess
from lms.authoring.questions.understood import (
    ERROR,
    MOST_QUESTIONS,
    Note,
    Notes,
    Understood,
    with_warnings,
)
from lms.kernel.messages import Message, msg
from lms.sheets import reader
from lms.sheets.refusals import SheetRefusedError
from lms.sheets.workbook import NOT_A_WORKBOOK

GIFT, AIKEN, CSV, XLSX = "gift", "aiken", "csv", "xlsx"
READABLE = (GIFT, AIKEN, CSV, XLSX)
LARGEST_TEXT = 50 * 1024 * 1024
LARGEST_SHEET = reader.LARGEST_FILE

_ENDINGS = {".gift": GIFT, ".aiken": AIKEN, ".csv": CSV, ".tsv": CSV, ".xlsx": XLSX, ".xls": XLSX}
_BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_AIKEN = re.compile(r"^[ \t]*ANSWER[ \t]{0,9}[:\uff1a][ \t]{0,9}[A-ZАВСЕ][ \t]*$", re.MULTILINE)
_GIFT = re.compile(r"^[ \t]*(?:::|\$CATEGORY:)|\{", re.MULTILINE)
_XML = re.compile(r"\s*<(?:\?xml|quiz)\b")
_SAMPLE = 1 << 18


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a file.

    format    gift, aiken, csv or xlsx; empty where it could not be told.
    previews  encoding -> some words, where the encoding is not sure.
    rows      the first rows of a sheet, as the page of columns shows them.
    mapping   of a sheet: which column was taken for what.
    sheets    the names of all sheets of a workbook.
    """

    format: str
    encoding: str = ""
    sure: bool = True
    questions: tuple[Understood, ...] = ()
    notes: tuple[Note, ...] = ()
    previews: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[tuple[str, ...], ...] = ()
    mapping: SheetMapping | None = None
    sheets: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Note, ...]:
        """What is not taken, in the order in which it was found."""
        return tuple(note for note in self.notes if note.severity == ERROR)

    @property
    def warnings(self) -> tuple[Note, ...]:
        """What somebody should look at."""
        return tuple(note for note in self.notes if note.severity != ERROR)

    def counts(self) -> dict[str, int]:
        """Return type -> how many questions."""
        found: dict[str, int] = {}
        for question in self.questions:
            found[question.kind] = found.get(question.kind, 0) + 1
        return found

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {
            "format": self.format,
            "encoding": self.encoding,
            "sure": self.sure,
            "previews": dict(self.previews),
            "sheets": list(self.sheets),
            "mapping": dict(self.mapping.fields) if self.mapping else {},
            "header_row": self.mapping.header_row if self.mapping else 0,
            "rows": [list(row) for row in self.rows],
            "counts": self.counts(),
            "questions": [question.to_json() for question in self.questions],
            "warnings": [note.to_json() for note in self.warnings],
            "errors": [note.to_json() for note in self.errors],
        }


@dataclass(slots=True)
class _File:
    """A file that is being read."""

    path: Path
    name: str
    notes: Notes = field(default_factory=Notes)


def read(
    data: bytes,
    name: str,
    format: str | None = None,  # noqa: A002 -- what everybody calls it
    encoding: str | None = None,
    mapping: SheetMapping | None = None,
) -> Reading:
    """Return what was understood of a file of questions.

    name      the file's name: its ending tells a format.
    format    gift, aiken, csv or xlsx; None to find it out.
    encoding  of a text that is not in Unicode; None to guess it, which the report then says.
    mapping   of a sheet: None to find out which column is what.
    """
    notes = Notes()
    chosen = format or ""
    book = data.startswith(_BOOKS) and chosen in {"", XLSX, CSV}
    if not data:
        notes.error("empty", 0, "", msg("This file is empty."))
    elif chosen and chosen not in READABLE:
        notes.error(
            "format", 0, "", msg("The format is one of: %(formats)s."), formats=", ".join(READABLE)
        )
    elif encoding and encoding.lower() not in ENCODINGS:
        notes.error(
            "encoding",
            0,
            "",
            msg("The encoding is one of: %(encodings)s."),
            encodings=", ".join(ENCODINGS),
        )
    elif len(data) > (limit := LARGEST_SHEET if book or chosen == CSV else LARGEST_TEXT):
        notes.error(
            "size",
            0,
            "",
            msg("This file is larger than %(size)s MB. Split it."),
            size=limit // 1024 // 1024,
        )
    else:
        with tempfile.TemporaryDirectory() as folder:
            file = _File(Path(folder) / "questions", name, notes)
            file.path.write_bytes(data)
            asked = (encoding or "").lower()
            if chosen == XLSX and not book:
                notes.add(ERROR, "sheet", 0, "", Message(NOT_A_WORKBOOK))
                return Reading(chosen, notes=tuple(notes))
            if book or chosen == CSV:
                return _sheet(file, XLSX if book else chosen, asked, mapping)
            return _text(file, chosen, asked, mapping)
    return Reading(chosen, notes=tuple(notes))


def _text(file: _File, chosen: str, asked: str, mapping: SheetMapping | None) -> Reading:
    before = Notes()
    text = decoded(file.path, asked, before)
    found = chosen or (_format(file.name, text.text) if text else "")
    if text is not None and found == CSV:
        return _sheet(file, CSV, asked, mapping)
    for note in before:
        file.notes.add(note.severity, note.code, note.line, note.question, note.message)
    if text is None:
        return Reading(found, notes=tuple(file.notes))
    if not found:
        file.notes.error(
            "format",
            0,
            "",
            msg("Moodle XML is not read yet. Export the questions from Moodle as GIFT."),
        )
        return _told(file, found, text, ())
    questions = read_gift if found == GIFT else read_aiken
    return _told(file, found, text, _counted(questions(text.text, file.notes), file.notes))


def _told(file: _File, found: str, text: Decoded, questions: tuple[Understood, ...]) -> Reading:
    return Reading(found, text.encoding, text.sure, questions, tuple(file.notes), text.previews)


def _format(name: str, text: str) -> str:
    """Return the format of a text; empty for XML, which nobody here reads."""
    sample = text[:_SAMPLE]
    if _XML.match(sample):
        return ""
    by_name = _ENDINGS.get(Path(name[-100:]).suffix.lower(), "")
    if by_name and by_name != XLSX:
        return by_name
    if _AIKEN.search(sample):
        return AIKEN
    if _GIFT.search(sample):
        return GIFT
    first = [re.split(r"[,;\t]", line) for line in sample.split("\n", PREVIEW_ROWS)[:PREVIEW_ROWS]]
    named = guess([[cell.strip(' "') for cell in row] for row in first]).header_row
    return CSV if named else GIFT


def _sheet(file: _File, kind: str, asked: str, mapping: SheetMapping | None) -> Reading:
    notes = file.notes
    wanted = mapping or SheetMapping()
    look: reader.Reading | None = None
    rows: list[reader.Row] = []
    try:
        if file.path.stat().st_size > LARGEST_SHEET:
            notes.error(
                "size",
                0,
                "",
                msg("This file is larger than %(size)s MB. Split it."),
                size=LARGEST_SHEET // 1024 // 1024,
            )
            return Reading(kind, notes=tuple(notes))
        look = reader.look(
            file.path, encoding=asked, separator=wanted.separator, sheet=wanted.sheet
        )
        rows = list(reader.rows(file.path, look, in_lines=True))
        previews = _previews(file.path, look)
    except SheetRefusedError as refused:
        notes.add(ERROR, "sheet", 0, "", refused.message)
        return Reading(
            kind,
            look.encoding if look else "",
            look.sure if look else True,
            notes=tuple(notes),
            previews=_previews(file.path, look) if look else {},
        )
    if not look.sure and not asked:
        told_encoding(look.encoding, notes)
    mended = [row.number for row in rows if row.mended]
    if mended:
        told_turning(len(mended), mended[0], notes)
    first = [row.cells for row in rows[:PREVIEW_ROWS]]
    chosen = wanted if wanted.fields else _guessed(first, wanted)
    found: tuple[Understood, ...] = ()
    if "question" not in chosen.fields:
        notes.error("mapping", 0, "", msg("Say which column holds the questions."))
    else:
        found = _counted(read_rows(iter(rows), chosen, notes), notes)
    return Reading(
        look.kind,
        look.encoding,
        look.sure,
        found,
        tuple(notes),
        previews,
        tuple(tuple(cells) for cells in first),
        chosen,
        look.sheets,
    )


def _guessed(rows: list[list[str]], wanted: SheetMapping) -> SheetMapping:
    found = guess(rows)
    return SheetMapping(found.fields, found.header_row, wanted.sheet, wanted.separator)


def _previews(path: Path, look: reader.Reading) -> dict[str, str]:
    found = reader.previews(path, look, PREVIEW_ROWS) if look.kind == reader.CSV else {}
    return {
        name: "\n".join(" | ".join(row)[:120] for row in rows if not "".join(row).isascii())
        for name, rows in found.items()
    }


def _counted(questions: Iterator[Understood], notes: Notes) -> tuple[Understood, ...]:
    """Return the questions, those marked that stand there twice; none where there are too many."""
    found: list[Understood] = []
    prints: dict[str, int] = {}
    ids: dict[str, int] = {}
    for question in islice(questions, MOST_QUESTIONS + 1):
        own = Notes()
        place = prints.setdefault(question.fingerprint(), question.line)
        if place != question.line:
            own.warn(
                "duplicate",
                question.line,
                question.name,
                msg("The same question stands in line %(line)s."),
                line=place,
            )
        same = ids.setdefault(question.idnumber, question.line) if question.idnumber else 0
        if same and same != question.line:
            own.warn(
                "id",
                question.line,
                question.name,
                msg("The question in line %(line)s has the same id %(id)s."),
                line=same,
                id=question.idnumber[:60],
            )
        for note in own:
            notes.add(note.severity, note.code, note.line, note.question, note.message)
        found.append(with_warnings(question, tuple(own)))
    if len(found) > MOST_QUESTIONS:
        notes.error(
            "limit",
            0,
            "",
            msg("This file has more than %(count)s questions. Split it."),
            count=f"{MOST_QUESTIONS:,}",
        )
        return ()
    if not found and not notes.errors:
        notes.error("nothing", 0, "", msg("No question was found in this file."))
    return tuple(found)
