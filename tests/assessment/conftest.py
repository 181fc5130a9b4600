"""The small course, for the tests of this folder."""

from tests.course import small_course

__all__ = ["small_course"]
