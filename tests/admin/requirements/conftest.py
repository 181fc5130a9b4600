"""The same cast as for people, and a course that can be required."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.admin.people.conftest import Open, halima, ivo, yusuf
from tests.course import SmallCourse, publish_small
from tests.kept import kept

__all__ = ["Open", "halima", "ivo", "yusuf"]


@pytest.fixture
@kept
def hygiene(app: Flask) -> SmallCourse:
    """Return the course "Hygiene on shift" (C90)."""
    return publish_small(app)
