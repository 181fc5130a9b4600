"""What the QR code of a training record says: one sheet of it, with every line that is printed.

Text: prefix ``LMST1:`` and base45 of a COSE_Sign1 whose payload is a CWT map (RFC 8392)

    1 issuer · 6 signed (seconds since 1970) · -70004 what the sheet says

The private claim is a map: 1 names as printed (list of 1 to 3 texts), 2 the day on which it was
true (YYYY-MM-DD), 3 [number of the sheet, sheets in all], 4 lines, 5 language. A line is a list:
course id (empty where the course is not named), edition, state (``passed``, ``begun``,
``accepted``), day of completion (YYYY-MM-DD, empty without), half hours of learning, percent
(-1 without), certificate number (empty without).

It is no certificate and cannot be taken for one: another prefix, another claim, and each reader
refuses a map with other keys. It says what the records of a service said on one day, so it has no
last day and no withdrawal; a certificate that it names is checked by itself. A new field is a new
prefix.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from lms.kernel.messages import Message, msg
from lms.signing import base45, cbor, cose, qr
from lms.signing.keys import KeyRing, Signer
from lms.signing.payload import CLAIM_ISSUED, CLAIM_ISSUER, LATEST_SECOND
from lms.signing.refusals import Unreadable
from lms.signing.verify import CLOCK_TOLERANCE, SENTENCES, Outcome

PREFIX = "LMST1:"
CLAIM_SHEET = -70004
# A full sheet with two long names is below 800; the code is printed 46 mm wide.
BUDGET_BYTES = 900
LONGEST_TEXT = 2_000
STATES = ("passed", "begun", "accepted")
MOST_SHEETS, MOST_LINES, MOST_HALF_HOURS = 100, 20, 1_000


@dataclass(frozen=True, slots=True)
class SignedLine:
    """One course of a sheet.

    course        its id, empty where the paper does not name it
    edition       number.revision
    state         one of ``STATES``
    completed_on  None while the course is not passed
    half_hours    of learning, 0 to 1,000
    percent       the best result, None without one
    number        of the certificate that counts, empty without one
    """

    course: str
    edition: str
    state: str
    completed_on: date | None
    half_hours: int
    percent: int | None
    number: str


@dataclass(frozen=True, slots=True)
class SignedSheet:
    """Everything of one sheet that is signed.

    issuer    the key ring's ``issuer``
    signed    aware, to the second
    names     the person's name in one to three scripts, as printed
    day       on which all of it was true
    number    of this sheet, from 1
    sheets    how many there are
    language  the first that is printed
    """

    issuer: str
    signed: datetime
    names: tuple[str, ...]
    day: date
    number: int
    sheets: int
    lines: tuple[SignedLine, ...]
    language: str


def sign(sheet: SignedSheet, signer: Signer) -> bytes:
    """Return ``sheet`` as a signed message.

    raises   Unreadable if a field is out of range, or the message exceeds 900 bytes.
    """
    claims = {
        CLAIM_ISSUER: sheet.issuer,
        CLAIM_ISSUED: int(sheet.signed.timestamp()),
        CLAIM_SHEET: {
            1: list(sheet.names),
            2: sheet.day.isoformat(),
            3: [sheet.number, sheet.sheets],
            4: [_packed(line) for line in sheet.lines],
            5: sheet.language,
        },
    }
    data = cbor.pack(claims)
    try:
        _unpack(data)  # what no reader accepts must not be signed
    except ValueError as error:
        raise Unreadable(
            Message(msg("A field of the training record is not of the form that can be signed."))
        ) from error
    message = cose.sign(data, signer)
    if len(message) > BUDGET_BYTES:
        raise Unreadable(
            Message(msg("The names are too long for the code on a training record. Shorten them."))
        )
    return message


def text_of(message: bytes) -> str:
    """Return what the QR code of a signed ``message`` says."""
    return PREFIX + base45.encode(message)


def is_transcript(text: str) -> bool:
    """Return whether ``text`` says of itself that it is of a training record."""
    return qr.as_scanned(text[:LONGEST_TEXT]).startswith(PREFIX)


# ---- Checking -----------------------------------------------------------------------------------

# Only what would be wrong about a training record differs from the sentences of certificates.
TRANSCRIPT_SENTENCES = {
    Outcome.VALID: msg(
        "This is a genuine training record. It says what was true on %(day)s. It is not a "
        "certificate."
    ),
    Outcome.ENCODING: SENTENCES[Outcome.ENCODING],
    Outcome.SIGNATURE: SENTENCES[Outcome.SIGNATURE],
    Outcome.CONTENT: msg(
        "The signature is right, but what is signed is not a training record that can be read "
        "here. A newer version of this check may know it."
    ),
    Outcome.ISSUER_UNKNOWN: msg(
        "The issuer is not known here. The training record may be genuine; ask for the newest key "
        "list, or ask the service that issued it."
    ),
    Outcome.KEY_WITHDRAWN: msg(
        "The issuer withdrew this key on %(day)s. Ask the issuer for a new training record."
    ),
    Outcome.KEY_NOT_IN_USE: msg(
        "On the day of issue, %(day)s, the issuer did not sign with this key. Ask the issuer for a "
        "new training record."
    ),
    Outcome.NOT_YET: msg(
        "The training record is dated %(day)s, which is still to come. Please look at the clock "
        "of this machine."
    ),
}


@dataclass(frozen=True, slots=True)
class TranscriptVerdict:
    """The result of a checking.

    outcome   what decided
    message   one sentence for the person
    sheet     what was signed; None unless the signature holds and the content is readable
    """

    outcome: Outcome
    message: Message
    sheet: SignedSheet | None = None

    @property
    def is_valid(self) -> bool:
        """Whether it is genuine."""
        return self.outcome is Outcome.VALID


def verify(text: str, ring: KeyRing, now: datetime) -> TranscriptVerdict:
    """Check the text of a training record's QR code.

    text   as scanned, pasted or typed; ``is_transcript`` is true of it
    ring   the issuer's public keys
    now    aware
    """
    scanned = qr.as_scanned(text)
    if not scanned.startswith(PREFIX) or len(scanned) > LONGEST_TEXT:
        return _verdict(Outcome.ENCODING)
    try:
        message = cose.read(base45.decode(scanned.removeprefix(PREFIX)))
    except ValueError:
        return _verdict(Outcome.ENCODING)
    key = ring.find(message.kid)
    if key is None:
        return _verdict(Outcome.ISSUER_UNKNOWN)
    if not message.is_signed_by(key.public):
        return _verdict(Outcome.SIGNATURE)
    try:
        sheet = _unpack(message.payload)
    except ValueError:
        return _verdict(Outcome.CONTENT)
    signed = sheet.signed.astimezone(UTC).date().isoformat()
    if sheet.issuer != ring.issuer:
        return _verdict(Outcome.ISSUER_UNKNOWN, sheet)
    if key.withdrawn is not None:
        taken_back = key.withdrawn.astimezone(UTC).date().isoformat()
        return _verdict(Outcome.KEY_WITHDRAWN, sheet, day=taken_back)
    if not key.signs_at(sheet.signed):
        return _verdict(Outcome.KEY_NOT_IN_USE, sheet, day=signed)
    if sheet.signed > now + CLOCK_TOLERANCE:
        return _verdict(Outcome.NOT_YET, sheet, day=signed)
    return _verdict(Outcome.VALID, sheet, day=sheet.day.isoformat())


def _verdict(
    outcome: Outcome, sheet: SignedSheet | None = None, **values: object
) -> TranscriptVerdict:
    return TranscriptVerdict(outcome, Message(TRANSCRIPT_SENTENCES[outcome], values), sheet)


# ---- Claims -------------------------------------------------------------------------------------


def _packed(line: SignedLine) -> list[object]:
    return [
        line.course,
        line.edition,
        line.state,
        line.completed_on.isoformat() if line.completed_on else "",
        line.half_hours,
        -1 if line.percent is None else line.percent,
        line.number,
    ]


def _unpack(data: bytes) -> SignedSheet:
    """Return the sheet in ``data``; raises ValueError if it is not exactly the map above."""
    claims = cbor.unpack(data)
    match claims:
        case {
            1: str() as issuer,
            6: int() as signed,
            -70004: {
                1: [*names],
                2: str() as day,
                3: [int() as number, int() as sheets],
                4: [*lines],
                5: str() as language,
            } as said,
        }:
            pass
        case _:
            raise ValueError("not the claims of a training record")
    # In Python true equals 1: a claim called true must not pass for claim 1
    _expect(all(type(key) is int for key in (*claims, *said)))
    _expect(len(claims) == 3 and len(said) == 5)
    _expect(type(signed) is int and 0 <= signed <= LATEST_SECOND)
    _expect(1 <= len(names) <= 3 and all(isinstance(name, str) for name in names))
    _expect(type(number) is int and type(sheets) is int and 1 <= number <= sheets <= MOST_SHEETS)
    _expect(len(lines) <= MOST_LINES)
    return SignedSheet(
        issuer,
        datetime.fromtimestamp(signed, UTC),
        tuple(names),
        _day(day),
        number,
        sheets,
        tuple(_line(each) for each in lines),
        language,
    )


def _line(value: Any) -> SignedLine:  # noqa: ANN401 -- whatever CBOR held
    match value:
        case [
            str() as course,
            str() as edition,
            str() as state,
            str() as completed,
            int() as half_hours,
            int() as percent,
            str() as certificate,
        ] if type(half_hours) is int and type(percent) is int:
            pass
        case _:
            raise ValueError("not a line of a training record")
    _expect(state in STATES and 0 <= half_hours <= MOST_HALF_HOURS and -1 <= percent <= 100)
    return SignedLine(
        course,
        edition,
        state,
        _day(completed) if completed else None,
        half_hours,
        None if percent == -1 else percent,
        certificate,
    )


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    _expect(day.isoformat() == text)
    return day


def _expect(condition: bool) -> None:
    if not condition:
        raise ValueError("a field of the training record is out of range")
