"""How far a country is: whether certificates can be given, and what the core has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.authoring.adapting import actions, queries
from lms.authoring.adapting.access import Place, core, lessons, place
from lms.authoring.adapting.forms import StateForm
from lms.authoring.adapting.layers import block_of, core_of_boxes, what_is_touched
from lms.authoring.adapting.words import SEVERITY_WORDS, STATE_WORDS, TOUCHED_WORDS
from lms.authoring.drafts import actions as drafts
from lms.authoring.file_store import store
from lms.authoring.packages import differing
from lms.content.compare import Row, side_by_side
from lms.content.digests import block_digest, digested_text
from lms.content.model import Block
from lms.content.readiness import Touched, readiness
from lms.db import reading, transaction
from lms.installation import LANGUAGE_NAMES
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message
from lms.web.language import IN_LANGUAGE, gettext, say
from lms.web.menu import has_endpoint
from lms.web.pages import look_again, site, viewer
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
    rows = readiness(
        core_of_boxes(here.facts, here.data), here.nation, today=clock.now().date()
    )  # fmt: skip
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
            {"text": say(Message(each["said"][0], each["said"][1])),
             "url": _mended_at(here, language, each),
             "stops": each["kind"] != "box" or site().refuse_unconfirmed_boxes}
            for each in reasons
        ]  # fmt: skip
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
    gone = [block for block in _gone(here) if block not in shown]
    return render_template(
        "adapting/touched.html", here=here, room=here.room, found=found, gone=gone,
        words=TOUCHED_WORDS, severities=SEVERITY_WORDS, rows=_rows,
        digest=lambda block: block_digest(block) if block else "", text=_text, names=LANGUAGE_NAMES,
    )  # fmt: skip


def _touched(here: Place) -> tuple[Touched, ...]:
    package = queries.package(reading(), viewer(), here.room.draft)
    source = f"{here.facts.source}/"
    now = {path: data for path, data in here.data.items() if not path.startswith("nations/")}
    old = differing(store().get(package), now, source) if package else {}
    return what_is_touched(here.facts, now, old, [here.nation])[here.code]


def _gone(here: Place) -> list[str]:
    """Return the replaced blocks that neither the edition nor the draft has any more."""
    return [block for block in here.nation.replaced if block_of(_source(here), block) is None]


def _source(here: Place) -> dict[str, bytes]:
    first = f"{here.facts.source}/"
    return {path: data for path, data in here.data.items() if path.startswith(first)}


def _text(block: Block | None) -> str:
    return digested_text(block) if block else ""


def _rows(each: Touched) -> tuple[Row, ...]:
    return side_by_side(_text(each.before), _text(each.after))


@bp.post("/touched/<block_id>")
@permission(WRITE)
def decide(draft_id: UUID, nation: str, block_id: str) -> ResponseReturnValue:
    """Take the core's block again, or keep the country's words beside the new core."""
    here = place(draft_id, nation, core)
    form = StateForm(request.form)
    if not form.validate():
        raise NotFound
    back = redirect(url_for(".touched", draft_id=draft_id, nation=nation), 303)
    found = block_of(_source(here), block_id)
    digest = block_digest(found[1]) if found else ""
    if form.what.data == "keep" and (not digest or digest != form.made_from.data):
        flash(gettext("The core has changed meanwhile. Compare the texts once more."), "error")
        return back
    try:
        with transaction() as session:
            if form.what.data == "keep":
                actions.keep_block(
                    session, viewer(), draft_id, nation, block_id, digest, now=clock.now()
                )  # fmt: skip
            else:
                actions.undo(
                    session, viewer(), draft_id, nation, "replaced", block_id, now=clock.now()
                )  # fmt: skip
    except Refused as refused:
        flash(say(refused.message), "error")
        return back
    flash(gettext("Saved."))
    return back
