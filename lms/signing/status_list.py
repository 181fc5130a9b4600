"""The public list of withdrawn certificates as a row of bits: W3C Bitstring Status List v1.0.

A certificate names a list and a place in it. Places are drawn at random, so that neither the
place nor the list tells when or to whom a certificate was given. Bit 0 is the left-most bit of
the first byte; 1 means withdrawn. The list is published GZIP-compressed as base64url after "u",
inside a dated, signed JSON document. A place is never used again.
"""

from __future__ import annotations

import base64
import gzip
import secrets
import zlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.kernel.messages import Message, msg
from lms.signing import signed_json
from lms.signing.keys import KeyRing, Signer, is_signed_by
from lms.signing.refusals import Unreadable
from lms.signing.signed_json import moment, moment_text

MINIMUM_ENTRIES = 131_072
MOST_BYTES = 1 << 20
KIND = "lms-status-list-1"


def bits_of(withdrawn: Iterable[int], entries: int = MINIMUM_ENTRIES) -> bytes:
    """Return a list of ``entries`` bits with those at the places ``withdrawn`` set.

    raises   ValueError for fewer than 131,072 entries, a number not divisible by 8, or a place
             outside the list.
    """
    if entries < MINIMUM_ENTRIES or entries % 8:
        raise ValueError("a status list has at least 131,072 entries, in whole bytes")
    bits = bytearray(entries // 8)
    for index in withdrawn:
        if not 0 <= index < entries:
            raise ValueError(f"place {index} is not in a list of {entries}")
        bits[index >> 3] |= 0x80 >> (index & 7)
    return bytes(bits)


def is_set(bits: bytes, index: int) -> bool:
    """Return whether the bit at ``index`` (0 is the left-most) is set."""
    return bool(bits[index >> 3] & 0x80 >> (index & 7))


def places_set(bits: bytes) -> list[int]:
    """Return the places of all set bits, rising."""
    return [
        byte * 8 + bit
        for byte, value in enumerate(bits)
        if value
        for bit in range(8)
        if value & 0x80 >> bit
    ]


def encode(bits: bytes) -> str:
    """Return ``bits`` as published: GZIP, then multibase base64url without padding."""
    packed = gzip.compress(bits, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bits of a published list.

    raises   ValueError if it is not of that form, has fewer than 131,072 entries, or would
             unpack to more than a megabyte.
    """
    if not text.startswith("u"):
        raise ValueError("not multibase base64url")
    packed = base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), altchars=b"-_", validate=True)
    unpacker = zlib.decompressobj(wbits=31)  # 31: GZIP only
    try:
        bits = unpacker.decompress(packed, MOST_BYTES)
    except zlib.error as error:
        raise ValueError("not GZIP data") from error
    if not unpacker.eof or len(bits) * 8 < MINIMUM_ENTRIES:
        raise ValueError("the list is cut, too long or too short")
    return bits


def pick_place(
    used: Collection[int],
    entries: int = MINIMUM_ENTRIES,
    below: Callable[[int], int] = secrets.randbelow,
) -> int:
    """Return a random place in 0..entries - 1 that is not in ``used``.

    used     every place ever given out in this list, withdrawn or not; a set
    below    returns a random number from 0 up to, not including, its argument
    raises   ValueError when the list is full: begin the next one.
    """
    free = entries - len(used)
    if free <= 0:
        raise ValueError("the status list is full")
    if free > entries // 2:
        # At least every second draw hits a free place, without listing them all.
        while (place := below(entries)) in used:
            pass
        return place
    return [place for place in range(entries) if place not in used][below(free)]


@dataclass(frozen=True, slots=True)
class StatusList:
    """One list as published.

    issuer   the key ring's ``issuer``
    number   from 1; a certificate names it
    dated    the moment up to which withdrawals are in it
    bits     at least 16,384 bytes
    """

    issuer: str
    number: int
    dated: datetime
    bits: bytes

    def seal(self, signers: Sequence[Signer]) -> str:
        """Return the list as signed JSON."""
        return signed_json.seal(
            {
                "kind": KIND,
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "issuer": self.issuer,
                "list": self.number,
                "validFrom": moment_text(self.dated),
                "encodedList": encode(self.bits),
            },
            {signer.kid: signer.sign for signer in signers},
        )


def read(text: str, ring: KeyRing) -> StatusList:
    """Return the list in the signed JSON ``text``.

    raises   Unreadable if it is no such list, or not signed by a key of ``ring`` that still counts.
    """
    document = signed_json.parse(text, KIND)
    known = {key.kid: key.public for key in ring.keys if key.withdrawn is None}
    if not signed_json.is_sealed(document, known, is_signed_by):
        raise Unreadable(Message(msg("The withdrawal list is not signed by an issuer known here.")))
    try:
        found = StatusList(
            issuer=str(document["issuer"]),
            number=int(document["list"]),
            dated=moment(document["validFrom"]),
            bits=decode(document["encodedList"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(Message(msg("This file is not a withdrawal list."))) from error
    if found.issuer != ring.issuer or document.get("statusPurpose") != "revocation":
        raise Unreadable(Message(msg("This withdrawal list is of another issuer.")))
    return found
