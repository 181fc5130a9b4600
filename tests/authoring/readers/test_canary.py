"""Hostile text in what readers and writers say: every page that shows it escapes it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from lms.authoring.drafts.models import BlockText, Draft, DraftComment, DraftVerdict, DraftVersion
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.ids import new_id
from tests.authoring.readers.reports import report
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.people import Cast
from tests.web.test_canary import CANARY, MARK, Marks

Open = Callable[[Cast | None], Browser]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_that_was_said_comes_alive(
    browser: Open, draft: Draft, writers: Writers, app: Flask, language: str
) -> None:
    report(app, text=CANARY)
    now = clock.now()
    with app.app_context(), transaction() as session:
        for resolved in (None, now):
            session.add(
                DraftComment(
                    id=new_id(),
                    draft_id=draft.id,
                    path="en/AB-1.1.md",
                    block="",
                    text=CANARY,
                    by=writers.rosa.id,
                    at=now,
                    resolved_by=None,
                    resolved_at=resolved,
                )
            )
        session.execute(update(Draft).values(title=CANARY))
        session.execute(update(DraftVersion).values(note=CANARY))
        session.execute(update(BlockText).values(text=CANARY))
        session.add(
            DraftVerdict(
                id=new_id(),
                draft_id=draft.id,
                state="0" * 64,
                verdict="sent-back",
                note=CANARY,
                by=writers.peter.id,
                at=now,
            )
        )
    for path in ("", "reports", "text/en/AB-1.1.md", "history/en/AB-1.1.md", "files", "review"):
        page = browser(writers.aruzhan).get(f"/{language}/write/{draft.id}/{path}".rstrip("/")).text
        found = Marks(page)
        assert MARK in page or path == "files", path
        assert found.alive == []
        assert found.shown >= 1 or path == "files", path
