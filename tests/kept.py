"""What fixtures have put into the database, kept for the tests of the same file that want it too.

A service in which nineteen people have passed takes a second to live through and some milliseconds
to copy. ``@kept`` under ``@pytest.fixture`` says: build this once for the tests of a file, and copy
it for the others. Each test has a copy of its own and may do with it what it likes. ::

    @pytest.fixture
    @kept
    def crowd(app: Flask, places: Places) -> list[Cast]: ...

A copy is taken only where kept fixtures alone have written so far, the same ones in the same order.
Whatever else was written before, by another fixture or by a test, makes the function run. So no
test can tell whether it got a copy, and the order of the tests does not matter.

Of kept fixtures that follow each other only the data of the last are copied, when somebody looks:
another fixture, or the test.

A kept fixture has among its arguments ``app`` or something with an ``app``, and no argument whose
value is another one in each test.
"""

from __future__ import annotations

import io
import pickle
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask
from sqlalchemy import Engine, event, update

from lms.accounts.models import SignIn
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.settings import Settings
from tests import rows

P = ParamSpec("P")
R = TypeVar("R")

NAME = "tests.kept"
MARK = "is_kept"
FRESH = timedelta(minutes=2)
# That a session was seen is noted once a minute: those of a copy were seen just now.
SEEN = timedelta(seconds=20)
RIGHT_CLOCK = clock.now


@dataclass(frozen=True, eq=False)
class State:
    """What there was after a fixture: in its folder a copy of the data, and what it returned.

    content   the rows of a PostgreSQL database; SQLite is a file of the folder.
    began     when the first thing was put into the database, ``ended`` when the last.
    """

    folder: Path
    result: bytes
    content: rows.Content | None
    began: datetime
    ended: datetime = field(default_factory=RIGHT_CLOCK)

    def is_fresh(self) -> bool:
        """Return whether nothing of it is much older than if it were made now."""
        return RIGHT_CLOCK() - self.ended < FRESH


class Store:
    """The states of one file of tests: (state before, name of the fixture) -> state after."""

    def __init__(self, folder: Path) -> None:
        """Begin empty; a commit of any engine of this process is counted."""
        self.folder = folder
        self.place = ""
        self.commits = self.copies = 0
        self.states: dict[tuple[object, str], State] = {}
        self.first: State | None = None
        event.listen(Engine, "commit", self._count)

    def _count(self, _connection: object) -> None:
        self.commits += 1

    def enter(self, place: str) -> None:
        """Forget what was kept for another file."""
        if place != self.place:
            for state in self.states.values():
                shutil.rmtree(state.folder)
            self.place, self.states = place, {}

    def new_folder(self) -> Path:
        """Return a name for a folder that there is not yet."""
        self.copies += 1
        return self.folder / str(self.copies)


class Book:
    """What is known of the database of an application: the state it is in, as long as it is."""

    def __init__(self, app: Flask, store: Store, place: str) -> None:
        """Begin with an empty database, for a test of ``place``."""
        settings: Settings = app.config["LMS"]
        self.app, self.store, self.data = app, store, settings.data
        self.sqlite = settings.database_url.startswith("sqlite")
        # What began on another day may be due on this one.
        start = f"{place} {datetime.now(UTC).date()} {settings}".replace(str(self.data.parent), "")
        store.enter(place)
        self._state: object = start
        self._began = RIGHT_CLOCK()
        self._seen = self._fingerprint()
        self._waiting: State | None = None
        _looking.book = self

    def begin(self, first_run: Callable[[], object]) -> None:
        """Let a PostgreSQL database hold what ``first_run`` puts into an empty one, run once."""
        if self.store.first:
            self._waiting = self.store.first
            return
        with self.app.app_context():
            rows.remove(db.engine)
            first_run()
            content = rows.read(db.engine)
        self.store.first = State(Path(), b"", content, RIGHT_CLOCK())
        self._seen = self._fingerprint()

    def keep(self, name: str, build: Callable[[], R]) -> R:
        """Return what ``build`` returns, with all that it puts into the database."""
        if not self._is_known():
            self.fill()
            return build()
        key = (self._state, name)
        found = self.store.states.get(key)
        if found and found.is_fresh():
            self._waiting, self._state, self._began = found, found, found.began
            if _looking.number:
                self.fill()
            return cast("R", _Reader(io.BytesIO(found.result), self.app).load())
        self.fill()
        made = build()
        if self._is_quiet() and (state := self._copy(made)):
            self.store.states[key] = state
            self._note(state)
        return made

    def fill(self) -> None:
        """Let the data be those of the last kept fixture, if they are not yet."""
        if self._waiting:
            self._become(self._waiting)
            self._waiting, self._seen = None, self._fingerprint()

    def _note(self, state: State) -> None:
        self._state, self._seen = state, self._fingerprint()

    def _is_known(self) -> bool:
        return self._is_quiet() and self._fingerprint() == self._seen

    def _is_quiet(self) -> bool:
        """Return whether nobody is in the database and the clock is not set by a test."""
        with self.app.app_context():
            return clock.now is RIGHT_CLOCK and cast("Any", db.engine.pool).checkedout() == 0

    def _fingerprint(self) -> object:
        """Return what is another value as soon as anybody has written."""
        files = [self.data / "lms.sqlite", self.data / "lms.sqlite-wal"] if self.sqlite else []
        found = [path.stat() for path in files if path.exists()]
        return self.store.commits, [
            (each.st_size, each.st_mtime_ns) for each in found if each.st_size
        ]

    def _copy(self, made: object) -> State | None:
        written = io.BytesIO()
        _Writer(written, self.app).dump(made)
        folder = self.store.new_folder()
        content = None
        with self.app.app_context():
            if self.sqlite:
                db.engine.dispose()  # the last one to leave puts the log away
                if any(self.data.glob("lms.sqlite-*")):
                    return None
            else:
                content = rows.read(db.engine)
        shutil.copytree(self.data, folder, ignore=shutil.ignore_patterns("secret.key"))
        return State(folder, written.getvalue(), content, self._began)

    def _become(self, state: State) -> None:
        with self.app.app_context():
            if state.content is None:
                db.engine.dispose()
            else:
                rows.replace(db.engine, state.content)
        if state is self.store.first:
            return
        shutil.copytree(state.folder, self.data, dirs_exist_ok=True)
        now = RIGHT_CLOCK()
        if now - state.began > SEEN:
            with self.app.app_context(), transaction() as session:
                recent = SignIn.seen_at.between(state.began, state.ended)
                session.execute(update(SignIn).where(recent).values(seen_at=now))


@dataclass
class _Looking:
    """Who may look at the data of the application: how many, one within another."""

    book: Book | None = None
    number: int = 0


_looking = _Looking()


@contextmanager
def looking(fixture: object = None) -> Iterator[None]:
    """Let a fixture that runs in the block, or a test, find what the kept ones before it made."""
    if hasattr(fixture, MARK):
        yield
        return
    if _looking.book:
        _looking.book.fill()
    _looking.number += 1
    try:
        yield
    finally:
        _looking.number -= 1


class _Writer(pickle.Pickler):
    """Writes what a fixture returned, without the application that it was made in."""

    def __init__(self, file: io.BytesIO, app: Flask) -> None:
        super().__init__(file)
        self.app = app

    def persistent_id(self, obj: object) -> str | None:
        return "app" if obj is self.app else None


class _Reader(pickle.Unpickler):
    """Reads it for another application."""

    def __init__(self, file: io.BytesIO, app: Flask) -> None:
        super().__init__(file)
        self.app = app

    def persistent_load(self, pid: object) -> object:
        return self.app


def _app_of(fixtures: Iterable[object]) -> Flask:
    return next(
        found for each in fixtures if isinstance(found := getattr(each, "app", each), Flask)
    )


def kept(build: Callable[P, R]) -> Callable[P, R]:
    """Let a fixture be built once for the tests of a file: see above."""

    @wraps(build)
    def copied(*args: P.args, **fixtures: P.kwargs) -> R:
        book: Book = _app_of(fixtures.values()).extensions[NAME]
        name = f"{build.__module__}.{build.__qualname__}"
        return book.keep(name, partial(build, *args, **fixtures))

    setattr(copied, MARK, True)
    return copied
