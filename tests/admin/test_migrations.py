"""Every revision up and down with rows in all tables, and what an upgrade never does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    NullPool,
    Table,
    Uuid,
    create_engine,
    func,
    inspect,
    select,
    text,
)

from lms.admin import schema
from lms.admin.schema import SchemaError
from lms.app import MODELS
from lms.tables import INDEX_TABLES, Base

_ = MODELS
ROWS = 3
# What a database keeps for an index of ours is no table of the models.
OURS = {
    "compare_type": True,
    "include_name": lambda name, kind, _parents: (
        kind not in {"table", "index"} or not name.startswith(INDEX_TABLES)
    ),
}

PARENT_CHANGES = '''
"""Add a column to tables that others point to, and make them anew as batch mode does."""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{number}", "{before}"

def upgrade():
    for name in ("unit", "person", "course", "edition", "enrolment", "attempt"):
        with op.batch_alter_table(name, recreate="auto") as table:
            table.add_column(sa.Column("added", sa.Integer(), nullable=False, server_default="7"))

def downgrade():
    for name in ("unit", "person", "course", "edition", "enrolment", "attempt"):
        with op.batch_alter_table(name, recreate="auto") as table:
            table.drop_column("added")
'''

STOPS_HALF_WAY = '''
"""Change a table, then fail."""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{number}", "{before}"

def upgrade():
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("added", sa.Integer(), nullable=True))
    op.execute("DELETE FROM audit_address")
    raise RuntimeError("half-way")

def downgrade():
    pass
'''

LOSES_ROWS = '''
"""Delete rows."""
from alembic import op

revision, down_revision = "{number}", "{before}"

def upgrade():
    op.execute("DELETE FROM audit_address")

def downgrade():
    pass
'''

LEAVES_ORPHANS = '''
"""Let rows point nowhere, without losing one."""
from alembic import op

revision, down_revision = "{number}", "{before}"

def upgrade():
    op.execute("UPDATE posting SET person_id = x'00'")

def downgrade():
    pass
'''


@pytest.fixture
def url(tmp_path: Path, database_url: str) -> Iterator[str]:
    """Return the address of an empty database, of the kind that the suite runs on."""
    if not database_url:
        yield f"sqlite:///{tmp_path / 'lms.sqlite'}"
        return
    name = f"{database_url.rpartition('/')[2]}_migrations"
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield f"{database_url.rpartition('/')[0]}/{name}"
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url, poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a way to add a revision after the newest one, in a copy of the folder."""
    folder = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(schema, "MIGRATIONS", folder)

    def add(source: str) -> str:
        before = schema.wanted_revision()
        number = f"{int(before) + 1:04}"
        path = folder / "versions" / f"{number}_extra.py"
        path.write_text(source.format(number=number, before=before), "utf-8")
        return number

    return add


def revisions() -> list[str]:
    folder = schema.MIGRATIONS / "versions"
    return sorted(path.name.split("_")[0] for path in folder.glob("[0-9]*.py"))


def tables(engine: Engine) -> list[Table]:
    """Return the tables that are there now, parents first."""
    found = MetaData()
    found.reflect(engine)
    return [
        table
        for table in found.sorted_tables
        if table.name != "alembic_version" and not table.name.startswith(INDEX_TABLES)
    ]


def fill(engine: Engine) -> None:
    """Put rows into every table that has none, each child under a parent."""
    filled = {name for name, rows in counts(engine).items() if rows}
    with engine.begin() as connection:
        for table in tables(engine):
            if table.name in filled:
                continue
            rows: list[dict[str, Any]] = []
            for number in range(ROWS):
                row = {column.name: value(column, number) for column in table.columns}
                for key in table.foreign_keys:
                    itself = key.column.table is table
                    if itself and number == 0:
                        row[key.parent.name] = None
                        continue
                    row[key.parent.name] = (
                        rows[0][key.column.name]
                        if itself
                        else connection.scalars(
                            select(key.column).order_by(key.column).offset(number)
                        ).first()
                    )
                rows.append(row)
                connection.execute(table.insert().values(row))


def value(column: Column[Any], number: int) -> Any:
    """Return something that fits the column, another thing for each row."""
    kind = column.type
    if isinstance(kind, Boolean):
        return bool(number % 2)
    if isinstance(kind, Integer):
        return number + 1
    if isinstance(kind, DateTime):
        moment = datetime(2026, 12, 1, 8, number, tzinfo=UTC)
        return moment if kind.timezone else moment.replace(tzinfo=None)
    if isinstance(kind, Date):
        return date(2026, 12, 1 + number)
    if isinstance(kind, JSON):
        return {"number": number}
    if isinstance(kind, Uuid):
        return UUID(int=number + 1)
    if isinstance(kind, LargeBinary):
        return bytes([number + 1]) * 16
    return f"{column.name} {number}"


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in tables(engine)
        }


def contents(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    with engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(select(table))]
            for table in tables(engine)
        }


def test_the_migrated_schema_is_the_one_of_the_models(app: Any, url: str, engine: Engine) -> None:
    schema.upgrade(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OURS)
        assert compare_metadata(context, Base.metadata) == []
        assert schema.present_revision(engine) == schema.wanted_revision()


def test_every_revision_goes_up_and_down_with_rows(app: Any, url: str, engine: Engine) -> None:
    earlier: set[str] = set()  # the tables of the revisions before, whose rows must stay
    for number in revisions():
        schema.upgrade(url, number)
        fill(engine)
        assert set(counts(engine).values()) == {ROWS}
        before = contents(engine)
        if earlier:
            schema.downgrade(url, "-1")
            assert set(counts(engine)) == earlier
            schema.upgrade(url, number)
            after = counts(engine)
            assert {name: after[name] for name in earlier} == dict.fromkeys(earlier, ROWS)
            fill(engine)
        earlier = set(before)
    schema.downgrade(url, "base")
    assert counts(engine) == {}
    schema.upgrade(url)
    assert set(counts(engine).values()) == {0}


def test_changing_a_parent_keeps_every_row_of_its_children(
    app: Any, url: str, engine: Engine, extra: Any
) -> None:
    schema.upgrade(url)
    fill(engine)
    before = contents(engine)
    number = extra(PARENT_CHANGES)

    schema.upgrade(url)
    assert schema.present_revision(engine) == number
    changed = contents(engine)
    assert {row.pop("added") for row in changed["person"]} == {7}
    assert changed["person"] == before["person"]
    assert {name: len(found) for name, found in changed.items()} == counts(engine)
    assert counts(engine) == {name: len(found) for name, found in before.items()}

    schema.downgrade(url, "-1")
    assert contents(engine) == before


@pytest.mark.parametrize(
    ("source", "error"),
    [(STOPS_HALF_WAY, RuntimeError), (LOSES_ROWS, SchemaError), (LEAVES_ORPHANS, SchemaError)],
    ids=["stops half-way", "loses rows", "leaves orphans"],
)
def test_an_upgrade_that_goes_wrong_leaves_everything_as_it_was(
    app: Any, url: str, engine: Engine, extra: Any, source: str, error: type[Exception]
) -> None:
    if source == LEAVES_ORPHANS and engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL refuses the statement itself")
    present = schema.wanted_revision()
    schema.upgrade(url)
    fill(engine)
    before = contents(engine)
    extra(source)

    with pytest.raises(error):
        schema.upgrade(url)

    assert schema.present_revision(engine) == present
    assert contents(engine) == before
    assert not [name for name in inspect(engine).get_table_names() if name.startswith("_alembic")]
