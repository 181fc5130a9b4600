"""A package that comes from anywhere: plain files come out, all else is refused in a sentence."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lms.content import archive_rules as rules
from lms.content import folder
from lms.content.archive import ArchiveRefusedError, read_archive, write_archive
from tests.content.packing import LINK, PIPE, Entry, tarred, zipped
from tests.content.small import small

COURSES = Path(__file__).parents[2] / "courses"
SLUGS = sorted(path.parent.name for path in COURSES.glob("*/course.toml"))
MEGABYTE = 1 << 20


def opened(data: bytes, **limits: int) -> dict[str, bytes]:
    return read_archive(io.BytesIO(data), **limits)


# ---- What is taken ------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_every_shipped_course_comes_back_byte_for_byte(slug: str) -> None:
    files = folder.load(COURSES / slug)
    made = write_archive(slug, files, {"SIGNATURE": b"LMSE2:\n"})

    found = opened(made)
    assert found.pop("SIGNATURE") == b"LMSE2:\n"
    assert found == {f"{slug}/{path}": data for path, data in files.items()}
    assert zipfile.ZipFile(io.BytesIO(made)).testzip() is None


def test_the_same_contents_give_the_same_bytes() -> None:
    files = small()
    made = write_archive("small-course", files)

    assert made == write_archive("small-course", dict(reversed(files.items())))
    assert made != write_archive("small-course", {**files, "en/course.md": b"+++\n+++\n"})
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        entries = archive.infolist()
    assert [each.filename for each in entries] == sorted(each.filename for each in entries)
    assert {(each.date_time, each.external_attr, each.create_system) for each in entries} == {
        ((1980, 1, 1, 0, 0, 0), 0o100644 << 16, 3)
    }


def test_what_packs_too_well_is_stored_so_that_it_can_be_read_again() -> None:
    files = {"course.toml": b"", "en/a.md": b"again and " * 200_000}

    found = opened(write_archive("a", files))
    assert found == {f"a/{path}": data for path, data in files.items()}


def test_the_older_packages_are_read_too() -> None:
    entries = [(f"small-course/{path}", data) for path, data in sorted(small().items())]

    assert opened(tarred(*entries)) == dict(entries)


def test_what_other_programs_pack_is_read() -> None:
    class Pipe(io.BytesIO):
        def tell(self) -> int:
            raise OSError

    stream = Pipe()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/", b"")
        archive.writestr("a/course.toml", b"format = 1\n" * 9)
        archive.comment = b"made by hand"
    assert stream.getvalue()[6] & 8  # the sizes stand behind the data

    assert opened(stream.getvalue()) == {"a/course.toml": b"format = 1\n" * 9}


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("курс/тест.md".encode("cp866"), "курс/тест.md"),
        ("دورة/ملف.md".encode("cp1256"), "دورة/ملف.md"),
        ("école/été.md".encode("cp437"), "école/été.md"),
        ("курс/été.md".encode(), "курс/été.md"),
    ],
)
def test_names_are_read_as_their_packer_wrote_them(raw: bytes, name: str) -> None:
    assert list(opened(zipped(Entry(raw)))) == [name]


# ---- What is refused ----------------------------------------------------------------------------


def named(name: str | bytes, **facts: Any) -> Callable[[], bytes]:
    return lambda: zipped(Entry("a/course.toml"), Entry(name, **facts))


def holding(data: bytes, name: str = "a/b.md", **facts: Any) -> Callable[[], bytes]:
    return lambda: zipped(Entry("a/course.toml"), Entry(name, data, **facts))


def _gzip_tail() -> bytes:
    return tarred(("a/b", b"x")) + b"x"


def _with_tail(data: bytes) -> bytes:
    return zipped(Entry("a/b.png", data + zipped(Entry("c")), method=0))


CASES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "root": (rules.OUTSIDE, named("/etc/passwd")),
    "root of a share": (rules.STRANGE, named("\\\\server\\share")),
    "upwards": (rules.OUTSIDE, named("a/../../b.md")),
    "upwards at the end": (rules.OUTSIDE, named("a/..")),
    "drive": (rules.OUTSIDE, named("C:/b.md")),
    "drive without a stroke": (rules.OUTSIDE, named("c:b.md")),
    "backslash": (rules.STRANGE, named("a\\b.md")),
    "backslash upwards": (rules.STRANGE, named("..\\..\\b.md")),
    "stream": (rules.STRANGE, named("a/b.md:hidden")),
    "empty name": (rules.STRANGE, named("")),
    "empty part": (rules.STRANGE, named("a//b.md")),
    "part of one dot": (rules.STRANGE, named("a/./b.md")),
    "space at the end": (rules.STRANGE, named("a/b.md ")),
    "NUL": (rules.STRANGE, named("a/b.md\0.png")),
    "line break": (rules.STRANGE, named("a/b\n.md")),
    "turned direction": (rules.STRANGE, named("a/\u202edm.exe")),
    "said to be UTF-8": (rules.STRANGE, named(b"a/\xff.md", flags=0x800)),
    "link": (rules.LINK, named("a/b.md", attributes=LINK)),
    "pipe": (rules.LINK, named("a/b.md", attributes=PIPE)),
    "device of DOS": (rules.LINK, named("a/b.md", attributes=0x40)),
    "encrypted": (rules.LOCKED, named("a/b.md", flags=1)),
    "strongly encrypted": (rules.LOCKED, named("a/b.md", flags=0x40)),
    "hidden directory": (rules.LOCKED, named("a/b.md", flags=0x2000)),
    "AES": (rules.LOCKED, named("a/b.md", method=99)),
    "twice": (rules.TWICE, named("a/course.toml")),
    "twice but for capitals": (rules.TWICE, named("A/Course.TOML")),
    "twice in other letters": (
        rules.TWICE, lambda: zipped(Entry("a/\u00e9.md"), Entry("a/e\u0301.md")),
    ),
    "file and folder": (rules.TWICE, named("a/course.toml/b.md")),
    "folder and file": (rules.TWICE, lambda: zipped(Entry("a/b/c.md"), Entry("a/b"))),
    "folder twice": (rules.TWICE, lambda: zipped(Entry("a/", b"", 0), Entry("A/", b"", 0))),
    "too deep": (rules.TOO_DEEP, named("a/b/c/d/e/f/g/h.md")),
    "too long": (rules.TOO_LONG, named("a/" + "b" * 178 + ".md")),
    "zip by name": (rules.NESTED, named("a/b.ZIP")),
    "gz by name": (rules.NESTED, named("a/b.gz")),
    "tar by name": (rules.NESTED, named("a/b.tar")),
    "zip by content": (rules.NESTED, holding(zipped(Entry("c")), method=0)),
    "empty zip by content": (rules.NESTED, holding(zipped())),
    "gz by content": (rules.NESTED, holding(gzip.compress(b"x"))),
    "tar by content": (rules.NESTED, holding(gzip.decompress(tarred(("c", b"x"))), method=0)),
    "7z by content": (rules.NESTED, holding(b"7z\xbc\xaf\x27\x1c")),
    "zip at the end of a picture": (rules.NESTED, lambda: _with_tail(b"\x89PNG\r\n")),
    "bzip2": (rules.UNKNOWN_WAY, named("a/b.md", method=12)),
    "patched": (rules.UNKNOWN_WAY, named("a/b.md", flags=0x20)),
    "larger than said": (rules.UNTRUE, holding(b"x" * 50, size=10)),
    "smaller than said": (rules.UNTRUE, holding(b"x" * 50, size=60)),
    "stored, larger than said": (rules.UNTRUE, holding(b"x" * 50, size=10, method=0)),
    "two sizes": (rules.UNTRUE, holding(b"x" * 50, local_size=10)),
    "a folder with bytes": (rules.UNTRUE, named("a/b/")),
    "wrong checksum": (rules.DAMAGED, holding(b"x" * 50, crc=1)),
    "two names": (
        rules.DAMAGED, lambda: zipped(Entry("a/b.md", local_name=b"a/c.md")),
    ),
    "no deflate": (rules.DAMAGED, lambda: zipped(Entry("a/b", b"x" * 9, raw=b"\xff" * 9))),
    "bytes behind the end": (
        rules.DAMAGED, lambda: zipped(Entry("a/b", b"x" * 9, raw=zlib.compress(b"x" * 9)[2:])),
    ),
    "the same bytes": (
        rules.OVERLAPS, lambda: zipped(Entry("a/b", b"x" * 999), Entry("a/c", at=0)),
    ),
    "one within another": (
        rules.OVERLAPS, lambda: zipped(Entry("a/b", b"x" * 99, 0), Entry("a/c", at=60)),
    ),
    "into the directory": (rules.OVERLAPS, holding(b"x" * 50, packed=4000)),
    "before the zip": (rules.NOT_A_PACKAGE, lambda: b"#!/bin/sh\n" + zipped(Entry("a"))),
    "behind the zip": (rules.NOT_A_PACKAGE, lambda: zipped(Entry("a")) + b"x"),
    "fewer than there are": (
        rules.NOT_A_PACKAGE, lambda: zipped(Entry("a"), Entry("b"), count=1),
    ),
    "more than there are": (rules.NOT_A_PACKAGE, lambda: zipped(Entry("a"), count=2)),
    "nothing": (rules.NOT_A_PACKAGE, bytes),
    "an empty zip": (rules.NOT_A_PACKAGE, zipped),
    "no archive": (rules.NOT_A_PACKAGE, lambda: b"%PDF-1.7\n"),
    "gz of no tar": (rules.NOT_A_PACKAGE, lambda: gzip.compress(b"x" * 2000)),
    "half a gz": (rules.NOT_A_PACKAGE, lambda: tarred(("a/b", b"x"))[:-9]),
    "behind the gz": (rules.NOT_A_PACKAGE, _gzip_tail),
    "tar: upwards": (rules.OUTSIDE, lambda: tarred(("../b.md", b"x"))),
    "tar: root": (rules.OUTSIDE, lambda: tarred(("/b.md", b"x"))),
    "tar: twice": (rules.TWICE, lambda: tarred(("a/b", b"x"), ("A/B", b"y"))),
    "tar: zip": (rules.NESTED, lambda: tarred(("a/b", zipped(Entry("c"))))),
    "tar: link": (rules.LINK, lambda: tarred(("a/b", b""), kinds=[tarfile.SYMTYPE])),
    "tar: hard link": (rules.LINK, lambda: tarred(("a/b", b""), kinds=[tarfile.LNKTYPE])),
    "tar: device": (rules.LINK, lambda: tarred(("a/b", b""), kinds=[tarfile.CHRTYPE])),
    "tar: long name": (rules.UNKNOWN_WAY, lambda: tarred(("b" * 150, b"x"))),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_hostile_package_is_refused_in_its_own_sentence(case: str) -> None:
    sentence, make = CASES[case]
    with pytest.raises(ArchiveRefusedError) as caught:
        opened(make())
    assert caught.value.message.msgid == sentence, str(caught.value)
    assert "\u202e" not in str(caught.value)


def test_the_sentence_names_the_file() -> None:
    with pytest.raises(ArchiveRefusedError, match=r"^a/\.\./b\.md leads outside the folder"):
        opened(zipped(Entry("a/../b.md")))
