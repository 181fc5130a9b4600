"""COSE_Sign1: one payload, one Ed25519 signature, and the name of the key.

The message is CBOR tag 18 around [protected, {}, payload, signature]; a CWT tag 61 around it is
accepted. ``protected`` is a byte string holding {1: -8 (EdDSA), 4: key id of 8 bytes} and nothing
else. Sources: RFC 9052 sections 4.2 and 4.4, RFC 9053 section 2.2, RFC 8392 section 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms.signing import cbor
from lms.signing.keys import KEY_ID_BYTES, Signer, is_signed_by

TAG_SIGN1 = 18
TAG_CWT = 61
HEADER_ALGORITHM, HEADER_KEY_ID = 1, 4
ALGORITHM_EDDSA = -8
SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class Sign1:
    """A message taken apart, its signature not yet checked.

    protected   the header bytes exactly as received; the signature covers them
    kid         8 bytes that name the key
    payload     the signed bytes
    signature   64 bytes
    """

    protected: bytes
    kid: bytes
    payload: bytes
    signature: bytes

    def is_signed_by(self, public: bytes) -> bool:
        """Return whether the 32-byte key ``public`` made this signature."""
        return is_signed_by(public, self.signature, to_be_signed(self.protected, self.payload))


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Return the bytes that the signature covers. Source: RFC 9052 section 4.4."""
    return cbor.pack(["Signature1", protected, b"", payload])


def sign(payload: bytes, signer: Signer) -> bytes:
    """Return ``payload`` as a signed message, tag 18, in deterministic CBOR."""
    from cbor2 import CBORTag

    protected = cbor.pack({HEADER_ALGORITHM: ALGORITHM_EDDSA, HEADER_KEY_ID: signer.kid})
    signature = signer.sign(to_be_signed(protected, payload))
    return cbor.pack(CBORTag(TAG_SIGN1, [protected, {}, payload, signature]))


def read(data: bytes) -> Sign1:
    """Take a message apart without checking its signature.

    raises   ValueError if ``data`` is not exactly of the shape above.
    """
    from cbor2 import CBORTag

    message = cbor.unpack(data)
    if isinstance(message, CBORTag) and message.tag == TAG_CWT:
        message = message.value
    if not (isinstance(message, CBORTag) and message.tag == TAG_SIGN1):
        raise ValueError("no COSE_Sign1 message")
    # cbor2 gives the inside of a tag as tuple and read-only mapping
    match message.value:
        case [bytes() as protected, Mapping() as open_header, bytes() as payload, bytes() as mark]:
            if open_header or len(mark) != SIGNATURE_BYTES:
                raise ValueError("not the shape of our messages")
        case _:
            raise ValueError("not the shape of our messages")
    return Sign1(protected, _key_id(protected), payload, mark)


def _key_id(protected: bytes) -> bytes:
    header = cbor.unpack(protected)
    match header:
        case {1: -8, 4: bytes() as kid} if len(header) == 2 and len(kid) == KEY_ID_BYTES:
            return kid
    raise ValueError("signed in another way, or without a key id")
