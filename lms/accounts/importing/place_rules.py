"""What a list of places would do, row by row. Pure: the whole list is decided together.

A place may stand below one that the same list brings, wherever in the file that is.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from lms.accounts.importing.listed import folded_code
from lms.accounts.importing.rules import CHANGED, DUPLICATE, NEW, REFUSED, SAME, Decision, twice
from lms.accounts.importing.vocabulary import Vocabulary
from lms.accounts.rules import CHILD_KINDS, UNIT_KINDS, administers
from lms.accounts.words import UNIT_KIND_WORDS
from lms.kernel.errors import LmsError
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.names import folded
from lms.kernel.viewer import Viewer

MOST_PLACES = 2_000
LONGEST_CODE = 30
_CODE = re.compile(r"[\w./-]+")


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A unit of the register."""

    id: UUID
    code: str
    kind: str
    path: str
    parent: str | None
    names: Mapping[str, str]
    closed: bool


@dataclass(frozen=True, slots=True)
class ListedPlace:
    """What a row says; names by language. An empty parent or kind is found out where it can be."""

    code: str
    parent: str
    kind: str
    names: Mapping[str, str]
    refusals: tuple[Message, ...] = ()

    def facts(self) -> dict[str, Any]:
        """Return what is kept of the row. ``level`` orders the rows: a place after those above."""
        level = UNIT_KINDS.index(self.kind) if self.kind in UNIT_KINDS else len(UNIT_KINDS)
        return {
            "code": self.code,
            "parent": self.parent,
            "kind": self.kind,
            "names": dict(self.names),
            "level": level,
        }


def read_place(cells: Sequence[str], fields: Mapping[str, int], words: Vocabulary) -> ListedPlace:
    """Return what a row says. fields: field of ours -> number of its column, from 0."""

    def plain(name: str) -> str:
        column = fields.get(name, len(cells))
        cell = cells[column] if column < len(cells) else ""
        return " ".join("".join(c for c in cell if unicodedata.category(c) != "Cf").split())

    refusals = []
    code, typed_kind = plain("code"), plain("kind")
    if not _CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        said = msg(
            "A code has letters, digits and - . / only, no spaces and at most %(count)s of them."
        )
        refusals.append(Message(said, {"count": LONGEST_CODE}))
    kind = words.kinds.get(folded(typed_kind), "")
    if typed_kind and not kind:
        said = msg("“%(word)s” is no kind of place here. Write country, region or facility.")
        refusals.append(Message(said, {"word": typed_kind}))
    names = {name.removeprefix("name_"): plain(name) for name in fields if name.startswith("name_")}
    for name in filter(None, names.values()):
        try:
            Line.of(name)
        except LmsError as refused:
            refusals.append(refused.message)
    return ListedPlace(
        code,
        plain("parent"),
        kind,
        {of: name for of, name in names.items() if name},
        tuple(refusals),
    )


def decide(
    listed: Sequence[tuple[int, ListedPlace]], known: Sequence[KnownPlace], viewer: Viewer
) -> dict[int, tuple[ListedPlace, Decision]]:
    """Return, by the number of each row, what it would do, with parent and kind found out."""
    return _Tree(listed, known, viewer).decided()


class _Tree:
    """The register and the list over it, by folded code."""

    def __init__(
        self,
        listed: Sequence[tuple[int, ListedPlace]],
        known: Sequence[KnownPlace],
        viewer: Viewer,
    ) -> None:
        self._viewer = viewer
        self._listed = listed
        self._known = {folded_code(each.code): each for each in known}
        countries = [code for code, each in self._known.items() if each.parent is None] or [
            folded_code(row.code) for _, row in listed if row.kind == UNIT_KINDS[0]
        ]
        self._country = countries[0] if len(countries) == 1 else ""
        self._first = {folded_code(row.code): number for number, row in reversed(listed)}
        self._made: dict[int, tuple[ListedPlace, Decision]] = {}

    def decided(self) -> dict[int, tuple[ListedPlace, Decision]]:
        below: dict[int, list[tuple[int, ListedPlace]]] = {}
        waiting = deque[tuple[int, ListedPlace]]()
        for number, row in self._listed:
            above = self._first.get(self._parent(row))
            if above is None or self._parent(row) in self._known:
                waiting.append((number, row))
            else:
                below.setdefault(above, []).append((number, row))
        while waiting:
            number, row = waiting.popleft()
            self._made[number] = self._decide(number, row)
            waiting.extend(below.pop(number, ()))
        for number, row in self._listed:
            itself = msg("This place would stand below itself.")
            self._made.setdefault(number, (row, _refused(itself)))
        return self._made

    def _parent(self, row: ListedPlace) -> str:
        """Return the folded code of the place above; of the country where the row names none."""
        above = folded_code(row.parent) or self._country
        return "" if above == folded_code(row.code) and row.kind == UNIT_KINDS[0] else above

    def _decide(self, number: int, row: ListedPlace) -> tuple[ListedPlace, Decision]:
        first = self._first[folded_code(row.code)]
        if row.refusals:
            return row, Decision(REFUSED, row.refusals)
        if first != number:
            return row, Decision(DUPLICATE, (twice(first),))
        unit = self._known.get(folded_code(row.code))
        if unit is not None:
            there = replace(row, code=unit.code, kind=unit.kind, parent=unit.parent or "")
            return there, self._there(row, unit)
        return self._new(row)

    def _there(self, row: ListedPlace, unit: KnownPlace) -> Decision:
        if not administers(self._viewer, unit.path):
            return _refused(msg("A place with this code is there, and you do not administer it."))
        if unit.closed:
            return _refused(msg("This place is closed. A list does not open it again."))
        if row.kind and row.kind != unit.kind:
            return _refused(msg("This place is of another kind. A list does not change that."))
        if row.parent and folded_code(row.parent) != folded_code(unit.parent or ""):
            said = msg("This place stands below %(code)s. A list does not move places.")
            return _refused(said, code=unit.parent or "–")
        changes: dict[str, list[str | None]] = {
            f"name_{language}": [unit.names.get(language), name]
            for language, name in row.names.items()
            if unit.names.get(language) != name
        }
        return Decision(CHANGED if changes else SAME, (), changes)

    def _new(self, row: ListedPlace) -> tuple[ListedPlace, Decision]:
        if not row.names:
            return row, _refused(msg("Write the name in at least one language."))
        alone = row.kind == UNIT_KINDS[0]
        if alone and not row.parent and administers(self._viewer, "/") and not self._known:
            return row, Decision(NEW)
        parent, kind = self._above(row)
        if parent is None:
            said = msg("There is no open place “%(place)s” in your part of the service.")
            return row, _refused(said, place=row.parent or "–")
        child = CHILD_KINDS.get(kind or "")
        if child is None or row.kind not in {"", child}:
            said = msg(
                "Below a %(above)s stands a %(child)s. Choose another place or another kind."
            )
            return row, _refused(said, above=_word(kind), child=_word(child))
        return replace(row, parent=parent, kind=child), Decision(NEW)

    def _above(self, row: ListedPlace) -> tuple[str | None, str | None]:
        """Return code and kind of the place above, None where the viewer has no such place."""
        wanted = self._parent(row)
        unit = self._known.get(wanted)
        if unit is not None:
            fits = not unit.closed and administers(self._viewer, unit.path)
            return (unit.code, unit.kind) if fits else (None, None)
        above, decision = self._made.get(self._first.get(wanted, -1), (row, Decision(REFUSED)))
        return (above.code, above.kind) if decision.verdict == NEW else (None, None)


def _word(kind: str | None) -> Message | str:
    return Message(UNIT_KIND_WORDS[kind]) if kind else "–"


def _refused(sentence: str, **values: object) -> Decision:
    return Decision(REFUSED, (Message(sentence, values),))
