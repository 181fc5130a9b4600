"""What the server holds of a test, and how a script says something."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.assessment import queries, rules
from lms.assessment.models import Answer, Attempt
from lms.extensions import db
from tests.browser import Browser
from tests.course import answers


def stored(app: Flask, attempt_id: UUID) -> list[Answer]:
    """Return every answer of a test, oldest first."""
    with app.app_context():
        return list(
            db.session().scalars(
                select(Answer).where(Answer.attempt_id == attempt_id).order_by(Answer.version)
            )
        )


def counting(app: Flask, attempt_id: UUID) -> dict[str, Any]:
    """Return item -> the choice that counts."""
    with app.app_context():
        held = rules.current(queries.answers(db.session(), attempt_id))
        return {item: each.said.choice for item, each in held.items() if each.said}


def disputed(app: Flask, attempt_id: UUID) -> dict[str, list[UUID]]:
    """Return item -> the answers that wait for the person's decision."""
    with app.app_context():
        held = rules.current(queries.answers(db.session(), attempt_id))
        return {
            item: [said.id for said in each.others] for item, each in held.items() if each.others
        }


def fields_of(app: Flask, attempt_id: UUID, *, right: bool) -> dict[str, dict[str, list[str]]]:
    """Return item -> fields that answer every question, all right or all wrong."""
    with app.app_context():
        return answers(db.session(), attempt_id, right=right)


def version(app: Flask, attempt_id: UUID) -> int:
    """Return the attempt's version."""
    with app.app_context():
        return db.session().get_one(Attempt, attempt_id).version


def who(here: Browser) -> str:
    """Return the tag of the person who is signed in here, as a script asks for it."""
    return str(here.client.get("/answers/who").get_json()["person"])


def send(here: Browser, said: object, *, token: bool = True) -> TestResponse:
    """Send JSON (or bytes as they are) to where answers go."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    headers = {"Accept": "application/json"}
    if token:
        headers["X-CSRF-Token"] = here.csrf_token()
    return here.client.post("/answers", data=body, content_type="application/json", headers=headers)


def answer(
    here: Browser, attempt_id: UUID, item: str, fields: dict[str, list[str]], **changed: Any
) -> dict[str, Any]:
    """Return an answer as a script sends it, first of its page unless ``changed``."""
    return {
        "attempt": str(attempt_id),
        "person": who(here),
        "page": "a" * 16,
        "n": 1,
        "seen": 0,
        "item": item,
        "fields": fields,
        "language": "en",
        **changed,
    }
