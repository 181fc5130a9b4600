"""The file that carries one version of the program: signed, complete, for a machine offline.

It is a tar. Its first member, ``release.json``, is a signed JSON document (``lms.signing``) that
names the version, the Python and the kind of machine, and for every other member its size, its
SHA-256 and whether it can be run. Those members are the tree of the program with its wheels. So one
signature covers every byte, and nothing is written before all of them were compared.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import IO, Any

from lms.admin.upgrade.version import (
    HEAD,
    MARK,
    UpgradeError,
    require_version,
    this_platform,
    this_python,
)
from lms.signing import signed_json
from lms.signing.keys import Signer, is_signed_by
from lms.signing.refusals import Unreadable

KIND = "lms-release-1"
NEEDED = frozenset({"Makefile", "pyproject.toml"})
MOST_MEMBERS, MOST_BYTES = 20_000, 2_000_000_000
LONGEST_NAME, DEEPEST = 180, 12
_PART = re.compile(r"[A-Za-z0-9_.+@,= -]{1,120}")
_PIECE = 1024 * 1024
# What lies in a folder of the program without belonging to the version.
LEFT_OUT = frozenset({".venv", "__pycache__", "instance", "build", ".git"})

DAMAGED = "This file is damaged or was cut off. Fetch it again; nothing was changed."


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a version. runs: whether it is a program."""

    size: int
    sha256: str
    runs: bool


@dataclass(frozen=True, slots=True)
class Release:
    """What a version says of itself.

    python, platform  what its wheels are made for: 3.11, linux-x86_64.
    digest            SHA-256 of ``release.json``: two builds of one version differ in it.
    """

    version: str
    python: str
    platform: str
    made_at: datetime
    members: Mapping[str, Member]
    digest: str

    @property
    def size(self) -> int:
        """How many bytes all its files have."""
        return sum(member.size for member in self.members.values())


def sign(folder: Path, version: str, target: Path, signer: Signer, *, now: datetime) -> None:
    """Write the program in ``folder`` (``make bundle`` makes one) as a signed file ``target``."""
    paths = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and LEFT_OUT.isdisjoint(path.relative_to(folder).parts)
        and path.relative_to(folder).as_posix() not in {HEAD, MARK}
    }
    for name, path in paths.items():
        if not _is_good_name(name) or path.is_symlink():
            raise UpgradeError(f"{name} cannot be part of a version: give it a plain name.")
    members = {name: _member_of(path) for name, path in paths.items()}
    head = signed_json.seal(
        {
            "kind": KIND,
            "version": require_version(version),
            "python": this_python(),
            "platform": this_platform(),
            "made_at": signed_json.moment_text(now),
            "members": {
                name: {"size": each.size, "sha256": each.sha256, "runs": int(each.runs)}
                for name, each in members.items()
            },
        },
        {signer.kid: signer.sign},
    ).encode()
    part = target.with_name(f".{target.name}.part")
    try:
        with part.open("wb") as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
            tar.addfile(_entry(HEAD, len(head), runs=False, now=now), io.BytesIO(head))
            for name, path in paths.items():
                with path.open("rb") as source:
                    entry = _entry(name, members[name].size, runs=members[name].runs, now=now)
                    tar.addfile(entry, source)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def read(file: Path, keys: Mapping[bytes, bytes], folder: Path | None = None) -> Release:
    """Read a version to its end and compare every byte with what was signed.

    keys    kid -> public key of whoever may sign (``trust``).
    folder  where the files are written (it exists and is empty); None compares only.

    raises UpgradeError for anything that is not exactly what ``sign`` wrote with such a key.
    """
    release = None
    try:
        with file.open("rb") as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            release = _read_head(tar, keys)
            expected = dict(release.members)
            while (entry := tar.next()) is not None:
                tar.members.clear()  # type: ignore[attr-defined]  # it would remember every file
                member = expected.pop(entry.name, None)
                if member is None or not entry.isreg() or entry.size != member.size:
                    raise UpgradeError(DAMAGED)
                source = tar.extractfile(entry)
                if source is None or _copied(source, folder, entry.name, member) != member.sha256:
                    raise UpgradeError(DAMAGED)
    except (tarfile.TarError, EOFError) as error:
        raise UpgradeError(
            DAMAGED if release else "This file is not a version of this program."
        ) from error
    except OSError as error:
        raise UpgradeError(f"{error.filename or file}: {error.strerror}.") from error
    if expected:
        raise UpgradeError(DAMAGED)
    return release


def _read_head(tar: tarfile.TarFile, keys: Mapping[bytes, bytes]) -> Release:
    entry = tar.next()
    stream = entry and entry.name == HEAD and tar.extractfile(entry)
    if not entry or not stream or entry.size > signed_json.LONGEST:
        raise UpgradeError("This file is not a version of this program.")
    said = stream.read()
    try:
        document = signed_json.parse(said.decode(), KIND)
    except (Unreadable, UnicodeDecodeError) as error:
        raise UpgradeError("This file is not a version of this program.") from error
    if not signed_json.is_sealed(document, keys, is_signed_by):
        raise UpgradeError(
            "This version is not signed by a release key that is trusted here, so it may come from "
            "anybody. Nothing was changed. Whose versions this server takes: lms release keys. "
            "When the publisher has a new key, ask for its file, and for its fingerprint on paper; "
            "then: lms release trust FILE"
        )
    release = _release(document, sha256(said).hexdigest())
    good = all(map(_is_good_name, release.members)) and release.members.keys() >= NEEDED
    if not good or len(release.members) > MOST_MEMBERS or release.size > MOST_BYTES:
        raise UpgradeError("This version holds files that a version may not hold.")
    return release


def _release(document: Mapping[str, Any], digest: str) -> Release:
    try:
        return Release(
            require_version(str(document["version"])),
            str(document["python"]),
            str(document["platform"]),
            signed_json.moment(document["made_at"]),
            {
                str(name): Member(int(each["size"]), str(each["sha256"]), bool(each["runs"]))
                for name, each in document["members"].items()
            },
            digest,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UpgradeError("This file is not a version of this program.") from error


def _is_good_name(name: str) -> bool:
    parts = name.split("/")
    return (
        0 < len(name) <= LONGEST_NAME
        and len(parts) <= DEEPEST
        and all(_PART.fullmatch(part) and part not in {".", ".."} for part in parts)
        and LEFT_OUT.isdisjoint(parts)
    )


def _copied(source: IO[bytes], folder: Path | None, name: str, member: Member) -> str:
    found = sha256()
    if folder is None:
        while piece := source.read(_PIECE):
            found.update(piece)
        return found.hexdigest()
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as target:
        while piece := source.read(_PIECE):
            found.update(piece)
            target.write(piece)
    path.chmod(0o755 if member.runs else 0o644)
    return found.hexdigest()


def _member_of(path: Path) -> Member:
    about = path.stat()
    with path.open("rb") as stream:
        return Member(
            about.st_size, file_digest(stream, "sha256").hexdigest(), bool(about.st_mode & 0o100)
        )


def _entry(name: str, size: int, *, runs: bool, now: datetime) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o755 if runs else 0o644, int(now.timestamp())
    return entry
