"""Places: the tree of regions and facilities, and what happens to them."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import actions as accounts
from lms.accounts import words
from lms.accounts.actions import NewUnit
from lms.accounts.rules import CHILD_KINDS
from lms.accounts.staff import actions, queries
from lms.admin.people.person import places_to_choose
from lms.admin.places.forms import MergeForm, NamesForm, NewPlaceForm
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.language import IN_LANGUAGE, gettext, ngettext, say
from lms.web.pages import today, viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("places", __name__, url_prefix=f"{IN_LANGUAGE}/administer/places")


@bp.get("", endpoint="all")
@permission(ADMINISTER)
def show_all() -> ResponseReturnValue:
    """Show the tree of places with how many people work in each."""
    closed = request.args.get("closed") == "1"
    session, me = reading(), viewer()
    rows = queries.places(session, me, closed=closed)
    top = min((row.path.count("/") for row in rows), default=0)
    return render_template(
        "places/all.html",
        rows=rows,
        top=top,
        staff=queries.staff_of(session, me, today=today()),
        words=words,
        closed=closed,
        codes={row.id: row.code for row in rows},
    )


@bp.route("/new", methods=["GET", "POST"])
@permission(ADMINISTER)
def add() -> ResponseReturnValue:
    """Add a place below another one."""
    offered = places_to_choose()
    form = NewPlaceForm(request.form, places=offered)
    if request.method == "GET":
        # Without a place the list shows its first one: the kind is the one that fits below it.
        form.parent.data = request.args.get("below") or (offered[0][0] if offered else None)
        above = next(
            (row for row in queries.places(reading(), viewer()) if row.code == form.parent.data),
            None,
        )
        form.kind.data = CHILD_KINDS.get(above.kind if above else "region", "facility")
        return render_template("places/new.html", form=form)
    if not form.validate():
        return render_template("places/new.html", form=form), form.status
    new = NewUnit(form.kind.data, form.code.data or "", form.names(), form.parent.data)
    try:
        with transaction() as session:
            accounts.add_unit(session, viewer(), new, now=clock.now())
    except (Refused, NotFound) as refused:
        form.refuse(refused)
        return render_template("places/new.html", form=form), form.status
    flash(gettext("The place is added."))
    return redirect(url_for(".all"), 303)


@bp.route("/<uuid:unit_id>", methods=["GET", "POST"])
@permission(ADMINISTER)
def one(unit_id: UUID) -> ResponseReturnValue:
    """Show a place with its former names, and give it another name."""
    session, me = reading(), viewer()
    unit = queries.place(session, me, unit_id)
    if request.method == "GET":
        form = NamesForm(**{f"name_{code}": name for code, name in unit.names.items()})
        return _page(unit_id, form)
    form = NamesForm(request.form)
    if not form.validate():
        return _page(unit_id, form), form.status
    try:
        with transaction() as session:
            actions.rename(session, me, unit_id, form.names(), now=clock.now())
    except Refused as refused:
        form.refuse(refused)
        return _page(unit_id, form), form.status
    flash(gettext("The name counts from today on. Earlier papers keep the earlier name."))
    return redirect(url_for(".one", unit_id=unit_id), 303)


def _page(unit_id: UUID, form: NamesForm) -> str:
    session, me = reading(), viewer()
    return render_template(
        "places/one.html",
        form=form,
        unit=queries.place(session, me, unit_id),
        words=words,
        former=queries.former_names(session, me, unit_id),
    )


@bp.route("/<uuid:unit_id>/merge", methods=["GET", "POST"])
@permission(ADMINISTER)
def merge(unit_id: UUID) -> ResponseReturnValue:
    """Close a place and let another take over its people."""
    unit = queries.place(reading(), viewer(), unit_id)
    others = [choice for choice in places_to_choose() if choice[0] != unit.code]
    form = MergeForm(request.form, places=others)
    if request.method == "GET" or not form.validate():
        page = render_template("places/merge.html", form=form, unit=unit)
        return page, form.status
    try:
        with transaction() as session:
            moved = actions.merge(session, viewer(), unit_id, form.into.data, now=clock.now())
    except (Refused, NotFound) as refused:
        form.refuse(refused)
        unit = queries.place(reading(), viewer(), unit_id)
        return render_template("places/merge.html", form=form, unit=unit), form.status
    flash(
        ngettext(
            "The place is closed; %(num)s person works at the other one from tomorrow on.",
            "The place is closed; %(num)s people work at the other one from tomorrow on.",
            moved,
        )
    )
    return redirect(url_for(".all"), 303)


@bp.post("/<uuid:unit_id>/close")
@permission(ADMINISTER)
def close(unit_id: UUID) -> ResponseReturnValue:
    """Close a place in which nobody works any more."""
    try:
        with transaction() as session:
            actions.close(session, viewer(), unit_id, now=clock.now())
    except Refused as refused:
        flash(say(refused.message), "error")
        return redirect(url_for(".one", unit_id=unit_id), 303)
    flash(gettext("The place is closed. Its history stays."))
    return redirect(url_for(".all"), 303)
