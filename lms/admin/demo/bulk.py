"""Writing rows by the thousand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Dialect, insert
from sqlalchemy.types import TypeEngine

from lms.tables import Base, Id, UtcDateTime


def write_rows(connection: Connection, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert ``rows``, each with a value for every column of the table, in one statement."""
    if rows:
        write_columns(connection, model, {name: [row[name] for row in rows] for name in rows[0]})


def write_columns(
    connection: Connection, model: type[Base], values: Mapping[str, Sequence[Any]]
) -> None:
    """Insert rows that come as columns: all of the table's, of equal length, not empty.

    In SQLite they go to the driver as they are stored: to go through every value of every row, as
    SQLAlchemy does, takes longer than to store them.
    """
    table: Any = model.__table__
    dialect = connection.dialect
    if dialect.name != "sqlite":
        rows = zip(*values.values(), strict=True)
        connection.execute(insert(table), [dict(zip(values, row, strict=True)) for row in rows])
        return
    names = [column.name for column in table.columns]
    statement = insert(table).compile(dialect=dialect, column_keys=names)
    stored = [_as_stored(values[each.name], each.type, dialect) for each in table.columns]
    connection.exec_driver_sql(str(statement), list(zip(*stored, strict=True)))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


# How SQLite stores the two types that every row has, without SQLAlchemy's layers around them.
QUICK: Mapping[type[Any], Callable[[Any], Any]] = {
    Id: lambda value: value.bytes,
    UtcDateTime: _moment,
}


def _as_stored(values: Sequence[Any], kind: TypeEngine[Any], dialect: Dialect) -> Sequence[Any]:
    quick = QUICK.get(type(kind))
    if quick is not None:
        return [None if value is None else quick(value) for value in values]
    convert = kind.dialect_impl(dialect).bind_processor(dialect)
    return values if convert is None else list(_each_once(values, convert))


def _each_once(values: Sequence[Any], convert: Callable[[Any], Any]) -> Iterator[Any]:
    """Yield each value converted; the same object is converted once."""
    known: dict[int, Any] = {}
    for value in values:
        key = id(value)
        if key not in known:
            known[key] = convert(value)
        yield known[key]
