"""Writing rows by the thousand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert

from lms.tables import Base


def write_rows(connection: Connection, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert ``rows``, each with a value for every column of the table, in one statement."""
    if rows:
        table: Any = model.__table__
        connection.execute(insert(table), rows)
