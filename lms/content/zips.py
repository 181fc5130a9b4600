"""A zip read as if somebody wanted to harm us with it.

The directory and the entries are read here and not by ``zipfile``, which builds an object for
each of a million names before anybody can count them, and believes what the headers say. We read
what every zip program writes: entries that are stored or deflated, one directory, no zip64 (a
package is far smaller than 4 GB), nothing before the first entry. Source: PKWARE, APPNOTE 6.3.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import IO

from lms.content import archive_rules as rules
from lms.content.archive_rules import Names, Room, refused, refused_entry

STORED, DEFLATED = 0, 8
START = b"PK\3\4"
_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LONGEST_COMMENT = 0xFFFF
_LARGEST_DIRECTORY = 8 * rules.MEGABYTE
_PIECE = 1 << 16
_ENCRYPTED, _LATER, _PATCHED, _STRONG, _UTF8, _MASKED = 0x1, 0x8, 0x20, 0x40, 0x800, 0x2000
_AES = 99
# Of the attributes of DOS: the name of a disk, a device, a point where another disk is joined.
_SPECIAL = 0x8 | 0x40 | 0x400
# A word of two scripts was written in another encoding: in cp866 "école" begins with a В.
_MIXED = re.compile(r"[A-Za-z][^\0-\x7f]|[^\0-\x7f][A-Za-z]")


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    attributes: int
    at: int

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


def read(stream: IO[bytes], length: int, room: Room) -> dict[str, bytes]:
    """Return the files of a zip of ``length`` bytes; raises ArchiveRefusedError."""
    entries, directory_at = _directory(stream, length)
    names = Names()
    for entry in entries:
        names.take(entry.name, is_folder=entry.is_folder)
        _check_entry(entry)
    _check_places(entries, directory_at)
    files = {}
    for entry in sorted(entries, key=lambda each: each.at):
        start = _data_start(stream, entry)
        if start + entry.packed > directory_at:
            raise refused_entry(rules.OVERLAPS, entry.name)
        if not entry.is_folder:
            files[entry.name] = _unpacked(stream, entry, start, room)
            rules.check_kind(entry.name, files[entry.name])
    return files


def _directory(stream: IO[bytes], length: int) -> tuple[list[_Entry], int]:
    tail_at = max(0, length - _END.size - _LONGEST_COMMENT)
    stream.seek(tail_at)
    tail = stream.read(length - tail_at)
    found = tail.rfind(b"PK\5\6")
    if found < 0 or len(tail) - found < _END.size:
        raise refused(rules.NOT_A_PACKAGE)
    _, disk, first_disk, here, count, size, at, comment = _END.unpack_from(tail, found)
    if count > rules.MOST_ENTRIES:
        raise rules.too_many()
    whole = (
        (disk, first_disk, here) == (0, 0, count)
        and at + size == tail_at + found
        and found + _END.size + comment == len(tail)
        and size <= _LARGEST_DIRECTORY
    )
    if not whole:
        raise refused(rules.NOT_A_PACKAGE)
    stream.seek(at)
    return list(_entries(stream.read(size), count)), at


def _entries(data: bytes, count: int) -> Iterator[_Entry]:
    place = 0
    for _ in range(count):
        if len(data) - place < _ENTRY.size:
            raise refused(rules.NOT_A_PACKAGE)
        (
            mark,
            _,
            _,
            flags,
            method,
            _,
            _,
            crc,
            packed,
            size,
            name_size,
            extra,
            comment,
            disk,
            _,
            attributes,
            at,
        ) = _ENTRY.unpack_from(data, place)
        place += _ENTRY.size
        raw_name = data[place : place + name_size]
        place += name_size + extra + comment
        if mark != b"PK\1\2" or disk or place > len(data):
            raise refused(rules.NOT_A_PACKAGE)
        name = _name(raw_name, is_utf8=bool(flags & _UTF8))
        yield _Entry(name, raw_name, flags, method, crc, packed, size, attributes, at)
    if place != len(data):
        raise refused(rules.NOT_A_PACKAGE)


def _name(raw: bytes, *, is_utf8: bool) -> str:
    """Return a name in the encoding in which it makes sense; old packers do not say which."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if is_utf8:
            raise refused_entry(rules.STRANGE, raw.decode("ascii", "replace")) from error
    for encoding, first, last in (("cp866", "\u0400", "\u04ff"), ("cp1256", "\u0600", "\u06ff")):
        name = raw.decode(encoding, "replace")
        is_script = all(first <= sign <= last for sign in name if not sign.isascii())
        if is_script and not _MIXED.search(name):
            return name
    return raw.decode("cp437")


def _check_entry(entry: _Entry) -> None:
    if entry.flags & (_ENCRYPTED | _STRONG | _MASKED) or entry.method == _AES:
        raise refused_entry(rules.LOCKED, entry.name)
    if entry.attributes & _SPECIAL:
        raise refused_entry(rules.LINK, entry.name)
    rules.check_mode(entry.name, entry.attributes >> 16)
    if entry.method not in {STORED, DEFLATED} or entry.flags & _PATCHED:
        raise refused_entry(rules.UNKNOWN_WAY, entry.name)
    if entry.is_folder and entry.size:
        raise refused_entry(rules.UNTRUE, entry.name)
    if entry.size > rules.MOST_RATIO * entry.packed:
        raise refused_entry(rules.TOO_DENSE, entry.name, times=rules.MOST_RATIO)


def _check_places(entries: list[_Entry], directory_at: int) -> None:
    """Refuse entries that share bytes, and bytes before the first one."""
    placed = sorted(entries, key=lambda each: each.at)
    if placed and placed[0].at:
        raise refused(rules.NOT_A_PACKAGE)
    ends = [*(each.at for each in placed), directory_at]
    for entry, (at, following) in zip(placed, pairwise(ends), strict=True):
        if at + _LOCAL.size + len(entry.raw_name) + entry.packed > following:
            raise refused_entry(rules.OVERLAPS, entry.name)


def _data_start(stream: IO[bytes], entry: _Entry) -> int:
    """Return where the bytes of an entry begin; its own header must say what the directory says."""
    stream.seek(entry.at)
    header = stream.read(_LOCAL.size)
    if len(header) < _LOCAL.size:
        raise refused_entry(rules.DAMAGED, entry.name)
    (mark, _, flags, method, _, _, crc, packed, size, name_size, extra) = _LOCAL.unpack(header)
    if mark != START or stream.read(name_size) != entry.raw_name or method != entry.method:
        raise refused_entry(rules.DAMAGED, entry.name)
    if flags & _ENCRYPTED:
        raise refused_entry(rules.LOCKED, entry.name)
    said = (crc, packed, size)
    if said != (entry.crc, entry.packed, entry.size) and not (flags & _LATER and not any(said)):
        raise refused_entry(rules.UNTRUE, entry.name)
    return entry.at + _LOCAL.size + len(entry.raw_name) + int(extra)


def _unpacked(stream: IO[bytes], entry: _Entry, start: int, room: Room) -> bytes:
    """Return the bytes of an entry, counted while they are unpacked."""
    if entry.method == STORED:
        room.use(entry.packed)
    stream.seek(start)
    packed = stream.read(entry.packed)
    if len(packed) != entry.packed:
        raise refused_entry(rules.DAMAGED, entry.name)
    is_plain = entry.method == STORED
    data = packed if is_plain else _inflated(packed, entry.name, entry.size, room)
    if len(data) != entry.size:
        raise refused_entry(rules.UNTRUE, entry.name)
    if zlib.crc32(data) != entry.crc:
        raise refused_entry(rules.DAMAGED, entry.name)
    return data


def _inflated(packed: bytes, name: str, most: int, room: Room) -> bytes:
    """Return what deflated bytes unpack to, at most one byte more than ``most``."""
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    data = bytearray()
    fed = 0
    waiting = b""
    while not inflate.eof and len(data) <= most:
        if not waiting:
            waiting = packed[fed : fed + _PIECE]
            fed += len(waiting)
        try:
            piece = inflate.decompress(waiting, min(_PIECE, most - len(data) + 1))
        except zlib.error as error:
            raise refused_entry(rules.DAMAGED, name) from error
        if not piece and not waiting:
            break
        waiting = inflate.unconsumed_tail
        room.use(len(piece))
        data += piece
    unread = inflate.unused_data or fed < len(packed)
    if len(data) <= most and (not inflate.eof or unread):
        raise refused_entry(rules.DAMAGED, name)
    return bytes(data)
