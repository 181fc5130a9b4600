"""An issuing office for the tests: a fixed key, its ring, one certificate, one withdrawal list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.signing import payload, qr
from lms.signing.keys import KeyRing, PublicKey, Signer
from lms.signing.payload import CertificatePayload
from lms.signing.withdrawals import WithdrawalList

OPENED = datetime(2026, 1, 1, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

CERTIFICATE = CertificatePayload(
    issuer="TN-CGPR",
    issued_at=MONDAY,
    valid_through=date(2029, 11, 23),
    serial=UUID("8d1f2c3a-4b5e-4f60-8a7b-9c0d1e2f3a4b"),
    names=("أمينة بن صالح", "Amina Ben Salah"),
    course_title="The Nelson Mandela Rules in daily work",
    edition="1.0",
    completed_on=date(2026, 11, 22),
    hours=6.5,
    status_list=1,
    status_index=4711,
    language="en",
    number="TN-2026-00417",
    code="23456789CFGV",
)


@cache
def signer(seed: int = 1) -> Signer:
    """Return the signer whose 32-byte seed is ``seed`` repeated: always the same key."""
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return Signer(key.public_key().public_bytes_raw(), key.sign)


def ring(**changes: Any) -> KeyRing:
    """Return the ring of the office with its one key; ``changes`` apply to that key."""
    key = replace(PublicKey(signer().public, valid_from=OPENED), **changes)
    return KeyRing("TN-CGPR", {"en": "Prison service", "ar": "إدارة السجون"}, OPENED, (key,))


def qr_text(seed: int = 1, **changes: Any) -> str:
    """Return the QR text of the certificate above with ``changes``, signed by key ``seed``."""
    return qr.text_of(payload.sign(replace(CERTIFICATE, **changes), signer(seed)))


def withdrawn(*places: int, number: int = 1, dated: datetime = MONDAY) -> WithdrawalList:
    """Return the withdrawal list of the office with these ``places``."""
    return WithdrawalList("TN-CGPR", dated, {number: frozenset(places)})
