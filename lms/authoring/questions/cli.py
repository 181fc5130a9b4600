"""``lms questions``: what a file of questions says, and our questions for other programs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from lms.authoring.questions.decoding import ENCODINGS
from lms.authoring.questions.export import WRITABLE, export
from lms.authoring.questions.from_bank import from_course
from lms.authoring.questions.reading import (
    LARGEST_TEXT,
    READABLE,
    Reading,
    read,
)
from lms.authoring.questions.sheet_columns import FIELDS, SheetMapping
from lms.authoring.questions.understood import Note, Notes, Option, Understood, number, path_of
from lms.content import folder
from lms.content.folder import FolderRefusedError
from lms.content.reader import read_course
from lms.sheets.reader import SEPARATORS

SEPARATOR_NAMES = dict(zip(("comma", "semicolon", "tab"), SEPARATORS, strict=True))
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("questions")
def cli() -> None:
    """Read and write questions as GIFT, Aiken, CSV and XLSX (docs/questions.md)."""


@cli.command("read")
@click.argument("file", type=FILE)
@click.option("--format", "format_", type=click.Choice(READABLE), help="found out where not given")
@click.option("--encoding", metavar="NAME", help=f"of a text: {', '.join(ENCODINGS)}")
@click.option(
    "--mapping",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="of a sheet: which column, from 1, is which field; header-row=0 for no header",
)
@click.option("--sheet", default="", help="name of the sheet of a workbook")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def read_file(
    file: Path,
    format_: str | None,
    encoding: str | None,
    mapping: tuple[str, ...],
    sheet: str,
    *,
    as_json: bool,
) -> None:
    """Say what is understood of the questions in FILE, and keep nothing.

    Ends with 1 where anything is an error.
    """
    reading = _read(file, format_, encoding, _mapping(mapping, sheet))
    if as_json:
        click.echo(json.dumps(reading.to_json(), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_in_lines(file.name, reading)))
    if reading.errors:
        sys.exit(1)


@cli.command("export")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--to", "to", type=click.Choice(WRITABLE), required=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="file to write")
@click.option("--separator", type=click.Choice(list(SEPARATOR_NAMES)), default="comma")
@click.option("--language", default="", help="of a course; its own where not given")
@click.option("--encoding", metavar="NAME", help="of a file that is not in Unicode")
def export_questions(
    source: Path,
    to: str,
    output: Path | None,
    separator: str,
    language: str,
    encoding: str | None,
) -> None:
    """Write the questions of SOURCE, a file or the folder of a course, in another format.

    What has no form there is told, and all others are written. Ends with 1 where SOURCE has
    errors.
    """
    notes = Notes()
    if source.is_dir():
        questions = _of_course(source, language, notes)
    else:
        reading = _read(source, None, encoding, None)
        questions = list(reading.questions)
        for note in reading.notes:
            notes.add(note.severity, note.code, note.line, note.question, note.message)
    data = export(questions, to, notes, SEPARATOR_NAMES[separator])
    for note in notes:
        click.echo(_note(source.name, note), err=True)
    if output is None and to == "xlsx":
        output = Path(f"{source.resolve().name}.xlsx")
    if output is None:
        click.echo(data, nl=False)
    else:
        output.write_bytes(data)
        click.echo(f"{output} ({len(data):,} bytes)")
    if notes.errors:
        sys.exit(1)


def _read(
    file: Path, format_: str | None, encoding: str | None, mapping: SheetMapping | None
) -> Reading:
    if file.stat().st_size > LARGEST_TEXT:
        raise click.ClickException(f"{file.name} is larger than {LARGEST_TEXT // 1024**2} MB.")
    return read(file.read_bytes(), file.name, format_, encoding, mapping)


def _of_course(path: Path, language: str, notes: Notes) -> list[Understood]:
    try:
        reading = read_course(folder.load(path))
    except (FolderRefusedError, OSError) as refused:
        raise click.ClickException(str(refused)) from refused
    if reading.course is None:
        for fault in reading.faults:
            click.echo(str(fault), err=True)
        sys.exit(1)
    chosen = language or reading.course.facts.source
    if chosen not in reading.course.languages:
        raise click.ClickException(f"The course has no language {chosen!r}.")
    return list(from_course(reading.course, chosen, notes))


def _mapping(said: tuple[str, ...], sheet: str) -> SheetMapping | None:
    fields: dict[str, int] = {}
    header_row = 1
    for each in said:
        field, _, column = each.partition("=")
        if not column.isdecimal() or (field not in FIELDS and field != "header-row"):
            raise click.ClickException(f"Write FIELD=NUMBER, not {each!r}. {', '.join(FIELDS)}.")
        if field == "header-row":
            header_row = int(column)
        else:
            fields[field] = int(column) - 1
    return SheetMapping(fields, header_row, sheet) if said or sheet else None


def _in_lines(name: str, reading: Reading) -> list[str]:
    counts = ", ".join(f"{count} {kind}" for kind, count in reading.counts().items())
    how = f"{reading.format or 'unknown'}{', ' + reading.encoding if reading.encoding else ''}"
    many = len(reading.questions)
    said = f"{many} question{'' if many == 1 else 's'}{': ' + counts if counts else ''}"
    lines = [f"{name}: {how}. {said}"]
    for encoding, words in reading.previews.items():
        first = words.partition("\n")[0]
        lines.append(f"  as {encoding:<13} {first}")
    for question in reading.questions:
        lines += ["", *_question(question)]
    notes = [*reading.warnings, *reading.errors]
    return lines + ([""] if notes else []) + [_note(name, note) for note in notes]


def _question(question: Understood) -> list[str]:
    head = [f"{question.line:>5}  {question.kind}", question.name]
    if question.category:
        head.append(path_of(question.category))
    if question.idnumber:
        head.append(f"id {question.idnumber}")
    lines = ["  |  ".join(head), f"       [{question.stem.format}] {_flat(question.stem.text)}"]
    lines += [_option(option) for option in question.options]
    lines += [f"       {_flat(pair.left.text) or '—'} -> {pair.right}" for pair in question.pairs]
    if question.feedback:
        lines.append(f"       #### {_flat(question.feedback.text)}")
    return lines


def _option(option: Option) -> str:
    around = f" ± {number(option.tolerance)}" if option.tolerance else ""
    why = f"  # {_flat(option.feedback.text)}" if option.feedback else ""
    return f"       {number(option.weight):>9} %  {_flat(option.text.text)}{around}{why}"


def _flat(text: str) -> str:
    return " / ".join(line.strip() for line in text.split("\n") if line.strip())


def _note(name: str, note: Note) -> str:
    where = f"{name}:{note.line}" if note.line else name
    about = f" ({note.question})" if note.question else ""
    return f"{where}: {note.severity}: {note.message}{about}"
