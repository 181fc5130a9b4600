"""A course package: the folder as one file. Reading trusts nothing that the file says of itself.

A package comes on a stick, or from another server: ``read_archive`` takes plain files with plain
names, counts what it unpacks while it unpacks it, and refuses everything else with a sentence
(``archive_rules``). Whether the files are a course is for the course reader to say, afterwards.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import IO

from lms.content import archive_rules as rules
from lms.content import tars, zips
from lms.content.archive_rules import MOST_UNPACKED, ArchiveRefusedError, Room, refused

__all__ = ["ArchiveRefusedError", "read_archive", "write_archive"]

# The first moment that a zip can name: when somebody packed it says nothing about what is in it.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_PLAIN_FILE = 0o100644 << 16


def read_archive(stream: IO[bytes], *, most_bytes: int = MOST_UNPACKED) -> dict[str, bytes]:
    """Return every file of a package by its path, with ``/``.

    stream      a zip, or a ``tar.gz`` as the first editions were packed; it can be sought in.
    most_bytes  what all files may have together.
    raises      ArchiveRefusedError for whatever is no harmless package. Nothing is written.
    """
    length = stream.seek(0, io.SEEK_END)
    if length > rules.MOST_PACKED:
        raise refused(rules.FILE_TOO_LARGE, size=rules.MOST_PACKED // rules.MEGABYTE)
    stream.seek(0)
    start = stream.read(len(zips.START))
    if start == zips.START:
        return zips.read(stream, length, Room(most_bytes))
    if start.startswith(tars.START):
        return tars.read(stream, length, most_bytes)
    raise refused(rules.NOT_A_PACKAGE)


def write_archive(
    folder_name: str,
    files: Mapping[str, bytes],
    extra: Mapping[str, bytes] | None = None,
    *,
    packs: bool = True,
) -> bytes:
    """Return ``files`` below one folder, and ``extra`` beside it, as a zip.

    The same contents give the same bytes: names in order, no dates, no owners. (Another version of
    zlib may pack otherwise; no signature stands on these bytes.) What would pack so well that a
    reader takes it for a bomb is stored as it is.

    packs  False stores everything as it is: a page does not wait a second for a large course.
    """
    entries = {f"{folder_name}/{path}": data for path, data in files.items()} | dict(extra or {})
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in sorted(entries):
            data = entries[name]
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.create_system, entry.external_attr = _UNIX, _PLAIN_FILE
            worth = packs and len(data) <= rules.MOST_RATIO // 2 * len(zlib.compress(data, 9))
            entry.compress_type = zipfile.ZIP_DEFLATED if worth else zipfile.ZIP_STORED
            archive.writestr(entry, data, compresslevel=9)
    return stream.getvalue()
