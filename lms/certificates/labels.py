"""The fixed words on a certificate. Whoever makes one says them in each printed language.

They are printed once and framed: keep them short, dignified, and free of anything that must agree
with the holder's sex or bend the holder's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from lms.kernel.messages import Message, msg

LABELS: Mapping[str, str] = {
    # Translators: the heading of the certificate, in large letters.
    "heading": msg("Certificate of completion"),
    # Translators: stands on a line of its own above the holder's name. Choose words that need
    # neither the sex of the person nor a case ending of the name ("This certificate is given to").
    "certifies": msg("This certifies that"),
    # Translators: stands on a line of its own between the holder's name and the course's title.
    # It continues "This certifies that". Avoid a verb that shows the person's sex ("for completing
    # the course").
    "completed": msg("has completed the course"),
    # Translators: label above a day on a certificate.
    "completed_on": msg("Completed on"),
    # Translators: label above the last day on which a certificate is valid.
    "valid_through": msg("Valid through"),
    # Translators: below the label "Valid through", when a certificate has no last day.
    "without_end": msg("no end date"),
    # Translators: label above a number on a certificate: "6". Very short.
    "hours": msg("Learning hours"),
    # Translators: label above the edition of a course on a certificate: "3.1". Very short.
    "edition": msg("Course edition"),
    # Translators: label above a number such as TN-2026-00417.
    "number": msg("Certificate number"),
    # Translators: label above the code that anybody can type to check a certificate.
    "code": msg("Check code"),
    # Translators: stands above an address such as https://example.org/v/CQ7M4F2X9HRW. Very short.
    "check": msg("Check at"),
    # Translators: before the name of a training programme on a certificate.
    "programme": msg("Programme"),
    # Translators: before the names of organisations that helped with a course.
    "partners": msg("Partners"),
    # Translators: before the names of organisations that paid for a course.
    "funders": msg("Funded by"),
    # Translators: text for screen readers of a picture, the large code on a certificate.
    # %(code)s is its check code.
    "alt_proof": msg("QR code that proves this certificate without a network. Check code %(code)s"),
    # Translators: text for screen readers of a picture, the small code on a certificate.
    "alt_address": msg("QR code with the address to check this certificate: %(address)s"),
    # Translators: text for screen readers of a picture on a certificate.
    "alt_logo": msg("Logo"),
    # Translators: in large grey letters across a certificate that is not issued yet.
    "preview": msg("Preview"),
}


def spoken(translate: Callable[[str], str]) -> dict[str, str]:
    """Return all labels by key, each said by ``translate``: msgid in, sentence out."""
    return {key: translate(msgid) for key, msgid in LABELS.items()}


def in_languages(
    speak: Callable[[Message, str], str], languages: Iterable[str]
) -> dict[str, Mapping[str, str]]:
    """Return all labels for each language.

    speak  says a sentence in a language. Values that are put in later (``%(code)s``) stay.
    """
    return {language: _labels(speak, language) for language in languages}


@cache
def _labels(speak: Callable[[Message, str], str], language: str) -> Mapping[str, str]:
    """Return the fixed words of one language; remembered, since every paper asks for them."""
    later = {"code": "%(code)s", "address": "%(address)s"}
    return {key: speak(Message(msgid, later), language) for key, msgid in LABELS.items()}
