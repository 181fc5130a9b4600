"""Pure decisions about certificates: how long they count, in which languages, where they stand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import Enum

from lms.installation import COUNTRIES, Installation
from lms.kernel.clock import BUILD_DATE
from lms.kernel.days import months_later
from lms.kernel.messages import Message, msg
from lms.signing.status_list import MINIMUM_ENTRIES

# A record may be so much newer than the clock after a small correction.
CLOCK_TOLERANCE = timedelta(minutes=5)
# Printed while boxes that a nation must fill are not confirmed.
ANNEX_UNCONFIRMED = msg("Core course; national annex not confirmed.")
_FROM_NATIONAL_SERVER = msg(
    "You have passed. The certificate comes from the national server, not from this one. Your "
    "result is kept."
)
# What everybody but the holder reads of a restricted course.
NEUTRAL_TITLE = msg("Professional training course")


class State(Enum):
    """Where a certificate stands today."""

    MAKING = "making"
    VALID = "valid"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


STATE_WORDS = {
    State.MAKING: msg("Being made"),
    State.VALID: msg("Valid"),
    State.EXPIRED: msg("Expired"),
    State.WITHDRAWN: msg("Withdrawn"),
    State.REPLACED: msg("Replaced by a newer certificate"),
}


def state_of(
    *, issued: bool, events: Collection[str], valid_through: date | None, today: date
) -> State:
    """Return where a certificate stands.

    events  the kinds of its ``CertificateEvent`` rows. Who withdrew it after it was replaced
            meant more than the replacement.
    """
    if "withdrawn" in events:
        return State.WITHDRAWN
    if not issued:
        return State.MAKING
    if "replaced" in events:
        return State.REPLACED
    if valid_through is not None and valid_through < today:
        return State.EXPIRED
    return State.VALID


def valid_through(completed_on: date, months: int | None) -> date | None:
    """Return the last day on which a certificate counts, None when it has no end."""
    return None if months is None else months_later(completed_on, months)


def printed_languages(
    wanted: str, languages: Sequence[str], country: str
) -> tuple[str, str | None]:
    """Return the certificate's own language and the one printed beneath it.

    wanted     the language of the page on which the holder confirmed the name.
    languages  those of the installation, in their order. The first of the others is printed
               beneath; where no country was chosen it is English.
    """
    others = [language for language in languages if language != wanted]
    if country == "xx":
        return wanted, "en" if "en" in others else None
    return wanted, next(iter(others), None)


def instead_of_certificate(site: Installation) -> Message | None:
    """Return what a station says of a passed course; None where this server issues by itself.

    A station has no key to sign with.
    """
    return None if site.issues else Message(_FROM_NATIONAL_SERVER)


def clock_is_right(now: datetime, newest: datetime | None) -> bool:
    """Return whether the clock can be right: no award is dated by one that cannot.

    newest  the moment of the newest record.
    """
    return now >= BUILD_DATE and (newest is None or now >= newest - CLOCK_TOLERANCE)


def list_place(index: int) -> tuple[int, int]:
    """Return (number of the withdrawal list from 1, place in it) of a ``status_index``."""
    number, place = divmod(index, MINIMUM_ENTRIES)
    return number + 1, place


def number_prefix(site: Installation) -> str:
    """Return the letters before each certificate number: the office's own, else its country's."""
    if site.certificate_prefix != "XX":
        return site.certificate_prefix
    return COUNTRIES[site.country].certificate_prefix


def title_shown(title: str, access: str) -> str | Message:
    """Return the course's title as strangers may read it."""
    return Message(NEUTRAL_TITLE) if access == "restricted" else title
