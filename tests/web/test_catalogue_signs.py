"""What the check of the catalogues says of spaces, dots, quotes and marks of direction."""

from __future__ import annotations

import pytest

from tests.catalogue_signs import faults, offline_faults


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Il reste : %(num)s"),
        ("fr", "« %(title)s\u00a0»"),
        ("fr", "%(percent)s %%"),
        ("fr", "C'est fait."),
        ("ar", "غالبا\u064b"),
        ("ar", "الدورة, الدرس"),
        ("ar", "حتى \u2066%(day)s\u2069"),
        ("ar", "حتى \u2068%(day)s"),
        ("ru", "“%(title)s”"),
        ("kk", "Сақталуда …"),
        ("ru", "Сохранение..."),
        ("ru", "не меньше %(percent)s %%"),
        ("kk", "%(size)s МБ-тан үлкен"),
    ],
)
def test_wrong_signs_are_found(language: str, text: str) -> None:
    assert faults(language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Lancez\u00a0: lms backup; lms restore --try FILE"),
        ("fr", "Un bloc commence par ## ou par :::."),
        ("ar", "حتى \u2068%(day)s\u2069، من الصف \u2066%(row)s\u2069؛ %(num)s\u00a0%%."),
        ("ru", "Пояснение: (> …) под каждым вариантом"),
        ("kk", "«%(title)s»…"),
    ],
)
def test_right_signs_pass(language: str, text: str) -> None:
    assert not faults(language, text)


def test_the_page_without_a_network_says_what_the_catalogue_says() -> None:
    english = "This text is not a withdrawal list."

    assert not list(offline_faults("fr", {"Language": "Idiome"}))
    assert list(offline_faults("fr", {english: "Autre chose."}))
