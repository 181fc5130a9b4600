"""The fixed words on a training record, said in each printed language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from lms.certificates.transcripts.rules import STATE_WORDS
from lms.kernel.messages import Message, msg

LABELS: Mapping[str, str] = {
    # Translators: heading of a paper that lists what one person has learned: courses, hours,
    # results, certificates. It is not a certificate.
    "heading": msg("Training record"),
    # Translators: label above a day on a training record: all of it was true on that day.
    "as_of": msg("As of"),
    # Translators: label above a number on a training record: "12.5".
    "total": msg("Learning hours in all"),
    # Translators: label above a number on a training record: how many courses were passed.
    "passed_courses": msg("Courses passed"),
    # Translators: heads of the columns of a training record; keep them very short.
    "course": msg("Course"),
    "state": msg("State"),
    "valid_through": msg("Valid through"),
    # Translators: head of a column with hours of learning: "3.5". Very short.
    "hours": msg("Hours"),
    # Translators: head of a column with percentages: "92 %". Very short.
    "result": msg("Result"),
    "certificate": msg("Certificate"),
    "without_end": msg("no end date"),
    # Translators: small print on a training record.
    "about": msg(
        "This paper says what the learning records of the service above say on that day. It is "
        "not a certificate. Each certificate that it names can be checked with its own code."
    ),
    # Translators: small print on a training record.
    "what_hours": msg(
        "Hours are those of the lessons that were finished. Courses that not everybody may know "
        "of can be missing, or stand here without their name."
    ),
    # Translators: on a training record, above an address such as
    # https://example.org/verify/offline. "The code" is the QR code beside it.
    "check": msg(
        "The code proves each line of this sheet, also without a network. The page for it:"
    ),
    # Translators: text for screen readers of a picture, the code on a training record.
    "alt_proof": msg("QR code that proves this sheet without a network"),
    **{f"state_{state}": text for state, text in STATE_WORDS.items()},
}
# Translators: which sheet of a paper this is: "Sheet 1 of 2".
SHEET = msg("Sheet %(number)s of %(count)s")


def in_languages(
    speak: Callable[[Message, str], str], languages: Iterable[str]
) -> dict[str, Mapping[str, str]]:
    """Return all labels for each language; ``speak`` says a sentence in a language."""
    return {language: _labels(speak, language) for language in languages}


@cache
def _labels(speak: Callable[[Message, str], str], language: str) -> Mapping[str, str]:
    later = {"number": "%(number)s", "count": "%(count)s"}
    words = {key: speak(Message(msgid), language) for key, msgid in LABELS.items()}
    return {**words, "sheet": speak(Message(SHEET, later), language)}
