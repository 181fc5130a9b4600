"""What changes who must hold what, who is enrolled because of it, and who need not.

requiring  a requirement is set and ended
enrolling  people are enrolled because of one, or from a list; their deadlines
waiving    somebody is exempt, or a certificate from elsewhere counts
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
from lms.requirements.actions.waiving import (
    NewExternal,
    check_external,
    end_exemption,
    enter_external,
    exempt,
)

__all__ = [
    "A_STEP",
    "ENROL",
    "LOOK_EVERY",
    "SERVER_READER",
    "NewExternal",
    "NewRequirement",
    "ask_to_enrol",
    "check_external",
    "course_and_programme",
    "end_exemption",
    "end_requirement",
    "enrol_joiners",
    "enrol_missing",
    "enrol_people",
    "enter_external",
    "exempt",
    "extend",
    "reason_of",
    "require",
    "require_that",
]
