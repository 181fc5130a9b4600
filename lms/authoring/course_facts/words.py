"""What the page of a course calls its parts."""

from __future__ import annotations

from collections.abc import Mapping

from lms.kernel.messages import msg

ACCESS_WORDS: Mapping[str, str] = {
    "open": msg("Open: everybody may begin it"),
    "listed": msg("Listed: everybody sees it, who is enrolled begins it"),
    "restricted": msg("Restricted: nobody sees it but those on its list"),
}
PART_WORDS: Mapping[str, str] = {
    "titles": msg("Titles"),
    "audience": msg("For whom it is"),
    "prerequisites": msg("Courses to pass before it"),
    "validity": msg("Validity and review"),
    "access": msg("Who may begin it"),
    "rule": msg("What is needed to pass"),
    "tests": msg("The tests"),
    "slot": msg("Critical slot"),
    "box": msg("Country box"),
}
