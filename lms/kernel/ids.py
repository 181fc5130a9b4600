"""Identifiers that are made where the row is made, and short secrets that people type."""

from __future__ import annotations

import secrets
import time
from uuid import UUID, uuid4

# Digits and letters without look-alikes and vowels: nobody confuses 0 and O, no word appears.
TYPING_ALPHABET = "23456789CFGHJMPQRVWX"


def new_id() -> UUID:
    """Return a random UUID (version 4): for people and certificates, whose ids tell nothing."""
    return uuid4()


def new_ordered_id() -> UUID:
    """Return a UUID version 7: for rows that are made in great number.

    48 bits of milliseconds since 1970, then random bits, so that neighbours in time are
    neighbours in the index. Source: RFC 9562, section 5.7.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def one_time_code(length: int = 12) -> str:
    """Return a random code of ``length`` letters (4.3 bits each) that a person can copy."""
    return "".join(secrets.choice(TYPING_ALPHABET) for _ in range(length))


def grouped(code: str, size: int = 4) -> str:
    """Return ``code`` in groups of ``size`` with dashes: ``KQ7M4T2X`` -> ``KQ7M-4T2X``."""
    return "-".join(code[start : start + size] for start in range(0, len(code), size))


def typed_code(text: str) -> str:
    """Return what a person typed as a code: capitals, without spaces and dashes."""
    return "".join(text.split()).replace("-", "").upper()
