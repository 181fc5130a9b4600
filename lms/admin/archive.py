"""What a backup file holds: a tar whose first member, the manifest, names all others.

Members: ``database.sqlite`` or ``database.dump``, ``secret.key``, ``files/<ab>/<digest>`` and,
in sealed backups alone, ``keys/<name>``. The site's identity is a line of the manifest and no
member: the file ``site.id`` binds one machine to its database, so no backup carries it along.
"""

from __future__ import annotations

import io
import json
import os
import re
import tarfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Protocol
from uuid import UUID

from lms.admin.backup_progress import Progress
from lms.admin.schema import Contents
from lms.kernel.messages import Message, msg

FORMAT = 1
MANIFEST = "manifest.json"
LONGEST_MANIFEST = 256 * 1024 * 1024
DATABASES: Mapping[str, str] = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
SECRET = "secret.key"  # noqa: S105 -- the name of a member
_FILE = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{62})")
_KEY = re.compile(r"keys/[A-Za-z0-9][A-Za-z0-9._-]{0,100}")
_PIECE = 1024 * 1024


class Writable(Protocol):
    """Takes bytes one after the other."""

    def write(self, data: bytes, /) -> int:
        """Take ``data``."""


class Readable(Protocol):
    """Gives bytes one after the other."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, none at the end."""


class ArchiveError(Exception):
    """The file is no backup that can be trusted; the message says why."""

    def __init__(self, message: Message) -> None:
        """Keep the sentence; its English form is what a terminal shows."""
        super().__init__(str(message))
        self.message = message


NO_BACKUP = Message(msg("This file is not a backup of this program."))
CUT_OFF = Message(msg("This backup is damaged or was cut off. Use another backup."))
DAMAGED = Message(
    msg("This backup is damaged: %(part)s is not what was written. Use another backup.")
)
NEWER = Message(
    msg("This backup was made by a newer version of this program. Install that version first.")
)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a backup."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    site      the identity of the server that made it, None before its first start.
    revision  the version of the schema, None for an empty database.
    rows      how many rows each table of the database had.
    members   every file by its name in the archive, in the order in which they follow.
    """

    made_at: datetime
    site: UUID | None
    revision: str | None
    database: str
    rows: Mapping[str, int]
    members: Mapping[str, Member]

    @property
    def held(self) -> Contents:
        """What the database said of itself."""
        return Contents(self.revision, self.site, self.rows)

    @property
    def copied(self) -> int:
        """How many bytes the copy of the database has."""
        return self.members[DATABASES[self.database]].size

    @property
    def has_keys(self) -> bool:
        """Whether the issuing key is in this backup."""
        return any(name.startswith("keys/") for name in self.members)


def member_of(path: Path, progress: Progress) -> Member:
    """Return size and digest of a file."""
    found = sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            found.update(piece)
            progress.add(len(piece))
    progress.file()
    return Member(path.stat().st_size, found.hexdigest())


def pack(
    target: Writable, manifest: Manifest, sources: Mapping[str, Path], progress: Progress
) -> None:
    """Write a backup: the manifest, then each of its members from the path ``sources`` gives."""
    said = json.dumps(
        {
            "format": FORMAT,
            "made_at": manifest.made_at.isoformat(),
            "site": manifest.site and str(manifest.site),
            "revision": manifest.revision,
            "database": manifest.database,
            "rows": dict(manifest.rows),
            "members": {name: asdict(member) for name, member in manifest.members.items()},
        },
        indent=1,
    ).encode()
    # The stubs want a whole file object; writing needs ``write`` alone, and that is what we give.
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]
        tar.addfile(_head(MANIFEST, len(said), manifest), io.BytesIO(said))
        for name, member in manifest.members.items():
            with sources[name].open("rb") as stream:
                tar.addfile(_head(name, member.size, manifest), _Counted(stream, progress))
            progress.file()


class _Counted:
    """A file that is read; what was read is counted."""

    def __init__(self, stream: IO[bytes], progress: Progress) -> None:
        self._stream, self._progress = stream, progress

    def read(self, size: int = -1, /) -> bytes:
        found = self._stream.read(size)
        self._progress.add(len(found))
        return found


def unpack(source: Readable, folder: Path | None, progress: Progress | None = None) -> Manifest:
    """Read a backup to its end and compare every byte with the manifest.

    folder    where the members are written (it exists and is empty); None compares only.
    progress  counts what was compared.

    raises ArchiveError for anything that is not exactly what ``pack`` wrote.
    """
    manifest, counted = None, progress or Progress()
    try:
        # Likewise: reading a stream needs ``read`` alone.
        with tarfile.open(fileobj=source, mode="r|") as tar:  # type: ignore[call-overload]
            manifest = _read_manifest(tar)
            expected = dict(manifest.members)
            while (entry := tar.next()) is not None:
                tar.members.clear()  # it would remember every file
                member = expected.pop(entry.name, None)
                if member is None or not entry.isreg() or entry.size != member.size:
                    raise ArchiveError(_damaged(entry.name))
                stream = tar.extractfile(entry)
                if stream is None or _copied(stream, folder, entry.name, counted) != member.sha256:
                    raise ArchiveError(_damaged(entry.name))
                counted.file()
    except (tarfile.TarError, EOFError) as error:
        raise ArchiveError(CUT_OFF if manifest else NO_BACKUP) from error
    if expected:
        raise ArchiveError(_damaged(next(iter(expected))))
    while source.read(_PIECE):  # a sealed stream is proved only at its very end
        pass
    return manifest


def _head(name: str, size: int, manifest: Manifest) -> tarfile.TarInfo:
    head = tarfile.TarInfo(name)
    head.size, head.mode, head.mtime = size, 0o600, int(manifest.made_at.timestamp())
    return head


def _read_manifest(tar: tarfile.TarFile) -> Manifest:
    entry = tar.next()
    stream = entry and entry.name == MANIFEST and tar.extractfile(entry)
    if not entry or not stream or entry.size > LONGEST_MANIFEST:
        raise ArchiveError(NO_BACKUP)
    try:
        said = json.loads(stream.read())
        if said["format"] > FORMAT:
            raise ArchiveError(NEWER)
        manifest = Manifest(
            made_at=datetime.fromisoformat(said["made_at"]),
            site=said["site"] and UUID(said["site"]),
            revision=said["revision"],
            database=said["database"],
            rows={str(table): int(count) for table, count in said["rows"].items()},
            members={name: Member(**facts) for name, facts in said["members"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveError(_damaged(MANIFEST)) from error
    required = {DATABASES.get(manifest.database), SECRET}
    for name, member in manifest.members.items():
        stored = _FILE.fullmatch(name)
        known = name in required or stored is not None or _KEY.fullmatch(name)
        if not known or (stored is not None and stored[2] != member.sha256):
            raise ArchiveError(_damaged(name))
    if not required <= manifest.members.keys():
        raise ArchiveError(_damaged(MANIFEST))
    return manifest


def _copied(stream: IO[bytes], folder: Path | None, name: str, progress: Progress) -> str:
    """Copy one member into ``folder`` and to the disk; return its SHA-256."""
    found = sha256()
    if folder is None:
        while piece := stream.read(_PIECE):
            found.update(piece)
            progress.add(len(piece))
        return found.hexdigest()
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as target:
        path.chmod(_mode(name))
        while piece := stream.read(_PIECE):
            found.update(piece)
            target.write(piece)
            progress.add(len(piece))
        flush(target)
    return found.hexdigest()


def flush(stream: IO[bytes]) -> None:
    """Bring what was written to ``stream`` to the disk."""
    stream.flush()
    os.fsync(stream.fileno())


def _mode(name: str) -> int:
    """Return who may read a member at most: web server and worker are two accounts of a group."""
    if name.startswith("keys/"):
        return 0o600
    return 0o640 if name.startswith("files/") else 0o660


def _damaged(part: str) -> Message:
    return Message(DAMAGED.msgid, {"part": part[:120]})
