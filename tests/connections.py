"""Connections to PostgreSQL, used again by the next application of the same process.

Each test has an application, and each application a pool. A new connection is a new process of the
server, which reads the catalogue of all tables anew: ten times the work of emptying them. So what
a pool closes is put back as it was when it was new, and kept for the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.dialects.postgresql import psycopg as adapter
from sqlalchemy.engine.interfaces import Dialect

# More than a test usually opens; the server has room for 60 from all workers.
MOST = 4

Connection = psycopg.Connection[Any]


class Connections:
    """Those to one database that nobody has at this moment, by their address.

    A database that a test makes for itself is left alone: it goes, or must have no connection.
    """

    def __init__(self, database: str) -> None:
        """Begin with none."""
        self.database = database
        self.idle: dict[str, list[Connection]] = {}
        self.addresses: dict[int, str] = {}

    def open(
        self, dialect: Dialect, _record: object, where: tuple[Any, ...], how: dict[str, Any]
    ) -> Connection | None:
        """Return a connection for a pool that wants one; None lets it open a new one of its own."""
        if dialect.name != "postgresql" or how.get("dbname") != self.database:
            return None
        # The context is how values are adapted: an object of its own for each engine, all alike.
        plain = {name: value for name, value in how.items() if name != "context"}
        address = repr((where, sorted(plain.items())))
        found = self.idle.get(address)
        made: Connection = found.pop() if found else psycopg.connect(*where, **how)
        self.addresses[id(made)] = address
        return made

    def close(self, _dialect: object, connection: Connection) -> None:
        """Take back a connection that a pool closes; whatever was set in it is forgotten."""
        address = self.addresses.pop(id(connection), None)
        idle = [] if address is None else self.idle.setdefault(address, [])
        if address is None or len(idle) >= MOST or not _is_new_again(connection):
            connection.close()
        else:
            idle.append(connection)

    def leave(self) -> None:
        """Close what nobody has, for a test that wants to be alone with its database."""
        for idle in self.idle.values():
            while idle:
                idle.pop().close()


def _is_new_again(connection: Connection) -> bool:
    try:
        connection.rollback()
        connection.isolation_level = None
        connection.read_only = None
        connection.deferrable = None
        connection.autocommit = True
        connection.execute("DISCARD ALL")
        connection.autocommit = False
        connection.remove_notice_handler(adapter._log_notices)
    except psycopg.Error:
        return False
    return True


@contextmanager
def kept(database: str) -> Iterator[Connections]:
    """Use connections to ``database`` again until the block ends."""
    connections = Connections(database)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            adapter.PGDialect_psycopg, "do_close", lambda *given: connections.close(*given)
        )
        event.listen(Engine, "do_connect", connections.open)
        try:
            yield connections
        finally:
            event.remove(Engine, "do_connect", connections.open)
            connections.leave()
