"""The lists that were sent; one of them as it is now, and its report."""

from __future__ import annotations

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import queries as accounts
from lms.accounts.importing import actions, columns, queries, rules, shown, words
from lms.accounts.importing.forms import (
    LARGEST_MB,
    UploadForm,
)
from lms.accounts.importing.store import store
from lms.accounts.importing.title_rules import titles_of
from lms.accounts.importing.views.addresses import bp
from lms.accounts.models import StaffImport
from lms.db import reading, transaction
from lms.extensions import db
from lms.kernel import clock
from lms.sheets import writer
from lms.sheets.reader import MOST_ROWS
from lms.web import uploads
from lms.web.language import current, gettext
from lms.web.listing import ROWS, Asked, Listing
from lms.web.pages import look_again, shown_moment, site, viewer
from lms.web.permissions import ADMINISTER, permission


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
            "importing/new.html",
            upload=form,
            kind=kind,
            largest=LARGEST_MB,
            rows=MOST_ROWS,
            no_room=None if form.errors or uploads.takes_files() else uploads.NO_ROOM,
        )
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
            "importing/working.html",
            listed=listed,
            job=job,
            words=words,
            own=job is not None and job.asked_by == me.person_id,
        )
        return look_again(make_response(page), 2 if listed.state == actions.READING else 5)
    if listed.state == actions.READ:
        return redirect(url_for(".choose_columns", import_id=import_id), 303)
    if listed.state in {actions.CHECKED, actions.DONE, actions.UNDONE} and listed.file_name:
        return _rows_page(listed)
    return render_template(
        "importing/ended.html",
        listed=listed,
        words=words,
        refused=rules.told(listed.reading["refused"]) if listed.reading.get("refused") else None,
    )


def _rows_page(listed: StaffImport) -> str:
    """Show rows of a list with what they would do, or did."""
    asked = Asked.of(("verdict",), ("number",))
    rows, total = queries.rows(
        reading(), viewer(), listed, asked.get("verdict"), limit=ROWS, offset=asked.offset
    )
    return render_template(
        "importing/rows.html",
        listed=listed,
        listing=Listing(asked, rows, total),
        words=words,
        shown=shown,
        verdicts=rules.VERDICTS,
        missing_from=queries.MISSING_FROM,
        undo_until=_last_day_to_undo(listed),
        may_undo=actions.may_be_undone(listed, now=clock.now()),
        titles=titles_of(listed.reading.get("titles", ())),
        to_take=sum(listed.counts.get(verdict, 0) for verdict in rules.TAKEN),
    )


def _last_day_to_undo(listed: StaffImport) -> date | None:
    """Return the last day on which what a list did can be undone, None where it did nothing."""
    if listed.done_at is None:
        return None
    return (listed.done_at + actions.KEPT).astimezone(ZoneInfo(site().time_zone)).date()


@bp.post("/<uuid:import_id>/report")
@permission(ADMINISTER)
def report(import_id: UUID) -> ResponseReturnValue:
    """Send what became of each row as CSV: numbers and reasons, no names."""
    with transaction() as session:
        actions.note_report(session, viewer(), import_id, now=clock.now())
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
