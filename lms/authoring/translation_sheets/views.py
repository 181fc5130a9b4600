"""Translating outside: a sheet of what is new or stale, read back with checks; a printed sheet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.authoring import sent, uploads
from lms.authoring.drafts.access import Room, room
from lms.authoring.review.sentences import told
from lms.authoring.rules import READ_SHEET
from lms.authoring.translating import actions, queries
from lms.authoring.translating.opened import Place
from lms.authoring.translating.page import Asked, read_page
from lms.authoring.translating.rules import names_of
from lms.authoring.translating.words import STATE_WORDS
from lms.authoring.translation_sheets.forms import SheetForm, TakeForm
from lms.authoring.translation_sheets.looking import (
    Found,
    blocks_of,
    looked_through,
    pairs_of,
    told_of,
)
from lms.authoring.translation_sheets.rules import (
    ABOUT,
    MOST_BLOCKS,
    Change,
    by_file,
    parts_of,
    unpacked,
)
from lms.content.model import CourseFacts
from lms.content.translation.rows import COLUMNS, to_rows
from lms.content.translation.units import Unit
from lms.db import reading, transaction
from lms.installation import LANGUAGE_NAMES
from lms.jobs.models import Job
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.sheets.writer import XLSX_TYPE, Sheet, csv_lines, xlsx
from lms.web import uploads as uploads_of
from lms.web.language import (
    IN_LANGUAGE,
    asked_language,
    current,
    direction_of,
    gettext,
    ngettext,
    say,
)
from lms.web.pages import look_again, shown_moment, viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint(
    "translation_sheets",
    __name__,
    url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/translate/<spoken>",
)

# Of the columns of a workbook in letters: long texts are read beside each other.
WIDTHS = (24, 12, 14, 11, 14, 60, 60, 60)
LISTED = 100  # reasons that a page shows
TOO_MANY = msg(
    "This sheet changes more than %(most)s blocks. Cut it into several files and send one after "
    "the other."
)


def _translators_room(draft_id: UUID, spoken: str) -> tuple[Room, CourseFacts]:
    here = room(draft_id)
    if here.facts is None or spoken not in LANGUAGE_NAMES or spoken == here.draft.source:
        raise NotFound
    if not here.may_write(f"{spoken}/course.md"):
        raise NotFound
    return here, here.facts


@bp.get("/sheet")
@permission(WRITE)
def show(draft_id: UUID, spoken: str) -> ResponseReturnValue:
    """Offer a sheet for each part of the course, and take a filled one back."""
    here, facts = _translators_room(draft_id, spoken)
    return _page(here, facts, spoken, SheetForm())


def _page(here: Room, facts: CourseFacts, spoken: str, upload: SheetForm) -> str:
    known = queries.standing(reading(), viewer(), here.draft)
    left: dict[str, int | None] = {}
    for part, names in parts_of(facts).items():
        counts = [known.counts(spoken, name) for name in names if known.has(name)]
        left[part] = sum(each["words_left"] for each in counts if each) if all(counts) else None
    return render_template(
        "translation_sheets/show.html",
        room=here,
        spoken=spoken,
        left=left,
        about=ABOUT,
        upload=upload,
        names=LANGUAGE_NAMES,
        beside=_beside(),
        largest=sent.LARGEST_MB,
        no_room=None if upload.errors or uploads_of.takes_files() else uploads_of.NO_ROOM,
    )


def _beside() -> str:
    asked = request.args.get("beside", "")
    return asked if asked in LANGUAGE_NAMES else ""


@bp.get("/sheet.<any(csv,xlsx):to>")
@permission(WRITE)
def take(draft_id: UUID, spoken: str, to: str) -> ResponseReturnValue:
    """Send a sheet with what is new or stale in one part of the course."""
    here, facts = _translators_room(draft_id, spoken)
    part = request.args.get("part", ABOUT)
    names = parts_of(facts).get(part)
    if names is None:
        raise NotFound
    sheet = _sheet(here, spoken, part, names, to)
    # What spreadsheet programs of each language expect when they open a file by a double click.
    separator = "," if current().code == "en" else ";"
    answer = make_response(xlsx(sheet) if to == "xlsx" else b"".join(csv_lines(sheet, separator)))
    answer.headers["Content-Type"] = XLSX_TYPE if to == "xlsx" else "text/csv; charset=utf-8"
    name = f"{here.draft.slug}-{spoken}-{part}.{to}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _sheet(here: Room, spoken: str, part: str, names: Sequence[str], to: str) -> Sheet:
    pairs = pairs_of(reading(), viewer(), here, spoken, names)
    beside = _beside()
    second: dict[str, Unit] = {}
    if beside and beside not in (spoken, here.draft.source):
        others = pairs_of(reading(), viewer(), here, beside, names)
        second = {unit.id: unit for each in others.values() for unit in each.units}
    languages = {"source": here.draft.source, "second": beside, "translation": spoken}
    what = gettext(
        "Write into the column translation. Leave the other columns as they are. Send the "
        "sheet back as CSV UTF-8."
    )
    if to == "xlsx":
        what = gettext(
            "Write into the column translation. Leave the other columns as they are. Send the "
            "workbook back."
        )
    return Sheet(
        title=part,
        about={
            gettext("Course"): f"{here.draft.course_id} {here.draft.title}",
            gettext("Language"): LANGUAGE_NAMES[spoken],
            gettext("Made"): shown_moment(clock.now()),
            gettext("What to do"): what,
        },
        header=COLUMNS,
        rows=to_rows([unit for each in pairs.values() for unit in each.units], say, second),
        widths=WIDTHS,
        turned=[
            COLUMNS.index(name)
            for name, code in languages.items()
            if code and direction_of(code) == "rtl"
        ],
    )


@bp.post("/sheet")
@permission(WRITE)
def send(draft_id: UUID, spoken: str) -> ResponseReturnValue:
    """Take a filled sheet; the worker reads it."""
    here, facts = _translators_room(draft_id, spoken)
    form = SheetForm(request.form)
    if not form.validate():
        return _page(here, facts, spoken, form), form.status
    session, me, size = reading(), viewer(), form.size()
    try:
        sent.require_room(session, me, READ_SHEET, size, now=clock.now())
    except Refused as refused:
        form.refuse(refused)
        return _page(here, facts, spoken, form), form.status
    file = {"file": form.keep(), "bytes": size, "language": spoken}
    with transaction() as writing:
        job = sent.ask(writing, me, READ_SHEET, draft_id, file, form.key.data, now=clock.now())
        page = url_for(".check", draft_id=draft_id, spoken=spoken, job_id=job.id)
    return redirect(page, 303)


@bp.get("/sheet/<int:job_id>")
@permission(WRITE)
def check(draft_id: UUID, spoken: str, job_id: int) -> ResponseReturnValue:
    """Show what a filled sheet would do; nothing is changed yet."""
    here, facts = _translators_room(draft_id, spoken)
    job = sent.found(reading(), viewer(), READ_SHEET, draft_id, job_id)
    if job.facts["language"] != spoken:
        raise NotFound
    found, problem = Found(), ""
    if job.state != "waiting":
        try:
            found = looked_through(reading(), viewer(), here, facts, spoken, _rows(job))
            if len(found.changes) > MOST_BLOCKS:
                raise Refused(Message(TOO_MANY, {"most": MOST_BLOCKS}))  # noqa: TRY301
        except Refused as refused:
            found, problem = Found(), say(refused.message)
    page = make_response(
        render_template(
            "translation_sheets/check.html",
            room=here,
            spoken=spoken,
            found=found,
            job=job,
            files=list(by_file(found.changes)),
            listed=LISTED,
            names=LANGUAGE_NAMES,
            problem=problem,
            take=[each for each in found.changes if each.name not in found.refused],
        )
    )
    return look_again(page, 2) if job.state == "waiting" else page


def _rows(job: Job) -> list[dict[str, str]]:
    """Return the rows that the worker has read; raises Refused with the reason for none."""
    result = job.result or {}
    if result.get("refused"):
        raise Refused(told(result["refused"]))
    try:
        rows: list[dict[str, str]] = json.loads(uploads.store().get(result["rows"]))
    except (KeyError, FileNotFoundError):
        raise Refused(Message(sent.FILE_GONE)) from None
    return rows


def _kept(
    here: Room, spoken: str, name: str, changes: Sequence[Change]
) -> list[tuple[str, Message]]:
    """Keep the changes of one file; return why it is not taken."""
    place = Place(here.draft.id, spoken, name)
    try:
        with transaction() as session:
            refused = actions.save_blocks(
                session,
                viewer(),
                place,
                blocks_of(changes),
                note=gettext("from a sheet"),
                now=clock.now(),
            )
    except Refused as why:
        return [(name, why.message)]
    return told_of(name, refused)


@bp.post("/sheet/take")
@permission(WRITE)
def keep(draft_id: UUID, spoken: str) -> ResponseReturnValue:
    """Take what was shown: file by file, each as a whole or not at all."""
    here, facts = _translators_room(draft_id, spoken)
    back = url_for("translating.one", draft_id=draft_id, spoken=spoken)
    form = TakeForm(request.form)
    fields = request.form.getlist("change")
    changes = [each for each in map(unpacked, fields) if each is not None]
    known = set(names_of(facts))
    wrong = len(changes) != len(fields) or any(each.name not in known for each in changes)
    if asked_language() is not None or not form.validate() or wrong or not changes:
        flash(gettext("Nothing was taken. Send the sheet once more."), "error")
        return redirect(url_for(".show", draft_id=draft_id, spoken=spoken), 303)
    count, reasons = 0, []
    for name, of_file in by_file(changes):
        refused = _kept(here, spoken, name, of_file)
        reasons += refused
        count += 0 if refused else len(of_file)
    if count:
        flash(ngettext("%(num)s block is taken.", "%(num)s blocks are taken.", count))
    for where, message in reasons[:5]:
        flash(f"{where}: {say(message)}", "error")
    return redirect(back, 303)


@bp.get("/<path:name>/paper")
@permission(WRITE)
def paper(draft_id: UUID, spoken: str, name: str) -> ResponseReturnValue:
    """Show one file in two columns for paper, with lines for who reads and signs it."""
    from lms.content.markdown import rich  # only those who print need it

    here, place = room(draft_id), Place(draft_id, spoken, name)
    found = read_page(reading(), viewer(), here, place, Asked("all", "", "", 1), None)
    if not found.file.number and spoken not in LANGUAGE_NAMES:
        raise NotFound
    return render_template(
        "translation_sheets/paper.html",
        room=here,
        place=place,
        page=found,
        spoken=spoken,
        origin=here.draft.source,
        names=LANGUAGE_NAMES,
        states=STATE_WORDS,
        rich=rich,
        directions=direction_of,
    )
