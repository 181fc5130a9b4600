"""/<language>/reports/questions: how questions behave"""

from __future__ import annotations

from statistics import correlation as pearson

import pytest
from flask import Flask
from hypothesis import assume, given
from hypothesis import strategies as st

from lms.extensions import db
from lms.kernel import clock
from lms.reports.items import queries
from lms.reports.items.rules import (
    LEAST,
    Sat,
    Statistic,
    correlation,
    needs_a_look,
    share,
    statistics_of,
)
from tests.course import SmallCourse
from tests.kept import kept
from tests.people import Cast
from tests.reports.conftest import Open
from tests.reports.same import Reports

URL = "/en/reports/questions"
POINTS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=30)


def sat(language: str, **points: float) -> Sat:
    return Sat(language, points)


@given(POINTS)
def test_the_correlation_is_pearsons(pairs: list[tuple[int, int]]) -> None:
    own, rest = [float(a) for a, _ in pairs], [float(b) for _, b in pairs]
    assume(len(set(own)) > 1)
    assume(len(set(rest)) > 1)
    assert correlation(own, rest) == pytest.approx(pearson(own, rest))


def test_where_everybody_earned_the_same_there_is_no_correlation() -> None:
    assert correlation([1.0, 1.0], [0.0, 1.0]) is None


def test_difficulty_is_the_mean_share_of_the_points() -> None:
    attempts = [sat("en", a=1.0, b=float(n % 2)) for n in range(10)]
    found = statistics_of(attempts)
    assert (found["a"].people, found["a"].difficulty, found["b"].difficulty) == (10, 1.0, 0.5)
    assert found["a"].discrimination is None


def test_a_question_that_the_better_ones_miss_has_a_negative_discrimination() -> None:
    attempts = [sat("en", a=float(n < 5), b=float(n >= 5), c=float(n >= 5)) for n in range(12)]
    found = statistics_of(attempts)["a"]
    assert found.discrimination == pytest.approx(-1.0)
    assert needs_a_look(found) == "negative"


def test_a_language_that_is_harder_by_more_than_a_fifth_is_suspected() -> None:
    attempts = [sat("en", a=1.0, b=1.0) for _ in range(20)]
    attempts += [sat("ar", a=float(n < 7), b=1.0) for n in range(10)]
    found = statistics_of(attempts)
    assert found["a"].by_language == {"ar": 0.7, "en": 1.0}
    assert "ar" in found["a"].suspects
    assert found["b"].suspects == []
    assert needs_a_look(found["a"]) == "language"


def test_a_difference_of_a_fifth_is_none() -> None:
    attempts = [sat("en", a=1.0) for _ in range(10)]
    attempts += [sat("ar", a=float(n < 8)) for n in range(10)]
    assert statistics_of(attempts)["a"].suspects == []


def test_of_few_answers_nothing_is_said() -> None:
    few = [sat("en", a=1.0) for _ in range(LEAST - 1)]
    assert statistics_of(few) == {}
    more = [*few, sat("ar", a=0.0)]
    assert statistics_of(more)["a"].by_language == {}


def test_a_language_of_few_does_not_follow_from_the_others() -> None:
    """Sixteen in English with one mistake, seven in Arabic without: 22 of 23 would tell all."""
    attempts = [sat("en", a=float(n > 0)) for n in range(16)] + [sat("ar", a=1.0)] * 7
    assert statistics_of(attempts)["a"].by_language == {}
    more = [*attempts, *[sat("ru", a=0.5)] * 20]
    assert statistics_of(more)["a"].by_language == {"ru": 0.5}


@given(
    st.dictionaries(
        st.sampled_from(["ar", "en", "fr", "kk", "ru"]),
        st.lists(st.integers(0, 1), min_size=1, max_size=25),
        min_size=1,
    )
)
def test_what_is_left_over_of_the_languages_is_nobody_or_many(
    by_language: dict[str, list[int]],
) -> None:
    attempts = [sat(code, a=float(p)) for code, points in by_language.items() for p in points]
    found = statistics_of(attempts)
    if "a" in found:
        told = sum(len(by_language[code]) for code in found["a"].by_language)
        left = len(attempts) - told
        assert left == 0 or left >= LEAST


@pytest.mark.parametrize(
    ("difficulty", "discrimination", "reason"),
    [
        (0.2, 0.5, "hard"),
        (0.97, 0.5, "easy"),
        (0.6, 0.05, "weak"),
        (0.6, 0.4, None),
        (0.6, None, None),
        (0.6, -0.3, "negative"),
        (0.6, -0.2, "weak"),
    ],
)
def test_what_needs_a_look(
    difficulty: float, discrimination: float | None, reason: str | None
) -> None:
    assert needs_a_look(Statistic(50, difficulty, discrimination, {}, [])) == reason


def test_what_chance_explains_is_no_reason_to_look() -> None:
    assert needs_a_look(Statistic(20, 0.6, -0.3, {}, [])) is None


def test_marks_are_exact_fractions() -> None:
    assert share("2/3", 1) == pytest.approx(2 / 3)
    assert share("3", 4) == 0.75


@pytest.fixture
@kept
def answered(hygiene: SmallCourse, crowd: list[Cast]) -> None:
    """Nineteen people sit the test, twelve of them well."""
    for number, person in enumerate(crowd):
        hygiene.begin(person)
        hygiene.read(person)
        hygiene.sit(person, right=number < 12)


def test_the_page_lists_every_question_of_the_course(
    app: Flask, browser: Open, dana: Cast, answered: None
) -> None:
    rows = Reports(app, browser(dana)).shown("questions")
    told = [row for row in rows if row[3] != "*"]
    assert told
    assert {row[0][:3] for row in rows} == {"HY-"}
    assert all(row[4].startswith("0.") or row[4] in {"0", "1"} for row in told)
    assert all(len(row) == len(rows[0]) for row in rows)


def test_what_follows_a_failed_refresher_is_no_first_attempt(
    app: Flask, dana: Cast, hygiene: SmallCourse, renewed: None
) -> None:
    """Twelve people sat the test of the course, and the refresher of its renewal."""
    with app.app_context():
        session, today = db.session(), clock.now().date()
        known = queries.items(session, dana.viewer, hygiene.id)
        found = queries.first_attempts(session, dana.viewer, hygiene.id, known, today=today)
    assert len(found) == 24


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_says_what_the_page_says(
    app: Flask, browser: Open, dana: Cast, answered: None, form: str
) -> None:
    here = Reports(app, browser(dana))
    assert here.exported("questions", form) == here.shown("questions")


def test_who_reads_it(
    browser: Open, omar: Cast, grace: Cast, amina: Cast, bolat: Cast, answered: None
) -> None:
    assert browser(omar).get(URL).status_code == 200
    assert browser(grace).get(URL).status_code == 200
    for person in (amina, bolat):
        assert browser(person).get(URL).status_code == 404


def test_before_anybody_sat_a_test_there_is_nothing(
    browser: Open, dana: Cast, hygiene: SmallCourse
) -> None:
    assert "There is nothing to count here yet." in browser(dana).get(URL).text
