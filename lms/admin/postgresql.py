"""PostgreSQL's own programs: dump a database, fill one from a dump, read a dump to its end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from sqlalchemy import Engine, NullPool, create_engine, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from lms.admin import schema, trouble
from lms.admin.schema import Contents
from lms.kernel.messages import Message, msg

# What starts these programs: one that outlived its command would go on changing the database.
END_WITH_US = ("setpriv", "--pdeathsig", "KILL")
FILLING = "lms-fill"  # how the database knows the one that fills it
LONGEST_END = 10.0  # seconds in which the server's side of a program that was killed ends


class PostgresqlError(Exception):
    """PostgreSQL or one of its programs did not do it; the message says why and what to do."""

    def __init__(self, message: Message) -> None:
        """Keep the sentence; its English form is what a terminal shows."""
        super().__init__(str(message))
        self.message = message


def dump(database_url: str, target: Path, meanwhile: Callable[[], None] = lambda: None) -> Contents:
    """Write the whole database into the file ``target``; return what it held at that moment.

    meanwhile  is called about once a second.
    """
    program = _program("pg_dump")
    engine = create_engine(database_url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            moment = connection.scalar(text("SELECT pg_export_snapshot()"))
            held = schema.contents(connection)
            _run(
                program,
                database_url,
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={moment}",
                f"--file={target}",
                meanwhile=meanwhile,
            )
    except SQLAlchemyError as error:
        raise PostgresqlError(trouble.silent(error)) from error
    finally:
        engine.dispose()
    return held


def fill(database_url: str, source: Path) -> None:
    """Put what the dump ``source`` holds in the place of every table: all of it, or nothing.

    One transaction drops what is there and takes what comes. Its end is written when the dump was
    read whole; until then whatever stops this (a fault, a kill) leaves the database as it was.
    """
    engine = create_engine(database_url, poolclass=NullPool)
    try:
        _end_left_over(engine)
        with engine.connect() as connection:
            quote = connection.dialect.identifier_preparer.quote
            names = [quote(name) for name in inspect(connection).get_table_names()]
    finally:
        engine.dispose()
    dump = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(source)]
    take = [_program("psql"), "--no-password", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    with (
        tempfile.TemporaryFile("w+") as said,
        tempfile.TemporaryFile("w+") as told,
        subprocess.Popen(  # noqa: S603 -- a program of the system, without a shell
            [*END_WITH_US, *take],
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            env={**os.environ, **_access(database_url), "PGAPPNAME": FILLING},
        ) as taking,
        subprocess.Popen([*END_WITH_US, *dump], stdout=subprocess.PIPE, stderr=told) as reading,  # noqa: S603 -- likewise
    ):
        drops = "".join(f"DROP TABLE {name} CASCADE;\n" for name in names)
        _feed(taking, reading, f"BEGIN;\n{drops}".encode(), b"COMMIT;\n")
        for process, name, words in ((taking, "psql", said), (reading, "pg_restore", told)):
            if process.wait():
                words.seek(0)
                raise _stopped(name, words.read(), process.returncode)


def _feed(
    taking: subprocess.Popen[bytes], reading: subprocess.Popen[bytes], begin: bytes, end: bytes
) -> None:
    """Give one program what the other says, between ``begin`` and, where it said all, ``end``."""
    source, target = cast("IO[bytes]", reading.stdout), cast("IO[bytes]", taking.stdin)
    with suppress(BrokenPipeError), target, source:  # the one that takes has stopped: it says why
        target.write(begin)
        shutil.copyfileobj(source, target)
        if reading.wait() == 0:
            target.write(end)


def _end_left_over(engine: Engine) -> None:
    """End what the database still does for a fill that was killed; the next would wait for it."""
    ours = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = :name"
    with engine.connect() as connection:
        until = time.monotonic() + LONGEST_END
        connection.execute(text(f"SELECT pg_terminate_backend(pid) {ours}"), {"name": FILLING})
        while connection.scalar(text(f"SELECT count(*) {ours}"), {"name": FILLING}):
            if time.monotonic() > until:
                return  # what follows waits for it, or says that it cannot
            connection.rollback()  # else the same answer again
            time.sleep(0.05)


def has_others(engine: Engine) -> bool:
    """Return whether anybody else has the database open, but for a fill that was killed."""
    with engine.connect() as connection:
        found = connection.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend' "
                "AND application_name <> :fill"
            ),
            {"fill": FILLING},
        )
    return bool(found)


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


def _run(program: str, database_url: str, *arguments: str, meanwhile: Callable[[], None]) -> None:
    """Run a program on the database; the password stays out of the list of processes."""
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(  # noqa: S603 -- a program of the system, without a shell
            [*END_WITH_US, program, "--no-password", *arguments],
            stdout=said,
            stderr=said,
            env={**os.environ, **_access(database_url)},
        ) as process,
    ):
        while process.returncode is None:
            try:
                process.wait(1.0)
            except subprocess.TimeoutExpired:
                meanwhile()
        if process.returncode:
            said.seek(0)
            raise _stopped(Path(program).name, said.read(), process.returncode)


def _access(database_url: str) -> Mapping[str, str]:
    url = make_url(database_url)
    facts = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port and str(url.port),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    return {name: str(value) for name, value in facts.items() if value}


def _stopped(program: str, said: str, code: int) -> PostgresqlError:
    lines = said.strip().splitlines() or [str(code)]
    return PostgresqlError(
        Message(
            msg("PostgreSQL's program %(program)s stopped: %(reason)s"),
            {"program": program, "reason": lines[-1][:300]},
        )
    )
