"""``lms people``: what the pages of lists do, from the command line, step by step in this process.

Whoever may run these commands on the server stands above every unit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from flask.cli import with_appcontext

from lms import installation
from lms.accounts.importing import actions, columns, queries, rules, steps, words
from lms.accounts.importing.columns import column_name
from lms.accounts.importing.store import store
from lms.accounts.importing.title_rules import title_key, titles_of
from lms.accounts.models import StaffImport
from lms.accounts.rules import FUNCTIONS, SERVER
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import LmsError
from lms.kernel.names import folded
from lms.sheets.encodings import CHOICES
from lms.sheets.reader import LARGEST_FILE
from lms.web import uploads

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
# What somebody has to look at when a list was tried.
TOLD = (rules.REFUSED, rules.DUPLICATE, rules.MISSING)


@click.group("people")
def people() -> None:
    """Take staff lists and lists of places from spreadsheets, and undo them."""


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(columns.KINDS), default=columns.PEOPLE, show_default=True)
@click.option(
    "--mapping",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="where a detail stands, by the name or letter of the column; FIELD= for nowhere",
)
@click.option(
    "--title",
    "titles",
    multiple=True,
    metavar="TITLE=FUNCTION",
    help="which function a job title of the list is, P1 to P7; remembered when it is taken over",
)
@click.option("--encoding", type=click.Choice(CHOICES), help="of a text file that is not Unicode")
@click.option("--separator", type=click.Choice(list(SEPARATORS)))
@click.option("--sheet", default="", help="name of the sheet of a workbook")
@click.option("--header-row", type=click.IntRange(0, 1000), help="0: the file has none")
@click.option("--unit", default="", help="code of the place of all whose row names none")
@click.option("--end-missing", is_flag=True, help="whoever is missing in the list works no longer")
@click.option(
    "--dry-run", is_flag=True, help="tell what the list would do, change and keep nothing"
)
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
@with_appcontext
def import_list(
    file: Path,
    kind: str,
    mapping: tuple[str, ...],
    titles: tuple[str, ...],
    encoding: str | None,
    separator: str | None,
    sheet: str,
    header_row: int | None,
    unit: str,
    end_missing: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Try the list in FILE (CSV or XLSX) and take it over; with --dry-run only try it."""
    asked = {
        "encoding": encoding or "",
        "separator": SEPARATORS.get(separator or "", ""),
        "sheet": sheet,
        **({} if header_row is None else {"header_row": header_row}),
    }
    with _kept_only_if_taken(file, kind) as import_id:
        listed = _check(_read(import_id, asked), mapping, unit, _functions(titles))
        told = {**_told(listed), "dry_run": dry_run}
        if not dry_run:
            listed = _apply(import_id, end_missing=end_missing)
            told |= {"id": str(import_id), "done": listed.counts.get("done", {})}
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else _in_lines(told))


@people.command("undo")
@click.argument("import_id", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
@with_appcontext
def undo(import_id: UUID, as_json: bool) -> None:
    """Take back what a list did, as far as nobody has changed it since."""
    try:
        with transaction() as session:
            actions.undo(session, SERVER, import_id, now=clock.now())
        listed = _run(actions.UNDO_JOB, import_id)
    except LmsError as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    stayed = listed.counts.get("stayed", {})
    if as_json:
        click.echo(json.dumps({"id": str(import_id), "stayed": stayed}))
    else:
        click.echo(
            f"Undone. Rows that stay because something has happened since: {sum(stayed.values())}"
        )


@contextmanager
def _kept_only_if_taken(file: Path, kind: str) -> Iterator[UUID]:
    """Give a list an id; what was only tried, or refused, leaves nothing behind."""
    if file.stat().st_size > LARGEST_FILE:
        raise click.ClickException(f"{file.name} is larger than {LARGEST_FILE // 1024**2} MB.")
    if not uploads.takes_files(file.stat().st_size):
        raise click.ClickException("The disk is nearly full; lms doctor says how much is free.")
    digest = store().put(file.read_bytes())
    with transaction() as session:
        import_id = actions.begin(session, SERVER, kind, digest, file.name, now=clock.now()).id
    try:
        yield import_id
    except LmsError as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    finally:
        if queries.one(reading(), SERVER, import_id).state in actions.BEFORE:
            with transaction() as session:
                actions.drop(session, SERVER, import_id, store().drop, now=clock.now())


def _read(import_id: UUID, asked: dict[str, Any]) -> StaffImport:
    with transaction() as session:
        actions.read_again(session, SERVER, import_id, asked)
    listed = _run(actions.READ_JOB, import_id)
    if listed.state == actions.FAILED:
        raise click.ClickException(str(rules.told(listed.reading["refused"])))
    return listed


def _functions(titles: tuple[str, ...]) -> dict[str, str]:
    """Return folded job title -> function, as they were typed."""
    chosen = {}
    for each in titles:
        title, _, function = each.rpartition("=")
        if not title.strip() or function not in FUNCTIONS:
            raise click.ClickException(f"Write TITLE=FUNCTION with P1 to P7, not {each!r}.")
        chosen[title_key(title)] = function
    return chosen


def _check(
    listed: StaffImport, mapping: tuple[str, ...], unit: str, titles: dict[str, str]
) -> StaffImport:
    fields = dict(listed.reading["fields"])
    for each in mapping:
        field, _, column = each.partition("=")
        if field not in columns.FIELDS[listed.kind]:
            known = ", ".join(columns.FIELDS[listed.kind])
            raise click.ClickException(f"There is no field {field!r}. Fields: {known}.")
        fields.pop(field, None)
        if column:
            fields[field] = _column(listed.reading, column)
    if unit and queries.places(reading(), SERVER).find(unit) is None:
        raise click.ClickException(f"There is no place {unit!r}.")
    language = installation.read(reading()).languages[0]
    chosen = {"fields": fields, "unit": unit, "language": language, "titles": titles}
    with transaction() as session:
        actions.check(session, SERVER, listed.id, chosen)
    return _run(actions.CHECK_JOB, listed.id)


def _column(found: dict[str, Any], said: str) -> int:
    """Return the number of a column that is called ``said``, or has it as its letter."""
    for column, name in enumerate(found["header"]):
        if folded(name) == folded(said) and found["left"].get(str(column)) not in columns.NEVER:
            return column
    for column in range(len(found["header"])):
        if column_name(column) == said and found["left"].get(str(column)) not in columns.NEVER:
            return column
    raise click.ClickException(f"There is no column {said!r} that may be taken.")


def _apply(import_id: UUID, *, end_missing: bool) -> StaffImport:
    with transaction() as session:
        actions.confirm(session, SERVER, import_id, end_missing=end_missing, now=clock.now())
    return _run(actions.APPLY_JOB, import_id)


def _run(kind: str, import_id: UUID) -> StaffImport:
    """Do one piece of work here and now, in the steps in which the worker does it."""
    facts = actions.facts(SERVER, queries.one(reading(), SERVER, import_id))
    steps.run(transaction, reading, kind, facts, clock.now)
    return queries.one(reading(), SERVER, import_id)


def _told(listed: StaffImport) -> dict[str, Any]:
    found = listed.reading
    header = found["header"]

    def name(column: int) -> str:
        return header[column] or column_name(column)

    rows = [
        row for verdict in TOLD for row in queries.every_row(reading(), SERVER, listed, verdict)
    ]
    return {
        "kind": listed.kind,
        "file": listed.file_name,
        "read": {key: found[key] for key in ("encoding", "separator", "sheet", "header_row")},
        "rows": found["rows"],
        "mapping": {field: name(column) for field, column in listed.mapping["fields"].items()},
        "not_taken": {
            name(int(column)): str(columns.reason(why)) for column, why in found["left"].items()
        },
        "titles": [
            {
                "title": each.title,
                "people": each.people,
                "function": each.function or None,
                "rows": list(each.rows),
            }
            for each in titles_of(found["titles"])
        ],
        "counts": listed.counts,
        "problems": [
            {
                "row": row.number if row.number < queries.MISSING_FROM else None,
                "verdict": row.verdict,
                "number": row.facts.get("number") or row.facts.get("code"),
                "reasons": [str(rules.told(each)) for each in row.reasons],
            }
            for row in rows
        ],
    }


def _in_lines(told: dict[str, Any]) -> str:
    lines = [f"{told['file']}: {told['rows']} rows"]
    lines += [f"  {field} from {column}" for field, column in told["mapping"].items()]
    lines += [f"  not taken: {column}. {why}" for column, why in told["not_taken"].items()]
    for each in told["titles"]:
        rows = ", ".join(map(str, each["rows"]))
        function = each["function"] or f"none of ours, rows {rows}; see --title"
        lines.append(f"  job title {each['title']!r}, {each['people']} people: {function}")
    lines += [f"{words.VERDICT_WORDS[verdict]}: {n}" for verdict, n in told["counts"].items()]
    for each in told["problems"]:
        row = f"row {each['row']}" if each["row"] else "not in the list"
        why = " ".join(each["reasons"])
        lines.append(f"  {row}, {each['number']}: {words.VERDICT_WORDS[each['verdict']]}. {why}")
    if told["dry_run"]:
        lines.append("Nothing was changed.")
    else:
        lines += [f"Done: {words.VERDICT_WORDS[key]}: {n}" for key, n in told["done"].items()]
        lines.append(f"Undo it within 30 days: lms people undo {told['id']}")
    return "\n".join(line.rstrip() for line in lines)
