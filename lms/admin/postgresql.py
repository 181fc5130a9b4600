"""PostgreSQL's own programs: dump a database, fill one from a dump, read a dump to its end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import NullPool, create_engine, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from lms.admin import schema, trouble
from lms.admin.schema import Contents
from lms.kernel.messages import Message, msg


class PostgresqlError(Exception):
    """PostgreSQL or one of its programs did not do it; the message says why and what to do."""

    def __init__(self, message: Message) -> None:
        """Keep the sentence; its English form is what a terminal shows."""
        super().__init__(str(message))
        self.message = message


def dump(database_url: str, target: Path) -> Contents:
    """Write the whole database into the file ``target``; return what it held at that moment."""
    program = _program("pg_dump")
    engine = create_engine(database_url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            moment = connection.scalar(text("SELECT pg_export_snapshot()"))
            held = schema.contents(connection)
            _run(
                program, database_url, "--format=custom", "--no-owner", "--no-privileges",
                f"--snapshot={moment}", f"--file={target}",
            )  # fmt: skip
    except SQLAlchemyError as error:
        raise PostgresqlError(trouble.silent(error)) from error
    finally:
        engine.dispose()
    return held


def fill(database_url: str, source: Path) -> None:
    """Put what the dump ``source`` holds in the place of every table."""
    program = _program("pg_restore")
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        quote = connection.dialect.identifier_preparer.quote
        for name in inspect(connection).get_table_names():
            connection.execute(text(f"DROP TABLE {quote(name)} CASCADE"))
    _run(
        program, database_url, "--single-transaction", "--exit-on-error", "--no-owner",
        "--no-privileges", f"--dbname={make_url(database_url).database}", str(source),
    )  # fmt: skip


def rows_in(source: Path) -> dict[str, int]:
    """Read a dump to its end without any database; return how many rows it holds for each table.

    raises PostgresqlError for a file that pg_restore cannot read whole.
    """
    found: dict[str, int] = {}
    table = None
    command = [_program("pg_restore"), "--data-only", "--file=-", str(source)]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as process,  # noqa: S603 -- a program of the system, without a shell
    ):
        for line in process.stdout or ():
            if table is None:
                if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
                    table = line.split(b" ", 2)[1].rpartition(b".")[2].strip(b'"').decode()
                    found[table] = 0
            elif line == b"\\.\n":
                table = None
            else:
                found[table] += 1
        if process.wait():
            said.seek(0)
            raise _stopped("pg_restore", said.read().decode(errors="replace"), process.returncode)
    return found


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise PostgresqlError(
            Message(
                msg(
                    "The records lie in PostgreSQL, and its program %(program)s is not on this "
                    "machine. Install it (Debian: apt-get install postgresql-client), then try "
                    "again."
                ),
                {"program": name},
            )
        )
    return found


def _run(program: str, database_url: str, *arguments: str) -> None:
    """Run a program on the database; the password stays out of the list of processes."""
    done = subprocess.run(  # noqa: S603 -- a program of the system, without a shell
        [program, "--no-password", *arguments],
        env={**os.environ, **_access(database_url)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise _stopped(Path(program).name, done.stderr, done.returncode)


def _access(database_url: str) -> Mapping[str, str]:
    url = make_url(database_url)
    facts = {
        "PGHOST": url.host or url.query.get("host"), "PGPORT": url.port and str(url.port),
        "PGUSER": url.username, "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }  # fmt: skip
    return {name: str(value) for name, value in facts.items() if value}


def _stopped(program: str, said: str, code: int) -> PostgresqlError:
    lines = said.strip().splitlines() or [str(code)]
    return PostgresqlError(
        Message(
            msg("PostgreSQL's program %(program)s stopped: %(reason)s"),
            {"program": program, "reason": lines[-1][:300]},
        )
    )
