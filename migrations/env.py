"""How Alembic reaches the database. Called by ``lms.admin.schema``, which hands the connection in.

Foreign keys are off in SQLite while tables are rebuilt: with them on, altering a parent table
deletes all its child rows through ON DELETE CASCADE, with exit status 0. A check of every foreign
key follows, and any row found aborts the upgrade with nothing changed.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from lms.app import MODELS
from lms.tables import Base

# The tables are known because the composition root imports every feature's models.
_ = MODELS


def run(connection: Connection) -> None:
    """Bring the database behind ``connection`` to the wanted revision, all or nothing."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
