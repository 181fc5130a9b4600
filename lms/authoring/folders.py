"""Course folders out of the file store: what an edition was made of."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping

from flask import current_app

from lms.files import FileStore


def store() -> FileStore:
    """Return the store of this data folder."""
    return FileStore(current_app.config["LMS"].data / "files")


def unpacked(package: bytes) -> dict[str, bytes]:
    """Return the files of an edition's package by their path inside the course folder.

    package  what this server stored itself at publication; what comes from elsewhere is read by
             ``lms.content.archive``, which trusts nothing.
    """
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as archive:
        members = [(entry.name, archive.extractfile(entry)) for entry in archive.getmembers()]
        return {
            name.partition("/")[2]: stream.read() for name, stream in members if stream is not None
        }


def zipped(folder: str, files: Mapping[str, bytes]) -> bytes:
    """Return a folder as one file that every computer opens; equal files give equal bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{path}")
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[path])
    return stream.getvalue()
