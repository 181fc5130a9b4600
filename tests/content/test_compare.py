"""Comparing loses nothing, marks what changed in any script, and never takes long."""

from __future__ import annotations

import random
from itertools import pairwise
from time import process_time

import pytest

from lms.content.compare import (
    ADDED,
    REMOVED,
    SAME,
    Piece,
    side_by_side,
    word_diff,
    words_and_signs,
)

WORDS = (
    "the order of a prison", "يحترم الموظف كرامة كل سجين", "Сотрудник уважает каждого",
    "Қызметкер әр адамды құрметтейді", "l’agent d'accueil", "كَرَامَة", "e\u0301te\u0301",
    "नमस्ते दुनिया", "監獄規則", "12 30,5 %", "- a. «oui» ;", "| a | b |", "\n", "\n\n",
    "  ", "\u00a0", "\u200f",
)  # fmt: skip


def sides(pieces: tuple[Piece, ...]) -> tuple[str, str]:
    left = "".join(piece.text for piece in pieces if piece.kind != ADDED)
    return left, "".join(piece.text for piece in pieces if piece.kind != REMOVED)


def written(chance: random.Random) -> str:
    words = [
        word
        for each in chance.choices(WORDS, k=chance.randint(0, 14))
        for word in (each.split(" ") if chance.random() < 0.5 else [each])
    ]
    return chance.choice((" ", "", " \n")).join(words)


def edited(chance: random.Random, text: str) -> str:
    pieces = words_and_signs(text)
    for _ in range(chance.randint(0, 4)):
        place = chance.randint(0, len(pieces))
        pieces[place : place + chance.randint(0, 2)] = chance.choices(WORDS, k=chance.randint(0, 2))
    return "".join(pieces)


@pytest.mark.parametrize("seed", range(8))
def test_both_sides_are_kept(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(250):
        before = written(chance)
        after = edited(chance, before) if chance.random() < 0.8 else written(chance)
        pieces = word_diff(before, after)
        assert sides(pieces) == (before, after)
        assert all(piece.text for piece in pieces)
        assert all(one.kind != other.kind for one, other in pairwise(pieces))
        assert "".join(words_and_signs(before)) == before
        rows = side_by_side(before, after)
        assert "".join(piece.text for row in rows for piece in row.left) == before
        assert "".join(piece.text for row in rows for piece in row.right) == after
        assert any(row.changed for row in rows) == (before != after)


def test_a_changed_word_is_marked_in_any_script() -> None:
    for before, after, old, new in (
        ("Keep the door shut.", "Keep the gate shut.", "door", "gate"),
        ("احترم كرامة السجين.", "احترم كرامة النزيل.", "السجين", "النزيل"),
        ("Закройте дверь сразу.", "Закройте окно сразу.", "дверь", "окно"),
        ("Есікті қазір жаб.", "Есікті бірден жаб.", "қазір", "бірден"),
        ("قال كَتَبَ ثم مشى", "قال كُتِبَ ثم مشى", "كَتَبَ", "كُتِبَ"),
        ("the re\u0301sume\u0301 is", "the resume is", "re\u0301sume\u0301", "resume"),
        ("It isn’t so.", "It wasn’t so.", "isn’t", "wasn’t"),
        ("नमस्ते दुनिया", "नमस्ते संसार", "दुनिया", "संसार"),
    ):
        pieces = word_diff(before, after)
        assert [p.text for p in pieces if p.kind == REMOVED] == [old]
        assert [p.text for p in pieces if p.kind == ADDED] == [new]


def test_neighbouring_changes_are_one_mark() -> None:
    assert word_diff("He may go home.", "He must stay home.") == (
        Piece(SAME, "He "),
        Piece(REMOVED, "may go"),
        Piece(ADDED, "must stay"),
        Piece(SAME, " home."),
    )


def test_equal_and_empty_texts() -> None:
    assert word_diff("", "") == ()
    assert word_diff("a\nb\n", "a\nb\n") == (Piece(SAME, "a\nb\n"),)
    assert word_diff("", "a") == (Piece(ADDED, "a"),)
    assert word_diff("a", "") == (Piece(REMOVED, "a"),)
    assert side_by_side("", "") == ()


def test_lines_that_moved_apart_stay_beside_each_other() -> None:
    rows = side_by_side("one\ntwo\nthree\n", "one\nnew\ntwo\nthree\n")
    assert [row.changed for row in rows] == [False, True, False, False]
    assert rows[1].left == ()


def test_hostile_texts_are_compared_in_bounded_time() -> None:
    chance = random.Random(5)
    noise = ["".join(chance.choices("ab \n", k=250_000)) for _ in range(2)]
    for before, after in (
        ("x\n" * 5000, "y\n" * 5000),
        ("a " * 100_000, "b a " * 60_000),
        ("x\n" * 5000, ""),
        (noise[0], noise[1]),
        ("\u0301" * 200_000, "\u0300" * 200_000),
        ("a" * 600_000, "b" * 600_000),
        ("\n".join(map(str, range(5000))), "\n".join(map(str, range(5000, 0, -1)))),
    ):
        start = process_time()
        assert sides(word_diff(before, after)) == (before, after)
        side_by_side(before, after)
        assert process_time() - start < 8


def test_beyond_the_limit_a_passage_is_changed_as_a_whole() -> None:
    before = " ".join(f"a{n}" for n in range(400))
    after = " ".join(f"b{n}" if n % 2 else f"a{n}" for n in range(400))
    assert len(word_diff(before, after)) == 3
