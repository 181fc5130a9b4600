"""Questions from elsewhere into a bank, and a bank for other programs, as text."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from lms.authoring.bank import queries as bank_queries
from lms.authoring.bank.glance import glances, outcomes_in, parts_of, shortened
from lms.authoring.bank.rules import bank_path
from lms.authoring.bank.sheet import facts_in, module_of
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.access import Room, room
from lms.authoring.question_files import actions
from lms.authoring.question_files.forms import QuestionFileForm
from lms.authoring.question_files.rules import Plan, Wanted, plan
from lms.content.labels import LABELS
from lms.content.model import CourseFacts
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.form_limits import LONGEST_FIELD
from lms.web.language import IN_LANGUAGE, gettext, ngettext, say, sentence
from lms.web.pages import viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint(
    "question_files", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/question-files"
)

LISTED = 100  # lines of the report that a page shows
BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def _authors_room(draft_id: UUID) -> tuple[Room, CourseFacts]:
    here = room(draft_id)
    if not here.rights.writes_source:
        raise NotFound
    return here, facts_in(here)


@bp.get("")
@permission(WRITE)
def show(draft_id: UUID) -> ResponseReturnValue:
    """Offer a form for questions from elsewhere, and the bank for other programs."""
    here, facts = _authors_room(draft_id)
    return _page(here, facts, QuestionFileForm(lessons=facts.codes()))


def _page(here: Room, facts: CourseFacts, form: QuestionFileForm, found: Plan | None = None) -> str:
    return render_template(
        "question_files/show.html", room=here, facts=facts, form=form, plan=found, listed=LISTED
    )


@bp.post("")
@permission(WRITE)
def take(draft_id: UUID) -> ResponseReturnValue:
    """Show what a file would do; with ``go=take`` do it, all of it or nothing."""
    here, facts = _authors_room(draft_id)
    form = QuestionFileForm(request.form, lessons=facts.codes())
    refused = _with_file(form)
    if not form.validate() or refused:
        form.form_errors += [refused] if refused else []
        return _page(here, facts, form), form.status
    seen = form.seen.data or 0
    found = _plan(here, facts, form)
    if request.form.get("go") != "take":
        return _page(here, facts, form, found)
    module = module_of(facts, form.lesson.data)
    try:
        with transaction() as session:
            count = actions.take(
                session, viewer(), draft_id, module, found, seen=seen, now=clock.now()
            )
    except Refused as problem:
        form.form_errors.append(say(problem.message))
        return _page(here, facts, form, found), problem.status
    flash(ngettext("%(num)s question is in the bank.", "%(num)s questions are in the bank.", count))
    return redirect(url_for("bank.all", draft_id=draft_id, module=module), 303)


def _with_file(form: QuestionFileForm) -> str:
    """Take the text of a file that was sent; return why it is not taken, empty where it is."""
    sent = request.files.get("file")
    data = sent.read(4 * LONGEST_FIELD + 1) if sent is not None else b""
    if not data:
        return ""
    if data.startswith(BOOKS):
        return gettext("A workbook is not read here. Save its sheet as CSV UTF-8.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return gettext("This file is no text in UTF-8. Save it as text in UTF-8.")
    if len(text) > LONGEST_FIELD:
        return gettext("This file is larger than 64 kB. Split it.")
    form.text.data, form.text.raw_data = text, [text]
    return ""


def _plan(here: Room, facts: CourseFacts, form: QuestionFileForm) -> Plan:
    # Reading tables and Markdown loads what only those who write need.
    from lms.authoring.questions.bank import Facts
    from lms.authoring.questions.reading import read

    draft, lesson = here.draft, form.lesson.data
    module = module_of(facts, lesson)
    path = bank_path(draft.source, module)
    own = next(each for each in facts.modules if each.code == module)
    lessons = {f"{draft.source}/{each.code}.md": each.code for each in own.lessons}
    files = drafts.read(reading(), viewer(), draft, [path, *lessons])
    known = {}
    for name, code in lessons.items():
        parts, outcomes = parts_of(name, files[name].data), outcomes_in(files[name].text)
        known[code] = (frozenset(each.id for each in parts), frozenset(outcomes))
        if code == lesson:
            form.section.choices = [
                SelectChoice(each.id, f"{each.title} ({each.id})" if each.title else each.id)
                for each in parts
            ]
            form.outcome.choices = [
                SelectChoice(letter, f"{letter}. {shortened(words)}")
                for letter, words in outcomes.items()
            ]
            sections = [each.id for each in parts if each.name == "section"]
            if form.section.data not in known[code][0]:
                form.section.data = next(iter(sections), "")
            if form.outcome.data not in outcomes:
                form.outcome.data = next(iter(outcomes), "a")
    form.seen.data, form.seen.raw_data = files[path].number, None
    said = read(form.text.data.encode(), "", form.format.data or None)
    words = {name: sentence(LABELS[name], draft.source) for name in ("true", "false")}
    defaults = Facts(lesson, form.section.data, form.outcome.data, "2", **words)
    items = [each.question() for each in glances(module, files[path].text)]
    wanted = Wanted(module, defaults, known, form.why.data or "", form.known.data)
    return plan(said.questions, said.notes, [each for each in items if each], wanted)


@bp.get("/bank.<any(gift,csv):to>")
@permission(WRITE)
def export(draft_id: UUID, to: str) -> ResponseReturnValue:
    """Send the questions that other programs know; what has no form there is left out."""
    here = room(draft_id)
    facts = facts_in(here)
    from lms.authoring.questions.export import export as exported
    from lms.authoring.questions.from_bank import from_bank
    from lms.authoring.questions.understood import Notes

    modules = [module.code for module in facts.modules]
    banks = bank_queries.items(reading(), viewer(), here.draft, modules)
    found = [item.question() for items in banks.values() for item in items]
    notes = Notes()
    data = exported(
        from_bank([each for each in found if each], here.draft.source, notes), to, notes
    )
    reply = make_response(data)
    reply.mimetype = "text/csv" if to == "csv" else "text/plain"
    name = f"{here.draft.slug}.{'csv' if to == 'csv' else 'gift.txt'}"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    reply.headers["Cache-Control"] = "no-store"
    return reply
