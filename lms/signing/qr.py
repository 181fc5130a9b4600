"""The text of the QR code, and the code as a drawing.

``segno`` is imported inside the function that draws: only the worker draws.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

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
    drawing = BytesIO()
    code.save(drawing, kind="svg", border=QUIET_ZONE, omitsize=True, light="#fff")
    return drawing.getvalue()
