"""The text of the QR code, and the code as a drawing.

``segno`` is imported inside the function that draws: only the worker draws.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from lms.kernel.messages import Message, msg
from lms.signing import base45
from lms.signing.refusals import Unreadable

CERTIFICATE_PREFIX = "LMSC1:"
WITHDRAWALS_PREFIX = "LMSW1:"
LONGEST_CERTIFICATE_TEXT = 1_500

# Trying all eight masks costs 32-48 ms a code, a fixed one 7 ms; every mask reads equally well
# in the black and white of print.
MASK = 4
QUIET_ZONE = 4
DARK = re.compile(rb"\x01+")


def text_of(message: bytes) -> str:
    """Return what the QR code of a signed ``message`` says: prefix and base45."""
    return CERTIFICATE_PREFIX + base45.encode(message)


def as_scanned(text: str) -> str:
    """Return ``text`` as the code said it, however it came here.

    Line breaks and tabs of a copied message go; spaces inside stay, they are letters of base45.
    A hand scanner with caps lock on swaps the case of everything: text without any capital
    becomes capitals.
    """
    joined = "".join(letter for letter in text if letter not in "\r\n\t\ufeff").strip(" ")
    if joined.isascii() and not any(letter.isupper() for letter in joined):
        return joined.upper()
    return joined


# A certificate is set twice, first on trial; drawing its two codes is a third of that work.
@lru_cache(maxsize=2)
def svg(text: str) -> bytes:
    """Return ``text`` as a QR code in SVG, level M, fixed mask, quiet zone of four modules.

    text     QR alphanumeric (a signed certificate, 1.5 characters a byte), or any address.
    raises   Unreadable if it does not fit into a QR code.
    """
    import segno

    try:
        code = segno.make(text, error="m", mask=MASK, micro=False, boost_error=False)
    except segno.DataOverflowError as error:
        raise Unreadable(Message(msg("The text is too long for a QR code."))) from error
    return _drawing(code.matrix)


def _drawing(rows: Sequence[bytearray]) -> bytes:
    """Return the modules (1 is dark) as lines one unit wide: a third of the time segno takes."""
    size = len(rows) + 2 * QUIET_ZONE
    lines = "".join(
        f"M{run.start() + QUIET_ZONE} {y}.5h{run.end() - run.start()}"
        for y, row in enumerate(rows, QUIET_ZONE)
        for run in DARK.finditer(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/>'
        f'<path stroke="#000" d="{lines}"/></svg>'
    ).encode()
