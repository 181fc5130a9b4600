"""Numbers of Rules: they exist, in every language and its digits."""

from __future__ import annotations

import pytest

from lms.content.quality.rules_named import BANGKOK, MANDELA, OTHER, rule_findings, rules_in
from tests.content.quality.planted import LESSON_RU, block, planted, said, written
from tests.content.small import FIRST_FR

TORTURE = "No [torture](term:torture), and nothing like it."


def named(language: str, text: str) -> list[tuple[str, list[int]]]:
    found = rules_in(language, "x.md", block(text))
    return [(each.instrument, sorted(set(each.numbers))) for each in found]


@pytest.mark.parametrize(
    ("language", "text", "rules"),
    [
        ("en", "Rule 54 says so (Rules 12 to 15 and 42).", [[54], [12, 13, 14, 15, 42]]),
        ("en", "In the Rules (1, 57, 58 and 105) and Rule 54(1).", [[1, 57, 58, 105], [54]]),
        ("fr", "La règle 54 et les règles 56, 57 et 71.", [[54], [56, 57, 71]]),
        ("fr", "Les règles 83 à 85 (règle\u00a054).", [[83, 84, 85], [54]]),
        (
            "ar",
            "القاعدة 54 والقاعدتان 43 و44 والقواعد من 12 إلى 14.",
            [[54], [43, 44], [12, 13, 14]],
        ),
        ("ar", "تنص القاعدة ٥٤ على ذلك (القواعد ٨٣ إلى ٨٥).", [[54], [83, 84, 85]]),
        ("ar", "القواعد 1 و2 ومن 54 إلى 56 و77", [[1, 2, 54, 55, 56, 77]]),
        ("ru", "Правило 54; правила 19, 22 и 40, а также 28.", [[54], [19, 22, 28, 40]]),
        ("ru", "по правилам 83–85", [[83, 84, 85]]),
        ("kk", "54-ереже, 56 және 57-ережелер.", [[54], [56, 57]]),
        ("kk", "83–85-ережелерде, 12-ден 14-ке дейінгі ережелер", [[83, 84, 85], [12, 13, 14]]),
    ],
)
def test_numbers_are_read_in_every_language(
    language: str, text: str, rules: list[list[int]]
) -> None:
    assert [numbers for _, numbers in named(language, text)] == rules


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Ruler 9. The Rules (2015): see 70/175."),
        ("fr", "Le règlement 200 du service."),
        ("ru", "122 правила, правильно 5"),
        ("kk", "122 ережені келісті; 15-қағидаттар"),
        ("ar", "قاعدة بيانات فيها 500 صفحة"),
        ("de", "Regel 500"),
    ],
)
def test_other_numbers_are_no_rules(language: str, text: str) -> None:
    assert named(language, text) == []


@pytest.mark.parametrize(
    ("language", "text", "whose"),
    [
        ("en", "Bangkok Rule 22, Rule 52", [BANGKOK, MANDELA]),
        ("en", "Rule 43, Bangkok Rule 23", [MANDELA, BANGKOK]),
        ("en", "Bangkok Rules (A/RES/65/229): Rules 2 and 3", [BANGKOK]),
        ("en", "Tokyo Rule 16", [OTHER]),
        ("fr", "La règle 25 de Bangkok demande", [BANGKOK]),
        ("ar", "(القاعدة 35 من قواعد بانكوك)؛ والقاعدة 54", [BANGKOK, MANDELA]),
        ("ar", "قواعد بانكوك (A/RES/65/229): القاعدتان 5 و22.", [BANGKOK]),
        ("ru", "правило 19 Бангкокских правил; правило 52", [BANGKOK, MANDELA]),
        ("kk", "Бангкок ережелерінің 25-ережесі, 52-ереже", [BANGKOK, MANDELA]),
    ],
)
def test_whose_rule_it_is(language: str, text: str, whose: list[str]) -> None:
    assert [instrument for instrument, _ in named(language, text)] == whose


@pytest.mark.parametrize(
    ("language", "text", "rule"),
    [
        ("en", "Rule 123", "Rule 123: the Nelson Mandela Rules go from 1 to 122"),
        ("en", "Rules 12 and 0", "Rule 0: "),
        ("en", "Bangkok Rule 71", "Rule 71: the Bangkok Rules go from 1 to 70"),
        ("ar", "القاعدة ١٢٣", "Rule 123: "),
        ("ar", "القاعدة 71 من قواعد بانكوك", "Rule 71: the Bangkok"),
        ("fr", "les règles 120 à 124", "Rule 124: "),
    ],
)
def test_a_rule_that_does_not_exist_is_a_fault(language: str, text: str, rule: str) -> None:
    old = {"en": TORTURE, "fr": "La loi décide.", "ar": "قل ما هو ممنوع."}[language]
    course = planted(f"{language}/AB-1.1.md", old, f"{old} ({text}).")
    told = said(rule_findings(course), "rule.unknown")
    assert any(f": fault: There is no {rule}" in each for each in told), told


def test_in_russian_and_kazakh_too() -> None:
    russian = LESSON_RU.replace("похожего.", "похожего (правило 123).")
    kazakh = LESSON_RU.replace("похожего.", "похожего (123-ереже).")
    course = written({"ru/AB-1.1.md": russian, "kk/AB-1.1.md": kazakh})
    told = said(rule_findings(course), "rule.unknown")
    assert [each.partition(":")[0] for each in told] == ["kk/AB-1.1.md", "ru/AB-1.1.md"]


def test_a_translation_names_the_same_rules() -> None:
    assert said(rule_findings(planted("en/AB-1.1.md", "Women.", "Men.")), "rule.differs") == []
    other = FIRST_FR.replace("La loi décide.", "La loi décide (règle 54).")
    (told,) = said(rule_findings(written({"fr/AB-1.1.md": other})), "rule.differs")
    assert told == (
        "fr/AB-1.1.md:16: fault: The source text names no Rule here, this text Rule 54. "
        "Give the same numbers."
    )
    course = planted("en/AB-1.1.md", TORTURE, f"{TORTURE} (Rules 1 and 43)")
    (told,) = said(rule_findings(course), "rule.differs")
    assert told.startswith("ar/AB-1.1.md:")
    assert "names Rules 1, 43 here, this text no Rule." in told


def test_a_range_that_ends_nowhere_is_not_written_out() -> None:
    (found,) = rules_in("en", "x.md", block("Rules 1 to 999"))
    assert max(found.numbers) == 999
    assert len(found.numbers) < 250
