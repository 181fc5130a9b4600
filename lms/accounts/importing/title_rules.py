"""The job titles of a country, and which function of ours each of them is. Pure.

A title is known by its folded form: no case, no marks, letters and digits only, so that
"Prison Officer" and "PRISON-OFFICER" are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from lms.accounts.rules import FUNCTIONS
from lms.kernel.names import folded

LONGEST_TITLE = 100  # characters
MOST_TITLES = 500  # of one list are kept; nobody has as many kinds of work
ROWS_NAMED = 10

_CODES = {folded(code): code for code in FUNCTIONS}


@dataclass(frozen=True, slots=True)
class Title:
    """A job title as a list writes it, and what became of it when the list was tried.

    people    how many rows have it, without those that stand twice.
    rows      the numbers of the first of them.
    function  P1 to P7; empty where nobody has said yet, so that its rows are refused.
    """

    title: str
    people: int
    rows: Sequence[int]
    function: str

    @property
    def key(self) -> str:
        """Its folded form."""
        return title_key(self.title)

    @property
    def name(self) -> str:
        """The name of its field in a form: the same for as long as the title is."""
        return f"title_{sha256(self.key.encode()).hexdigest()[:16]}"


def title_key(title: str) -> str:
    """Return the form under which a title is known; of signs alone it is the title itself."""
    return folded(title) or title


def is_code(cell: str) -> bool:
    """Return whether a cell is P1 to P7 and no title: no list may give that another meaning."""
    return folded(cell) in _CODES


def meanings(
    usual: Mapping[str, str], remembered: Mapping[str, str], chosen: Mapping[str, str]
) -> dict[str, str]:
    """Return what each title means: folded form -> function.

    usual       the words of our own pages.
    remembered  what was chosen for earlier lists.
    chosen      what was chosen for this one; empty for "none of ours".
    """
    said = {**usual, **remembered, **chosen}
    return {key: function for key, function in said.items() if function} | _CODES


def collected(rows: Iterable[tuple[int, str]], functions: Mapping[str, str]) -> list[list[Any]]:
    """Return the titles of the rows of a list as JSON values, the most frequent ones first.

    rows  number and title of each row, in the order of the list.
    """
    found: dict[str, list[Any]] = {}
    for number, title in rows:
        key = title_key(title)
        each = found.setdefault(key, [title, 0, [], functions.get(key, "")])
        each[1] += 1
        if len(each[2]) < ROWS_NAMED:
            each[2].append(number)
    # Those that are none of ours come first: they must not fall off the end.
    return sorted(found.values(), key=lambda each: (each[3] != "", -each[1]))[:MOST_TITLES]


def titles_of(stored: Iterable[Sequence[Any]]) -> list[Title]:
    """Return titles as ``collected`` gave them."""
    return [Title(title, people, rows, function) for title, people, rows, function in stored]
