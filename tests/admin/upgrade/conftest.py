"""A server with two fake versions, and a way to upgrade it in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lms import settings as settings_of
from lms.admin.upgrade.steps import Upgrade
from lms.kernel import clock
from tests.admin.upgrade.fake import World, build

Build = Callable[..., World]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return build(tmp_path / "world")


def doing(world: World, said: list[str] | None = None) -> Upgrade:
    """Return an upgrade of a server; what it tells goes into ``said``."""
    settings = settings_of.read({"LMS_DATA": str(world.data)})
    return Upgrade(settings, world.link, (said if said is not None else []).append, clock.now)
