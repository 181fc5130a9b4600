"""The sheet for a steering committee: a programme, or the whole country, in one quarter."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from lms import installation
from lms.installation import LANGUAGE_NAMES
from lms.kernel.errors import NotFound
from lms.kernel.messages import Message, msg
from lms.kernel.named import name_in
from lms.reports.figures import Label
from lms.reports.quarters import SHOWN, latest
from lms.reports.queries import places, reads_country
from lms.reports.report import Answer, Filter, Question, Report, Second
from lms.reports.steering import counting, queries
from lms.reports.steering.rules import Body, Period
from lms.reports.steering.tables import (
    TITLE,
    WHOLE_COUNTRY,
    quarter_of,
    tables,
)
from lms.reports.trail import chosen_of
from lms.tables import AnyRow


def answer(asked: Question) -> Answer:
    """Return the sheet.

    raises NotFound for who does not read figures of the whole country, and as ``chosen_of`` does.
    """
    if not reads_country(asked.viewer):
        raise NotFound
    if asked.get("second") == asked.language:  # the page was turned into its second language
        asked = replace(asked, filters={**asked.filters, "second": ""})
    known = queries.programmes(asked.session, asked.viewer)
    filters = [_programmes(known, asked.language), _quarters(asked), _languages(asked)]
    asked = replace(asked, filters=chosen_of(asked, filters))
    body = _count(asked, known)
    other = asked.get("second")
    second = Second(other, Message(TITLE), tables(body, other)) if other else None
    return Answer(filters, asked.filters, tables(body, asked.language), second=second)


def body_of(asked: Question) -> Body:
    """Return the figures of a programme, or the whole country, in a finished quarter.

    raises NotFound for a programme that there is not, for another quarter, and for who does not
    read figures of the whole country.
    """
    known = queries.programmes(asked.session, asked.viewer)
    named = asked.get("programme")
    try:
        quarter = quarter_of(asked.get("quarter"))
    except ValueError:
        raise NotFound from None
    is_known = not named or any(row.code == named for row in known)
    if not (reads_country(asked.viewer) and is_known and quarter.last < asked.today):
        raise NotFound
    return _count(asked, known)


def _count(asked: Question, known: list[AnyRow]) -> Body:
    units = places(asked.session, asked.viewer)
    programme = next((row for row in known if row.code == asked.get("programme")), None)
    programme_id: UUID | None = None if programme is None else programme.id
    quarter = quarter_of(asked.get("quarter"))
    period = Period.of(quarter, asked.zone)
    rows = queries.people(asked.session, asked.viewer, period, programme_id)
    found = list(counting.groups(rows))
    made = counting.figures(found, units, programme=programme is not None)
    return Body(
        "" if programme is None else programme.code,
        {} if programme is None else dict(programme.titles),
        quarter.code,
        quarter.first,
        quarter.last,
        made.total,
        made.groups,
    )


def _programmes(known: list[AnyRow], language: str) -> Filter:
    choices = [
        (row.code, Label(name_in(row.titles, language, row.code), row.code)) for row in known
    ]
    return Filter("programme", msg("Programme"), choices, WHOLE_COUNTRY)


def _quarters(asked: Question) -> Filter:
    """Return the filter over finished quarters, the newest first.

    The one that runs is not among them: its sheets of two days could be subtracted.
    """
    finished = latest(asked.today, SHOWN + 1)[-2::-1]
    choices = [(each.code, Label(each.words, each.code)) for each in finished]
    return Filter("quarter", msg("Quarter"), choices, None)


def _languages(asked: Question) -> Filter:
    choices = [
        (code, Label(name, code, code))
        for code, name in LANGUAGE_NAMES.items()
        if code != asked.language
    ]
    return Filter("second", msg("Second language"), choices, msg("one language alone"))


def sheet(asked: Question, found: Answer) -> bytes:
    """Return the PDF: all tables on one page, in one or two languages. For the worker."""
    # What sets type costs memory that a process which shows pages never needs.
    from lms.reports.steering.paper import Sheet, render

    body = body_of(replace(asked, filters=found.chosen))
    languages = [asked.language, *([found.second.language] if found.second else [])]
    return render(Sheet(body, languages, asked.today), installation.read(asked.session))


REPORT = Report(
    "steering",
    TITLE,
    msg("A programme, or the whole country, in one quarter: one page, in one language or two."),
    ("programme", "quarter", "second"),
    answer,
    paper=True,
    sheet=sheet,
    country=True,
    freezes=True,
)
