"""The schema of the database: which version it has, and bringing it to the version of this code.

Alembic is imported only here and only when asked: the web process never loads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect, select, text

from lms.installation import Site
from lms.kernel.messages import Message, msg
from lms.tables import INDEX_TABLES

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"


class SchemaError(Exception):
    """The schema could not be changed; the database is as it was."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database says of itself at one moment.

    revision  of its schema, None for an empty database.
    site      the identity of the server that it belongs to, None before its first start.
    rows      how many each table has, but for Alembic's own.
    """

    revision: str | None
    site: UUID | None
    rows: Mapping[str, int]


def contents(connection: Connection) -> Contents:
    """Return what the database of ``connection`` says of itself, whatever its schema is."""
    known = inspect(connection).has_table(Site.__tablename__)
    site = connection.scalar(select(Site.id)) if known else None
    return Contents(_revision(connection), site, _row_counts(connection))


def present_revision(engine: Engine) -> str | None:
    """Return the revision that the database says it has, None for an empty one."""
    with engine.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def wanted_revision() -> str:
    """Return the newest revision by file name (``0003_…``), without loading Alembic."""
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    return names[-1].split("_")[0]


def upgrade(database_url: str, target: str = "head") -> None:
    """Bring the database to ``target``, all in one transaction.

    raises SchemaError when rows would be lost or a foreign key would point nowhere: then nothing
    has changed.
    """
    from alembic import command

    with _migrating(database_url) as connection:
        before = _row_counts(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, target)
        _compare(before, _row_counts(connection))
        _check_foreign_keys(connection)


def downgrade(database_url: str, target: str) -> None:
    """Take the database back to an older revision (for tests of the migrations)."""
    from alembic import command

    with _migrating(database_url) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, target)
        _check_foreign_keys(connection)


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


@contextmanager
def _migrating(database_url: str) -> Iterator[Connection]:
    """Open one connection whose schema changes belong to one transaction."""
    sqlite = database_url.startswith("sqlite")
    arguments = {"isolation_level": None, "timeout": 60} if sqlite else {}
    engine = create_engine(database_url, poolclass=NullPool, connect_args=arguments)
    if sqlite:

        @event.listens_for(engine, "connect")
        def _(connection: object, _record: object) -> None:
            cursor = connection.cursor()  # type: ignore[attr-defined]
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA foreign_keys=OFF")
            cursor.close()

        @event.listens_for(engine, "begin")
        def _(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _row_counts(connection: Connection) -> dict[str, int]:
    names = [
        name
        for name in inspect(connection).get_table_names()
        if name != "alembic_version" and not name.startswith(INDEX_TABLES)
    ]
    return {
        name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0  # noqa: S608 -- names of our own tables
        for name in names
    }


def _compare(before: dict[str, int], after: dict[str, int]) -> None:
    fewer = [name for name, rows in before.items() if name in after and after[name] < rows]
    if fewer:
        raise SchemaError(
            Message(
                msg("The upgrade would have lost rows of %(tables)s, so nothing was changed."),
                {"tables": ", ".join(fewer)},
            )
        )


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return  # PostgreSQL checks them as it goes
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise SchemaError(
            Message(
                msg(
                    "The upgrade would have left rows of %(table)s without their parent, so "
                    "nothing was changed."
                ),
                {"table": broken[0][0]},
            )
        )
