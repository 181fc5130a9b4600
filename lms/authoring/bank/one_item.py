"""The pages of one question, of the core's or of a country's own: written, looked at, retired."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lms.authoring.bank import actions, queries, rules
from lms.authoring.bank.actions import mark_of
from lms.authoring.bank.forms import ItemForm
from lms.authoring.bank.glance import Glance
from lms.authoring.bank.item_page import form_page, sent
from lms.authoring.bank.layers import asked_in
from lms.authoring.bank.sample import shown
from lms.authoring.bank.sheet import facts_in, module_of_item, sheet_of, sheet_of_new
from lms.authoring.bank.shelf import Shelf
from lms.authoring.bank.typed import blank, typed_of
from lms.authoring.bank.words import DIFFICULTY, KIND_USE, KIND_WORDS, MARKING
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.titles import titles_of
from lms.content.model import CourseFacts
from lms.db import reading, transaction
from lms.installation import LANGUAGE_NAMES
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.web.language import current, gettext, sentence
from lms.web.pages import viewer


def new_item(shelf: Shelf) -> ResponseReturnValue:
    """Choose the kind and the lesson of a new item, then write it."""
    here = shelf.room
    facts = facts_in(here)
    if not shelf.may_write:
        raise NotFound
    if request.method == "POST":
        return sent(shelf, None)
    kind, lesson = request.args.get("kind", ""), request.args.get("lesson", "")
    if len(facts.codes()) == 1:
        lesson = facts.codes()[0]  # there is nothing to choose
    if kind not in KIND_WORDS or lesson not in facts.codes():
        return render_template(
            "bank/new.html",
            room=here,
            shelf=shelf,
            facts=facts,
            kinds=KIND_WORDS,
            uses=KIND_USE,
            kind=kind,
            lesson=lesson,
            names=LANGUAGE_NAMES,
            titles=titles_of(drafts.heads(reading(), viewer(), here.draft, here.draft.source)),
        )
    facts_typed = {"lesson": lesson, "difficulty": "2", "outcome": request.args.get("outcome", "")}
    slot = request.args.get("critical", "")
    if slot in facts.critical:
        facts_typed["critical"] = slot
    typed = blank(kind, facts_typed)
    return form_page(shelf, sheet_of_new(here, lesson, shelf.at), typed, {}, ItemForm(kind=kind))


def written_item(shelf: Shelf, code: str, **more: object) -> ResponseReturnValue:
    """Write an item; whoever does not write questions sees how learners see it.

    more  for the page that shows it.
    """
    if request.method == "POST":
        return sent(shelf, code)
    if not shelf.may_write:
        return preview_of(shelf, code, **more)
    sheet = sheet_of(shelf.room, code, at=shelf.at)
    question = sheet.item.question() if sheet.item else None
    if question is None or sheet.item is None:
        return preview_of(shelf, code, **more)
    form = ItemForm(kind=question.kind, was=mark_of(sheet.item.raw))
    return form_page(shelf, sheet, typed_of(question), {}, form)


def preview_of(shelf: Shelf, code: str, **more: object) -> str:
    """Return the page that shows an item as learners see it, its answer, and how it is marked."""
    sheet = sheet_of(shelf.room, code, at=shelf.at)
    question = sheet.item.question() if sheet.item else None
    seen = None
    if question is not None:
        seen = shown(question, f"preview of {code}", spoken)
    layers = {} if shelf.nation else queries.layers(reading(), viewer(), shelf.room.draft)
    return render_template(
        "bank/preview.html",
        room=shelf.room,
        shelf=shelf,
        sheet=sheet,
        code=code,
        shown=seen,
        kinds=KIND_WORDS,
        marking=MARKING,
        difficulty=DIFFICULTY,
        countries=asked_in(layers, code),
        **more,
    )


def spoken(msgid: str) -> str:
    """Return a sentence of the interface in the reader's language."""
    return sentence(msgid, current().code)


def duplicate_of(shelf: Shelf, code: str) -> ResponseReturnValue:
    """Copy an item under the next code of its module."""
    module = module_of_item(facts_in(shelf.room), code, shelf.at)
    with transaction() as session:
        copy = actions.duplicate(
            session,
            viewer(),
            shelf.room.draft.id,
            module,
            code,
            nation=shelf.nation,
            now=clock.now(),
        )
    flash(gettext("This is the copy. Change it, so that it asks something else."))
    return redirect(shelf.url("one", code=copy), 303)


def retire_page(
    shelf: Shelf, code: str, facts: CourseFacts, found: Iterable[Glance]
) -> ResponseReturnValue:
    """Say what will be missing when an item is retired, and ask.

    facts, found  of the tests from which it goes: what they teach and what they may ask.
    """
    if not shelf.may_write:
        raise NotFound
    items = list(found)
    item = next((each for each in items if each.code == code), None)
    if item is None:
        raise NotFound
    before = rules.lacks(facts, items)
    after = rules.lacks(facts, [each for each in items if each.code != code])
    layers = {} if shelf.nation else queries.layers(reading(), viewer(), shelf.room.draft)
    return render_template(
        "bank/retire.html",
        room=shelf.room,
        shelf=shelf,
        item=item,
        code=code,
        lost=[each for each in after if each not in before],
        countries=[each for each in asked_in(layers, code) if each.out],
    )


def retired(shelf: Shelf, code: str) -> ResponseReturnValue:
    """Take an item out of the bank and out of its translations."""
    module = module_of_item(facts_in(shelf.room), code, shelf.at)
    with transaction() as session:
        actions.retire(
            session,
            viewer(),
            shelf.room.draft.id,
            module,
            code,
            nation=shelf.nation,
            now=clock.now(),
        )
    flash(gettext("The question is retired. Its versions and its code are kept."))
    return redirect(shelf.url("all"), 303)
