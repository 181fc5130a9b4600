"""docs/asvs.csv: every requirement once, every place and every test really there."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STATES = frozenset({"met", "not applicable", "open"})
# How many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has; 10 is OAuth, 17 WebRTC.
CHAPTERS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 11: 14, 12: 9, 13: 13,
            14: 9, 15: 13, 16: 16}  # fmt: skip
# Those of level 3 that we hold ourselves to as well.
LEVEL_3 = {"2.3.5", "2.4.2", "5.2.4", "5.2.5", "5.2.6", "5.3.3", "8.3.2", "8.4.2"}


@dataclass(frozen=True)
class Row:
    """One requirement. ``where`` and ``test`` hold names with spaces between."""

    requirement: str
    level: str
    subject: str
    state: str
    where: str
    test: str
    note: str


@cache
def listed() -> tuple[Row, ...]:
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Row(**row) for row in csv.DictReader(file))


@cache
def names_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    )


def test_every_requirement_is_there_once_and_in_order() -> None:
    numbers = [row.requirement for row in listed()]
    assert all(re.fullmatch(r"\d{1,2}\.\d\.\d{1,2}", number) for number in numbers)
    places = [tuple(map(int, number.split("."))) for number in numbers]
    assert places == sorted(set(places))
    assert {row.requirement for row in listed() if row.level == "3"} == LEVEL_3
    assert {row.level for row in listed()} == {"1", "2", "3"}
    chapters = Counter(
        int(row.requirement.partition(".")[0]) for row in listed() if row.level != "3"
    )
    assert chapters == CHAPTERS
    assert chapters.total() == 217


@pytest.mark.parametrize("row", listed(), ids=lambda row: row.requirement)
def test_a_row_says_what_it_can_prove(row: Row) -> None:
    assert row.state in STATES
    assert 0 < len(row.subject) <= 80
    for name in row.where.split():
        assert (ROOT / name).exists(), name
    for node in row.test.split():
        path, separator, name = node.partition("::")
        assert separator
        assert name in names_in(ROOT / path), node
    if row.state == "met":
        assert row.where
        assert row.test
    elif row.state == "not applicable":
        assert row.note
        assert not row.where
        assert not row.test
    else:
        assert row.note, "an open requirement says what is missing, or why we decided otherwise"


def test_the_words_are_our_own() -> None:
    """The standard's text has a licence of its own; every requirement there begins like this."""
    for row in listed():
        assert "Verify that" not in f"{row.subject} {row.note}"
