"""Halima decides for the country; what a decision leaves behind."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms import installation
from lms.audit.models import AuditRow
from lms.extensions import db
from tests.admin.people.conftest import Open, halima
from tests.course import small_course

__all__ = ["Open", "halima", "small_course"]

URL = "/en/administer/test-rules"
REASON = "Order 12 of the Director"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every request read what is decided: a server looks again after five seconds."""
    monkeypatch.setattr("lms.app.INSTALLATION_FRESH", -1.0)


def decided(app: Flask) -> installation.Installation:
    with app.app_context():
        return installation.read(db.session())


def audited(app: Flask, action: str = "installation.pass-mark") -> list[tuple[str, dict[str, Any]]]:
    """Return the audited decisions of one kind, oldest first: (subject, facts)."""
    with app.app_context():
        rows = db.session().scalars(
            select(AuditRow).where(AuditRow.action == action).order_by(AuditRow.id)
        )
        return [(row.subject, row.facts) for row in rows]
