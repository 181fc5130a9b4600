"""Progress counts what there is; a sheet of it goes out and comes back without a loss."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from lms.content.translation.progress import progress
from lms.content.translation.rows import COLUMNS, from_rows, to_rows
from lms.content.translation.units import Unit, course_units
from tests.content.small import edited, read, small
from tests.content.translation.shipped import courses, units_of


def as_cells(rows: list[tuple[str, ...]]) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def arabic() -> tuple[Unit, ...]:
    files = edited("en/AB-1.1.md", "Say what is forbidden.", "Say what is never allowed.")
    return course_units(read(files), "ar")


def test_progress_counts_every_unit_once() -> None:
    found = progress(arabic())
    assert found.units == found.new + found.translated + found.reviewed + sum(found.stale.values())
    assert found.stale == {"unknown": 1}
    assert 0 < found.words_done < found.words
    assert (found.done, found.open) == (found.translated + found.reviewed, found.new + 1)
    assert progress(()).units == 0


def test_a_mended_typing_error_is_shown_and_still_open() -> None:
    unit = next(each for each in arabic() if each.state == "stale")
    found = progress([replace(unit, severity="typo")])
    assert (found.done, found.open, found.words_done) == (1, 1, found.words)


def test_shipped_courses_are_translated() -> None:
    for course in courses():
        for language in course.languages[1:]:
            found = progress(units_of(course.facts.slug, language))
            assert (found.new, found.stale, found.words_done) == (0, {}, found.words)


def test_a_sheet_holds_what_is_new_or_stale() -> None:
    rows = as_cells(to_rows(arabic()))
    open_units = [unit for unit in arabic() if unit.state in {"new", "stale"}]
    assert len(rows) == sum(len(unit.parts) for unit in open_units)
    assert {row["state"] for row in rows} == {"new", "stale"}
    french = {unit.id: unit for unit in course_units(read(small()), "fr")}
    beside = as_cells(to_rows(arabic(), lambda label: str(label).upper(), french))
    assert any(row["second"] for row in beside)
    assert {row["what"] for row in beside} >= {"TEXT", "QUESTION"}
    assert to_rows(arabic(), states=()) == []


def test_an_untouched_sheet_says_nothing() -> None:
    for course in courses():
        found = units_of(course.facts.slug, "ru")
        rows = as_cells(to_rows(found, states=("new", "stale", "translated", "reviewed")))
        taken = from_rows(rows, found)
        assert (taken.texts, taken.reasons) == ({}, [])


@pytest.mark.parametrize("seed", range(3))
def test_what_is_written_into_a_sheet_comes_back(seed: int) -> None:
    chance = random.Random(seed)
    found = units_of(courses()[0].facts.slug, "kk")
    rows = as_cells(to_rows(found, states=("translated",)))
    wanted: dict[str, dict[str, str]] = {}
    for row in chance.sample(rows, 40):
        row["translation"] = f"Жаңа {chance.random()}"
        wanted.setdefault(row["key"], {})[row["part"]] = row["translation"]
    chance.shuffle(rows)
    taken = from_rows(rows, found)
    assert taken.reasons == []
    assert taken.texts == wanted


def test_rows_that_fit_nothing_are_refused_and_their_unit_left_out() -> None:
    rows = as_cells(to_rows(arabic()))
    first = {**rows[0], "translation": "أ"}
    for change, sentence in (
        ({"key": "x#y"}, "The course has no such part."),
        ({"part": "choice.z"}, "The course has no such part."),
        ({"digest": "0" * 12}, "The source text has changed since this sheet was made."),
    ):
        taken = from_rows([{**first, **change}], arabic())
        assert [each.row for each in taken.reasons] == [1]
        assert str(taken.reasons[0].message).startswith(sentence)
        assert taken.texts == {}
    taken = from_rows([first, {**first, "translation": "ب"}], arabic())
    assert [each.row for each in taken.reasons] == [2]
    assert taken.texts == {}
    assert from_rows([{}, {"key": "x"}, {"translation": " "}], arabic()).reasons == []
