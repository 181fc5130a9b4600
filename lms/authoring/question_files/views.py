"""Questions from elsewhere into a bank, and a bank for other programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from lms.accounts.importing.columns import column_name
from lms.authoring import sent, uploads
from lms.authoring.bank import queries as bank_queries
from lms.authoring.bank.glance import outcomes_in, parts_of, shortened
from lms.authoring.bank.sheet import facts_in
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.access import Room, room
from lms.authoring.question_files import actions
from lms.authoring.question_files.forms import COLUMN, ChoicesForm, QuestionFileForm, choices_form
from lms.authoring.question_files.rules import SKIP, unpacked
from lms.authoring.question_files.words import USUAL
from lms.authoring.review.sentences import told
from lms.authoring.rules import READ_QUESTIONS
from lms.content.model import CourseFacts
from lms.db import reading, transaction
from lms.jobs.models import Job
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.sheets.writer import XLSX_TYPE
from lms.web import uploads as web_uploads
from lms.web.forms import PageForm
from lms.web.language import IN_LANGUAGE, gettext, ngettext, say
from lms.web.pages import look_again, viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint(
    "question_files", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/question-files"
)

TYPES = {"gift": "text/plain", "csv": "text/csv", "xlsx": XLSX_TYPE}
ENDINGS = {"gift": "gift.txt"}


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
    return _page(here, QuestionFileForm(lessons=facts.codes()))


def _page(here: Room, form: QuestionFileForm) -> str:
    no_room = None if form.errors or web_uploads.takes_files() else web_uploads.NO_ROOM
    return render_template(
        "question_files/show.html", room=here, form=form, largest=sent.LARGEST_MB, no_room=no_room
    )


@bp.post("")
@permission(WRITE)
def send(draft_id: UUID) -> ResponseReturnValue:
    """Take a file or a text; the worker reads it."""
    here, facts = _authors_room(draft_id)
    form = QuestionFileForm(request.form, lessons=facts.codes())
    if not form.validate():
        return _page(here, form), form.status
    text = (form.text.data or "").encode()
    size = form.size() if form.has_file() else len(text)
    try:
        sent.require_room(reading(), viewer(), READ_QUESTIONS, size, now=clock.now())
    except Refused as refused:
        form.refuse(refused)
        return _page(here, form), form.status
    found = {
        "name": form.name() if form.has_file() else "",
        "bytes": size,
        "file": form.keep() if form.has_file() else uploads.store().put(text),
        "lesson": form.lesson.data,
        "known": SKIP,
        "asked": {},
    }
    return _asked(draft_id, found, form.key.data)


def _asked(draft_id: UUID, facts: Mapping[str, Any], key: str) -> ResponseReturnValue:
    with transaction() as session:
        job = actions.ask(session, viewer(), draft_id, facts, key, now=clock.now())
        page = url_for(".one", draft_id=draft_id, job_id=job.id)
    return redirect(page, 303)


@bp.get("/<int:job_id>")
@permission(WRITE)
def one(draft_id: UUID, job_id: int) -> ResponseReturnValue:
    """Show what a file would do, and how it was read."""
    here, facts = _authors_room(draft_id)
    job = sent.found(reading(), viewer(), READ_QUESTIONS, draft_id, job_id)
    page = make_response(_found_page(here, job, _form_of(job, facts)))
    return look_again(page, 2) if job.state == "waiting" else page


def _result(job: Job) -> dict[str, Any]:
    return dict(job.result or {}) if job.state == "done" else {}


def _form_of(job: Job, facts: CourseFacts) -> ChoicesForm:
    """Return the form as the file was read and looked at."""
    found, asked = _result(job), job.facts["asked"]
    columns = {f"{COLUMN}{name}": str(at) for name, at in found.get("fields", {}).items()}
    return choices_form(found)(
        found=found,
        lessons=facts.codes(),
        format=asked.get("format", ""),
        encoding=found.get("encoding", ""),
        separator=asked.get("separator", ""),
        sheet=found.get("sheet", ""),
        header_row=str(found.get("header_row", 0)),
        lesson=found.get("lesson", ""),
        section=found.get("section", ""),
        outcome=found.get("outcome", ""),
        why=job.facts.get("why", ""),
        known=job.facts["known"],
        **columns,
    )


def _found_page(here: Room, job: Job, form: ChoicesForm) -> str:
    found = _result(job)
    if found.get("lesson"):
        _offer_parts(here, form, found["lesson"])
    columns = form.columns()
    first = [
        each
        for each in columns
        if each.data or each.errors or each.name.removeprefix(COLUMN) in USUAL
    ]
    return render_template(
        "question_files/one.html",
        room=here,
        job=job,
        found=found,
        first=first,
        # A page without the form has none that a change of language could send.
        form=form if found and not found.get("refused") else None,
        more=[each for each in columns if each not in first],
        column_name=column_name,
        refused=say(told(found["refused"])) if found.get("refused") else "",
        writes=found.get("new", 0) + len(found.get("changed", ())),
        notes=[
            (severity, line, question, say(told(said)))
            for severity, line, question, said in found.get("notes", ())
        ],
    )


def _offer_parts(here: Room, form: ChoicesForm, lesson: str) -> None:
    path = f"{here.draft.source}/{lesson}.md"
    file = drafts.file(reading(), viewer(), here.draft, path)
    form.section.choices = [
        SelectChoice(each.id, f"{each.title} ({each.id})" if each.title else each.id)
        for each in parts_of(path, file.data)
    ]
    form.outcome.choices = [
        SelectChoice(letter, f"{letter}. {shortened(words)}")
        for letter, words in outcomes_in(file.text).items()
    ]


@bp.post("/<int:job_id>")
@permission(WRITE)
def again(draft_id: UUID, job_id: int) -> ResponseReturnValue:
    """Look at a file once more, with other choices."""
    here, facts = _authors_room(draft_id)
    job = sent.found(reading(), viewer(), READ_QUESTIONS, draft_id, job_id)
    form = choices_form(_result(job))(request.form, found=_result(job), lessons=facts.codes())
    if not form.validate():
        return _found_page(here, job, form), form.status
    chosen = {
        "lesson": form.lesson.data,
        "section": form.section.data or "",
        "outcome": form.outcome.data or "",
        "why": form.why.data or "",
        "known": form.known.data,
        "asked": _how(form, job),
    }
    sent_facts = {name: job.facts[name] for name in ("file", "bytes", "name")}
    return _asked(draft_id, {**sent_facts, **chosen}, form.key.data)


def _how(form: ChoicesForm, job: Job) -> dict[str, Any]:
    """Return how the file is to be read; read in another way its columns are found out anew."""
    before, found = job.facts["asked"], _result(job)
    shown = {
        "format": before.get("format", ""),
        "separator": before.get("separator", ""),
        "encoding": found.get("encoding", ""),
        "sheet": found.get("sheet", ""),
    }
    # What was not chosen stays a guess, and is said to be one.
    turned = {
        name: form[name].data or ""
        for name in shown
        if name in request.form and (form[name].data or "") != shown[name]
    }
    columns = {} if turned else form.fields()
    return {**before, **turned, "fields": columns, "header_row": int(form.header_row.data or 0)}


@bp.post("/<int:job_id>/take")
@permission(WRITE)
def take(draft_id: UUID, job_id: int) -> ResponseReturnValue:
    """Take what was shown into the bank, all of it or nothing."""
    here, facts = _authors_room(draft_id)
    job = sent.found(reading(), viewer(), READ_QUESTIONS, draft_id, job_id)
    found, form = _result(job), _form_of(job, facts)
    if not PageForm(request.form).validate() or not found.get("rows"):
        return redirect(url_for(".one", draft_id=draft_id, job_id=job_id), 303)
    module = found["module"]
    try:
        blocks = unpacked(uploads.store().get(found["rows"]))
        with transaction() as session:
            count = actions.take(
                session, viewer(), draft_id, module, blocks, seen=found["seen"], now=clock.now()
            )
    except FileNotFoundError:
        form.form_errors.append(gettext(sent.FILE_GONE))
        return _found_page(here, job, form), form.status
    except Refused as refused:
        form.refuse(refused)
        return _found_page(here, job, form), form.status
    flash(ngettext("%(num)s question is in the bank.", "%(num)s questions are in the bank.", count))
    return redirect(url_for("bank.all", draft_id=draft_id, module=module), 303)


@bp.get("/bank.<any(gift,csv,xlsx):to>")
@permission(WRITE)
def export(draft_id: UUID, to: str) -> ResponseReturnValue:
    """Send the questions that other programs know; what has no form there is left out."""
    here = room(draft_id)
    facts = facts_in(here)
    # Only those who write need it, and it loads Markdown.
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
    reply.mimetype = TYPES[to]
    name = f"{here.draft.slug}.{ENDINGS.get(to, to)}"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    reply.headers["Cache-Control"] = "no-store"
    return reply
