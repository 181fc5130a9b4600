"""The examples in courses/FORMAT.md are what the reader takes."""

from __future__ import annotations

import re
import tomllib

from lms.content import blocks, folder, media, nation_tables, pictures, questions, reader, tables
from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.nation_tables import nation_facts
from lms.content.questions import facts_of, read_question
from lms.content.tables import course_facts
from tests.content.cases import CONTENT

FORMAT = (CONTENT.parents[1] / "courses" / "FORMAT.md").read_text()
SAMPLES = re.findall(r"^```(\w*)\n(.*?)^```$", FORMAT, re.DOTALL | re.MULTILINE)
TOML = [text for kind, text in SAMPLES if kind == "toml"]
PLAIN = [text for kind, text in SAMPLES if kind == ""]


def test_the_example_of_a_course_is_good() -> None:
    faults = Faults()
    facts = course_facts("course.toml", tomllib.loads(TOML[0]), faults)
    assert list(faults) == []
    assert facts.codes() == ("MR-1.1", "MR-1.2")


def test_the_example_of_a_country_is_good() -> None:
    faults = Faults()
    facts = nation_facts("tn", "nation.toml", tomllib.loads(TOML[1]), faults)
    assert list(faults) == []
    assert set(facts.closed) == {"MR-4"}


def test_the_example_of_a_lesson_is_good() -> None:
    faults = Faults()
    document = read_document("en/MR-1.1.md", PLAIN[1].encode(), faults)
    assert list(faults) == []
    assert document is not None
    assert [block.id for block in document.blocks] == ["mr11-o", "mr11-1"]


def test_the_example_of_a_question_is_good() -> None:
    faults = Faults()
    heading, facts, *lines = PLAIN[2].splitlines(keepends=True)
    kind, known, strange = facts_of(facts.strip()[1:-1].split())
    assert (heading, strange) == ("## MR-1-001\n", [])
    question = read_question("MR-1-001", kind, known, lines, "bank", 1, faults)
    assert list(faults) == []
    assert question is not None
    assert question.key() == {"choices": ["a", "b"], "right": "a"}


def test_the_example_of_a_translation_is_good() -> None:
    front = tomllib.loads(PLAIN[3].strip().strip("+"))
    assert front["reviewed"] is False
    assert front["from"] == {"mr11-o": "3f1c0a9b2d44"}


def test_the_limits_are_those_of_the_program() -> None:
    limits = FORMAT.partition("## 10. Limits")[2].partition("## 11.")[0]
    said = {
        "256 kB": blocks.MOST_BYTES // 1024,
        "5,000 lines": blocks.MOST_LINES,
        "4,000 characters": blocks.LONGEST_LINE,
        "10,000 of the signs": blocks.MOST_MARKS,
        "2,000;": folder.MOST_FILES,
        "50 MB": folder.MOST_BYTES_IN_ALL // 2**20,
        "texts 24 MB": reader.MOST_TEXT // 2**20,
        "each other | 4 |": folder.MOST_DEPTH,
        "quotes | 6 |": blocks.MOST_NESTING,
        "200; 8; 4": blocks.MOST_BLOCKS,
        "64 kB": blocks.MOST_TOML // 1024,
        "90 characters": blocks.LONGEST_TITLE,
        "a picture | 60 kB": pictures.MOST_BYTES // 1024,
        "25 million pixels": pictures.MOST_PIXELS // 10**6,
        "shows: 300": media.LONGEST_ALT,
    }
    for words, number in said.items():
        assert words in limits, words
        assert str(number) in words.replace(",", ""), words
    assert (questions.MOST_CHOICES, questions.MOST_STEPS, blocks.TOML_DEPTH) == (8, 4, 4)


def test_every_name_of_the_program_is_explained() -> None:
    for name in (
        *blocks.CONTAINERS,
        *questions.KINDS,
        *questions.FACTS,
        *nation_tables.STATUSES,
        *tables.SEVERITIES,
        *tables.PARTS,
    ):
        assert re.search(rf"[`\" ]{name}[`\" =,.\n]", FORMAT), name
