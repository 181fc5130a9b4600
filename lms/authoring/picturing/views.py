"""Pictures of a draft: bring one, see what it weighs before and after, how it is written."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.authoring import uploads as there
from lms.authoring.drafts import queries
from lms.authoring.drafts.access import Room, room
from lms.authoring.picturing import actions
from lms.authoring.picturing import queries as sent_pictures
from lms.authoring.picturing.forms import MOST_MB, PictureForm
from lms.authoring.review.sentences import told
from lms.content.pictures import NotAPictureError, picture
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.kernel.ids import one_time_code
from lms.web import uploads
from lms.web.language import IN_LANGUAGE
from lms.web.pages import look_again, viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint("pictures", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/pictures")

KINDS = {"png": "image/png", "webp": "image/webp", "jpg": "image/jpeg", "avif": "image/avif"}


@bp.get("", endpoint="all")
@permission(WRITE)
def show_all(draft_id: UUID) -> ResponseReturnValue:
    """Show the pictures of the draft and what became of those that were sent."""
    return _page(room(draft_id), PictureForm(key=one_time_code()))


def _page(here: Room, form: PictureForm) -> ResponseReturnValue:
    session, me = reading(), viewer()
    jobs = sent_pictures.lately(session, me, here.draft.id)
    found = [
        each for each in queries.files(session, me, here.draft) if each.path.startswith("media/")
    ]
    page = make_response(
        render_template(
            "picturing/all.html",
            room=here,
            pictures=found,
            jobs=jobs,
            upload=form,
            told=told,
            largest=MOST_MB,
            may=here.rights.writes_source,
            no_room=None if uploads.takes_files() else uploads.NO_ROOM,
        )
    )
    page.status_code = form.status
    works = any(each.state == "waiting" for each in jobs)
    return look_again(page, 2) if works and not form.errors else page


@bp.post("")
@permission(WRITE)
def add(draft_id: UUID) -> ResponseReturnValue:
    """Take a picture; the worker draws it anew."""
    here = room(draft_id)
    if not here.rights.writes_source:
        raise NotFound
    form = PictureForm(request.form)
    if not form.validate() or not uploads.takes_files():
        return _page(here, form)
    name = form.name()
    with form.stream() as stream:
        digest = there.keep(stream)
    with transaction() as session:
        actions.ask(
            session,
            viewer(),
            draft_id,
            digest,
            name,
            form.key.data or "",
            now=clock.now(),
        )
    return redirect(url_for(".all", draft_id=draft_id), 303)


@bp.get("/<picture_name>")
@permission(WRITE)
def show(draft_id: UUID, picture_name: str) -> ResponseReturnValue:
    """Send a picture of the draft, if it is one."""
    here = room(draft_id)
    data = queries.file(reading(), viewer(), here.draft, f"media/{picture_name}").data
    try:
        kind = picture(picture_name, data).kind
    except NotAPictureError:
        raise NotFound from None
    reply = make_response(data)
    reply.mimetype = KINDS[kind]
    reply.headers["Content-Disposition"] = "inline"
    return reply
