"""Pages of the reports: their list, each of them, and the order for its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.rules import administers_country
from lms.accounts.session import called
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.kernel.ids import new_id
from lms.kernel.messages import Message
from lms.reports import about, actions, charts
from lms.reports.actions import Order
from lms.reports.figures import HIDDEN, LEGEND, SIGN, Kind, Label, Line
from lms.reports.frozen.stored import Already, already
from lms.reports.queries import reads_country
from lms.reports.registry import report_for, reports_for
from lms.reports.report import Answer, Question, Report
from lms.reports.sheet import spelled
from lms.web.language import IN_LANGUAGE, current, direction_of, say, sentence, titled
from lms.web.listing import LONGEST_FILTER
from lms.web.pages import shown_date, site, viewer
from lms.web.permissions import REPORT, permission

LINES = 50  # of each table on a page; a file has all of them

bp = Blueprint("reports", __name__, url_prefix=f"{IN_LANGUAGE}/reports")


@bp.get("")
@permission(REPORT)
def home() -> ResponseReturnValue:
    """List the reports, each with what it answers."""
    return render_template(
        "reports/home.html", reports=reports_for(viewer()), country=reads_country(viewer())
    )


@bp.get("/<report_name>")
@permission(REPORT)
def one(report_name: str) -> ResponseReturnValue:
    """Show a report for the filters of the address."""
    wanted = report_for(viewer(), report_name)
    asked = _question(wanted)
    answer = wanted.answer(asked)
    rtl, pages = current().dir == "rtl", _pages(answer)
    page = min(_page_number(), pages)
    return render_template(
        "reports/report.html",
        report=wanted,
        answer=answer,
        said=about.lines(asked, wanted, answer, shown_date),
        shown=_lines_of(page, answer),
        pages=pages,
        page=page,
        charts={table.name: charts.series(table, rtl=rtl) for table in answer.tables},
        spoken=_spoken,
        spelled=spelled,
        sentence=sentence,
        direction_of=direction_of,
        LINES=LINES,
        frozen=_frozen(wanted, answer),
        may_freeze=wanted.freezes and administers_country(viewer()) and site().issues,
        HIDDEN=HIDDEN,
        SIGN=SIGN,
        LEGEND=LEGEND,
        Kind=Kind,
        key=str(new_id()),
    )


@bp.post("/<report_name>/export")
@permission(REPORT)
def export(report_name: str) -> ResponseReturnValue:
    """Ask the worker for the file of one of its tables, with the filters of the page."""
    wanted = report_for(viewer(), report_name)
    asked = _question(wanted)
    order = Order(
        wanted.name,
        request.form.get("table", "")[:LONGEST_FILTER],
        asked.filters,
        request.form.get("form", ""),
        current().code,
        _address(wanted, asked.filters),
        request.form.get("key", "")[:60],
        wanted.title,
    )
    if not order.key or "\0" in order.key or (order.form == "pdf" and not wanted.paper):
        raise NotFound
    with transaction() as session:
        job = actions.ask_export(session, viewer(), order, now=clock.now()).id
    return redirect(url_for("background.job", job_id=job), 303)


def _frozen(wanted: Report, answer: Answer) -> Already | None:
    """Return what is frozen already of what the page shows, None where nothing is."""
    if not wanted.freezes:
        return None
    return already(reading(), viewer(), answer, current().code)


def _page_number() -> int:
    said = request.args.get("page", "1")
    return max(1, int(said)) if said.isdecimal() and len(said) < 6 else 1


def _lines_of(page: int, answer: Answer) -> dict[str, Sequence[Line]]:
    """Return the lines of each table that stand on a page of the report."""
    start = (page - 1) * LINES
    return {table.name: table.lines[start : start + LINES] for table in answer.tables}


def _pages(answer: Answer) -> int:
    return max(1, -(-max((len(table.lines) for table in answer.tables), default=0) // LINES))


def _address(wanted: Report, filters: Mapping[str, str]) -> str:
    values: dict[str, Any] = dict(filters)
    return url_for(".one", report_name=wanted.name, **values)


def _question(wanted: Report) -> Question:
    """Return what the address (or the form that it made) asks of a report."""
    said = request.args if request.method == "GET" else request.form
    typed = {name: said.get(name, "").strip()[:LONGEST_FILTER] for name in wanted.filters}
    filters = {name: text for name, text in typed.items() if text}
    zone = ZoneInfo(site().time_zone)
    today = clock.now().astimezone(zone).date()
    return Question(reading(), viewer(), current().code, today, filters, zone, called())


def _spoken(label: Label) -> str:
    """Return a label for a template, marked where it is in another language than the page."""
    return say(label.words) if isinstance(label.words, Message) else titled(label.words, label.lang)
