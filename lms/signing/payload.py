"""What a certificate's QR code says: a CWT claims map (RFC 8392) with one private claim.

====== ========================= =====================================================
key    meaning                   form
====== ========================= =====================================================
1      issuer (iss)              text, the key ring's ``issuer``
4      valid through (exp)       seconds since 1970: 23:59:59 UTC of that day; optional
6      issued (iat)              seconds since 1970
7      serial (cti)              16 bytes, the certificate's UUID
-70001 what the paper says       map: 1 names as printed (list of 1 to 3 texts), 3 course
                                 title, 4 edition, 5 completion day (YYYY-MM-DD), 6 hours
                                 (a whole number, else in quarters), 7 [status list, index],
                                 8 language, 9 number, 10 code (12 letters, no dashes)
====== ========================= =====================================================

-70001 lies in the range for private use (below -65536, RFC 8392 section 9.1.1). A map with other
keys is refused: a reader must never hide a field that was signed. A new field is a new prefix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from lms.kernel.messages import Message, msg
from lms.signing import cbor, cose
from lms.signing.keys import Signer
from lms.signing.refusals import Unreadable

CLAIM_ISSUER, CLAIM_EXPIRES, CLAIM_ISSUED, CLAIM_SERIAL = 1, 4, 6, 7
CLAIM_PAPER = -70001
BUDGET_BYTES = 500
LATEST_SECOND = 253_402_300_799  # the end of the year 9999, as far as dates go here
MOST_HOURS = 500


@dataclass(frozen=True, slots=True)
class CertificatePayload:
    """Everything that is signed, as printed.

    issuer          the issuer's short permanent name
    issued_at       aware, to the second
    valid_through   the last day of validity; None: without end
    serial          UUID version 4
    names           the holder's name in one to three scripts, as printed
    course_title    in ``language``; the short title where the long one does not fit
    edition         number.revision, such as "3.2"
    completed_on    the day of completion
    hours           more than 0, at most 500, in quarters of an hour
    status_list     number of the withdrawal list, from 1
    status_index    place in that list, from 0
    language        "ar", "en", …
    number          such as "TN-2026-00417"
    code            12 letters, no dashes
    """

    issuer: str
    issued_at: datetime
    valid_through: date | None
    serial: UUID
    names: tuple[str, ...]
    course_title: str
    edition: str
    completed_on: date
    hours: float
    status_list: int
    status_index: int
    language: str
    number: str
    code: str


def pack(payload: CertificatePayload) -> bytes:
    """Return the deterministic CBOR claims map of ``payload``."""
    hours = payload.hours
    claims: dict[int, object] = {
        CLAIM_ISSUER: payload.issuer,
        CLAIM_ISSUED: int(payload.issued_at.timestamp()),
        CLAIM_SERIAL: payload.serial.bytes,
        CLAIM_PAPER: {
            1: list(payload.names),
            3: payload.course_title,
            4: payload.edition,
            5: payload.completed_on.isoformat(),
            6: int(hours) if hours == int(hours) else float(hours),
            7: [payload.status_list, payload.status_index],
            8: payload.language,
            9: payload.number,
            10: payload.code,
        },
    }
    if payload.valid_through:
        last_second = datetime.combine(payload.valid_through, time(23, 59, 59), UTC)
        claims[CLAIM_EXPIRES] = int(last_second.timestamp())
    return cbor.pack(claims)


def unpack(data: bytes) -> CertificatePayload:
    """Return the payload in ``data``.

    raises   ValueError if it is not exactly the map described above.
    """
    claims = cbor.unpack(data)
    match claims:
        case {
            1: str() as issuer,
            6: int() as issued,
            7: bytes() as serial,
            -70001: {
                1: [*names],
                3: str() as title,
                4: str() as edition,
                5: str() as completed,
                6: int() | float() as hours,
                7: [int() as status_list, int() as status_index],
                8: str() as language,
                9: str() as number,
                10: str() as code,
            } as paper,
        }:
            pass
        case _:
            raise ValueError("not a certificate's claims")
    # In Python true equals 1: a claim called true must not pass for claim 1
    _expect(all(type(key) is int for key in (*claims, *paper)))
    _expect(len(paper) == 9 and set(claims) <= {1, 4, 6, 7, CLAIM_PAPER})
    _expect(1 <= len(names) <= 3 and all(isinstance(name, str) for name in names))
    _expect(
        not isinstance(hours, bool)
        and len(serial) == 16
        and 0 < hours <= MOST_HOURS
        and hours * 4 % 1 == 0
    )
    _expect(all(_is_count(value) for value in (issued, status_list, status_index)))
    return CertificatePayload(
        issuer=issuer,
        issued_at=datetime.fromtimestamp(issued, UTC),
        valid_through=_valid_through(claims),
        serial=UUID(bytes=serial),
        names=tuple(names),
        course_title=title,
        edition=edition,
        completed_on=_day(completed),
        hours=hours,
        status_list=status_list,
        status_index=status_index,
        language=language,
        number=number,
        code=code,
    )


def sign(payload: CertificatePayload, signer: Signer) -> bytes:
    """Return ``payload`` as a signed message.

    raises   Unreadable if a field is out of range, or the message exceeds 500 bytes: more would
             print too finely to be read from 33 mm of paper.
    """
    data = pack(payload)
    try:
        unpack(data)  # what no reader accepts must not be signed
    except ValueError as error:
        raise Unreadable(
            Message(msg("A field of the certificate is not of the form that can be signed."))
        ) from error
    message = cose.sign(data, signer)
    if len(message) > BUDGET_BYTES:
        raise Unreadable(
            Message(
                msg(
                    "Names and title are %(excess)s bytes too long for the code on the paper. "
                    "Give the course a short title."
                ),
                {"excess": len(message) - BUDGET_BYTES},
            )
        )
    return message


def _valid_through(claims: Mapping[int, Any]) -> date | None:
    if CLAIM_EXPIRES not in claims:
        return None
    expires = claims[CLAIM_EXPIRES]
    _expect(_is_count(expires))
    return datetime.fromtimestamp(expires, UTC).date()


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= LATEST_SECOND


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    _expect(day.isoformat() == text)
    return day


def _expect(condition: bool) -> None:
    if not condition:
        raise ValueError("a field of the certificate is out of range")
