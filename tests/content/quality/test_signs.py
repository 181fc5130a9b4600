"""Letters and signs that only look right."""

from __future__ import annotations

import pytest

from lms.content.quality.signs import sign_findings
from tests.content.quality.planted import LESSON_RU, said, written
from tests.content.small import FIRST_AR, FIRST_FR, read, small

NBSP, NARROW = "\u00a0", "\u202f"
CODES = ("script.mixed", "script.lone", "sign.arabic", "sign.quote", "sign.space",
         "sign.apostrophe")  # fmt: skip


def told(language: str, text: str) -> dict[str, list[str]]:
    """Return what is said, by code, of one more line in a lesson of this language."""
    lesson = {
        "ar": FIRST_AR.replace("لا [تعذيب]", f"{text}\n\nلا [تعذيب]"),
        "fr": FIRST_FR.replace("La loi décide.", text),
        "ru": LESSON_RU.replace("Никаких", f"{text}\n\nНиканих"),
        "kk": LESSON_RU.replace("Никаких", f"{text}\n\nНиканих"),
    }[language]
    findings = list(sign_findings(written({f"{language}/AB-1.1.md": lesson})))
    return {code: found for code in CODES if (found := said(findings, code))}


def test_the_small_course_has_its_signs() -> None:
    assert list(sign_findings(read(small()))) == []


@pytest.mark.parametrize(
    ("language", "text", "letters"),
    [
        ("ru", "Он говорит cо мной.", "latin small letter c"),
        ("kk", "Ол қызмeткер.", "latin small letter e"),
        ("fr", "La pаix.", "cyrillic small letter a"),
        ("ar", "كلمة قاBعدة هنا", "latin capital letter b"),
    ],
)
def test_a_word_of_two_scripts_is_told_with_the_strange_letter(
    language: str, text: str, letters: str
) -> None:
    (found,) = told(language, text)["script.mixed"]
    assert f"({letters})" in found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Файл PDF-документ, резолюция A/RES/70/175, e-mail."),
        ("kk", "PDF-ке, ISO-ның, «B» бөлімі"),
        ("ar", "كتب Altier وLeonard وHorgan بالـ PDF"),
        ("fr", "Le façonnage à l’œuvre : naïveté, cœur."),
    ],
)
def test_two_scripts_side_by_side_are_honest(language: str, text: str) -> None:
    assert told(language, text.replace(" :", f"{NBSP}:")) == {}


def test_a_latin_letter_between_cyrillic_words_is_told() -> None:
    assert "script.lone" in told("ru", "Он говорит c ним.")
    assert "script.lone" in told("kk", "Ол a дегенде")
    assert told("ru", "Он говорит с ним и о нём.") == {}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("من أنت?", "؟"), ("أنت, وأنا", "،"), ("القانون; اللوائح", "؛"), ("قال «نعم»، ثم »,", "،")],
)
def test_latin_signs_in_arabic_text_are_told(text: str, wanted: str) -> None:
    (found,) = told("ar", text)["sign.arabic"]
    assert found.endswith(f"Write “{wanted}”.")


def test_latin_signs_between_latin_words_are_let_pass() -> None:
    assert told("ar", "كتاب Altier, Leonard; 2014, 10:20، ثم 1,5") == {}


@pytest.mark.parametrize("language", ["ar", "fr", "ru", "kk"])
def test_straight_quotes_are_told(language: str) -> None:
    text = {
        "ar": 'قال "نعم".',
        "fr": 'Il dit "oui".',
        "ru": 'Он сказал "да".',
        "kk": 'Ол "иә" деді.',
    }
    (found,) = told(language, text[language])["sign.quote"]
    assert "Write “« »”." in found


def test_english_keeps_its_straight_quotes() -> None:
    english = small()["en/AB-1.1.md"].decode().replace("It is ten", '"Now." It\'s ten')
    assert list(sign_findings(written({"en/AB-1.1.md": english}))) == []


@pytest.mark.parametrize(
    "text",
    ["Qui ?", "Qui?", "la loi ;", "« Oui", "«Oui »", f"«{NBSP}Oui »", f"«{NBSP}Oui»", "Non !"],
)
def test_french_signs_keep_their_distance(text: str) -> None:
    assert "sign.space" in told("fr", text)


@pytest.mark.parametrize("space", [NBSP, NARROW])
def test_either_no_break_space_is_right(space: str) -> None:
    text = "«#Qui#?#» dit-elle#: à 10:20, [ici](https://e.org/a?b;c)#; oui#!"
    assert told("fr", text.replace("#", space)) == {}


def test_a_straight_apostrophe_is_told() -> None:
    (found,) = told("fr", "Il n'y va pas.")["sign.apostrophe"]
    assert ": warning: A straight apostrophe stands in “n'y”." in found


def test_the_words_of_a_country_are_read_too() -> None:
    boxes = small()["nations/tn/ar/boxes.md"].decode().replace("الوطنية.", "الوطنية, ثم")
    (found,) = sign_findings(written({"nations/tn/ar/boxes.md": boxes}))
    assert found.file == "nations/tn/ar/boxes.md"
    toml = small()["nations/tn/nation.toml"].decode().replace("[[hide]]", "[[replace]]")
    words = "+++\n+++\n\n## نص {#nat-ab11-2}\n\nالقانون, ثم الأمر.\n"
    (found,) = sign_findings(
        written({"nations/tn/nation.toml": toml, "nations/tn/ar/replaced.md": words})
    )
    assert found.file == "nations/tn/ar/replaced.md"
