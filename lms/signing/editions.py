"""The signature of an edition: which course, which number, and everything that its folder holds.

Text: prefix ``LMSE2:`` and base45 of a COSE_Sign1 whose payload is a CWT map (RFC 8392)

    1 issuer · 6 signed (seconds since 1970) · -70004 what was published

The private claim is a map: 1 course id, 2 edition (number.revision), 3 core digest, 4 nation (two
small letters, empty for the bare core), 5 layer digest, 6 digest of all contents
(``lms.content.digests``). Digests are the 32 bytes of SHA-256. A map with other keys is refused: a
new field is a new prefix.

What is signed are paths and bytes of the files, not the archive that carries them: a folder packed
anew, by another program, on another day, is still what was signed. So core and layer say which
edition it is, and the digest of all contents that nothing else was put in: a file that neither of
them covers, such as another nation's layer, cannot be exchanged.

The first editions had ``LMSE1:`` and the claim -70003, whose 6 is the digest of the package's very
bytes (a ``tar.gz``). They are still verified; nothing is signed in this way any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from lms.kernel.messages import Message, msg
from lms.signing import base45, cbor, cose, qr
from lms.signing.keys import KeyRing, PublicKey, Signer
from lms.signing.payload import CLAIM_ISSUED, CLAIM_ISSUER, LATEST_SECOND
from lms.signing.refusals import Unreadable

PREFIX = "LMSE2:"
CLAIM_EDITION = -70004
OLDER_PREFIX = "LMSE1:"
OLDER_CLAIM = -70003
DIGEST_BYTES = 32
LONGEST_TEXT = 2_000
# Clocks of old machines run a little wrong; a day covers every time zone as well.
CLOCK_TOLERANCE = timedelta(days=1)


class UnknownIssuer(Unreadable):
    """The signature may be genuine: the keys at hand cannot tell."""


@dataclass(frozen=True, slots=True)
class SignedEdition:
    """What is signed.

    issuer    the key ring's ``issuer``
    signed    aware, to the second
    course    the course's permanent id, such as "C01"
    edition   number.revision, such as "3.1"
    core      SHA-256 of the course without national layers, 64 hexadecimal digits
    nation    two small letters, empty for the bare core
    layer     SHA-256 of the nation's layer
    contents  SHA-256 of all files of the folder; in an older signature of the package's bytes
    """

    issuer: str
    signed: datetime
    course: str
    edition: str
    core: str
    nation: str
    layer: str
    contents: str


def sign(edition: SignedEdition, signer: Signer) -> bytes:
    """Return ``edition`` as a signed message; ValueError where a digest is none."""
    claims = {
        CLAIM_ISSUER: edition.issuer,
        CLAIM_ISSUED: int(edition.signed.timestamp()),
        CLAIM_EDITION: {
            1: edition.course,
            2: edition.edition,
            3: _digest(edition.core),
            4: edition.nation,
            5: _digest(edition.layer),
            6: _digest(edition.contents),
        },
    }
    return cose.sign(cbor.pack(claims), signer)


def text_of(message: bytes) -> str:
    """Return a signed message as the text that goes with a package."""
    return (PREFIX if is_current(message) else OLDER_PREFIX) + base45.encode(message)


def is_current(message: bytes) -> bool:
    """Return whether a message signs contents, as today, and not the bytes of a package."""
    try:
        claims = cbor.unpack(cose.read(message).payload)
    except ValueError:
        return False
    return isinstance(claims, dict) and CLAIM_EDITION in claims


def is_older(text: str) -> bool:
    """Return whether a text says that it signs the bytes of a package."""
    return qr.as_scanned(text[:LONGEST_TEXT]).startswith(OLDER_PREFIX)


def verify(text: str, contents: str, ring: KeyRing, now: datetime) -> SignedEdition:
    """Return what was signed when ``text`` is the signature of a folder.

    text      as it lies in the package
    contents  the digest of the folder's files (``contents_digest``)
    ring      the issuer's public keys
    now       aware
    raises    UnknownIssuer for a key that is not known here, or another issuer's; Unreadable for
              all else, each failure with its own sentence: no such text; damaged; changed after
              signing; a signature of something else; a key that was taken back, or not in use on
              that day; a day still to come; other contents.
    """
    edition = _genuine(text, PREFIX, CLAIM_EDITION, ring, now)
    _require_same(edition, contents)
    return edition


def verify_older(text: str, package: bytes, ring: KeyRing, now: datetime) -> SignedEdition:
    """Return what was signed when ``text`` is the older signature of these bytes; see ``verify``.

    package  the ``tar.gz`` as it was exported
    """
    edition = _genuine(text, OLDER_PREFIX, OLDER_CLAIM, ring, now)
    _require_same(edition, sha256(package).hexdigest())
    return edition


def _genuine(text: str, prefix: str, claim: int, ring: KeyRing, now: datetime) -> SignedEdition:
    text = qr.as_scanned(text[:LONGEST_TEXT])
    if not text.startswith(prefix):
        raise _refused(
            msg("This is not the signature of a course: that begins with %(prefix)s."),
            prefix=prefix,
        )
    try:
        message = cose.read(base45.decode(text.removeprefix(prefix)))
    except ValueError as error:
        raise _refused(msg("The signature of the course is damaged or incomplete.")) from error
    key = ring.find(message.kid)
    if key is None:
        raise _unknown_issuer()
    if not message.is_signed_by(key.public):
        raise _refused(
            msg("The signature does not fit: it was changed, or was never made by this issuer.")
        )
    edition = _read(message.payload, claim)
    if edition.issuer != ring.issuer:
        raise _unknown_issuer()
    _require_counts(edition, key, now)
    return edition


def _require_same(edition: SignedEdition, digest: str) -> None:
    if digest != edition.contents:
        raise _refused(
            msg(
                "The signature is genuine, for edition %(edition)s of the course %(course)s, but "
                "this package is not what was signed: it was changed, or is that of another "
                "edition."
            ),
            edition=edition.edition,
            course=edition.course,
        )


def _require_counts(edition: SignedEdition, key: PublicKey, now: datetime) -> None:
    """Judge what a right signature cannot tell: whether the key counted on that day."""
    if key.withdrawn is not None:
        raise _refused(
            msg("The issuer took this key back on %(day)s. Get the course anew from the issuer."),
            day=_day(key.withdrawn),
        )
    if not key.signs_at(edition.signed):
        raise _refused(
            msg(
                "On the day of the signature, %(day)s, the issuer did not sign with this key. Get "
                "the course anew from the issuer."
            ),
            day=_day(edition.signed),
        )
    if edition.signed > now + CLOCK_TOLERANCE:
        raise _refused(
            msg(
                "The course was signed on %(day)s, which is still to come. Please look at the "
                "clock of this machine."
            ),
            day=_day(edition.signed),
        )


def _read(payload: bytes, claim: int) -> SignedEdition:
    """Read the claims. A certificate, too, is signed by an issuer known here: refuse it."""
    refusal = _refused(
        msg(
            "The issuer signed this, but it is not the signature of a course that can be read "
            "here. A newer version of this program may know it."
        )
    )
    try:
        claims = cbor.unpack(payload)
    except ValueError as error:
        raise refusal from error
    match claims:
        case {1: str() as issuer, 6: int() as signed, **rest} if (
            list(rest) == [claim]
            # In Python true equals 1: a claim called true must not pass for claim 1
            and all(type(key) is int for key in claims)
            and type(signed) is int
            and 0 <= signed <= LATEST_SECOND
        ):
            moment = datetime.fromtimestamp(signed, UTC)
            edition = _edition(issuer, moment, rest[claim])
            if edition is not None:
                return edition
    raise refusal


def _edition(issuer: str, signed: datetime, said: Any) -> SignedEdition | None:  # noqa: ANN401 -- what CBOR can hold
    """Return the private claim as values; None for another shape."""
    match said:
        case {
            1: str() as course,
            2: str() as edition,
            3: bytes() as core,
            4: str() as nation,
            5: bytes() as layer,
            6: bytes() as contents,
        } if (
            len(said) == 6
            and all(type(key) is int for key in said)
            and all(len(digest) == DIGEST_BYTES for digest in (core, layer, contents))
        ):
            return SignedEdition(
                issuer, signed, course, edition, core.hex(), nation, layer.hex(), contents.hex()
            )
    return None


def _digest(text: str) -> bytes:
    digest = bytes.fromhex(text)
    if len(digest) != DIGEST_BYTES:
        raise ValueError(f"not a digest: {text[:80]!r}")
    return digest


def _refused(sentence: str, **values: object) -> Unreadable:
    return Unreadable(Message(sentence, values))


def _unknown_issuer() -> UnknownIssuer:
    return UnknownIssuer(
        Message(
            msg(
                "The issuer of this course is not known here. The course may be genuine; ask for "
                "the issuer's key list, and compare it with somebody whom you trust."
            )
        )
    )


def _day(instant: datetime) -> str:
    return instant.astimezone(UTC).date().isoformat()
