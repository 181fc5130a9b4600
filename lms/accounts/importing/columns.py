"""Which column of somebody's list is which field of ours, by its header. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lms.accounts.importing import aliases
from lms.kernel.messages import Message, msg
from lms.kernel.names import folded

PEOPLE, PLACES = "people", "places"
KINDS = (PEOPLE, PLACES)
FIELDS: Mapping[str, tuple[str, ...]] = {
    PEOPLE: ("number", "username", *list(aliases.PEOPLE_COLUMNS)[1:]),
    PLACES: tuple(aliases.PLACE_COLUMNS),
}
# Without these a list says nothing.
NEEDED: Mapping[str, str] = {PEOPLE: "number", PLACES: "code"}

# What most lists have.
USUAL = frozenset({"number", "name", "unit", "function", "code", "parent", "kind"})

REASONS: Mapping[str, str] = {
    "contact": msg(
        "Home addresses, telephones and e-mail are not kept here: a list that leaks must lead "
        "nobody to a family."
    ),
    "birth": msg("Birth dates and ages are not kept here: learning does not need them."),
    "national": msg(
        "Numbers of identity cards, passports, insurances and accounts are not kept here: the "
        "service number is enough."
    ),
    "picture": msg("Photos and fingerprints are not kept here: nobody is recognised by them."),
    "belief": msg(
        "Religion, origin and political views are not kept here: they must decide about nobody's "
        "learning."
    ),
    "health": msg("Health and family are not kept here: they are nobody's business at work."),
    "duty": msg(
        "Wings, shifts, weapons and anything about prisoners are not kept here: a list of them is "
        "a danger."
    ),
    "secret": msg(
        "Passwords and roles are never taken from a list; they are given in the program."
    ),
    "elsewhere": msg("Courses and groups are not taken from a list of people."),
    "unknown": msg("Not known here."),
}
# What nobody may choose for a field of ours, either.
NEVER = frozenset(aliases.REFUSED_PARTS) | {"secret"}

_HEADER_ROWS = 20  # of the first rows, one may be the header
_PREFIX = "profilefield"  # Moodle's own fields: profile_field_rank
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_IN_BRACKETS = re.compile(r"^(.*?)\s*\(([^()]*)\)\s*$")


@dataclass(frozen=True, slots=True)
class Understood:
    """What the headers of a list tell.

    fields  field of ours -> number of the column, from 0.
    left    number of each other column -> why it is not taken: a key of ``REASONS``.
    """

    fields: Mapping[str, int] = field(default_factory=dict)
    left: Mapping[int, str] = field(default_factory=dict)

    @property
    def never(self) -> set[int]:
        """The columns that are never taken: none of their cells is kept or shown."""
        return {column for column, why in self.left.items() if why in NEVER}


def understood(header: Sequence[str], kind: str) -> Understood:
    """Return which fields the columns of a header row are, as far as their names tell."""
    left = {column: reason for column, name in enumerate(header) if (reason := _reason(name, kind))}
    found = sorted(
        (not whole, _RANKS[kind][key][1], column, _RANKS[kind][key][0])
        for column, name in enumerate(header)
        if column not in left
        for key, whole in _keys(name)
        if key in _RANKS[kind]
    )
    fields: dict[str, int] = {}
    for _part, _rank, column, name in found:
        if name not in fields and column not in fields.values():
            fields[name] = column
    if kind == PEOPLE:
        _settle_names(fields, header)
        _settle_numbers(fields, header)
    unknown = set(range(len(header))) - set(fields.values()) - set(left)
    return Understood(fields, {**left, **dict.fromkeys(sorted(unknown), "unknown")})


def looked_into(told: Understood, rows: Sequence[Sequence[str]]) -> Understood:
    """Return the same, with columns of mail addresses known by their cells.

    A file without a header would show them otherwise.
    """
    mail = {
        column for row in rows for column, cell in enumerate(row) if _MAIL.fullmatch(cell.strip())
    }
    return Understood(
        {name: column for name, column in told.fields.items() if column not in mail},
        {**told.left, **dict.fromkeys(sorted(mail), "contact")},
    )


def _settle_names(fields: dict[str, int], header: Sequence[str]) -> None:
    """Tell whole names from parts: ``Nom`` beside ``Prénom`` is a family name, alone it is all."""
    if "last" in fields and "first" not in fields:
        if "name" in fields and folded(header[fields["name"]]) in {"name", folded("الاسم")}:
            fields["first"] = fields.pop("name")
        elif "name" not in fields:
            fields["name"] = fields.pop("last")
    if "first" in fields and "last" not in fields and "name" not in fields:
        fields["name"] = fields.pop("first")


def _settle_numbers(fields: dict[str, int], header: Sequence[str]) -> None:
    """Take the names that people sign in with elsewhere for those who have no number in a list."""
    others = (
        column
        for column, name in enumerate(header)
        if column not in fields.values() and any(key == "username" for key, _ in _keys(name))
    )
    if "number" in fields and (column := next(others, None)) is not None:
        fields["username"] = column


def header_row(rows: Sequence[Sequence[str]], kind: str) -> int:
    """Return the place of the header among the first rows, from 0: where most names are known."""

    def known(row: Sequence[str]) -> int:
        told = understood(row, kind)
        return len(told.fields) + sum(reason != "unknown" for reason in told.left.values())

    return max(
        range(min(len(rows), _HEADER_ROWS)), key=lambda at: (known(rows[at]), -at), default=0
    )


def column_name(column: int) -> str:
    """Return how a spreadsheet program calls a column: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def reason(key: str) -> Message:
    """Return why a column is not taken."""
    return Message(REASONS[key])


def _reason(name: str, kind: str) -> str | None:
    """Return why a column is never taken, whatever else its name could mean."""
    keys = [key for key, _ in _keys(name)]
    whole = folded(name)
    if kind != PEOPLE:
        return None
    for told in (_WHOLE, _IGNORED):
        found = next((told[key] for key in keys if key in told), None)
        if found:
            return found
    return next((why for part, why in _PARTS if part in whole), None)


def _keys(name: str) -> Iterator[tuple[str, bool]]:
    """Yield the forms under which a header may be known, and whether it is the whole header.

    ``Username (USERNAME)`` is known by either part, ``course12`` as ``course``.
    """
    whole = folded(name)
    if not whole:
        return
    yield whole, True
    match = _IN_BRACKETS.match(name)
    parts = [folded(part) for part in match.groups()] if match else []
    parts += [part.rstrip("0123456789") for part in (whole, *parts)]
    parts += [part.removeprefix(_PREFIX) for part in (whole, *parts) if part.startswith(_PREFIX)]
    yield from ((part, False) for part in parts if part and part != whole)


_RANKS = {
    kind: {
        folded(name): (of, rank)
        for of, names in table.items()
        for rank, name in reversed(list(enumerate(names)))
    }
    for kind, table in ((PEOPLE, aliases.PEOPLE_COLUMNS), (PLACES, aliases.PLACE_COLUMNS))
}
_PARTS = [(folded(part), why) for why, parts in aliases.REFUSED_PARTS.items() for part in parts]
_WHOLE = {folded(name): why for why, names in aliases.REFUSED_WHOLE.items() for name in names}
_IGNORED = {folded(name): why for why, names in aliases.IGNORED.items() for name in names}
