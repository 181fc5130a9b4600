"""An empty application with its places and people; SQLite by default, PostgreSQL where asked.

``LMS_TEST_DATABASE=postgresql+psycopg://…`` runs the same suite on a PostgreSQL server.
"""

from __future__ import annotations

import gc
import os
import shutil
import time
from collections import namedtuple
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache

from lms import files, installation
from lms.accounts import passwords
from lms.app import create_app
from lms.audit.models import AuditRow
from lms.db import prepare, transaction
from lms.extensions import db
from lms.kernel import memory
from lms.settings import Settings, read
from lms.tables import Base
from lms.web import pages
from lms.web.static_files import StaticFiles
from tests import applications
from tests.audit.facts import refuse_unnamed
from tests.browser import Browser
from tests.kept import NAME, Book, Store, kept, looking
from tests.people import Cast, Places, add_person, build_places

# Speed belongs to make bench: that a machine is busy is no fault of the program.
hypothesis.settings.register_profile("lms", deadline=None)
hypothesis.settings.load_profile("lms")

NIGHT = timedelta(minutes=1)
USAGE = namedtuple("USAGE", "total used free")

# They start servers, browsers, processes or typesetters.
NOT_FAST = (
    "tests/admin", "tests/authoring", "tests/certificates", "tests/content/test_hostile",
    "tests/content/test_shipped_courses", "tests/content/quality/test_shipped", "tests/faults",
    "tests/journeys", "tests/web/test_gate_s", "tests/test_architecture",
)  # fmt: skip

# What is weighed, or said in headers, is the same over either database.
NOT_ON_POSTGRES = (
    "tests/authoring/test_shipped_lessons", "tests/authoring/test_single",
    "tests/authoring/test_weights", "tests/web/test_headers",
)  # fmt: skip

# The longest first: at the end one worker would run them alone while the other waits.
LONGEST = ("tests/faults/test_kill", "tests/journeys", "tests/web/test_malformed")

# How many compiled statements are kept: more than there are.
STATEMENTS = 3000
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort the tests; on PostgreSQL leave those with a database, for ``make fast`` the others.

    What decides (rules, marking, parsers, signatures) runs in seconds; a developer adds the folder
    of the feature at hand: ``pytest tests/learning``.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    if os.environ.get("LMS_TEST_DATABASE"):
        chosen = [
            item
            for item in _different(items)
            if "app" in getattr(item, "fixturenames", ())
            and not item.nodeid.startswith(NOT_ON_POSTGRES)
        ]
    elif os.environ.get("LMS_FAST"):
        chosen = [
            item
            for item in items
            if "app" not in getattr(item, "fixturenames", ())
            and not item.nodeid.startswith(NOT_FAST)
        ]
    else:
        return
    kept = set(chosen)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = chosen


def _different(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Yield what asks a database something of its own.

    Of a page in each language the first; what is searched is written differently in each language.
    Where each value of one parameter is tried with each of another, every value once: that they go
    together is seen on SQLite, and here that the database understands what each of them asks.
    """
    seen, tried = set[tuple[str, str]](), set[tuple[str, str]]()
    for item in items:
        name = item.nodeid.partition("[")[0]
        values = dict(getattr(getattr(item, "callspec", None), "params", {}))
        language = values.pop("language", None)
        asked = (name, repr(sorted(values.items())))
        apart = {(name, repr(each)) for each in _lists(item, values)}
        spoken = language is None or asked not in seen or "/search/" in item.nodeid
        if spoken and (not apart or apart - tried):
            yield item
            tried |= apart
        if language is not None:
            seen.add(asked)


def _lists(item: pytest.Item, values: dict[str, object]) -> Iterator[list[tuple[str, object]]]:
    """Yield the values of a test, those of one list of ``parametrize`` together."""
    left = dict(values)
    for mark in item.iter_markers("parametrize"):
        names = mark.args[0]
        if isinstance(names, str):
            names = [each.strip() for each in names.split(",")]
        if found := [(each, left.pop(each)) for each in names if each in left]:
            yield found
    yield from ([each] for each in left.items())


def pytest_collection_finish() -> None:
    """Look for garbage more seldom, and never among what the imports made."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Tell what is kept that a fixture may look."""
    with looking(fixturedef.func):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Tell what is kept that a test may look."""
    with looking():
        return (yield)


@pytest.fixture(scope="session", autouse=True)
def garbage_waits() -> Iterator[None]:
    """Let a large job look for no garbage at its end: among all that the tests hold it takes long.

    What it costs a server, and that it helps, is measured by ``make bench``.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "gc", SimpleNamespace(collect=lambda: 0))
        yield


@pytest.fixture(autouse=True)
def one_day() -> None:
    """Let no test begin in the last minute of a day.

    What it has made today would be yesterday's when it looks, for it and the program ask the clock
    each for themselves. What the program does at midnight has tests that set the clock.
    """
    now = datetime.now(UTC)
    midnight = (now + NIGHT).replace(hour=0, minute=0, second=0, microsecond=0)
    if midnight > now:
        time.sleep((midnight - now).total_seconds())


@pytest.fixture(autouse=True)
def roomy_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk have room for files, whatever the machine of the tests has left."""
    monkeypatch.setattr(files, "disk_usage", lambda _folder: USAGE(10**12, 0, 10**12))


@pytest.fixture(scope="session")
def database_url(worker_id: str) -> str:
    """Return the address of this worker's own PostgreSQL database; empty for SQLite."""
    address = os.environ.get("LMS_TEST_DATABASE", "")
    if not address:
        return ""
    name = f"lms_{worker_id}"
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    own = f"{address.rpartition('/')[0]}/{name}"
    engine = create_engine(own)
    Base.metadata.create_all(engine)
    engine.dispose()
    return own


@pytest.fixture(scope="session", autouse=True)
def leave_postgresql(database_url: str) -> Iterator[Callable[[], None]]:
    """Let all applications of a worker use the same connections to PostgreSQL.

    Return a way to close those that nobody has.
    """
    if not database_url:
        yield lambda: None
        return
    from tests import connections

    with connections.kept(database_url.rpartition("/")[2]) as kept_ones:
        yield kept_ones.leave


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Return settings with a data folder of this test alone."""
    return read(
        {
            "LMS_DATA": str(tmp_path / "data"),
            "DATABASE_URL": database_url,
            "LMS_COURSES": str(tmp_path / "courses"),
        }
    )


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an SQLite file with all tables and a first run that is done: copied for each test."""
    folder = tmp_path_factory.mktemp("empty")
    made = create_app(read({"LMS_DATA": str(folder)}))
    with made.app_context():
        db.create_all()
        _first_run()
        db.session.remove()
        with db.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.engine.dispose()
    return folder / "lms.sqlite"


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Return a store of compiled templates: each test has an application, not a compiler."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session", autouse=True)
def compressed_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Read and compress the static files once a process: all applications serve the same."""
    kept: dict[tuple[Path, ...], StaticFiles] = {}
    folder = tmp_path_factory.mktemp("compressed")

    def read_once(folders: list[Path], cache: Path, **settings: Any) -> StaticFiles:
        del cache  # tests of the folder that keeps earlier builds make their own
        found = tuple(folders)
        if found not in kept:
            kept[found] = StaticFiles(folders, folder, **settings)
        return kept[found]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "StaticFiles", read_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def words_for_facts() -> Iterator[None]:
    """Refuse a row of the log whose facts no page could name, whichever test writes it."""
    event.listen(AuditRow, "before_insert", refuse_unnamed)
    yield
    event.remove(AuditRow, "before_insert", refuse_unnamed)


@pytest.fixture(scope="session", autouse=True)
def same_addresses() -> Iterator[None]:
    """Register the addresses of all pages once a process."""
    with applications.alike():
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_statements() -> Iterator[None]:
    """Compile each statement once a process, as a server does, and not once a test.

    What is compiled is kept per dialect object, of which every application has its own; those of
    one class say the same.
    """
    kept: dict[type, Any] = {}

    def prepare_with_one_cache(engine: Engine) -> None:
        prepare(engine)
        engine._compiled_cache = kept.setdefault(type(engine.dialect), LRUCache(STATEMENTS))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DefaultDialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(DefaultDialect, "__hash__", lambda one: hash(type(one)))
        patch.setattr("lms.app.prepare", prepare_with_one_cache)
        yield


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hash with the least work, so that the tests measure our rules and not Argon2id."""
    passwords._fits_nothing.cache_clear()
    monkeypatch.setattr(passwords, "_hasher", QUICK)
    yield
    passwords._fits_nothing.cache_clear()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return where the copies of databases are that fixtures have filled."""
    return Store(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def app(
    request: pytest.FixtureRequest,
    settings: Settings,
    empty_database: Path,
    compiled_templates: FileSystemBytecodeCache,
    store: Store,
) -> Iterator[Flask]:
    """Return an application with an empty database and a first run that is done."""
    settings.data.mkdir(parents=True, exist_ok=True)
    if settings.database_url.startswith("sqlite"):
        shutil.copyfile(empty_database, settings.data / "lms.sqlite")
    made = create_app(settings)
    made.jinja_env.bytecode_cache = compiled_templates
    made.extensions[NAME] = book = Book(made, store, str(request.path))
    if not settings.database_url.startswith("sqlite"):
        with made.app_context():
            book.begin(_first_run)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def _first_run() -> None:
    with transaction() as session:
        now = datetime.now(UTC)
        installation.found_site(session, now=now)
        installation.decide(
            session,
            {"ready": True, "names": {"en": "Prison Service Academy"}, "country": "xx"},
            now=now,
        )


@pytest.fixture
def another_app(app: Flask) -> Iterator[Callable[[Settings], Flask]]:
    """Return a way to start the same server anew, with other settings on the same database."""
    made: list[Flask] = []

    def start(settings: Settings) -> Flask:
        made.append(create_app(settings))
        return made[-1]

    yield start
    for each in made:
        with each.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """Return an open reading session in an application context; ``transaction`` writes."""
    with app.app_context():
        yield db.session()


@pytest.fixture
@kept
def places(app: Flask) -> Places:
    """Return the unit tree."""
    with app.app_context(), transaction() as session:
        return build_places(session)


def _person(app: Flask, *args: object, **settings: object) -> Cast:
    with app.app_context(), transaction() as session:
        return add_person(session, *args, **settings)  # type: ignore[arg-type]


@pytest.fixture
@kept
def amina(app: Flask, places: Places) -> Cast:
    """Amina Ben Salah learns at Northgate."""
    return _person(app, "Amina Ben Salah", "N-1001", places.northgate)


@pytest.fixture
@kept
def chipo(app: Flask, places: Places) -> Cast:
    """Chipo Okello is Amina's colleague at Northgate."""
    return _person(app, "Chipo Okello", "N-1002", places.northgate)


@pytest.fixture
@kept
def daniel(app: Flask, places: Places) -> Cast:
    """Daniel Mugisha works at Southfield, another facility."""
    return _person(app, "Daniel Mugisha", "S-2001", places.southfield)


@pytest.fixture
@kept
def bolat(app: Flask, places: Places) -> Cast:
    """Bolat Seitkali trains at Northgate."""
    return _person(
        app,
        "Болат Сейтқали",
        "N-1900",
        places.northgate,
        name_latin="Bolat Seitkali",
        language="kk",
        function="P7",
        roles=(("trainer", places.northgate),),
    )


@pytest.fixture
@kept
def grace(app: Flask, places: Places) -> Cast:
    """Grace Nakato administers the northern region."""
    return _person(
        app,
        "Grace Nakato",
        "N-0001",
        places.north,
        function="P6",
        roles=(("administrator", places.north),),
    )


@pytest.fixture
@kept
def farida(app: Flask, places: Places) -> Cast:
    """Farida is disabled."""
    return _person(app, "Farida Idrissova", "N-1003", places.northgate, status="disabled")


@pytest.fixture
def browser(app: Flask) -> Callable[[Cast | None], Browser]:
    """Return a way to open a browser as somebody: ``browser(amina)``, ``browser(None)``."""
    return lambda person: Browser(app, person)
