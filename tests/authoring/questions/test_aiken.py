"""Aiken in: one line, lettered options, ANSWER."""

from __future__ import annotations

import time

import pytest

from lms.authoring.questions.aiken import read_aiken
from lms.authoring.questions.understood import Notes, Understood

GOOD = "What is 2 < 3 & 4?\nA. True\nB) False <b>\nC.Maybe\nANSWER: B\n"


def aiken(text: str) -> tuple[list[Understood], Notes]:
    notes = Notes()
    return list(read_aiken(text, notes)), notes


def codes(text: str) -> list[tuple[str, str, int]]:
    return [(note.severity, note.code, note.line) for note in aiken(text)[1]]


def test_a_question_is_text_and_nothing_in_it_is_interpreted() -> None:
    (found,), notes = aiken(GOOD)
    assert not len(notes)
    assert (found.kind, found.stem.text, found.stem.format, found.line) == (
        "single",
        "What is 2 < 3 & 4?",
        "plain",
        1,
    )
    assert [(o.text.text, o.text.format, int(o.weight)) for o in found.options] == [
        ("True", "plain", 0),
        ("False <b>", "plain", 100),
        ("Maybe", "plain", 0),
    ]


def test_short_and_blank_lines_are_ignored_anywhere() -> None:
    text = "\n \nx\nStem\n\nA. one\n-\nB. two\n\n  ANSWER: A  \n\nNext\nA) x y\nB) z\nANSWER:B"
    questions, notes = aiken(text)
    assert not len(notes)
    assert [(q.stem.text, q.line) for q in questions] == [("Stem", 4), ("Next", 12)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A. one\nStem\nA. a\nB. b\nANSWER: A", [("error", "stem", 1)]),
        ("ANSWER: A", [("error", "stem", 1)]),
        ("Stem\nANSWER: A", [("error", "answers", 2)]),
        ("Stem\nA. one\nANSWER: A", [("error", "answers", 3)]),
        ("Stem\nA. one\nB. two\nANSWER: C", [("error", "letter", 4)]),
        ("Stem\nA. one\nB. two\nANSWER: A, B", [("error", "letter", 4)]),
        ("Stem\nA. one\nB. two\nANSWER:", [("error", "letter", 4)]),
        ("Lost\nA. one\nStem\nA. a\nB. b\nANSWER: A", [("error", "unfinished", 3)]),
        ("Two\nlines\nA. a\nB. b\nANSWER: A", [("error", "unfinished", 2)]),
        ("Stem\nA. a\nB. b\n", [("error", "unfinished", 1)]),
        ("Stem\nA. a\nA. b\nB. c\nANSWER: A", [("error", "letter", 3)]),
        ("Stem\nA.\nB. b\nC. c\nANSWER: B", [("error", "option", 2)]),
        ("Stem\nА. a\nB. b\nANSWER: A", [("warning", "look-alike", 2)]),
        (
            "Stem\nA. a\nВ) b\nС. c\nЕ. e\nANSWER: С",
            [("warning", "look-alike", n) for n in (3, 4, 5, 6)],
        ),
        ("Stem\nA. a\nB. b\nANSWER： B", [("warning", "colon", 4)]),
        (
            "Stem\nА. a\nБ. b\nANSWER: А",
            [("warning", "look-alike", 2), ("error", "letter", 3), ("error", "answers", 4)],
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, found: list[tuple[str, str, int]]) -> None:
    assert codes(text) == found


def test_look_alikes_count_as_latin_letters_on_both_sides() -> None:
    (found,), _ = aiken("Stem\nА. a\nВ. b\nANSWER: B")
    assert [int(option.weight) for option in found.options] == [0, 100]
    assert [note.code for note in found.warnings] == ["look-alike", "look-alike"]


def test_the_question_after_a_wrong_one_is_read() -> None:
    questions, notes = aiken("Lost\nA. one\nANSWER: A\n" + GOOD)
    assert [q.line for q in questions] == [4]
    assert len(notes.errors) == 1


@pytest.mark.parametrize(
    "text",
    [
        "A. x\n" * 100_000,
        "Stem\n" * 100_000,
        "ANSWER: A\n" * 100_000,
        GOOD * 20_000,
        "A" * 1_000_000,
        "S\n" + "A." + " " * 1_000_000 + "x",
    ],
)
def test_hostile_files_are_read_in_linear_time(text: str) -> None:
    started = time.process_time()
    aiken(text)
    assert time.process_time() - started < 3
