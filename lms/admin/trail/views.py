"""The log of who did what: searched by the country's office and by inspectors; its chain."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms import installation
from lms.accounts.rules import administers_country
from lms.admin.findings import message_from
from lms.admin.trail import actions, queries
from lms.admin.trail.actions import LAST_LOOK, Order
from lms.admin.trail.rules import Wanted, reads_everything
from lms.admin.trail.telling import Names, told, told_subject
from lms.audit import actions as audit
from lms.audit.words import ACTION_WORDS
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.kernel.ids import new_id
from lms.web.days import read_day
from lms.web.language import IN_LANGUAGE, current, gettext, say
from lms.web.listing import LONGEST_FILTER, ROWS, Asked, Listing
from lms.web.pages import site, viewer
from lms.web.permissions import ADMINISTER, LOOK_AFTER, permission

bp = Blueprint("trail", __name__, url_prefix=f"{IN_LANGUAGE}/administer/audit")

FILTERS = ("text", "action", "subject", "since", "until")
# Databases and drivers do not take every year in every time zone.
OLDEST, LATEST = date(1900, 1, 1), date(9000, 1, 1)
# Somebody who looks for a person, a day or a number that there is not finds nothing.
NOTHING = Wanted(action=" ")


@bp.get("", endpoint="all")
@permission(LOOK_AFTER)
def show_all() -> ResponseReturnValue:
    """List the rows that the address looks for, the newest first."""
    me, session = viewer(), reading()
    queries.require_reader(me)
    asked = Asked.of(FILTERS, ("at",))
    wanted, wrong = _wanted(asked.filters)
    found = queries.entries(session, me, wanted, limit=ROWS, offset=asked.offset)
    words = {code: gettext(said) for code, said in ACTION_WORDS.items()}
    language = current().code
    names = Names(found.places, queries.titles(session, me, found.rows, language), language)
    rows = [(row, told_subject(row, names), told(row, names)) for row in found.rows]
    return render_template(
        "trail/all.html",
        listing=Listing(asked, rows, found.total),
        words=words,
        actions=sorted(words.items(), key=lambda each: each[1].casefold()),
        wrong=wrong,
        most=queries.MOST_ROWS,
        everything=reads_everything(me),
        office=administers_country(me),
        last=None if asked.filters else _last_look(),
        key=str(new_id()),
    )


@bp.post("/export")
@permission(ADMINISTER)
def export() -> ResponseReturnValue:
    """Ask the worker for all rows of the search as CSV."""
    filters = {name: request.form.get(name, "").strip()[:LONGEST_FILTER] for name in FILTERS}
    if "\0" in "".join(filters.values()):
        raise NotFound
    wanted, wrong = _wanted({name: text for name, text in filters.items() if text})
    # Our filters have no name of url_for's own settings, which mypy cannot know.
    back = url_for(".all", **{name: text for name, text in filters.items() if text})  # type: ignore[arg-type]
    if wrong:  # the page says what; a file would be empty
        return redirect(back, 303)
    with transaction() as session:
        job = actions.ask_export(session, viewer(), wanted, _order(back), now=clock.now()).id
    return redirect(url_for("background.job", job_id=job), 303)


@bp.post("/check")
@permission(ADMINISTER)
def check() -> ResponseReturnValue:
    """Ask the worker to look at the whole chain now."""
    with transaction() as session:
        job = actions.ask_look(session, viewer(), _order(url_for(".all")), now=clock.now()).id
    return redirect(url_for("background.job", job_id=job), 303)


def _order(back: str) -> Order:
    key = request.form.get("key", "")[:60]
    if not key or "\0" in key:
        raise NotFound
    return Order(current().code, back, key)


def _wanted(filters: dict[str, str] | Any) -> tuple[Wanted, str]:  # noqa: ANN401 -- any mapping of texts
    """Return what to look for, and a sentence about what cannot be found, else an empty one."""
    me, session, zone = viewer(), reading(), ZoneInfo(site().time_zone)
    today = clock.now().astimezone(zone).date()
    days: dict[str, date] = {}
    for name in ("since", "until"):
        day = read_day(filters[name]) if filters.get(name) else None
        if filters.get(name) and day is None:
            return NOTHING, gettext("Write a day like 2026-12-31 or 31.12.2026.")
        if day is not None:
            days[name] = day
    person, last, typed = None, date.max, filters.get("subject", "")
    subject = typed
    if filters.get("text"):
        try:
            person, last, subject = queries.person(
                session, me, filters["text"], today=today, typed=typed
            )
        except NotFound:
            return NOTHING, gettext("Nobody whom you look after has this service number.")
    elif typed:
        subject = queries.subject(session, me, typed)
    last = min(last, days.get("until", date.max))
    return Wanted(
        person,
        filters.get("action", ""),
        subject,
        _midnight(days.get("since"), zone),
        _midnight(last + timedelta(days=1) if last < date.max else None, zone),
    ), ""


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    """Return the first moment of a day; a bound stays one, however far away it lies."""
    if day is None:
        return None
    return datetime.combine(min(max(day, OLDEST), LATEST), time(), zone).astimezone(UTC)


def _last_look() -> dict[str, Any] | None:
    """Return what the last look at the chain came to: at, good, said."""
    known = installation.setting(reading(), LAST_LOOK)
    if not isinstance(known, dict):
        return None
    said = known["said"]
    if isinstance(said, list):  # as an earlier program has kept it
        said = {"msgid": said[0], "values": said[1]}
    return {
        "at": datetime.fromisoformat(known["at"]),
        "good": known["good"],
        "said": say(message_from(said)),
    }


@bp.before_request
def note_inspection() -> None:
    """Log that an inspector opens the log, before it is shown: no row, no page."""
    me = g.get("viewer")
    if me is not None and me.holds("inspector") and request.endpoint == "trail.all":
        with transaction() as session:
            audit.append(session, me.person_id, "inspector.viewed", "audit", now=clock.now())
