"""A text and its translation, read from the bytes that a draft keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms.content.avoided import phrases_of
from lms.content.blocks import decoded, read_document, toml_of
from lms.content.faults import Faults
from lms.content.model import Change, Document
from lms.content.tables import changes_of
from lms.content.translation.units import Unit, units

TERM = re.compile(r"\(term:([a-z0-9-]+)\)")


@dataclass(frozen=True, slots=True)
class Pair:
    """One file in the source language and in another one.

    target  None where there is no translation yet.
    broken  whether there is one that cannot be read: it is mended in the editor, not here.
    """

    source: Document
    target: Document | None
    broken: bool
    units: tuple[Unit, ...]

    def unit(self, key: str) -> Unit | None:
        """Return a unit by its key."""
        return next((unit for unit in self.units if unit.key == key), None)


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the glossary that a block uses.

    theirs  in the language of the translation; empty where it has none yet.
    avoid   words not to be used for it there.
    """

    id: str
    word: str
    theirs: str
    avoid: Sequence[str] = ()


def document(path: str, data: bytes) -> Document | None:
    """Return a text file; None for none and for one that cannot be read."""
    return read_document(path, data, Faults()) if data else None


def pair(
    path: str,
    source: bytes,
    target: bytes,
    origin: str,
    changes: Sequence[Change] = (),
    old_texts: Mapping[str, str] | None = None,
) -> Pair | None:
    """Return a file with its translation; None where the source has no such file.

    path, origin  of the translation and of the source text, inside the course folder.
    """
    theirs = document(origin, source)
    if theirs is None:
        return None
    faults = Faults()
    ours = read_document(path, target, faults) if target else None
    broken = bool(target) and (ours is None or bool(len(faults)))
    return Pair(theirs, ours, broken, units(theirs, ours, changes, old_texts))


def changes_in(data: bytes) -> dict[str, list[Change]]:
    """Return the entries of ``changes.toml`` by the key of their block."""
    faults = Faults()
    text = decoded("changes.toml", data, faults) if data else None
    values = toml_of("changes.toml", 0, text, faults) if text else None
    found: dict[str, list[Change]] = {}
    for each in changes_of("changes.toml", values, faults) if values else ():
        found.setdefault(each.block, []).append(each)
    return found


def terms_in(unit: Unit, source: Document | None, target: Document | None) -> list[Term]:
    """Return the words of the glossary that a block links to or names.

    source, target  the glossary in both languages.
    """
    text = "\n".join(part.text for part in unit.parts)
    linked = set(TERM.findall(text))
    folded = text.casefold()
    theirs = {block.id: block.title for block in target.blocks} if target else {}
    avoid = phrases_of(target)
    return [
        Term(block.id, block.title, theirs.get(block.id, ""), avoid.get(block.id, ()))
        for block in (source.blocks if source else ())
        if block.title and (block.id in linked or _names(folded, block.title))
    ]


def _names(folded: str, word: str) -> bool:
    # A word may bend at its end: "torture" is named by "tortured".
    return re.search(rf"\b{re.escape(word.casefold())}", folded) is not None


def with_terms(text: str, terms: Sequence[Term]) -> Iterator[tuple[bool, str]]:
    """Yield a text in pieces: whether it is a word of the glossary, and the piece."""
    words = sorted({term.word for term in terms}, key=len, reverse=True)
    if not words:
        yield False, text
        return
    # Not the id in a link to the word itself.
    pattern = re.compile(rf"(?<![:-])\b(?:{'|'.join(map(re.escape, words))})\w*", re.IGNORECASE)
    place = 0
    for found in pattern.finditer(text):
        if found.start() > place:
            yield False, text[place : found.start()]
        yield True, found[0]
        place = found.end()
    if place < len(text):
        yield False, text[place:]
