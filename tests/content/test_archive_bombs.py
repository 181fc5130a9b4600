"""Packages made to fill a memory or to confuse a reader: cut, bloated, changed at random."""

from __future__ import annotations

import gzip
import io
import random
import re
import struct
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from lms.content import archive_rules as rules
from lms.content.archive import ArchiveRefusedError, read_archive, write_archive
from tests.content.packing import Entry, tarred, zipped
from tests.content.small import small
from tests.content.test_archive import CASES, COURSES, opened

MEGABYTE = 1 << 20


def bomb(size: int) -> bytes:
    """Return deflated zeros."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = bytes(MEGABYTE)
    return b"".join(squeeze.compress(piece) for _ in range(size // MEGABYTE)) + squeeze.flush()


def random_bytes(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def _lying_bomb() -> bytes:
    packed = bomb(300 * MEGABYTE)
    return zipped(Entry("a/b", b"", size=len(packed) * 20, raw=packed))


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "zeros": (
        rules.TOO_DENSE,
        lambda: zipped(Entry("a/b", size=300 * MEGABYTE, raw=bomb(300 * MEGABYTE))),
    ),
    "zeros that say they are few": (rules.UNTRUE, _lying_bomb),
    "zeros that say they are one": (
        rules.UNTRUE, lambda: zipped(Entry("a/b", size=1, raw=bomb(300 * MEGABYTE))),
    ),
    "many files": (
        rules.TOO_MANY, lambda: zipped(*(Entry(f"a/{n}", b"", 0) for n in range(5_001))),
    ),
    "many files that say they are few": (
        rules.NOT_A_PACKAGE,
        lambda: zipped(*(Entry(f"a/{n}", b"", 0) for n in range(60_000)), count=9),
    ),
    "one file behind many names": (
        rules.OVERLAPS,
        lambda: zipped(Entry("a/b", bytes(9), 0), *(Entry(f"a/{n}", at=0) for n in range(4_000))),
    ),
    "many megabytes": (
        rules.TOO_LARGE,
        lambda: zipped(*(Entry(f"a/{n}", random_bytes(MEGABYTE), 0) for n in range(9))),
    ),
    "tar of zeros": (rules.TOO_DENSE, lambda: gzip.compress(bytes(7 * MEGABYTE))),
    "tar of many megabytes": (
        rules.TOO_LARGE, lambda: gzip.compress(random_bytes(MEGABYTE) * 60),
    ),
    "tar of many files": (
        rules.TOO_MANY,
        lambda: tarred(*((f"a/{n}", random_bytes(500 + n % 9)) for n in range(5_001))),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_not_fill_the_memory(name: str) -> None:
    sentence, make = BOMBS[name]
    data = make()
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveRefusedError) as caught:
            opened(data, most_bytes=8 * MEGABYTE)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.message.msgid == sentence, str(caught.value)
    # What may come out, what lies beside it while it is counted, and the directory.
    assert most < 40 * MEGABYTE + len(data)


def test_exactly_as_much_as_may_be_is_taken() -> None:
    data = zipped(*(Entry(f"a/{n}", random_bytes(1000), 0) for n in range(5_000)))
    assert len(opened(data, most_bytes=5_000_000)) == 5_000
    with pytest.raises(ArchiveRefusedError, match="Unpacked, this package would be larger than"):
        opened(data, most_bytes=4_999_999)


def test_a_file_larger_than_any_package_is_not_even_looked_at() -> None:
    class Huge(io.BytesIO):
        def seek(self, offset: int, whence: int = 0, /) -> int:
            return rules.MOST_PACKED + 1 if whence == io.SEEK_END else super().seek(offset, whence)

    with pytest.raises(ArchiveRefusedError, match="The file is larger than 200 MB"):
        read_archive(Huge(zipped(Entry("a"))))


# ---- Whatever else ------------------------------------------------------------------------------


def _sources() -> dict[str, bytes]:
    files = {path: data for path, data in small().items() if len(data) < 900}
    return {
        "zip": write_archive("small-course", files, {"SIGNATURE": b"LMSE2:ABC\n"}),
        "tar.gz": tarred(*((f"small-course/{path}", data) for path, data in files.items())),
        "tar": gzip.decompress(tarred(*((f"s/{path}", data) for path, data in files.items()))),
    }


SOURCES = _sources()


def _read(kind: str, data: bytes) -> bool:
    """Return whether it was taken; anything but a refusal fails the test."""
    try:
        opened(gzip.compress(data, 1) if kind == "tar" else data)
    except ArchiveRefusedError:
        return False
    return True


@pytest.mark.parametrize("kind", SOURCES)
def test_a_package_cut_short_is_refused(kind: str) -> None:
    whole = SOURCES[kind]
    # The end of a tar is blocks of zeros: of those one is enough.
    last = len(whole.rstrip(b"\0")) if kind == "tar" else len(whole)
    assert not any(_read(kind, whole[:length]) for length in range(0, last, 7))


@pytest.mark.parametrize("kind", SOURCES)
def test_a_package_changed_at_random_is_read_or_refused(kind: str) -> None:
    chance = random.Random(kind)
    whole = SOURCES[kind]
    for _ in range(1500):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 1, 2, 8))):
            place = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[place] ^= 1 << chance.randrange(8)
                case 1:
                    data[place : place + 4] = struct.pack("<L", chance.choice((0, 2**32 - 1)))
                case 2:
                    del data[place : place + chance.randrange(1, 40)]
                case _:
                    data[place:place] = chance.randbytes(chance.randrange(1, 40))
        _read(kind, bytes(data))


def test_headers_changed_at_random_are_read_or_refused() -> None:
    """Where the numbers stand that a reader trusts: the directory and the end."""
    chance = random.Random(7)
    whole = SOURCES["zip"]
    start = whole.index(b"PK\1\2")
    for _ in range(4000):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 2, 3))):
            data[chance.randrange(start, len(data))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
        _read("zip", bytes(data))


def _sentences() -> set[str]:
    return {
        each
        for name, each in vars(rules).items()
        if name.isupper() and not name.startswith("_") and isinstance(each, str)
    }


def test_every_sentence_is_provoked_and_stands_in_the_format() -> None:
    text = (COURSES / "FORMAT.md").read_text().partition("\n## 13. ")[2]
    listed = set(re.findall(r"^\| not taken \| `(.+?)` \|", text, re.MULTILINE))
    provoked = {sentence for sentence, _ in (*CASES.values(), *BOMBS.values())}

    assert _sentences() <= listed
    assert _sentences() - provoked == {rules.FILE_TOO_LARGE}  # see the test above
