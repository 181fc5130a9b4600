"""Courses from files: packages, zips of folders, folders of this server; and folders back in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lms.accounts.importing.rules import told
from lms.authoring import actions as editions
from lms.authoring import uploads
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.access import Room, room
from lms.authoring.drafts.rules import language_of, rights, state_of
from lms.authoring.folders import actions, queries
from lms.authoring.folders.forms import PackageForm, TakeForm
from lms.authoring.folders.rules import (
    GONE,
    LARGEST_MB,
    MOST_ROWS,
    Change,
    changes,
    is_text,
    may_bring,
)
from lms.authoring.folders.words import CHANGE_WORDS, SIGNATURE_LOOKS, SIGNATURE_WORDS
from lms.authoring.packages import assembled, unpacked
from lms.authoring.rules import may_bring_packages
from lms.content import folder
from lms.content.archive import ArchiveRefusedError, write_archive
from lms.content.compare import side_by_side
from lms.db import reading, transaction
from lms.extensions import db
from lms.jobs.models import Job
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.web import uploads as web_uploads
from lms.web.files import file_store
from lms.web.language import IN_LANGUAGE, gettext, ngettext, say
from lms.web.pages import look_again, viewer
from lms.web.permissions import WRITE, permission

MOST_FAULTS = 50  # that a page lists
FILE_GONE = msg("This file is not kept any more. Send it again.")

bp = Blueprint("folders", __name__, url_prefix=f"{IN_LANGUAGE}/write")


@bp.route("/from-file", methods=["GET", "POST"])
@permission(WRITE)
def new() -> ResponseReturnValue:
    """Take a course package or the zip of a folder; show the folders that lie on this server."""
    if not may_bring_packages(viewer()):
        raise NotFound
    form = PackageForm(request.form)
    if request.method == "GET" or not form.validate():
        page = render_template(
            "folders/new.html", lying=queries.lying(reading(), viewer(), _courses()),
            **_uploading(form),
        )  # fmt: skip
        return page, form.status
    digest = _keep(form)
    with transaction() as session:
        job = editions.ask_to_read(session, viewer(), digest, form.key.data, now=clock.now())
        page = url_for(".one", job_id=job.id)
    return redirect(page, 303)


def _uploading(form: PackageForm) -> dict[str, Any]:
    """Return what a page needs that takes a file.

    Not as ``form``: changing the language would send the file, and no page can keep it.
    """
    form.key.data = form.key.data or secrets.token_hex(16)
    no_room = None if form.errors or web_uploads.takes_files() else web_uploads.NO_ROOM
    return {"upload": form, "largest": LARGEST_MB, "no_room": no_room}


def _keep(form: PackageForm) -> str:
    form.key.data = form.key.data or secrets.token_hex(16)
    db.session.remove()  # no connection waits while the disk writes
    return uploads.keep(form.stream())


def _courses() -> Path:
    courses: Path = current_app.config["LMS"].courses
    return courses


@bp.post("/from-file/lying/<name>")
@permission(WRITE)
def lying(name: str) -> ResponseReturnValue:
    """Let the worker read a folder that lies on this server."""
    here = {each.folder for each in queries.lying(reading(), viewer(), _courses())}
    if not may_bring_packages(viewer()) or name not in here:
        raise NotFound
    try:
        packed = write_archive(name, folder.load(_courses() / name), packs=False)
    except (folder.FolderRefusedError, OSError):
        flash(gettext("This folder cannot be read."), "error")
        return redirect(url_for(".new"), 303)
    db.session.remove()
    digest = uploads.store().put(packed)
    with transaction() as session:
        key = secrets.token_hex(16)
        job = editions.ask_to_read(session, viewer(), digest, key, now=clock.now(), lay=name)
        page = url_for(".one", job_id=job.id)
    return redirect(page, 303)


@bp.get("/from-file/<int:job_id>")
@permission(WRITE)
def one(job_id: int) -> ResponseReturnValue:
    """Show whose a package is and what is in it, and the next step."""
    session, me = reading(), viewer()
    brought = queries.brought(session, me, job_id)
    found = _found(brought)
    named: dict[str, str] | None = found.get("named")
    known = drafts.taken_ids(session, me) if named else set()
    page = make_response(
        render_template(
            "folders/one.html", brought=brought, found=found, named=named, said=_said(found),
            faults=_faults(found), known=named is not None and named["id"] in known,
            draft=drafts.open_draft(session, me, named["id"]) if named else None,
            may_compare=named is not None and may_bring(rights(me, named["id"])),
            may_draft=named is not None and queries.may_draft(me, named["id"], known),
            words=SIGNATURE_WORDS, looks=SIGNATURE_LOOKS,
        )
    )  # fmt: skip
    return look_again(page, 2) if brought.state == "waiting" else page


def _found(brought: Job) -> dict[str, Any]:
    return dict(brought.result or {}) if brought.state == "done" else {}


def _said(found: Mapping[str, Any]) -> str:
    """Say what the worker says of a package: why it is refused, else whose it is."""
    kept = found.get("refused") or found.get("said")
    return say(told(kept)) if kept else ""


def _faults(found: Mapping[str, Any]) -> list[tuple[str, int, str]]:
    return [
        (file, line, say(told(kept))) for file, line, kept in found.get("faults", ())[:MOST_FAULTS]
    ]


@bp.post("/from-file/<int:job_id>/begin")
@permission(WRITE)
def begin(job_id: int) -> ResponseReturnValue:
    """Begin a draft; of a course that is published here, compare with its edition first."""
    session, me = reading(), viewer()
    brought = queries.brought(session, me, job_id)
    named = _found(brought).get("named")
    if named is None:
        raise NotFound
    published = next(
        (each for each in drafts.published(session, me) if each.course_id == named["id"]), None
    )
    try:
        files = _files(brought)
        edition = None
        if published is not None:
            edition = published.id, unpacked(file_store().get(published.package))[1]
        with transaction() as writing:
            draft = actions.begin(writing, me, brought, files, edition, now=clock.now())
            draft_id, from_edition = draft.id, draft.edition_id is not None
    except (Refused, ArchiveRefusedError) as refused:
        flash(say(refused.message), "error")
        return redirect(url_for(".one", job_id=job_id), 303)
    if from_edition:
        flash(gettext("The draft is begun as the published edition. See what your file changes."))
        return redirect(url_for(".compared", draft_id=draft_id, job_id=job_id), 303)
    flash(gettext("The draft is begun. You write in it now."))
    return redirect(url_for("drafts.one", draft_id=draft_id), 303)


def _files(brought: Job) -> dict[str, bytes]:
    """Return the files of a folder that was brought; raises Refused when it is gone by now."""
    try:
        return unpacked(uploads.store().get(brought.facts["file"]), drops_litter=True)[1]
    except FileNotFoundError:
        raise Refused(Message(FILE_GONE)) from None


@bp.route("/<uuid:draft_id>/folder", methods=["GET", "POST"])
@permission(WRITE)
def compare(draft_id: UUID) -> ResponseReturnValue:
    """Take the zip of a folder that was edited elsewhere."""
    here = _writers_room(draft_id)
    form = PackageForm(request.form)
    if request.method == "GET" or not form.validate():
        page = render_template("folders/compare.html", room=here, **_uploading(form))
        return page, form.status
    digest = _keep(form)
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
    found = _found(brought)
    shown: dict[str, Any] = {"refused": _said(found) if found.get("refused") else ""}
    named = found.get("named")
    if named is not None and named["id"] == here.draft.course_id:
        try:
            shown |= _differences(here, _files(brought))
        except Refused as gone:
            shown["refused"] = say(gone.message)
    given = {"state": "", "changed": (), "file": None, "rows": None, "more": False, **shown}
    page = make_response(
        render_template(
            "folders/compared.html", room=here, brought=brought, named=named,
            faults=_faults(found), kinds=CHANGE_WORDS, **given,
            # A page without the form has none that a change of language could send.
            form=form or (TakeForm() if any(each.may_write for each in given["changed"]) else None),
        )
    )  # fmt: skip
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
        "state": state_of(present.items()), "changed": changed, "file": file,
        "rows": rows[:MOST_ROWS] if rows else rows, "more": rows is not None and
        len(rows) > MOST_ROWS, "spoken": language_of(file.path) if file else "en",
    }  # fmt: skip


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
        files = _files(brought)
        with transaction() as session:
            count = actions.take(
                session, viewer(), draft_id, files, form.state.data, form.note.data or "",
                now=clock.now(),
            )  # fmt: skip
    except (Refused, ArchiveRefusedError) as refused:
        flash(say(refused.message), "error")
        return redirect(url_for(".compared", draft_id=draft_id, job_id=job_id), 303)
    flash(
        ngettext(
            "%(num)s file was taken into the draft.", "%(num)s files were taken into the draft.",
            count,
        )
    )  # fmt: skip
    return redirect(url_for("drafts.files", draft_id=draft_id), 303)


@bp.post("/<uuid:draft_id>/package")
@permission(WRITE)
def package(draft_id: UUID) -> ResponseReturnValue:
    """Send the signed package of the newest edition, to those who may have its questions' key."""
    here = room(draft_id)
    with transaction() as session:
        found = editions.take_package_of(session, viewer(), here.draft.course_id, now=clock.now())
    name, data = assembled(found, file_store())
    reply = make_response(data)
    reply.mimetype = "application/zip"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    reply.headers["Cache-Control"] = "no-store"
    return reply
