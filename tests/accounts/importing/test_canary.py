"""Text that would be markup, a template or a format in a spreadsheet: every page escapes it."""

from __future__ import annotations

import csv
import io

from lms.accounts.importing.title_rules import titles_of
from tests.accounts.importing.conftest import URL, At
from tests.people import Cast
from tests.web.test_canary import CANARY, MARK, Marks


def as_csv(*rows: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows(rows)
    return written.getvalue()


def test_nothing_in_a_spreadsheet_comes_alive_on_any_page(
    desk: At, halima: Cast, amina: Cast
) -> None:
    here = desk(halima)
    data = as_csv(
        ["number", "name", "place", f"email {CANARY}", f"x {CANARY}", "rank", "function"],
        [CANARY[:50], CANARY, CANARY, CANARY, CANARY, CANARY, CANARY],
        ["N-9001", "Zoé Bah", "N-01", CANARY, CANARY, CANARY[:40], CANARY],
        ["N-9002", "Ana Bah", "N-01", "", "", "", ""],
    )
    page = here.send(data, f"<img src=x onerror={MARK}()>{{{{7*7}}}}%(x)s.csv").location
    here.work()
    pages = [here.browser.get(f"{page}/columns"), here.browser.get(URL)]
    here.choose(page)
    pages.append(here.browser.get(page))
    here.work()
    pages += [here.browser.get(page), here.browser.get(f"{page}/titles")]
    [title] = titles_of(here.at(page).reading["titles"])
    here.browser.post(f"{page}/titles", {title.name: "P1"})
    here.work()
    pages += [here.browser.get(f"{page}/titles"), here.browser.get(f"{page}/confirm")]
    here.confirm(page)
    here.work()
    pages += [here.browser.get(page), here.browser.get(f"{page}/undo")]
    pages.append(here.browser.get(page.replace("/en/", "/ar/")))
    shown = 0
    for reply in pages:
        assert reply.status_code == 200
        found = Marks(reply.text)
        assert found.alive == []
        shown += found.shown
    assert shown > 10
    report = here.browser.post(f"{page}/report").data.decode("utf-8-sig")
    assert MARK in report


def test_names_of_places_come_alive_nowhere(desk: At, halima: Cast) -> None:
    here = desk(halima)
    data = as_csv(["code", "parent", "name"], [CANARY, "N", CANARY], ["N-02", "N", CANARY[:60]])
    page = here.send(data, kind="places").location
    here.work()
    here.choose(page)
    here.work()
    found = Marks(here.browser.get(page).text)
    assert (found.alive, found.shown > 1) == ([], True)
