"""A country's own questions: which there are, what its tests lack, writing and translating one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.authoring.adapting.access import Place
from lms.authoring.bank import queries as banks
from lms.authoring.bank import rules
from lms.authoring.bank.glance import outcomes_in
from lms.authoring.bank.one_item import (
    duplicate_of,
    new_item,
    preview_of,
    retire_page,
    retired,
    written_item,
)
from lms.authoring.bank.shelf import Shelf
from lms.authoring.bank.words import DIFFICULTY, KIND_WORDS
from lms.authoring.nation_bank import actions
from lms.authoring.nation_bank.forms import PART, TranslationForm
from lms.authoring.nation_bank.here import (
    asked_here,
    of_country,
    open_part,
    others,
    own_glances,
    standings,
    unit_of,
    with_core,
)
from lms.authoring.translating.words import STATE_LOOKS, STATE_WORDS
from lms.content.translation.reasons import Reason
from lms.db import reading, transaction
from lms.installation import LANGUAGE_NAMES
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.language import IN_LANGUAGE, asked_language, direction_of, gettext
from lms.web.pages import viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint(
    "nation_bank",
    __name__,
    url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/countries/<nation>/questions",
)


@bp.get("", endpoint="all")
@permission(WRITE)
def show_all(draft_id: UUID, nation: str) -> ResponseReturnValue:
    """Show a country's own questions, and in words what its tests lack."""
    here, shelf = with_core(draft_id, nation)
    own = own_glances(here, shelf)
    facts = open_part(here.facts, here.nation)
    heads = banks.openings(reading(), viewer(), here.room.draft, facts)
    outcomes = {code: outcomes_in(text) for code, text in heads.items()}
    return render_template(
        "nation_bank/all.html",
        here=here,
        room=here.room,
        shelf=shelf,
        items=own,
        plan=rules.blueprint(facts, asked_here(here, own), outcomes),
        kinds=KIND_WORDS,
        difficulty=DIFFICULTY,
        names=LANGUAGE_NAMES,
        open={each.code: _untranslated(here, shelf, each.code) for each in own},
    )


def _untranslated(here: Place, shelf: Shelf, code: str) -> list[str]:
    """Return the languages in which a test waits for the words of a question."""
    done = {"translated", "reviewed"}
    return [each.language for each in standings(here, shelf, code) if each.state not in done]


@bp.route("/new", methods=["GET", "POST"])
@permission(WRITE)
def new(draft_id: UUID, nation: str) -> ResponseReturnValue:
    """Choose the kind and the lesson of a new question, then write it."""
    return new_item(of_country(draft_id, nation)[1])


@bp.route("/<code>", methods=["GET", "POST"])
@permission(WRITE)
def one(draft_id: UUID, nation: str, code: str) -> ResponseReturnValue:
    """Write a question; whoever does not write them sees how learners see it."""
    here, shelf = of_country(draft_id, nation)
    return written_item(shelf, code, **_more(here, shelf, code))


@bp.get("/<code>/preview")
@permission(WRITE)
def preview(draft_id: UUID, nation: str, code: str) -> ResponseReturnValue:
    """Show a question as learners see it, its answer, its marking, its other languages."""
    here, shelf = of_country(draft_id, nation)
    return preview_of(shelf, code, **_more(here, shelf, code))


def _more(here: Place, shelf: Shelf, code: str) -> dict[str, object]:
    return {
        "translations": standings(here, shelf, code),
        "states": STATE_WORDS,
        "looks": STATE_LOOKS,
        "names": LANGUAGE_NAMES,
    }


@bp.post("/<code>/duplicate")
@permission(WRITE)
def duplicate(draft_id: UUID, nation: str, code: str) -> ResponseReturnValue:
    """Copy a question under the country's next code of its module."""
    return duplicate_of(of_country(draft_id, nation)[1], code)


@bp.get("/<code>/retire")
@permission(WRITE)
def ask_retire(draft_id: UUID, nation: str, code: str) -> ResponseReturnValue:
    """Say what the country's tests will lack when a question is retired, and ask."""
    here, shelf = with_core(draft_id, nation)
    own = own_glances(here, shelf)
    found = [each for items in asked_here(here, own).values() for each in items]
    if code not in {each.code for each in found}:  # of a module that is closed here
        found += [each for each in own if each.code == code]
    return retire_page(shelf, code, open_part(here.facts, here.nation), found)


@bp.post("/<code>/retire")
@permission(WRITE)
def retire(draft_id: UUID, nation: str, code: str) -> ResponseReturnValue:
    """Take a question out of the bank and out of its translations."""
    return retired(of_country(draft_id, nation)[1], code)


@bp.route("/<code>/in/<spoken>", methods=["GET", "POST"])
@permission(WRITE)
def translate(draft_id: UUID, nation: str, code: str, spoken: str) -> ResponseReturnValue:
    """Write a question in another language of the country, beside the one that has its key."""
    here, shelf = of_country(draft_id, nation)
    if spoken not in others(here, shelf) or not shelf.may_write:
        raise NotFound
    path = shelf.at.path(shelf.at.module_of(code), spoken)
    if path in {fault.file for fault in here.layer.faults}:
        flash(
            gettext("The file of this translation cannot be read. Mend it in the editor first."),
            "error",
        )
        return redirect(url_for("writing.text", draft_id=draft_id, path=path), 303)
    if request.method == "GET":
        return _translation(here, shelf, code, spoken)
    form = TranslationForm(request.form)
    texts = {
        key.removeprefix(PART): value for key, value in request.form.items() if key.startswith(PART)
    }
    if not form.validate():
        if asked_language() is None and not form.errors:
            raise NotFound
        return _translation(here, shelf, code, spoken, texts), form.status
    sent = actions.Sent(texts, form.seen.data or "", form.source.data)
    try:
        with transaction() as session:
            kept = actions.translate(
                session, viewer(), draft_id, nation, code, spoken, sent, now=clock.now()
            )
    except Refused as refused:
        reasons = [Reason("", refused.message, refused=True)]
        return _translation(here, shelf, code, spoken, texts, reasons), refused.status
    if kept.conflict:
        now, at = of_country(draft_id, nation)
        return _translation(now, at, code, spoken, texts, conflict=True), 409
    if kept.reasons:
        return _translation(here, shelf, code, spoken, texts, kept.reasons), 422
    flash(gettext("Saved."))
    return redirect(shelf.url("preview", code=code), 303)


def _translation(
    here: Place,
    shelf: Shelf,
    code: str,
    spoken: str,
    texts: Mapping[str, str] | None = None,
    reasons: Sequence[Reason] = (),
    *,
    conflict: bool = False,
) -> str:
    """Return the page; ``texts`` is what was typed, where that did not become the translation."""
    unit = unit_of(here.files, shelf.at, shelf.at.module_of(code), code, spoken)
    if unit is None:
        raise NotFound
    return render_template(
        "nation_bank/translate.html",
        here=here,
        room=here.room,
        shelf=shelf,
        unit=unit,
        code=code,
        spoken=spoken,
        texts=unit.texts if texts is None else texts,
        reasons=reasons,
        conflict=conflict,
        prefix=PART,
        names=LANGUAGE_NAMES,
        directions=direction_of,
    )
