"""A course package: one zip with the folder of the course, and the signature beside it.

    <slug>-<number>.<revision>.zip
        SIGNATURE        the text of ``lms.signing.editions``, where there is one
        <slug>/...       the folder, as courses/FORMAT.md describes it

A package holds a course and nothing else: no people, roles, settings or code, since the course
reader refuses every file that has no place in a course. It may come from anywhere, so all of it is
read and judged in memory before anybody writes a byte.

Whoever calls ``opened`` verifies a signature, which loads ``cryptography``: commands and the
worker, never a page. Pages ask for the job ``packages.read`` and show what it found.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lms.authoring.queries import StoredPackage
from lms.content import archive
from lms.content.archive_rules import MEGABYTE, refused_entry
from lms.content.digests import contents_digest
from lms.content.faults import Faults
from lms.content.folder import MOST_BYTES_IN_ALL
from lms.content.model import Course
from lms.content.reader import Reading, read_course
from lms.files import FileStore
from lms.kernel.messages import Message, msg
from lms.signing import editions
from lms.signing.editions import SignedEdition, UnknownIssuer
from lms.signing.keys import KeyRing
from lms.signing.refusals import Unreadable

SIGNATURE = "SIGNATURE"
_LITTER = frozenset({"thumbs.db", "desktop.ini"})
NONE, UNKNOWN, WRONG, GENUINE = "none", "unknown", "wrong", "genuine"

_ONE_FOLDER = msg(
    "A course package holds one folder, which bears the name of the course, and beside it nothing "
    "but its signature. %(name)s does not belong there."
)


@dataclass(frozen=True, slots=True)
class OpenedPackage:
    """What a package holds, and whose it is.

    folder   the name of its folder
    files    path inside the folder -> bytes
    reading  the course, or its faults
    state    NONE: no signature; UNKNOWN: of an issuer whose keys are not at hand; WRONG: not the
             signature of this course, or one that does not count; GENUINE
    said     a sentence about the signature, for every state
    signed   what was signed, for GENUINE
    """

    folder: str
    files: Mapping[str, bytes]
    reading: Reading
    state: str
    said: Message
    signed: SignedEdition | None = None


def packed(course: Course) -> bytes:
    """Return the package of a course without a signature: what the file store keeps."""
    return archive.write_archive(course.facts.slug, course.files)


def unpacked(data: bytes, *, drops_litter: bool = False) -> tuple[str, dict[str, bytes], str]:
    """Return (folder, files inside it, text of the signature or nothing) of a package.

    drops_litter  leave out what file managers put into a zip, as hidden files of a folder are: for
                  folders that somebody packed by hand. Without it they are refused.
    raises ArchiveRefusedError.
    """
    entries = archive.read_archive(io.BytesIO(data), most_bytes=MOST_BYTES_IN_ALL + MEGABYTE)
    if drops_litter:
        entries = {path: content for path, content in entries.items() if not _is_litter(path)}
    signature = entries.pop(SIGNATURE, b"").decode("utf-8", "replace").strip()
    folder = next(iter(sorted(entries)), "").partition("/")[0]
    files = {}
    for path, content in entries.items():
        top, _, inside = path.partition("/")
        if top != folder or not inside:
            raise refused_entry(_ONE_FOLDER, path)
        files[inside] = content
    return folder, files, signature


def _is_litter(path: str) -> bool:
    """Return whether a file was put there by no author: hidden, or a file manager's own."""
    parts = path.split("/")
    return (
        any(part.startswith(".") for part in parts)
        or parts[0] == "__MACOSX"
        or parts[-1].casefold() in _LITTER
    )


def assembled(found: StoredPackage, store: FileStore) -> tuple[str, bytes]:
    """Return (file name, bytes) of the package of an edition, with its signature if it has one.

    A signature of the first editions stood for other bytes: the worker makes a new one.
    raises FileNotFoundError when the store has lost it.
    """
    folder, files, _ = unpacked(store.get(found.package))
    extra = {}
    if found.signature is not None and editions.is_current(found.signature):
        extra[SIGNATURE] = f"{editions.text_of(found.signature)}\n".encode()
    name = f"{found.slug}-{found.edition}.zip"
    return name, archive.write_archive(folder, files, extra)


def opened(
    data: bytes,
    ring: KeyRing | None,
    now: datetime,
    *,
    beside: str = "",
    drops_litter: bool = False,
) -> OpenedPackage:
    """Return everything about a package; nothing of it is written anywhere.

    ring    the keys to check it with, None where there are none
    now     aware
    beside  the text of a signature that came as a file of its own, as those of the first editions;
            counts where the package bears none
    drops_litter  as ``unpacked`` has it
    raises  ArchiveRefusedError for a file that is no harmless package.
    """
    folder, files, inside = unpacked(data, drops_litter=drops_litter)
    reading = _read(folder, files)
    signed, state = None, GENUINE
    try:
        signed = _verified(data, files, inside or beside, ring, now)
        _require_course(signed, reading)
        said = _sentence(signed)
    except _Unsigned as missing:
        signed, state, said = None, NONE, missing.message
    except UnknownIssuer as unknown:
        signed, state, said = None, UNKNOWN, unknown.message
    except Unreadable as wrong:
        signed, state, said = None, WRONG, wrong.message
    return OpenedPackage(folder, files, reading, state, said, signed)


class _Unsigned(Unreadable):
    """There is no signature at all."""


def _verified(
    data: bytes, files: Mapping[str, bytes], text: str, ring: KeyRing | None, now: datetime
) -> SignedEdition:
    if not text:
        raise _Unsigned(
            Message(msg("The package bears no signature, so nobody can tell whose it is."))
        )
    if ring is None:
        raise UnknownIssuer(
            Message(
                msg(
                    "There is no key list here to check the package with. It may be genuine; ask "
                    "for the issuer's key list."
                )
            )
        )
    if editions.is_older(text):
        return editions.verify_older(text, data, ring, now)
    return editions.verify(text, contents_digest(files), ring, now)


def _require_course(signed: SignedEdition, reading: Reading) -> None:
    held = reading.course.facts.id if reading.course else signed.course
    if held != signed.course:
        raise Unreadable(
            Message(
                msg(
                    "The signature is genuine, but for the course %(signed)s, and this package "
                    "holds the course %(held)s."
                ),
                {"signed": signed.course, "held": held},
            )
        )


def _read(folder: str, files: Mapping[str, bytes]) -> Reading:
    reading = read_course(files)
    if reading.course is None or reading.course.facts.slug == folder:
        return reading
    faults = Faults()
    faults.add(
        "course.toml",
        0,
        msg(
            "The folder of the package is called %(folder)s, but the course in it has the address "
            "%(slug)s. Give both the same name."
        ),
        folder=folder[:80],
        slug=reading.course.facts.slug,
    )
    return Reading(None, faults)


def _sentence(signed: SignedEdition) -> Message:
    values = {
        "course": signed.course,
        "edition": signed.edition,
        "issuer": signed.issuer,
        "day": f"{signed.signed.astimezone(UTC):%Y-%m-%d}",
        "nation": signed.nation.upper(),
    }
    if signed.nation:
        text = msg(
            "Genuine: course %(course)s, edition %(edition)s, with the rules of %(nation)s, signed "
            "by %(issuer)s on %(day)s."
        )
    else:
        text = msg(
            "Genuine: course %(course)s, edition %(edition)s, signed by %(issuer)s on %(day)s."
        )
    return Message(text, values)


def differing(data: bytes, files: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    """Return what a package of the store says in those of ``files`` that are other in it.

    folder  ends with /: what only the package has there is returned, too.
    returns empty bytes for a file that the package does not have. What is the same is told by its
            length and its check sum, and not unpacked.
    """
    stream = io.BytesIO(data)
    if not zipfile.is_zipfile(stream):  # the first editions were packed otherwise
        there = unpacked(data)[1]
        names = {*files, *(path for path in there if path.startswith(folder))}
        found = {path: there.get(path, b"") for path in names}
        return {path: text for path, text in found.items() if text != files.get(path)}
    with zipfile.ZipFile(stream) as archive:
        entries = {each.filename.partition("/")[2]: each for each in archive.infolist()}
        names = {*files, *(path for path in entries if path.startswith(folder))}
        return {
            path: archive.read(entries[path]) if path in entries else b""
            for path in names
            if path not in entries or not _is_same(entries[path], files.get(path))
        }


def _is_same(entry: zipfile.ZipInfo, data: bytes | None) -> bool:
    return data is not None and entry.file_size == len(data) and zlib.crc32(data) == entry.CRC
