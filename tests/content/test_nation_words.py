"""Writing one block of ``boxes.md`` or ``replaced.md``: what it says, and every other byte."""

from __future__ import annotations

import pytest

from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.model import Block
from lms.content.nation_words import set_box_words, set_replaced, take_replaced

TEXT = """\
+++
title = "Uganda: national boxes"
+++

## NA-01 {#ug-na-01}

The Commission.


## NA-02 {#another-mark}
Without a line between.

## NA-03 {#ug-na-03}

The last one.
"""
SECTION = Block("mr21-5", "section", ("Who decides",), "\nThe Rules.\n", "", 9)
LIST = Block("mr21-d", "do", (), "- Speak.\n", "", 20)


def said(text: str) -> dict[str, str]:
    faults = Faults()
    document = read_document("boxes.md", text.encode(), faults)
    assert document is not None
    assert list(faults) == []
    return {block.title or block.id: block.body.strip() for block in document.blocks}


def test_a_new_file_gets_its_front_matter() -> None:
    text = set_box_words("", "ug", "NA-01", "  The Commission.\n\n- One.\n")

    assert text == (
        '+++\ntitle = "UG: boxes"\n+++\n\n## NA-01 {#ug-na-01}\n\nThe Commission.\n\n- One.\n'
    )
    assert said(text) == {"NA-01": "The Commission.\n\n- One."}


def test_nothing_said_makes_no_file() -> None:
    assert set_box_words("", "ug", "NA-01", " \n") == ""


@pytest.mark.parametrize(
    ("box", "old"),
    [
        ("NA-01", "The Commission."),
        ("NA-02", "Without a line between."),
        ("NA-03", "The last one."),
    ],
)
def test_only_the_words_of_one_box_change(box: str, old: str) -> None:
    text = set_box_words(TEXT, "ug", box, "Other words.")

    assert said(text) == said(TEXT) | {box: "Other words."}
    before, after = TEXT.split(old)
    assert text.startswith(before)
    assert text.endswith(f"Other words.{after}")


@pytest.mark.parametrize("box", ["NA-01", "NA-02", "NA-03"])
def test_the_same_again_changes_nothing(box: str) -> None:
    assert set_box_words(TEXT, "ug", box, said(TEXT)[box]) == TEXT


def test_a_new_box_stands_at_the_end() -> None:
    text = set_box_words(TEXT, "ug", "NA-04", "New.")

    assert text == f"{TEXT}\n## NA-04 {{#ug-na-04}}\n\nNew.\n"
    assert set_box_words(text, "ug", "NA-04", "") == TEXT


def test_no_words_take_a_box_away_and_leave_the_others() -> None:
    text = set_box_words(TEXT, "ug", "NA-02", "")

    assert said(text) == {"NA-01": "The Commission.", "NA-03": "The last one."}
    assert "The Commission.\n\n\n## NA-03" in text
    assert set_box_words(TEXT, "ug", "NA-09", "") == TEXT


def test_a_replaced_block_begins_as_the_cores() -> None:
    text = set_replaced("", "tn", SECTION, "Who decides here", "The ministry.")
    text = set_replaced(text, "tn", LIST, "not used", "- Ask first.")

    assert text == (
        '+++\ntitle = "TN: replaced"\n+++\n\n## Who decides here {#nat-mr21-5}\n\nThe ministry.\n'
        "\n::: do {#nat-mr21-d}\n- Ask first.\n:::\n"
    )
    assert said(text)["nat-mr21-d"] == "- Ask first."


def test_a_heading_of_a_replaced_block_changes_alone() -> None:
    text = set_replaced("", "tn", SECTION, "Who decides here", "The ministry.")
    again = set_replaced(text, "tn", SECTION, "Who says so", "The ministry.")

    assert again == text.replace("Who decides here", "Who says so")


def test_a_replaced_block_is_taken_away() -> None:
    one = set_replaced("", "tn", LIST, "", "- Ask first.")
    two = set_replaced(one, "tn", SECTION, "Who decides here", "The ministry.")

    assert take_replaced(two, "mr21-5") == one
    assert take_replaced(one, "mr21-5") == one
    assert take_replaced("", "mr21-5") == ""


def test_a_file_that_cannot_be_read_is_not_written() -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        set_box_words("no front matter\n", "ug", "NA-01", "Words.")
