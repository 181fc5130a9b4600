"""/<language>/write/<draft>/changes: what changed since the edition, and how much it weighs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from lms.authoring.changes.compared import changed_blocks, changed_files, decided
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries
from lms.authoring.drafts.models import Draft
from lms.content.digests import block_digest
from lms.content.reader import read_course
from lms.content.standing import is_current
from lms.db import reading, transaction
from lms.kernel import clock
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.content.small import small
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
LESSON = "en/AB-1.1.md"


def base(draft: Draft) -> str:
    return f"/en/write/{draft.id}/changes"


@pytest.fixture
def block() -> str:
    """Return the id of the first block of the first lesson."""
    return read_course(small()).required().documents["en"]["AB-1.1"].blocks[0].id


@pytest.fixture
def edited(app: Flask, draft: Draft, writers: Writers, block: str) -> bytes:
    """Return the first lesson with a word more in its first block, as the draft has it now."""
    first = read_course(small()).required().documents["en"]["AB-1.1"].blocks[0]
    line = next(line for line in first.body.splitlines() if line.strip())
    text = small()[LESSON].decode().replace(line, f"{line} indeed", 1).encode()
    with app.app_context(), transaction() as session:
        drafts.save(
            session, writers.aruzhan.viewer, draft.id, LESSON, text, seen=1, now=clock.now()
        )
    return text


def changes(app: Flask, draft: Draft, person: Cast) -> bytes:
    with app.app_context():
        return queries.file(reading(), person.viewer, draft, "changes.toml").data


def test_a_draft_that_nobody_touched_is_the_edition(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    assert "The draft is the same as edition 1.0." in browser(writers.tarek).get(base(draft)).text


def test_a_changed_block_is_shown_word_by_word_and_waits_for_its_weight(
    browser: Open, draft: Draft, writers: Writers, edited: bytes, block: str
) -> None:
    page = browser(writers.aruzhan).get(base(draft)).text

    assert re.search(r"<ins>\s*indeed\s*</ins>", page)
    assert "Of 1 change nobody has said yet how much it weighs." in page
    assert f'name="severity-{LESSON}:{block}"' in page


def test_a_typing_error_leaves_translations_as_they_are(
    browser: Open, draft: Draft, writers: Writers, edited: bytes, block: str, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    for _ in range(2):  # sent twice
        assert seat.post(base(draft), {f"severity-{LESSON}:{block}": "typo"}).status_code == 303

    known = decided(changes(app, draft, writers.aruzhan))
    assert len(known) == 1 + len(decided(small().get("changes.toml", b"")))
    before = read_course(small()).required()
    old = before.documents["en"]["AB-1.1"].blocks[0]
    after = read_course({**small(), LESSON: edited, "changes.toml": changes(
        app, draft, writers.aruzhan)}).required()  # fmt: skip
    new = after.documents["en"]["AB-1.1"].blocks[0]
    assert is_current(after.changes, block, block_digest(old), block_digest(new))
    assert "decided" in seat.get(base(draft)).text


def test_another_decision_counts(
    browser: Open, draft: Draft, writers: Writers, edited: bytes, block: str, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    for severity in ("typo", "law"):
        seat.post(base(draft), {f"severity-{LESSON}:{block}": severity})

    files = {**small(), LESSON: edited, "changes.toml": changes(app, draft, writers.aruzhan)}
    found = changed_blocks(small(), files, "en")
    assert [each.severity for each in found] == ["law"]


def test_what_is_no_weight_and_no_block_is_left_out(
    browser: Open, draft: Draft, writers: Writers, edited: bytes, block: str, app: Flask
) -> None:
    before = changes(app, draft, writers.aruzhan)
    fields = {f"severity-{LESSON}:{block}": "heavy", "severity-en/x.md:no": "typo"}
    browser(writers.aruzhan).post(base(draft), fields)

    assert changes(app, draft, writers.aruzhan) == before


def test_only_authors_weigh(
    browser: Open, draft: Draft, writers: Writers, edited: bytes, block: str, app: Flask
) -> None:
    before = changes(app, draft, writers.aruzhan)
    for person in (writers.tarek, writers.peter, writers.halima, writers.sara):
        reply = browser(person).post(base(draft), {f"severity-{LESSON}:{block}": "typo"})
        assert reply.status_code == 404
    assert browser(writers.sara).get(base(draft)).status_code == 404
    assert changes(app, draft, writers.aruzhan) == before


def test_files_that_came_and_went_are_named() -> None:
    after = {**small(), "SOURCES.md": b"x\n"}
    gone = "ar/AB-1.1.md"
    del after[gone]
    assert [(each.path, each.state) for each in changed_files(small(), after)] == [
        ("SOURCES.md", "new"), (gone, "gone"),
    ]  # fmt: skip
