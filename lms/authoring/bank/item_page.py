"""The form of an item: what was sent is taken, or comes back with the reasons beside the fields."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lms.authoring.bank import actions, queries
from lms.authoring.bank.actions import mark_of
from lms.authoring.bank.forms import ItemForm, typed_from
from lms.authoring.bank.sheet import Sheet, module_of, sheet_of, sheet_of_new
from lms.authoring.bank.shelf import Shelf
from lms.authoring.bank.typed import Typed, known_letters, with_more_rows
from lms.authoring.bank.words import DIFFICULTY, KIND_USE, KIND_WORDS
from lms.authoring.bank.wrong import Wrong, wrong_in
from lms.authoring.words import BLOCK_WORDS
from lms.content.compare import side_by_side
from lms.content.item_text import written
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.web.language import gettext
from lms.web.pages import viewer


def sent(shelf: Shelf, code: str | None) -> ResponseReturnValue:
    """Take the form of an item; ``code`` is None for a new one."""
    here, at = shelf.room, shelf.at
    if not shelf.may_write:
        raise NotFound
    form = ItemForm(request.form)
    going = request.form.get("go", "save")
    good = form.validate()
    kind = form.kind.data if form.kind.data in KIND_WORDS else ""
    if not kind:
        raise NotFound
    typed = typed_from(request.form, kind)
    lesson = typed.facts.get("lesson", "")
    try:
        sheet = sheet_of(here, code, lesson, at) if code else sheet_of_new(here, lesson, at)
    except NotFound:
        if code is None:
            raise
        # Retired while somebody wrote: what they wrote is not lost.
        sheet = sheet_of_new(here, lesson, at)
        if code not in queries.codes_ever(reading(), viewer(), here.draft, sheet.module, at):
            raise
    if going == "more":
        return form_page(shelf, sheet, with_more_rows(typed), {}, form, code)
    if going == "lesson" or (not good and not form.errors):
        return form_page(shelf, sheet, typed, {}, form, code)
    return _save(shelf, sheet, typed, form, code)


def _save(
    shelf: Shelf, sheet: Sheet, typed: Typed, form: ItemForm, code: str | None
) -> ResponseReturnValue:
    me, draft, nation = viewer(), shelf.room.draft, shelf.nation
    named = code or f"{shelf.at.prefix(sheet.module)}-000"
    known = known_letters(sheet.item.question() if sheet.item else None)
    published = queries.letters_published(reading(), me, draft, named)
    question, wrong = wrong_in(
        typed,
        named,
        sheet.facts,
        [block.id for block in sheet.parts],
        sheet.outcomes,
        actions.used_letters(known, published),
    )
    if code and module_of(sheet.facts, typed.facts["lesson"]) not in {"", sheet.module}:
        wrong["lesson"] = _other_module(sheet)
    if question is None or wrong or form.errors:
        return form_page(shelf, sheet, typed, wrong, form, code), 422
    try:
        with transaction() as session:
            if code is None:
                code = actions.add(
                    session,
                    me,
                    draft.id,
                    sheet.module,
                    question,
                    nation=nation,
                    spoken=shelf.source,
                    now=clock.now(),
                )
                kept = actions.Kept(code)
            else:
                kept = actions.write(
                    session,
                    me,
                    draft.id,
                    sheet.module,
                    question,
                    was=form.was.data or "",
                    nation=nation,
                    now=clock.now(),
                )
    except Refused as refused:
        form.refuse(refused)
        return form_page(shelf, sheet, typed, wrong, form, code), form.status
    if kept.theirs is not None:
        form.was.data = mark_of(kept.theirs)
        rows = side_by_side(kept.theirs, written(question))
        return form_page(shelf, sheet, typed, {}, form, code, kept=kept, rows=rows), 409
    if request.form.get("go") == "preview":
        return redirect(shelf.url("preview", code=kept.code), 303)
    flash(gettext("Saved."))
    return redirect(shelf.url("one", code=kept.code), 303)


def form_page(
    shelf: Shelf,
    sheet: Sheet,
    typed: Typed,
    wrong: Wrong,
    form: ItemForm,
    code: str | None = None,
    *,
    kept: actions.Kept | None = None,
    rows: Sequence[object] = (),
) -> str:
    """Return the page of an item's form.

    typed, wrong  what stands in it, and the reasons beside its fields.
    kept, rows    what somebody else has written of the item meanwhile, and both side by side.
    """
    code = code or (sheet.item.code if sheet.item else None)
    return render_template(
        "bank/item.html",
        room=shelf.room,
        shelf=shelf,
        sheet=sheet,
        typed=typed,
        wrong=wrong,
        form=form,
        code=code,
        kept=kept,
        rows=rows,
        kinds=KIND_WORDS,
        uses=KIND_USE,
        difficulty=DIFFICULTY,
        part_words=BLOCK_WORDS,
    )


def _other_module(sheet: Sheet) -> Message:
    said = msg("The code of this question belongs to module %(module)s. Choose a lesson of it.")
    return Message(said, {"module": sheet.module})
