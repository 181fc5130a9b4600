"""Whose signature makes a file a version of this program.

Keys come from three places: those that ship with the program, those in the file that the setting
RELEASE_KEYS names, and those that somebody has trusted on this server (``lms release trust``). The
last lie in the data folder, so that no upgrade of the program takes them away. A web server may
write to that folder, and an upgrade runs as root: so the file counts only while it belongs to root,
or to the account that upgrades, and while nobody else may write to it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from lms.admin.folders import flush_folder
from lms.admin.upgrade.version import UpgradeError, program_folder
from lms.settings import Settings
from lms.signing.keys import PUBLIC_KEY_BYTES, key_id

SHIPPED = "deploy/release-keys"
OWN = "release-keys"  # in the data folder
LONGEST = 64 * 1024  # bytes of a file with keys
LONGEST_OWNER = 80

NOBODY = (
    "No release key is trusted on this server yet, so it takes no new version. Ask whoever gives "
    "you new versions for two things: the small file release.pub, and on paper the fingerprint of "
    "that key. Then, as root: lms release trust /media/stick/release.pub"
)


@dataclass(frozen=True, slots=True)
class ReleaseKey:
    """A public key whose signature makes a version, and where it stands.

    owner  whose key it is, in the words of whoever made it.
    """

    public: bytes
    owner: str
    file: Path

    @property
    def kid(self) -> bytes:
        """The 8 bytes that name this key."""
        return key_id(self.public)

    @property
    def fingerprint(self) -> str:
        """What is compared with a paper: eight groups of four digits."""
        digits = sha256(self.public).hexdigest()[:32]
        return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def trusted(settings: Settings) -> Sequence[ReleaseKey]:
    """Return the keys of everybody who may release a version for this server, each once.

    raises UpgradeError for a file that cannot be read, or that others can change.
    """
    own = settings.data / OWN
    if own.is_symlink() or own.exists():
        _require_own(own)
    files = (own, settings.release_keys, program_folder() / SHIPPED)
    found: dict[bytes, ReleaseKey] = {}
    for path in files:
        if path is not None and path.exists():
            for key in keys_in(path):
                found.setdefault(key.public, key)
    return list(found.values())


def known_keys(settings: Settings) -> dict[bytes, bytes]:
    """Return kid -> public key of everybody who may release a version for this server.

    raises UpgradeError where ``trusted`` does, and where there is no key at all.
    """
    found = {key.kid: key.public for key in trusted(settings)}
    if not found:
        raise UpgradeError(NOBODY)
    return found


def keys_in(path: Path) -> Sequence[ReleaseKey]:
    """Return the keys of a file: a line each, 64 hexadecimal digits, then whose it is."""
    found = []
    for number, line in enumerate(_text_of(path).splitlines(), 1):
        digits, _, owner = line.partition("#")[0].strip().partition(" ")
        if not digits:
            continue
        try:
            key = bytes.fromhex(digits)
        except ValueError:
            key = b""
        if len(key) != PUBLIC_KEY_BYTES:
            raise UpgradeError(
                f"{path}, line {number}: a key has 64 digits from 0 to 9 and a to f."
            )
        found.append(ReleaseKey(key, " ".join(owner.split())[:LONGEST_OWNER], path))
    return found


def key_to_trust(path: Path) -> ReleaseKey:
    """Return the one key of a publisher's file; raises UpgradeError where there is not one."""
    if "PRIVATE KEY" in _text_of(path):
        raise UpgradeError(
            f"{path} is the secret key itself, which belongs into a safe and on no server. Take "
            "the file beside it that ends with .pub."
        )
    found = keys_in(path)
    if len(found) != 1:
        raise UpgradeError(f"{path} must hold exactly one key; it holds {len(found)}.")
    return found[0]


def line_of(key: ReleaseKey) -> str:
    """Return the line that stands for a key in a file."""
    return f"{key.public.hex()}  {key.owner}".rstrip()


def add(data: Path, key: ReleaseKey) -> None:
    """Trust a key on the server of a data folder."""
    present = _present(data)
    if all(each.public != key.public for each in present):
        _write(data, [*present, key])


def remove(data: Path, key: ReleaseKey) -> None:
    """Trust a key that ``add`` has trusted no longer."""
    _write(data, [each for each in _present(data) if each.public != key.public])


def ship(folder: Path, key: ReleaseKey) -> None:
    """Let the version in ``folder`` bring a key with it, so that its servers know the next one."""
    path = folder / SHIPPED
    present = path.read_text("utf-8") if path.exists() else ""
    if path.exists() and any(each.public == key.public for each in keys_in(path)):
        return
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{present}{line_of(key)}\n", "utf-8")


def _present(data: Path) -> Sequence[ReleaseKey]:
    path = data / OWN
    if not path.is_symlink() and not path.exists():
        return []
    _require_own(path)
    return keys_in(path)


def _write(data: Path, keys: Sequence[ReleaseKey]) -> None:
    """Put the file of a data folder in the place of the former one: whole, and on the disk."""
    part = data / f".{OWN}.{os.getpid()}"
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.writelines(f"{line_of(key)}\n" for key in keys)
        stream.flush()
        os.fchmod(stream.fileno(), 0o644)
        os.fsync(stream.fileno())
    part.rename(data / OWN)
    flush_folder(data)


def _require_own(path: Path) -> None:
    """Raise UpgradeError where somebody other than root or this account can change a file."""
    about = path.lstat()
    plain = stat.S_ISREG(about.st_mode) and not about.st_mode & 0o022
    if not plain or about.st_uid not in {0, os.geteuid()}:
        raise UpgradeError(
            f"Others than root can change {path}, so the keys in it are not trusted. Look who did "
            f"that. Then, as root: rm {path}, and trust the keys anew: lms release trust FILE"
        )


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            said = stream.read(LONGEST + 1)
        if len(said) > LONGEST:
            raise UpgradeError(f"{path} is no file with keys.")
        return said.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UpgradeError(f"{path} is no file with keys.") from error
    except OSError as error:
        raise UpgradeError(f"{path}: {error.strerror}.") from error
