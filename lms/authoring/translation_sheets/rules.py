"""What a filled sheet of texts changes. Pure: values in, values out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms.content.model import CourseFacts
from lms.content.translation.units import Unit

ABOUT = "about"
MOST_BLOCKS = 400  # of one sheet: the form that confirms it has a field for each


@dataclass(frozen=True, slots=True)
class Change:
    """One block that a sheet changes, as the form of the second step carries it.

    unit    ``Unit.id``. source, seen  digests of the source text and of the translation.
    """

    unit: str
    source: str
    seen: str
    texts: Mapping[str, str]

    @property
    def name(self) -> str:
        """The file without language and ending."""
        return self.unit.partition("#")[0]

    @property
    def key(self) -> str:
        """The key of the block in its file."""
        return self.unit.partition("#")[2]

    def packed(self) -> str:
        """Return it as one field of a form."""
        return json.dumps([self.unit, self.source, self.seen, dict(self.texts)], ensure_ascii=False)


def unpacked(field: str) -> Change | None:
    """Return what ``Change.packed`` made; None for anything else."""
    try:
        unit, source, seen, texts = json.loads(field)
    except (ValueError, TypeError, RecursionError):
        return None
    plain = isinstance(texts, dict) and all(isinstance(each, str) for each in texts.values())
    if not plain or not all(isinstance(each, str) for each in (unit, source, seen)):
        return None
    return Change(unit, source, seen, texts) if unit.partition("#")[2] else None


def parts_of(facts: CourseFacts) -> dict[str, tuple[str, ...]]:
    """Return the parts of a course that make one sheet each: about it, then each module."""
    found: dict[str, tuple[str, ...]] = {ABOUT: ("course", "glossary")}
    for module in facts.modules:
        lessons = (lesson.code for lesson in module.lessons)
        found[module.code] = (*lessons, f"bank/{module.code}")
    return found


def is_outdated(rows: Iterable[Mapping[str, str]], unit: Unit) -> bool:
    """Return whether somebody has translated a block since its sheet was made."""
    states = {row.get("state", "").strip() for row in rows if row.get("key", "").strip() == unit.id}
    return bool(states) and unit.state not in states


def names_in(rows: Sequence[Mapping[str, str]], known: Sequence[str]) -> list[str]:
    """Return the files that a sheet has a translation for, in the order of the course."""
    named = {
        row.get("key", "").partition("#")[0].strip()
        for row in rows
        if row.get("translation", "").strip()
    }
    return [name for name in known if name in named]


def by_file(changes: Iterable[Change]) -> Iterator[tuple[str, list[Change]]]:
    """Yield the files that are changed, each with its blocks."""
    found: dict[str, list[Change]] = {}
    for each in changes:
        found.setdefault(each.name, []).append(each)
    yield from found.items()
