"""Lists from spreadsheets: send one, say what its columns are, see what it would do, take it over.

One address shows a list in whatever state it is, so that whoever comes back finds it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import queries as accounts
from lms.accounts.importing import actions, columns, queries, rules, shown, words
from lms.accounts.importing.columns import column_name, reason
from lms.accounts.importing.forms import (
    LARGEST_MB,
    ConfirmForm,
    ReadingForm,
    UploadForm,
    columns_form,
    titles_form,
)
from lms.accounts.importing.store import store
from lms.accounts.importing.title_rules import titles_of
from lms.accounts.models import StaffImport
from lms.audit import actions as audit
from lms.db import reading, transaction
from lms.extensions import db
from lms.kernel import clock
from lms.sheets import writer
from lms.sheets.reader import MOST_ROWS
from lms.web import uploads
from lms.web.language import IN_LANGUAGE, current, gettext, say
from lms.web.listing import ROWS, Asked, Listing
from lms.web.pages import look_again, shown_moment, site, viewer
from lms.web.permissions import ADMINISTER, permission

MOST_OFFERED = 100  # job titles of one page

bp = Blueprint("staff_lists", __name__, url_prefix=f"{IN_LANGUAGE}/administer/staff-lists")


@bp.get("", endpoint="all")
@permission(ADMINISTER)
def show_all() -> ResponseReturnValue:
    """Show the lists that were sent."""
    found = queries.lists(reading(), viewer())
    return render_template("importing/all.html", lists=found, words=words)


@bp.route("/new", methods=["GET", "POST"])
@permission(ADMINISTER)
def new() -> ResponseReturnValue:
    """Take a file; the worker reads it."""
    asked = request.values.get("kind", "")
    kind = asked if asked in columns.KINDS else columns.PEOPLE
    form = UploadForm(request.form)
    if request.method == "GET" or not form.validate():
        # Not as ``form``: changing the language would send the file, and no page can keep it.
        page = render_template(
            "importing/new.html", upload=form, kind=kind, largest=LARGEST_MB, rows=MOST_ROWS,
            no_room=None if form.errors or uploads.takes_files() else uploads.NO_ROOM,
        )  # fmt: skip
        return page, form.status
    name = form.file_name()
    actions.require_room(reading(), viewer())
    db.session.remove()
    digest = store().put(form.stream().read())
    with transaction() as session:
        now = clock.now()
        listed = actions.begin(session, viewer(), kind, digest, name, now=now)
        page = url_for(".one", import_id=listed.id)
        actions.ask(session, viewer(), listed, actions.READ_JOB, page, now=now)
    return redirect(page, 303)


@bp.get("/<uuid:import_id>")
@permission(ADMINISTER)
def one(import_id: UUID) -> ResponseReturnValue:
    """Show a list as it is now: being read, its columns, what it would do, what it did."""
    session, me = reading(), viewer()
    listed = queries.one(session, me, import_id)
    if listed.state in actions.AT_WORK:
        job = queries.job_of(session, me, listed)
        page = render_template(
            "importing/working.html", listed=listed, job=job, words=words,
            own=job is not None and job.asked_by == me.person_id,
        )  # fmt: skip
        return look_again(make_response(page), 2 if listed.state == actions.READING else 5)
    if listed.state == actions.READ:
        return redirect(url_for(".choose_columns", import_id=import_id), 303)
    if listed.state in {actions.CHECKED, actions.DONE, actions.UNDONE} and listed.file_name:
        return _rows_page(listed)
    return render_template(
        "importing/ended.html", listed=listed, words=words,
        refused=rules.told(listed.reading["refused"]) if listed.reading.get("refused") else None,
    )  # fmt: skip


def _rows_page(listed: StaffImport) -> str:
    """Show rows of a list with what they would do, or did."""
    asked = Asked.of(("verdict",), ("number",))
    rows, total = queries.rows(
        reading(), viewer(), listed, asked.get("verdict"), limit=ROWS, offset=asked.offset
    )
    return render_template(
        "importing/rows.html", listed=listed, listing=Listing(asked, rows, total), words=words,
        shown=shown, verdicts=rules.VERDICTS, missing_from=queries.MISSING_FROM,
        undo_until=_day(listed), may_undo=actions.may_be_undone(listed, now=clock.now()),
        titles=titles_of(listed.reading.get("titles", ())),
        to_take=sum(listed.counts.get(verdict, 0) for verdict in rules.TAKEN),
    )  # fmt: skip


def _day(listed: StaffImport) -> Any:  # noqa: ANN401 -- a date or None
    if listed.done_at is None:
        return None
    return (listed.done_at + actions.KEPT).astimezone(ZoneInfo(site().time_zone)).date()


@bp.post("/<uuid:import_id>/reading")
@permission(ADMINISTER)
def read_again(import_id: UUID) -> ResponseReturnValue:
    """Read a file with another encoding, separator, sheet or header row."""
    listed = queries.one(reading(), viewer(), import_id)
    form = ReadingForm(request.form, found=listed.reading)
    if not form.validate():
        flash(gettext("Choose one of the ways to read the file that are offered."), "error")
        return redirect(url_for(".choose_columns", import_id=import_id), 303)
    page = url_for(".one", import_id=import_id)
    with transaction() as session:
        listed = actions.read_again(session, viewer(), import_id, form.asked())
        actions.ask(session, viewer(), listed, actions.READ_JOB, page, now=clock.now())
    return redirect(page, 303)


@bp.route("/<uuid:import_id>/columns", methods=["GET", "POST"])
@permission(ADMINISTER)
def choose_columns(import_id: UUID) -> ResponseReturnValue:
    """Say which column is what, and try the list with them; nothing is changed by it."""
    session, me = reading(), viewer()
    listed = queries.one(session, me, import_id)
    page = url_for(".one", import_id=import_id)
    if listed.state not in actions.BEFORE or "fields" not in listed.reading:
        return redirect(page, 303)
    if request.method == "GET":
        return _columns_page(listed, _guessed(listed))
    form = columns_form(listed.kind)(request.form, found=listed.reading)
    form.places = queries.places(session, me)
    if not form.validate():
        return _columns_page(listed, form), form.status
    with transaction() as session:
        listed = actions.check(session, me, import_id, form.mapping())
        actions.ask(session, me, listed, actions.CHECK_JOB, page, now=clock.now())
    return redirect(page, 303)


def _guessed(listed: StaffImport) -> Any:  # noqa: ANN401 -- a form made for its kind
    """Return the form with the columns that were chosen before, or those that their names tell."""
    fields = listed.mapping.get("fields") or listed.reading["fields"]
    return columns_form(listed.kind)(
        found=listed.reading, unit=listed.mapping.get("unit", ""),
        language=listed.mapping.get("language") or site().languages[0],
        **{f"column_{name}": str(column) for name, column in fields.items()},
    )  # fmt: skip


def _columns_page(listed: StaffImport, form: Any) -> str:  # noqa: ANN401 -- made for its kind
    """Show how a file was read, its first rows, and which column is taken for what."""
    found = listed.reading
    left = [
        (column_name(int(column)), found["header"][int(column)], say(reason(why)), why)
        for column, why in found["left"].items()
        if found["header"][int(column)]
    ]
    fields = [form[f"column_{name}"] for name in columns.FIELDS[listed.kind]]
    # What hardly any list has stands behind a line that opens, unless this one has it.
    first = [
        each for each in fields
        if each.data or each.errors or each.name.removeprefix("column_") in columns.USUAL
    ]  # fmt: skip
    return render_template(
        "importing/columns.html", listed=listed, found=found, form=form, words=words, first=first,
        more=[each for each in fields if each not in first],
        how=ReadingForm(
            found=found, encoding=found["encoding"], separator=found["separator"],
            sheet=found["sheet"], header_row=str(found["header_row"]),
        ),
        refused=[each for each in left if each[3] in columns.NEVER],
        ignored=[each for each in left if each[3] not in columns.NEVER],
        letters=[column_name(column) for column in range(len(found["header"]))],
    )  # fmt: skip


@bp.route("/<uuid:import_id>/titles", methods=["GET", "POST"])
@permission(ADMINISTER)
def titles(import_id: UUID) -> ResponseReturnValue:
    """Say which function each job title of a list is, and try the list with that."""
    listed = queries.one(reading(), viewer(), import_id)
    page = url_for(".one", import_id=import_id)
    found = titles_of(listed.reading.get("titles", ()))
    offered = found[:MOST_OFFERED]
    form = titles_form(offered)(request.form)
    if request.method == "GET" or not form.validate():
        if listed.state != actions.CHECKED or not found:
            return redirect(page, 303)
        shown_form = render_template(
            "importing/titles.html", listed=listed, form=form, words=words, titles=offered,
            more=len(found) - len(offered),
        )  # fmt: skip
        return shown_form, form.status
    with transaction() as session:
        listed = actions.choose_titles(session, viewer(), import_id, form.chosen())
        if listed.state == actions.CHECKING:
            actions.ask(session, viewer(), listed, actions.CHECK_JOB, page, now=clock.now())
    return redirect(page, 303)


@bp.route("/<uuid:import_id>/confirm", methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def confirm(import_id: UUID) -> ResponseReturnValue:
    """Take a list over that was tried."""
    listed = queries.one(reading(), viewer(), import_id)
    page = url_for(".one", import_id=import_id)
    form = ConfirmForm(request.form)
    if request.method == "GET" or not form.validate():
        if listed.state != actions.CHECKED:
            return redirect(page, 303)
        shown_form = render_template(
            "importing/confirm.html", listed=listed, form=form, words=words, taken=rules.TAKEN
        )
        return shown_form, form.status
    with transaction() as session:
        now = clock.now()
        listed = actions.confirm(
            session, viewer(), import_id, end_missing=bool(form.end_missing.data), now=now
        )
        if listed.state == actions.RUNNING:
            actions.ask(session, viewer(), listed, actions.APPLY_JOB, page, now=now)
    return redirect(page, 303)


@bp.route("/<uuid:import_id>/undo", methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def undo(import_id: UUID) -> ResponseReturnValue:
    """Take back what a list did, within 30 days."""
    listed = queries.one(reading(), viewer(), import_id)
    page = url_for(".one", import_id=import_id)
    form = ConfirmForm(request.form)
    if request.method == "GET" or not form.validate():
        if not actions.may_be_undone(listed, now=clock.now()):
            return redirect(page, 303)
        page = render_template("importing/undo.html", listed=listed, words=words)
        return page, form.status
    with transaction() as session:
        now = clock.now()
        listed = actions.undo(session, viewer(), import_id, now=now)
        if listed.state == actions.UNDOING:
            actions.ask(session, viewer(), listed, actions.UNDO_JOB, page, now=now)
    return redirect(page, 303)


@bp.post("/<uuid:import_id>/drop")
@permission(ADMINISTER)
def drop(import_id: UUID) -> ResponseReturnValue:
    """Throw a list away that has changed nothing."""
    with transaction() as session:
        actions.drop(session, viewer(), import_id, store().drop, now=clock.now())
    flash(gettext("The list is thrown away. It has changed nothing."))
    return redirect(url_for(".all"), 303)


@bp.post("/<uuid:import_id>/report")
@permission(ADMINISTER)
def report(import_id: UUID) -> ResponseReturnValue:
    """Send what became of each row as CSV: numbers and reasons, no names."""
    with transaction() as session:
        listed = queries.one(session, viewer(), import_id)
        facts = {"rows": sum(listed.counts.get(verdict, 0) for verdict in rules.VERDICTS)}
        audit.append(
            session, viewer().person_id, "staff-list.report", str(listed.id), facts, now=clock.now()
        )
    session, me = reading(), viewer()
    listed = queries.one(session, me, import_id)
    rows = queries.every_row(session, me, listed, request.form.get("verdict", ""))
    sheet = writer.Sheet(
        title=gettext("Report"),
        about={
            gettext("List"): listed.file_name,
            gettext("Asked for by"): accounts.identity(session, me.person_id).service_number,
            gettext("Made"): shown_moment(clock.now()),
        },
        header=[gettext("Row"), gettext("What it does"), gettext("Number"), gettext("Why")],
        rows=(
            [
                row.number if row.number < queries.MISSING_FROM else None,
                gettext(words.VERDICT_WORDS[row.verdict]),
                row.facts.get("number") or row.facts.get("code"),
                shown.for_report(row.facts, row.reasons),
            ]
            for row in rows
        ),
    )
    # What spreadsheet programs of each language expect when they open a file by a double click.
    separator = "," if current().code == "en" else ";"
    answer = make_response(b"".join(writer.csv_lines(sheet, separator)))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="report.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
