"""Sentences in the reader's language: numbers bend the words beside them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms.accounts import rules, words
from lms.catalogue.structure import PassRule
from lms.installation import LANGUAGES
from lms.kernel.messages import counted
from lms.kernel.viewer import COURSE_ROLES, UNIT_ROLES
from lms.learning.rules import pass_sentence
from lms.web.language import in_language, say, sentence

RULE = PassRule(percent=80, attempts=3, window_days=30, pause_hours=24)


@pytest.mark.parametrize(
    ("language", "rule", "expected"),
    [
        ("en", RULE, "You have 3 attempts in 30 days, with at least 24 hours between two of them."),
        ("en", replace(RULE, attempts=1, window_days=1, pause_hours=1),
         "You have 1 attempt in 1 day, with at least 1 hour between two of them."),
        ("fr", RULE, "Vous avez 3 tentatives en 30 jours, à au moins 24 heures d’intervalle."),
        ("ru", RULE, "У вас 3 попытки за 30 дней, с перерывом между ними не меньше 24 часов."),
        ("ru", replace(RULE, attempts=5, window_days=21, pause_hours=1),
         "У вас 5 попыток за 21 день, с перерывом между ними не меньше 1 часа."),
        ("kk", RULE, "30 күн ішінде 3 талпыныс беріледі, олардың арасы кемінде 24 сағат."),
        ("ar", RULE, "المتاح: 3 محاولات خلال 30 يوما، وبين كل محاولتين 24 ساعة على الأقل."),
        ("ar", replace(RULE, attempts=2, window_days=7, pause_hours=2),
         "المتاح: محاولتان خلال 7 أيام، وبين كل محاولتين ساعتان على الأقل."),
    ],
)  # fmt: skip
def test_the_pass_rule_counts_as_its_language_does(
    language: str, rule: PassRule, expected: str
) -> None:
    assert say(pass_sentence(rule), language).endswith(expected)


def test_a_part_that_counts_is_said_in_english_without_a_catalogue() -> None:
    assert str(counted("%(num)s day", "%(num)s days", 1)) == "1 day"
    assert str(counted("%(num)s day", "%(num)s days", 0)) == "0 days"
    assert str(pass_sentence(RULE)) == say(pass_sentence(RULE), "en")


def test_every_code_of_the_register_has_words_in_every_language() -> None:
    assert set(words.ROLE_WORDS) == UNIT_ROLES | COURSE_ROLES
    assert set(words.FUNCTION_WORDS) == set(rules.FUNCTIONS)
    assert set(words.RANK_WORDS) == {"G1", "G2", "G3", "G4"}
    for table in (words.ROLE_WORDS, words.FUNCTION_WORDS, words.RANK_WORDS):
        for language in LANGUAGES:
            said = {sentence(each, language) for each in table.values()}
            assert len(said) == len(table)
            assert language == "en" or not said & set(table.values())


@pytest.mark.parametrize(
    ("path", "there"),
    [("/en/home", "/ar/home"), ("/en/", "/ar/"), ("/tour", "/tour"), ("/english/x", "/english/x"),
     ("/en/v?code=a/b", "/ar/v?code=a/b"), ("/", "/")],
)  # fmt: skip
def test_a_path_in_another_language(path: str, there: str) -> None:
    assert in_language(path, "ar") == there
