"""A block comes apart into texts without structure and back without a lost byte."""

from __future__ import annotations

from dataclasses import replace

from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.model import Block, Document, Question
from lms.content.translation.parts import LINE, LIST, TEXT, assembled, parts_of, texts_in, tidied
from tests.content.small import read, small
from tests.content.translation.shipped import every_kind, translated_question, translations


def alone(path: str, raw: str) -> tuple[Document, Block]:
    faults = Faults()
    document = read_document(path, f"+++\n+++\n\n{raw}".encode(), faults)
    assert document is not None
    assert not len(faults), (list(faults), raw)
    (block,) = document.blocks
    return document, block


def same(one: Question | None, other: Question | None) -> bool:
    if one is None or other is None:
        return one is other
    return replace(one, file="", line=0) == replace(other, file="", line=0)


def test_every_shipped_block_comes_back_byte_for_byte() -> None:
    count = 0
    for _, _, _, target, units in translations():
        for unit in units:
            if unit.block is None or unit.twin is None:
                continue
            raw = assembled(unit.block, unit.question, unit.texts, unit.twin)
            assert raw == unit.twin.raw.rstrip("\n") + "\n", (target.path, unit.key)
            count += 1
    assert count > 4000


def test_every_shipped_block_in_canonical_layout_reads_the_same() -> None:
    for _, _, _, target, units in translations():
        for unit in units:
            if unit.block is None or unit.twin is None:
                continue
            raw = assembled(unit.block, unit.question, unit.texts)
            document, block = alone(target.path, raw)
            again = replace(unit, twin=block)
            assert same(translated_question(again, document), translated_question(unit, target))
            if unit.question is None:
                assert block.body.strip() == unit.twin.body.strip()
                assert block.title == unit.twin.title
            assert assembled(unit.block, unit.question, texts_in(block, unit.question)) == raw


def test_the_texts_are_the_parts_of_the_translated_question() -> None:
    for _, _, _, target, units in translations():
        for unit in units:
            if unit.twin is not None:
                parts = parts_of(unit.twin, translated_question(unit, target))
                assert unit.texts == {part.key: part.text for part in parts if part.text}


def test_parts_hold_no_structure() -> None:
    for _, _, _, _, units in translations():
        for unit in units:
            keys = [part.key for part in unit.parts]
            assert len(keys) == len(set(keys))
            for part in unit.parts:
                assert not part.text.startswith(("::: ", "## ", "{", "- ["))
                assert "{#" not in part.text
                assert str(part.label)
                assert part.kind != LINE or "\n" not in part.text


def test_all_kinds_ship() -> None:
    assert set(every_kind()) == {
        "section",
        "objectives",
        "practice",
        "do",
        "dont",
        "box",
        "attention",
        "keypoints",
        "sources",
        "trainer",
        "single",
        "multiple",
        "truefalse-reason",
        "ordering",
        "matching",
        "numeric",
        "short",
        "scenario",
    }


def test_the_order_of_an_ordering_is_not_told() -> None:
    unit = every_kind()["ordering"]
    letters = [part.key for part in unit.parts if part.key.startswith("choice.")]
    assert letters == sorted(letters)


def test_what_was_typed_is_tidied() -> None:
    assert tidied(LINE, "  one\r\n two\t ") == "one two"
    assert tidied(LINE, "Qui\u00a0?") == "Qui\u00a0?"
    assert tidied(LINE, "e\u0301") == "é"
    assert tidied(TEXT, "\r\n\r\none\r\n\r\ntwo  \r\n") == "one\n\ntwo  "
    assert tidied(TEXT, " \n\t\n") == ""
    assert tidied(LIST, " a \n\n b\n") == "a\nb"


def test_a_translation_is_read_after_its_source_changed() -> None:
    course = read(small())
    source = course.documents["en"]["AB-1.1"].block("ab11-c1")
    question = course.checks["en"]["AB-1.1-c1"]
    twin = course.documents["ar"]["AB-1.1"].block("ab11-c1")
    assert source is not None
    assert twin is not None
    more = replace(question, choices=(*question.choices, replace(question.choices[0], letter="h")))
    texts = texts_in(twin, more)
    assert texts == texts_in(twin, question)
    assert "choice.h" not in texts
    less = replace(question, choices=question.choices[1:])
    assert f"choice.{question.choices[0].letter}" not in texts_in(twin, less)
