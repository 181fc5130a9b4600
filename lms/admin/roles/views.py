"""Roles of a person, and forgetting who a person is: steps before which the proof is asked anew."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import actions as accounts
from lms.accounts import words
from lms.accounts.actions import NewRole
from lms.accounts.rules import lacks_end
from lms.accounts.staff import queries
from lms.admin.people import person as persons
from lms.admin.people.forms import RoleForm
from lms.admin.people.person import places_to_choose
from lms.admin.roles import actions
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import Refused
from lms.web.language import IN_LANGUAGE, gettext
from lms.web.pages import today, viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("roles", __name__, url_prefix=f"{IN_LANGUAGE}/administer/people/<uuid:person_id>")


@bp.get("/roles")
@permission(ADMINISTER, fresh=True)
def show(person_id: UUID) -> ResponseReturnValue:
    """Show the roles of a person and the form that gives another."""
    return _page(person_id, RoleForm(places=places_to_choose()))


@bp.post("/roles")
@permission(ADMINISTER, fresh=True)
def give(person_id: UUID) -> ResponseReturnValue:
    """Give a role at a place from today on."""
    form = RoleForm(request.form, places=places_to_choose())
    person = persons.acted_on(person_id)
    if not form.validate():
        return _page(person_id, form), form.status
    if lacks_end(form.role.data, form.ends_on.data):
        form.ends_on.errors = [
            gettext("This role reads what is confidential, so it needs a last day.")
        ]
        return _page(person_id, form), 422
    new = NewRole(form.role.data, today(), form.ends_on.data, unit_code=form.unit.data)
    try:
        with transaction() as session:
            accounts.give_role(session, viewer(), person.service_number, new, now=clock.now())
    except Refused as refused:
        form.refuse(refused)
        return _page(person_id, form), form.status
    flash(gettext("The role counts from now on."))
    return redirect(url_for(".show", person_id=person_id), 303)


@bp.post("/roles/<uuid:grant_id>/end")
@permission(ADMINISTER, fresh=True)
def end(person_id: UUID, grant_id: UUID) -> ResponseReturnValue:
    """Take a role away at once."""
    persons.acted_on(person_id)
    with transaction() as session:
        accounts.end_role(session, viewer(), grant_id, now=clock.now())
    flash(gettext("The role is taken away."))
    return redirect(url_for(".show", person_id=person_id), 303)


def _page(person_id: UUID, form: RoleForm) -> str:
    return render_template(
        "roles/show.html",
        form=form,
        person=persons.acted_on(person_id),
        words=words,
        today=today(),
        grants=queries.grants(reading(), viewer(), person_id),
    )


@bp.get("/anonymise")
@permission(ADMINISTER, fresh=True)
def confirm_anonymise(person_id: UUID) -> ResponseReturnValue:
    """Say what is lost for good when a name is forgotten, and ask."""
    return render_template("roles/anonymise.html", person=persons.acted_on(person_id))


@bp.post("/anonymise")
@permission(ADMINISTER, fresh=True)
def anonymise(person_id: UUID) -> ResponseReturnValue:
    """Forget who a person is; counts and certificates stay true."""
    with transaction() as session:
        actions.anonymise(session, viewer(), person_id, now=clock.now())
    flash(gettext("The name is no longer kept. What was learned still counts."))
    return redirect(url_for("people.all"), 303)
