"""Lists on their way into the register, and what the register knows about their rows.

lists     the lists themselves and their rows
register  people, places and job titles that rows are compared with
"""

from __future__ import annotations

from lms.accounts.importing.queries.lists import (
    MISSING_FROM,
    counts,
    every_row,
    job_of,
    lists,
    one,
    rows,
    titled_rows,
    to_do,
)
from lms.accounts.importing.queries.register import (
    MADE_WITH_A_PERSON,
    job_titles,
    known_people,
    known_places,
    missing,
    places,
    places_in_use,
    touched,
    with_credential,
)

__all__ = [
    "MADE_WITH_A_PERSON",
    "MISSING_FROM",
    "counts",
    "every_row",
    "job_of",
    "job_titles",
    "known_people",
    "known_places",
    "lists",
    "missing",
    "one",
    "places",
    "places_in_use",
    "rows",
    "titled_rows",
    "to_do",
    "touched",
    "with_credential",
]
