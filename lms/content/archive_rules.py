"""What an archive may hold, whoever packed it; and each refusal in its own sentence."""

from __future__ import annotations

import io
import re
import stat
import unicodedata
import zipfile

from lms.kernel.errors import LmsError
from lms.kernel.messages import Message, msg

MEGABYTE = 1024 * 1024
MOST_PACKED = 200 * MEGABYTE
MOST_UNPACKED = 500 * MEGABYTE
MOST_ENTRIES = 5_000
MOST_RATIO = 100  # how many times its packed size a file may have
MOST_FOLDERS = 6  # inside each other
LONGEST_PATH = 180
_LONGEST_SHOWN = 80

NOT_A_PACKAGE = msg(
    "This file is no course package, or it is damaged. Get it again from where it came."
)
FILE_TOO_LARGE = msg("The file is larger than %(size)s MB, and so no course package.")
TOO_LARGE = msg("Unpacked, this package would be larger than %(size)s MB. It was not taken.")
TOO_MANY = msg("This package holds more than %(count)s files. It was not taken.")
TOO_DENSE = msg(
    "%(name)s would unpack to more than %(times)s times its size. Such files are made to fill the "
    "memory of a server. The package was not taken."
)
TOO_DEEP = msg("%(name)s lies in more than %(count)s folders inside each other.")
TOO_LONG = msg("%(name)s has a path of more than %(count)s characters.")
OUTSIDE = msg("%(name)s leads outside the folder of the course. The package was not taken.")
STRANGE = msg(
    "%(name)s has a name that not every system can hold: with a backslash, a colon, or a sign "
    "that nobody sees."
)
LINK = msg("%(name)s is a link or a special file. A course holds plain files only.")
LOCKED = msg("%(name)s is protected by a password. Make the package again without one.")
TWICE = msg("%(name)s is in the package twice, or another name differs only in capitals.")
NESTED = msg("%(name)s is itself an archive. Unpack it first, or leave it out.")
UNTRUE = msg(
    "%(name)s is not as large as the package says. The file was damaged on its way, or made to "
    "deceive."
)
OVERLAPS = msg(
    "%(name)s lies across another file of the package. The file was damaged on its way, or made "
    "to deceive."
)
UNKNOWN_WAY = msg(
    "%(name)s is packed in a way that is not read here. Pack the folder again as an ordinary zip."
)
DAMAGED = msg("%(name)s is damaged. Get the package again from where it came.")

_ARCHIVE_NAMES = re.compile(
    r"\.(zip|zipx|jar|war|apk|epub|docx|xlsx|pptx|odt|ods|odp|gz|tgz|tar|bz2|tbz2?|xz|txz|lzma|lz|lz4"
    r"|zst|tzst|z|7z|rar|cab|ar|deb|rpm|cpio|iso|img|dmg|arj|lzh|ace)$",
    re.IGNORECASE,
)
_ARCHIVE_STARTS = (
    b"PK\3\4", b"PK\5\6", b"PK\7\x08", b"\x1f\x8b", b"\x1f\x9d", b"\x1f\xa0", b"BZh", b"\xfd7zXZ\0",
    b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"MSCF\0",
    b"!<arch>\n", b"LZIP", b"070701", b"070702", b"070707", b"\x5d\0\0\x80\0",
)  # fmt: skip
_TAR_MARK, _TAR_MARK_AT = b"ustar", 257


class ArchiveRefusedError(LmsError):
    """A file is no package that we take; the message says what is in the way."""

    status = 422


def refused(sentence: str, **values: object) -> ArchiveRefusedError:
    """Return the refusal of a whole package."""
    return ArchiveRefusedError(Message(sentence, values))


def refused_entry(sentence: str, name: str, **values: object) -> ArchiveRefusedError:
    """Return the refusal of a package for one of its entries."""
    return ArchiveRefusedError(Message(sentence, {"name": shown(name), **values}))


def shown(name: str) -> str:
    """Return a name as it can stand in a sentence: short, without signs that nobody sees."""
    short = name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…"
    return "".join(sign if sign.isprintable() else "?" for sign in short) or "?"


class Names:
    """The names of one archive: each is judged alone, and beside those that came before."""

    def __init__(self) -> None:
        """Begin without any name."""
        self._files: set[str] = set()
        self._listed: set[str] = set()  # files, and folders with an entry of their own
        self._folders: set[str] = set()
        self._count = 0

    def take(self, name: str, *, is_folder: bool = False) -> str:
        """Return ``name``, without the stroke at a folder's end; raises ArchiveRefusedError."""
        self._count += 1
        if self._count > MOST_ENTRIES:
            raise too_many()
        path = name.removesuffix("/") if is_folder else name
        _check_path(name, path)
        parts = _folded(path).split("/")
        above = {"/".join(parts[:count]) for count in range(1, len(parts))}
        own = "/".join(parts)
        is_both = own in self._folders and not is_folder
        if own in self._listed or above & self._files or is_both:
            raise refused_entry(TWICE, name)
        self._listed.add(own)
        self._folders |= above
        if not is_folder:
            self._files.add(own)
        return path


def _check_path(name: str, path: str) -> None:
    if "\\" not in name and (name.startswith("/") or ".." in path.split("/")):
        raise refused_entry(OUTSIDE, name)
    if re.match(r"[A-Za-z]:", name):  # the letter of a drive
        raise refused_entry(OUTSIDE, name)
    if re.search(r'[\\:*?"<>|]', name) or not name.isprintable():
        raise refused_entry(STRANGE, name)
    parts = path.split("/")
    if any(part in {"", "."} or part != part.strip() for part in parts):
        raise refused_entry(STRANGE, name)
    if len(name) > LONGEST_PATH:
        raise refused_entry(TOO_LONG, name, count=LONGEST_PATH)
    if len(parts) - 1 > MOST_FOLDERS:
        raise refused_entry(TOO_DEEP, name, count=MOST_FOLDERS)


def _folded(path: str) -> str:
    """Return the path as systems compare it that do not tell capitals and compositions apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def check_mode(name: str, mode: int) -> None:
    """Refuse links, devices, pipes. mode: as Unix writes it, 0 where the packer wrote none."""
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise refused_entry(LINK, name)


def check_kind(name: str, data: bytes) -> None:
    """Refuse an archive inside the archive, by its name and by what it holds."""
    at = data[_TAR_MARK_AT : _TAR_MARK_AT + len(_TAR_MARK)]
    if (
        _ARCHIVE_NAMES.search(name)
        or data.startswith(_ARCHIVE_STARTS)
        or at == _TAR_MARK
        # a picture or text with a zip at its end opens as a zip, too
        or (b"PK\5\6" in data and zipfile.is_zipfile(io.BytesIO(data)))
    ):
        raise refused_entry(NESTED, name)


class Room:
    """How much an archive may still unpack to."""

    def __init__(self, most_bytes: int) -> None:
        """Begin with all of it."""
        self._most = self._left = most_bytes

    def use(self, size: int) -> None:
        """Note so many bytes more; raises ArchiveRefusedError where there is no room for them."""
        self._left -= size
        if self._left < 0:
            raise refused(TOO_LARGE, size=self._most // MEGABYTE)


def too_many() -> ArchiveRefusedError:
    """Return the refusal of a package with too many entries."""
    return refused(TOO_MANY, count=MOST_ENTRIES)
