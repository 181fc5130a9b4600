"""Every course that ships: its measures find no fault."""

from __future__ import annotations

from functools import cache

import pytest

from lms.content.quality.findings import FAULT
from lms.content.quality.report import Report, measure
from tests.content.test_shipped_courses import COURSES, shipped

SLUGS = sorted(path.parent.name for path in COURSES.glob("*/course.toml"))


@cache
def report(slug: str) -> Report:
    """Return the report of a course, compared with those that come before it."""
    return measure(shipped(slug), [shipped(each) for each in SLUGS[: SLUGS.index(slug)]])


@pytest.mark.parametrize("slug", SLUGS)
def test_it_has_no_fault(slug: str) -> None:
    assert [str(each) for each in report(slug).findings if each.severity == FAULT] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_it_shares_no_question_with_another_course(slug: str) -> None:
    assert [str(each) for each in report(slug).findings if each.code == "stem.elsewhere"] == []
