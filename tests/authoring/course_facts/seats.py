"""What tests of a course's page do again and again."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from lms.authoring.drafts import actions, queries
from lms.authoring.drafts.models import Draft
from lms.content.model import CourseFacts
from lms.content.one_file import facts_of
from lms.db import reading, transaction
from lms.kernel import clock
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
SEEN = re.compile(r'name="(seen-[^"]+)" value="(\d+)"')


def address(draft: Draft, rest: str = "") -> str:
    return f"/en/write/{draft.id}/course{rest}"


def stored(app: Flask, person: Cast, draft: Draft, path: str) -> str:
    with app.app_context():
        return queries.file(reading(), person.viewer, draft, path).text


def facts(app: Flask, person: Cast, draft: Draft) -> CourseFacts:
    found, _ = facts_of(stored(app, person, draft, "course.toml").encode())
    assert found is not None
    return found


def order(app: Flask, person: Cast, draft: Draft) -> list[list[str]]:
    return [[each.code for each in module.lessons] for module in facts(app, person, draft).modules]


def seen_in(seat: Browser, path: str) -> dict[str, str]:
    return {unescape(name): number for name, number in SEEN.findall(seat.get(path).text)}


def send(seat: Browser, path: str, page: str = "", **fields: Any) -> TestResponse:
    """Open a form (or ``page``, where the form stands) and send it."""
    return seat.post(path, {**seen_in(seat, page or path), **fields})


def somebody_saves(
    app: Flask, draft: Draft, writers: Writers, path: str, old: str, new: str
) -> None:
    with app.app_context(), transaction() as session:
        found = queries.file(session, writers.aruzhan.viewer, draft, path)
        assert old in found.text
        actions.save(
            session,
            writers.aruzhan.viewer,
            draft.id,
            path,
            found.text.replace(old, new).encode(),
            seen=found.number,
            now=clock.now(),
        )
