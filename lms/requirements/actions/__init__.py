"""What changes who must hold what, who is enrolled because of it, and who need not.

requiring  a requirement is set and ended
enrolling  people are enrolled because of one, or from a list; their deadlines
checks     what is asked of a decision before it is made
"""

from __future__ import annotations

from lms.requirements.actions.checks import (
    course_and_programme,
    reason_of,
    require_that,
)
from lms.requirements.actions.enrolling import (
    A_STEP,
    ENROL,
    LOOK_EVERY,
    SERVER_READER,
    STEPS,
    ask_to_enrol,
    enrol_joiners,
    enrol_missing,
    enrol_people,
    extend,
)
from lms.requirements.actions.requiring import (
    NewRequirement,
    end_requirement,
    require,
)

__all__ = [
    "A_STEP",
    "ENROL",
    "LOOK_EVERY",
    "SERVER_READER",
    "STEPS",
    "NewRequirement",
    "ask_to_enrol",
    "course_and_programme",
    "end_requirement",
    "enrol_joiners",
    "enrol_missing",
    "enrol_people",
    "extend",
    "reason_of",
    "require",
    "require_that",
]
