"""What differs between a draft and the edition that it was begun from, and who weighed it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lms.content.blocks import read_document
from lms.content.digests import block_key, digested_text, titles_in
from lms.content.faults import Faults
from lms.content.model import Change, Document
from lms.content.tables import SEVERITIES
from lms.content.translation.changes import changes_between, with_changes, without_changes

CHANGES = "changes.toml"
_FIELD = re.compile(r"^weight (\S+) (\S+)$")
Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Compared:
    """The files of a draft beside those of an edition, each list by path."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many files differ."""
        return len(self.new) + len(self.gone) + len(self.changed)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A block or a title of the source language that says something else now.

    severity  ``typo``, ``meaning``, ``law``; "" while nobody has said it.
    """

    path: str
    change: Change
    after: str
    severity: str

    @property
    def field(self) -> str:
        """The name of its field on the page."""
        return f"weight {self.path} {self.change.block}"

    @property
    def code(self) -> str:
        """The block's id, or the title's name."""
        return self.change.block


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks that a changed file has more or less than before."""

    new: tuple[str, ...]
    gone: tuple[str, ...]


def compared(before: Mapping[str, str], now: Mapping[str, str]) -> Compared:
    """Compare two folders by the digests of their files."""
    both = set(before) & set(now)
    return Compared(
        tuple(sorted(set(now) - both)),
        tuple(sorted(set(before) - both)),
        tuple(sorted(path for path in both if before[path] != now[path])),
    )


def is_source(path: str, source: str) -> bool:
    """Return whether a file is a text of the source language."""
    return path.startswith(f"{source}/") and path.endswith(".md")


def weighed(before: Files, now: Files, source: str) -> list[Weighed]:
    """Return every block of the source language whose words changed: unweighed ones first.

    before  the files of the edition; now: of the draft. Of texts only those that differ are needed.
    """
    known = severities(now.get(CHANGES, b""))
    found = []
    for path in sorted(path for path in now if is_source(path, source) and path in before):
        old, new = document(path, before[path]), document(path, now[path])
        if old is None or new is None or before[path] == now[path]:
            continue
        texts = _texts(new)
        for change in changes_between(old, new, "typo"):
            severity = known.get((change.block, change.old, change.new), "")
            entry = replace(change, severity=severity)
            found.append(Weighed(path, entry, texts[change.block], severity))
    return sorted(found, key=lambda each: bool(each.severity))


def unweighed(before: Files, now: Files, source: str) -> dict[str, list[str]]:
    """Return the changed blocks of which nobody has said how much they changed: path -> blocks."""
    found: dict[str, list[str]] = {}
    for each in weighed(before, now, source):
        if not each.severity:
            found.setdefault(each.path, []).append(each.code)
    return found


def document(path: str, data: bytes) -> Document | None:
    """Return a text as far as it can be read."""
    return read_document(path, data, Faults())


def blocks_of(before: bytes, now: bytes) -> Blocks:
    """Return which blocks a changed text has more and less."""
    old, new = document("", before), document("", now)
    had = {block_key(block) for block in old.blocks} if old else set()
    has = {block_key(block) for block in new.blocks} if new else set()
    return Blocks(tuple(sorted(has - had)), tuple(sorted(had - has)))


def _texts(found: Document) -> dict[str, str]:
    return titles_in(found) | {block_key(block): digested_text(block) for block in found.blocks}


def severities(data: bytes) -> dict[tuple[str, str, str], str]:
    """Return what ``changes.toml`` says: (block, old, new) -> severity, the last one where two."""
    try:
        entries: list[Mapping[str, Any]] = tomllib.loads(data.decode()).get("change", [])
        return {
            (each["block"], each["old"], each["new"]): each["severity"]
            for each in entries
            if each["severity"] in SEVERITIES
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def chosen(fields: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Return what was pressed on the page: (path, block) -> severity."""
    found = {}
    for name, value in fields.items():
        match = _FIELD.fullmatch(name)
        if match and value in SEVERITIES:
            found[match[1], match[2]] = value
    return found


def decided(
    data: bytes, fixed: bytes, changes: Iterable[Weighed], said: Mapping[tuple[str, str], str]
) -> bytes:
    """Return ``changes.toml`` with what was decided now.

    data   the file as it is. fixed: as it is in the published edition, whose entries stay.
    raises CourseRefused where it becomes too large, ValueError where it cannot be read.
    """
    entries = [
        replace(each.change, severity=said[each.path, each.code])
        for each in changes
        if said.get((each.path, each.code), each.severity) != each.severity
    ]
    keep: Collection[tuple[str, str, str]] = severities(fixed)
    again = {(each.block, each.old, each.new) for each in entries} - set(keep)
    return with_changes(without_changes(data.decode(), again), entries).encode()
