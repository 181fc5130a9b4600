"""Pages of frozen quarters: their list, each of them, freezing one, correcting one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.rules import administers_country
from lms.audit import queries as audit
from lms.certificates.rules import clock_is_right
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import Refused
from lms.kernel.ids import new_id
from lms.kernel.messages import Message, msg
from lms.reports.figures import HIDDEN, LEGEND, SIGN, Kind, Table
from lms.reports.frozen import actions, queries, rules
from lms.reports.frozen.actions import Order
from lms.reports.frozen.forms import CorrectionForm, FreezeForm
from lms.reports.frozen.stored import stored
from lms.reports.report import Question
from lms.reports.sheet import spelled
from lms.reports.steering.figures import body_of
from lms.reports.steering.rules import Body
from lms.reports.steering.tables import changes, programme_label, quarter_of, tables
from lms.tables import AnyRow
from lms.web.files import send
from lms.web.language import IN_LANGUAGE, current
from lms.web.listing import LONGEST_FILTER
from lms.web.pages import site, viewer
from lms.web.permissions import ADMINISTER, REPORT, permission

bp = Blueprint("frozen", __name__, url_prefix=f"{IN_LANGUAGE}/reports/frozen")

JSON_TYPE, PDF_TYPE = "application/json", "application/pdf"
SAME = Message(msg("The figures are those that are frozen already: there is nothing to correct."))


@bp.get("")
@permission(REPORT)
def quarters() -> ResponseReturnValue:
    """List what is frozen."""
    rows = queries.frozen(reading(), viewer())
    return render_template(
        "frozen/all.html",
        rows=rows,
        quarter_of=quarter_of,
        may_freeze=administers_country(viewer()) and site().issues,
    )


@bp.get("/<uuid:frozen_id>")
@permission(REPORT)
def one(frozen_id: UUID) -> ResponseReturnValue:
    """Show the figures of the file, never those of today."""
    row = queries.one(reading(), viewer(), frozen_id)
    found = stored(row.file)
    return render_template(
        "frozen/one.html",
        row=row,
        frozen=found,
        about=_called(found.body),
        quarter=quarter_of(found.body.quarter),
        tables=tables(found.body, current().code),
        may_freeze=administers_country(viewer()),
        **_words(),
    )


@bp.get("/<uuid:frozen_id>/file")
@permission(REPORT)
def file(frozen_id: UUID) -> ResponseReturnValue:
    """Send the signed file."""
    row = queries.one(reading(), viewer(), frozen_id)
    return send(row.file, JSON_TYPE, name=f"{_name(row)}.json")


@bp.get("/<uuid:frozen_id>/paper")
@permission(REPORT)
def paper(frozen_id: UUID) -> ResponseReturnValue:
    """Send the PDF."""
    row = queries.one(reading(), viewer(), frozen_id)
    return send(row.pdf, PDF_TYPE, name=f"{_name(row)}.pdf")


@dataclass(slots=True)
class Wanted:
    """What is to be frozen: the figures of today, and the frozen ones that they correct."""

    programme: str
    quarter: str
    body: Body
    before: AnyRow | None = None


@bp.route("/new", methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def freeze() -> ResponseReturnValue:
    """Say what will be fixed for good, and let the worker fix it."""
    actions.require_office(viewer())
    programme, quarter = (
        request.args.get(name, "").strip()[:LONGEST_FILTER] for name in ("programme", "quarter")
    )
    return _ask(Wanted(programme, quarter, _today(programme, quarter)), FreezeForm)


@bp.route("/<uuid:frozen_id>/correction", methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def correct(frozen_id: UUID) -> ResponseReturnValue:
    """Freeze the figures of today in the place of frozen ones, with the reason."""
    actions.require_office(viewer())
    row = queries.one(reading(), viewer(), frozen_id)
    wanted = Wanted(row.programme, row.quarter, _today(row.programme, row.quarter), row)
    return _ask(wanted, CorrectionForm)


def _ask(wanted: Wanted, form_of: type[FreezeForm]) -> ResponseReturnValue:
    """Show what will be fixed, or why nothing can be; take the order."""
    form = form_of(
        request.form,
        languages=site().languages,
        first=current().code,
        key=str(new_id()),
        second=request.args.get("second", "")[:LONGEST_FILTER],
        seen=rules.digest_of(wanted.body),
    )
    status, refusal = 200, None
    try:
        if request.method == "GET":
            _require_possible(wanted)
        elif form.validate():
            with transaction() as session:
                job = actions.ask(
                    session,
                    viewer(),
                    _order(wanted, form),
                    site(),
                    clock_is_right=clock_is_right(clock.now(), audit.newest_at(session)),
                    now=clock.now(),
                ).id
            return redirect(url_for("background.job", job_id=job), 303)
        else:
            status = form.status
    except Refused as refused:
        refusal = refused.message
        status = 200 if request.method == "GET" else refused.status
    return render_template(
        # Without the form on the page, its language is changed by links.
        "frozen/freeze.html",
        wanted=wanted,
        form=None if refusal else form,
        refusal=refusal,
        about=_called(wanted.body),
        quarter=quarter_of(wanted.quarter),
        table=tables(wanted.body, current().code)[0],
        changed=_changed(wanted, refusal),
        frozen=_frozen_already(wanted) if refusal else None,
        **_words(),
    ), status


def _changed(wanted: Wanted, refusal: Message | None) -> Table | None:
    """Return what a correction changes; None where there is none to be made."""
    if wanted.before is None or refusal:
        return None
    return changes(stored(wanted.before.file).body, wanted.body, current().code)


def _frozen_already(wanted: Wanted) -> UUID | None:
    """Return the frozen quarter to which a refusal leads, None where there is none."""
    if wanted.before is not None:
        found: UUID = wanted.before.later_id or wanted.before.id
        return found
    newest = queries.newest(reading(), viewer(), wanted.programme, wanted.quarter)
    return None if newest is None else newest.id


def _require_possible(wanted: Wanted) -> None:
    """Refuse what could not be frozen; raises Refused."""
    actions.require_open(reading(), viewer(), _order(wanted))
    if wanted.before is not None and stored(wanted.before.file).body == wanted.body:
        raise Refused(SAME)


def _order(wanted: Wanted, form: FreezeForm | None = None) -> Order:
    typed = form or FreezeForm(languages=())
    return Order(
        wanted.programme,
        wanted.quarter,
        None if wanted.before is None else wanted.before.id,
        typed.reason.data or "" if isinstance(typed, CorrectionForm) else "",
        typed.seen.data or "",
        typed.languages,
        current().code,
        url_for(".quarters"),
        typed.key.data or "",
    )


def _today(programme: str, quarter: str) -> Body:
    zone = ZoneInfo(site().time_zone)
    filters = {"programme": programme, "quarter": quarter}
    day = clock.now().astimezone(zone).date()
    return body_of(Question(reading(), viewer(), current().code, day, filters, zone))


def _called(body: Body) -> str:
    """Return what a sheet is about, in the language of the page."""
    return spelled(programme_label(body, current().code), current().code)


def _name(row: AnyRow) -> str:
    """Return the name of a file: quarter, programme, number."""
    return "-".join(each for each in (row.quarter, row.programme, str(row.number)) if each)


def _words() -> dict[str, Any]:
    """Return what the macros of tables need."""
    return {
        "spoken": lambda label: spelled(label, current().code),
        "report": None,
        "HIDDEN": HIDDEN,
        "SIGN": SIGN,
        "LEGEND": LEGEND,
        "Kind": Kind,
    }
