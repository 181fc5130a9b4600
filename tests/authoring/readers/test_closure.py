"""POST /<language>/write/<draft>/reports/<report>/closure"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Flask

from lms.authoring.drafts.models import Draft
from tests.authoring.readers.reports import report, stored
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]


def url(draft: Draft, report_id: UUID) -> str:
    return f"/en/write/{draft.id}/reports/{report_id}/closure"


def test_it_closes_one(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    closed, other = report(app), report(app)
    reply = browser(writers.nadia).post(url(draft, closed))

    assert (reply.status_code, reply.location) == (303, f"/en/write/{draft.id}/reports")
    assert stored(app, closed).closed_by == writers.nadia.id
    assert stored(app, other).closed_at is None


def test_whoever_comes_second_changes_nothing(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    closed = report(app)
    for person in (writers.tarek, writers.aruzhan, writers.tarek):
        assert browser(person).post(url(draft, closed)).status_code == 303

    assert stored(app, closed).closed_by == writers.tarek.id


def test_who_does_not_write_closes_nothing(
    browser: Open, draft: Draft, writers: Writers, amina: Cast, app: Flask
) -> None:
    opened = report(app)
    for person in (writers.rosa, writers.peter, writers.halima, writers.sara, amina):
        assert browser(person).post(url(draft, opened)).status_code == 404
    assert browser(None).post(url(draft, opened)).status_code in {401, 403}
    assert stored(app, opened).closed_at is None


def test_there_is_no_such_report_in_this_course(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    other = report(app, course_id="C99")
    for report_id in (other, UUID(int=1)):
        assert browser(writers.aruzhan).post(url(draft, report_id)).status_code == 404
    assert stored(app, other).closed_at is None


def test_no_other_method(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    assert browser(writers.aruzhan).get(url(draft, report(app))).status_code == 405
