"""Translating: how far each language is, one file block by block, and who accepts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.authoring.adapting import queries as adapting
from lms.authoring.adapting.access import country_name
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.access import Room, room
from lms.authoring.drafts.titles import titles_of
from lms.authoring.translating import actions, queries
from lms.authoring.translating.accepting import Accepting
from lms.authoring.translating.accepting import accept as accept_words
from lms.authoring.translating.actions import Sent
from lms.authoring.translating.forms import PART, AcceptForm, BlockForm
from lms.authoring.translating.national import national_shares
from lms.authoring.translating.opened import Place
from lms.authoring.translating.page import Asked, Typed, read_page
from lms.authoring.translating.pairs import changes_in, with_terms
from lms.authoring.translating.queries import Standing
from lms.authoring.translating.rules import FILTERS, names_of, summed
from lms.authoring.translating.words import (
    FILTER_WORDS,
    SEVERITY_WORDS,
    STATE_LOOKS,
    STATE_WORDS,
)
from lms.authoring.words import BLOCK_WORDS
from lms.content.compare import word_diff
from lms.content.model import Change
from lms.content.translation.reasons import Reason
from lms.content.translation.units import TRANSLATED
from lms.db import reading, transaction
from lms.installation import LANGUAGE_NAMES
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.language import IN_LANGUAGE, asked_language, direction_of, gettext
from lms.web.pages import look_again, site, viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint("translating", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/translate")

# So many files are counted while somebody waits for a page; it then loads itself anew.
PORTION = 16
# The order in which pages list how heavy changes are.
SEVERITIES = ("law", "meaning", "unknown", "typo")


@bp.get("", endpoint="all")
@permission(WRITE)
def show_all(draft_id: UUID) -> ResponseReturnValue:
    """Show how far each language is, and which can be begun."""
    here = room(draft_id)
    known = queries.standing(reading(), viewer(), here.draft)
    _count(here, known, known.languages)
    files = _layers(here, known)
    changes = changes_in(files.get("changes.toml", b""))
    shares = {code: summed(_counts(here, known, code), changes) for code in known.languages}
    others = [code for code in LANGUAGE_NAMES if code not in {*shares, here.draft.source}]
    page = make_response(
        render_template(
            "translating/all.html",
            room=here,
            shares=shares,
            others=others,
            names=LANGUAGE_NAMES,
            countries=list(
                national_shares(here.facts, files, changes, site().nation, site().languages)
            )
            if here.facts
            else [],
            country_name=country_name,
            severities=SEVERITIES,
            severity_words=SEVERITY_WORDS,
        )
    )
    return _again(page, shares.values())


@bp.get("/<spoken>")
@permission(WRITE)
def one(draft_id: UUID, spoken: str) -> ResponseReturnValue:
    """Show how far each file of one language is."""
    here = room(draft_id)
    known = queries.standing(reading(), viewer(), here.draft)
    _require_language(here, spoken, begun=spoken in known.languages)
    _count(here, known, [spoken])
    counts = {name: known.counts(spoken, name) for name in _names(here, known)}
    stale = any(each["stale"] for each in counts.values() if each)
    changes = _changes(here) if stale else {}
    shares = {name: summed([each], changes) for name, each in counts.items()}
    page = make_response(
        render_template(
            "translating/one.html",
            room=here,
            spoken=spoken,
            shares=shares,
            titles=_titles(here),
            names=LANGUAGE_NAMES,
            severities=SEVERITIES,
            severity_words=SEVERITY_WORDS,
        )
    )
    return _again(page, shares.values())


def _layers(here: Room, known: Standing) -> dict[str, bytes]:
    """Return what changed; where a country has a layer, all layers and the lessons as well."""
    if here.facts is None or not known.layered:
        return {"changes.toml": drafts.file(reading(), viewer(), here.draft, "changes.toml").data}
    lessons = [f"{here.draft.source}/{code}.md" for code in here.facts.codes()]
    files = adapting.files(reading(), viewer(), here.draft, ["nations"], ["changes.toml", *lessons])
    return {path: file.data for path, file in files.items()}


def _again(page: Any, shares: Any) -> ResponseReturnValue:  # noqa: ANN401 -- a response, shares
    if any(share.uncounted for share in shares):
        look_again(page, 1)
    return page  # type: ignore[no-any-return]


def _require_language(here: Room, spoken: str, *, begun: bool) -> None:
    if spoken == here.draft.source or not (begun or spoken in LANGUAGE_NAMES):
        raise NotFound


def _names(here: Room, known: Standing) -> list[str]:
    return [name for name in names_of(here.facts) if known.has(name)] if here.facts else []


def _counts(here: Room, known: Standing, spoken: str) -> list[Mapping[str, Any] | None]:
    return [known.counts(spoken, name) for name in _names(here, known)]


def _count(here: Room, known: Standing, languages: Sequence[str]) -> None:
    """Count some of the files that are not counted as they are now."""
    due = [
        (code, name)
        for code in languages
        for name in _names(here, known)
        if known.counts(code, name) is None
    ]
    if due:
        queries.count(reading(), viewer(), here.draft, due[:PORTION])


def _changes(here: Room) -> dict[str, list[Change]]:
    return changes_in(drafts.file(reading(), viewer(), here.draft, "changes.toml").data)


def _titles(here: Room) -> dict[str, str]:
    return titles_of(drafts.heads(reading(), viewer(), here.draft, here.draft.source))


@bp.get("/<spoken>/<path:name>")
@permission(WRITE)
def text(draft_id: UUID, spoken: str, name: str) -> ResponseReturnValue:
    """Show one file beside its source text, block by block; one block is open for writing."""
    return _page(room(draft_id), Place(draft_id, spoken, name))


def _asked() -> Asked:
    given = request.args
    show, page = given.get("show", "all"), given.get("page", "")
    return Asked(
        show=show if show in FILTERS else "all",
        beside=given.get("beside", "")[:3],
        at=given.get("at", "")[:100],
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 1,
    )


def _page(here: Room, place: Place, typed: Typed | None = None) -> str:
    found = read_page(reading(), viewer(), here, place, _asked(), typed)
    _require_language(here, place.language, begun=found.file.number > 0)
    return render_template(
        "translating/text.html",
        room=here,
        place=place,
        page=found,
        asked=found.asked,
        spoken=place.language,
        origin=here.draft.source,
        typed=typed,
        directions=direction_of,
        states=STATE_WORDS,
        looks=STATE_LOOKS,
        severity_words=SEVERITY_WORDS,
        filters=FILTER_WORDS,
        prefix=PART,
        names=LANGUAGE_NAMES,
        with_terms=with_terms,
        diff=word_diff,
        kinds=BLOCK_WORDS,
        may_write=here.may_write(place.path) and not found.pair.broken,
        may_accept=here.rights.reviews and not found.pair.broken,
        link=lambda **more: _link(place, found.asked, **more),
    )


def _link(place: Place, asked: Asked, **more: Any) -> str:
    """Return the address of this page with what was asked for, and with ``more`` instead."""
    wanted: dict[str, Any] = {
        "show": asked.show if asked.show != "all" else None,
        "beside": asked.beside or None,
        "at": asked.at or None,
    } | more
    return url_for(
        ".text",
        draft_id=place.draft_id,
        spoken=place.language,
        name=place.name,
        _anchor=wanted["at"] and f"b-{wanted['at']}",
        **wanted,
    )


@bp.post("/<spoken>/<path:name>")
@permission(WRITE)
def save(draft_id: UUID, spoken: str, name: str) -> ResponseReturnValue:
    """Keep one block; what is refused stays typed, and where two wrote at once both are shown.

    ``go`` says what was pressed: save, next (save and go on), copy (fill with the source text).
    """
    form = BlockForm(request.form)
    here, place = room(draft_id), Place(draft_id, spoken, name)
    if not here.may_write(place.path):
        raise NotFound
    texts = {
        key.removeprefix(PART): value for key, value in request.form.items() if key.startswith(PART)
    }
    go = request.form.get("go", "save")
    valid = form.validate()
    typed = Typed(form.unit.data or "", texts)
    if asked_language() is not None or (valid and go == "copy"):
        return _page(here, place, Typed(typed.key, texts, copy=go == "copy"))
    if not valid:
        reasons = [str(reason) for errors in form.errors.values() for reason in errors]
        return _page(here, place, Typed(typed.key, texts, said=reasons)), 422
    sent = Sent(typed.key, texts, form.seen.data or "", form.source.data)
    try:
        with transaction() as session:
            kept = actions.save_block(session, viewer(), place, sent, now=clock.now())
    except Refused as refused:
        reasons_of = (Reason("", refused.message, refused=True),)
        return _page(here, place, Typed(typed.key, texts, reasons=reasons_of)), 422
    if kept.conflict:
        again = Typed(typed.key, texts, kept.reasons, conflict=True, aside=kept.aside)
        return _page(here, place, again), 409
    if kept.reasons:
        return _page(here, place, Typed(typed.key, texts, kept.reasons)), 422
    flash(gettext("Saved."))
    asked = _asked()
    return redirect(_link(place, asked, at=_after(here, place, typed.key, go)), 303)


def _after(here: Room, place: Place, key: str, go: str) -> str:
    """Return the block that is shown after a save: the same one, or the next that is open."""
    if go != "next":
        return key
    found = read_page(reading(), viewer(), here, place, Asked("all", "", key, 1), None)
    return found.following.key if found.following else key


@bp.route("/<spoken>/<path:name>/accept", methods=["GET", "POST"])
@permission(WRITE)
def accept(draft_id: UUID, spoken: str, name: str) -> ResponseReturnValue:
    """Say that a block, or every translated block of the file, is read and right; or take it back.

    A reviewer or publisher of the course does it, also for somebody outside who signed the sheet.
    """
    form = AcceptForm(request.form)
    here, place = room(draft_id), Place(draft_id, spoken, name)
    if not here.rights.reviews:
        raise NotFound
    key = form.unit.data or ""
    sent = request.method == "POST" and form.validate()
    if not sent or not (form.number.data or (key and form.seen.data)):
        return _whole_file(here, place, form), form.status
    wish = Accepting(
        {key: form.seen.data} if key else {},
        0 if key else form.number.data or 0,
        form.reader.data or "",
        request.form.get("go") == "back",
    )
    try:
        with transaction() as session:
            found = accept_words(session, viewer(), place, wish, now=clock.now())
    except Refused as refused:
        reasons = (Reason("", refused.message, refused=True),)
        return _page(here, place, Typed(key, {}, reasons, plain=True)), 422
    if found:
        flash(
            gettext("The acceptance is taken back.")
            if wish.back
            else gettext("Accepted. The mark “not yet reviewed” is gone.")
        )
    asked = _asked()
    return redirect(_link(place, asked, at=key or asked.at), 303)


def _whole_file(here: Room, place: Place, form: AcceptForm) -> str:
    found = read_page(reading(), viewer(), here, place, Asked("all", "", "", 1), None)
    unread = [unit for unit in found.pair.units if unit.state == TRANSLATED]
    return render_template(
        "translating/accept.html",
        room=here,
        place=place,
        spoken=place.language,
        form=form,
        number=found.file.number,
        unread=len(unread),
    )
