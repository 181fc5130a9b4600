"""The questions of a draft: which there are, writing one, looking at it, retiring it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.authoring.bank import actions, queries, rules
from lms.authoring.bank.actions import mark_of
from lms.authoring.bank.forms import CountryForm, ItemForm
from lms.authoring.bank.glance import Glance, outcomes_in
from lms.authoring.bank.item_page import form_page, sent
from lms.authoring.bank.layers import asked_in
from lms.authoring.bank.sample import drawn, shown
from lms.authoring.bank.sheet import (
    facts_in,
    module_of_item,
    sheet_of,
    sheet_of_new,
)
from lms.authoring.bank.typed import blank, typed_of
from lms.authoring.bank.words import DIFFICULTY, KIND_USE, KIND_WORDS, MARKING
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.access import Room, room
from lms.authoring.drafts.titles import titles_of
from lms.content.item_text import item_digest
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_id
from lms.web.language import IN_LANGUAGE, current, gettext, say, sentence
from lms.web.listing import ROWS, Asked, Listing
from lms.web.pages import viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint("bank", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/questions")

FILTERS = ("text", "module", "lesson", "kind", "outcome")
WAYS = ("learner", "paper", "key")
LONGEST_SEED = 12


@bp.get("")
@permission(WRITE)
def all(draft_id: UUID) -> ResponseReturnValue:  # noqa: A001 -- the endpoint's name: bank.all
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
        "bank/all.html", room=here, listing=listing, kinds=KIND_WORDS,
        difficulty=DIFFICULTY, modules=[(each, each) for each in modules],
        lessons=[(each, each) for each in (facts.codes() if facts else ())],
    )  # fmt: skip


def _fits(item: Glance, asked: Asked) -> bool:
    has = {"lesson": item.lesson, "kind": item.kind, "outcome": item.outcome}
    fits = not any(asked.get(name) not in {"", value} for name, value in has.items())
    return fits and asked.get("text").casefold() in item.raw.casefold()


@bp.route("/new", methods=["GET", "POST"])
@permission(WRITE)
def new(draft_id: UUID) -> ResponseReturnValue:
    """Choose the kind and the lesson of a new item, then write it."""
    here = room(draft_id)
    facts = facts_in(here)
    if not here.rights.writes_source:
        raise NotFound
    if request.method == "POST":
        return sent(here, None)
    kind, lesson = request.args.get("kind", ""), request.args.get("lesson", "")
    if len(facts.codes()) == 1:
        lesson = facts.codes()[0]  # there is nothing to choose
    if kind not in KIND_WORDS or lesson not in facts.codes():
        return render_template(
            "bank/new.html", room=here, facts=facts, kinds=KIND_WORDS, uses=KIND_USE,
            kind=kind, lesson=lesson,
            titles=titles_of(drafts.heads(reading(), viewer(), here.draft, here.draft.source)),
        )  # fmt: skip
    facts_typed = {"lesson": lesson, "difficulty": "2", "outcome": request.args.get("outcome", "")}
    slot = request.args.get("critical", "")
    if slot in facts.critical:
        facts_typed["critical"] = slot
    typed = blank(kind, facts_typed)
    return form_page(here, sheet_of_new(here, lesson), typed, {}, ItemForm(kind=kind))


@bp.route("/<code>", methods=["GET", "POST"])
@permission(WRITE)
def one(draft_id: UUID, code: str) -> ResponseReturnValue:
    """Write an item; whoever does not write questions sees how learners see it."""
    here = room(draft_id)
    if not here.rights.writes_source:
        if request.method == "POST":
            raise NotFound
        return _preview(here, code)
    if request.method == "POST":
        return sent(here, code)
    sheet = sheet_of(here, code)
    question = sheet.item.question() if sheet.item else None
    if question is None or sheet.item is None:
        return _preview(here, code)
    form = ItemForm(kind=question.kind, was=mark_of(sheet.item.raw))
    return form_page(here, sheet, typed_of(question), {}, form)


@bp.get("/<code>/preview")
@permission(WRITE)
def preview(draft_id: UUID, code: str) -> ResponseReturnValue:
    """Show an item as learners see it in a test, its answer, and how it is marked."""
    return _preview(room(draft_id), code)


def _preview(here: Room, code: str) -> str:
    sheet = sheet_of(here, code)
    question = sheet.item.question() if sheet.item else None
    seen = None
    if question is not None:
        seen = shown(question, f"preview of {code}", _spoken)
    return render_template(
        "bank/preview.html", room=here, sheet=sheet, code=code, shown=seen, kinds=KIND_WORDS,
        marking=MARKING, difficulty=DIFFICULTY,
        countries=asked_in(queries.layers(reading(), viewer(), here.draft), code),
    )  # fmt: skip


def _spoken(msgid: str) -> str:
    return sentence(msgid, current().code)


@bp.post("/<code>/duplicate")
@permission(WRITE)
def duplicate(draft_id: UUID, code: str) -> ResponseReturnValue:
    """Copy an item under the next code of its module."""
    here = room(draft_id)
    module = module_of_item(facts_in(here), code)
    with transaction() as session:
        copy = actions.duplicate(session, viewer(), draft_id, module, code, now=clock.now())
    flash(gettext("This is the copy. Change it, so that it asks something else."))
    return redirect(url_for(".one", draft_id=draft_id, code=copy), 303)


@bp.get("/<code>/retire")
@permission(WRITE)
def ask_retire(draft_id: UUID, code: str) -> ResponseReturnValue:
    """Say what will be missing when an item is retired, and ask."""
    here = room(draft_id)
    if not here.rights.writes_source:
        raise NotFound
    facts, session, me = facts_in(here), reading(), viewer()
    banks = queries.items(session, me, here.draft, [module.code for module in facts.modules])
    found = [each for items in banks.values() for each in items]
    item = next((each for each in found if each.code == code), None)
    if item is None:
        raise NotFound
    before = rules.lacks(facts, found)
    after = rules.lacks(facts, [each for each in found if each.code != code])
    countries = asked_in(queries.layers(session, me, here.draft), code)
    return render_template(
        "bank/retire.html", room=here, item=item, code=code,
        lost=[each for each in after if each not in before],
        countries=[each for each in countries if each.out],
    )  # fmt: skip


@bp.post("/<code>/retire")
@permission(WRITE)
def retire(draft_id: UUID, code: str) -> ResponseReturnValue:
    """Take an item out of the bank and out of its translations."""
    here = room(draft_id)
    module = module_of_item(facts_in(here), code)
    with transaction() as session:
        actions.retire(session, viewer(), draft_id, module, code, now=clock.now())
    flash(gettext("The question is retired. Its versions and its code are kept."))
    return redirect(url_for(".all", draft_id=draft_id), 303)


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
                session, viewer(), draft_id, form.country.data or "", code,
                out=form.out.data == "yes", now=clock.now(),
                made_from=item_digest(sheet.item.raw.encode(), code) if sheet.item else "",
            )  # fmt: skip
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
        "bank/blueprint.html", room=here, facts=facts, difficulty=DIFFICULTY,
        plan=rules.blueprint(facts, items, outcomes),
    )  # fmt: skip


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
        "bank/sample.html" if way == "learner" or not found else "bank/paper.html", room=here,
        facts=facts, test=test, seed=seed, another=_seed(), way=way, drawn=found,
        questions=[shown(question, seed, _spoken) for _, question in read if question],
        unread=[item.code for item, question in read if question is None], marking=MARKING,
    )  # fmt: skip


def _seed() -> str:
    return new_id().hex[:6]
