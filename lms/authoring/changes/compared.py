"""A draft beside the edition that it goes on from: which files differ, which blocks, how much."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from lms.content.blocks import read_document
from lms.content.compare import Piece, word_diff
from lms.content.digests import digested_text, text_digest, titles_in
from lms.content.faults import Faults
from lms.content.model import Change, Document
from lms.content.standing import severity_between
from lms.content.tables import changes_of
from lms.content.translation.changes import changes_between

NEW, CHANGED, GONE = "new", "changed", "gone"
# A page with more differences than this is read by nobody; the rest is counted.
MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that differs from the edition."""

    path: str
    state: str


@dataclass(frozen=True, slots=True)
class ChangedBlock:
    """A block of the source language, or a title, that says something else than in the edition.

    severity  typo, meaning or law, as somebody has decided; None as long as nobody has.
    """

    path: str
    change: Change
    now: str
    severity: str | None

    @property
    def field(self) -> str:
        """The name of its choice in the form."""
        return f"{self.path}:{self.change.block}"

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What was taken out and what was put in, word by word."""
        return word_diff(self.change.text, self.now)


def changed_files(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[ChangedFile]:
    """Return the files that differ, by their path."""
    return [
        ChangedFile(
            path, NEW if path not in before else GONE if path not in after else CHANGED
        )
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]  # fmt: skip


def changed_blocks(
    before: Mapping[str, bytes], after: Mapping[str, bytes], source: str
) -> list[ChangedBlock]:
    """Return what changed in the source language, undecided ones first.

    before, after  path -> bytes of the edition and of the draft.
    """
    known = decided(after.get("changes.toml", b""))
    found = []
    for each in changed_files(before, after):
        if each.state != CHANGED or not each.path.startswith(f"{source}/"):
            continue
        old, new = _read(each.path, before), _read(each.path, after)
        if old is None or new is None:
            continue
        said = _words(new)
        for change in changes_between(old, new, "meaning"):
            severity = severity_between(known, change.block, change.old, change.new)
            found.append(ChangedBlock(each.path, change, said.get(change.new, ""), severity))
    return sorted(found, key=lambda each: each.severity is not None)


def _words(document: Document) -> dict[str, str]:
    """Return the texts of a file by their digests."""
    texts = [*titles_in(document).values(), *map(digested_text, document.blocks)]
    return {text_digest(text): text for text in texts}


def _read(path: str, files: Mapping[str, bytes]) -> Document | None:
    return read_document(path, files[path], Faults())


def decided(data: bytes) -> tuple[Change, ...]:
    """Return the entries of a ``changes.toml``; none for one that cannot be read."""
    try:
        values = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return ()
    return changes_of("changes.toml", values, Faults())
