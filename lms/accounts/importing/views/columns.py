"""How a file is read: its encoding and header, which column is what, which job title is which."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.importing import actions, columns, queries, words
from lms.accounts.importing.columns import column_name, reason
from lms.accounts.importing.forms import (
    ReadingForm,
    columns_form,
    titles_form,
)
from lms.accounts.importing.title_rules import titles_of
from lms.accounts.importing.views.addresses import bp
from lms.accounts.models import StaffImport
from lms.db import reading, transaction
from lms.kernel import clock
from lms.web.language import gettext, say
from lms.web.pages import site, viewer
from lms.web.permissions import ADMINISTER, permission

MOST_OFFERED = 100  # job titles of one page


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
        found=listed.reading,
        unit=listed.mapping.get("unit", ""),
        language=listed.mapping.get("language") or site().languages[0],
        **{f"column_{name}": str(column) for name, column in fields.items()},
    )


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
        each
        for each in fields
        if each.data or each.errors or each.name.removeprefix("column_") in columns.USUAL
    ]
    return render_template(
        "importing/columns.html",
        listed=listed,
        found=found,
        form=form,
        words=words,
        first=first,
        more=[each for each in fields if each not in first],
        how=ReadingForm(
            found=found,
            encoding=found["encoding"],
            separator=found["separator"],
            sheet=found["sheet"],
            header_row=str(found["header_row"]),
        ),
        refused=[each for each in left if each[3] in columns.NEVER],
        ignored=[each for each in left if each[3] not in columns.NEVER],
        letters=[column_name(column) for column in range(len(found["header"]))],
    )


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
            "importing/titles.html",
            listed=listed,
            form=form,
            words=words,
            titles=offered,
            more=len(found) - len(offered),
        )
        return shown_form, form.status
    with transaction() as session:
        listed = actions.choose_titles(session, viewer(), import_id, form.chosen())
        if listed.state == actions.CHECKING:
            actions.ask(session, viewer(), listed, actions.CHECK_JOB, page, now=clock.now())
    return redirect(page, 303)
