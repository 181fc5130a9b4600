"""What nobody translated."""

from __future__ import annotations

import pytest

from lms.content.quality.residue import residue_findings
from tests.content.quality.planted import LESSON_RU, said, written
from tests.content.small import FIRST_FR, read, small

ENGLISH = "The [United Nations](https://www.un.org/) decide nothing here."


def french(text: str) -> str:
    return FIRST_FR.replace("La loi décide.", text)


def test_the_small_course_is_translated() -> None:
    assert list(residue_findings(read(small()))) == []


@pytest.mark.parametrize(
    "text",
    [ENGLISH, "La loi. The United Nations decide nothing ici.", "UNITED NATIONS *decide* NOTHING!"],
)
def test_words_that_stand_in_the_source_are_told(text: str) -> None:
    (told,) = said(residue_findings(written({"fr/AB-1.1.md": french(text)})), "residue.words")
    assert told.startswith("fr/AB-1.1.md:")
    assert "united nations decide" in told


@pytest.mark.parametrize(
    "text", ["La loi des United Nations.", "10, 20, 30, 40, 50 et 60", "The law of another book."]
)
def test_names_numbers_and_other_words_are_let_pass(text: str) -> None:
    assert list(residue_findings(written({"fr/AB-1.1.md": french(text)}))) == []


def test_a_whole_block_is_told_once() -> None:
    block = "## Who decides {#ab11-2}\n\n### Closer\n\n> A quoted sentence.\n\n" + ENGLISH
    lesson = FIRST_FR.partition("## Qui")[0] + block + "\n"
    findings = list(residue_findings(written({"fr/AB-1.1.md": lesson})))
    (told,) = said(findings, "residue.block")
    assert len(findings) == 1
    assert "The block ab11-2 is still in the source language. Translate it." in told


def test_a_list_of_sources_names_books_by_their_titles() -> None:
    english = small()["en/AB-1.1.md"].decode()
    title = "A. Author, Fair Treatment and Order in Prison, 2004."
    sources = f"::: sources {{#ab11-s}}\n- Règles 1 et 43.\n- {title}\n:::\n"
    course = written(
        {
            "en/AB-1.1.md": english.replace("- Rules 1 and 43.", f"- Rules 1 and 43.\n- {title}"),
            "fr/AB-1.1.md": f"{FIRST_FR}\n{sources}",
        }
    )
    assert list(residue_findings(course)) == []


def test_a_kazakh_letter_in_a_russian_text_is_told() -> None:
    assert list(residue_findings(written({"ru/AB-1.1.md": LESSON_RU}))) == []
    kazakh = LESSON_RU.replace("похожего", "қорлауға")
    (told,) = said(residue_findings(written({"ru/AB-1.1.md": kazakh})), "residue.neighbour")
    assert told.startswith("ru/AB-1.1.md:11: fault: “қорлауға” has a Kazakh letter")
