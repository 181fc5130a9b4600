"""Reports of readers of the small course of the writers' tests."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Flask

from lms.db import reading, transaction
from lms.kernel.ids import new_id
from lms.learning.reporting.models import ReaderReport

DAY = date(2026, 12, 1)


def report(app: Flask, **more: Any) -> UUID:
    """Add an open report and return its id."""
    made = new_id()
    values = {
        "id": made,
        "course_id": "C77",
        "number": 1,
        "revision": 0,
        "lesson": "AB-1.1",
        "block": "",
        "language": "en",
        "kind": "unclear",
        "text": "",
        "on": DAY,
        "closed_by": None,
        "closed_at": None,
    } | more
    with app.app_context(), transaction() as session:
        session.add(ReaderReport(**values))
    return made


def stored(app: Flask, report_id: UUID) -> ReaderReport:
    """Return a report as it is now."""
    with app.app_context():
        return reading().get_one(ReaderReport, report_id)
