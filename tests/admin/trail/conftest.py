"""A published course, whose title the log says."""

from tests.course import small_course

__all__ = ["small_course"]
