"""Who stands how towards what they must hold. The viewer's scope is in every statement.

matrix    what is required, and how many stand how
standing  how people stand: a list, some of them, oneself; who is missing, whom to remind
facts     what that rests on: enrolments, exemptions, certificates of others

All of them stand on one pairing of people with requirements: ``lms.requirements.pairing``.
"""

from __future__ import annotations

from lms.requirements.pairing import Standing
from lms.requirements.queries.facts import enrolment, exemptions, external, learned, to_check
from lms.requirements.queries.matrix import (
    MOST_REQUIREMENTS,
    counts,
    counts_since,
    requirement,
    requirements,
)
from lms.requirements.queries.standing import (
    mine,
    missing,
    of_people,
    people,
    reminders,
    titles,
    to_renew,
    worst_of_each,
)

__all__ = [
    "MOST_REQUIREMENTS", "Standing", "counts", "counts_since", "enrolment", "exemptions",
    "external", "learned", "mine", "missing", "of_people", "people", "reminders", "requirement",
    "requirements", "titles", "to_check", "to_renew", "worst_of_each",
]  # fmt: skip
