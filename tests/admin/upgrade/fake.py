"""Two small versions of a program that really change their database, and a server to upgrade."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import NullPool, create_engine, inspect, text

from lms.admin.upgrade import release
from lms.kernel import clock
from lms.signing import keys
from lms.signing.keys import Signer

DRIVER = Path(__file__).with_name("driver.py")
ROWS = 400

# PostgreSQL's driver comes from a wheel of its own; here nothing is installed.
MAKEFILE = """\
.venv/.run: program
\tmkdir -p .venv/bin
\tcp program .venv/bin/lms
\tcp /bin/true .venv/bin/python
\ttouch .venv/.run
"""

# What a version does: prepare migrates in three transactions, on purpose, so that a kill leaves
# the database between two schemas; serve refuses any schema that is not its own.
PROGRAM = """\
#!{python} -IS
import http.server, json, os, signal, subprocess, sys, time
{database}
VERSION, SCHEMA, DRIVER, LINK = {version!r}, {schema}, {driver!r}, {link!r}
DATA = os.environ["LMS_DATA"]

def rows():
    connection = connect()
    assert schema_of(connection) == SCHEMA
    column = "said" if SCHEMA == 1 else "words"
    found = connection.execute(f"SELECT id, {{column}} FROM answer ORDER BY id").fetchall()
    connection.close()
    return found

def prepare():
    connection = connect()
    if schema_of(connection) < SCHEMA:
        connection.execute("ALTER TABLE answer ADD COLUMN words text")
        time.sleep(0.05)
        connection.execute("UPDATE answer SET words = said")
        time.sleep(0.05)
        connection.execute("ALTER TABLE answer DROP COLUMN said")
        time.sleep(0.05)
        connection.execute(NOTE_SCHEMA)
    connection.close()
    {broken_prepare}

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            found = rows()
        except Exception:
            found = None
        said = {{
            "/healthz": {{"database": "good" if found is not None else "bad", "version": VERSION}},
            "/rows": found,
        }}.get(self.path)
        body = b"<html></html>" if self.path == "/en/" else json.dumps(said).encode()
        self.send_response({page_status} if self.path == "/en/" else 200)
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *said):
        pass

def serve():
    journal = os.path.join(DATA, "upgrade.json")
    if os.path.exists(journal) and os.environ.get("LMS_UPGRADING") != "yes":
        environment = {{**os.environ, "PYTHONPATH": {root!r}}}
        subprocess.run([{python!r}, DRIVER, "settle", DATA, LINK], check=True, env=environment)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    place = (os.environ.get("HOST", "127.0.0.1"), int(os.environ["PORT"]))
    http.server.ThreadingHTTPServer(place, Page).serve_forever()

def doctor():
    rows()
    print("good      Database: it is whole.")
    print("TO DO     Backup: there is none yet.")
    {broken_doctor}
    sys.exit(1)

{{"prepare": prepare, "serve": serve, "doctor": doctor}}[sys.argv[1]]()
"""


ON_SQLITE = """\
import sqlite3

def connect():
    connection = sqlite3.connect(
        os.path.join(os.environ["LMS_DATA"], "lms.sqlite"), isolation_level=None
    )
    connection.execute("PRAGMA journal_mode=WAL")
    return connection

def schema_of(connection):
    return connection.execute("PRAGMA user_version").fetchone()[0]

NOTE_SCHEMA = "PRAGMA user_version=2"
"""
ON_POSTGRESQL = """\
sys.path.append({packages!r})
import psycopg

def connect():
    address = os.environ["DATABASE_URL"].replace("+psycopg", "")
    return psycopg.connect(address, autocommit=True)

def schema_of(connection):
    return connection.execute("SELECT number FROM version").fetchone()[0]

NOTE_SCHEMA = "UPDATE version SET number = 2"
"""


@dataclass(frozen=True)
class World:
    """A server: the folder with its versions, its data, and the file with the next version."""

    folder: Path
    signer: Signer
    database_url: str = ""  # of PostgreSQL; else the database is SQLite in the data folder

    @property
    def link(self) -> Path:
        return self.folder / "opt" / "lms"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def keys(self) -> dict[bytes, bytes]:
        return {self.signer.kid: self.signer.public}

    @property
    def file(self) -> Path:
        return self.folder / "lms-1.1.0.release"

    @property
    def version(self) -> str:
        """The version to which the link leads."""
        return self.link.resolve().name.rpartition("-")[2]

    def rows(self) -> list[tuple[object, ...]]:
        """Return what people have said, whichever version the database has."""
        engine = create_engine(self.url, poolclass=NullPool)
        with engine.connect() as connection:
            names = {column["name"] for column in inspect(connection).get_columns("answer")}
            said = "said" if "said" in names else "words"
            found = connection.execute(text(f"SELECT id, {said} FROM answer ORDER BY id"))
            return [tuple(row) for row in found]

    @property
    def url(self) -> str:
        """The address of the database."""
        return self.database_url or f"sqlite:///{self.data / 'lms.sqlite'}"

    @property
    def environment(self) -> dict[str, str]:
        """What its program is told."""
        return {"LMS_DATA": str(self.data), "DATABASE_URL": self.database_url}


def build(folder: Path, database_url: str = "", **broken: str) -> World:
    """Make a server with version 1.0.0, and the signed file of version 1.1.0.

    broken  parts of the new version's program, see ``PROGRAM``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    world = World(folder, keys.create_private_key(folder / "release.key"), database_url)
    old = world.link.with_name("lms-1.0.0")
    write_version(world, old, "1.0.0", 1)
    world.link.symlink_to(old.name)
    subprocess.run(["make", "-s", "-C", str(old), ".venv/.run"], check=True)
    world.data.mkdir(mode=0o700)
    (world.data / "secret.key").write_bytes(b"s" * 32)
    engine = create_engine(world.url, poolclass=NullPool)
    with engine.begin() as connection:
        if not database_url:
            connection.execute(text("PRAGMA journal_mode=WAL"))
        connection.execute(text("CREATE TABLE answer (id INTEGER PRIMARY KEY, said text)"))
        connection.execute(
            text("INSERT INTO answer VALUES (:id, :said)"),
            [{"id": n, "said": f"answer {n}"} for n in range(ROWS)],
        )
        if database_url:
            connection.execute(text("CREATE TABLE version (number integer)"))
            connection.execute(text("INSERT INTO version VALUES (1)"))
        else:
            connection.execute(text("PRAGMA user_version=1"))
    sign(world, "1.1.0", world.file, **broken)
    return world


def sign(world: World, version: str, file: Path, **broken: str) -> None:
    """Sign one more version as a file."""
    tree = world.folder / f"tree-{version}"
    shutil.rmtree(tree, ignore_errors=True)
    write_version(world, tree, version, 2, **broken)
    release.sign(tree, version, file, world.signer, now=clock.now())


def write_version(world: World, folder: Path, version: str, schema: int, **broken: str) -> None:
    """Write the tree of a version."""
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n')
    (folder / "Makefile").write_text(MAKEFILE)
    (folder / "deploy").mkdir()
    (folder / "deploy" / "lms.service").write_text(f"# {version}\n")
    program = folder / "program"
    parts = {"broken_prepare": "pass", "broken_doctor": "pass", "page_status": "200", **broken}
    database = ON_SQLITE
    if world.database_url:
        database = ON_POSTGRESQL.format(packages=sysconfig.get_path("purelib"))
    program.write_text(
        PROGRAM.format(
            python=sys.executable,
            version=version,
            schema=schema,
            driver=str(DRIVER),
            link=str(world.link),
            root=str(DRIVER.parents[3]),
            database=database,
            **parts,
        )
    )
    program.chmod(0o755)
