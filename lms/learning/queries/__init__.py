"""What a person is enrolled in, reads and sits. Every lookup starts from the viewer.

reading  courses, lessons and pictures
joining  enrolments, and what comes before one
sitting  attempts at the tests
"""

from __future__ import annotations

from lms.learning.queries.joining import (
    open_enrolment,
    passed_courses,
    people_of_programmes,
    to_pass_first,
)
from lms.learning.queries.reading import (
    MINE,
    ONE_COURSE,
    course,
    courses,
    lesson,
    lessons,
    picture,
)
from lms.learning.queries.sitting import (
    attempts,
    last_failed,
    sittings,
    sittings_of,
    unused_grants,
)

__all__ = [
    "MINE",
    "ONE_COURSE",
    "attempts",
    "course",
    "courses",
    "last_failed",
    "lesson",
    "lessons",
    "open_enrolment",
    "passed_courses",
    "people_of_programmes",
    "picture",
    "sittings",
    "sittings_of",
    "to_pass_first",
    "unused_grants",
]
