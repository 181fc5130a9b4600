"""People who go on answering in their tests while something else happens to the server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.models import Answer
from tests.bench.load import Connection
from tests.bench.saving import Saver, savers
from tests.faults.station import Station

THINKING = 0.1  # seconds between two answers of one person

Saved = tuple[str, str, int]


@dataclass
class Answering:
    """What the server has acknowledged, in this order, and what it has refused."""

    saved: list[Saved] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def missing(self, session: Session, number: int | None = None) -> set[Saved]:
        """Return which of the first ``number`` answers a database does not hold."""
        saved = set(self.saved[:number])  # first of all: people go on while the rows are read
        rows = session.execute(select(Answer.attempt_id, Answer.page, Answer.n))
        return saved - {(str(row.attempt_id), row.page, row.n) for row in rows}

    async def _answer(self, place: Station, people: int) -> None:
        found = await savers(place.house.port, tuple(place.learners(people)))  # type: ignore[arg-type]
        await asyncio.gather(*(self._one(saver, place.house.port) for saver in found))

    async def _one(self, saver: Saver, port: int) -> None:
        connection, number = Connection(port), 0
        while not self.stopping.is_set():
            number += 1
            try:
                status = await saver.save(connection)
            except (OSError, asyncio.IncompleteReadError) as error:
                self.refused.append(repr(error))
                connection.close()
                continue
            if status == 200:
                self.saved.append((str(saver.person.attempt), saver.page, number))
            else:
                self.refused.append(str(status))
            await asyncio.sleep(THINKING)
        connection.close()


@contextmanager
def answering(place: Station, people: int = 4) -> Iterator[Answering]:
    """Let people answer on the running server until the block ends."""
    doing = Answering()
    thread = threading.Thread(
        target=lambda: asyncio.run(doing._answer(place, people)), name="answering"
    )
    thread.start()
    try:
        yield doing
    finally:
        doing.stopping.set()
        thread.join(60)
    assert not thread.is_alive(), "somebody still waits for an answer"
