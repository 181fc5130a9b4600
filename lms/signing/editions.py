"""The signature of an edition: which course, which number, and the very bytes of its package.

Text: prefix ``LMSE1:`` and base45 of a COSE_Sign1 whose payload is a CWT map (RFC 8392)

    1 issuer · 6 signed (seconds since 1970) · -70003 what was published

The private claim is a map: 1 course id, 2 edition (number.revision), 3 core digest, 4 nation (two
small letters, empty for the bare core), 5 layer digest, 6 digest of the package. Digests are the
32 bytes of SHA-256. The package is a file of its own, signed by its digest. A map with other keys
is refused: a new field is a new prefix.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from lms.kernel.messages import Message, msg
from lms.signing import base45, cbor, cose, qr
from lms.signing.keys import KeyRing, PublicKey, Signer
from lms.signing.payload import CLAIM_ISSUED, CLAIM_ISSUER, LATEST_SECOND
from lms.signing.refusals import Unreadable

PREFIX = "LMSE1:"
CLAIM_EDITION = -70003
DIGEST_BYTES = 32
LONGEST_TEXT = 2_000
# Clocks of old machines run a little wrong; a day covers every time zone as well.
CLOCK_TOLERANCE = timedelta(days=1)


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
    package   SHA-256 of the package, as it lies in the file store
    """

    issuer: str
    signed: datetime
    course: str
    edition: str
    core: str
    nation: str
    layer: str
    package: str


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
            6: _digest(edition.package),
        },
    }
    return cose.sign(cbor.pack(claims), signer)


def text_of(message: bytes) -> str:
    """Return a signed message as the text that lies beside a package."""
    return PREFIX + base45.encode(message)


def verify(text: str, package: bytes, ring: KeyRing, now: datetime) -> SignedEdition:
    """Return what was signed when ``text`` is the signature of ``package``.

    text     as it lies beside the package
    ring     the issuer's public keys
    now      aware
    raises   Unreadable, each failure with its own sentence: no such text; damaged; a key that is
             not known here; changed after signing; a signature of something else; another issuer;
             a key that was taken back, or not in use on that day; a day still to come; another
             package.
    """
    text = qr.as_scanned(text[:LONGEST_TEXT])
    if not text.startswith(PREFIX):
        raise _refused(msg("This is not the signature of a course: that begins with LMSE1:."))
    try:
        message = cose.read(base45.decode(text.removeprefix(PREFIX)))
    except ValueError as error:
        raise _refused(msg("The signature of the course is damaged or incomplete.")) from error
    key = ring.find(message.kid)
    if key is None:
        raise _unknown_issuer()
    if not message.is_signed_by(key.public):
        raise _refused(
            msg("The signature does not fit: it was changed, or was never made by this issuer.")
        )
    edition = _read(message.payload)
    if edition.issuer != ring.issuer:
        raise _unknown_issuer()
    _require_counts(edition, key, now)
    if sha256(package).hexdigest() != edition.package:
        raise _refused(
            msg(
                "The signature is genuine, for edition %(edition)s of the course %(course)s, but "
                "this package is not what was signed: it was changed, or is that of another "
                "edition."
            ),
            edition=edition.edition,
            course=edition.course,
        )
    return edition


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


def _read(payload: bytes) -> SignedEdition:
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
        case {
            1: str() as issuer,
            6: int() as signed,
            -70003: {
                1: str() as course,
                2: str() as edition,
                3: bytes() as core,
                4: str() as nation,
                5: bytes() as layer,
                6: bytes() as package,
            } as said,
        } if (
            len(claims) == 3
            and len(said) == 6
            # In Python true equals 1: a claim called true must not pass for claim 1
            and all(type(key) is int for key in (*claims, *said))
            and type(signed) is int
            and 0 <= signed <= LATEST_SECOND
            and all(len(digest) == DIGEST_BYTES for digest in (core, layer, package))
        ):
            return SignedEdition(
                issuer, datetime.fromtimestamp(signed, UTC), course, edition, core.hex(), nation,
                layer.hex(), package.hex(),
            )  # fmt: skip
    raise refusal


def _digest(text: str) -> bytes:
    digest = bytes.fromhex(text)
    if len(digest) != DIGEST_BYTES:
        raise ValueError(f"not a digest: {text[:80]!r}")
    return digest


def _refused(sentence: str, **values: object) -> Unreadable:
    return Unreadable(Message(sentence, values))


def _unknown_issuer() -> Unreadable:
    return _refused(
        msg(
            "The issuer of this course is not known here. The course may be genuine; ask for the "
            "issuer's key list, and compare it with somebody whom you trust."
        )
    )


def _day(instant: datetime) -> str:
    return instant.astimezone(UTC).date().isoformat()
