"""The people of a course: everybody who works on it sees them, the country's office names them."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.words import COURSE_ROLE_WORDS
from lms.authoring.course_people import actions, queries
from lms.authoring.course_people.forms import GiveForm
from lms.authoring.drafts.access import Room, room
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.language import IN_LANGUAGE, gettext
from lms.web.pages import today, viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint("course_people", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/people")


def _page(here: Room, form: GiveForm | None = None) -> str:
    found = queries.holders(reading(), viewer(), here.draft.course_id, today=today())
    return render_template(
        "course_people/show.html",
        room=here,
        form=form,
        words=COURSE_ROLE_WORDS,
        holders={role: [each for each in found if each.role == role] for role in COURSE_ROLE_WORDS},
    )


@bp.get("")
@permission(WRITE)
def show(draft_id: UUID) -> ResponseReturnValue:
    """Show who holds which role at the course."""
    return _page(room(draft_id))


@bp.get("/change")
@permission(WRITE, fresh=True)
def change(draft_id: UUID) -> ResponseReturnValue:
    """Show the same with the form that gives a role and the ways to end one."""
    return _page(_office_room(draft_id), GiveForm())


def _office_room(draft_id: UUID) -> Room:
    here = room(draft_id)
    if not here.rights.oversees:
        raise NotFound
    return here


@bp.post("/change")
@permission(WRITE, fresh=True)
def give(draft_id: UUID) -> ResponseReturnValue:
    """Give a role at the course from today on."""
    here = _office_room(draft_id)
    form = GiveForm(request.form)
    if not form.validate():
        return _page(here, form), form.status
    try:
        with transaction() as session:
            actions.give(
                session,
                viewer(),
                here.draft.course_id,
                form.number.data,
                form.role.data,
                form.ends_on.data,
                today=today(),
                now=clock.now(),
            )
    except Refused as refused:
        form.refuse(refused)
        return _page(here, form), form.status
    flash(gettext("The role counts from now on."))
    return redirect(url_for(".change", draft_id=draft_id), 303)


@bp.get("/<uuid:grant_id>/end")
@permission(WRITE, fresh=True)
def ask_end(draft_id: UUID, grant_id: UUID) -> ResponseReturnValue:
    """Name whose role would be taken away, before it is."""
    here = _office_room(draft_id)
    found = queries.holders(reading(), viewer(), here.draft.course_id, today=today())
    held = next((each for each in found if each.id == grant_id), None)
    if held is None or held.person_id == viewer().person_id:
        raise NotFound
    return render_template(
        "course_people/end.html",
        room=here,
        held=held,
        words=COURSE_ROLE_WORDS,
        last=not any(each.role == held.role and each.id != held.id for each in found),
    )


@bp.post("/<uuid:grant_id>/end")
@permission(WRITE, fresh=True)
def end(draft_id: UUID, grant_id: UUID) -> ResponseReturnValue:
    """End a role at once."""
    here = _office_room(draft_id)
    with transaction() as session:
        actions.end(session, viewer(), here.draft.course_id, grant_id, now=clock.now())
    flash(gettext("The role is taken away."))
    return redirect(url_for(".change", draft_id=draft_id), 303)
