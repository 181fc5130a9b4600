"""``lms content check | stamp | publish | export``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy.orm import Session

from lms import installation
from lms.content import folder
from lms.db import transaction
from lms.kernel import clock
from tests.authoring.conftest import editions
from tests.content.small import FILES, small

Command = Callable[..., Result]


@pytest.fixture
def small_course(courses: Path) -> Path:
    return courses / "small-course"


def test_check_says_what_a_good_course_holds(lms: Command, small_course: Path) -> None:
    result = lms("check", small_course)
    assert result.exit_code == 0
    assert _unmeasured(result) == [
        "C77 small-course: good. 3 lessons, 11 items, 8 checks, languages: en, ar, fr",
        "nations/tn: NA-02 is empty. en/AB-1.2.md:13: Name the law.",
        "nations/ug: NA-02 is empty. en/AB-1.2.md:13: Name the law.",
    ]


def _unmeasured(result: Result) -> list[str]:
    """Return the lines but for what the measures of quality say: the small course is no lesson."""
    said = re.compile(r":(\d+:)? (warning|note): ")
    return [line for line in result.output.splitlines() if not said.search(line)]


def test_check_leaves_out_boxes_that_a_country_fills_hides_or_closes(
    lms: Command, small_course: Path
) -> None:
    boxes = small_course / "nations/tn/ar/boxes.md"
    boxes.write_text(boxes.read_text().replace("الهيئة الوطنية.\n", ""))
    nation = small_course / "nations/ug/nation.toml"
    hides = '\n[[hide]]\nblock = "ab12-b"\nlaw = "Law 3"\n'
    nation.write_text(nation.read_text() + hides)
    said = _unmeasured(lms("check", small_course))
    empty = [line.partition(" is empty")[0] for line in said]
    assert empty[1:] == ["nations/tn: NA-01", "nations/tn: NA-02"]


def test_check_says_every_fault(lms: Command, small_course: Path) -> None:
    lesson = small_course / "en/AB-1.1.md"
    lesson.write_text(lesson.read_text().replace("Speak.", "<b>Speak.</b>"))
    (small_course / "notes.txt").write_text("x")
    result = lms("check", small_course)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "en/AB-1.1.md:34: HTML is not used. Write the words without < and >.",
        "notes.txt: This file has no place in a course; see FORMAT.md.",
        "2 to mend.",
    ]


def test_check_says_what_the_measures_find_and_fails_on_a_fault(
    lms: Command, small_course: Path
) -> None:
    assert ": warning: The lesson has 64 words" in lms("check", small_course).output
    lesson = small_course / "fr/AB-1.1.md"
    lesson.write_text(lesson.read_text().replace("La loi décide.", "La loi décide, non?"))
    result = lms("check", small_course)
    assert result.exit_code == 1
    first, *_, last = result.output.splitlines()
    assert first == "C77 small-course: the format is right, the text is to mend."
    assert any(
        line.startswith("fr/AB-1.1.md:") and ": fault: In French a no-break space" in line
        for line in result.output.splitlines()
    )
    assert last == "1 to mend."


def test_check_compares_the_courses_that_it_is_given(lms: Command, small_course: Path) -> None:
    other = small_course.with_name("other-course")
    files = small()
    files["course.toml"] = files["course.toml"].replace(b"small-course", b"other-course")
    folder.write(other, files)
    alone = lms("check", other).output
    both = lms("check", small_course, other)
    assert both.exit_code == 0
    assert "of small-course" not in alone
    assert ": warning: AB-1-001 asks the same as AB-1-001 of small-course (en/bank/" in both.output
    (other / "notes.txt").write_text("x")
    broken = lms("check", small_course, other)
    assert broken.exit_code == 1
    assert broken.output.splitlines()[0].startswith("C77 small-course: good.")
    assert "notes.txt: This file has no place in a course; see FORMAT.md." in broken.output


def test_check_shows_the_figures_as_a_table(lms: Command, small_course: Path) -> None:
    table = lms("check", small_course, "--report").output.splitlines()
    (start,) = (n for n, line in enumerate(table) if line.startswith("C77 small-course: 0 faults"))
    assert table[start + 1].split() == ["minutes", "en", "ar", "fr"]
    assert table[start + 2].startswith("AB-1.1")
    assert "minutes  en" not in lms("check", small_course).output


def test_check_prints_values_for_programs(lms: Command, small_course: Path) -> None:
    result = lms("check", small_course, "--json")
    assert result.exit_code == 0
    (course,) = json.loads(result.output)["courses"]
    assert (course["id"], course["counts"]["fault"]) == ("C77", 0)
    (small_course / "notes.txt").write_text("x")
    result = lms("check", small_course, "--json")
    assert result.exit_code == 1
    (course,) = json.loads(result.output)["courses"]
    assert course["folder"] == "small-course"
    assert course["findings"] == [
        {
            "severity": "fault",
            "code": "format",
            "file": "notes.txt",
            "line": 0,
            "text": "This file has no place in a course; see FORMAT.md.",
        }
    ]


@pytest.mark.parametrize("command", ["check", "stamp", "publish"])
def test_a_link_in_the_folder_is_said(lms: Command, small_course: Path, command: str) -> None:
    (small_course / "en/x.md").symlink_to("/etc/hostname")
    result = lms(command, small_course)
    assert (result.exit_code, result.output) == (
        1,
        "en/x.md: links and special files are not taken.\n",
    )


def test_stamp_writes_ids_and_digests_once(lms: Command, tmp_path: Path) -> None:
    files = {path: text.encode() for path, text in FILES.items()}
    files["en/AB-1.2.md"] = files["en/AB-1.2.md"].replace(b" {#ab12-c3}", b"")
    folder.write(tmp_path / "new", files)
    assert lms("check", tmp_path / "new").exit_code == 1
    result = lms("stamp", tmp_path / "new")
    assert (result.exit_code, result.output) == (0, "1 ids and the digests of 5 files written.\n")
    assert lms("stamp", tmp_path / "new").output == "0 ids and the digests of 0 files written.\n"
    assert lms("check", tmp_path / "new").exit_code == 0


def test_stamp_again_brings_a_block_up_to_date(lms: Command, small_course: Path) -> None:
    lesson = small_course / "en/AB-1.1.md"
    lesson.write_text(lesson.read_text().replace("Say what is forbidden", "Say what is never done"))
    before = (small_course / "ar/AB-1.1.md").read_text()
    lms("stamp", small_course)
    assert (small_course / "ar/AB-1.1.md").read_text() == before
    lms("stamp", small_course, "--again", "ab11-o")
    assert (small_course / "ar/AB-1.1.md").read_text() != before


def test_stamp_refuses_what_it_cannot_read(lms: Command, small_course: Path) -> None:
    (small_course / "en/AB-1.1.md").write_bytes(b"\xff")
    result = lms("stamp", small_course)
    assert (result.exit_code, result.output) == (
        1,
        "en/AB-1.1.md:1: This line is not UTF-8. Save the file as UTF-8.\n",
    )
    (small_course / "course.toml").write_text("x")
    result = lms("stamp", small_course)
    assert (result.exit_code, result.output) == (
        1,
        "course.toml: write source = and the language of the course.\n",
    )


def test_publish_and_export_give_the_folder_back(
    lms: Command, small_course: Path, session: Session, tmp_path: Path
) -> None:
    result = lms("publish", small_course)
    assert (result.exit_code, result.output) == (0, "C77 small-course: edition 1.0\n")
    assert lms("publish", small_course).output == "C77 small-course: edition 1.0\n"
    assert editions(session) == ["1.0"]
    result = lms("export", "small-course", "--to", tmp_path / "out")
    assert result.exit_code == 0
    assert folder.load(tmp_path / "out" / "small-course") == small()


def test_publish_says_faults_and_publishes_nothing(
    lms: Command, small_course: Path, session: Session
) -> None:
    (small_course / "en/AB-1.2.md").unlink()
    result = lms("publish", small_course)
    assert result.exit_code == 1
    assert "en/AB-1.2.md: The file is missing.\n" in result.output
    assert editions(session) == []


def test_publish_says_why_it_was_refused(lms: Command, small_course: Path) -> None:
    lms("publish", small_course)
    course = small_course / "course.toml"
    course.write_text(course.read_text().replace('"C77"', '"C78"'))
    result = lms("publish", small_course)
    assert (result.exit_code, result.output) == (
        1,
        "The course C77 already has the address small-course. Change the slug.\n",
    )


def test_export_as_one_file_for_each_language(
    lms: Command, small_course: Path, session: Session, tmp_path: Path
) -> None:
    with transaction() as writing:
        installation.decide(writing, {"languages": ["en", "ar"]}, now=clock.now())
    lms("publish", small_course)
    result = lms("export", "small-course", "--single", "--to", tmp_path / "out")
    assert result.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "small-course-ar.html",
        "small-course-en.html",
    ]


@pytest.mark.parametrize("single", [(), ("--single",)])
def test_export_of_nothing(lms: Command, single: tuple[str, ...]) -> None:
    result = lms("export", "small-course", *single)
    assert (result.exit_code, result.output) == (
        1,
        "No course small-course is published here, or it is restricted.\n",
    )


def test_a_restricted_course_is_no_single_file(lms: Command, small_course: Path) -> None:
    course = small_course / "course.toml"
    course.write_text(course.read_text().replace('access = "open"', 'access = "restricted"'))
    for language in ("en", "ar"):
        about = small_course / language / "course.md"
        about.write_text(about.read_text().replace("title =", 'public_title = "C"\ntitle =', 1))
    assert lms("publish", small_course).exit_code == 0
    assert lms("export", "small-course", "--single").exit_code == 1


# ---- Readiness ---------------------------------------------------------------------------------


def test_readiness_says_what_each_country_lacks(lms: Command, small_course: Path) -> None:
    result = lms("readiness", small_course)
    assert result.exit_code == 0
    said = result.output.splitlines()
    assert said[:2] == [
        (
            "nations/tn: NA-01 (AB-1.1, blocking): draft; Law 1 of 2001, checked 2026-11-24; "
            "words in: ar"
        ),
        "nations/tn: NA-02 (AB-1.2): empty",
    ]
    for line in (
        "nations/tn: en: may certify",
        "nations/tn: ar: may not certify",
        "  Box NA-01 is a draft. Confirm it, with its legal source. (the certificate says so)",
        "  Questions that are not translated, or no longer: 10. The first is AB-1-001.",
        "nations/tn: Block not shown ab11-2: Law 2 of 2002",
        "nations/tn: Question not asked AB-1-006: no law is named",
        "nations/ug: Module closed AB-2: Prisons Act 2006",
    ):
        assert line in said, line


def test_readiness_as_values_of_one_country_that_waits(lms: Command, small_course: Path) -> None:
    nation = small_course / "nations/tn/nation.toml"
    text = nation.read_text().replace("[[hide]]", "[[replace]]")
    nation.write_text(text.replace('checker = ""', 'checker = ""\nreview_by = 2020-01-01'))
    words = small_course / "nations/tn/fr/replaced.md"
    words.parent.mkdir()
    words.write_text("+++\n+++\n\n## Ici {#nat-ab11-2}\n\nLa loi.\n")
    done = lms("readiness", small_course, "--nation", "tn", "--wait-for-boxes", "--json")
    [found] = json.loads(done.output)["nations"]
    assert found["boxes"][0]["review_by"] == "2020-01-01"
    assert found["boxes"][0]["overdue"]
    assert not found["languages"]["en"]["may_certify"]
    [reason] = found["languages"]["en"]["reasons"]
    assert (reason["code"], reason["lesson"], reason["stops"]) == ("NA-01", "AB-1.1", True)
    assert found["limits"][0]["kind"] == "replaced"
    assert found["changed"] == ["ab11-2"]
    said = lms("readiness", small_course, "--nation", "tn").output
    assert "to be looked at by 2020-01-01, overdue" in said
    assert "ab11-2: the core says something else by now than when this country decided" in said


def test_readiness_refuses_what_is_not_there(lms: Command, small_course: Path) -> None:
    refused = lms("readiness", small_course, "--nation", "kz")
    assert refused.exit_code == 1
    assert "small-course has no layer for kz." in refused.output
    (small_course / "en/AB-1.2.md").unlink()
    refused = lms("readiness", small_course)
    assert refused.exit_code == 1
    assert "en/AB-1.2.md: The file is missing." in refused.output
