"""Every sentence about a fault is said once, with the right file and line, and is documented."""

from __future__ import annotations

import re

import pytest

from lms.content.faults import MOST_FAULTS, CourseRefused
from lms.content.reader import read_course
from tests.content.cases import CASES, CONTENT, Case, sentences
from tests.content.small import edited, faults, small

FORMAT = (CONTENT.parents[1] / "courses" / "FORMAT.md").read_text()


def test_the_small_course_has_no_fault() -> None:
    assert faults(small()) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says[:70])
def test_a_fault_is_said_with_file_and_line(case: Case) -> None:
    files = case.files()
    reading = read_course(files)
    said = [str(fault) for fault in reading.faults]
    assert case.says in said, "\n".join(said)
    assert reading.course is None
    for fault in reading.faults:
        assert fault.line <= files.get(fault.file, b"").count(b"\n") + 1


def test_every_sentence_is_provoked() -> None:
    said = {fault.message.msgid for case in CASES for fault in read_course(case.files()).faults}
    assert sentences() - said == set()


def test_every_sentence_stands_in_the_format() -> None:
    listed = set(re.findall(r"^\| `(.+?)` \|", FORMAT.partition("Every message")[2], re.MULTILINE))
    assert {sentence.replace("|", r"\|") for sentence in sentences()} == listed


def test_all_faults_are_said_at_once() -> None:
    files = edited("en/AB-1.1.md", "## What the Rules say {#ab11-1}", "## What the Rules say")
    files["course.toml"] = files["course.toml"].replace(b"percent = 80", b"percent = 20")
    files["en/bank/AB-2.md"] = files["en/bank/AB-2.md"].replace(b"difficulty=1", b"difficulty=7")
    files["nations/ug/nation.toml"] += b"\n[other]\n"
    said = faults(files)
    assert "course.toml: pass.percent is a whole number from 70 to 100." in said
    assert "en/AB-1.1.md:14: This block has no id {#…}. Run: lms content stamp" in said
    assert any(
        line.startswith("en/bank/AB-2.md:") and "difficulty= from 1 to 3" in line for line in said
    )
    assert any(line.startswith("nations/ug/nation.toml: other is not known") for line in said)
    assert said == sorted(said, key=lambda line: line.split(":")[0])


def test_a_refused_course_counts_its_faults() -> None:
    reading = read_course(edited("course.toml", 'slug = "small-course"\n', ""))
    with pytest.raises(CourseRefused) as refused:
        reading.required()
    assert [str(fault) for fault in refused.value.faults] == [
        "course.toml: Write a value for slug."
    ]
    assert "1 faults" in str(refused.value.message)


def test_faults_end_somewhere() -> None:
    files = small({"en/AB-1.1.md": "+++\n+++\n" + "<b>\n" * 4000})
    files |= {f"en/file{n}.md": b"" for n in range(500)}
    assert len(read_course(files).faults) == MOST_FAULTS
