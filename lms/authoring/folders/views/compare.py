"""A folder that was edited elsewhere, beside the draft: what it changes, and taking it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import (
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.access import Room, room
from lms.authoring.drafts.rules import language_of, state_of
from lms.authoring.folders import actions, queries
from lms.authoring.folders.forms import PackageForm, TakeForm
from lms.authoring.folders.rules import (
    GONE,
    MOST_ROWS,
    Change,
    changes,
    is_text,
    may_bring,
)
from lms.authoring.folders.views.addresses import bp
from lms.authoring.folders.views.brought import faults, files_of, found_in, keep, said, uploading
from lms.authoring.folders.words import CHANGE_WORDS
from lms.content.archive import ArchiveRefusedError
from lms.content.compare import side_by_side
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.language import ngettext, say
from lms.web.pages import look_again, viewer
from lms.web.permissions import WRITE, permission


@bp.route("/<uuid:draft_id>/folder", methods=["GET", "POST"])
@permission(WRITE)
def compare(draft_id: UUID) -> ResponseReturnValue:
    """Take the zip of a folder that was edited elsewhere."""
    here = _writers_room(draft_id)
    form = PackageForm(request.form)
    if request.method == "GET" or not form.validate():
        page = render_template("folders/compare.html", room=here, **uploading(form))
        return page, form.status
    digest = keep(form)
    with transaction() as session:
        job = actions.ask_to_compare(
            session, viewer(), draft_id, digest, form.key.data, now=clock.now()
        )
        page = url_for(".compared", draft_id=draft_id, job_id=job.id)
    return redirect(page, 303)


def _writers_room(draft_id: UUID) -> Room:
    here = room(draft_id)
    if not may_bring(here.rights):
        raise NotFound
    return here


@bp.get("/<uuid:draft_id>/folder/<int:job_id>")
@permission(WRITE)
def compared(draft_id: UUID, job_id: int) -> ResponseReturnValue:
    """Show what a folder would change: which files, and one of them beside the present text."""
    return _compared(_writers_room(draft_id), job_id)


def _compared(here: Room, job_id: int, form: TakeForm | None = None) -> ResponseReturnValue:
    session, me = reading(), viewer()
    brought = queries.brought(session, me, job_id, here.draft.id)
    found = found_in(brought)
    shown: dict[str, Any] = {"refused": said(found) if found.get("refused") else ""}
    named = found.get("named")
    if named is not None and named["id"] == here.draft.course_id:
        try:
            shown |= _differences(here, files_of(brought))
        except Refused as gone:
            shown["refused"] = say(gone.message)
    given = {"state": "", "changed": (), "file": None, "rows": None, "more": False, **shown}
    page = make_response(
        render_template(
            "folders/compared.html",
            room=here,
            brought=brought,
            named=named,
            faults=faults(found),
            kinds=CHANGE_WORDS,
            **given,
            # A page without the form has none that a change of language could send.
            form=form or (TakeForm() if any(each.may_write for each in given["changed"]) else None),
        )
    )
    if form is not None:
        page.status_code = form.status
    return look_again(page, 2) if brought.state == "waiting" else page


def _differences(here: Room, files: Mapping[str, bytes]) -> dict[str, Any]:
    present = queries.digests(reading(), viewer(), here.draft)
    changed = changes(present, files, here.rights, here.draft.source)
    asked = request.args.get("file", "")
    first = [each for each in changed if each.may_write] or changed
    file = next((each for each in changed if each.path == asked), None) or next(iter(first), None)
    rows = _beside(here, file, files) if file is not None else None
    return {
        "state": state_of(present.items()),
        "changed": changed,
        "file": file,
        "rows": rows[:MOST_ROWS] if rows else rows,
        "more": rows is not None and len(rows) > MOST_ROWS,
        "spoken": language_of(file.path) if file else "en",
    }


def _beside(here: Room, file: Change, files: Mapping[str, bytes]) -> list[Any] | None:
    """Return the lines that differ, None for what is no text."""
    before = drafts.file(reading(), viewer(), here.draft, file.path).data
    after = b"" if file.kind == GONE else files[file.path]
    if not is_text((before, after)):
        return None
    return [row for row in side_by_side(before.decode(), after.decode()) if row.changed]


@bp.post("/<uuid:draft_id>/folder/<int:job_id>")
@permission(WRITE)
def take(draft_id: UUID, job_id: int) -> ResponseReturnValue:
    """Take what this person may write from the folder; refused when the draft changed meanwhile."""
    here = _writers_room(draft_id)
    brought = queries.brought(reading(), viewer(), job_id, draft_id)
    form = TakeForm(request.form)
    if not form.validate():
        return _compared(here, job_id, form)
    try:
        files = files_of(brought)
        with transaction() as session:
            count = actions.take(
                session,
                viewer(),
                draft_id,
                files,
                form.state.data,
                form.note.data or "",
                now=clock.now(),
            )
    except (Refused, ArchiveRefusedError) as refused:
        flash(say(refused.message), "error")
        return redirect(url_for(".compared", draft_id=draft_id, job_id=job_id), 303)
    flash(
        ngettext(
            "%(num)s file was taken into the draft.",
            "%(num)s files were taken into the draft.",
            count,
        )
    )
    return redirect(url_for("drafts.files", draft_id=draft_id), 303)
