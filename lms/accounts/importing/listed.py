"""What a row of a list of people says, in our words. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lms.accounts.importing.title_rules import LONGEST_TITLE, is_code, title_key
from lms.accounts.importing.vocabulary import Vocabulary, is_unsaid
from lms.accounts.rules import LONGEST_NUMBER, folded_service_number
from lms.kernel.errors import LmsError
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.names import LATIN, PersonName, folded


@dataclass(frozen=True, slots=True)
class Place:
    """An open place where the viewer administers."""

    id: UUID
    code: str
    path: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What a row says. None and empty text say nothing: what is known then stays.

    place    id of the place, where ``unit`` names one that the viewer administers.
    title    how the list names the function, where it is not one of our codes.
    notes    what was left out of the row; refusals: why it cannot be taken.
    """

    number: str
    name: str = ""
    name_latin: str = ""
    language: str = ""
    unit: str = ""
    place: str = ""
    function: str = ""
    rank: str = ""
    sex: str = ""
    active: bool | None = None
    title: str = ""
    notes: tuple[Message, ...] = ()
    refusals: tuple[Message, ...] = ()

    @property
    def folded_number(self) -> str:
        """The form under which numbers are compared."""
        return folded_service_number(self.number)

    def facts(self) -> dict[str, Any]:
        """Return what is kept of the row: JSON values, without what is not said."""
        said = {name: getattr(self, name) for name in _FACTS}
        return {name: value for name, value in said.items() if value not in ("", None)}

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Listed:
        """Return a row as ``facts`` kept it."""
        return cls(**{name: facts[name] for name in _FACTS if name in facts} or {"number": ""})


_FACTS = ("number", "name", "name_latin", "language", "unit", "place", "function", "title", "rank",
          "sex", "active")  # fmt: skip


class Places:
    """The open places where the viewer administers, by code and by name in any language."""

    def __init__(self, rows: Sequence[tuple[UUID, str, str, Mapping[str, str]]]) -> None:
        """Take rows of id, code, path, names."""
        self._exactly = {code: Place(id_, code, path) for id_, code, path, _ in rows}
        self._by_id = {str(place.id): place for place in self._exactly.values()}
        self._by_code = {folded_code(code): place for code, place in self._exactly.items()}
        self._by_name: dict[str, set[str]] = {}
        for _, code, _, names in rows:
            for name in names.values():
                self._by_name.setdefault(folded(name), set()).add(code)

    def of_id(self, place_id: str) -> Place | None:
        """Return the place with this id, None for one that is closed by now or none of theirs."""
        return self._by_id.get(place_id)

    def find(self, typed: str) -> Place | None:
        """Return the place of a code, or of a name that no other place has; None for neither."""
        found = self._exactly.get(typed) or self._by_code.get(folded_code(typed))
        named = self._by_name.get(folded(typed), set())
        if found is None and len(named) == 1:
            found = self._exactly[next(iter(named))]
        return found


def folded_code(code: str) -> str:
    """Return the form under which codes of places are compared: one case, each digit one digit.

    Dashes count, unlike in names: codes may be opaque, and 1-2 is not 12.
    """
    return unicodedata.normalize("NFKC", code).casefold()


def read_person(
    cells: Sequence[str],
    fields: Mapping[str, int],
    places: Places,
    words: Vocabulary,
    usual_unit: str = "",
) -> Listed:
    """Return what a row says.

    fields      field of ours -> number of its column, from 0.
    usual_unit  code of the place of those whose row names none.
    """
    row = _Row(cells, fields)
    name, latin = row.name(), row.checked_name(row.plain("name_latin"), {LATIN})
    unit = row.plain("unit") or usual_unit
    place = places.find(unit) if unit else None
    if unit and place is None:
        row.refuse(
            msg("There is no open place “%(place)s” in your part of the service."), place=unit
        )
    number = row.line(row.plain("number") or row.plain("username"), LONGEST_NUMBER)
    if not folded_service_number(number):
        row.refuse(msg("There is no service number in this row."))
    title = row.plain("function")[:LONGEST_TITLE].strip()
    function = words.functions.get(title_key(title), "") if title else ""
    if title and not function:
        row.refuse(
            msg("The function “%(word)s” is none of ours. Write P1 to P7, or leave it empty."),
            word=title,
        )
    return Listed(
        number=number,
        name=name,
        name_latin=latin,
        language=row.one_of("language", words.languages),
        unit=place.code if place else "",
        place=str(place.id) if place else "",
        function=function,
        title="" if is_code(title) else title,
        rank=row.one_of("rank", words.ranks),
        sex=row.one_of("sex", words.sexes),
        active=row.active(words.yes_no),
        notes=tuple(row.notes),
        refusals=tuple(row.refusals),
    )


class _Row:
    """The cells of a row by our fields, and what is to be said about them."""

    def __init__(self, cells: Sequence[str], fields: Mapping[str, int]) -> None:
        self._cells, self._fields = cells, fields
        self.notes: list[Message] = []
        self.refusals: list[Message] = []

    def refuse(self, sentence: str, **values: object) -> None:
        self.refusals.append(Message(sentence, values))

    def plain(self, name: str) -> str:
        """Return a cell on one line, without the signs that nobody sees; empty without a column."""
        column = self._fields.get(name)
        if column is None or column >= len(self._cells):
            return ""
        cell = self._cells[column]
        if not cell.isascii():
            cell = "".join(char for char in cell if unicodedata.category(char) != "Cf")
        return " ".join(cell.split())

    def name(self) -> str:
        """Return the whole name: family name first only where a patronymic follows."""
        first, middle, last = self.plain("first"), self.plain("middle"), self.plain("last")
        parts = (last, first, middle) if middle else (first, last)
        return self.checked_name(self.plain("name") or " ".join(part for part in parts if part))

    def checked_name(self, typed: str, scripts: set[str] | None = None) -> str:
        if not typed:
            return ""
        try:
            return (PersonName.of(typed, scripts) if scripts else PersonName.of(typed)).text
        except LmsError as refused:
            self.refusals.append(refused.message)
            return ""

    def line(self, typed: str, longest: int) -> str:
        try:
            return Line.of(typed, longest).text if typed else ""
        except LmsError as refused:
            self.refusals.append(refused.message)
            return typed[:longest]

    def one_of(self, name: str, known: Mapping[str, str]) -> str:
        """Return the code for a word; an unknown one is left out, and the row says so."""
        cell = self.plain(name)
        found = known.get(folded(cell), "")
        if not found and not is_unsaid(cell):
            self.notes.append(
                Message(msg("“%(word)s” is not known here and is left out."), {"word": cell})
            )
        return found

    def active(self, yes_no: Mapping[str, str]) -> bool | None:
        """Return whether the row says that somebody may sign in; None where it says nothing."""
        left = self.one_of("left", yes_no)
        if left == "yes":
            return False
        active = self.one_of("active", yes_no)
        return active == "yes" if active else None
