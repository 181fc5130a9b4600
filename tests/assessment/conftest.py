"""The small course and Amina's open test in it, for the tests of this folder."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.course import SmallCourse, small_course
from tests.people import Cast

__all__ = ["small_course"]


@pytest.fixture
def sitting(amina: Cast, small_course: SmallCourse) -> UUID:
    """Return Amina's final test, open and empty."""
    small_course.begin(amina)
    small_course.read(amina)
    return small_course.start(amina)
