"""Translating outside: a sheet of what is new or stale, read back with checks; a printed sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import CombinedMultiDict

from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.access import Room, room
from lms.authoring.translating import actions, queries
from lms.authoring.translating.actions import Sent
from lms.authoring.translating.opened import Place
from lms.authoring.translating.page import Asked, read_page
from lms.authoring.translating.pairs import Pair, pair
from lms.authoring.translating.rules import names_of
from lms.authoring.translating.words import STATE_WORDS
from lms.authoring.translation_sheets.forms import SheetForm, TakeForm
from lms.authoring.translation_sheets.rules import (
    ABOUT,
    MOST_BLOCKS,
    Change,
    by_file,
    is_outdated,
    names_in,
    parts_of,
    rows_in,
    unpacked,
)
from lms.content.model import CourseFacts
from lms.content.translation.rows import COLUMNS, from_rows, to_rows
from lms.content.translation.units import Unit
from lms.db import reading, transaction
from lms.installation import LANGUAGE_NAMES
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.sheets.writer import Sheet, csv_lines
from lms.web.language import (
    IN_LANGUAGE,
    asked_language,
    current,
    direction_of,
    gettext,
    ngettext,
    say,
)
from lms.web.pages import shown_moment, viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint(
    "translation_sheets", __name__,
    url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/translate/<spoken>",
)  # fmt: skip

LISTED = 100  # reasons that a page shows
OUTDATED = msg("Somebody has translated this block since the sheet was made. Take a new sheet.")
TOO_MANY = msg(
    "This sheet changes more than %(most)s blocks. Cut it into several files and send one after "
    "the other."
)


@dataclass(slots=True)
class Found:
    """What a filled sheet would do: blocks to take, and why others are not taken."""

    changes: list[Change] = field(default_factory=list)
    reasons: list[tuple[str, Message]] = field(default_factory=list)
    # Files of which nothing is taken, since one of their blocks is refused.
    refused: set[str] = field(default_factory=set)


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


def _page(here: Room, facts: CourseFacts, spoken: str, sheet: SheetForm) -> str:
    known = queries.standing(reading(), viewer(), here.draft)
    left: dict[str, int | None] = {}
    for part, names in parts_of(facts).items():
        counts = [known.counts(spoken, name) for name in names if known.has(name)]
        left[part] = sum(each["words_left"] for each in counts if each) if all(counts) else None
    return render_template(
        "translation_sheets/show.html", room=here, spoken=spoken, left=left, about=ABOUT,
        sheet=sheet, names=LANGUAGE_NAMES, beside=_beside(),
    )  # fmt: skip


def _beside() -> str:
    asked = request.args.get("beside", "")
    return asked if asked in LANGUAGE_NAMES else ""


@bp.get("/sheet.csv")
@permission(WRITE)
def take(draft_id: UUID, spoken: str) -> ResponseReturnValue:
    """Send a sheet with what is new or stale in one part of the course."""
    here, facts = _translators_room(draft_id, spoken)
    part = request.args.get("part", ABOUT)
    names = parts_of(facts).get(part)
    if names is None:
        raise NotFound
    pairs = _pairs(here, spoken, names)
    beside = _beside()
    second: dict[str, Unit] = {}
    if beside and beside not in (spoken, here.draft.source):
        second = {unit.id: unit for each in _pairs(here, beside, names).values()
                  for unit in each.units}  # fmt: skip
    sheet = Sheet(
        title=part,
        about={
            gettext("Course"): f"{here.draft.course_id} {here.draft.title}",
            gettext("Language"): LANGUAGE_NAMES[spoken],
            gettext("Made"): shown_moment(clock.now()),
            gettext("What to do"): gettext(
                "Write into the column translation. Leave the other columns as they are. Send the "
                "sheet back as CSV UTF-8."
            ),
        },
        header=COLUMNS,
        rows=to_rows(
            [unit for each in pairs.values() for unit in each.units], say, second
        ),
    )  # fmt: skip
    # What spreadsheet programs of each language expect when they open a file by a double click.
    separator = "," if current().code == "en" else ";"
    answer = make_response(b"".join(csv_lines(sheet, separator)))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"{here.draft.slug}-{spoken}-{part}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _pairs(here: Room, spoken: str, names: Sequence[str]) -> dict[str, Pair]:
    source = here.draft.source
    paths = {f"{code}/{name}.md" for code in (source, spoken) for name in names}
    files = drafts.read(reading(), viewer(), here.draft, paths)
    found = {}
    for name in names:
        path, origin = f"{spoken}/{name}.md", f"{source}/{name}.md"
        each = pair(path, files[origin].data, files[path].data, origin)
        if each is not None and not each.broken:
            found[name] = each
    return found


@bp.post("/sheet")
@permission(WRITE)
def check(draft_id: UUID, spoken: str) -> ResponseReturnValue:
    """Show what a filled sheet would do; nothing is changed yet."""
    here, facts = _translators_room(draft_id, spoken)
    form = SheetForm(CombinedMultiDict([request.files, request.form]))
    if not form.validate():
        return _page(here, facts, spoken, form), form.status
    try:
        rows = rows_in(form.file.data.read())
        found = _looked_through(here, facts, spoken, rows)
        if len(found.changes) > MOST_BLOCKS:
            raise Refused(Message(TOO_MANY, {"most": MOST_BLOCKS}))  # noqa: TRY301
    except Refused as refused:
        form.form_errors.append(say(refused.message))
        return _page(here, facts, spoken, form), 422
    return render_template(
        "translation_sheets/check.html", room=here, spoken=spoken, found=found,
        files=list(by_file(found.changes)), listed=LISTED, names=LANGUAGE_NAMES,
        take=[each for each in found.changes if each.name not in found.refused],
    )  # fmt: skip


def _looked_through(
    here: Room, facts: CourseFacts, spoken: str, rows: Sequence[dict[str, str]]
) -> Found:
    names = names_in(rows, names_of(facts))
    units = [unit for each in _pairs(here, spoken, names).values() for unit in each.units]
    taken = from_rows(rows, units)
    known = {unit.id: unit for unit in units}
    found = Found(reasons=[(gettext("row %(number)s", number=each.row), each.message)
                           for each in taken.reasons])  # fmt: skip
    for key, texts in taken.texts.items():
        unit = known[key]
        if is_outdated(rows, unit):
            found.reasons.append((key, Message(OUTDATED)))
        else:
            found.changes.append(Change(key, unit.digest, unit.said, texts))
    for name, changes in by_file(found.changes):
        refused = _kept(here, spoken, name, changes, really=False)
        if refused:
            found.refused.add(name)
            found.reasons += refused
    return found


def _kept(
    here: Room, spoken: str, name: str, changes: Sequence[Change], *, really: bool
) -> list[tuple[str, Message]]:
    """Keep the changes of one file, or only look; return why it is not taken."""
    place = Place(here.draft.id, spoken, name)
    sent = [Sent(each.key, each.texts, each.seen, each.source) for each in changes]
    try:
        if really:
            with transaction() as session:
                refused = actions.save_blocks(
                    session, viewer(), place, sent, note=gettext("from a sheet"), now=clock.now()
                )
        else:
            refused = actions.save_blocks(
                reading(), viewer(), place, sent, note="", now=None
            )  # fmt: skip
    except Refused as why:
        return [(name, why.message)]
    return [
        (f"{name}#{key}", reason.message) for key, reasons in refused.items() for reason in reasons
    ]


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
        refused = _kept(here, spoken, name, of_file, really=True)
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
        "translation_sheets/paper.html", room=here, place=place, page=found, spoken=spoken,
        origin=here.draft.source, names=LANGUAGE_NAMES, states=STATE_WORDS, rich=rich,
        directions=direction_of,
    )  # fmt: skip
