"""Long lists: 25 rows a page, filters and order in the address, so that a view can be kept.

A view asks ``Asked.of`` what the address wants, hands it to a query that puts it into SQL, and
gives both to the template, whose macros (``web/macros/listing.html``) draw the pager and the
columns that sort.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from flask import request, url_for

ROWS = 25
LONGEST_FILTER = 100  # characters
LAST_PAGE = 10_000

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a list wants.

    filters     name -> what was typed or chosen, trimmed, without the empty ones.
    sort        the name of a column, from the allow-list.
    descending  whether the order is turned around.
    page        counted from 1.
    """

    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    page: int = 1

    @classmethod
    def of(cls, filters: Collection[str], sorts: Sequence[str]) -> Asked:
        """Read the present request; what is not in the allow-lists is left out.

        sorts  names of columns; the first one is the order when none is asked for.
        """
        said = request.args
        typed = {name: (said.get(name) or "").strip()[:LONGEST_FILTER] for name in filters}
        wanted = said.get("sort", "")
        column = wanted.removeprefix("-")
        if column not in sorts:
            wanted = column = sorts[0]
        page = said.get("page", "1")
        return cls(
            filters={name: text for name, text in typed.items() if text},
            sort=column,
            descending=wanted.startswith("-"),
            page=min(max(int(page), 1), LAST_PAGE) if page.isdecimal() and len(page) < 9 else 1,
        )

    @property
    def offset(self) -> int:
        """How many rows lie on the pages before."""
        return (self.page - 1) * ROWS

    def get(self, name: str) -> str:
        """Return one filter, an empty string where it is not set."""
        return self.filters.get(name, "")


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """One page of a list. ``total`` counts all rows that the filters leave."""

    asked: Asked
    rows: Sequence[Row]
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // ROWS))

    @property
    def first(self) -> int:
        """The number of the first row on this page, 0 where there is none."""
        return self.asked.offset + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The number of the last row on this page."""
        return self.asked.offset + len(self.rows)

    def url(self, **changes: object) -> str:
        """Return the address of the same list with other filters, order or page."""
        order = f"-{self.asked.sort}" if self.asked.descending else self.asked.sort
        query = {**self.asked.filters, "sort": order, **changes}
        return url_for(request.endpoint or "", **{**(request.view_args or {}), **query})

    def sorted_url(self, column: str) -> str:
        """Return the address that sorts by ``column``, the other way round when it does already."""
        turned = column == self.asked.sort and not self.asked.descending
        return self.url(sort=f"-{column}" if turned else column)

    def aria_sort(self, column: str) -> str | None:
        """Return the value of ``aria-sort`` for a column, None where another one sorts."""
        if column != self.asked.sort:
            return None
        return "descending" if self.asked.descending else "ascending"
