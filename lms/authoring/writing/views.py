"""The editor: one text of a draft, what is wrong with it, and how its readers will see it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.authoring.drafts import actions, queries, rules
from lms.authoring.drafts.access import Room, room
from lms.authoring.drafts.actions import AUTO, SAVED
from lms.authoring.drafts.forms import TextForm
from lms.authoring.drafts.queries import File
from lms.authoring.drafts.titles import title_in
from lms.authoring.writing import actions as talk
from lms.authoring.writing import queries as talked
from lms.authoring.writing.forms import CommentForm
from lms.authoring.writing.rules import blocks_of, by_block
from lms.authoring.writing.shown import compiled, weight_of
from lms.authoring.writing.words import CONTAINERS, MARKS
from lms.content import blocks
from lms.content.agreement import NO_ID
from lms.content.compare import side_by_side
from lms.content.faults import Fault
from lms.content.nation_bank import own_source
from lms.content.one_file import problems
from lms.content.question_blocks import own_bank
from lms.content.reader import PATH
from lms.content.stamp import with_ids, without_ids
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.language import IN_LANGUAGE, direction_of, gettext, say
from lms.web.pages import shown_time, site, viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint("writing", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>")

TURNED = {"rtl": "ltr", "ltr": "rtl"}
# How a preview can be looked at; the first is how it opens.
VIEWS = ("page", "phone", "turned", "print", "plain", "slow")
PART = "part"  # the lesson alone, for the script that shows it beside its text


@bp.get("/text/<path:path>")
@permission(WRITE)
def text(draft_id: UUID, path: str) -> ResponseReturnValue:
    """Show one text in the editor; one that is not there yet is empty."""
    here = room(draft_id)
    found = _file(here, path)
    form = TextForm(text=found.text, seen=found.number)
    return _page(here, found, form, found.data)


def _file(here: Room, path: str) -> File:
    found = queries.file(reading(), viewer(), here.draft, path)
    fits = PATH.fullmatch(path) and ".." not in path and path.endswith((".md", ".toml"))
    if not fits or (not found.number and not here.may_write(path)):
        raise NotFound
    return found


def _page(
    here: Room, found: File, form: TextForm, data: bytes, said: CommentForm | None = None
) -> str:
    """Show the editor with ``data``, which may not be what is stored.

    said  a comment that was refused.
    """
    path, named = found.path, _blocks(found)
    comments = talked.comments(reading(), viewer(), here.draft, path)
    return render_template(
        "writing/text.html",
        room=here,
        file=found,
        form=form,
        title=title_in(data) or path,
        faults=_faults(here, path, data),
        spoken=rules.language_of(path),
        marks=MARKS,
        lesson=_lesson(here, path),
        too_long=len(found.data) > blocks.MOST_BYTES,
        most=blocks.MOST_BYTES,
        size=len(data),
        may_write=here.may_write(path),
        said=said or CommentForm(blocks=named),
        open_comments=by_block([each for each in comments if not each.resolved_at], named),
        resolved=[each for each in comments if each.resolved_at],
    )


def _blocks(found: File) -> dict[str, str]:
    return blocks_of(found.path, found.data, lambda name: gettext(CONTAINERS.get(name, name)))


def _lesson(here: Room, path: str) -> str:
    """Return the code of the lesson that a file is, empty for any other file."""
    name = path.partition("/")[2].removesuffix(".md")
    return name if here.facts and name in here.facts.codes() else ""


def _faults(here: Room, path: str, data: bytes) -> list[Fault]:
    if here.facts is None or not data:
        return []
    language, _, rest = path.partition("/")
    original = None
    origin = f"{here.draft.source}/{rest}" if rest and language != "nations" else ""
    if own_bank(path):
        _, country, _, *name = path.split("/")
        table = queries.file(reading(), viewer(), here.draft, f"nations/{country}/nation.toml").data
        origin = "/".join(("nations", country, own_source(table, here.draft.source), *name))
    if origin and origin != path:
        original = queries.file(reading(), viewer(), here.draft, origin).data
    found = problems(path, data, here.facts, original)
    # A button gives a block its id when the text is saved: nothing for a writer to mend.
    return [each for each in found if each.message.msgid != NO_ID]


@bp.post("/text/<path:path>")
@permission(WRITE)
def save(draft_id: UUID, path: str) -> ResponseReturnValue:
    """Keep a text; where somebody else has written meanwhile, show both and let the writer choose.

    ``go`` says what was pressed: ``auto`` is the script that saves while somebody writes.
    """
    form = TextForm(request.form)
    by_itself = request.form.get("go") == "auto"
    here = room(draft_id)
    found = _file(here, path)
    if not form.validate():
        return _refused(here, found, form, by_itself=by_itself)
    data = form.data_of() if by_itself else _with_ids(here, path, form.data_of())
    try:
        with transaction() as session:
            saved = actions.save(
                session,
                viewer(),
                draft_id,
                path,
                data,
                seen=form.seen.data,
                now=clock.now(),
                note=form.note.data or "",
                kind=AUTO if by_itself else SAVED,
            )
    except Refused as refused:
        form.refuse(refused)
        return _refused(here, found, form, by_itself=by_itself)
    if by_itself:
        return _told(here, path, data, saved)
    if saved.aside is not None:
        return _both(room(draft_id), path, form, saved), 409
    if request.form.get("go") == "preview":
        return redirect(_preview_url(here, path), 303)
    flash(gettext("Saved."))
    return redirect(url_for(".text", draft_id=draft_id, path=path), 303)


def _with_ids(here: Room, path: str, data: bytes) -> bytes:
    """Give every block of the source language an id that nobody else in the course has."""
    source = here.draft.source
    if here.facts is None or not path.startswith(f"{source}/") or "/bank/" in path:
        return data
    others = {f"{source}/{name}.md" for name in (*here.facts.codes(), "course", "glossary")}
    if not without_ids(path, data):
        return data
    found = queries.read(reading(), viewer(), here.draft, others - {path})
    return with_ids(path, data, [each.data for each in found.values()])


def _refused(here: Room, found: File, form: TextForm, *, by_itself: bool) -> ResponseReturnValue:
    if by_itself:
        reasons = [each for each in [*form.form_errors, *(form.text.errors or ())] if each]
        return jsonify(refused=" ".join(map(str, reasons))), 422
    return _page(here, found, form, form.data_of()), form.status


def _told(here: Room, path: str, data: bytes, saved: actions.Saved) -> ResponseReturnValue:
    """Tell the script what was saved, and what is wrong with the text now."""
    if saved.aside is not None:
        words = gettext(
            "Somebody else has changed this text. Yours is kept aside. Press Save to see both."
        )
        return jsonify(aside=saved.aside, said=words), 409
    words = gettext("Saved at %(time)s", time=shown_time(clock.now()))
    faults = [{"line": each.line, "text": say(each.message)} for each in _faults(here, path, data)]
    return jsonify(seen=saved.number, said=words, faults=faults)


def _both(here: Room, path: str, form: TextForm, saved: actions.Saved) -> str:
    theirs = queries.file(reading(), viewer(), here.draft, path)
    form.seen.data = saved.number
    form.seen.raw_data = None
    return render_template(
        "writing/both.html",
        room=here,
        file=theirs,
        form=form,
        aside=saved.aside,
        rows=side_by_side(theirs.text, form.data_of().decode()),
        spoken=rules.language_of(path),
    )


def _preview_url(here: Room, path: str) -> str:
    code = _lesson(here, path)
    if not code:
        return url_for(".text", draft_id=here.draft.id, path=path)
    return url_for(
        ".show_preview", draft_id=here.draft.id, spoken=path.partition("/")[0], code=code
    )


@bp.post("/comments/<path:path>")
@permission(WRITE)
def comment(draft_id: UUID, path: str) -> ResponseReturnValue:
    """Put a comment beside a block of a text."""
    here = room(draft_id)
    found = _file(here, path)
    if not found.number:
        raise NotFound
    form = CommentForm(request.form, blocks=_blocks(found))
    if not form.validate():
        stored = TextForm(text=found.text, seen=found.number)
        return _page(here, found, stored, found.data, form), form.status
    with transaction() as session:
        talk.comment(
            session,
            viewer(),
            draft_id,
            path,
            form.block.data,
            form.comment.data,
            comment_id=form.row.row_id,
            now=clock.now(),
        )
    return _to_comments(draft_id, path)


@bp.post("/comment/<uuid:comment_id>/resolution")
@permission(WRITE)
def resolve(draft_id: UUID, comment_id: UUID) -> ResponseReturnValue:
    """Resolve a comment."""
    with transaction() as session:
        path = talk.resolve(session, viewer(), draft_id, comment_id, now=clock.now())
    return _to_comments(draft_id, path)


@bp.post("/comment/<uuid:comment_id>/reopening")
@permission(WRITE)
def reopen(draft_id: UUID, comment_id: UUID) -> ResponseReturnValue:
    """Open a comment again."""
    with transaction() as session:
        path = talk.reopen(session, viewer(), draft_id, comment_id)
    return _to_comments(draft_id, path)


def _to_comments(draft_id: UUID, path: str) -> ResponseReturnValue:
    return redirect(url_for(".text", draft_id=draft_id, path=path, _anchor="comments"), 303)


@bp.get("/preview/<spoken>/<code>")
@permission(WRITE)
def show_preview(draft_id: UUID, spoken: str, code: str) -> ResponseReturnValue:
    """Show a lesson as its readers will see it: on a phone, turned around, printed, plain."""
    here = room(draft_id)
    if here.facts is None or code not in here.facts.codes() or spoken not in _languages(here):
        raise NotFound
    asked = request.args.get("as", "")
    way = asked if asked in VIEWS else VIEWS[0]
    shown = compiled(here, spoken, code)
    if asked == PART:
        return jsonify(html=render_template("writing/preview_part.html", shown=shown))
    return render_template(
        "writing/preview_print.html" if way == "print" and shown else "writing/preview.html",
        room=here,
        shown=shown,
        code=code,
        spoken=spoken,
        way=way,
        views=VIEWS,
        path=f"{spoken}/{code}.md",
        weight=weight_of(shown, code, spoken) if way == "slow" else None,
        turned=TURNED[direction_of(spoken)] if way == "turned" else "",
    )


def _languages(here: Room) -> set[str]:
    return {here.draft.source, *site().languages}
