"""A JSON document with signatures inside: readable with any editor, checkable by any copy.

What is signed is ``DOMAIN`` followed by the document without its member "signatures", as JSON
with sorted keys, no spaces and no escapes but the necessary ones, in UTF-8. The leading line keeps
such a signature from ever being taken for one over a certificate, which begins with another byte.
Documents hold only texts, whole numbers, lists and objects, for which this form is unambiguous.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from lms.kernel.messages import Message, msg
from lms.signing.refusals import Unreadable

DOMAIN = b"lms-signed-json-1\n"
LONGEST = 4_000_000

Sign = Callable[[bytes], bytes]
IsSignedBy = Callable[[bytes, bytes, bytes], bool]


def seal(document: Mapping[str, object], signers: Mapping[bytes, Sign]) -> str:
    """Return ``document`` as readable JSON with one signature for each of ``signers`` (by kid)."""
    data = _signed_bytes(document)
    signatures = [{"kid": kid.hex(), "ed25519": sign(data).hex()} for kid, sign in signers.items()]
    return json.dumps({**document, "signatures": signatures}, ensure_ascii=False, indent=1) + "\n"


def parse(text: str, kind: str) -> dict[str, Any]:
    """Return the document in ``text``, its signatures not yet checked.

    raises   Unreadable unless it is a JSON object whose "kind" is ``kind``.
    """
    refusal = Unreadable(Message(msg("This file is not the signed list that is needed here.")))
    if len(text) > LONGEST:
        raise refusal
    try:
        document = json.loads(text)
        json.dumps(document, ensure_ascii=False).encode()  # half characters cannot be signed
    except (ValueError, RecursionError) as error:
        raise refusal from error
    if not isinstance(document, dict) or document.get("kind") != kind:
        raise refusal
    return document


def is_sealed(
    document: Mapping[str, object], known: Mapping[bytes, bytes], is_signed_by: IsSignedBy
) -> bool:
    """Return whether one of the ``known`` keys (kid -> public key) has signed ``document``."""
    signatures = document.get("signatures")
    if not isinstance(signatures, list):
        return False
    data = _signed_bytes(document)
    for signature in signatures:
        match signature:
            case {"kid": str() as kid, "ed25519": str() as mark}:
                public = known.get(_bytes(kid))
                if public is not None and is_signed_by(public, _bytes(mark), data):
                    return True
    return False


def moment_text(instant: datetime) -> str:
    """Return ``instant`` in UTC to the second, such as 2026-11-24T16:15:00Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """Return the instant that :func:`moment_text` wrote. Raises ValueError for another shape."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _signed_bytes(document: Mapping[str, object]) -> bytes:
    signed = {name: value for name, value in document.items() if name != "signatures"}
    text = json.dumps(signed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return DOMAIN + text.encode()


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
