"""What would be markup, a template or a format: no page of the search or the library runs it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from lms.catalogue.library.models import Document
from lms.catalogue.search.models import SearchEntry
from lms.db import transaction
from tests.admin.people.conftest import halima
from tests.browser import Browser
from tests.course import SmallCourse
from tests.desk.library.papers import put_document
from tests.people import Cast
from tests.web.test_canary import CANARY, Marks

__all__ = ["halima"]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_that_is_found_comes_alive_on_any_page(
    app: Flask,
    browser: Callable[[Cast | None], Browser],
    halima: Cast,
    hygiene: SmallCourse,
    language: str,
) -> None:
    hygiene.begin(halima)
    with app.app_context(), transaction() as session:
        put_document(session, app)
        session.execute(
            update(SearchEntry).values(
                title=CANARY, heading=CANARY, text=f"hands {CANARY} النظيفة {CANARY}"
            )
        )
        session.execute(update(Document).values(titles={"en": CANARY, "ar": CANARY}))
    here = browser(halima)
    pages = [
        here.get(f"/{language}/search", query_string={"q": query})
        for query in ("hands", "النظيفة", "standard", f"{CANARY} hands")
    ]
    pages += [
        here.get(f"/{language}{path}")
        for path in (
            "/library",
            "/library/standards",
            "/administer/library",
            "/administer/library/standards",
            "/administer/library/standards/titles",
            "/administer/library/standards/files/ar",
            "/administer/library/standards/pages/ar",
        )
    ]
    shown = 0
    for reply in pages:
        assert reply.status_code == 200
        found = Marks(reply.text)
        assert found.alive == []
        shown += found.shown
    assert shown > 20
