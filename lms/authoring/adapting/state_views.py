"""How far a country is: whether certificates can be given, and what the core has changed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.authoring.adapting import actions, deciding, queries
from lms.authoring.adapting.access import Place, core, lessons, place
from lms.authoring.adapting.forms import StateForm
from lms.authoring.adapting.layers import (
    block_of,
    core_of_boxes,
    digest_now,
    what_is_touched,
)
from lms.authoring.adapting.words import SEVERITY_WORDS, STATE_WORDS, TOUCHED_WORDS
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries as drafts_found
from lms.authoring.packages import differing
from lms.content.compare import side_by_side
from lms.content.core_changes import Touched
from lms.content.digests import digested_text, text_digest
from lms.content.model import Block, Limit
from lms.content.readiness import readiness
from lms.db import reading, transaction
from lms.installation import LANGUAGE_NAMES
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message
from lms.web.files import file_store
from lms.web.language import IN_LANGUAGE, gettext, say
from lms.web.menu import has_endpoint
from lms.web.pages import look_again, site, today, viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint(
    "nation_state", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/countries/<nation>"
)


@bp.get("/readiness")
@permission(WRITE)
def ready(draft_id: UUID, nation: str) -> ResponseReturnValue:
    """Show lesson by lesson what is still to fill, and whether certificates can be given."""
    here = place(draft_id, nation, lessons)
    session, me = reading(), viewer()
    state = drafts.state(session, me, here.room.draft)
    job = queries.job(session, me, draft_id, state)
    result: dict[str, Any] = dict(job.result or {}) if job and job.state == "done" else {}
    rows = readiness(core_of_boxes(here.facts, here.data), here.nation, today=today())
    page = make_response(
        render_template(
            "adapting/readiness.html",
            here=here,
            room=here.room,
            rows=rows,
            job=job,
            result=result,
            answers=_answers(here, result.get("nations", {}).get(nation, {})),
            states=STATE_WORDS,
            waits=site().refuse_unconfirmed_boxes,
            names=LANGUAGE_NAMES,
        )
    )
    return look_again(page, 2) if job and job.state == "waiting" else page


def _answers(here: Place, found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return for each language whether certificates may be given, and each reason with a link."""
    answers = {}
    for language, reasons in found.items():
        said = [
            {
                "text": say(Message(each["said"][0], each["said"][1])),
                "url": _mended_at(here, language, each),
                "stops": each["kind"] != "box" or site().refuse_unconfirmed_boxes,
            }
            for each in reasons
        ]
        answers[language] = {"reasons": said, "may": not any(each["stops"] for each in said)}
    return answers


def _mended_at(here: Place, language: str, reason: Mapping[str, Any]) -> str:
    """Return where a reason is mended."""
    draft_id, kind = here.room.draft.id, reason["kind"]
    if kind == "box":
        return url_for("nations.show_box", draft_id=draft_id, nation=here.code, box=reason["code"])
    if kind == "course":
        return url_for("nation_limits.show", draft_id=draft_id, nation=here.code)
    if kind == "handbook":
        return url_for("drafts.one", draft_id=draft_id)
    if reason["lesson"] and language != here.facts.source:
        path = f"{language}/{reason['lesson']}.md"
        return url_for("writing.text", draft_id=draft_id, path=path)
    known = has_endpoint("translating.all")
    return url_for("translating.all" if known else "drafts.files", draft_id=draft_id)


@bp.post("/readiness")
@permission(WRITE)
def look(draft_id: UUID, nation: str) -> ResponseReturnValue:
    """Let the worker read the whole course and say what certificates wait for."""
    with transaction() as session:
        actions.look(session, viewer(), draft_id, now=clock.now())
    return redirect(url_for(".ready", draft_id=draft_id, nation=nation), 303)


@bp.get("/touched")
@permission(WRITE)
def touched(draft_id: UUID, nation: str) -> ResponseReturnValue:
    """Show what the core changed of that of which the country says something: three texts."""
    here = place(draft_id, nation, core)
    found = _touched(here)
    shown = {each.id for each in found}
    gone = [each for each in _gone(here) if each[1] not in shown]
    known = _words_before(here, found)
    return render_template(
        "adapting/touched.html",
        here=here,
        room=here.room,
        found=found,
        gone=gone,
        words=TOUCHED_WORDS,
        severities=SEVERITY_WORDS,
        text=_text,
        names=LANGUAGE_NAMES,
        rows=lambda each: side_by_side(known[each.id] or "", _text(each.after)),
        is_known=lambda each: known[each.id] is not None,
        digest=lambda each: _digest_now(here, each.kind, _code(each)),
        decision=lambda each: _decision(here, each),
        edit_url=lambda kind, key: _edit_url(here, kind, key),
    )


def _touched(here: Place) -> tuple[Touched, ...]:
    package = queries.package(reading(), viewer(), here.room.draft)
    source = f"{here.facts.source}/"
    now = {path: data for path, data in here.data.items() if not path.startswith("nations/")}
    old = differing(file_store().get(package), now, source) if package else {}
    return what_is_touched(here.facts, now, old, [here.nation])[here.code]


def _gone(here: Place) -> list[tuple[str, str]]:
    """Return (kind, code) of what neither the edition nor the draft has any more."""
    nation = here.nation
    decided = [("replaced", each) for each in nation.replaced]
    decided += [("hidden", each) for each in nation.hidden]
    decided += [("item", each) for each in sorted(nation.items_out)]
    return [(kind, code) for kind, code in decided if not _digest_now(here, kind, code)]


def _words_before(here: Place, found: tuple[Touched, ...]) -> dict[str, str | None]:
    """Return what the core said when the country decided, None where it is not kept.

    Where nobody wrote down from which core that was, it is what the last edition said.
    """
    kept = {text_digest(text): text for each in found if (text := _text(each.before))}
    wanted = {each.id for each in found if each.made_from and each.made_from not in kept}
    if wanted:
        kept |= drafts_found.old_texts(reading(), viewer(), here.room.draft, wanted)
    return {
        each.id: kept.get(each.made_from) if each.made_from else _text(each.before)
        for each in found
    }


def _decision(here: Place, each: Touched) -> Limit | None:
    """Return the law by which a country hides a block or leaves an item out."""
    nation = here.nation
    return nation.hidden.get(each.id) or nation.items_closed.get(each.id)


def _edit_url(here: Place, kind: str, key: str) -> str | None:
    """Return where a decision about a part of the core is changed; None where it is gone."""
    to = partial(url_for, draft_id=here.room.draft.id, nation=here.code)
    if kind == "item":
        return to("nation_limits.close", kind="item", code=key)
    found = block_of(_source(here), key)
    if found is None:
        return None
    path, block = found
    if kind == "box":
        return to("nations.show_box", box=block.words[0])
    lesson = path.partition("/")[2].removesuffix(".md")
    return to("nation_blocks.one", lesson=lesson, block_id=key)


def _source(here: Place) -> dict[str, bytes]:
    first = f"{here.facts.source}/"
    return {path: data for path, data in here.data.items() if path.startswith(first)}


def _digest_now(here: Place, kind: str, code: str) -> str:
    return digest_now(here.facts, _source(here), kind, code)


def _text(block: Block | None) -> str:
    return digested_text(block) if block else ""


def _code(each: Touched) -> str:
    """Return which thing a country decided about: of a box its code."""
    block = each.after or each.before
    return block.words[0] if each.kind == "box" and block else each.id


@bp.post("/touched/<block_id>")
@permission(WRITE)
def decide(draft_id: UUID, nation: str, block_id: str) -> ResponseReturnValue:
    """Keep what the country decided beside the new core, take it back, or look at it again."""
    here = place(draft_id, nation, core)
    form = StateForm(request.form)
    kind, code = _decided(here, block_id)
    # A box is not taken back but put under review: its words would be lost.
    if not form.validate() or form.what.data == ("accept" if kind == "box" else "review"):
        raise NotFound
    back = redirect(url_for(".touched", draft_id=draft_id, nation=nation), 303)
    digest = _digest_now(here, kind, code)
    if form.what.data == "keep" and (not digest or digest != form.made_from.data):
        flash(gettext("The core has changed meanwhile. Compare the texts once more."), "error")
        return back
    try:
        with transaction() as session:
            if form.what.data == "keep":
                deciding.keep(
                    session, viewer(), draft_id, nation, kind, code, digest, now=clock.now()
                )
            elif form.what.data == "review":
                deciding.review_box(session, viewer(), draft_id, nation, code, now=clock.now())
            else:
                actions.undo(session, viewer(), draft_id, nation, kind, code, now=clock.now())
    except Refused as refused:
        flash(say(refused.message), "error")
        return back
    flash(gettext("Saved."))
    return back


def _decided(here: Place, key: str) -> tuple[str, str]:
    """Return what kind of decision a part of the core is under, and the code of a box.

    raises  NotFound where the country has not decided anything about it; what was replaced and
            is taken back already counts as replaced, so that sending it twice does no harm.
    """
    nation = here.nation
    for kind, decided in (("hidden", nation.hidden), ("item", nation.items_out)):
        if key in decided:
            return kind, key
    found = block_of(_source(here), key)
    if found and found[1].name == "box" and found[1].words and key not in nation.replaced:
        return "box", found[1].words[0]
    return "replaced", key
