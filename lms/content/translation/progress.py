"""How far a translation is: blocks and words by their state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lms.content.quality.passages import words_in
from lms.content.translation.units import REVIEWED, STALE, TRANSLATED, Unit

# A stale unit whose change nobody has weighed.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of units of one language, of a file or of a whole course.

    stale   severity (``typo``, ``meaning``, ``law``, ``unknown``) -> how many.
    words   of the source; ``words_done`` those of units that readers are shown in this language.
    """

    units: int
    new: int
    translated: int
    reviewed: int
    stale: Mapping[str, int]
    words: int
    words_done: int

    @property
    def done(self) -> int:
        """Units that readers are shown in this language: a mended typing error hides none."""
        return self.translated + self.reviewed + self.stale.get("typo", 0)

    @property
    def open(self) -> int:
        """Units that wait for a translator, typing errors among them."""
        return self.new + sum(self.stale.values())


def progress(units: Iterable[Unit]) -> Progress:
    """Return the counts of some units, for example of one file."""
    states: Counter[str] = Counter()
    stale: Counter[str] = Counter()
    words = done = total = 0
    for unit in units:
        total += 1
        states[unit.state] += 1
        if unit.state == STALE:
            stale[unit.severity or UNKNOWN] += 1
        count = sum(len(words_in(part.text)) for part in unit.parts)
        words += count
        is_shown = unit.state in {TRANSLATED, REVIEWED} or unit.severity == "typo"
        done += count if is_shown else 0
    return Progress(
        total, states["new"], states[TRANSLATED], states[REVIEWED], dict(stale), words, done
    )
