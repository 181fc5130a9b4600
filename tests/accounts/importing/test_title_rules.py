"""Job titles: which are one, what they mean, how they are counted."""

from __future__ import annotations

import pytest

from lms.accounts.importing.title_rules import (
    MOST_TITLES,
    ROWS_NAMED,
    collected,
    is_code,
    meanings,
    title_key,
    titles_of,
)


@pytest.mark.parametrize("cell", ["P1", "p7", " P 4 ", "p٣"])
def test_a_code_is_no_title(cell: str) -> None:
    assert is_code(cell)


def test_titles_are_one_whatever_their_case_marks_and_dashes() -> None:
    assert title_key("Chef d’unité") == title_key("CHEF D UNITE")
    assert title_key("Аға инспектор") != title_key("Инспектор")
    assert title_key("***") == "***"


def test_what_was_chosen_goes_before_what_is_remembered_and_our_own_words() -> None:
    usual, remembered = {"officer": "P1", "p1": "P1"}, {"officer": "P4", "warder": "P1"}
    found = meanings(usual, remembered, {"warder": "P6", "p1": "P5", "officer": ""})
    assert found["warder"] == "P6"
    assert found["p1"] == "P1"
    assert "officer" not in found
    assert meanings(usual, remembered, {})["officer"] == "P4"


def test_titles_without_a_function_come_first_then_the_most_frequent() -> None:
    rows = [(n, "Warder") for n in range(2, 40)] + [(40, "Cook"), (41, "cook"), (42, "Baker")]
    titles = titles_of(collected(rows, {"warder": "P1"}))
    assert [(each.title, each.people, each.function) for each in titles] == [
        ("Cook", 2, ""),
        ("Baker", 1, ""),
        ("Warder", 38, "P1"),
    ]
    assert list(titles[2].rows) == list(range(2, 2 + ROWS_NAMED))
    assert len({each.name for each in titles}) == 3


def test_a_column_of_names_that_was_taken_for_titles_does_not_fill_the_store() -> None:
    assert len(collected(((n, f"Name {n}") for n in range(20_000)), {})) == MOST_TITLES
