"""A list that was tried is taken over, undone or thrown away."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.importing import actions, queries, rules, words
from lms.accounts.importing.forms import (
    ConfirmForm,
)
from lms.accounts.importing.store import store
from lms.accounts.importing.views.addresses import bp
from lms.db import reading, transaction
from lms.kernel import clock
from lms.web.language import gettext
from lms.web.pages import viewer
from lms.web.permissions import ADMINISTER, permission


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
