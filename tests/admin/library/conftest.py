"""Halima looks after the library of the country."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from lms.accounts.rules import SERVER
from lms.audit.models import AuditRow
from lms.catalogue.library import queries
from lms.catalogue.library.queries import Found
from lms.db import transaction
from lms.extensions import db
from tests.admin.people.conftest import Open, halima
from tests.browser import Browser
from tests.desk.library.papers import put_document
from tests.kept import kept

__all__ = ["Open", "halima"]

URL = "/en/administer/library"
ONE = f"{URL}/standards"


@pytest.fixture
@kept
def standards(app: Flask) -> str:
    """Return the code of a document with a file in English and in Arabic."""
    with app.app_context(), transaction() as session:
        put_document(session, app)
    return "standards"


def stored(app: Flask, code: str = "standards") -> Found:
    """Return a document as it is stored."""
    with app.app_context():
        try:
            return queries.any_document(db.session(), SERVER, code)
        finally:
            db.session.remove()


def audited(app: Flask) -> list[tuple[str, str]]:
    """Return what was audited about documents, oldest first: (what, about which)."""
    with app.app_context():
        rows = db.session().scalars(
            select(AuditRow).where(AuditRow.action.like("document.%")).order_by(AuditRow.id)
        )
        return [(row.action, row.subject) for row in rows]


def send_file(
    here: Browser, path: str, data: bytes | None, name: str = "rules.pdf"
) -> TestResponse:
    """Send a file as the page of uploads does; None sends no file."""
    fields: dict[str, Any] = {"csrf_token": here.csrf_token()}
    if data is not None:
        fields["file"] = FileStorage(io.BytesIO(data), name)
    # Put together here: the test client leaves the file of a large body open.
    boundary, body = encode_multipart(fields)
    kind = f"multipart/form-data; boundary={boundary}"
    reply = here._counted("POST", path, data=body, content_type=kind)
    here._check(path, reply)
    return reply
