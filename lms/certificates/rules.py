"""Pure decisions about certificates: how long they count, in which languages, where they stand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import Enum

from lms.catalogue.structure import Structure
from lms.installation import COUNTRIES, LANGUAGE_NAMES, Installation
from lms.kernel.clock import BUILD_DATE
from lms.kernel.days import months_later
from lms.kernel.messages import Message, Words, msg

# A record may be so much newer than the clock after a small correction.
CLOCK_TOLERANCE = timedelta(minutes=5)
# As many places as a list of the W3C's has, so that a random one tells neither when nor to whom a
# certificate was given.
PLACES_IN_A_LIST = 131_072
LONGEST_REASON = 500  # characters, of what is taken back or replaced
# Printed while boxes that a nation must fill are not confirmed.
ANNEX_UNCONFIRMED = msg("Core course; national annex not confirmed.")
_FROM_NATIONAL_SERVER = msg(
    "You have passed. The certificate comes from the national server, not from this one. Your "
    "result is kept."
)
# Translators: %(boxes)s are codes such as NA-03: parts that the country has to write.
_BOXES_UNCONFIRMED = msg(
    "No certificate can be made yet: your service has not confirmed its national rules for this "
    "course (%(boxes)s). A pass is kept; the certificate can be made when they are confirmed."
)
# Translators: %(language)s is the name of a language in that language: Русский.
_BEHIND_LAW = msg(
    "No certificate can be made yet for a test in this language (%(language)s): the law has "
    "changed, and the translation has not been reviewed since. A pass is kept; the certificate "
    "can be made when it is reviewed."
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


def withheld(
    begun: Structure, newest: Structure, language: str | None, site: Installation
) -> Message | None:
    """Return why no certificate of a course can be given today; None where one can.

    begun     the newest revision of the edition that was begun; newest is the course's of today:
              what a country has confirmed and reviewed since counts for those who began before.
    language  in which the test was, or will be, taken.
    """
    behind = newest.behind_law.get(language or "", ())
    if language and behind:
        return Message(_BEHIND_LAW, {"language": Words(LANGUAGE_NAMES[language], language)})
    if not site.refuse_unconfirmed_boxes:
        return None
    boxes = tuple(box for box in newest.unconfirmed() if box in begun.blocking_boxes)
    return Message(_BOXES_UNCONFIRMED, {"boxes": boxes}) if boxes else None


def clock_is_right(now: datetime, newest: datetime | None) -> bool:
    """Return whether the clock can be right: no award is dated by one that cannot.

    newest  the moment of the newest record.
    """
    return now >= BUILD_DATE and (newest is None or now >= newest - CLOCK_TOLERANCE)


def list_place(index: int) -> tuple[int, int]:
    """Return (number of the withdrawal list from 1, place in it) of a ``status_index``."""
    number, place = divmod(index, PLACES_IN_A_LIST)
    return number + 1, place


def number_prefix(site: Installation) -> str:
    """Return the letters before each certificate number: the office's own, else its country's."""
    if site.certificate_prefix != "XX":
        return site.certificate_prefix
    return COUNTRIES[site.country].certificate_prefix


def title_shown(title: str, access: str) -> str | Message:
    """Return the course's title as strangers may read it."""
    return Message(NEUTRAL_TITLE) if access == "restricted" else title
