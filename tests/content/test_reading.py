"""A course is read as it was written, and written as it was read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.content import folder
from lms.content.blocks import read_document
from lms.content.digests import core_digest, layer_digest
from lms.content.faults import Faults
from lms.content.model import Limit
from lms.content.reader import read_course
from lms.content.writer import write_course
from tests.content.small import FIRST, edited, read, small

REAL = Path(__file__).parents[2] / "courses"
# Pieces of which texts are made that a course may hold, and some that it may not.
PIECES = st.sampled_from(
    [
        "word ",
        "كلمة ",
        "сөз ",
        "é",
        "\u200f",
        "\n",
        "\n\n",
        "- a\n",
        "1. b\n",
        "> q\n",
        "### h\n",
        "**s** ",
        "[w](term:torture) ",
        "[x](https://example.org) ",
        "|a|b|\n|-|-|\n|c|d|\n",
        "  ",
        "::: do {#x}\n",
        ":::\n",
        "## t {#y}\n",
        "+++\n",
        "{#z} ",
        "- [x] a. yes\n",
        "= 15\n",
        "\t",
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


def test_the_structure_is_read() -> None:
    course = read(small())
    assert course.facts.codes() == ("AB-1.1", "AB-1.2", "AB-2.1")
    assert [module.minutes for module in course.facts.modules] == [25, 15]
    assert course.facts.critical == {"no-torture": "AB-1.1"}
    assert course.facts.boxes == {"NA-01": True, "NA-02": False}
    assert course.facts.tests == {
        "pre": {"items": 2, "scenarios": 0},
        "post": {"items": 5, "scenarios": 1},
    }
    assert course.languages == ("en", "ar", "fr")
    assert list(course.items["en"]) == [
        *(f"AB-1-00{n}" for n in range(1, 8)),
        *(f"AB-2-00{n}" for n in range(1, 5)),
    ]
    assert sorted(course.nations) == ["tn", "ug"]
    assert course.nations["ug"].closed == {"AB-2": Limit("Prisons Act 2006")}
    assert course.nations["tn"].items_out == {"AB-1-006"}


def test_authors_may_say_where_the_facts_come_from() -> None:
    """SOURCES.md travels with the course, is checked like any text, and is part of no page."""
    sources = b"# Sources\n\n- A book of 2015.\n"
    course = read(small() | {"SOURCES.md": sources})
    assert write_course(course)["SOURCES.md"] == sources
    assert course.documents == read(small()).documents
    refused = read_course(small() | {"SOURCES.md": sources.rstrip()})
    assert [str(fault) for fault in refused.faults] == [
        "SOURCES.md: The last line has no line end. Add one."
    ]


@pytest.mark.parametrize(
    ("check", "key"),
    [
        ("AB-1.1-c1", {"choices": ["a", "b"], "right": "a"}),
        ("AB-1.1-c2", {"accepts": ["fifteen days", "15 days"]}),
        ("AB-1.2-c1", {"choices": ["a", "b", "c"], "right": ["a", "b"], "choose": 2}),
        ("AB-1.2-c2", {"claim": "false", "reasons": ["a", "b"], "right": "a"}),
        ("AB-1.2-c3", {"order": ["c", "a", "b"]}),
        ("AB-2.1-c1", {"pairs": {"a": "A", "b": "B", "c": "C"}, "rights": ["A", "B", "C", "X"]}),
        ("AB-2.1-c2", {"value": "15", "tolerance": "0"}),
        (
            "AB-2.1-c3",
            {
                "steps": [
                    {"id": "s1", "choices": ["a", "b"], "right": "a"},
                    {"id": "s2", "choices": ["a", "b"], "right": "b"},
                    {"id": "s3", "choices": ["a", "b"], "right": "a"},
                ]
            },
        ),
    ],
)
def test_the_key_of_each_kind(check: str, key: dict[str, object]) -> None:
    assert read(small()).checks["en"][check].key() == key


def test_a_translation_has_the_key_of_the_source() -> None:
    course = read(small())
    arabic = course.checks["ar"]["AB-1.1-c1"]
    assert arabic.key() == course.checks["en"]["AB-1.1-c1"].key()
    assert [choice.text for choice in arabic.choices] == ["لا، أبدا.", "نعم، بأمر."]


def test_a_translated_ordering_may_stand_in_any_order() -> None:
    lesson = (
        '+++\ntitle = "ل"\nreviewed = false\n+++\n\n::: check AB-1.2-c3 ordering {#ab12-c3}\n'
        "ما الأول؟\n\n- a. تكلم\n- b. اكتب\n- c. انظر\n:::\n"
    )
    question = read(small({"ar/AB-1.2.md": lesson})).checks["ar"]["AB-1.2-c3"]
    assert [(choice.letter, choice.text) for choice in question.choices] == [
        ("c", "انظر"),
        ("a", "تكلم"),
        ("b", "اكتب"),
    ]


def test_the_writer_gives_back_what_was_read() -> None:
    assert write_course(read(small())) == small()


@pytest.mark.parametrize("course", sorted(path.parent.name for path in REAL.glob("*/course.toml")))
def test_the_writer_gives_back_every_shipped_course(course: str) -> None:
    files = folder.load(REAL / course)
    assert write_course(read(files)) == files


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    place=st.integers(0, FIRST.count("\n")),
    text=TEXTS,
    path=st.sampled_from(
        [
            "en/AB-1.1.md",
            "ar/AB-1.1.md",
            "en/bank/AB-1.md",
            "nations/tn/ar/boxes.md",
            "en/glossary.md",
        ]
    ),
)
def test_an_edited_course_is_written_byte_for_byte(place: int, text: str, path: str) -> None:
    files = small()
    lines = files[path].decode().splitlines(keepends=True)
    lines.insert(min(place, len(lines)), text)
    files[path] = "".join(lines).encode()
    course = read_course(files).course
    if course is not None:
        assert write_course(course) == files


@settings(max_examples=300)
@given(text=TEXTS)
def test_a_document_is_its_blocks(text: str) -> None:
    """Also one with faults: no byte is lost between the blocks."""
    document = read_document("en/x.md", f"+++\n+++\n{text}".encode(), Faults())
    if document is not None:
        assert document.text() == f"+++\n+++\n{text}"


@settings(max_examples=200)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_without_an_exception(data: bytes) -> None:
    for path in ("course.toml", "en/AB-1.1.md", "en/bank/AB-1.md", "nations/tn/nation.toml"):
        reading = read_course(small({path: data}))
        assert reading.course is not None or len(reading.faults)


def test_digests_tell_core_and_layer_apart() -> None:
    files = small()
    core, layer = core_digest(files), layer_digest(files, "tn")
    words = edited("en/AB-1.1.md", "Speak.", "Speak up.")
    boxes = edited("nations/tn/ar/boxes.md", "الهيئة", "هيئة")
    assert core_digest(words) != core
    assert layer_digest(words, "tn") == layer
    assert core_digest(boxes) == core
    assert layer_digest(boxes, "tn") != layer
    assert layer_digest(boxes, "ug") == layer_digest(files, "ug")


def test_two_folders_never_run_together() -> None:
    assert core_digest({"a": b"bc", "d": b""}) != core_digest({"a": b"b", "cd": b""})
    assert core_digest({"a": b"1", "b": b"2"}) == core_digest({"b": b"2", "a": b"1"})
