"""/<language>/administer/test-rules: the pass mark of the country"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from lms.accounts.models import SignIn
from lms.accounts.rules import SERVER
from lms.admin.testrules.actions import decide_pass_mark
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.viewer import Role, Viewer
from tests.admin.testrules.conftest import REASON, URL, Open, audited, decided
from tests.course import SmallCourse, publish_small, set_access
from tests.people import Cast

TYPED = {"percent": "85", "reason": REASON}


def cells(page: str) -> list[str]:
    """Return the numbers of the table of courses, in order."""
    return re.findall(r'data-l="[^"]+"><bdi>(\d+) %</bdi>', page)


def test_the_office_decides_and_every_course_shows_what_it_means(
    app: Flask, browser: Open, halima: Cast, small_course: SmallCourse
) -> None:
    here = browser(halima)
    before = here.get(URL).text
    assert 'value="70"' in before
    assert cells(before) == ["80", "80", "90"]

    for _ in range(2):
        reply = here.post(URL, TYPED)
        assert (reply.status_code, reply.location) == (303, URL)

    assert decided(app).pass_percent == 85
    assert audited(app) == [("85", {"before": 70, "after": 85})]
    after = here.get(URL).text
    assert "is passed with less than 85 %" in after
    assert cells(after) == ["80", "85", "90"]
    assert after.count("From 70 to 85 %") == 1
    assert REASON in after
    assert "Halima Nabirye" in after


def test_it_can_be_lowered_to_the_floor_and_every_decision_stays_in_the_list(
    app: Flask, browser: Open, halima: Cast, small_course: SmallCourse
) -> None:
    here = browser(halima)
    here.post(URL, TYPED)
    here.post(URL, {"percent": "٧٠", "reason": "Order 13"})
    assert decided(app).least_percent == 70
    page = here.get(URL).text
    assert cells(page) == ["80", "80", "90"]
    assert page.index("From 85 to 70 %") < page.index("From 70 to 85 %")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"percent": "69"},
            "No test is passed with less than 70 %. Write a number from 70 to 100.",
        ),
        ({"percent": "101"}, "Write a number from 70 to 100."),
        ({"percent": "-5"}, "from 70 to 100"),
        ({"percent": "0"}, "from 70 to 100"),
        ({"percent": ""}, "This is needed."),
        ({"percent": "85.5"}, "Write a whole number."),
        ({"percent": "many"}, "Write a whole number."),
        ({"percent": "9" * 5000}, "Write a whole number."),
        ({"reason": ""}, "This is needed."),
        ({"reason": "  "}, "Write something here."),
        ({"reason": "x" * 501}, "500"),
        ({"reason": "a\u202eb"}, "U+202E"),
    ],
)
def test_each_bad_field_is_refused_with_a_sentence_and_nothing_changes(
    app: Flask, browser: Open, halima: Cast, change: dict[str, str], said: str
) -> None:
    reply = browser(halima).post(URL, {**TYPED, **change})
    assert reply.status_code == 422
    assert said in reply.text
    assert decided(app).pass_percent == 0
    assert audited(app) == []


def test_it_is_for_the_office_of_the_country_alone_and_so_is_its_line_in_the_menu(
    app: Flask, browser: Open, halima: Cast, grace: Cast, bolat: Cast, amina: Cast
) -> None:
    for person in (grace, bolat, amina):
        here = browser(person)
        assert here.get(URL).status_code == 404
        assert here.post(URL, TYPED).status_code == 404
    assert browser(None).get(URL).status_code == 401
    assert decided(app).pass_percent == 0
    home = "/en/administer"
    assert f'href="{URL}"' in browser(halima).get(home).text
    assert f'href="{URL}"' not in browser(grace).get(home).text


def test_the_second_proof_is_asked_for_again(app: Flask, browser: Open, halima: Cast) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(SignIn).values(second_factor_at=clock.now() - timedelta(hours=1)))
    here = browser(halima)
    for reply in (here.get(URL), here.post(URL, TYPED)):
        assert reply.status_code == 303
        assert "next=" in reply.location
    assert decided(app).pass_percent == 0


def test_without_courses_and_decisions_the_page_says_so(browser: Open, halima: Cast) -> None:
    page = browser(halima).get(URL).text
    assert "No course is published here yet." in page
    assert "Decisions so far" not in page


def test_a_restricted_course_shows_its_code_and_a_neutral_title(
    app: Flask, browser: Open, halima: Cast, small_course: SmallCourse
) -> None:
    set_access(app, "hygiene", "restricted")
    page = browser(halima).get(URL).text
    assert "Professional training course" in page
    assert "Hygiene on shift" not in page


def test_a_decision_of_the_server_or_of_somebody_forgotten_stays(
    app: Flask, browser: Open, halima: Cast
) -> None:
    with app.app_context(), transaction() as session:
        decide_pass_mark(session, SERVER, 85, REASON, now=clock.now())
        gone = Viewer(UUID(int=1), "en", roles=(Role("administrator", "/1/"),))
        decide_pass_mark(session, gone, 90, REASON, now=clock.now())
    page = browser(halima).get(URL).text
    assert page.count("the server itself, or a name that is no longer kept") == 2


# ---- What it does to tests ----------------------------------------------------------------------


@pytest.fixture
def read(amina: Cast, small_course: SmallCourse) -> SmallCourse:
    small_course.begin(amina)
    small_course.read(amina)
    return small_course


def test_a_test_that_begins_now_asks_for_it(
    browser: Open, halima: Cast, amina: Cast, read: SmallCourse
) -> None:
    browser(halima).post(URL, TYPED)
    here = browser(amina)
    assert "reach at least 85 %" in here.get(f"{read.url}/tests/post").text
    assert "at least 85 %" in here.get(read.url).text


def sent(page: str) -> dict[str, Any]:
    found = re.search(r'name="told" value="(\d+)"', page)
    assert found is not None
    return {"told": found[1]}


def test_who_read_another_mark_than_the_present_one_has_not_begun(
    browser: Open, halima: Cast, amina: Cast, read: SmallCourse
) -> None:
    here, address = browser(amina), f"{read.url}/tests/post"
    told = sent(here.get(address).text)
    browser(halima).post(URL, TYPED)
    refused = here.post(address, told)
    assert refused.status_code == 409
    assert "was changed to 85 % after you opened its page" in refused.text
    assert "Test open" not in here.get("/en/home").text

    assert here.post(address, sent(here.get(address).text)).status_code == 303
    # The running test is gone on with, whatever the page told.
    assert here.post(address, told).status_code == 303


def test_a_test_that_runs_keeps_the_mark_of_its_start_on_every_page(
    browser: Open, halima: Cast, amina: Cast, read: SmallCourse
) -> None:
    attempt = read.start(amina)
    browser(halima).post(URL, {**TYPED, "percent": "100"})
    here = browser(amina)
    for path in (read.url, f"{read.url}/tests/post"):
        page = here.get(path).text
        assert "at least 80 %" in page
        assert "100 %" not in page
    read.answer(amina, attempt, right=False)
    here.post(f"/en/tests/{attempt}/hand-in")
    assert "At least 80 % is needed." in here.get(f"/en/tests/{attempt}/result").text
    # The next one is another test.
    assert "at least 100 %" in here.get(read.url).text


def test_a_lower_mark_does_not_reach_a_test_that_runs_either(
    browser: Open, halima: Cast, amina: Cast, read: SmallCourse
) -> None:
    office, here = browser(halima), browser(amina)
    office.post(URL, {**TYPED, "percent": "95"})
    here.post(f"{read.url}/tests/post")
    office.post(URL, {**TYPED, "percent": "70"})
    assert "at least 95 %" in here.get(read.url).text


def test_two_courses_are_two_lines(app: Flask, browser: Open, halima: Cast) -> None:
    publish_small(app)
    publish_small(app, course_id="C91", slug="kitchen")
    browser(halima).post(URL, {**TYPED, "percent": "92"})
    assert cells(browser(halima).get(URL).text) == ["80", "92", "92"] * 2
