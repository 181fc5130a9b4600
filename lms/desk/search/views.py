"""Searching lessons, explained words and the library: one form, its address keeps the query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.catalogue.search import rules
from lms.catalogue.search.rules import Piece, Term
from lms.db import reading
from lms.desk.search import queries
from lms.tables import AnyRow
from lms.web.language import IN_LANGUAGE, current
from lms.web.listing import Asked
from lms.web.pages import viewer
from lms.web.permissions import LEARN, permission

bp = Blueprint("search", __name__, url_prefix=IN_LANGUAGE)


@dataclass(frozen=True, slots=True)
class Hit:
    """A place as the page shows it.

    row    as ``queries.found`` returns it.
    opens  whether the link leads to the place itself, not to the page of a course that this
           person has not begun.
    """

    row: AnyRow
    url: str
    opens: bool
    pieces: tuple[Piece, ...]

    def said_in(self, part: str) -> str | None:
        """Return the language of a title: of the ``course`` or of the lesson."""
        found: dict[str, Any] = self.row.titles_in or {}
        return found.get(part)


@bp.get("/search")
@permission(LEARN)
def show() -> ResponseReturnValue:
    """Show the form and, where something was asked for, what was found."""
    asked = Asked.of(("q",), ("",))
    query, page = asked.get("q"), min(asked.page, queries.LAST_PAGE)
    wanted = rules.terms(query)
    rows: list[AnyRow] = []
    more = False
    if wanted:
        rows, more = queries.found(reading(), viewer(), current().code, wanted, page=page)
    return render_template(
        "search/show.html",
        query=query,
        wanted=wanted,
        page=page,
        more=more,
        hits=[_hit(row, wanted) for row in rows],
        longest=rules.LONGEST_QUERY,
    )


def _hit(row: AnyRow, wanted: tuple[Term, ...]) -> Hit:
    opens = True
    if row.kind == "document":
        url = url_for("library.document", document=row.document)
    elif row.course_kind == "handbook" or (row.begun_at is not None and row.is_theirs):
        url = url_for("learning.lesson", slug=row.slug, code=row.lesson, _anchor=row.block)
    else:
        url, opens = url_for("desk.course", slug=row.slug), False
    return Hit(row, url, opens, rules.snippet(row.text, wanted) if row.text else ())
