"""What all tables share: the base class, names of constraints, column types."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    Delete,
    Dialect,
    FromClause,
    LargeBinary,
    MetaData,
    Row,
    Select,
    Table,
    Update,
    Uuid,
    event,
    inspect,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator, TypeEngine

# A row of some columns, and the statement that gives such rows, where naming each type tells
# nothing that the query beside it does not.
AnyRow: TypeAlias = Row[*tuple[Any, ...]]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]


def add_unless_there(
    session: Session, table: type[DeclarativeBase], values: Mapping[str, Any]
) -> bool:
    """Add a row unless its key is taken; return whether it was added. Two at once make one row.

    The new row is asked for, not counted: psycopg does not count what ON CONFLICT passed over.
    """
    # Loading the other one takes 20 ms of the server's start.
    dialect = import_module(f"sqlalchemy.dialects.{session.get_bind().dialect.name}")
    key = inspect(table).primary_key[0]
    added = dialect.insert(table).values(**values).on_conflict_do_nothing().returning(key)
    return session.scalar(added) is not None


def add_all_unless_there(
    session: Session, table: type[DeclarativeBase], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Add rows, but for those whose key is taken: hundreds of them in the time of a few."""
    if rows:
        dialect = import_module(f"sqlalchemy.dialects.{session.get_bind().dialect.name}")
        session.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def deleted(session: Session, statement: Delete) -> int:
    """Carry out a deletion and return how many rows are gone."""
    return _rows_touched(session, statement)


def changed(session: Session, statement: Update) -> int:
    """Carry out an update and return how many rows it found to change."""
    return _rows_touched(session, statement)


def _rows_touched(session: Session, statement: Delete | Update) -> int:
    # Such a statement gives a cursor's result, which counts; ``execute`` is not typed to say so.
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, always UTC. A naive one is a programming error and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn ``value`` into what the driver stores: naive UTC in SQLite, aware elsewhere."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without time zone: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored moment as an aware UTC one."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Id(TypeDecorator[UUID]):
    """A UUID: 16 bytes in SQLite (a third smaller than text), ``uuid`` in PostgreSQL."""

    impl = LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of this database."""
        native = dialect.name == "postgresql"
        return dialect.type_descriptor(Uuid() if native else LargeBinary(16))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> UUID | bytes | None:
        """Turn a UUID into what the driver stores."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:  # noqa: ANN401 -- the driver gives UUID or bytes
        """Return the stored bytes as a UUID."""
        if value is None or isinstance(value, UUID):
            return value
        return UUID(bytes=bytes(value))


class Base(DeclarativeBase):
    """The base of every table. Constraints have names, since batch migration needs them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 -- SQLAlchemy reads this attribute of the class
        datetime: UtcDateTime,
        UUID: Id,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        dict[str, str]: JSON,
        list[str]: JSON,
    }


# What a database keeps for searching has a name that begins so: no rows in it are ours.
INDEX_TABLES = "search_index"


def columns_naming(table: str, apart_from: Collection[str] = ()) -> list[Column[Any]]:
    """Return the columns of all tables that refer to the rows of ``table``, by its name.

    For what must know whether anything refers to a row, also tables of features above it.
    """
    return [
        column
        for each in Base.metadata.sorted_tables
        if each.name not in apart_from
        for column in each.c
        if any(key.column.table.name == table for key in column.foreign_keys)
    ]


def is_indexed(column: Column[Any]) -> bool:
    """Return whether looking for a value of this column reads no whole table."""
    table = column.table
    if not isinstance(table, Table):
        return False
    ordered = [table.primary_key.columns, *(index.columns for index in table.indexes)]
    return any(next(iter(columns)) is column for columns in ordered)


def unique_while_open(table: FromClause, index_name: str) -> None:
    """Let an index of ``table`` count only rows that are open, on PostgreSQL as on SQLite.

    The declaration names the condition for SQLite. Naming ``postgresql_where`` there, too, loads
    that dialect wherever the model is read: 2.3 MiB (PSS) in each server on SQLite. The migrations
    name both conditions.
    """

    def before(made: Table, connection: Connection, **_: object) -> None:
        if connection.dialect.name == "postgresql":
            for index in made.indexes:
                if index.name == index_name:
                    index.dialect_options["postgresql"]["where"] = text("closed_at IS NULL")

    event.listen(table, "before_create", before)
