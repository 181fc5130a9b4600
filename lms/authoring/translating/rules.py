"""What a translator is shown of a file, and how the counts of files are added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lms.content.model import Change, CourseFacts
from lms.content.standing import severity_between
from lms.content.translation.units import NEW, REVIEWED, STALE, TRANSLATED, Unit

# What the address of a page may ask for, and the states that it then shows.
FILTERS: Mapping[str, frozenset[str]] = {
    "all": frozenset({NEW, TRANSLATED, REVIEWED, STALE}),
    "new": frozenset({NEW}),
    "stale": frozenset({STALE}),
    "unread": frozenset({TRANSLATED}),
}
OPEN = frozenset({NEW, STALE})
# A page holds so many characters of text: two languages of a long lesson, or 20 questions.
PAGE = 40_000
# A stale block whose change nobody has weighed.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Share:
    """Blocks of one language by their state, of a file or of a whole course.

    stale      severity (``typo``, ``meaning``, ``law``, ``unknown``) -> how many.
    words      of the source; ``words_left`` those of blocks that are new or stale.
    uncounted  files that are not counted yet.
    """

    units: int = 0
    new: int = 0
    translated: int = 0
    reviewed: int = 0
    stale: Mapping[str, int] = field(default_factory=dict)
    words: int = 0
    words_left: int = 0
    uncounted: int = 0

    @property
    def old(self) -> int:
        """All stale blocks."""
        return sum(self.stale.values())

    @property
    def open(self) -> int:
        """Blocks that wait for a translator."""
        return self.new + self.old

    def percent(self, count: int) -> int:
        """Return the share of a count among all blocks, rounded down: 100 means all."""
        return 100 * count // self.units if self.units else 0


def names_of(facts: CourseFacts) -> tuple[str, ...]:
    """Return the text files that a course may have, without language and ending, in order."""
    banks = (f"bank/{module.code}" for module in facts.modules)
    return ("course", *facts.codes(), "glossary", *banks)


def counted(units: Sequence[Unit]) -> dict[str, Any]:
    """Return the counts of one file as plain JSON.

    A stale block is listed with the two digests that tell how heavy its change was: an entry that
    is added to ``changes.toml`` later needs no new count.
    """
    from lms.content.translation.progress import progress  # loads Markdown

    states = Counter(unit.state for unit in units)
    left = progress(unit for unit in units if unit.state in OPEN)
    return {
        "units": len(units),
        "new": states[NEW],
        "translated": states[TRANSLATED],
        "reviewed": states[REVIEWED],
        "words": progress(units).words,
        "words_left": left.words,
        "stale": [[each.key, each.made_from, each.digest] for each in units if each.state == STALE],
    }


def summed(
    counts: Iterable[Mapping[str, Any] | None], changes: Mapping[str, Sequence[Change]]
) -> Share:
    """Return the sum of some files; None for one that is not counted yet.

    changes  the entries of ``changes.toml`` by the key of their block.
    """
    total: Counter[str] = Counter()
    stale: Counter[str] = Counter()
    for each in counts:
        if each is None:
            total["uncounted"] += 1
            continue
        for name in ("units", "new", "translated", "reviewed", "words", "words_left"):
            total[name] += each[name]
        for key, made_from, digest in each["stale"]:
            stale[severity_between(changes.get(key, ()), key, made_from, digest) or UNKNOWN] += 1
    return Share(**total, stale=dict(stale))


def is_open(counts: Mapping[str, Any]) -> bool:
    """Return whether a file has a block that is new or stale."""
    return bool(counts["new"] or counts["stale"])


def chosen(units: Sequence[Unit], show: str, at: str) -> list[Unit]:
    """Return the units that a filter shows; ``at`` is shown whatever its state is by now."""
    return [unit for unit in units if unit.state in FILTERS[show] or unit.key == at]


def portions(units: Sequence[Unit]) -> list[list[Unit]]:
    """Return the units as pages; each page has at least one unit."""
    found: list[list[Unit]] = [[]]
    size = 0
    for unit in units:
        weight = sum(
            len(part.text) + len(unit.texts.get(part.key, "")) + 200 for part in unit.parts
        )
        if found[-1] and size + weight > PAGE:
            found.append([])
            size = 0
        found[-1].append(unit)
        size += weight
    return found


def next_open(units: Sequence[Unit], after: str) -> Unit | None:
    """Return the next unit that waits for a translator, from the top again at the end.

    after  key of the unit before it, itself asked last and never returned; "" for the first one.
    """
    keys = [unit.key for unit in units]
    start = keys.index(after) + 1 if after in keys else 0
    turned = (*units[start:], *units[: max(start - 1, 0)])
    return next((unit for unit in turned if unit.state in OPEN), None)
