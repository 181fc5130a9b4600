"""Hide a block of the core in a country, or say something else in its place."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice

from lms.authoring.adapting import actions
from lms.authoring.adapting.access import Place, Wanted, place
from lms.authoring.adapting.forms import (
    HEADING,
    WORDS,
    BlockForm,
    block_form,
    headings_of,
    words_of,
)
from lms.authoring.adapting.layers import seen_block
from lms.authoring.drafts.titles import title_in
from lms.content.blocks import read_document
from lms.content.digests import block_digest
from lms.content.faults import Faults
from lms.content.model import Block, CourseFacts, Document, Limit
from lms.content.nation_agreement import NATIONAL, NEVER_REPLACED
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.language import IN_LANGUAGE, gettext
from lms.web.pages import site, viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint(
    "nation_blocks",
    __name__,
    url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/countries/<nation>/blocks",
)


@bp.get("", endpoint="all")
@permission(WRITE)
def show_all(draft_id: UUID, nation: str) -> ResponseReturnValue:
    """Choose a lesson, then see its blocks and what the country does with each."""
    here = place(draft_id, nation, _lesson(request.args.get("lesson", "")))
    codes = here.facts.codes()
    lesson = _named(here.facts, request.args.get("lesson", ""))
    data = here.data.get(f"{here.facts.source}/{lesson}.md", b"")
    document = _document(data)
    return render_template(
        "adapting/blocks.html",
        here=here,
        room=here.room,
        lesson=lesson,
        codes=codes,
        title=title_in(data) if data else "",
        blocks=document.blocks if document else (),
        begins=_beginning,
    )


def _named(facts: CourseFacts, lesson: str) -> str:
    """Return a lesson of the course, the first where there is none of this name."""
    codes = facts.codes()
    return lesson if lesson in codes else next(iter(codes), "")


def _lesson(lesson: str) -> Wanted:
    """Ask for one lesson in all languages."""

    def wanted(facts: CourseFacts) -> tuple[list[str], list[str]]:
        languages = dict.fromkeys((facts.source, *site().languages))
        return [], [f"{language}/{_named(facts, lesson)}.md" for language in languages]

    return wanted


def _document(data: bytes) -> Document | None:
    return read_document("", data, Faults()) if data else None


def _beginning(block: Block) -> str:
    """Return the first words of a block, by which one knows it."""
    said = " ".join(block.body.split())
    return f"{said[:100]} …" if len(said) > 100 else said


@bp.route("/<lesson>/<block_id>", methods=["GET", "POST"])
@permission(WRITE)
def one(draft_id: UUID, nation: str, lesson: str, block_id: str) -> ResponseReturnValue:
    """Hide a block, or write what stands in its place, beside what the core says."""
    here = place(draft_id, nation, _lesson(lesson))
    origin = _block(here, here.facts.source, lesson, block_id)
    if origin is None or not here.may_write:
        raise NotFound
    form = _form_of(here, origin, request.form if request.method == "POST" else None)
    if request.method == "GET":
        return _page(here, lesson, origin, form)
    if not form.validate():
        return _page(here, lesson, origin, form), form.status
    try:
        with transaction() as session:
            done = _save(session, here, origin, form)
    except Refused as refused:
        form.refuse(refused)
        return _page(here, lesson, origin, form), form.status
    if done.aside:
        now = place(draft_id, nation, _lesson(lesson))
        theirs = _form_of(now, origin, None)
        form.seen.data = theirs.seen.data
        return _page(now, lesson, origin, form, theirs=theirs), 409
    flash(gettext("Saved."))
    return redirect(url_for("nation_limits.show", draft_id=draft_id, nation=nation), 303)


def _block(here: Place, language: str, lesson: str, block_id: str) -> Block | None:
    document = _document(here.data.get(f"{language}/{lesson}.md", b""))
    return document.block(block_id) if document else None


def _form_of(here: Place, origin: Block, sent: MultiDict[str, str] | None) -> BlockForm:
    nation = here.nation
    known = nation.replaced.get(origin.id) or nation.hidden.get(origin.id) or Limit()
    filled: dict[str, object] = {}
    for language in here.languages:
        document = nation.replacements.get(language)
        block = document.block(NATIONAL + origin.id) if document else None
        filled[f"{WORDS}{language}"] = block.body.strip() if block else ""
        filled[f"{HEADING}{language}"] = block.title if block else ""
    form = block_form(here.languages, origin)(
        sent,
        law=known.law,
        on=known.date,
        checker=known.checker,
        what="replace" if origin.id in nation.replaced else "hide",
        made_from=block_digest(origin),
        seen=seen_block(nation, origin.id),
        **filled,
    )
    form.what.choices = [SelectChoice("hide", gettext("It is not shown"))]
    if origin.name not in NEVER_REPLACED:
        form.what.choices.append(
            SelectChoice("replace", gettext("The words below stand in its place"))
        )
    return form


def _save(session: Session, here: Place, origin: Block, form: BlockForm) -> actions.Changed:
    draft_id, seen, now = here.room.draft.id, form.seen.data or "", clock.now()
    limit = form.limit(made_from=form.made_from.data or "")
    if form.what.data == "hide":
        return actions.hide_block(
            session,
            viewer(),
            draft_id,
            here.code,
            origin.id,
            limit,
            languages=tuple(here.nation.replacements),
            seen=seen,
            now=now,
        )
    written, headings = words_of(form), headings_of(form)
    words = {
        language: (headings.get(language, ""), written.get(language, ""))
        for language in here.languages
    }
    return actions.replace_block(
        session, viewer(), draft_id, here.code, origin, limit, words, seen=seen, now=now
    )


def _page(
    here: Place, lesson: str, origin: Block, form: BlockForm, *, theirs: BlockForm | None = None
) -> str:
    """Show a block; ``theirs`` is what somebody else has written there meanwhile."""
    said = {language: _block(here, language, lesson, origin.id) for language in here.languages}
    return render_template(
        "adapting/block.html",
        here=here,
        room=here.room,
        lesson=lesson,
        origin=origin,
        form=form,
        said=said,
        theirs=theirs,
        prefix=WORDS,
        heading=HEADING,
    )
