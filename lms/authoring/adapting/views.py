"""The countries of a draft, and the boxes of one of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.authoring.adapting import actions, queries
from lms.authoring.adapting.access import Place, country_name, is_country, lessons, place
from lms.authoring.adapting.forms import WORDS, BoxForm, CountryForm, box_form, words_of
from lms.authoring.adapting.layers import (
    core_of_boxes,
    layer_of,
    nations_in,
    seen_box,
    what_is_touched,
)
from lms.authoring.adapting.words import STATE_WORDS
from lms.authoring.drafts.access import Room, room
from lms.authoring.packages import differing
from lms.content.boxes import asked_boxes, filling, status_of
from lms.content.core_changes import box_digest
from lms.content.model import Block, BoxFacts, NationFacts
from lms.content.readiness import BoxRow, limits, readiness
from lms.db import reading, transaction
from lms.installation import LANGUAGE_NAMES
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.files import file_store
from lms.web.language import IN_LANGUAGE, gettext
from lms.web.pages import site, today, viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint("nations", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/countries")


@dataclass(frozen=True, slots=True)
class _Country:
    """A line of the list of countries."""

    code: str
    name: str
    states: Counter[str]
    limits: int
    touched: int


@bp.get("", endpoint="all")
@permission(WRITE)
def show_all(draft_id: UUID) -> ResponseReturnValue:
    """Show what each country has done, and let another one begin."""
    here = room(draft_id)
    found = _countries(here)
    own = site().nation
    begun = {each.code for each in found}
    return render_template(
        "adapting/all.html",
        room=here,
        countries=found,
        form=CountryForm(code=own.upper() if own and own not in begun else "")
        if here.rights.adapts
        else None,
    )


def _countries(here: Room) -> list[_Country]:
    """Return the countries of a draft, the installation's own first."""
    facts = here.facts
    if facts is None:
        raise NotFound
    session, me = reading(), viewer()
    files = queries.files(session, me, here.draft, ["nations", facts.source], ["changes.toml"])
    data = {path: file.data for path, file in files.items()}
    core = {path: text for path, text in data.items() if not path.startswith("nations/")}
    boxes = core_of_boxes(facts, core)
    nations = [layer_of(code, data).nation for code in nations_in(data)]
    package = queries.package(session, me, here.draft) if nations else None
    old = differing(file_store().get(package), core, f"{facts.source}/") if package else {}
    touched = what_is_touched(facts, core, old, nations)
    found = []
    for nation in nations:
        asked = {block.words[0] for _, block in asked_boxes(boxes, nation)}
        states = Counter(status_of(nation, code) for code in asked)
        found.append(
            _Country(
                nation.code,
                country_name(nation.code),
                states,
                len(limits(nation)),
                len(touched[nation.code]),
            )
        )
    return sorted(found, key=lambda each: (each.code != site().nation, each.name))


@bp.post("")
@permission(WRITE)
def begin(draft_id: UUID) -> ResponseReturnValue:
    """Begin the layer of a country."""
    here = room(draft_id)
    form = CountryForm(request.form)
    code = (form.code.data or "").lower()
    if not here.rights.adapts:
        raise NotFound
    is_fine = form.validate()
    if is_fine and not is_country(code):
        form.code.errors = [gettext("No country has these two letters.")]
    if not is_fine or form.errors:
        found = _countries(here)
        page = render_template("adapting/all.html", room=here, countries=found, form=form)
        return page, form.status
    with transaction() as session:
        actions.begin(session, viewer(), draft_id, code, now=clock.now())
    return redirect(url_for(".one", draft_id=draft_id, nation=code), 303)


@bp.get("/<nation>")
@permission(WRITE)
def one(draft_id: UUID, nation: str) -> ResponseReturnValue:
    """Show the boxes of a country: what lessons ask of it, and what it says."""
    here = place(draft_id, nation, lessons)
    core = core_of_boxes(here.facts, here.data)
    asked = {(lesson, block.id): block for lesson, block in asked_boxes(core, here.nation)}
    rows = readiness(core, here.nation, today=today())
    return render_template(
        "adapting/one.html",
        here=here,
        room=here.room,
        rows=rows,
        states=STATE_WORDS,
        asks=lambda row: _asks(asked.get((row.lesson, row.block))),
    )


def _asks(block: Block | None) -> str:
    return " ".join(block.body.split()) if block else ""


@bp.get("/<nation>/boxes/<box>")
@permission(WRITE)
def show_box(draft_id: UUID, nation: str, box: str) -> ResponseReturnValue:
    """Show one box: what is asked, what the country says, and a form for it."""
    here = place(draft_id, nation, lessons)
    return _box_page(here, box, _form_of(here, box))


def _form_of(here: Place, box: str) -> BoxForm:
    nation = here.nation
    known = nation.boxes.get(box) or BoxFacts(box, "empty")
    words = {f"{WORDS}{each}": _words(nation, box, each) for each in here.languages}
    return box_form(here.languages)(
        state=known.status,
        legal_source=known.legal_source,
        on=known.date,
        checker=known.checker,
        review_by=known.review_by,
        seen=seen_box(nation, box),
        made_from=box_digest(core_of_boxes(here.facts, here.data), box),
        **words,
    )


def _words(nation: NationFacts, box: str, language: str) -> str:
    block = filling(nation, box, language)
    return block.body.strip() if block else ""


def _box_page(here: Place, box: str, form: BoxForm, *, theirs: BoxForm | None = None) -> str:
    """Show a box; ``theirs`` is what somebody else has written there meanwhile."""
    core = core_of_boxes(here.facts, here.data)
    bare = NationFacts(here.code)
    asked = [(lesson, block) for lesson, block in asked_boxes(core, bare) if block.words[0] == box]
    if not asked and box not in here.facts.boxes and box not in here.nation.boxes:
        raise NotFound
    row: BoxRow | None = next(
        (each for each in readiness(core, here.nation, today=today()) if each.code == box),
        None,
    )
    return render_template(
        "adapting/box.html",
        here=here,
        room=here.room,
        box=box,
        asked=asked,
        row=row,
        form=form if here.room.rights.adapts else None,
        labels=form,
        theirs=theirs,
        states=STATE_WORDS,
        prefix=WORDS,
        names=LANGUAGE_NAMES,
        said=_said(here, box),
    )


def _said(here: Place, box: str) -> dict[str, object]:
    """Return what the country says of a box, for those who read it and do not write it."""
    known = here.nation.boxes.get(box) or BoxFacts(box, "empty")
    words = {each: _words(here.nation, box, each) for each in here.languages}
    return {
        "state": status_of(here.nation, box),
        "legal_source": known.legal_source,
        "checker": known.checker,
        "on": known.date,
        "review_by": known.review_by,
        "words": {language: said for language, said in words.items() if said},
    }


@bp.post("/<nation>/boxes/<box>")
@permission(WRITE)
def save_box(draft_id: UUID, nation: str, box: str) -> ResponseReturnValue:
    """Save what the country says of a box, over all its files at once."""
    here = place(draft_id, nation, lessons)
    if not here.room.rights.adapts:
        raise NotFound
    form = box_form(here.languages)(request.form)
    if not form.validate():
        return _box_page(here, box, form), form.status
    if box not in here.facts.boxes:
        raise NotFound
    written = words_of(form)
    words = {each: written.get(each, "") for each in here.languages}
    try:
        with transaction() as session:
            done = actions.save_box(
                session,
                viewer(),
                draft_id,
                nation,
                form.box(box),
                words,
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        form.refuse(refused)
        return _box_page(here, box, form), form.status
    if done.aside:
        now = place(draft_id, nation, lessons)
        theirs = _form_of(now, box)
        form.seen.data, form.made_from.data = theirs.seen.data, theirs.made_from.data
        return _box_page(now, box, form, theirs=theirs), 409
    flash(gettext("Saved."))
    return redirect(url_for(".one", draft_id=draft_id, nation=nation, _anchor=box), 303)
