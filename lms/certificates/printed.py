"""How every paper prints days, hours, digits and names, and which of its texts are printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from babel import dates, numbers

from lms.kernel.names import ARABIC, CYRILLIC, script_of
from lms.web.language import locale_of

ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def language_of_name(name: str, printed: Sequence[str]) -> str:
    """Return the language under which a name is set: that of its script.

    printed  the languages of the certificate; a Cyrillic name is Kazakh or Russian by them.
    """
    letter = next((char for char in name if char.isalpha()), "a")
    script = script_of(letter)
    if script == ARABIC:
        return "ar"
    fitting = ("kk", "ru") if script == CYRILLIC else ("en", "fr")
    return next((language for language in printed if language in fitting), fitting[-1])


def shown_day(day: date, language: str, country: str, digits: str) -> str:
    """Return a day in words as a certificate prints it: 14 March 2026."""
    text = dates.format_date(day, "long", locale=locale_of(language, country))
    return in_digits(text, language, digits)


def shown_hours(hours: float, language: str, country: str, digits: str) -> str:
    """Return hours of learning as a paper prints them: 3.5, or ٣٫٥."""
    text = numbers.format_decimal(hours, locale=locale_of(language, country))
    shown = in_digits(text, language, digits)
    return shown if shown == text else shown.replace(",", "٫").replace(".", "٫")


def in_digits(text: str, language: str, digits: str) -> str:
    """Return a text with the digits in which a paper prints Arabic."""
    return text.translate(ARABIC_DIGITS) if language == "ar" and digits == "arab" else text


# What the layout never prints as text: drawings, the words of screen readers, colours.
_NOT_PRINTED = frozenset({"svg", "alt", "brand", "band", "document"})


def printed_texts(data: object) -> Iterator[str]:
    """Yield every text that the page prints."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            if key not in _NOT_PRINTED:
                yield from printed_texts(value)
    elif isinstance(data, Sequence):
        for value in data:
            yield from printed_texts(value)
