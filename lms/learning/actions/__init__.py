"""What changes an enrolment; one file for each part of its life.

joining  a course is joined, begun, taken anew
reading  lessons are read and finished
sitting  its tests are started and handed in
regrading  a test is marked anew under a corrected key
"""

from __future__ import annotations

from lms.learning.actions.joining import begin, begun_edition, enrol, renew, require_belongs
from lms.learning.actions.reading import LONGEST_SPAN_SECONDS, complete_lesson, note_place
from lms.learning.actions.regrading import regrade
from lms.learning.actions.sitting import (
    CLOSE,
    LONGEST_REASON,
    grant_attempt,
    hand_in,
    start_test,
)

__all__ = [
    "CLOSE", "LONGEST_REASON", "LONGEST_SPAN_SECONDS", "begin", "begun_edition", "complete_lesson",
    "enrol", "grant_attempt", "hand_in", "note_place", "regrade", "renew", "require_belongs",
    "start_test",
]  # fmt: skip
