"""What readers reported, in the order in which it is worked through, and who closes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from lms.authoring.drafts.rules import Rights
from lms.learning.reporting.rules import NOT_HERE


@dataclass(frozen=True, slots=True)
class Lesson:
    """A published lesson: its title, and the headings of its parts by their ids."""

    title: str
    headings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """Everything that is open about one part of one lesson.

    heading  empty for the whole lesson; the id of a part that is no longer there.
    """

    lesson: str
    title: str
    heading: str
    reports: Sequence[Any]


def may_close(held: Rights) -> bool:
    """Return whether somebody may close a report: whoever writes, translates or adapts."""
    return held.translates or held.adapts


def is_national_first(held: Rights) -> bool:
    """Return whether "not so in my prison" comes first: for whoever adapts and does not write."""
    return held.adapts and not held.translates


def by_part(
    reports: Iterable[Any],
    codes: Sequence[str],
    lessons: Mapping[str, Lesson],
    *,
    not_here_first: bool,
) -> list[Part]:
    """Return open reports by lesson and part, in the order of the course.

    reports  rows with lesson, block, kind; in a part they keep their order.
    codes    of the lessons in the draft; a lesson that is no longer there comes last.
    """
    places = {code: number for number, code in enumerate(codes)}

    def key(each: Any) -> tuple[bool, int, str, int, str]:  # noqa: ANN401 -- a row of a query
        known = lessons.get(each.lesson)
        parts = list(known.headings) if known else []
        place = parts.index(each.block) + 1 if each.block in parts else len(parts) + 1
        return (
            not_here_first and each.kind != NOT_HERE,
            places.get(each.lesson, len(places)),
            each.lesson,
            place if each.block else 0,
            each.block,
        )

    found = []
    for (_, _, code, _, block), rows in groupby(sorted(reports, key=key), key=key):
        known = lessons.get(code) or Lesson("", {})
        found.append(Part(code, known.title, known.headings.get(block, block), list(rows)))
    return found
