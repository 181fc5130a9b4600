"""Whose questions a page is about, who may write them, and where its links lead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import url_for

from lms.authoring.bank.rules import Where
from lms.authoring.drafts.access import Room


@dataclass(frozen=True, slots=True)
class Shelf:
    """The core's banks, or those of a country's own questions, as this request found them.

    settled    whether it is said in which language they have their key; always of the core.
    languages  in which a country writes; nothing for the core.
    """

    room: Room
    at: Where
    settled: bool = True
    languages: Collection[str] = ()

    @property
    def nation(self) -> str:
        """The country; empty for the core."""
        return self.at.nation

    @property
    def source(self) -> str:
        """The language in which the questions have their key."""
        return self.at.source

    @property
    def may_write(self) -> bool:
        """Return whether this person writes these questions."""
        rights = self.room.rights
        return rights.adapts if self.nation else rights.writes_source

    def url(self, name: str, **values: str | None) -> str:
        """Return the address of one of the pages: all, new, one, preview, duplicate, retire."""
        wanted: dict[str, Any] = {"draft_id": self.room.draft.id, **values}
        if self.nation:
            return url_for(f"nation_bank.{name}", nation=self.nation, **wanted)
        return url_for(f"bank.{name}", **wanted)

    def text_url(self, module: str) -> str:
        """Return where a bank is written as a text."""
        path = self.at.path(module)
        return url_for("writing.text", draft_id=self.room.draft.id, path=path)


def core_shelf(here: Room) -> Shelf:
    """Return the core's banks."""
    return Shelf(here, Where(here.draft.source))
