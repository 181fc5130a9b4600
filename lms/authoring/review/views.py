"""Check and publish: what stands in the way of an edition, who asks, who approves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts.access import Room, room
from lms.authoring.drafts.words import VERDICT_WORDS
from lms.authoring.review import actions, queries
from lms.authoring.review.forms import ReasonForm, VerdictForm
from lms.authoring.review.rules import (
    CHECK,
    PUBLISH,
    PUBLISHED,
    Said,
    against_approval,
    is_asked,
    key_of,
    may_ask,
)
from lms.authoring.review.sentences import told
from lms.db import reading, transaction
from lms.installation import LANGUAGE_NAMES
from lms.jobs.models import Job
from lms.kernel import clock
from lms.kernel.errors import Refused
from lms.web.language import IN_LANGUAGE, gettext, say
from lms.web.pages import look_again, viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint("review", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/review")


@bp.get("")
@permission(WRITE)
def show(draft_id: UUID) -> ResponseReturnValue:
    """Show what the check found, and the next step of whoever looks."""
    return _page(room(draft_id))


def _page(here: Room, form: VerdictForm | None = None) -> ResponseReturnValue:
    session, me = reading(), viewer()
    state = drafts.state(session, me, here.draft)
    jobs = queries.jobs(session, me, key_of(here.draft.id, state))
    check, publishing = jobs.get(CHECK), jobs.get(PUBLISH)
    said = queries.verdicts(session, me, here.draft)
    last = Said(said[0].verdict, said[0].state) if said else None
    writers = {person for person, _ in queries.written(session, me, here.draft)}
    result: dict[str, Any] = dict(check.result or {}) if check and check.state == "done" else {}
    page = make_response(
        render_template(
            "review/show.html",
            room=here,
            state=state,
            check=check,
            result=result,
            said=said,
            words=VERDICT_WORDS,
            names=LANGUAGE_NAMES,
            asked=is_asked(last, state),
            done=last == Said(PUBLISHED, state),
            may_ask=may_ask(here.rights),
            against=against_approval(me, here.rights, writers),
            publishing=publishing,
            refused=_refusal(publishing),
            said_form=form or VerdictForm(state=state),
            told=_told,
        )
    )
    works = any(job and job.state == "waiting" for job in (check, publishing))
    if form is not None and form.errors:
        page.status_code = form.status
    return look_again(page, 2) if works else page


def _told(said: list[Any]) -> str:
    """Say a sentence that a job has kept."""
    return say(told(said))


def _refusal(publishing: Job | None) -> str:
    """Return why the newest publication was refused, empty where it was not."""
    said = (publishing.result or {}).get("refused") if publishing else None
    return _told(said) if said else ""


@bp.post("/check")
@permission(WRITE)
def check(draft_id: UUID) -> ResponseReturnValue:
    """Let the worker look the draft through."""
    with transaction() as session:
        actions.check(session, viewer(), draft_id, now=clock.now())
    return redirect(url_for(".show", draft_id=draft_id), 303)


@bp.post("/ask")
@permission(WRITE)
def ask(draft_id: UUID) -> ResponseReturnValue:
    """Ask for approval."""
    return _say(
        draft_id,
        VerdictForm(request.form),
        actions.ask,
        gettext("Approval is asked for. A publisher of this course sees it on this page."),
    )


@bp.post("/send-back")
@permission(WRITE)
def send_back(draft_id: UUID) -> ResponseReturnValue:
    """Send the draft back to those who wrote it."""
    return _say(
        draft_id,
        ReasonForm(request.form),
        actions.send_back,
        gettext("The draft is sent back. Its writers read why."),
    )


@bp.post("/approve")
@permission(WRITE, fresh=True)
def approve(draft_id: UUID) -> ResponseReturnValue:
    """Approve the draft and let the worker publish it."""
    return _say(
        draft_id,
        VerdictForm(request.form),
        actions.approve,
        gettext("The draft is approved. The new edition is being made."),
    )


def _say(
    draft_id: UUID, form: VerdictForm, verb: Callable[..., object], done: str
) -> ResponseReturnValue:
    here = room(draft_id)
    if not form.validate():
        return _page(here, form)
    try:
        with transaction() as session:
            verb(
                session,
                viewer(),
                draft_id,
                form.state.data,
                form.note.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        flash(say(refused.message), "error")
        return redirect(url_for(".show", draft_id=draft_id), 303)
    flash(done)
    return redirect(url_for(".show", draft_id=draft_id), 303)
