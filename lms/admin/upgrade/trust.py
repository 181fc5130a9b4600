"""Whose signature makes a file a version of this program: keys that ship, and a ministry's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lms.admin.upgrade.version import UpgradeError, program_folder
from lms.signing.keys import PUBLIC_KEY_BYTES, key_id

SHIPPED = "deploy/release-keys"


def known_keys(own: Path | None) -> Mapping[bytes, bytes]:
    """Return kid -> public key of everybody who may release a version for this server.

    own   the ministry's file (setting RELEASE_KEYS), which counts beside the one that ships.

    raises UpgradeError for a file that cannot be read, and where there is no key at all.
    """
    shipped = program_folder() / SHIPPED
    files = [path for path in (shipped, own) if path is not None and path.exists()]
    found = {key_id(key): key for path in files for key in _keys_in(path)}
    if not found:
        raise UpgradeError(
            f"No release key is known here, so no version can be trusted. The key of the project "
            f"stands in {shipped}; a key of your ministry in the file that RELEASE_KEYS names."
        )
    return found


def _keys_in(path: Path) -> list[bytes]:
    """Return the keys of a file: a line each, 64 hexadecimal digits, then whose it is."""
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            key = bytes.fromhex(words[0])
        except ValueError:
            key = b""
        if len(key) != PUBLIC_KEY_BYTES:
            raise UpgradeError(
                f"{path}, line {number}: a key has 64 digits from 0 to 9 and a to f."
            )
        found.append(key)
    return found
