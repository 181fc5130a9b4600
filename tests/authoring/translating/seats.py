"""What tests of translating do again and again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask

from lms.authoring.drafts import queries
from lms.authoring.drafts.models import Draft
from lms.db import reading
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]


def address(draft: Draft, rest: str = "") -> str:
    return f"/en/write/{draft.id}/translate{rest}"


def stored(app: Flask, person: Cast, draft: Draft, path: str) -> str:
    with app.app_context():
        return queries.file(reading(), person.viewer, draft, path).text


def hidden(page: str, key: str) -> dict[str, Any]:
    """Return what the form of a block carries; ``key`` is the block that is open."""
    fields = dict(re.findall(r'name="(unit|seen|source)" value="([^"]*)"', page))
    assert fields["unit"] == key, page
    return fields


def opened(seat: Browser, draft: Draft, file: str, key: str) -> dict[str, Any]:
    return hidden(seat.get(address(draft, f"{file}?at={key}")).text, key)


def save_practice(seat: Browser, draft: Draft, fields: dict[str, Any], words: str) -> Any:
    sent = {**fields, "part-body": words}
    return seat.post(address(draft, "/ru/AB-1.1?at=ab11-p"), sent)


def change_source(browser: Open, draft: Draft, writers: Writers, old: str, new: str) -> None:
    path = f"/en/write/{draft.id}/text/en/AB-1.1.md"
    seat = browser(writers.aruzhan)
    page = seat.get(path).text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen is not None
    text = stored(seat.app, writers.aruzhan, draft, "en/AB-1.1.md")
    assert old in text
    seat.post(path, {"text": text.replace(old, new), "seen": seen[1]})
