"""What changed since the published edition, and how much each change weighs."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.authoring.changes import actions, queries
from lms.authoring.changes.compared import MOST_SHOWN, changed_blocks, changed_files
from lms.authoring.changes.words import SEVERITY_WORDS, STATE_WORDS
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.access import Room, room
from lms.authoring.file_store import store
from lms.authoring.packages import unpacked
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.forms import PageForm
from lms.web.language import IN_LANGUAGE, gettext, ngettext, say
from lms.web.pages import viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint("changes", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/changes")


@bp.get("")
@permission(WRITE)
def show(draft_id: UUID) -> ResponseReturnValue:
    """Show what differs from the edition: files, and blocks of the source word by word."""
    here = room(draft_id)
    session, me = reading(), viewer()
    base = queries.base_of(session, me, here.draft)
    before = _files_of(here) if base else {}
    after = drafts.contents(session, me, here.draft)
    blocks = changed_blocks(before, after, here.draft.source) if base else []
    return render_template(
        "changes/show.html", room=here, base=base, blocks=blocks[:MOST_SHOWN],
        more=len(blocks) - len(blocks[:MOST_SHOWN]),
        undecided=sum(each.severity is None for each in blocks),
        files=changed_files(before, after) if base else [], states=STATE_WORDS,
        severities=SEVERITY_WORDS, may=here.rights.writes_source,
    )  # fmt: skip


def _files_of(here: Room) -> Mapping[str, bytes]:
    base = queries.base_of(reading(), viewer(), here.draft)
    if base is None:
        return {}
    _, files, _ = unpacked(store().get(base.package))
    return files


@bp.post("")
@permission(WRITE)
def weigh(draft_id: UUID) -> ResponseReturnValue:
    """Take how much each change weighs."""
    here = room(draft_id)
    if not here.rights.writes_source:
        raise NotFound
    form = PageForm(request.form)
    if not form.validate():
        return redirect(url_for(".show", draft_id=draft_id), 303)
    said = {
        name.removeprefix("severity-"): value
        for name, value in request.form.items() if name.startswith("severity-")
    }  # fmt: skip
    before = _files_of(here)
    try:
        with transaction() as session:
            count = actions.weigh(session, viewer(), draft_id, before, said, now=clock.now())
    except Refused as refused:
        flash(say(refused.message), "error")
        return redirect(url_for(".show", draft_id=draft_id), 303)
    flash(
        ngettext("%(num)s change is weighed.", "%(num)s changes are weighed.", count)
        if count else gettext("Nothing new was decided.")
    )  # fmt: skip
    return redirect(url_for(".show", draft_id=draft_id), 303)
