"""The editor takes a text up to the limit of the format, whatever it is written in."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest
from flask import Flask

from lms.app.pages import LONG_FIELDS
from lms.authoring.drafts import queries
from lms.authoring.drafts.models import Draft
from lms.content.blocks import MOST_BYTES
from lms.db import reading
from lms.web.form_limits import LONGEST_FIELD
from tests.authoring.writers import Writers
from tests.browser import Browser
from tests.content.small import small
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
BANK = "en/bank/AB-1.md"
ITEM = """
## AB-1-{number:03}
{{single lesson=AB-1.1 section=ab11-1 outcome=a difficulty=2}}

May an emergency justify ill-treatment?

- [x] a. No, never.
  > {why}
- [ ] b. Yes, when the director orders it.
  > {why}
- [ ] c. Yes, at night.
  > {why}
"""
((_, LONGEST),) = LONG_FIELDS.values()


def long_bank(letter: str = "x") -> str:
    """Return a bank as large as the format takes, items and all."""
    text = small()[BANK].decode()
    line = letter * 60 + "\n"
    count = (MOST_BYTES - len(text.encode())) // len(line.encode())
    return text + line * min(count, 4900)


def page_of(draft: Draft) -> str:
    return f"/en/write/{draft.id}/text/{BANK}"


def stored(app: Flask, person: Cast, draft: Draft) -> str:
    with app.app_context():
        return queries.file(reading(), person.viewer, draft, BANK).text


@pytest.mark.parametrize("letter", ["x", "ж", "ش"])
@pytest.mark.parametrize("by_script", [False, True])
def test_a_bank_of_the_largest_size_is_written_in_the_page(
    browser: Open, draft: Draft, writers: Writers, app: Flask, letter: str, by_script: bool
) -> None:
    seat, text = browser(writers.aruzhan), long_bank(letter)
    assert len(text.encode()) > MOST_BYTES - 150
    sent = {"text": text.replace("\n", "\r\n"), "seen": "1"}
    if by_script:  # as a script sends a form: in parts
        more = {**sent, "go": "auto", "csrf_token": seat.csrf_token()}
        parts = {"content_type": "multipart/form-data"}
        assert seat.client.post(page_of(draft), data=more, **parts).status_code == 200
    else:
        assert seat.post(page_of(draft), sent).status_code == 303
    assert stored(app, writers.aruzhan, draft) == text
    page = seat.client.get(page_of(draft)).text  # as large as its text, which no other page is
    assert 'name="seen" value="2"' in page
    assert "too long for a page" not in page


def test_a_larger_one_comes_back_with_the_reason(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    before = stored(app, writers.aruzhan, draft)
    seat = browser(writers.aruzhan)
    sent = {"text": long_bank() + "y" * 400, "seen": "1", "csrf_token": seat.csrf_token()}
    reply = seat.client.post(page_of(draft), data=sent)
    assert reply.status_code == 422
    assert "This file is larger than 256 kB." in reply.text
    assert "y" * 400 in reply.text
    assert stored(app, writers.aruzhan, draft) == before


def test_the_memory_stays_bounded(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    """Only this field of this page is longer; the body is as small as that of any form."""
    before = stored(app, writers.aruzhan, draft)
    seat = browser(writers.aruzhan)
    for fields in (
        {"text": "x" * (LONGEST + 1), "seen": "1"},
        {"text": "x", "note": "n" * (LONGEST_FIELD + 1), "seen": "1"},
        {"text": "x", "other": "n" * (LONGEST_FIELD + 1), "seen": "1"},
    ):
        assert seat.post(page_of(draft), fields).status_code == 413
    comment = {"comment": "x" * LONGEST_FIELD, "block": "", "row": "x"}
    assert seat.post(f"/en/write/{draft.id}/comments/{BANK}", comment).status_code == 413
    assert stored(app, writers.aruzhan, draft) == before


def test_the_page_of_a_large_bank_costs_little(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    """A file has 200 questions at most; these are as long as the file lets them be."""
    seat, why = browser(writers.aruzhan), "An order does not change the rule. " * 10
    items = "".join(ITEM.format(number=number, why=why) for number in range(1, 201))
    assert MOST_BYTES * 0.9 < len(items) < MOST_BYTES
    assert seat.post(page_of(draft), {"text": f"+++\n+++\n{items}", "seen": "1"}).status_code == 303
    assert "to mend in this text" not in seat.client.get(page_of(draft)).text
    before = process_time()
    assert seat.client.get(page_of(draft)).status_code == 200
    assert process_time() - before < 0.45  # 0.15 s on a machine that does nothing else
