"""Checking a certificate from the text of its QR code, without a network.

Six checks in a fixed order; the first that fails decides, and each failure has its own sentence.
What is shown afterwards was signed: nothing from a text whose signature does not hold.
The page for checking offline (``lms/certificates/offline/``) does the same in the browser; a test
holds the two together, outcome by outcome.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from lms.kernel.messages import Message, msg
from lms.signing import base45, cose, payload, qr
from lms.signing.keys import KeyRing, PublicKey
from lms.signing.payload import CertificatePayload
from lms.signing.withdrawals import WithdrawalList

# Clocks of old machines run a little wrong; a day covers every time zone as well.
CLOCK_TOLERANCE = timedelta(days=1)


class Check(StrEnum):
    """The six checks, in their order."""

    PREFIX = "prefix"
    ENCODING = "encoding"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    TIME = "time"
    WITHDRAWAL = "withdrawal"


class Outcome(StrEnum):
    """How a checking ended."""

    VALID = "valid"
    PREFIX = "prefix"
    KEYBOARD = "keyboard"
    ENCODING = "encoding"
    SIGNATURE = "signature"
    CONTENT = "content"
    ISSUER_UNKNOWN = "issuer_unknown"
    KEY_WITHDRAWN = "key_withdrawn"
    KEY_NOT_IN_USE = "key_not_in_use"
    CLOCK = "clock"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    NO_LIST = "no_list"
    NOT_COVERED = "not_covered"


SENTENCES = {
    Outcome.VALID: msg("The certificate is genuine and valid."),
    Outcome.PREFIX: msg(
        "This is not the text of one of our certificates: that begins with LMSC1:. "
        "Please scan the larger code on the paper."
    ),
    Outcome.KEYBOARD: msg(
        "The scanner typed with the keyboard of another language. "
        "Please switch the keyboard to English and scan again."
    ),
    Outcome.ENCODING: msg(
        "The text is damaged or incomplete. Please scan the code again, or copy the whole text."
    ),
    Outcome.SIGNATURE: msg(
        "The signature does not fit: the text was changed after it was signed, or was never "
        "signed by this issuer."
    ),
    Outcome.CONTENT: msg(
        "The signature is right, but what is signed is not a certificate that can be read here. "
        "A newer version of this check may know it."
    ),
    Outcome.ISSUER_UNKNOWN: msg(
        "The issuer is not known here. The certificate may be genuine; ask for the newest key "
        "list, or ask the service that issued it."
    ),
    Outcome.KEY_WITHDRAWN: msg(
        "The issuer withdrew this key on %(day)s. Ask the issuer about this certificate, "
        "with its code."
    ),
    Outcome.KEY_NOT_IN_USE: msg(
        "On the day of issue, %(day)s, the issuer did not sign with this key. "
        "Ask the issuer about this certificate, with its code."
    ),
    Outcome.CLOCK: msg(
        "The clock of this machine says %(today)s, which is before the withdrawal list was made. "
        "Please set the clock and check again."
    ),
    Outcome.NOT_YET: msg(
        "The certificate is dated %(day)s, which is still to come. "
        "Please look at the clock of this machine."
    ),
    Outcome.EXPIRED: msg("The certificate is genuine, but its validity ended on %(day)s."),
    Outcome.WITHDRAWN: msg(
        "The issuer withdrew this certificate. It no longer counts, although it was once genuine."
    ),
    Outcome.NO_LIST: msg(
        "The certificate is genuine and in time, but no withdrawal list is at hand: "
        "whether it was withdrawn is not known here."
    ),
    Outcome.NOT_COVERED: msg(
        "The certificate is genuine and in time, but the withdrawal list here does not cover it: "
        "whether it was withdrawn is not known here."
    ),
}

FAILS = {
    Outcome.PREFIX: Check.PREFIX,
    Outcome.KEYBOARD: Check.PREFIX,
    Outcome.ENCODING: Check.ENCODING,
    Outcome.SIGNATURE: Check.SIGNATURE,
    Outcome.CONTENT: Check.ENCODING,
    Outcome.ISSUER_UNKNOWN: Check.ISSUER,
    Outcome.KEY_WITHDRAWN: Check.ISSUER,
    Outcome.KEY_NOT_IN_USE: Check.ISSUER,
    Outcome.CLOCK: Check.TIME,
    Outcome.NOT_YET: Check.TIME,
    Outcome.EXPIRED: Check.TIME,
    Outcome.WITHDRAWN: Check.WITHDRAWAL,
    Outcome.NO_LIST: Check.WITHDRAWAL,
    Outcome.NOT_COVERED: Check.WITHDRAWAL,
}

KNOWLEDGE = msg("List dated %(dated)s; withdrawals after that day are not known here.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a checking.

    outcome       what decided
    message       one sentence for the person
    certificate   what was signed; None unless the signature holds and the content is readable
    listed        the moment of the withdrawal list used; None without one
    """

    outcome: Outcome
    message: Message
    certificate: CertificatePayload | None = None
    listed: datetime | None = None

    @property
    def is_valid(self) -> bool:
        """Whether all six checks passed."""
        return self.outcome is Outcome.VALID

    @property
    def checks(self) -> tuple[tuple[Check, bool | None], ...]:
        """Each check with True (passed), False (failed) or None (not reached).

        Two outcomes know the signature out of turn. Of an issuer whose key is missing nobody
        here can check it; where it is right but the content strange, it was checked before.
        """
        order = list(Check)
        failed = order.index(FAILS[self.outcome]) if self.outcome in FAILS else len(order)
        found: dict[Check, bool | None] = {
            check: None if place > failed else place < failed for place, check in enumerate(order)
        }
        if self.outcome is Outcome.ISSUER_UNKNOWN and self.certificate is None:
            found[Check.SIGNATURE] = None
        if self.outcome is Outcome.CONTENT:
            found[Check.SIGNATURE] = True
        return tuple(found.items())

    @property
    def knowledge(self) -> Message | None:
        """The sentence about the date of the withdrawal list; None without one."""
        return Message(KNOWLEDGE, {"dated": _day(self.listed)}) if self.listed else None


def verify(
    text: str, keyring: KeyRing, status_list: WithdrawalList | None, now: datetime
) -> Verdict:
    """Check the text of a certificate's QR code.

    text          as scanned, pasted or typed
    keyring       the issuer's public keys
    status_list   the withdrawals known here, already checked by :func:`withdrawals.read`
    now           aware
    """
    scanned = qr.as_scanned(text)
    if not scanned.startswith(qr.CERTIFICATE_PREFIX):
        return _verdict(Outcome.KEYBOARD if _other_keyboard(scanned) else Outcome.PREFIX)
    if len(scanned) > qr.LONGEST_CERTIFICATE_TEXT:
        return _verdict(Outcome.ENCODING)
    try:
        message = cose.read(base45.decode(scanned.removeprefix(qr.CERTIFICATE_PREFIX)))
    except ValueError:
        return _verdict(Outcome.ENCODING)
    key = keyring.find(message.kid)
    if key is None:
        return _verdict(Outcome.ISSUER_UNKNOWN)
    if not message.is_signed_by(key.public):
        return _verdict(Outcome.SIGNATURE)
    try:
        certificate = payload.unpack(message.payload)
    except ValueError:
        return _verdict(Outcome.CONTENT)
    outcome, values = _decide(certificate, key, keyring, status_list, now)
    return Verdict(
        outcome,
        Message(SENTENCES[outcome], values),
        certificate,
        status_list.dated if status_list else None,
    )


def _decide(
    certificate: CertificatePayload,
    key: PublicKey,
    keyring: KeyRing,
    withdrawals: WithdrawalList | None,
    now: datetime,
) -> tuple[Outcome, dict[str, object]]:
    """Judge what a right signature cannot tell: whose key, when, and whether taken back."""
    issued = certificate.issued_at
    if certificate.issuer != keyring.issuer:
        return Outcome.ISSUER_UNKNOWN, {}
    if key.withdrawn is not None:
        return Outcome.KEY_WITHDRAWN, {"day": _day(key.withdrawn)}
    if not key.signs_at(issued):
        return Outcome.KEY_NOT_IN_USE, {"day": _day(issued)}
    if withdrawals is not None and now < withdrawals.dated - CLOCK_TOLERANCE:
        return Outcome.CLOCK, {"today": _day(now)}
    if issued > now + CLOCK_TOLERANCE:
        return Outcome.NOT_YET, {"day": _day(issued)}
    if certificate.valid_through and certificate.valid_through < now.astimezone(UTC).date():
        return Outcome.EXPIRED, {"day": certificate.valid_through.isoformat()}
    return _standing(certificate, withdrawals), {}


def _standing(certificate: CertificatePayload, withdrawals: WithdrawalList | None) -> Outcome:
    """Judge what only the withdrawal list can tell."""
    if withdrawals is None:
        return Outcome.NO_LIST
    if not withdrawals.covers(certificate.status_list):
        return Outcome.NOT_COVERED
    if withdrawals.holds(certificate.status_list, certificate.status_index):
        return Outcome.WITHDRAWN
    return Outcome.VALID


def _verdict(outcome: Outcome) -> Verdict:
    return Verdict(outcome, Message(SENTENCES[outcome]))


def _other_keyboard(text: str) -> bool:
    """Return whether a scanner seems to have typed on a Russian, Kazakh, Arabic or French layout.

    It presses the keys of an American keyboard; another layout makes other letters of them.
    """
    foreign = re.search("[\u00e0-\u00ff\u0400-\u04ff\u0600-\u06ff]", text)
    return bool(foreign) or text.upper().startswith(("L?SC", "L,SC"))


def _day(instant: datetime) -> str:
    return instant.astimezone(UTC).date().isoformat()
