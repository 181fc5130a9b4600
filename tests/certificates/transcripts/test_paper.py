"""The paper of a training record: what is printed, in which letters, and what is refused."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lms.certificates.glyphs import MissingGlyph
from lms.certificates.transcripts import labels, paper
from lms.certificates.transcripts.rules import (
    LINES_ON_SHEET,
    Line,
    State,
    Transcript,
    hours_of,
    state_of,
)
from lms.installation import LANGUAGES
from lms.kernel.errors import Refused
from lms.web.language import say
from tests.certificates.papers import COUNTRY, ISSUERS, NAMES, TITLES
from tests.certificates.test_pdf import printed
from tests.courses import structure
from tests.signing.test_transcripts import signed

ADDRESS = "https://learn.example.gov/verify/offline"
HEADINGS = {
    "en": "Training record", "fr": "Relevé de formation", "ar": "كشف التدريب",
    "ru": "Справка об обучении", "kk": "Оқу туралы анықтама",
}  # fmt: skip
PASSED = Line(
    "C01",
    TITLES,
    "1.0",
    State.PASSED,
    date(2026, 11, 22),
    date(2028, 11, 22),
    3.5,
    92,
    "TN-2026-00417",
    "23456789CFGV",
)
BEGUN = Line("C02", TITLES, "2.1", State.BEGUN, None, None, 1.5, None, "", "")
ACCEPTED = Line("C03", TITLES, "1.2", State.ACCEPTED, date(2025, 3, 5), None, 0, None, "", "")


def transcript(*languages: str, lines: tuple[Line, ...] = (PASSED, BEGUN, ACCEPTED)) -> Transcript:
    first = languages[0]
    return Transcript(
        NAMES[first], date(2026, 11, 23), languages, ISSUERS, lines, country=COUNTRY[first]
    )


def render(made: Transcript) -> bytes:
    codes = [signed()] * len(made.sheets())
    words = labels.in_languages(say, made.languages)
    return paper.render(made, codes, ADDRESS, words, day=made.day)


def test_the_same_facts_always_give_the_same_bytes() -> None:
    first = render(transcript("en"))
    assert render(transcript("fr")) != first
    assert render(transcript("en")) == first


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_prints_its_own_letters(language: str, tmp_path: Path) -> None:
    text = printed(render(transcript(language)), tmp_path)
    for wanted in (HEADINGS[language], ISSUERS[language], *NAMES[language]):
        assert unicodedata.normalize("NFKC", wanted) in text
    for wanted in ("TN-2026-00417", "2345-6789-CFGV", "92 %", "learn.example.gov/verify/offline"):
        assert wanted in text
    assert "�" not in text


@pytest.mark.parametrize(("first", "second"), [("ar", "fr"), ("kk", "ru"), ("ru", "en")])
def test_two_languages_stand_on_one_sheet(first: str, second: str, tmp_path: Path) -> None:
    text = printed(render(transcript(first, second)), tmp_path)
    for language in (first, second):
        assert unicodedata.normalize("NFKC", HEADINGS[language]) in text
    assert text.count("\f") == 1


def test_the_sums_are_those_of_the_lines(tmp_path: Path) -> None:
    made = transcript("en")
    assert made.hours == 5
    words = labels.in_languages(say, made.languages)
    facts = paper.page_data(made, [signed()], ADDRESS, words)["facts"]
    assert [(each[0]["label"], each[0]["value"]) for each in facts] == [
        ("As of", "23 November 2026"),
        ("Courses passed", "1"),
        ("Learning hours in all", "5"),
    ]
    assert "Learning hours in all" in printed(render(made), tmp_path)


def test_the_fullest_sheet_in_two_languages_fits(tmp_path: Path) -> None:
    long = {each: (title * 9)[:100] for each, title in TITLES.items()}
    full = (replace(PASSED, titles=long, valid_through=None),) * LINES_ON_SHEET
    for pair in (("ar", "fr"), ("kk", "ru"), ("fr", "ar")):
        text = printed(render(transcript(*pair, lines=full)), tmp_path)
        assert text.count("\f") == 1, pair


def test_one_line_too_many_is_another_sheet(tmp_path: Path) -> None:
    text = printed(render(transcript("en", lines=(PASSED,) * (LINES_ON_SHEET + 1))), tmp_path)
    assert text.count("\f") == 2
    assert text.count("Amina Ben Salah") == 2


def test_what_cannot_fit_is_refused_in_words() -> None:
    endless = {each: title * 100 for each, title in TITLES.items()}
    with pytest.raises(Refused, match="do not fit"):
        render(transcript("en", lines=(replace(PASSED, titles=endless),)))


def test_a_character_without_a_glyph_is_named() -> None:
    with pytest.raises(MissingGlyph, match="U\\+5C71"):
        render(replace(transcript("en"), names=("Amina 山",)))


def test_an_arabic_paper_may_have_arabic_digits_but_numbers_of_certificates_stay(
    tmp_path: Path,
) -> None:
    text = printed(render(replace(transcript("ar"), digits="arab")), tmp_path)
    for wanted in ("٢٠٢٦", "٣٫٥", "TN-2026-00417"):
        assert wanted in text


def test_the_document_is_tagged_and_archival() -> None:
    document = render(transcript("kk", "ru"))
    assert b"pdfaid:part>2" in document
    assert b"pdfaid:conformance>A" in document


# ---- Rules --------------------------------------------------------------------------------------


def test_hours_are_those_of_finished_lessons_and_all_of_them_are_the_course() -> None:
    course = structure()
    codes = course.codes()
    assert hours_of(course, codes) == float(course.hours)
    assert hours_of(course, ()) == 0
    assert hours_of(course, ("gone",)) == 0
    assert 0 < hours_of(course, codes[: len(codes) // 2 + 1]) <= float(course.hours)


def test_what_counts_without_a_pass_was_accepted_from_elsewhere() -> None:
    assert state_of(passed=True, held=True) is State.PASSED
    assert state_of(passed=True, held=False) is State.PASSED
    assert state_of(passed=False, held=True) is State.ACCEPTED
    assert state_of(passed=False, held=False) is State.BEGUN


def test_a_record_of_nothing_has_one_empty_sheet() -> None:
    assert transcript("en", lines=()).sheets() == [()]
