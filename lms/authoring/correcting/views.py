"""Corrected keys: which marks rest on an old one, and correcting them before two people's eyes."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.rules import administers_country
from lms.assessment.right import right_lines
from lms.authoring.correcting import actions, queries
from lms.authoring.correcting.forms import CorrectForm, CountForm
from lms.authoring.correcting.rules import may_count
from lms.authoring.correcting.words import COUNT_WORDS
from lms.authoring.drafts.access import Room, room
from lms.authoring.review.rules import against_approval
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.language import IN_LANGUAGE, gettext, say
from lms.web.pages import look_again, viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint(
    "correcting", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/corrections"
)


@bp.get("", endpoint="all")
@permission(WRITE)
def show_all(draft_id: UUID) -> ResponseReturnValue:
    """List the questions whose key differs in earlier editions, and what was corrected."""
    here, session, me = room(draft_id), reading(), viewer()
    works = queries.works(session, me, here.draft)
    page = make_response(
        render_template(
            "correcting/all.html",
            room=here,
            changed=queries.changed(session, me, here.draft),
            corrections=queries.corrections(session, me, here.draft),
            works=works,
            words=COUNT_WORDS,
            decides=administers_country(me),
        )
    )
    waiting = any(job.state == "waiting" for job in works.values())
    return look_again(page, 2) if waiting else page


@bp.get("/certificates")
@permission(WRITE)
def certificates(draft_id: UUID) -> ResponseReturnValue:
    """List the certificates that rest on an old key: somebody decides about each of them."""
    here = room(draft_id)
    return render_template(
        "correcting/certificates.html",
        room=here,
        found=queries.on_the_old_key(reading(), viewer(), here.draft),
    )


@bp.get("/<item>")
@permission(WRITE)
def one(draft_id: UUID, item: str) -> ResponseReturnValue:
    """Show both answers of one question, who would be affected, and the next step."""
    return _page(room(draft_id), item)


def _page(here: Room, item: str, form: CorrectForm | None = None) -> ResponseReturnValue:
    session, me = reading(), viewer()
    each = queries.one_changed(session, me, here.draft, item)
    job = next(iter(queries.counts(session, me, here.draft, each)), None)
    done = job is not None and job.state == "done"
    form = form or CorrectForm(data={"counted": job.id if job is not None else 0})
    page = make_response(
        render_template(
            "correcting/one.html",
            room=here,
            each=each,
            job=job,
            words=COUNT_WORDS,
            right=right_lines,
            counts=job.result if job is not None and done else None,
            may_count=may_count(here.rights),
            form_of=form,
            against=against_approval(me, here.rights, [me.person_id] if each.wrote else []),
        )
    )
    if form.errors:
        page.status_code = form.status
    return look_again(page, 2) if job is not None and job.state == "waiting" else page


@bp.post("/<item>/count")
@permission(WRITE)
def count(draft_id: UUID, item: str) -> ResponseReturnValue:
    """Let the worker count who would be affected."""
    room(draft_id)
    form = CountForm(request.form)
    if not form.validate():
        raise NotFound
    with transaction() as session:
        actions.count(session, viewer(), draft_id, item, form.after.data or 0, now=clock.now())
    return redirect(url_for(".one", draft_id=draft_id, item=item), 303)


@bp.post("/<item>/correct")
@permission(WRITE, fresh=True)
def correct(draft_id: UUID, item: str) -> ResponseReturnValue:
    """Correct the key for the earlier editions and let the worker mark anew."""
    here, form = room(draft_id), CorrectForm(request.form)
    if not form.validate():
        return _page(here, item, form)
    try:
        with transaction() as session:
            actions.correct(
                session,
                viewer(),
                draft_id,
                item,
                form.counted.data or 0,
                form.reason.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        said = say(refused.message)
        if item not in queries.changed(reading(), viewer(), here.draft, item):
            flash(said, "error")
            return redirect(url_for(".all", draft_id=draft_id), 303)
        form.reason.errors = [said]
        return _page(here, item, form)
    flash(gettext("The key is corrected. The tests are being marked anew."))
    return redirect(url_for(".all", draft_id=draft_id), 303)
