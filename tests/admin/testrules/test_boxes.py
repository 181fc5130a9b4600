"""/<language>/administer/test-rules/boxes: whether certificates wait for the country's boxes"""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.admin.testrules.conftest import REASON, URL, Open, audited, decided
from tests.people import Cast

BOXES = f"{URL}/boxes"
TYPED = {"wait": "yes", "reason": REASON}


def test_the_office_decides_and_takes_it_back(app: Flask, browser: Open, halima: Cast) -> None:
    here = browser(halima)
    assert "do not wait for boxes" in here.get(URL).text
    for _ in range(2):
        reply = here.post(BOXES, TYPED)
        assert (reply.status_code, reply.location) == (303, URL)
    assert decided(app).refuse_unconfirmed_boxes
    assert audited(app, "installation.boxes") == [
        ("wait", {"before": False, "after": True, "reason": REASON})
    ]
    assert "wait until the boxes that they ask for are confirmed" in here.get(URL).text
    assert re.search(r'<input checked[^>]*value="yes"', here.get(BOXES).text)
    here.post(BOXES, TYPED | {"wait": "no"})
    assert not decided(app).refuse_unconfirmed_boxes


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("wait", ""), ("wait", "maybe"), ("reason", ""), ("reason", "x" * 501)],
)
def test_a_wrong_field_is_said(
    app: Flask, browser: Open, halima: Cast, field: str, wrong: str
) -> None:
    reply = browser(halima).post(BOXES, TYPED | {field: wrong})

    assert reply.status_code == 422
    assert f'id="{field}-error"' in reply.text
    assert not decided(app).refuse_unconfirmed_boxes


def test_a_reason_that_is_no_line_is_refused(app: Flask, browser: Open, halima: Cast) -> None:
    reply = browser(halima).post(BOXES, TYPED | {"reason": "Order\u200b12"})

    assert reply.status_code == 422
    assert not decided(app).refuse_unconfirmed_boxes


def test_nobody_else_decides(app: Flask, browser: Open, grace: Cast, amina: Cast) -> None:
    for person in (grace, amina):
        assert browser(person).get(BOXES).status_code == 404
        assert browser(person).post(BOXES, TYPED).status_code == 404
    assert browser(None).get(BOXES).status_code == 401
    assert not decided(app).refuse_unconfirmed_boxes
