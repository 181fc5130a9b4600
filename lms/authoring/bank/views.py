"""The questions of a draft: which there are, writing one, looking at it, retiring it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.authoring.bank import actions, queries, rules
from lms.authoring.bank.forms import CountryForm
from lms.authoring.bank.glance import Glance, outcomes_in
from lms.authoring.bank.one_item import (
    duplicate_of,
    new_item,
    preview_of,
    retire_page,
    retired,
    spoken,
    written_item,
)
from lms.authoring.bank.sample import drawn, shown
from lms.authoring.bank.sheet import facts_in, sheet_of
from lms.authoring.bank.shelf import core_shelf
from lms.authoring.bank.words import DIFFICULTY, KIND_WORDS, MARKING
from lms.authoring.drafts.access import room
from lms.content.item_text import item_digest
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_id
from lms.web.language import IN_LANGUAGE, say
from lms.web.listing import ROWS, Asked, Listing
from lms.web.pages import viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint("bank", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/questions")

FILTERS = ("text", "module", "lesson", "kind", "outcome")
WAYS = ("learner", "paper", "key")
LONGEST_SEED = 12


@bp.get("", endpoint="all")
@permission(WRITE)
def show_all(draft_id: UUID) -> ResponseReturnValue:
    """Show the items of the banks, 25 a page."""
    here = room(draft_id)
    asked = Asked.of(FILTERS, ["code"])
    facts = here.facts
    modules = [module.code for module in facts.modules] if facts else []
    chosen = asked.get("module")
    found = queries.items(
        reading(), viewer(), here.draft, [chosen] if chosen in modules else modules
    )
    rows = [item for items in found.values() for item in items if _fits(item, asked)]
    if asked.descending:
        rows.reverse()
    listing = Listing(asked, rows[asked.offset : asked.offset + ROWS], len(rows))
    return render_template(
        "bank/all.html",
        room=here,
        listing=listing,
        kinds=KIND_WORDS,
        difficulty=DIFFICULTY,
        modules=[(each, each) for each in modules],
        lessons=[(each, each) for each in (facts.codes() if facts else ())],
    )


def _fits(item: Glance, asked: Asked) -> bool:
    has = {"lesson": item.lesson, "kind": item.kind, "outcome": item.outcome}
    fits = not any(asked.get(name) not in {"", value} for name, value in has.items())
    return fits and asked.get("text").casefold() in item.raw.casefold()


@bp.route("/new", methods=["GET", "POST"])
@permission(WRITE)
def new(draft_id: UUID) -> ResponseReturnValue:
    """Choose the kind and the lesson of a new item, then write it."""
    return new_item(core_shelf(room(draft_id)))


@bp.route("/<code>", methods=["GET", "POST"])
@permission(WRITE)
def one(draft_id: UUID, code: str) -> ResponseReturnValue:
    """Write an item; whoever does not write questions sees how learners see it."""
    return written_item(core_shelf(room(draft_id)), code)


@bp.get("/<code>/preview")
@permission(WRITE)
def preview(draft_id: UUID, code: str) -> ResponseReturnValue:
    """Show an item as learners see it in a test, its answer, and how it is marked."""
    return preview_of(core_shelf(room(draft_id)), code)


@bp.post("/<code>/duplicate")
@permission(WRITE)
def duplicate(draft_id: UUID, code: str) -> ResponseReturnValue:
    """Copy an item under the next code of its module."""
    return duplicate_of(core_shelf(room(draft_id)), code)


@bp.get("/<code>/retire")
@permission(WRITE)
def ask_retire(draft_id: UUID, code: str) -> ResponseReturnValue:
    """Say what will be missing when an item is retired, and ask."""
    here = room(draft_id)
    facts = facts_in(here)
    banks = queries.items(
        reading(), viewer(), here.draft, [module.code for module in facts.modules]
    )
    return retire_page(
        core_shelf(here), code, facts, [each for items in banks.values() for each in items]
    )


@bp.post("/<code>/retire")
@permission(WRITE)
def retire(draft_id: UUID, code: str) -> ResponseReturnValue:
    """Take an item out of the bank and out of its translations."""
    return retired(core_shelf(room(draft_id)), code)


@bp.post("/<code>/countries")
@permission(WRITE)
def country(draft_id: UUID, code: str) -> ResponseReturnValue:
    """Leave an item out of a country's tests, or take it in again."""
    here = room(draft_id)
    form = CountryForm(request.form)
    back = redirect(url_for(".preview", draft_id=draft_id, code=code), 303)
    if not form.validate():
        return back
    sheet = sheet_of(here, code)
    try:
        with transaction() as session:
            actions.leave_out(
                session,
                viewer(),
                draft_id,
                form.country.data or "",
                code,
                out=form.out.data == "yes",
                now=clock.now(),
                made_from=item_digest(sheet.item.raw.encode(), code) if sheet.item else "",
            )
    except Refused as refused:
        flash(say(refused.message), "error")
    return back


@bp.get("/blueprint")
@permission(WRITE)
def blueprint(draft_id: UUID) -> ResponseReturnValue:
    """Show how many items ask for each outcome, and in words what is missing."""
    here = room(draft_id)
    facts = facts_in(here)
    session, me = reading(), viewer()
    items = queries.items(session, me, here.draft, [each.code for each in facts.modules])
    heads = queries.openings(session, me, here.draft, facts)
    outcomes = {code: outcomes_in(text) for code, text in heads.items()}
    return render_template(
        "bank/blueprint.html",
        room=here,
        facts=facts,
        difficulty=DIFFICULTY,
        plan=rules.blueprint(facts, items, outcomes),
    )


@bp.get("/sample")
@permission(WRITE)
def sample(draft_id: UUID) -> ResponseReturnValue:
    """Draw a test of the draft and show it; the seed in the address draws the same one again."""
    here = room(draft_id)
    facts = facts_in(here)
    test = request.args.get("test", "post")
    if test not in facts.tests:
        raise NotFound
    seed = request.args.get("seed", "").strip()[:LONGEST_SEED] or _seed()
    asked = request.args.get("as", "")
    way = asked if asked in WAYS else WAYS[0]
    items = queries.items(reading(), viewer(), here.draft, [each.code for each in facts.modules])
    found = drawn(facts, [item for each in items.values() for item in each], test, seed)
    read = [(item, item.question()) for item in found or ()]
    return render_template(
        "bank/sample.html" if way == "learner" or not found else "bank/paper.html",
        room=here,
        facts=facts,
        test=test,
        seed=seed,
        another=_seed(),
        way=way,
        drawn=found,
        questions=[shown(question, seed, spoken) for _, question in read if question],
        unread=[item.code for item, question in read if question is None],
        marking=MARKING,
    )


def _seed() -> str:
    return new_id().hex[:6]
