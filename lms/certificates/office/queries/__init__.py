"""Certificates as the administrators of their holders see them; the scope is in every statement.

lists    the certificates of a list, one of them, those of a person
choices  what a list can be limited to
exports  work that puts many together, and waits for a second person

Which certificates a list means is told by ``lms.certificates.office.wanted``.
"""

from __future__ import annotations

from lms.certificates.office.queries.choices import offered, tops
from lms.certificates.office.queries.exports import BULK, waiting
from lms.certificates.office.queries.lists import (
    LINE,
    certificates_of,
    counts,
    first,
    ids,
    numbers,
    of_person,
    one,
    some,
    unknown_numbers,
)
from lms.certificates.office.wanted import SORTS, Wanted

__all__ = [
    "BULK", "LINE", "SORTS", "Wanted", "certificates_of", "counts", "first", "ids", "numbers",
    "of_person", "offered", "one", "some", "tops", "unknown_numbers", "waiting",
]  # fmt: skip
