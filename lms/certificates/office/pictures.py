"""Pictures that somebody uploads for a certificate: judged by content, then drawn anew."""

from __future__ import annotations

import io

from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg

MOST_BYTES = 200_000
MOST_PIXELS = 2_000_000
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def clean_png(data: bytes) -> bytes:
    """Return the picture in ``data`` as a PNG that holds its pixels and nothing else.

    Text, place and program that a file may carry are left behind, and so is whatever is hidden in
    it: the pixels are read and written anew.
    raises  Refused, saying why: too large, another kind of file, broken.
    """
    if len(data) > MOST_BYTES:
        raise Refused(Message(msg("The picture is larger than 200 kB. Make it smaller first.")))
    if b"<svg" in data[:1000].lower():
        raise Refused(
            Message(
                msg(
                    "An SVG is a program as much as a picture, so it is not taken. Save the logo "
                    "as PNG, about 600 pixels wide."
                )
            )
        )
    if not data.startswith(_SIGNATURE):
        raise Refused(Message(msg("This is no PNG picture. Save the logo as PNG.")))
    # Loaded when somebody uploads a logo, which happens once in years.
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as read:
            if read.width * read.height > MOST_PIXELS:
                raise Refused(
                    Message(msg("The picture has more than 2 million pixels. Make it smaller."))
                )
            drawn = read.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as broken:
        raise Refused(Message(msg("The picture is broken. Save it as PNG once more."))) from broken
    written = io.BytesIO()
    # Only the pixels: a picture that is made anew has no text chunks and no profile.
    plain = Image.frombytes("RGBA", drawn.size, drawn.tobytes())
    plain.save(written, "PNG", optimize=True)
    return written.getvalue()
