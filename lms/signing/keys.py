"""Keys: one private key in a file, and the public key ring that everybody may hold.

A key's name, its ``kid``, is the first 8 bytes of SHA-256 over the 32 bytes of the public key.
``cryptography`` is imported inside the functions that sign or check, never at the top: the web
process imports this module and must not carry 6.5 MB that it never uses.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from lms.kernel.messages import Message, msg
from lms.signing import signed_json
from lms.signing.refusals import Unreadable
from lms.signing.signed_json import moment, moment_text

KEY_ID_BYTES = 8
PUBLIC_KEY_BYTES = 32
RING_KIND = "lms-key-ring-1"


def key_id(public: bytes) -> bytes:
    """Return the 8 bytes that name the 32-byte public key ``public``."""
    if len(public) != PUBLIC_KEY_BYTES:
        raise ValueError("an Ed25519 public key has 32 bytes")
    return sha256(public).digest()[:KEY_ID_BYTES]


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key that can sign but is never shown. ``public`` is its 32-byte public key."""

    public: bytes
    sign: Callable[[bytes], bytes] = field(repr=False)

    @property
    def kid(self) -> bytes:
        """The 8 bytes that name this key."""
        return key_id(self.public)


def create_private_key(path: Path) -> Signer:
    """Make a new Ed25519 key in the new file ``path`` (PKCS #8 PEM), readable by its owner only.

    raises   FileExistsError if the file exists: a key is never written over.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    # The mode is given at creation: there is no moment at which others could read the file.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return load_private_key(path)


def load_private_key(path: Path) -> Signer:
    """Return the signer whose key lies in ``path``.

    raises   Unreadable if others may read the file, or it holds no Ed25519 key;
             FileNotFoundError if there is none.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise Unreadable(
            Message(
                msg(
                    "Other accounts of this machine can read the key file %(path)s. Run: chmod 600"
                ),
                {"path": path.name},
            )
        )
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise Unreadable(_no_key(path)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Unreadable(_no_key(path))
    return Signer(key.public_key().public_bytes_raw(), key.sign)


def _no_key(path: Path) -> Message:
    return Message(msg("The file %(path)s holds no signing key."), {"path": path.name})


def is_signed_by(public: bytes, signature: bytes, data: bytes) -> bool:
    """Return whether ``signature`` is the Ed25519 signature of ``data`` by the key ``public``.

    Source: RFC 8032 section 5.1.7.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key and the time in which its issuer signs with it.

    public        32 bytes
    valid_from    the first moment of signing
    valid_until   the moment the key was replaced; None for the current key
    withdrawn     when the issuer took it back because others may have it; nothing that it ever
                  signed counts from then on, since a thief could date it back
    """

    public: bytes
    valid_from: datetime
    valid_until: datetime | None = None
    withdrawn: datetime | None = None

    @property
    def kid(self) -> bytes:
        """The 8 bytes that name this key."""
        return key_id(self.public)

    def signs_at(self, instant: datetime) -> bool:
        """Return whether the issuer used this key at ``instant``."""
        return self.valid_from <= instant and (
            self.valid_until is None or instant < self.valid_until
        )


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The public keys, current and former, of one issuer.

    issuer   the short permanent name that stands in each certificate, such as "TN-CGPR"
    names    language -> the issuer's name as people know it
    dated    when this ring was signed
    keys     at most one of them is current (``valid_until`` None and not withdrawn)
    """

    issuer: str
    names: Mapping[str, str]
    dated: datetime
    keys: tuple[PublicKey, ...]

    def find(self, kid: bytes) -> PublicKey | None:
        """Return the key called ``kid``, or None: then the issuer is not known here."""
        return next((key for key in self.keys if key.kid == kid), None)

    def current(self) -> PublicKey | None:
        """Return the key that signs now, or None when each has been replaced or withdrawn."""
        return next((k for k in self.keys if k.valid_until is None and k.withdrawn is None), None)

    def with_key(self, public: bytes, *, now: datetime) -> KeyRing:
        """Return a ring in which ``public`` takes over from the current key at ``now``."""
        former = tuple(
            replace(key, valid_until=now) if key.valid_until is None else key for key in self.keys
        )
        return replace(self, dated=now, keys=(*former, PublicKey(public, valid_from=now)))

    def without_trust_in(self, kid: bytes, *, now: datetime) -> KeyRing:
        """Return a ring in which the key ``kid`` is withdrawn at ``now``."""
        keys = tuple(
            replace(key, valid_until=key.valid_until or now, withdrawn=key.withdrawn or now)
            if key.kid == kid
            else key
            for key in self.keys
        )
        return replace(self, dated=now, keys=keys)

    def seal(self, signers: Sequence[Signer]) -> str:
        """Return the ring as signed JSON.

        Sign with the current key and, when keys change, with the former one too: who holds the
        old ring can then follow to the new one.
        """
        return signed_json.seal(
            {
                "kind": RING_KIND,
                "issuer": self.issuer,
                "names": dict(self.names),
                "dated": moment_text(self.dated),
                "keys": [_key_document(key) for key in self.keys],
            },
            {signer.kid: signer.sign for signer in signers},
        )


def read_ring(text: str, *, trusted: KeyRing | None = None) -> KeyRing:
    """Return the ring in the signed JSON ``text``.

    trusted   the ring known so far; one of its keys that is not withdrawn must have signed the
              new one. Without it (first contact, a file from a hand one trusts) the ring's own
              current key must have signed, which shows that the file is whole.
    raises    Unreadable, with the reason.
    """
    document = signed_json.parse(text, RING_KIND)
    ring = _ring(document)
    source = trusted or ring
    known = {key.kid: key.public for key in source.keys if key.withdrawn is None}
    if not signed_json.is_sealed(document, known, is_signed_by):
        raise Unreadable(
            Message(msg("The key list is not signed by a key that is known here. Nothing changed."))
        )
    if trusted and (ring.issuer != trusted.issuer or ring.dated < trusted.dated):
        raise Unreadable(
            Message(msg("The key list is of another issuer, or older than the one in use."))
        )
    return ring


def parse_ring(text: str) -> KeyRing:
    """Return the ring in ``text`` without checking its signature.

    For a process that reads its own file and must not load ``cryptography``.
    raises   Unreadable if it is no key ring.
    """
    return _ring(signed_json.parse(text, RING_KIND))


def _key_document(key: PublicKey) -> dict[str, object]:
    document: dict[str, object] = {
        "kid": key.kid.hex(),
        "public": key.public.hex(),
        "from": moment_text(key.valid_from),
    }
    if key.valid_until:
        document["until"] = moment_text(key.valid_until)
    if key.withdrawn:
        document["withdrawn"] = moment_text(key.withdrawn)
    return document


def _ring(document: Mapping[str, Any]) -> KeyRing:
    """Read the parts; whatever is missing or of another kind makes the file no key ring."""
    try:
        return KeyRing(
            issuer=str(document["issuer"]),
            names={language: str(name) for language, name in document["names"].items()},
            dated=moment(document["dated"]),
            keys=tuple(_public_key(key) for key in document["keys"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(Message(msg("This file is not a key list."))) from error


def _public_key(document: Mapping[str, Any]) -> PublicKey:
    key = PublicKey(
        public=bytes.fromhex(document["public"]),
        valid_from=moment(document["from"]),
        valid_until=moment(document["until"]) if "until" in document else None,
        withdrawn=moment(document["withdrawn"]) if "withdrawn" in document else None,
    )
    if key.kid.hex() != document["kid"]:
        raise ValueError("the key's name does not belong to the key")
    return key
