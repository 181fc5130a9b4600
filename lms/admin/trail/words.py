"""How pages name the values that the log holds as codes."""

from __future__ import annotations

from collections.abc import Mapping

from lms.accounts.importing.words import KIND_WORDS as LIST_WORDS
from lms.accounts.words import FUNCTION_WORDS, ROLE_WORDS, UNIT_KIND_WORDS
from lms.admin.backups.listing import KIND_WORDS as BACKUP_WORDS
from lms.admin.forms import COUNTRY_WORDS
from lms.admin.programmes.words import FIELD_WORDS, KIND_WORDS
from lms.audit.words import ACTION_WORDS
from lms.authoring.folders.words import SIGNATURE_WORDS
from lms.certificates.office.rules import FORMS, STATES
from lms.installation import LANGUAGE_NAMES
from lms.kernel.messages import msg

ARABIC_DIGITS, LATIN_DIGITS = "٠١٢٣", "0123"

# A fact (named as in ``FACT_WORDS``) -> its codes -> what a page says; other values stay.
VALUE_WORDS: Mapping[str, Mapping[str, str]] = {
    "action": ACTION_WORDS,
    "backup kind": BACKUP_WORDS,
    "certificates form": FORMS,
    "function": FUNCTION_WORDS,
    "installation.digits after": {"arab": ARABIC_DIGITS, "latn": LATIN_DIGITS},
    "installation.digits before": {"arab": ARABIC_DIGITS, "latn": LATIN_DIGITS},
    "installation.languages after": LANGUAGE_NAMES,
    "installation.languages before": LANGUAGE_NAMES,
    "languages": LANGUAGE_NAMES,
    "machine": {
        "own": msg("own computer"), "shared": msg("shared computer"),
        "unknown": msg("computer not described"),
    },
    "nation": COUNTRY_WORDS,
    "person fields": {
        "language": msg("Language of their pages"), "name": msg("Whole name"),
        "rank_group": msg("Rank group"), "sex": msg("Sex"),
    },
    "programme fields": FIELD_WORDS,
    "programme kind": KIND_WORDS,
    # Translators: a requirement: the course is passed once, or again and again.
    "requirement kind": {"initial": msg("Once"), "refresher": msg("Again and again")},
    "role": ROLE_WORDS,
    "route": {
        "list": msg("Enrolled by a list"), "rule": msg("Enrolled because the course is required"),
        "self": msg("Began by themselves, without a trainer"),
        "trainer": msg("Enrolled by a trainer"),
    },
    "second": LANGUAGE_NAMES,
    "signature": SIGNATURE_WORDS,
    "sort": {
        "name": msg("Name"), "number": msg("Number"), "until": msg("Valid through"),
    },
    "staff-list kind": LIST_WORDS,
    "state": STATES,
    "unit kind": UNIT_KIND_WORDS,
    "way": {
        "code": msg("a one-time code"), "password": msg("a password"),
        "spare": msg("a spare code"), "tour": msg("a door of the demonstration"),
    },
}  # fmt: skip
# A fact that is a number -> what it counts; others are amounts, whose digits are grouped.
PLAIN, PERCENT, HOUR, WEEKDAY = "plain", "percent", "hour", "weekday"
COUNTS: Mapping[str, str] = {
    "edition": PLAIN, "hour": HOUR, "installation.pass-mark after": PERCENT,
    "installation.pass-mark before": PERCENT, "job": PLAIN, "key from": PLAIN, "key to": PLAIN,
    "number": PLAIN, "percent": PERCENT, "status": PLAIN, "weekday": WEEKDAY,
}  # fmt: skip
