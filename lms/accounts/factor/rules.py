"""The second factor: numbers of an app (TOTP), or printed codes. Pure, but for the random draw.

The app's secret is an HMAC over a random nonce of the person's row with a key file of the data
folder: whoever copies the database alone cannot make one number. Source of the numbers: RFC 6238
with its usual values, SHA-1, 30 seconds, six digits, which every app knows.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b32encode
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lms.kernel.ids import one_time_code, typed_code

PRINTED_CODES = 10
CODE_LENGTH = 8  # 34 bits, and a growing delay after wrong ones
STEP_SECONDS = 30
NONCE_BYTES = 16
# The clock of a telephone and ours may differ by one step.
NEIGHBOURS = (0, -1, 1)


def new_nonce() -> bytes:
    """Return what makes the secret of a newly set up app differ from the one before."""
    return secrets.token_bytes(NONCE_BYTES)


def app_secret(key: bytes, person_id: UUID, nonce: bytes) -> str:
    """Return the secret that the app holds: 32 letters of base32 (160 bits)."""
    return b32encode(hmac.digest(key, b"totp" + person_id.bytes + nonce, "sha1")).decode()


def app_address(secret: str, account: str, issuer: str) -> str:
    """Return what the QR code says: the ``otpauth:`` address that apps read."""
    import pyotp

    return str(pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer))


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """Return the 30-second step whose number was typed, None when it is none of the near ones.

    The caller refuses a step that was used before: a number that somebody saw counts once.
    """
    import pyotp

    number = "".join(str(int(char)) for char in typed if char.isdigit())
    totp = pyotp.TOTP(secret)
    for offset in NEIGHBOURS:
        if hmac.compare_digest(
            totp.generate_otp(int(now.timestamp()) // STEP_SECONDS + offset), number
        ):
            return int(now.timestamp()) // STEP_SECONDS + offset
    return None


def new_codes() -> list[str]:
    """Return ten codes to print."""
    return [one_time_code(CODE_LENGTH) for _ in range(PRINTED_CODES)]


def code_hash(key: bytes, person_id: UUID, typed: str) -> str:
    """Return what is stored of a printed code: keyed, so that the database alone tests none."""
    said = typed_code(typed).encode("utf-8", "replace")
    return hmac.new(key, b"code" + person_id.bytes + said, hashlib.sha256).hexdigest()


def codes_left(hashes: Sequence[str], used: str) -> list[str] | None:
    """Return the hashes without ``used``, None when it is not among them."""
    if not any(hmac.compare_digest(known, used) for known in hashes):
        return None
    return [known for known in hashes if known != used]
