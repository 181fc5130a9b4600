"""The packages of the first editions: a tar inside a gzip, with plain files and nothing else."""

from __future__ import annotations

import zlib
from typing import IO

from lms.content import archive_rules as rules
from lms.content.archive_rules import Names, Room, refused, refused_entry

START = b"\x1f\x8b"
BLOCK = 512
_PIECE = 1 << 16
_PLAIN, _FOLDER = {b"0", b"\0"}, b"5"
_LINKS = {b"1", b"2", b"3", b"4", b"6", b"7", b"S"}


def read(stream: IO[bytes], length: int, most_bytes: int) -> dict[str, bytes]:
    """Return the files of a ``tar.gz`` of ``length`` bytes; raises ArchiveRefusedError."""
    data = _unzipped(stream, length, most_bytes)
    names, room = Names(), Room(most_bytes)
    files: dict[str, bytes] = {}
    place = 0
    while True:
        header = data[place : place + BLOCK]
        if len(header) < BLOCK:
            raise refused(rules.NOT_A_PACKAGE)
        if not any(header):
            break
        name, size, kind = _entry(header)
        if kind in _LINKS:
            raise refused_entry(rules.LINK, name)
        if kind not in _PLAIN and kind != _FOLDER:
            raise refused_entry(rules.UNKNOWN_WAY, name)
        is_folder = kind == _FOLDER or name.endswith("/")
        path = names.take(name, is_folder=is_folder)
        place += BLOCK
        if is_folder and size:
            raise refused_entry(rules.UNTRUE, name)
        if place + size > len(data):
            raise refused_entry(rules.UNTRUE, name)
        if not is_folder:
            room.use(size)
            files[path] = data[place : place + size]
            rules.check_kind(path, files[path])
        place += -(-size // BLOCK) * BLOCK
    if any(data[place:]):
        raise refused(rules.NOT_A_PACKAGE)
    return files


def _unzipped(stream: IO[bytes], length: int, most_bytes: int) -> bytes:
    """Return the tar, counted while it is unpacked."""
    # Each entry has a header and is filled up to a whole block; the end is filled up, too.
    most = most_bytes + 2 * BLOCK * rules.MOST_ENTRIES + 20 * BLOCK
    # The whole has one ratio. What a tar fills up with zeros would count against a small course.
    dense = rules.MOST_RATIO * length + 20 * BLOCK
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    data = bytearray()
    packed = b""
    stream.seek(0)
    while not inflate.eof:
        packed = packed or stream.read(_PIECE)
        try:
            piece = inflate.decompress(packed, _PIECE)
        except zlib.error as error:
            raise refused(rules.NOT_A_PACKAGE) from error
        if not piece and not packed:
            raise refused(rules.NOT_A_PACKAGE)
        packed = inflate.unconsumed_tail
        data += piece
        if len(data) > most:
            raise refused(rules.TOO_LARGE, size=most_bytes // rules.MEGABYTE)
        if len(data) > dense:
            raise refused_entry(rules.TOO_DENSE, "tar", times=rules.MOST_RATIO)
    if inflate.unused_data or stream.read(1):
        raise refused(rules.NOT_A_PACKAGE)
    return bytes(data)


def _entry(header: bytes) -> tuple[str, int, bytes]:
    """Return (name, size, kind) of one header."""
    try:
        told = int(header[148:156].strip(b" \0"), 8)
        size = int(header[124:136].strip(b" \0") or b"0", 8)
    except ValueError as error:
        raise refused(rules.NOT_A_PACKAGE) from error
    if told != sum(header[:148]) + 8 * ord(" ") + sum(header[156:]) or size < 0:
        raise refused(rules.NOT_A_PACKAGE)
    name, _, _ = header[:100].partition(b"\0")
    prefix, _, _ = header[345:500].partition(b"\0")
    is_posix = header[257:263] == b"ustar\0"
    whole = prefix + b"/" + name if is_posix and prefix else name
    try:
        return whole.decode("utf-8"), size, header[156:157]
    except UnicodeDecodeError as error:
        raise refused_entry(rules.STRANGE, whole.decode("ascii", "replace")) from error
