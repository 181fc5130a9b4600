"""What every page says while clock, disk, line or database are wrong, looked up beside the pages.

A thread of the serving process looks: at the disk every few seconds, so that the reserve is given
up in time, and at what the database says once a minute. Pages are answered from memory.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask, g
from sqlalchemy.exc import SQLAlchemyError

from lms import installation
from lms.admin.integrity import is_unsound
from lms.admin.reserve import Reserve
from lms.admin.vital import ABOUT_THE_KEY, clock_fault, line_fault, lost_key
from lms.audit import queries as audit
from lms.db import reading
from lms.extensions import db
from lms.files import LEAST_FREE
from lms.kernel import clock
from lms.kernel.messages import Message, msg
from lms.settings import Settings
from lms.web.pages import add_banner

log = logging.getLogger("lms.watch")

WATCH = "watch"
LOOK_EVERY = 5.0
RECORDS_EVERY = 60.0
TO_SAVE = 1_000_000  # with less than this an answer may find no room

NEARLY_FULL = Message(
    msg(
        "The disk of the server is nearly full. Saving still works, but not for long: tell your "
        "administrator."
    )
)


QUITE_FULL = Message(
    msg(
        "The disk of the server is full, so nothing can be saved. Reading goes on. Tell your "
        "administrator."
    )
)
DAMAGED = Message(
    msg(
        "The database of the server is damaged. Tell your administrator: the command lms doctor "
        "says what to do."
    )
)


KEY_LOST = Message(
    msg(
        "The key that signs certificates is no longer on this server, so none is made. The command "
        "lms doctor says what to do. Only administrators see this."
    )
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says: its latest moment, a fault that was found, a key that is lost."""

    newest: datetime | None = None
    unsound: bool = False
    keyless: bool = False


class Watch:
    """Remembers how the disk, the clock and the database are."""

    def __init__(self, data: Path, ask: Callable[[], Known]) -> None:
        """Watch the disk of ``data``; ``ask`` asks the database."""
        self._data, self._ask, self._reserve = data, ask, Reserve(data)
        self._known = Known()
        self._free: int | None = None
        self._asked = float("-inf")
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def clock(self) -> Message | None:
        """Return the sentence for a wrong clock."""
        return clock_fault(clock.now(), self._known.newest)

    def disk(self) -> Message | None:
        """Return the sentence for a disk that is full or nearly so."""
        if self._free is None or self._free >= LEAST_FREE:
            return None
        return NEARLY_FULL if self._free >= TO_SAVE else QUITE_FULL

    def database(self) -> Message | None:
        """Return the sentence for a database in which the nightly look found a fault."""
        return DAMAGED if self._known.unsound else None

    def key(self) -> Message | None:
        """Return the sentence for a server that has issued and has lost its key."""
        return KEY_LOST if self._known.keyless and _is_administrator() else None

    def look(self) -> None:
        """Look at the disk, and ask the database when a minute has passed; never raises."""
        try:
            self._free = shutil.disk_usage(self._data).free
            self._reserve.adjust(self._free, LEAST_FREE)
        except OSError as error:
            log.warning("the disk of the data folder: %s", error)
        if clock.monotonic() - self._asked < RECORDS_EVERY:
            return
        self._asked = clock.monotonic()
        try:
            self._known = self._ask()
        except SQLAlchemyError as error:
            log.warning("what the database says: %s", type(error).__name__)

    def start(self) -> None:
        """Begin to look, in a thread that ends with the process."""
        self._thread.start()

    def stop(self) -> None:
        """End the looking."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        self.look()
        while not self._stopping.wait(LOOK_EVERY):
            self.look()


def install_banners(app: Flask) -> Watch:
    """Put the sentences above every page of ``app``; the server starts and stops what returns.

    Without a start, as in commands and most tests, nothing is looked up: then only a clock
    before the build date is told.
    """
    settings: Settings = app.config["LMS"]

    def ask() -> Known:
        with app.app_context():
            try:
                session = reading()
                known = installation.decided(session, ABOUT_THE_KEY)
                keyless = lost_key(known, settings) is not None
                return Known(audit.newest_at(session), is_unsound(session), keyless)
            finally:
                db.session.remove()

    watch = Watch(settings.data, ask)
    app.extensions[WATCH] = watch
    add_banner(app, watch.clock)
    add_banner(app, watch.disk)
    add_banner(app, watch.database)
    add_banner(app, watch.key)
    readable = line_fault(settings)
    add_banner(app, lambda: readable if _is_administrator() else None)
    return watch


def _is_administrator() -> bool:
    viewer = g.get("viewer")
    return viewer is not None and viewer.holds("administrator")
