"""Figures that a translation has lost are told."""

from __future__ import annotations

import pytest

from lms.content.model import Course
from lms.content.quality.figures import figure_findings
from tests.content.quality.planted import said, written
from tests.content.small import FIRST_AR, FIRST_FR, small

ENGLISH = "The [United Nations](https://www.un.org/) decide nothing here."
TABLE = "| 1 | Dignity |"


def told(english: str, french: str) -> list[str]:
    """Return what is said of a French lesson; the Arabic one has no table with a figure."""
    notes = said(figure_findings(lesson(english, french)), "figure.lost")
    return [each for each in notes if each.startswith("fr/")]


def lesson(english: str, french: str) -> Course:
    source = small()["en/AB-1.1.md"].decode()
    assert ENGLISH in source
    source = source.replace(ENGLISH, f"{ENGLISH} {english}")
    return written(
        {"en/AB-1.1.md": source, "fr/AB-1.1.md": FIRST_FR.replace("La loi décide.", french)}
    )


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("At most 15 days.", "Au plus 15 jours."),
        ("At 18:00, then 06:05.", "À 18 h, puis à 6 h 05."),
        ("Six days.", "6 jours."),
        ("Rule 54 (Rules 1 and 2).", "La loi décide."),  # told as a rule, not twice
        ("No figure.", "Aucun chiffre."),
    ],
)
def test_the_same_figures_are_let_pass(english: str, french: str) -> None:
    assert told(english, french) == []


def test_a_figure_that_is_another_one_is_noted() -> None:
    (note,) = told("At most 15 days and 22 hours.", "Au plus 16 jours et 22 heures.")
    assert note.startswith("fr/AB-1.1.md:14: note: The source text has 15 in figures here")


def test_digits_of_other_scripts_are_the_same_figures() -> None:
    arabic = FIRST_AR.replace("لا [تعذيب](term:torture).", "لا [تعذيب](term:torture). ١ و٢٢.")
    source = small()["en/AB-1.1.md"].decode().replace(TABLE, "| 22 | Dignity |")
    course = written({"en/AB-1.1.md": source, "ar/AB-1.1.md": arabic})
    assert said(figure_findings(course), "figure.lost") == []
    less = written({"en/AB-1.1.md": source})
    assert [each.partition(":")[0] for each in said(figure_findings(less), "figure.lost")] == [
        "ar/AB-1.1.md"
    ]


def test_addresses_have_no_figures() -> None:
    assert told("See [this page](https://www.un.org/2026/5).", "Aucun chiffre.") == []
