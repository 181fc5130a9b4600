"""Drafts: which there are, beginning one, what is in it, its files and their versions."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.authoring.drafts import actions, queries, rules
from lms.authoring.drafts.access import room
from lms.authoring.drafts.forms import NewCourseForm, NumberForm
from lms.authoring.drafts.titles import modules_in, titles_of
from lms.authoring.drafts.words import VERDICT_WORDS, VERSION_WORDS
from lms.authoring.packages import unpacked
from lms.content.archive import write_archive
from lms.content.compare import side_by_side
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.files import file_store
from lms.web.language import IN_LANGUAGE, current, gettext
from lms.web.pages import viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint("drafts", __name__, url_prefix=f"{IN_LANGUAGE}/write")


@bp.get("", endpoint="all")
@permission(WRITE)
def show_all() -> ResponseReturnValue:
    """Show the courses that are in work, and those of which a draft can be begun."""
    session, me = reading(), viewer()
    found = queries.drafts(session, me)
    return render_template(
        "drafts/all.html",
        drafts=found,
        said=queries.still_said(session, me, found),
        words=VERDICT_WORDS,
        published=queries.published(session, me, current().code),
        may_begin=rules.may_begin(me),
        may_draft=lambda course_id: rules.rights(me, course_id).writes_source,
    )


@bp.post("/from-edition/<int:edition_id>")
@permission(WRITE)
def from_edition(edition_id: int) -> ResponseReturnValue:
    """Begin a draft from the newest edition of a course."""
    me = viewer()
    offered = queries.published(reading(), me, current().code)
    found = next((each for each in offered if each.id == edition_id), None)
    if found is None:
        raise NotFound
    _, taken, _ = unpacked(file_store().get(found.package))
    with transaction() as session:
        draft_id = actions.begin(session, me, taken, found.id, now=clock.now()).id
    return redirect(url_for(".one", draft_id=draft_id), 303)


@bp.route("/new", methods=["GET", "POST"])
@permission(WRITE)
def new() -> ResponseReturnValue:
    """Begin a course from nothing."""
    session, me = reading(), viewer()
    form = NewCourseForm(request.form)
    if request.method == "GET":
        form.id.data = rules.next_course_id(queries.taken_ids(session, me))
        form.source.data = current().code
        form.prefix.data, form.minutes.data = "AB", 15
        return render_template("drafts/new.html", form=form)
    if not form.validate():
        return render_template("drafts/new.html", form=form), form.status
    try:
        with transaction() as writing:
            draft_id = actions.begin_new(writing, me, form.new(), now=clock.now()).id
    except Refused as refused:
        form.refuse(refused)
        return render_template("drafts/new.html", form=form), form.status
    flash(gettext("The course is begun. Write its first lesson."))
    return redirect(url_for(".one", draft_id=draft_id), 303)


@bp.get("/<uuid:draft_id>")
@permission(WRITE)
def one(draft_id: UUID) -> ResponseReturnValue:
    """Show what is in a draft and what can be done with it."""
    here = room(draft_id)
    session, me = reading(), viewer()
    comments, reports = queries.open_words(session, me, here.draft)
    heads = queries.heads(session, me, here.draft, here.draft.source)
    return render_template(
        "drafts/one.html",
        room=here,
        titles=titles_of(heads),
        comments=comments,
        reports=reports,
        modules=modules_in(heads.get(f"{here.draft.source}/course.md", b"")),
        said=queries.still_said(session, me, [here.draft]).get(here.draft.id),
    )


@bp.get("/<uuid:draft_id>/files")
@permission(WRITE)
def files(draft_id: UUID) -> ResponseReturnValue:
    """Show the files of one folder of the draft with who changed each last."""
    here = room(draft_id)
    found = queries.files(reading(), viewer(), here.draft)
    folders = sorted({each.path.partition("/")[0] for each in found if "/" in each.path})
    asked = request.args.get("in", "")
    chosen = asked if asked in folders else ""
    return render_template(
        "drafts/files.html",
        room=here,
        folders=folders,
        chosen=chosen,
        kinds=VERSION_WORDS,
        files=[each for each in found if each.path.rpartition("/")[0].partition("/")[0] == chosen],
    )


@bp.get("/<uuid:draft_id>/folder.zip")
@permission(WRITE)
def export(draft_id: UUID) -> ResponseReturnValue:
    """Send the folder as it is now; brought back unchanged it changes nothing."""
    here = room(draft_id)
    found = queries.contents(reading(), viewer(), here.draft)
    reply = make_response(write_archive(here.draft.slug, found))
    reply.mimetype = "application/zip"
    reply.headers["Content-Disposition"] = f'attachment; filename="{here.draft.slug}.zip"'
    return reply


@bp.get("/<uuid:draft_id>/history/<path:path>")
@permission(WRITE)
def history(draft_id: UUID, path: str) -> ResponseReturnValue:
    """Show the versions of a file; one of them beside the present text."""
    here = room(draft_id)
    session, me = reading(), viewer()
    found = queries.versions(session, me, here.draft, path)
    if not found:
        raise NotFound
    asked = request.args.get("version", "")
    shown = next((each for each in found if str(each.number) == asked), None)
    rows = None
    if shown is not None:
        then = queries.version(session, me, here.draft, path, shown.number)
        now = queries.file(session, me, here.draft, path).data
        rows = side_by_side(then.decode(errors="replace"), now.decode(errors="replace"))
    return render_template(
        "drafts/history.html",
        room=here,
        path=path,
        versions=found,
        shown=shown,
        rows=rows,
        kinds=VERSION_WORDS,
        spoken=rules.language_of(path),
    )


@bp.post("/<uuid:draft_id>/history/<path:path>/restore")
@permission(WRITE)
def restore(draft_id: UUID, path: str) -> ResponseReturnValue:
    """Make an earlier version the present one; the one before stays a version."""
    form = NumberForm(request.form)
    back = url_for(".history", draft_id=draft_id, path=path)
    if not form.validate():
        return redirect(back, 303)
    with transaction() as session:
        actions.restore(session, viewer(), draft_id, path, form.number.data, now=clock.now())
    flash(gettext("This version is the present text again. The one before it is kept, too."))
    return redirect(back, 303)


@bp.post("/<uuid:draft_id>/close")
@permission(WRITE)
def close(draft_id: UUID) -> ResponseReturnValue:
    """Put a draft away."""
    with transaction() as session:
        actions.close(session, viewer(), draft_id, now=clock.now())
    flash(gettext("The draft is put away. What is published stays as it is."))
    return redirect(url_for(".all"), 303)
