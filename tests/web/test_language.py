"""Sentences in the reader's language: numbers bend the words beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask, g

from lms.accounts import rules, words
from lms.catalogue.structure import PassRule
from lms.installation import LANGUAGES, Installation
from lms.kernel.messages import Message, Size, counted
from lms.kernel.viewer import COURSE_ROLES, UNIT_ROLES
from lms.learning.rules import pass_sentence
from lms.web.language import in_language, say, sentence

RULE = PassRule(percent=80, attempts=3, window_days=30, pause_hours=24)


@pytest.mark.parametrize(
    ("language", "rule", "expected"),
    [
        ("en", RULE, "You have 3 attempts in 30 days, with at least 24 hours between two of them."),
        (
            "en",
            replace(RULE, attempts=1, window_days=1, pause_hours=1),
            "You have 1 attempt in 1 day, with at least 1 hour between two of them.",
        ),
        ("fr", RULE, "Vous avez 3 tentatives en 30 jours, à au moins 24 heures d’intervalle."),
        ("ru", RULE, "У вас 3 попытки за 30 дней, с перерывом между ними не меньше 24 часов."),
        (
            "ru",
            replace(RULE, attempts=5, window_days=21, pause_hours=1),
            "У вас 5 попыток за 21 день, с перерывом между ними не меньше 1 часа.",
        ),
        ("kk", RULE, "30 күн ішінде 3 талпыныс беріледі, олардың арасы кемінде 24 сағат."),
        ("ar", RULE, "المتاح: 3 محاولات خلال 30 يوما، وبين كل محاولتين 24 ساعة على الأقل."),
        (
            "ar",
            replace(RULE, attempts=2, window_days=7, pause_hours=2),
            "المتاح: محاولتان خلال 7 أيام، وبين كل محاولتين ساعتان على الأقل.",
        ),
    ],
)
def test_the_pass_rule_counts_as_its_language_does(
    language: str, rule: PassRule, expected: str
) -> None:
    assert say(pass_sentence(rule), language).endswith(expected)


def test_a_part_that_counts_is_said_in_english_without_a_catalogue() -> None:
    assert str(counted("%(num)s day", "%(num)s days", 1)) == "1 day"
    assert str(counted("%(num)s day", "%(num)s days", 0)) == "0 days"
    assert str(pass_sentence(RULE)) == say(pass_sentence(RULE), "en")


def test_the_parts_of_a_day_keep_their_order_in_arabic(app: Flask) -> None:
    """2028-06-24 in an Arabic line is read 24-06-2028 without the marks around it."""
    until = Message("Valid through %(day)s", {"day": date(2028, 6, 24)})
    with app.app_context():
        assert say(until, "en") == "Valid through 2028-06-24"
        assert "\u20662028-06-24\u2069" in say(until, "ar")
    assert str(until) == "Valid through 2028-06-24"


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
    ("language", "moment", "size"),
    [
        ("en", "1 December 2026, 03:30", "1.5\xa0GB"),
        ("fr", "1 décembre 2026, 03:30", "1,5\xa0Go"),
        ("ru", "1 декабря 2026\u202fг., 03:30", "1,5\xa0ГБ"),
        ("kk", "2026\u202fж. 1 желтоқсан, 03:30", "1,5\xa0ГБ"),
    ],
)
def test_moments_and_sizes_within_a_sentence_are_the_readers(
    app: Flask, language: str, moment: str, size: str
) -> None:
    at = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
    values = {"moment": at, "day": date(2027, 1, 3), "size": Size(1_500_000_000)}
    sentence = Message("%(moment)s|%(day)s|%(size)s", values)
    assert str(sentence) == "2026-11-30 22:30 UTC|2027-01-03|1.5\xa0GB"
    with app.app_context():
        g.site = Installation(time_zone="Asia/Almaty")
        assert say(sentence, language) == f"{moment}|2027-01-03|{size}"
        # The worker knows no reader: its moments name their clock.
        del g.site
        assert say(sentence, language).startswith("2026-11-30 22:30 UTC|")
    assert say(sentence, language).startswith("2026-11-30 22:30 UTC|")


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/kk/nowhere", "kk"),
        ("/ru/administer/nothing/here", "ru"),
        ("/nowhere", "en"),
        ("/nowhere?language=fr", "fr"),
    ],
)
def test_an_address_of_nobody_is_answered_in_its_own_language(
    app: Flask, path: str, language: str
) -> None:
    reply = app.test_client().get(path)
    assert reply.status_code == 404
    assert f'<html lang="{language}"' in reply.text


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/en/home", "/ar/home"),
        ("/en/", "/ar/"),
        ("/tour", "/tour"),
        ("/english/x", "/english/x"),
        ("/en/v?code=a/b", "/ar/v?code=a/b"),
        ("/", "/"),
    ],
)
def test_a_path_in_another_language(path: str, there: str) -> None:
    assert in_language(path, "ar") == there
