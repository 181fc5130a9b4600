"""The one place that knows which database searches: FTS5 in SQLite, tsvector in PostgreSQL.

Both compare the words that ``rules.folded`` made, as they are. In SQLite the two columns of
``search_entry`` are text and an FTS5 table holds their index; in PostgreSQL they are tsvectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Float,
    Integer,
    Text,
    cast,
    column,
    func,
    literal,
    table,
    text,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import FromClause
from sqlalchemy.types import TypeDecorator, TypeEngine

from lms.catalogue.search.rules import Term
from lms.tables import INDEX_TABLES as INDEX  # the virtual table; the names of its own begin so

# How much more a word counts in a heading than in the text.
HEADING = 5.0

MAKE_INDEX = {
    "sqlite": f"CREATE VIRTUAL TABLE {INDEX} USING fts5(heading_words, words, "
    "content='search_entry', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
    "postgresql": f"CREATE INDEX {INDEX} ON search_entry USING gin (words)",
}
# PostgreSQL's goes with its table.
DROP_INDEX = f"DROP TABLE IF EXISTS {INDEX}"
LAST_PLACE = 16_383  # that a tsvector knows


def _postgresql(name: str) -> TypeEngine[Any]:
    # Loaded where it is used: SQLite needs none of it, and it is large.
    found: TypeEngine[Any] = getattr(import_module("sqlalchemy.dialects.postgresql"), name)()
    return found


class Words(TypeDecorator[str]):
    """Folded words: text in SQLite, ``tsvector`` in PostgreSQL. Written, never read."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of this database."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(_postgresql("TSVECTOR"))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Turn folded words into what the column takes: in PostgreSQL each with its place."""
        if value is None or dialect.name != "postgresql":
            return value
        return " ".join(
            f"{word}:{min(place, LAST_PLACE)}" for place, word in enumerate(value.split(), 1)
        )


# The entries of one course or of one document, by the column that names it.
OF_COURSE, OF_DOCUMENT = "course_id", "document_id"
_ADD = {
    OF_COURSE: text(
        "INSERT INTO search_index(rowid, heading_words, words) "
        "SELECT id, heading_words, words FROM search_entry WHERE course_id = :owner"
    ),
    OF_DOCUMENT: text(
        "INSERT INTO search_index(rowid, heading_words, words) "
        "SELECT id, heading_words, words FROM search_entry WHERE document_id = :owner"
    ),
}
_TAKE_OUT = {
    OF_COURSE: text(
        "INSERT INTO search_index(search_index, rowid, heading_words, words) SELECT 'delete', "
        "id, heading_words, words FROM search_entry WHERE course_id = :owner"
    ),
    OF_DOCUMENT: text(
        "INSERT INTO search_index(search_index, rowid, heading_words, words) SELECT 'delete', "
        "id, heading_words, words FROM search_entry WHERE document_id = :owner"
    ),
}


def add(session: Session, owner: str, key: object) -> None:
    """Let the entries of a course or document, which are in the table, be found.

    owner  ``OF_COURSE`` or ``OF_DOCUMENT``; key: the value of that column as it is stored.
    """
    if not _is_postgresql(session):
        session.execute(_ADD[owner], {"owner": key})


def take_out(session: Session, owner: str, key: object) -> None:
    """Let them be found no more; call it while they are still in the table."""
    if not _is_postgresql(session):
        session.execute(_TAKE_OUT[owner], {"owner": key})


def matching(
    session: Session,
    entry: Any,  # noqa: ANN401 -- the class of the rows
    wanted: Sequence[Term],
) -> tuple[FromClause | None, ColumnElement[bool], ColumnElement[float]]:
    """Return (a table to join or None, the condition, the rank: the smaller the better).

    wanted  at least one; all of them must be in an entry. Side by side they count more.
    """
    if _is_postgresql(session):
        # Neither side goes through PostgreSQL's own idea of what a word is.
        query = cast(literal(_tsquery(wanted)), _postgresql("TSQUERY"))
        rank = func.ts_rank(entry.words, query) + HEADING * func.ts_rank(entry.heading_words, query)
        return None, entry.words.op("@@")(query), cast(-rank, Float)
    index = table(INDEX, column("rowid", Integer), column(INDEX, Text))
    condition = index.c[INDEX].op("MATCH")(literal(_fts5(wanted)))
    rank = func.bm25(text(INDEX), HEADING, 1.0, type_=Float)
    return index, condition, rank


def _fts5(wanted: Sequence[Term]) -> str:
    # Folded words are letters and digits alone: nothing in them is a sign of the query language.
    all_of = " AND ".join(
        f'"{each.word}"' if each.start is None else f'"{each.start}"*' for each in wanted
    )
    beside = " + ".join(f'"{each.word}"' for each in wanted)
    return f"({all_of}) OR ({beside})" if len(wanted) > 1 else all_of


def _tsquery(wanted: Sequence[Term]) -> str:
    all_of = " & ".join(each.word if each.start is None else f"{each.start}:*" for each in wanted)
    beside = " <-> ".join(each.word for each in wanted)
    return f"({all_of}) | ({beside})" if len(wanted) > 1 else all_of


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
