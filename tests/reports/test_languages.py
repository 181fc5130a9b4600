"""/<language>/reports/languages: how far courses are translated, and what people use"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.reports.coverage.figures import (
    COMPLETE,
    IN_PART,
    MISSING,
    NO_TEST,
    REVIEWED,
    _used,
    state,
)
from lms.reports.figures import HIDDEN
from lms.reports.protection import is_small
from tests.course import SmallCourse
from tests.people import Cast
from tests.reports.conftest import Open
from tests.reports.same import Reports

URL = "/en/reports/languages"


@pytest.mark.parametrize(
    ("said_in", "bank", "reviewed", "words"),
    [
        ({}, True, True, REVIEWED),
        ({}, True, False, COMPLETE),
        ({}, False, True, NO_TEST),
        ({"A-1": "en"}, True, True, IN_PART),
        ({"A-1": "en", "A-2": "en", "course": "en"}, True, False, MISSING),
    ],
)
def test_how_far_a_language_is(
    said_in: dict[str, str], bank: bool, reviewed: bool, words: str
) -> None:
    facts: Any = SimpleNamespace(
        said_in=said_in,
        lessons={"A-1": "One", "A-2": "Two"},
        bank_complete=bank,
        reviewed=reviewed,
    )
    assert state(cast("Any", facts)).msgid == words


def test_the_page_says_both(
    app: Flask, browser: Open, dana: Cast, hygiene: SmallCourse, crowd: list[Cast]
) -> None:
    for person in crowd[:7]:
        hygiene.pass_it(person)
    here = Reports(app, browser(dana))
    assert here.shown("languages", "courses")[0][:2] == [
        "Hygiene on shift",
        "Complete, read by a native speaker",
    ]
    people = here.shown("languages", "people")
    assert (people[0][1], people[-1][-1]) == ("7", "7")


def test_an_attempt_counts_where_it_is_the_first_of_a_course_or_a_renewal(
    app: Flask, browser: Open, dana: Cast, renewed: None
) -> None:
    """Twelve passed a course and renewed it: the final test after the refresher is no first one."""
    assert Reports(app, browser(dana)).shown("languages", "people")[0][-1] == "24"


LANGUAGES = ("ar", "en", "fr")
COUNTS = st.lists(st.integers(0, 12), min_size=3, max_size=3)


@given(st.lists(COUNTS, min_size=1, max_size=4))
def test_a_small_language_hides_nothing_of_other_courses(used: list[list[int]]) -> None:
    """Nor could it be found in another report, which tells how many sat the test of a course."""
    known: Any = [SimpleNamespace(id=f"C{n}", title="T", slug="t", title_in=None) for n in range(4)]
    counts = {
        (f"C{n}", code): count
        for n, line in enumerate(used)
        for code, count in zip(LANGUAGES, line, strict=True)
    }
    table = _used(known, counts, LANGUAGES)
    for line, parts in zip(table.lines, [each for each in used if sum(each)], strict=True):
        *told, whole = line.values
        assert (whole is HIDDEN) == is_small(sum(parts))
        assert (HIDDEN in told) == any(map(is_small, parts))
        assert told.count(HIDDEN) != 1 or whole is HIDDEN
        assert not [each for each in told if isinstance(each, int) and is_small(each)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("table", ["courses", "people"])
def test_a_file_says_what_the_page_says(
    app: Flask,
    browser: Open,
    dana: Cast,
    hygiene: SmallCourse,
    crowd: list[Cast],
    form: str,
    table: str,
) -> None:
    for person in crowd[:6]:
        hygiene.pass_it(person)
    here = Reports(app, browser(dana))
    assert here.exported("languages", form, table) == here.shown("languages", table)


def test_who_reads_it(
    browser: Open, omar: Cast, amina: Cast, bolat: Cast, hygiene: SmallCourse
) -> None:
    assert browser(omar).get(URL).status_code == 200
    for person in (amina, bolat):
        assert browser(person).get(URL).status_code == 404
