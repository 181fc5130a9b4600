"""What every section is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.bench import servers
from tests.bench.load import Connection
from tests.bench.seed import Learner, Seeded, seed, seed_country
from tests.bench.servers import Running

# What a phone's browser sends with a page.
BROWSER = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Mobile Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.9",
    "Accept-Encoding": "gzip, deflate, br",
}
STAFF = 20_000
BUILD = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"')


@dataclass
class Bench:
    """The folder of this run; the data folder is made when the first section asks for it."""

    folder: Path
    quick: bool = False

    @cached_property
    def seeded(self) -> Seeded:
        """The data folder with 200 learners."""
        return seed(self.folder / "seeded")

    @cached_property
    def country(self) -> Seeded | None:
        """The data folder of a country with the same learners; None where it cannot be built."""
        return seed_country(self.folder / "country", STAFF)

    @property
    def largest(self) -> tuple[Seeded, str]:
        """The country, else the 200 learners alone, and what to call it."""
        if self.country is None:
            return self.seeded, "200 people: a country cannot be built yet"
        return self.country, f"{STAFF:,} people"

    @contextmanager
    def lms(self, seeded: Seeded | None = None) -> Iterator[Running]:
        """Run the program on a seeded folder, the small one unless another is named."""
        chosen = seeded or self.seeded
        with servers.lms(chosen.folder, **chosen.settings) as running:
            yield running

    @contextmanager
    def bare(self) -> Iterator[Running]:
        """Run the bare page."""
        with servers.bare(self.folder / "bare") as running:
            yield running


def headers(person: Learner | None = None, **more: str) -> dict[str, str]:
    """Return the headers of a page's request by ``person``, or by nobody."""
    return {**BROWSER, **({"Cookie": person.cookie} if person else {}), **more}


async def page_of(connection: Connection, path: str, person: Learner) -> str:
    """Return the text of a page; raises RuntimeError when it is not there."""
    status, _, body = await connection.ask(
        "GET", path, headers(person, **{"Accept-Encoding": "identity"})
    )
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return body.decode()
