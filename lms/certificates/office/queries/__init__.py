"""Certificates as the administrators of their holders see them; the scope is in every statement.

lists    the certificates of a list, one of them, those of a person
choices  what a list can be limited to, and which programmes look in their own way
exports  work that puts many together: where it lies, how many names in a day, what waits

Which certificates a list means is told by ``lms.certificates.office.wanted``.
"""

from __future__ import annotations

from lms.certificates.office.queries.choices import looks, offered
from lms.certificates.office.queries.exports import BULK, place_and_day, waiting
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
    "BULK", "LINE", "SORTS", "Wanted", "certificates_of", "counts", "first", "ids", "looks",
    "numbers", "of_person", "offered", "one", "place_and_day", "some", "unknown_numbers", "waiting",
]  # fmt: skip
