"""What a page of a translation shows, and how counts are added up: without a server."""

from __future__ import annotations

import re

import pytest

from lms.authoring.translating.pairs import Pair, Term, changes_in, pair, terms_in, with_terms
from lms.authoring.translating.rules import (
    PAGE,
    chosen,
    counted,
    is_open,
    next_open,
    portions,
    summed,
)
from lms.content.digests import block_digest
from tests.content.small import small

FILES = small()
SOURCE, TARGET = "en/AB-1.1.md", "ar/AB-1.1.md"


def both(source: bytes = FILES[SOURCE], target: bytes = FILES[TARGET]) -> Pair:
    found = pair(TARGET, source, target, SOURCE)
    assert found is not None
    return found


def test_a_pair_knows_what_is_missing() -> None:
    found = both()
    assert {unit.key for unit in chosen(found.units, "new", "")} >= {"ab11-2", "ab11-d"}
    assert found.unit("ab11-o") is not None
    assert found.unit("no-such") is None
    assert not found.broken
    assert pair(TARGET, b"", FILES[TARGET], SOURCE) is None


@pytest.mark.parametrize("text", [b"no front matter\n", b"+++\ntitle = \n+++\n", b"\xff\xfe"])
def test_a_broken_translation_is_told_apart_from_none(text: bytes) -> None:
    assert both(target=text).broken
    assert not both(target=b"").broken


def test_the_block_that_is_written_is_shown_whatever_its_state() -> None:
    units = both().units
    assert "ab11-o" not in {unit.key for unit in chosen(units, "new", "")}
    assert "ab11-o" in {unit.key for unit in chosen(units, "new", "ab11-o")}


def test_the_next_open_block_is_looked_for_from_the_top_again() -> None:
    units = both().units
    first = next_open(units, "")
    assert first is not None
    last = [unit for unit in units if unit.state == "new"][-1]
    assert next_open(units, last.key) == first
    assert next_open([last], last.key) is None
    assert next_open([], "x") is None


def test_pages_hold_all_blocks_and_none_twice() -> None:
    units = both().units
    many = [unit for _ in range(1 + PAGE // 500) for unit in units]
    pages = portions(many)
    assert len(pages) > 1
    assert [unit for page in pages for unit in page] == many
    assert portions([]) == [[]]


def test_counts_add_up_and_changes_weigh_what_is_stale() -> None:
    lead = re.sub(
        r'ab11-o(?P<q>"?) = "\w+"', r'ab11-o\g<q> = "0123456789ab"', FILES[TARGET].decode()
    )
    found = both(target=lead.encode())
    counts = counted(found.units)
    share = summed([counts, None, counts], {})
    assert share.uncounted == 1
    assert share.units == 2 * len(found.units)
    assert share.new + share.translated + share.reviewed + share.old == share.units
    assert share.stale["unknown"] == 2
    assert is_open(counts)
    block = next(each for each in found.source.blocks if each.id == "ab11-o")
    written = (
        '[[change]]\nblock = "ab11-o"\nold = "0123456789ab"\n'
        f'new = "{block_digest(block)}"\nseverity = "law"\n'
    )
    weighed = summed([counts], changes_in(written.encode()))
    assert weighed.stale["law"] == 1
    assert weighed.percent(weighed.units) == 100
    assert summed([], {}).percent(0) == 0


@pytest.mark.parametrize("text", [b"", b"x = [", b"\xff"])
def test_a_list_of_changes_that_cannot_be_read_says_nothing(text: bytes) -> None:
    assert changes_in(text) == {}


def test_words_of_the_glossary_are_found_and_marked() -> None:
    glossary = pair(
        "ar/glossary.md", FILES["en/glossary.md"], FILES["ar/glossary.md"], "en/glossary.md"
    )
    assert glossary is not None
    unit = both().unit("ab11-1")
    assert unit is not None
    found = terms_in(unit, glossary.source, glossary.target)
    assert found == [Term("torture", "torture", "تعذيب")]
    pieces = list(with_terms("No [Torture](term:torture), no tortured man.", found))
    assert [piece for is_term, piece in pieces if is_term] == ["Torture", "tortured"]
    assert "".join(piece for _, piece in pieces) == "No [Torture](term:torture), no tortured man."
    assert list(with_terms("x", [])) == [(False, "x")]
    assert terms_in(unit, None, None) == []
