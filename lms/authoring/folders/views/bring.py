"""A course that is brought as a package or a folder; the package of an edition."""

from __future__ import annotations

import secrets
from pathlib import Path
from uuid import UUID

from flask import (
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lms.authoring import actions as editions
from lms.authoring import uploads
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.access import room
from lms.authoring.drafts.rules import rights
from lms.authoring.folders import actions, queries
from lms.authoring.folders.forms import PackageForm
from lms.authoring.folders.rules import (
    may_bring,
)
from lms.authoring.folders.views.addresses import bp
from lms.authoring.folders.views.brought import faults, files_of, found_in, keep, said, uploading
from lms.authoring.folders.words import SIGNATURE_LOOKS, SIGNATURE_WORDS
from lms.authoring.packages import assembled, unpacked
from lms.authoring.rules import may_bring_packages
from lms.content import folder
from lms.content.archive import ArchiveRefusedError, write_archive
from lms.db import reading, transaction
from lms.extensions import db
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.files import file_store
from lms.web.language import current, gettext, say
from lms.web.pages import look_again, viewer
from lms.web.permissions import WRITE, permission


@bp.route("/from-file", methods=["GET", "POST"])
@permission(WRITE)
def new() -> ResponseReturnValue:
    """Take a course package or the zip of a folder; show the folders that lie on this server."""
    if not may_bring_packages(viewer()):
        raise NotFound
    form = PackageForm(request.form)
    if request.method == "GET" or not form.validate():
        page = render_template(
            "folders/new.html",
            lying=queries.lying(reading(), viewer(), _courses()),
            **uploading(form),
        )
        return page, form.status
    digest = keep(form)
    with transaction() as session:
        job = editions.ask_to_read(session, viewer(), digest, form.key.data, now=clock.now())
        page = url_for(".one", job_id=job.id)
    return redirect(page, 303)


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
    found = found_in(brought)
    named: dict[str, str] | None = found.get("named")
    known = drafts.taken_ids(session, me) if named else set()
    page = make_response(
        render_template(
            "folders/one.html",
            brought=brought,
            found=found,
            named=named,
            said=said(found),
            faults=faults(found),
            known=named is not None and named["id"] in known,
            draft=drafts.open_draft(session, me, named["id"]) if named else None,
            may_compare=named is not None and may_bring(rights(me, named["id"])),
            may_draft=named is not None and queries.may_draft(me, named["id"], known),
            words=SIGNATURE_WORDS,
            looks=SIGNATURE_LOOKS,
        )
    )
    return look_again(page, 2) if brought.state == "waiting" else page


@bp.post("/from-file/<int:job_id>/begin")
@permission(WRITE)
def begin(job_id: int) -> ResponseReturnValue:
    """Begin a draft; of a course that is published here, compare with its edition first."""
    session, me = reading(), viewer()
    brought = queries.brought(session, me, job_id)
    named = found_in(brought).get("named")
    if named is None:
        raise NotFound
    published = next(
        (
            each
            for each in drafts.published(session, me, current().code)
            if each.course_id == named["id"]
        ),
        None,
    )
    try:
        files = files_of(brought)
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
