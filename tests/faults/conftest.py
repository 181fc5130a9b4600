"""The fixtures of the fault runs."""

from tests.course import small_course

__all__ = ["small_course"]
