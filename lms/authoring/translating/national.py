"""How far each country's words are in each of its languages: its boxes, and blocks of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms.authoring.adapting.layers import Files, core_of_boxes, layer_of, nations_in
from lms.authoring.translating.rules import UNKNOWN, Share
from lms.content.blocks import read_document
from lms.content.boxes import asked_boxes, filling, replacement, status_of
from lms.content.digests import block_digest, block_key
from lms.content.faults import Faults
from lms.content.model import Block, Change, CourseFacts, NationFacts
from lms.content.standing import severity_between
from lms.content.translation.units import NEW, REVIEWED, TRANSLATED


@dataclass(frozen=True, slots=True)
class National:
    """What one country has in one language.

    share  of its boxes and blocks: ``reviewed`` those that are confirmed, ``translated`` those
           that have words, ``new`` those without, ``stale`` where the core has changed since.
    """

    nation: str
    language: str
    share: Share


def national_shares(
    facts: CourseFacts,
    files: Files,
    changes: Mapping[str, Sequence[Change]],
    own: str | None,
    spoken: Sequence[str],
) -> Iterator[National]:
    """Yield the share of each country and language, the installation's own country first.

    files   every layer, and the lessons in the source language.
    own     the installation's country; ``spoken`` its languages: one that has no words yet is
            missing there, and not in other countries.
    """
    core = core_of_boxes(facts, files)
    for code in sorted(nations_in(files), key=lambda each: (each != own, each)):
        nation = layer_of(code, files).nation
        boxes = {block.words[0] for _, block in asked_boxes(core, nation)}
        blocks = list(_replaced(facts, files, nation))
        if not boxes and not blocks:
            continue
        written = sorted({*nation.texts, *nation.replacements}) or [facts.source]
        for language in dict.fromkeys((*(spoken if code == own else ()), *written)):
            states = [_box(nation, box, language) for box in boxes]
            states += [_block(nation, block, language, changes) for block in blocks]
            yield National(code, language, _share(states))


def _replaced(facts: CourseFacts, files: Files, nation: NationFacts) -> Iterator[Block]:
    """Yield the core's blocks that a country replaces where their module is open."""
    for module in facts.modules:
        for lesson in module.lessons if module.code not in nation.closed else ():
            path = f"{facts.source}/{lesson.code}.md"
            data = files.get(path, b"")
            if any(f"{{#{block}}}".encode() in data for block in nation.replaced):
                document = read_document(path, data, Faults())
                for block in document.blocks if document else ():
                    if block.id in nation.replaced:
                        yield block


def _box(nation: NationFacts, code: str, language: str) -> str:
    status = status_of(nation, code)
    if status == "empty" or filling(nation, code, language) is None:
        return NEW
    return REVIEWED if status == "confirmed" else TRANSLATED


def _block(
    nation: NationFacts, block: Block, language: str, changes: Mapping[str, Sequence[Change]]
) -> str:
    """Return a state, or how heavy the change was that the country has not looked at."""
    limit, key, today = nation.replaced[block.id], block_key(block), block_digest(block)
    if replacement(nation, block.id, language) is None:
        return NEW
    if limit.made_from != today:
        return severity_between(changes.get(key, ()), key, limit.made_from, today) or UNKNOWN
    return REVIEWED if limit.checker else TRANSLATED


def _share(states: Sequence[str]) -> Share:
    counts = Counter(states)
    stale = {
        each: count for each, count in counts.items() if each not in {NEW, TRANSLATED, REVIEWED}
    }
    return Share(len(states), counts[NEW], counts[TRANSLATED], counts[REVIEWED], stale)
