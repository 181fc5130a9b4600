"""What a new core touches of all that a country has decided, and what it has still to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lms.content.boxes import asked_boxes, filling, status_of
from lms.content.digests import block_digest, block_key, digested_text, text_digest
from lms.content.model import Block, Course, NationFacts
from lms.content.nation_agreement import NATIONAL
from lms.content.tables import SEVERITIES


@dataclass(frozen=True, slots=True)
class Touched:
    """A part of the core that changed and of which the country says something.

    kind      ``replaced``, ``hidden``, ``box`` or ``item``.
    file      the name of its file in the source language: ``MR-1.1``, ``bank/MR-1``.
    before    None where the old core has no such block, after where the new one has none.
    words     the country's, by language: of a replaced block and of a box.
    severity  the gravest of the changes that came with the new core; empty where none is listed.
    made_from digest of what the core said when the country decided; empty where that is not known.
    """

    kind: str
    id: str
    file: str
    before: Block | None
    after: Block | None
    words: Mapping[str, Block] = field(default_factory=dict)
    severity: str = ""
    made_from: str = ""


def changed_since(course: Course, nation: NationFacts) -> tuple[str, ...]:
    """Return what the core says otherwise today than when the country decided about it.

    Blocks that it replaces or hides, items that it leaves out, and the codes of its boxes. Of a
    replaced block that has to be written down; of the others it is known only where it is.
    """
    blocks = _blocks(course)
    found = set(nation.replaced) - set(blocks)
    for kind, key, box in _concerned(nation, blocks):
        made_from = made_from_of(nation, kind, box or key)
        is_known = bool(made_from) or kind == "replaced"
        if is_known and made_from != _digest_now(course, blocks[key][1], box):
            found.add(box or key)
    return tuple(sorted(found))


def touched(before: Course, after: Course, nation: NationFacts) -> tuple[Touched, ...]:
    """Return what a new core changes of all that a country replaces, hides, fills or leaves out.

    It counts until its ``made_from`` is the digest of what the new core says, or the country has
    taken its decision back: what was kept once is not asked again, and nothing is merged. Where
    no ``made_from`` is written, the two cores are compared.
    """
    old, new = _blocks(before), _blocks(after)
    found = []
    for kind, key, box in _concerned(nation, {**old, **new}):
        was, is_now = old.get(key), new.get(key)
        made_from = made_from_of(nation, kind, box or key)
        if made_from and is_now is not None:
            differs = _digest_now(after, is_now[1], box) != made_from
        else:
            differs = _differs(was, is_now)
        if differs:
            found.append(
                Touched(
                    kind,
                    key,
                    (is_now or old[key])[0],
                    was[1] if was else None,
                    is_now[1] if is_now else None,
                    _words(nation, kind, key, box),
                    _severity(before, after, key),
                    made_from,
                )
            )
    return tuple(found)


def made_from_of(nation: NationFacts, kind: str, code: str) -> str:
    """Return the digest of what the core said when a country decided; empty where unknown.

    kind, code  as in ``Touched``; of a box its code.
    """
    if kind == "box":
        return nation.boxes[code].made_from if code in nation.boxes else ""
    if kind == "item" and code not in nation.items_closed:
        return nation.items_from.get(code, "")
    limits = {"replaced": nation.replaced, "hidden": nation.hidden, "item": nation.items_closed}
    limit = limits[kind].get(code)
    return limit.made_from if limit else ""


def box_digest(course: Course, code: str) -> str:
    """Return the digest of all that the lessons ask under a box; of one place that of its block.

    Empty where no lesson asks for it.
    """
    bare = NationFacts("")
    asked = [block for _, block in asked_boxes(course, bare) if block.words[0] == code]
    if len(asked) == 1:
        return block_digest(asked[0])
    return text_digest("\n\n".join(map(digested_text, asked))) if asked else ""


def _digest_now(course: Course, block: Block, box: str) -> str:
    return box_digest(course, box) if box else block_digest(block)


def _blocks(course: Course) -> dict[str, tuple[str, Block]]:
    """Return every block and item of the source language by its key, with its file's name."""
    return {
        block_key(block): (name, block)
        for name, document in course.documents[course.facts.source].items()
        for block in document.blocks
    }


def _concerned(
    nation: NationFacts, blocks: Mapping[str, tuple[str, Block]]
) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, key, box) of each block of which this country says something, in order."""
    for key, (_, block) in blocks.items():
        if key in nation.replaced:
            yield "replaced", key, ""
        elif key in nation.hidden:
            yield "hidden", key, ""
        elif key in nation.items_out:
            yield "item", key, ""
        elif block.name == "box" and status_of(nation, block.words[0]) != "empty":
            yield "box", key, block.words[0]


def _differs(old: tuple[str, Block] | None, new: tuple[str, Block] | None) -> bool:
    if old is None or new is None:
        return old is not new
    return block_digest(old[1]) != block_digest(new[1])


def _words(nation: NationFacts, kind: str, key: str, box: str) -> dict[str, Block]:
    found: dict[str, Block | None] = {}
    if kind == "box":
        found = {language: filling(nation, box, language) for language in nation.texts}
    elif kind == "replaced":
        found = {
            language: document.block(NATIONAL + key)
            for language, document in nation.replacements.items()
        }
    return {language: block for language, block in sorted(found.items()) if block is not None}


def _severity(before: Course, after: Course, key: str) -> str:
    known = set(before.changes)
    said = [
        change.severity for change in after.changes if change.block == key and change not in known
    ]
    return max(said, key=SEVERITIES.index, default="")
