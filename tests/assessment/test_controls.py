"""A matching question: what a closed menu would cut stands above it in full."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.controls import controls
from lms.kernel.cuts import BEGINNING, LONGEST, beginning, in_menu

LEFTS = {"a": "Reception", "b": "Kitchen"}
LONG = {
    "A": "Nobody goes to a dormitory without bedding and a named bed",
    "B": "Staff hand out portions that are the same for all",
    "X": "Disengagement <all>",
}
CODES = {"a": "i", "b": "j", "A": "k", "B": "l", "X": "m"}


def shown(rights: dict[str, str], order: str = "XBA") -> str:
    words = {"lefts": LEFTS, "rights": rights}
    return controls("MR-1-001", "matching", words, CODES, list(order), {"i": ["k"]}, str)


def test_long_right_sides_are_a_numbered_list_and_the_menu_shows_number_and_beginning() -> None:
    html = shown(LONG)
    assert (
        "<ol><li>Disengagement &lt;all&gt;</li>"
        "<li>Staff hand out portions that are the same for all</li>"
        "<li>Nobody goes to a dormitory without bedding and a named bed</li></ol>"
    ) in html
    assert html.index("<ol>") < html.index("<select")
    assert html.count('<option value="m">1. Disengagement &lt;all&gt;</option>') == 2
    assert html.count('<option value="l">2. Staff hand out…</option>') == 2
    assert html.count('<option value="k" selected>3. Nobody goes to a…</option>') == 1
    # What is sent, and under which name, is what it was.
    assert re.findall(r'name="([^"]+)"', html) == ["a.MR-1-001:i", "a.MR-1-001:j"]


def test_short_right_sides_stand_in_the_menu_alone() -> None:
    html = shown({"A": "prisoners", "B": "staff", "X": "visitors"})
    assert "<ol>" not in html
    assert '<option value="l">staff</option>' in html


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("short", "short"),
        ("x" * 40, "x" * BEGINNING + "…"),
        ("A permitted limit: a concrete danger", "A permitted limit: a…"),
        ("He waits at the door, always", "He waits at the door…"),
        ("", ""),
    ],
)
def test_a_text_is_cut_between_words(text: str, cut: str) -> None:
    assert beginning(text) == cut


@given(st.lists(st.text(max_size=80), min_size=1, max_size=6))
def test_nothing_in_a_menu_is_longer_than_it_can_show(texts: list[str]) -> None:
    menu = in_menu(texts)
    if menu is None:
        assert all(len(text) <= LONGEST for text in texts)
    else:
        assert len(menu) == len(texts) == len(set(menu))
        assert all(len(each) <= BEGINNING + len("1. …") for each in menu)
