"""How a translated block stands: made from which source text, and read by whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lms.content.digests import block_digest, block_key
from lms.content.model import Block, Change, Document

# The table of a translation's front matter: block -> digest of the words read, and by whom.
REVIEWED_BLOCKS = "reviewed_blocks"
ACCEPTED = re.compile(r"(?P<digest>[0-9a-f]{12})(?: (?P<who>\S.{0,199}))?")
# Heavier ones last.
WEIGHTS = {"typo": 0, "meaning": 1, "law": 2}


def severity_between(
    changes: Iterable[Change], key: str, made_from: str | None, today: str
) -> str | None:
    """Return how much a block changed between two digests, None where that is not written down.

    Changes are followed from one to the next; the heaviest of the shortest way counts, and of two
    entries for the same change the later one.
    """
    steps = {(each.old, each.new): each.severity for each in changes if each.block == key}
    reached = {made_from: ""}
    layer: list[str | None] = [made_from]
    while layer:
        following: list[str | None] = []
        for place in layer:
            for (old, new), severity in steps.items():
                if old == place and new not in reached:
                    worst = max(reached[place], severity, key=lambda each: WEIGHTS.get(each, -1))
                    reached[new] = worst
                    following.append(new)
        if today in reached:
            return reached[today] or None
        layer = following
    return None


def is_current(changes: Iterable[Change], key: str, made_from: str | None, today: str) -> bool:
    """Return whether readers are shown a block made from the source text ``made_from``.

    So it is when the source says the same today, or only typing errors were mended since.
    """
    return made_from == today or severity_between(changes, key, made_from, today) == "typo"


def accepted_by(front: Mapping[str, object], key: str, digest: str) -> str | None:
    """Return who accepted the words with this digest, None where nobody did.

    ``""`` when nobody is named. What the table says of a block goes before the file's ``reviewed``.
    """
    table = front.get(REVIEWED_BLOCKS)
    said = table.get(key) if isinstance(table, dict) else None
    if said is None:
        whole = front.get("reviewed")
        return (whole if isinstance(whole, str) else "") if whole else None
    found = ACCEPTED.fullmatch(said)
    return (found["who"] or "") if found and found["digest"] == digest else None


def block_accepted_by(document: Document, block: Block) -> str | None:
    """Return who accepted the present words of a translated block, None where nobody did."""
    return accepted_by(document.front, block_key(block), block_digest(block))


def is_reviewed(document: Document) -> bool:
    """Return whether somebody has read every block of a translation as it stands."""
    return bool(document.blocks or document.front.get("reviewed")) and all(
        block_accepted_by(document, block) is not None for block in document.blocks
    )
