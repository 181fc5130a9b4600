"""Comments on a text of a draft: adding, resolving, opening again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid1, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from lms.authoring.drafts.models import Draft, DraftComment
from lms.db import reading
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
LESSON = "en/AB-1.1.md"


def page_of(draft: Draft, path: str = LESSON) -> str:
    return f"/en/write/{draft.id}/text/{path}"


def url(draft: Draft, path: str = LESSON) -> str:
    return f"/en/write/{draft.id}/comments/{path}"


def said(**more: Any) -> dict[str, Any]:
    return {"row": str(uuid4()), "block": "", "comment": "Say it shorter."} | more


def kept(app: Flask) -> list[DraftComment]:
    with app.app_context():
        return list(reading().scalars(select(DraftComment).order_by(DraftComment.at)))


def added(browser: Browser, draft: Draft, app: Flask, **more: Any) -> UUID:
    assert browser.post(url(draft), said(**more)).status_code == 303
    return kept(app)[-1].id


def step(draft: Draft, comment_id: UUID, verb: str = "resolution") -> str:
    return f"/en/write/{draft.id}/comment/{comment_id}/{verb}"


def test_everybody_with_a_role_at_the_course_comments(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    for person in (writers.aruzhan, writers.tarek, writers.nadia, writers.rosa, writers.peter):
        reply = browser(person).post(url(draft), said(comment=f"From {person.id}"))
        assert (reply.status_code, reply.location) == (303, f"{page_of(draft)}#comments")
    page = browser(writers.aruzhan).get(page_of(draft)).text

    assert len(kept(app)) == 5
    assert f"From {writers.rosa.id}" in page
    assert "Rosa Achieng" in page
    assert "5 comments are open." in browser(writers.peter).get(f"/en/write/{draft.id}").text


def test_a_comment_stands_at_its_block(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    here = browser(writers.rosa)
    page = here.get(page_of(draft)).text
    blocks = [
        each.partition('"')[0]
        for each in page.partition('<select id="block"')[2]
        .partition("</select>")[0]
        .split('value="')[1:]
    ]
    last = blocks[-1]
    added(here, draft, app, comment="about the last block", block=last)
    added(here, draft, app, comment="about all of it")
    page = here.get(page_of(draft)).text

    assert len(blocks) > 2
    assert kept(app)[0].block == last
    assert page.index("about all of it") < page.index("about the last block")


def test_a_comment_stays_when_its_block_is_gone(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    here = browser(writers.aruzhan)
    page = here.get(page_of(draft)).text.partition('<select id="block"')[2]
    block = page.split('value="')[2].partition('"')[0]
    added(here, draft, app, block=block, comment="about what was there")
    here.post(page_of(draft), {"text": '+++\ntitle = "x"\n+++\n', "seen": "1"})

    assert "about what was there" in here.get(page_of(draft)).text


def test_sent_twice_it_is_one(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    fields = said()
    for _ in range(2):
        assert browser(writers.rosa).post(url(draft), fields).status_code == 303

    assert len(kept(app)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"comment": ""},
        {"comment": "   "},
        {"comment": "c" * 1001},
        {"comment": "x\u202ey"},
        {"block": "no-such-block"},
        {"row": ""},
        {"row": "x"},
        {"row": str(uuid1())},
    ],
)
def test_a_wrong_field_is_refused_with_what_was_typed(
    browser: Open, draft: Draft, writers: Writers, app: Flask, wrong: dict[str, str]
) -> None:
    reply = browser(writers.rosa).post(url(draft), said(**wrong))

    assert reply.status_code == 422
    assert wrong.get("comment", "Say it shorter.").strip() in reply.text
    assert kept(app) == []


def test_resolved_and_opened_again(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    comment = added(browser(writers.rosa), draft, app)
    here = browser(writers.aruzhan)
    reply = here.post(step(draft, comment))

    assert (reply.status_code, reply.location) == (303, f"{page_of(draft)}#comments")
    assert kept(app)[0].resolved_by == writers.aruzhan.id
    page = here.get(page_of(draft)).text
    assert "No comment is open." in page
    assert "1 resolved comment" in page

    assert here.post(step(draft, comment, "reopening")).status_code == 303
    assert (kept(app)[0].resolved_by, kept(app)[0].resolved_at) == (None, None)
    assert "No comment is open." not in here.get(page_of(draft)).text


def test_of_two_who_resolve_it_the_first_is_kept(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    comment = added(browser(writers.rosa), draft, app)
    for person in (writers.tarek, writers.aruzhan):
        assert browser(person).post(step(draft, comment)).status_code == 303

    assert kept(app)[0].resolved_by == writers.tarek.id


def test_who_has_no_role_there_reads_or_finds_nothing(
    browser: Open, draft: Draft, writers: Writers, amina: Cast, app: Flask
) -> None:
    comment = added(browser(writers.rosa), draft, app)
    page = browser(writers.halima).get(page_of(draft)).text
    assert "Say it shorter." in page
    assert f"/comments/{LESSON}" not in page
    for person in (writers.halima, writers.sara, amina):
        for path in (url(draft), step(draft, comment), step(draft, comment, "reopening")):
            assert browser(person).post(path, said()).status_code == 404
    assert browser(None).post(url(draft), said()).status_code in {401, 403}
    assert len(kept(app)) == 1
    assert kept(app)[0].resolved_at is None


def test_there_is_no_such_thing(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    here = browser(writers.aruzhan)
    for path in ("en/AB-9.9.md", "../x.md", "en/nothing", "media/x.png"):
        assert here.post(url(draft, path), said()).status_code == 404
    for verb in ("resolution", "reopening"):
        assert here.post(step(draft, UUID(int=1), verb)).status_code == 404
        assert here.get(step(draft, UUID(int=1), verb)).status_code == 405
    assert kept(app) == []


def test_the_structure_can_be_commented_as_a_whole(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    reply = browser(writers.rosa).post(url(draft, "course.toml"), said())

    assert reply.status_code == 303
    assert kept(app)[0].path == "course.toml"


@pytest.mark.parametrize("language", ["fr", "ar", "ru", "kk"])
def test_they_are_there_in_every_language(
    browser: Open, draft: Draft, writers: Writers, app: Flask, language: str
) -> None:
    here = browser(writers.rosa)
    here.post(step(draft, added(here, draft, app)))
    added(here, draft, app)
    assert here.get(page_of(draft).replace("/en/", f"/{language}/", 1)).status_code == 200
