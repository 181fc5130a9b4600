"""The worker reads a file of questions and says what it would do to a bank; it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import queries as accounts
from lms.authoring import uploads
from lms.authoring.bank.glance import glances, outcomes_in, parts_of
from lms.authoring.bank.rules import bank_path
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.models import Draft
from lms.authoring.drafts.rules import rights
from lms.authoring.question_files.rules import Plan, Wanted, blocks_of, plan
from lms.authoring.questions.bank import Facts
from lms.authoring.questions.reading import Reading, read
from lms.authoring.questions.sheet_columns import SheetMapping
from lms.authoring.review.sentences import kept
from lms.authoring.rules import READ_QUESTIONS
from lms.authoring.sent import FILE_GONE
from lms.content.labels import LABELS
from lms.content.model import CourseFacts
from lms.content.one_file import facts_of
from lms.jobs.steps import SlowStep, Steps, keep
from lms.kernel.errors import NotFound
from lms.kernel.json_value import Json
from lms.kernel.messages import Message
from lms.kernel.viewer import Viewer
from lms.web.language import sentence

LISTED = 200  # lines of the report that are kept for the page
LONGEST_SHOWN = 60  # characters of a cell


def prepare(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Return what was understood, what of it a bank would take, and where those items lie."""
    del cursor
    today = installation.day_of(session, now)
    viewer = accounts.acting(session, UUID(facts["by"]), "en", today=today)
    try:
        data = uploads.store().get(facts["file"])
        found, course = _course(session, viewer, UUID(facts["draft"]))
    except FileNotFoundError:
        return {"refused": kept(Message(FILE_GONE))}
    except NotFound as refused:
        return {"refused": kept(refused.message)}
    said = _read(data, facts)
    wanted, seen, planned = _planned(session, viewer, found, course, facts, said)
    return {
        **_as_read(said),
        "module": wanted.module,
        "seen": seen,
        "lesson": wanted.facts.lesson,
        "section": wanted.facts.section,
        "outcome": wanted.facts.outcome,
        "new": len(planned.new),
        "changed": [each.id for each in planned.changed],
        "skipped": len(planned.skipped),
        "left_out": planned.refused,
        "notes": [
            [note.severity, note.line, note.question[:LONGEST_SHOWN], kept(note.message)]
            for note in planned.notes[:LISTED]
        ],
        "notes_in_all": len(planned.notes),
        "rows": uploads.store().put(blocks_of(planned).packed()) if planned.writes else None,
    }


def _course(session: Session, viewer: Viewer, draft_id: UUID) -> tuple[Draft, CourseFacts]:
    found, toml = drafts.draft_with_structure(session, viewer, draft_id)
    course, _ = facts_of(toml)
    if course is None or not rights(viewer, found.course_id).writes_source:
        raise NotFound
    return found, course


def _read(data: bytes, facts: Mapping[str, Any]) -> Reading:
    asked = facts["asked"]
    mapping = SheetMapping(
        asked.get("fields", {}),
        asked.get("header_row", 1),
        asked.get("sheet", ""),
        asked.get("separator", ""),
    )
    return read(
        data, facts["name"], asked.get("format") or None, asked.get("encoding") or None, mapping
    )


def _as_read(said: Reading) -> dict[str, Any]:
    """Return how a file was read, with the first rows of a sheet."""
    width = max(map(len, said.rows), default=0)
    rows = [
        [cell[:LONGEST_SHOWN] for cell in (*row, *[""] * (width - len(row)))] for row in said.rows
    ]
    at = said.mapping.header_row if said.mapping else 0
    return {
        "format": said.format,
        "encoding": said.encoding,
        "sure": said.sure,
        "previews": dict(said.previews),
        "sheets": list(said.sheets),
        "sheet": (said.mapping.sheet if said.mapping else "") or next(iter(said.sheets), ""),
        "fields": dict(said.mapping.fields) if said.mapping else {},
        "header_row": at,
        "header": rows[at - 1] if 0 < at <= len(rows) else [""] * width,
        "rows_shown": rows,
        "questions": len(said.questions),
    }


def _planned(
    session: Session,
    viewer: Viewer,
    found: Draft,
    course: CourseFacts,
    facts: Mapping[str, Any],
    said: Reading,
) -> tuple[Wanted, int, Plan]:
    """Return what is wanted, settled as far as the lesson has it, the bank's version, the plan."""
    own = next(
        (
            module
            for module in course.modules
            if facts["lesson"] in {each.code for each in module.lessons}
        ),
        None,
    )
    module = own or course.modules[0]
    lesson = facts["lesson"] if own else module.lessons[0].code
    path = bank_path(found.source, module.code)
    lessons = {f"{found.source}/{each.code}.md": each.code for each in module.lessons}
    files = drafts.read(session, viewer, found, [path, *lessons])
    known = {}
    section, outcome = facts.get("section", ""), facts.get("outcome", "")
    for name, code in lessons.items():
        parts, outcomes = parts_of(name, files[name].data), outcomes_in(files[name].text)
        known[code] = (frozenset(each.id for each in parts), frozenset(outcomes))
        if code == lesson:
            sections = [each.id for each in parts if each.name == "section"]
            if section not in known[code][0]:
                section = next(iter(sections), "")
            if outcome not in outcomes:
                outcome = next(iter(outcomes), "a")
    words = {name: sentence(LABELS[name], found.source) for name in ("true", "false")}
    defaults = Facts(lesson, section, outcome, "2", **words)
    items = [each.question() for each in glances(module.code, files[path].text)]
    wanted = Wanted(module.code, defaults, known, facts.get("why", ""), facts["known"])
    bank = [each for each in items if each]
    return wanted, files[path].number, plan(said.questions, said.notes, bank, wanted)


STEPS: Steps = {READ_QUESTIONS: SlowStep(prepare, keep)}
