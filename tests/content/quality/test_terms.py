"""Words of the glossary: translations lead to them and call them by their name."""

from __future__ import annotations

import pytest

from lms.content.quality.terms import are_alike, term_findings
from tests.content.quality.planted import planted, said, written
from tests.content.small import GLOSSARY, GLOSSARY_AR, read, small


def test_a_link_of_the_source_is_a_link_of_the_translation() -> None:
    assert said(term_findings(read(small())), "term.unlinked") == []
    course = planted("ar/AB-1.1.md", "[تعذيب](term:torture)", "تعذيب")
    (told,) = said(term_findings(course), "term.unlinked")
    assert told.startswith("ar/AB-1.1.md:")
    assert told.endswith("this text does not. Add the link (term:torture).")


def test_a_link_uses_the_word_of_the_glossary() -> None:
    assert said(term_findings(read(small())), "term.other") == []
    course = planted("ar/AB-1.1.md", "[تعذيب](term:torture)", "[إهانة](term:torture)")
    (told,) = said(term_findings(course), "term.other")
    assert "“إهانة” leads to the glossary's “تعذيب”" in told
    english = planted("en/AB-1.1.md", "[torture](term:torture)", "[insult](term:torture)")
    assert len(said(term_findings(english), "term.other")) == 1


def test_a_glossary_explains_every_word_in_each_of_its_languages() -> None:
    (told,) = said(term_findings(read(small())), "term.missing")
    assert told.startswith("ar/glossary.md: warning: The glossary explains no order ")


def test_the_check_says_where_a_word_stands_that_is_not_to_be_used() -> None:
    english = GLOSSARY.replace("+++\n", '+++\n[avoid]\ntorture = ["asked", "harm*"]\n', 1)
    arabic = GLOSSARY_AR.replace(
        "reviewed = false\n", 'reviewed = false\n\n[avoid]\ntorture = ["تعذيب", "ألم"]\n'
    )
    course = written({"en/glossary.md": english, "ar/glossary.md": arabic})
    told = said(term_findings(course), "term.avoided")
    assert any(
        each.startswith("en/AB-1.1.md:") and "“asked” is a word that the glossary says" in each
        for each in told
    )
    assert not any("glossary.md" in each.partition(":")[0] for each in told)
    assert not any(each.startswith("ar/") for each in told)  # the word itself is its heading


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "interpreters", "competent interpreter"),
        ("fr", "l’aide juridictionnelle", "aide juridictionnelle"),
        ("ar", "بالمساعدة القانونية", "المساعدة القانونية"),
        ("ar", "المترجمين", "مترجم"),
        ("ru", "переводчика", "компетентный переводчик"),
        ("kk", "аудармашыға", "білікті аудармашы"),
        ("en", "act", "Act"),
    ],
)
def test_bent_words_are_the_same(language: str, one: str, other: str) -> None:
    assert are_alike(one, other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "teacher", "interpreter"),
        ("ru", "тайну", "конфиденциальность"),
        ("ar", "شاهد", "مترجم"),
        ("kk", "куәгер", "аудармашы"),
        ("fr", "", "avocat"),
    ],
)
def test_other_words_are_not(language: str, one: str, other: str) -> None:
    assert not are_alike(one, other, language)
