"""/<language>/reports/gain: results before and after a course"""

from __future__ import annotations

from statistics import mean, stdev

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.reports.gain.rules import Sums, gain, student
from tests.course import SmallCourse
from tests.kept import kept
from tests.people import Cast
from tests.reports.conftest import Open
from tests.reports.same import Reports

URL = "/en/reports/gain"
PERCENT = st.integers(0, 100)


# From a table of Student's distribution, two-sided 95 %: degrees of freedom -> quantile.
@pytest.mark.parametrize(
    ("freedom", "quantile"), [(9, 2.262), (15, 2.131), (30, 2.042), (100, 1.984)]
)
def test_the_quantiles_are_those_of_the_tables(freedom: int, quantile: float) -> None:
    assert student(freedom) == pytest.approx(quantile, abs=0.002)


@given(st.lists(st.tuples(PERCENT, PERCENT), min_size=2, max_size=40))
def test_means_and_interval_are_those_of_the_differences(pairs: list[tuple[int, int]]) -> None:
    differences = [after - before for before, after in pairs]
    found = gain(
        Sums(
            len(pairs),
            sum(b for b, _ in pairs),
            sum(a for _, a in pairs),
            sum(differences),
            sum(each * each for each in differences),
        )
    )
    assert found.after - found.before == pytest.approx(found.gain)
    assert found.gain == pytest.approx(mean(differences))
    half = student(len(pairs) - 1) * stdev(differences) / len(pairs) ** 0.5
    assert found.high == pytest.approx(min(100, mean(differences) + half), abs=1e-4)
    assert found.low == pytest.approx(max(-100, mean(differences) - half), abs=1e-4)


def test_nobody_gains_more_than_everything() -> None:
    """Nine of ten learn all, one nothing: 90 ± 22.6 percent points."""
    found = gain(Sums(10, 0, 900, 900, 90_000))
    assert (found.gain, found.high) == (90.0, 100.0)
    assert found.low == pytest.approx(67.38, abs=0.01)
    assert gain(Sums(10, 900, 0, -900, 90_000)).low == -100.0


def test_one_person_has_no_interval() -> None:
    with pytest.raises(ValueError, match="fewer than two"):
        gain(Sums(1, 50, 60, 10, 100))


@pytest.fixture
@kept
def learned(hygiene: SmallCourse, crowd: list[Cast]) -> None:
    """Twelve people sit both tests: all wrong before, all right after; two of them the first."""
    for number, person in enumerate(crowd[:14]):
        hygiene.begin(person)
        hygiene.sit(person, "pre", right=False)
        if number < 12:
            hygiene.read(person)
            hygiene.sit(person, right=True)


def test_it_pairs_the_tests_of_the_same_people(
    app: Flask, browser: Open, dana: Cast, learned: None
) -> None:
    rows = Reports(app, browser(dana)).shown("gain")
    assert rows == [["Hygiene on shift", "12", "0", "100", "100", "100", "100"]]


def test_fewer_than_ten_are_not_shown(
    app: Flask, browser: Open, dana: Cast, hygiene: SmallCourse, crowd: list[Cast]
) -> None:
    for person in crowd[:9]:
        hygiene.begin(person)
        hygiene.sit(person, "pre", right=False)
        hygiene.read(person)
        hygiene.sit(person, right=True)
    assert Reports(app, browser(dana)).shown("gain")[0][1:] == ["*"] * 6


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_says_what_the_page_says(
    app: Flask, browser: Open, dana: Cast, learned: None, form: str
) -> None:
    here = Reports(app, browser(dana))
    assert here.exported("gain", form) == here.shown("gain")


def test_who_reads_it(
    app: Flask, browser: Open, omar: Cast, grace: Cast, amina: Cast, bolat: Cast, learned: None
) -> None:
    assert browser(omar).get(URL).status_code == 200
    assert Reports(app, browser(grace)).shown("gain")[0][1] == "12"
    for person in (amina, bolat):
        assert browser(person).get(URL).status_code == 404


def test_before_anybody_sat_both_tests_there_is_nothing(
    browser: Open, dana: Cast, hygiene: SmallCourse
) -> None:
    page = browser(dana).get(URL).text
    assert "There is nothing to count here yet. A course stands here once people have sat" in page
