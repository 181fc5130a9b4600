"""A server, a browser, and a seat at it: what every journey needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.chromium import open_chromium
from tests.journeys.house import STATION, House, make_seed, serving
from tests.journeys.seat import Seat, Seats

# Chromium finds the name of the station's server on this machine.
AT_STATION = f"--host-resolver-rules=MAP {STATION} 127.0.0.1"


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with the course and the places, made once and copied for servers."""
    folder = tmp_path_factory.mktemp("seed") / "data"
    make_seed(folder)
    return folder


# Of this package alone: another browser of Playwright cannot run beside it in one process.
@pytest.fixture(scope="package")
def house(seed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Return a running server. Tests share it; each adds people of its own."""
    with serving(seed, tmp_path_factory.mktemp("house") / "data") as running:
        yield running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Return a browser without any context."""
    with open_chromium(AT_STATION) as browser:
        yield browser


@pytest.fixture
def seats(house: House, chromium: Browser) -> Iterator[Seats]:
    """Return a way to sit down at a computer: ``seats(amina)``, ``seats(scripts=False)``.

    At the end nothing may have been asked from another host, and no page may have complained.
    """
    opened = Seats(house, chromium)
    yield opened
    opened.close()
    assert opened.foreign == []
    assert opened.complaints == []


@pytest.fixture
def seat(house: House, seats: Seats) -> Seat:
    """Return Amina's seat on a station's network, with scripts; she is signed in."""
    return seats(house.person())
