"""A picture that an author brings becomes one that a lesson can show: drawn anew, small enough.

What the file holds beside the picture (place, camera, a page behind its end) is left behind,
because only the dots are read and written again.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lms.content.pictures import MOST_BYTES, MOST_PIXELS, NotAPictureError, header
from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_TAKEN = 20_000_000
MOST_WIDTH = 1200
# A picture that needs less than the least of these is better drawn smaller than worse.
QUALITIES = (82, 70, 58, 46)
SMALLER, SMALLEST = 0.8, 64
_FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP", "avif": "AVIF"}
_ORIENTATION, _LYING = 0x0112, range(5, 9)


@dataclass(frozen=True, slots=True)
class Reencoded:
    """The picture as it goes into ``media/``; ``kind`` is what it was before."""

    data: bytes
    width: int
    height: int
    bytes_before: int
    bytes_after: int
    kind: str


def reencode(
    data: bytes, *, most_bytes: int = MOST_BYTES, most_width: int = MOST_WIDTH
) -> Reencoded:
    """Return the picture in ``data`` as a WebP of at most so many bytes and dots across.

    Its height is at most twice the width allowed. It stands as the camera says that it was held.
    raises  Refused, saying why: too large, another kind of file, moving, broken, or not small
            enough however small it is drawn.
    """
    kind = _judged(data)
    drawn = _drawn(data, kind, most_width)
    for smaller in _ever_smaller(drawn):
        for written in _written(smaller, kind):
            if len(written) <= most_bytes:
                width, height = smaller.size
                return Reencoded(written, width, height, len(data), len(written), kind)
    raise Refused(
        Message(
            msg("The picture cannot be made as small as %(size)s kB. Choose a calmer one."),
            {"size": most_bytes // 1000},
        )
    )


def _judged(data: bytes) -> str:
    """Return the kind of a file that may be drawn; nothing is drawn yet."""
    if len(data) > MOST_TAKEN:
        raise Refused(
            Message(msg("The file is larger than 20 MB. Make the picture smaller first."))
        )
    if b"<svg" in data[:1000].lower():
        raise Refused(
            Message(
                msg("An SVG is a program as much as a picture, so it is not taken. Save it as PNG.")
            )
        )
    try:
        found = header(data)
    except NotAPictureError as reason:
        raise Refused(
            Message(
                msg(
                    "This is no picture of the kinds PNG, WebP, JPEG and AVIF, or it is broken. "
                    "Save it once more."
                )
            )
        ) from reason
    _refuse_many(found.width * found.height)
    if found.moves:
        raise Refused(Message(msg("The picture moves. Save one still picture of it.")))
    return found.kind


def _refuse_many(pixels: int) -> None:
    if pixels > MOST_PIXELS:
        raise Refused(Message(msg("The picture has more than 25 million pixels. Make it smaller.")))


def _drawn(data: bytes, kind: str, most_width: int) -> Image:
    """Return the dots of a picture, upright, not wider than allowed, and nothing else of it."""
    # Loaded when somebody brings a picture: the serving process never does.
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]) as read:
            # Asked once more of the library that draws: it decides how much memory is taken.
            _refuse_many(read.width * read.height)
            most = (most_width, 2 * most_width)
            lying = read.getexif().get(_ORIENTATION) in _LYING
            # A large JPEG is read in an eighth, a quarter or a half of its size from the start.
            read.thumbnail(most[::-1] if lying else most)
            upright = ImageOps.exif_transpose(read)
            drawn = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            return Image.frombytes(drawn.mode, drawn.size, drawn.tobytes())
    except Refused:
        raise
    # Every decoder has errors of its own, and a file made to harm provokes all of them.
    except Exception as broken:
        raise Refused(Message(msg("The picture is broken. Save it once more."))) from broken


def _ever_smaller(drawn: Image) -> Iterator[Image]:
    while True:
        yield drawn
        width, height = (round(each * SMALLER) for each in drawn.size)
        if min(width, height) < 1 or max(width, height) < SMALLEST:
            return
        drawn = drawn.resize((width, height))


def _written(drawn: Image, kind: str) -> Iterator[bytes]:
    """Yield the picture as WebP, each time with fewer bytes.

    A drawing with few colours is smallest and sharpest when nothing of it is lost.
    """
    if kind == "png":
        stream = io.BytesIO()
        drawn.save(stream, "WEBP", lossless=True, method=4)
        yield stream.getvalue()
    for quality in QUALITIES:
        stream = io.BytesIO()
        drawn.save(stream, "WEBP", quality=quality, method=4)
        yield stream.getvalue()
