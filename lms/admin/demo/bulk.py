"""Writing rows by the thousand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Dialect, insert
from sqlalchemy.types import TypeEngine

from lms.tables import Base, Id, UtcDateTime


def write_rows(connection: Connection, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert ``rows``, each with a value for every column of the table, in one statement.

    In SQLite the values go to the driver column by column: to go through every value of every
    row, as SQLAlchemy does, takes longer than to store them.
    """
    if not rows:
        return
    table: Any = model.__table__
    dialect = connection.dialect
    if dialect.name != "sqlite":
        connection.execute(insert(table), rows)
        return
    names = [column.name for column in table.columns]
    statement = insert(table).compile(dialect=dialect, column_keys=names)
    columns = [
        _as_stored([row[column.name] for row in rows], column.type, dialect)
        for column in table.columns
    ]
    connection.exec_driver_sql(str(statement), list(zip(*columns, strict=True)))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


# How SQLite stores the two types that every row has, without SQLAlchemy's layers around them.
QUICK: Mapping[type[Any], Callable[[Any], Any]] = {
    Id: lambda value: value.bytes,
    UtcDateTime: _moment,
}


def _as_stored(values: list[Any], kind: TypeEngine[Any], dialect: Dialect) -> Sequence[Any]:
    quick = QUICK.get(type(kind))
    if quick is not None:
        return [None if value is None else quick(value) for value in values]
    convert = kind.dialect_impl(dialect).bind_processor(dialect)
    return values if convert is None else list(_each_once(values, convert))


def _each_once(values: list[Any], convert: Callable[[Any], Any]) -> Iterator[Any]:
    """Yield each value converted; the same object is converted once."""
    known: dict[int, Any] = {}
    for value in values:
        key = id(value)
        if key not in known:
            known[key] = convert(value)
        yield known[key]
