"""What a picture file says of itself: its kind, its size, what it carries. Nothing is drawn.

Read by the first bytes of the file and never by its name. Every loop goes on by at least one
byte of a file, so a hostile one costs no more time than its length.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

MOST_BYTES, MOST_PIXELS = 60 * 1024, 25_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_JPG = b"\xff\xd8\xff"
_PNG_NOTES = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt"})
_JPG_NOTES = (0xE1, 0xED, 0xFE)  # Exif and XMP, IPTC, a comment
_MARKER = re.compile(rb"\xff+([^\x00\xff])")
# Behind a JPEG's own data: neither a stuffed FF nor one of those that restart the decoder. One FF
# alone, since a search for a run of them takes the square of its length.
_AFTER_DATA = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
# Boxes of an AVIF that hold others: where these begin inside them.
_AVIF_INSIDE, _AVIF_DEPTH = {b"meta": 4, b"iprp": 0, b"ipco": 0}, 3


class NotAPictureError(ValueError):
    """The bytes are no picture of a known kind, or one that is cut off or damaged."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says of itself.

    kind    png, webp, jpg, avif.
    moves   it has several frames.
    notes   it carries words of a camera or a program: place, time, name.
    tail    bytes follow the end of the picture, or lie where no decoder looks.
    """

    kind: str
    width: int
    height: int
    moves: bool = False
    notes: bool = False
    tail: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a course: ``name`` inside ``media/``, ``digest`` 64 hexadecimal digits."""

    name: str
    kind: str
    width: int
    height: int
    bytes: int
    digest: str

    @property
    def address(self) -> str:
        """Return what names these bytes on a page: short, and another one for other bytes."""
        return self.digest[:16]


def picture(name: str, data: bytes) -> Picture:
    """Return the picture in the file ``name``; raises NotAPictureError."""
    found = header(data)
    return Picture(name, found.kind, found.width, found.height, len(data), sha256(data).hexdigest())


def header(data: bytes) -> Header:
    """Return what a file says of itself; raises NotAPictureError."""
    try:
        if data.startswith(_PNG):
            found = _png(data)
        elif data.startswith(_JPG):
            found = _jpg(data)
        elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            found = _webp(data)
        elif data[4:8] == b"ftyp":
            found = _avif(data)
        else:
            raise NotAPictureError("no known kind")
    except (struct.error, IndexError) as short:
        raise NotAPictureError("cut off") from short
    if found.width < 1 or found.height < 1:
        raise NotAPictureError("no size")
    return found


def _png(data: bytes) -> Header:
    length, name, width, height = struct.unpack_from(">I4sII", data, 8)
    if (length, name) != (13, b"IHDR"):
        raise NotAPictureError("a PNG without its head")
    place, names = 8, set[bytes]()
    while b"IEND" not in names:
        length, name = struct.unpack_from(">I4s", data, place)
        place += 12 + length
        if place > len(data):
            raise NotAPictureError("a PNG that is cut off")
        names.add(name)
    if b"IDAT" not in names:
        raise NotAPictureError("a PNG without a picture")
    notes = bool(names & _PNG_NOTES)
    return Header("png", width, height, b"acTL" in names, notes, place < len(data))


def _jpg(data: bytes) -> Header:
    place, size, notes, drawn = 2, (0, 0), False, False
    while True:
        found = _MARKER.match(data, place)
        if found is None:
            raise NotAPictureError("a JPEG that is cut off")
        marker, place = found[1][0], found.end()
        if marker == 0xD9:
            break
        (length,) = struct.unpack_from(">H", data, place)
        if length < 2 or place + length > len(data):
            raise NotAPictureError("a JPEG that is cut off")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, place + 3)
            size = width, height
        notes = notes or marker in _JPG_NOTES
        place += length
        if marker == 0xDA:  # the picture's own data, up to the next marker
            drawn = True
            following = _AFTER_DATA.search(data, place)
            if following is None:
                raise NotAPictureError("a JPEG that is cut off")
            place = following.start()
    if not drawn:
        raise NotAPictureError("a JPEG without a picture")
    return Header("jpg", *size, notes=notes, tail=place < len(data))


def _webp(data: bytes) -> Header:
    end = 8 + int(struct.unpack_from("<I", data, 4)[0])
    if end > len(data):
        raise NotAPictureError("a WebP that is cut off")
    place, size, canvas, flags = 12, (0, 0), (0, 0), 0
    strange = False
    while place + 8 <= end:
        name, length = struct.unpack_from("<4sI", data, place)
        place += 8
        if place + length > end:
            raise NotAPictureError("a WebP that is cut off")
        if name == b"VP8X":
            flags = data[place]
            canvas = (
                1 + int.from_bytes(data[place + 4 : place + 7], "little"),
                1 + int.from_bytes(data[place + 7 : place + 10], "little"),
            )
        elif name == b"VP8 ":
            if data[place + 3 : place + 6] != b"\x9d\x01\x2a":
                raise NotAPictureError("a WebP without a picture")
            width, height = struct.unpack_from("<HH", data, place + 6)
            size = width & 0x3FFF, height & 0x3FFF
        elif name == b"VP8L":
            sign, packed = struct.unpack_from("<BI", data, place)
            if sign != 0x2F:
                raise NotAPictureError("a WebP without a picture")
            size = 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
        elif name == b"ANMF":
            flags |= 2
            size = canvas
        elif name in (b"EXIF", b"XMP "):
            flags |= 8
        else:
            strange = strange or name not in (b"ALPH", b"ICCP", b"ANIM")
        place += length + length % 2
    if size == (0, 0) or canvas not in ((0, 0), size):
        raise NotAPictureError("a WebP without a picture")
    tail = strange or place != end or end + end % 2 < len(data)
    return Header("webp", *size, bool(flags & 2), bool(flags & 12), tail)


def _avif(data: bytes) -> Header:
    """Its size is that of the largest picture inside: others are tiles, masks and thumbnails."""
    brands, sizes, turned, notes = b"", [(0, 0)], False, False
    for name, start, end in _boxes(data, 0, len(data)):
        inside = data[start:end]
        if name == b"ftyp":
            brands += inside
        elif name == b"ispe":
            width, height = struct.unpack_from(">II", inside, 4)
            sizes.append((width, height))
        elif name == b"irot":
            turned = bool(inside[0] & 1)
        elif name == b"iinf":
            notes = b"Exif" in inside or b"mime" in inside
    if b"avif" not in brands and b"avis" not in brands:
        raise NotAPictureError("no AVIF")
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    if turned:
        width, height = height, width
    return Header("avif", width, height, b"avis" in brands, notes)


def _boxes(data: bytes, place: int, end: int, depth: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, begin and end of each box, and of those inside the three that matter."""
    while place < end:
        length, name = struct.unpack_from(">I4s", data, place)
        after = place + length if length else end
        if not place + 8 <= after <= end:
            raise NotAPictureError("an AVIF that is cut off")
        yield name, place + 8, after
        if name in _AVIF_INSIDE and depth < _AVIF_DEPTH:
            inside = min(place + 8 + _AVIF_INSIDE[name], after)
            yield from _boxes(data, inside, after, depth + 1)
        place = after
