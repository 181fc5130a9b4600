"""The worker's side of an export: ask the report once more as who asked, and write its table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import queries as accounts
from lms.jobs.steps import SlowStep, Steps, keep
from lms.kernel.errors import LmsError, NotFound
from lms.kernel.json_value import Json
from lms.kernel.messages import Message
from lms.reports import about, paper
from lms.reports.actions import EXPORT
from lms.reports.figures import Table
from lms.reports.paper import Paper
from lms.reports.registry import report_for
from lms.reports.report import Answer, Question, Report
from lms.reports.rules import FORMS
from lms.reports.sheet import sheet
from lms.sheets.writer import csv_lines, xlsx
from lms.web.files import file_store, require_room
from lms.web.language import day_in, say

# The filters that stand in the name of a file, where they are codes.
NAMING = ("programme", "course", "quarter", "year", "unit")
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")


def prepare(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> dict[str, object]:
    """Write the file, as whoever asked may see it now."""
    del cursor
    zone = ZoneInfo(installation.read(session).time_zone)
    today, language = now.astimezone(zone).date(), facts["language"]
    viewer = accounts.acting(session, UUID(facts["asked_by"]), language, today=today)
    asked = Question(session, viewer, language, today, facts["filters"], zone)
    try:
        require_room()
        made = write(asked, facts["report"], facts["table"], facts["form"])
        name = file_name(asked, facts["report"], facts["table"], facts["form"])
    except LmsError as refused:
        return {"said": str(say(refused.message, language))}
    store = file_store()
    return {"file": store.put(made), "name": name, "type": FORMS[facts["form"]], "bytes": len(made)}


def write(asked: Question, name: str, table: str, form: str) -> bytes:
    """Return the bytes of the file of a report's table.

    form    one of ``rules.FORMS``.
    raises  NotFound for what the viewer may not see.
    """
    wanted = report_for(asked.viewer, name)
    answer = wanted.answer(asked)
    if form == "pdf":
        return _paper(asked, wanted, answer, table)
    said = about.lines(asked, wanted, answer)
    made = sheet(table_of(answer, table), said, asked.language)
    return b"".join(csv_lines(made)) if form == "csv" else xlsx(made)


def file_name(asked: Question, name: str, table: str, form: str) -> str:
    """Return a name that tells a file from that of another place, programme, course or table."""
    wanted = report_for(asked.viewer, name)
    # A paper has all tables, a list of names one; the table of a report may have its name.
    several = form != "pdf" and not wanted.names and table != name
    chosen = [asked.get(each) for each in NAMING if each in wanted.filters]
    parts = [name, table if several else "", *chosen, asked.today.isoformat()]
    return "-".join(each for each in parts if PLAIN.fullmatch(each)) + f".{form}"


def _paper(asked: Question, wanted: Report, answer: Answer, table: str) -> bytes:
    if not wanted.paper:
        raise NotFound
    if wanted.sheet is not None:
        return wanted.sheet(asked, answer)
    site = installation.read(asked.session)
    title, *rest = about.facts(asked, wanted, answer, lambda day: day_in(asked.language, day, site))
    return paper.render(
        Paper(
            cast("Message", title[1]),
            [asked.language],
            rest,
            [table_of(answer, table)],
            asked.today,
        ),
        site,
    )


def table_of(answer: Answer, name: str) -> Table:
    """Return the table of an answer that is called so; the first for no name.

    raises NotFound for a name of none.
    """
    found = next((each for each in answer.tables if each.name == name or not name), None)
    if found is None:
        raise NotFound
    return found


STEPS: Steps = {EXPORT: SlowStep(prepare, keep)}
