"""Zips and tars put together by hand, so that each header can say what no packer would."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

UNIX = 3 << 8
PLAIN, LINK, PIPE = 0o100644 << 16, 0o120777 << 16, 0o010644 << 16


@dataclass(frozen=True)
class Entry:
    """One entry, and what its headers say instead of the truth.

    size, crc, packed  as the headers say; None: as it is.
    local              what the entry's own header says: name, size; None: as the directory.
    at                 where the directory says that it begins.
    """

    name: str | bytes
    data: bytes = b"x"
    method: int = 8
    flags: int = 0
    size: int | None = None
    crc: int | None = None
    packed: int | None = None
    attributes: int = PLAIN
    local_name: bytes | None = None
    local_size: int | None = None
    at: int | None = None
    raw: bytes | None = None  # the packed bytes themselves


def zipped(*entries: Entry, count: int | None = None, comment: bytes = b"") -> bytes:
    """Return a zip of these entries; ``count`` is how many the end says that there are."""
    body, directory = bytearray(), bytearray()
    for entry in entries:
        name = entry.name if isinstance(entry.name, bytes) else entry.name.encode()
        packed = _packed(entry)
        said = (
            zlib.crc32(entry.data) if entry.crc is None else entry.crc,
            len(packed) if entry.packed is None else entry.packed,
            len(entry.data) if entry.size is None else entry.size,
        )
        own = name if entry.local_name is None else entry.local_name
        own_size = said[2] if entry.local_size is None else entry.local_size
        at = len(body) if entry.at is None else entry.at
        body += (
            struct.pack(
                "<4s5H3L2H",
                b"PK\3\4",
                20,
                entry.flags,
                entry.method,
                0,
                33,
                said[0],
                said[1],
                own_size,
                len(own),
                0,
            )
            + own
            + packed
        )
        directory += (
            struct.pack(
                "<4s6H3L5H2L",
                b"PK\1\2",
                UNIX | 20,
                20,
                entry.flags,
                entry.method,
                0,
                33,
                *said,
                len(name),
                0,
                0,
                0,
                0,
                entry.attributes,
                at,
            )
            + name
        )
    number = len(entries) if count is None else count
    end = struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, number, number, len(directory), len(body), len(comment)
    )
    return bytes(body + directory) + end + comment


def _packed(entry: Entry) -> bytes:
    if entry.raw is not None:
        return entry.raw
    if entry.method != 8:
        return entry.data
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeeze.compress(entry.data) + squeeze.flush()


def tarred(*entries: tuple[str, bytes], kinds: Sequence[bytes] = ()) -> bytes:
    """Return a ``tar.gz`` as the first editions were packed; ``kinds`` replaces plain files."""
    stream = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=stream, mode="wb", mtime=0) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for place, (name, data) in enumerate(entries):
            entry = tarfile.TarInfo(name)
            entry.type = kinds[place] if kinds else tarfile.REGTYPE
            entry.size = len(data) if entry.isreg() else 0
            entry.linkname = "" if entry.isreg() else "elsewhere"
            archive.addfile(entry, io.BytesIO(data) if entry.isreg() else None)
    return stream.getvalue()
