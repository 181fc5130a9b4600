"""The paper: what is printed, in which letters, and what is refused."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from lms.certificates import pdf
from lms.certificates.glyphs import MissingGlyph, isolated
from lms.certificates.printed import shown_day
from lms.certificates.snapshot import Signatory
from lms.kernel.errors import Refused
from tests.certificates.papers import ISSUERS, LABELS, LANGUAGES, NAMES, TITLES, snapshot

LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>'
)
MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
PAIRS = (("ar", "fr"), ("kk", "ru"))


def printed(document: bytes, folder: Path) -> str:
    """Return the text that a reader of the PDF gets, without the marks of direction."""
    path = folder / "certificate.pdf"
    path.write_bytes(document)
    reply = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
    return MARKS.sub("", unicodedata.normalize("NFKC", reply.stdout.decode()))


def test_the_same_snapshot_always_gives_the_same_bytes() -> None:
    first = pdf.render(snapshot("en"), NAMES["en"], LABELS)

    assert pdf.render(snapshot("en"), NAMES["en"], LABELS) == first
    assert b"D:20261123" in first


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_prints_its_own_letters(language: str, tmp_path: Path) -> None:
    document = pdf.render(snapshot(language), NAMES[language], LABELS)
    text = printed(document, tmp_path)

    for wanted in (TITLES[language], ISSUERS[language], *NAMES[language]):
        assert unicodedata.normalize("NFKC", wanted) in text
    for wanted in ("TN-2026-00417", "2345-6789-CFGV", "learn.example.gov/v/23456789CFGV"):
        assert wanted in text
    assert "�" not in text
    assert "??" not in text


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_languages_stand_on_one_page(first: str, second: str, tmp_path: Path) -> None:
    document = pdf.render(snapshot(first, second), NAMES[first], LABELS)
    text = printed(document, tmp_path)

    for language in (first, second):
        assert unicodedata.normalize("NFKC", TITLES[language]) in text
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", document)) <= 1
    assert text.count("\f") == 1


def test_a_title_without_translation_is_printed_once(tmp_path: Path) -> None:
    same = dict.fromkeys(TITLES, TITLES["en"])
    text = printed(pdf.render(snapshot("kk", "ru", titles=same), NAMES["kk"], LABELS), tmp_path)

    assert text.count(TITLES["en"]) == 1


def test_everything_at_once_still_fits(tmp_path: Path) -> None:
    long = {language: f"{title} — {title}" for language, title in TITLES.items()}
    people = tuple(Signatory(ISSUERS, TITLES) for _ in range(3))
    notes = {language: (title, title) for language, title in TITLES.items()}
    paper = snapshot(
        "ar",
        "fr",
        titles=long,
        signatories=people,
        logos=("a", "b", "c", "d"),
        notes=notes,
        partners=ISSUERS,
        funders=ISSUERS,
        programme=TITLES,
    )
    text = printed(pdf.render(paper, NAMES["ar"], LABELS, (LOGO,) * 4), tmp_path)

    assert text.count("\f") == 1


def test_what_cannot_fit_is_refused_in_words() -> None:
    endless = {language: title * 200 for language, title in TITLES.items()}

    with pytest.raises(Refused, match="do not fit"):
        pdf.render(snapshot("en", titles=endless), NAMES["en"], LABELS)


def test_a_character_without_a_glyph_is_named_and_nothing_is_printed() -> None:
    with pytest.raises(MissingGlyph) as refused:
        pdf.render(snapshot("en"), ("Amina 山",), LABELS)

    assert "山" in str(refused.value)
    assert "U+5C71" in str(refused.value)


def test_a_preview_says_so(tmp_path: Path) -> None:
    text = printed(pdf.render(snapshot("en"), NAMES["en"], LABELS, preview=True), tmp_path)

    # It climbs across the page: a reader finds its letters one by one, from the top.
    assert "Preview"[::-1] in text.replace("\n", "")


def test_an_arabic_page_may_have_arabic_digits_but_its_number_stays_latin(tmp_path: Path) -> None:
    text = printed(pdf.render(snapshot("ar", digits="arab"), NAMES["ar"], LABELS), tmp_path)

    assert "٢٠٢٦" in text
    assert "٣٫٥" in text
    assert "TN-2026-00417" in text


def test_numbers_in_arabic_lines_keep_their_order() -> None:
    assert isolated("يوم 14 مارس 2026", "ar") == "يوم \u206614\u2069 مارس \u20662026\u2069"
    assert isolated("14 March", "en") == "14 March"
    assert isolated("The list was late.", "ar") == "\u2066The list was late.\u2069"


def test_a_certificate_without_end_says_so(tmp_path: Path) -> None:
    text = printed(pdf.render(snapshot("en", valid_through=None), NAMES["en"], LABELS), tmp_path)

    assert "no end date" in text


def test_days_are_written_in_words() -> None:
    day = date(2026, 3, 14)

    assert shown_day(day, "en", "ug", "latn") == "14 March 2026"
    assert shown_day(day, "ru", "kz", "latn").startswith("14 марта 2026")
    assert shown_day(day, "ar", "tn", "arab") == "١٤ مارس ٢٠٢٦"


def test_the_document_is_tagged_and_archival() -> None:
    document = pdf.render(snapshot("kk", "ru"), NAMES["kk"], LABELS)

    assert b"pdfaid:part>2" in document
    assert b"pdfaid:conformance>A" in document
    assert b"/StructTreeRoot" in document or b"ObjStm" in document
