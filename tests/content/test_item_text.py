"""Writing items: what is written is read as the same question, and a bank keeps the rest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lms.content import item_text
from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.model import Choice, Document, Question, Step
from lms.content.question_blocks import question_in
from tests.content.small import small

BANKS = sorted(Path(__file__).parents[2].glob("courses/*/en/bank/*.md"))
LETTERS = "abcdefgh"

word = (
    some.text(some.sampled_from("aZé9 ب،қ.,?!«»“”’()=>%;:/-"), min_size=1, max_size=30)
    .map(str.strip)
    .filter(lambda text: text[:1].isalnum() and " => " not in f" {text} ")
)
para = some.lists(word, min_size=1, max_size=3).map("\n\n".join)
feedback = some.one_of(some.just(""), some.lists(word, min_size=1, max_size=2).map("\n".join))


def document_of(data: bytes) -> Document:
    found = read_document("en/bank/AB-1.md", data, Faults())
    assert found is not None
    return found


def read(text: str) -> Question | None:
    document = document_of(f"+++\n+++\n\n{text}".encode())
    faults = Faults()
    (block,) = document.blocks
    found = question_in(document, block, None, faults)
    assert list(faults) == [], text
    return found


def same(one: Question | None, other: Question) -> bool:
    return one is not None and replace(one, file="", line=0) == replace(other, file="", line=0)


def choices(draw: some.DrawFn, most: int, right: int) -> tuple[Choice, ...]:
    letters = draw(some.permutations(LETTERS))[: draw(some.integers(right + 1, most))]
    keys = set(draw(some.permutations(letters))[:right])
    return tuple(Choice(letter, draw(word), letter in keys, draw(feedback)) for letter in letters)


@some.composite
def questions(draw: some.DrawFn) -> Question:
    kind = draw(
        some.sampled_from(
            [
                "single",
                "multiple",
                "truefalse-reason",
                "ordering",
                "matching",
                "numeric",
                "scenario",
            ]
        )
    )
    facts = {"lesson": "AB-1.1", "section": "ab11-1", "outcome": "a", "difficulty": "2"}
    if draw(some.booleans()):
        facts["critical"] = "no-torture"
    base = Question("AB-1-009", kind, facts, draw(para), why=draw(word))
    if kind == "multiple":
        right = draw(some.integers(2, 5))
        return replace(base, facts={**facts, "choose": str(right)}, choices=choices(draw, 8, right))
    if kind == "ordering":
        letters = [*sorted(draw(some.permutations(LETTERS))[: draw(some.integers(3, 7))])][::-1]
        return replace(base, choices=tuple(Choice(each, draw(word)) for each in letters))
    if kind == "matching":
        pairs = [(each, draw(word), draw(word)) for each in LETTERS[: draw(some.integers(3, 6))]]
        extra = [("x", "", draw(word))] if draw(some.booleans()) else []
        return replace(base, pairs=(*pairs, *extra))
    if kind == "numeric":
        return replace(base, facts={**facts, "value": "15", "tolerance": "0.5"}, unit=draw(word))
    if kind == "scenario":
        steps = tuple(
            Step(f"s{n}", draw(para), choices(draw, 4, 1))
            for n in range(1, draw(some.integers(4, 5)))
        )
        return replace(base, steps=steps)
    claim = {"claim": draw(some.sampled_from(["true", "false"]))}
    more = claim if kind == "truefalse-reason" else {}
    return replace(base, facts={**facts, **more}, choices=choices(draw, 8, 1))


@given(questions())
def test_what_is_written_is_read_as_the_same_question(question: Question) -> None:
    assert same(read(item_text.written(question)), question)


@given(questions())
def test_each_line_knows_its_place(question: Question) -> None:
    text = item_text.written(question)
    lines = item_text.lines_of(question)

    assert text == "".join(f"{line}\n" for line, _ in lines)
    assert {place.partition(".")[0] for _, place in lines} <= {
        "head",
        "facts",
        "stem",
        "unit",
        "why",
        "s1",
        "s2",
        "s3",
        "s4",
        "x",
        *LETTERS,
    }


@pytest.mark.parametrize("path", BANKS, ids=lambda path: path.stem)
def test_the_banks_of_the_courses_are_written_as_they_stand(path: Path) -> None:
    document = read_document(f"en/bank/{path.name}", path.read_bytes(), Faults())
    assert document is not None
    for block in document.blocks:
        question = question_in(document, block, None, Faults())
        assert question is not None
        text = item_text.written(question)
        assert same(read(text), question), block.title
        changed = item_text.with_item(document, question.id, block.raw.rstrip("\n") + "\n")
        assert changed == document.text(), block.title


def test_only_the_block_of_an_item_changes() -> None:
    document = document_of(small()["en/bank/AB-1.md"])
    changed = document_of(item_text.with_item(document, "AB-1-002", "## AB-1-002\nNew.\n").encode())

    assert [each.raw for each in changed.blocks if each.title != "AB-1-002"] == [
        each.raw for each in document.blocks if each.title != "AB-1-002"
    ]
    assert changed.blocks[1].raw == "## AB-1-002\nNew.\n\n"
    assert changed.lead == document.lead


def test_a_new_item_stands_at_the_end_of_the_bank() -> None:
    assert item_text.with_item(document_of(b"+++\n+++\n"), "AB-1-001", "## AB-1-001\nNew.\n") == (
        "+++\n+++\n\n## AB-1-001\nNew.\n"
    )


def test_an_item_goes_with_what_a_translation_says_of_it() -> None:
    document = document_of(
        b'+++\n[from]\n"AB-1-001" = "111111111111"\n"AB-1-002" = "222222222222"\n+++\n\n'
        b"## AB-1-001\nOne.\n\n## AB-1-002\nTwo.\n"
    )
    assert item_text.without_item(document, "AB-1-002") == (
        '+++\n[from]\n"AB-1-001" = "111111111111"\n+++\n\n## AB-1-001\nOne.\n'
    )
