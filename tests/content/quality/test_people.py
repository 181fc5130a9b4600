"""What names a person's origin, faith or looks is listed for somebody to read."""

from __future__ import annotations

import pytest

from lms.content.quality.suspicion import people_findings
from tests.content.quality.planted import planted, said
from tests.content.small import read, small


def test_the_small_course_names_nobody() -> None:
    assert list(people_findings(read(small()))) == []


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("en/AB-1.1.md", "It is ten to nine.", "A Kurdish teacher waits."),
        ("ar/AB-1.1.md", "قل ما هو ممنوع.", "زيارة الإمام."),
        ("fr/AB-1.1.md", "La loi décide.", "La mosquée décide."),
    ],
)
def test_a_text_that_names_an_origin_or_a_faith_is_noted(path: str, old: str, new: str) -> None:
    (told,) = said(people_findings(planted(path, old, new)), "people.named")
    assert told.startswith(f"{path}:")
    text = planted(path, old, new).files[path].decode().splitlines()
    assert new in text[int(told.split(":")[1]) - 1]


def test_a_look_is_noted_in_a_question_and_not_in_a_text() -> None:
    assert list(people_findings(planted("en/AB-1.1.md", "It is ten to", "A beard, ten to"))) == []
    course = planted("en/bank/AB-1.md", "Secret no 2.", "He has a beard.")
    (told,) = said(people_findings(course), "people.named")
    assert told.startswith("en/bank/AB-1.md:")
    assert "note: It names a look or devotion: “" in told


def test_every_place_of_a_text_is_noted_with_its_own_line() -> None:
    course = planted("en/AB-1.1.md", "It is ten to nine.", "An imam waits.\n\nA rabbi waits.")
    lines = [int(each.split(":")[1]) for each in said(people_findings(course), "people.named")]
    assert lines == [lines[0], lines[0] + 2]


def test_a_label_is_noted_where_it_would_be_right() -> None:
    course = planted("en/bank/AB-1.md", "Secret yes 2.", "He is an extremist.")
    (told,) = said(people_findings(course), "people.label")
    assert "note: The right choice calls somebody “He is an extremist.”" in told
    wrong = planted("en/bank/AB-1.md", "Secret no 2.", "He is an extremist.")
    assert list(people_findings(wrong)) == []
