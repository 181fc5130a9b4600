"""The learner's desk; one file for each of its pages.

home       every course with its state, where to go on, the certificates; what is stored about one
course     a course: its lessons and what is missing for the certificate; the file to take along
tests      a test is announced, started, handed in, and its result
addresses  below which address all this lies
"""

from __future__ import annotations

from lms.desk.views import course, home, tests
from lms.desk.views.addresses import bp

__all__ = ["bp", "course", "home", "tests"]
