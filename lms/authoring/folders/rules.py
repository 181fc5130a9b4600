"""What a folder that comes from elsewhere would change in a draft, and who may let it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from lms.authoring.drafts.rules import Rights
from lms.content.archive_rules import MEGABYTE, MOST_PACKED

NEW, CHANGED, GONE = "new", "changed", "gone"
LARGEST_MB = MOST_PACKED // MEGABYTE
MOST_ROWS = 300  # of a text that a page shows beside another one


@dataclass(frozen=True, slots=True)
class Change:
    """One file that a folder brings otherwise than the draft has it.

    kind       new, changed or gone
    may_write  whether the person who brings the folder may write this file
    """

    path: str
    kind: str
    may_write: bool


def may_bring(rights: Rights) -> bool:
    """Return whether somebody may bring a folder into a draft: whoever writes anything in it."""
    return rights.translates or rights.adapts


def changes(
    present: Mapping[str, str], folder: Mapping[str, bytes], rights: Rights, source: str
) -> list[Change]:
    """Return what a folder changes, by path.

    present  path -> SHA-256 of the files of the draft
    """
    found = []
    for path in sorted({*present, *folder}):
        if path not in folder:
            kind = GONE
        elif path not in present:
            kind = NEW
        elif sha256(folder[path]).hexdigest() != present[path]:
            kind = CHANGED
        else:
            continue
        found.append(Change(path, kind, rights.may_write(path, source)))
    return found


def taken(
    present: Mapping[str, bytes], folder: Mapping[str, bytes], rights: Rights, source: str
) -> dict[str, bytes]:
    """Return the draft with what somebody may write from a folder; the rest stays as it is."""
    ours = {path: data for path, data in present.items() if not rights.may_write(path, source)}
    theirs = {path: data for path, data in folder.items() if rights.may_write(path, source)}
    return {**ours, **theirs}


def is_text(pieces: Iterable[bytes]) -> bool:
    """Return whether all of these can be shown as text."""
    for data in pieces:
        try:
            data.decode()
        except UnicodeDecodeError:
            return False
    return True
