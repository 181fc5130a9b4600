"""Which version of the program this is, where it lies, and for which machines a version is made."""

from __future__ import annotations

import platform
import re
import sys
import tomllib
from pathlib import Path

# In the folder of a version that came as one signed file: its signed head, where somebody unpacked
# it by hand, and the digest of that head, where an upgrade did.
HEAD, MARK = "release.json", ".release"
VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){2}")


class UpgradeError(Exception):
    """The program was not exchanged; the text says why and what to do."""


def program_folder() -> Path:
    """Return the folder in which this program lies, without any symbolic link."""
    return Path(__file__).resolve().parent.parent.parent.parent


def version_in(folder: Path) -> str:
    """Return the version of the program in a folder; raises UpgradeError where there is none."""
    try:
        said = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
        found = str(said["project"]["version"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UpgradeError(f"In {folder} lies no version of this program.") from error
    return require_version(found)


def require_version(text: str) -> str:
    """Return ``text``; raises UpgradeError unless it is a version, such as 1.4.0."""
    if not VERSION.fullmatch(text):
        raise UpgradeError(f"{text[:40]!r} is no version. Three numbers are one: 1.4.0")
    return text


def is_newer(one: str, other: str) -> bool:
    """Return whether the version ``one`` is later than ``other``."""
    return _numbers(one) > _numbers(other)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def this_python() -> str:
    """Return the Python that runs this program, such as 3.11."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def this_platform() -> str:
    """Return the kind of this machine, such as linux-x86_64."""
    return f"{sys.platform}-{platform.machine()}"
