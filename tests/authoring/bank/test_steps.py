"""…/questions/<code>/preview, /duplicate, /retire, /countries; …/blueprint and …/sample."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.authoring.drafts import actions
from lms.authoring.drafts.models import Draft
from lms.db import transaction
from lms.kernel import clock
from tests.authoring.bank.pages import BANK, Open, address, stored
from tests.authoring.writers import Writers
from tests.content.small import small

ONE = "/AB-1-001"
AR = "ar/bank/AB-1.md"
BANK_AR = """\
+++
reviewed = false

[from]
"AB-1-001" = "111111111111"
"AB-1-002" = "222222222222"
+++

## AB-1-001

سؤال؟

- a. نعم.
- b. لا.

> لأن.

## AB-1-002

سؤال آخر؟

- a. نعم.
- b. لا.

> لأن.
"""


def put(app: Flask, writers: Writers, draft: Draft, path: str, text: str, seen: int = 0) -> None:
    with app.app_context(), transaction() as session:
        actions.save(
            session,
            writers.aruzhan.viewer,
            draft.id,
            path,
            text.encode(),
            seen=seen,
            now=clock.now(),
        )


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("AB-1-001", "The right choice gives one point"),
        ("AB-1-007", "Each decision is marked"),
        ("AB-2-004", "Right neighbours divided by"),
    ],
)
def test_the_preview_shows_the_item_its_answer_and_its_marking(
    browser: Open, draft: Draft, writers: Writers, item: str, words: str
) -> None:
    for person in (writers.aruzhan, writers.tarek, writers.halima):
        page = browser(person).get(address(draft, f"/{item}/preview")).text
        assert words in page
        assert "Right answer" in page
        assert f'id="q-{item}"' in page


def test_the_preview_of_what_is_not_there(browser: Open, draft: Draft, writers: Writers) -> None:
    assert browser(writers.aruzhan).get(address(draft, "/AB-9-001/preview")).status_code == 404
    assert browser(writers.sara).get(address(draft, f"{ONE}/preview")).status_code == 404


def test_a_copy_gets_the_next_code_and_one_is_enough(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    for _ in range(2):
        reply = seat.post(address(draft, f"{ONE}/duplicate"))
        assert (reply.status_code, reply.location) == (303, address(draft, "/AB-1-008"))
    text = stored(app, writers.aruzhan, draft)
    assert text.startswith(small()[BANK].decode().rstrip("\n"))
    assert text.count("The secret question 1 of") == 2


def test_only_authors_copy_and_retire(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    for person in (writers.tarek, writers.nadia, writers.rosa, writers.halima, writers.sara):
        for step in ("duplicate", "retire"):
            reply = browser(person).post(address(draft, f"{ONE}/{step}"))
            assert reply.status_code == 404
        assert browser(person).get(address(draft, f"{ONE}/retire")).status_code == 404
    for step in ("duplicate", "retire"):
        reply = browser(writers.aruzhan).post(address(draft, f"/AB-1-777/{step}"))
        assert reply.status_code == 404
    assert stored(app, writers.aruzhan, draft) == small()[BANK].decode()


def test_it_says_first_what_will_be_missing(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.aruzhan)
    page = seat.get(address(draft, f"{ONE}/retire")).text
    assert "The critical slot no-torture needs three items." in page
    page = seat.get(address(draft, "/AB-1-006/retire")).text
    assert "have enough questions without it" in page
    assert "TN" in page  # that country leaves it out by name


def test_it_goes_out_of_the_bank_and_of_its_translations(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    put(app, writers, draft, AR, BANK_AR)
    seat = browser(writers.aruzhan)
    for _ in range(2):
        reply = seat.post(address(draft, f"{ONE}/retire"))
        assert (reply.status_code, reply.location) == (303, address(draft))

    source, arabic = (stored(app, writers.aruzhan, draft, path) for path in (BANK, AR))
    assert "AB-1-001" not in source + arabic
    first = BANK_AR.index("## AB-1-001")
    second = BANK_AR.index("## AB-1-002")
    assert arabic == BANK_AR[:first].replace('"AB-1-001" = "111111111111"\n', "") + BANK_AR[second:]
    assert source == "".join(
        part
        for part in small()[BANK].decode().partition("## AB-1-002")
        if not part.startswith("+++")
    ).join(["+++\n+++\n\n", ""])
    assert seat.get(f"/en/write/{draft.id}/history/{BANK}").status_code == 200


def test_national_editors_decide_where_it_is_asked(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat, path = browser(writers.nadia), "nations/tn/nation.toml"
    page = seat.get(address(draft, f"{ONE}/preview")).text
    assert "Leave it out in TN" in page
    for _ in range(2):
        reply = seat.post(address(draft, f"{ONE}/countries"), {"country": "tn", "out": "yes"})
        assert reply.status_code == 303
    text = stored(app, writers.aruzhan, draft, path)
    assert 'out = ["AB-1-001", "AB-1-006"]' in text
    for code in ("/AB-1-001", "/AB-1-006"):
        seat.post(address(draft, f"{code}/countries"), {"country": "tn", "out": "no"})
    text = stored(app, writers.aruzhan, draft, path)
    assert "AB-1-00" not in text
    assert 'block = "ab11-2"' in text


def test_nobody_else_decides_it(browser: Open, draft: Draft, writers: Writers, app: Flask) -> None:
    path = "nations/tn/nation.toml"
    before = stored(app, writers.aruzhan, draft, path)
    sent = {"country": "tn", "out": "yes"}
    for person in (writers.aruzhan, writers.tarek, writers.halima, writers.sara):
        assert "Leave it out in" not in browser(person).get(address(draft, f"{ONE}/preview")).text
        reply = browser(person).post(address(draft, f"{ONE}/countries"), sent)
        assert reply.status_code == 404
    seat = browser(writers.nadia)
    assert (
        seat.post(address(draft, f"{ONE}/countries"), {**sent, "country": "zz"}).status_code == 404
    )
    for bad in ({**sent, "out": "perhaps"}, {**sent, "country": "../x"}, {}):
        assert seat.post(address(draft, f"{ONE}/countries"), bad).status_code == 303
    assert stored(app, writers.aruzhan, draft, path) == before


def test_the_blueprint_says_in_words_what_is_missing(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.aruzhan)
    page = seat.get(address(draft, "/blueprint")).text
    assert "Say what is forbidden." in page
    assert "1 thing is missing" not in page or "No item of the bank asks" in page
    for code in ("/AB-1-001", "/AB-1-007"):
        seat.post(address(draft, f"{code}/retire"))
    page = seat.get(address(draft, "/blueprint")).text
    for words in (
        "The critical slot no-torture needs three items.",
        "No item of the bank asks for outcome b of AB-1.1. Write one.",
        "The bank has fewer scenarios than one test draws.",
        '<span class="tag bad">none</span>',
        '<span class="tag bad">2 of 3, 1 is missing</span>',
        "/questions/new?lesson=AB-1.1&amp;outcome=b",
    ):
        assert words in page, words
    assert "Write one</a>" not in browser(writers.tarek).get(address(draft, "/blueprint")).text


def test_the_same_seed_draws_the_same_test(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.tarek)
    one = seat.get(address(draft, "/sample?seed=abc")).text
    two = seat.get(address(draft, "/sample?seed=abc")).text
    assert one.count('<fieldset class="q"') == 5
    assert one.partition("</nav>")[2].split("Draw another")[0] or one
    assert [part[:10] for part in one.split('id="q-')] == [
        part[:10] for part in two.split('id="q-')
    ]
    assert seat.get(address(draft, "/sample?test=pre")).text.count('<fieldset class="q"') == 2
    assert seat.get(address(draft, "/sample?test=none")).status_code == 404


def test_a_sample_on_paper_and_with_its_answers(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    seat = browser(writers.aruzhan)
    paper = seat.get(address(draft, "/sample?seed=abc&as=paper")).text
    key = seat.get(address(draft, "/sample?seed=abc&as=key")).text
    assert "☐" in paper
    assert "Secret reason" not in paper
    assert "✓ Right" not in paper
    assert "✓ Right" in key
    evil = seat.get(address(draft, "/sample?seed=%3Cscript%3E&as=%22x")).text
    assert "<script>" not in evil.replace('<script src="', "")


def test_a_bank_that_is_too_small_says_so(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.aruzhan)
    for number in (1, 2, 3):
        seat.post(address(draft, f"/AB-1-00{number}/retire"))
    assert "The bank is too small for this test." in seat.get(address(draft, "/sample")).text


@pytest.mark.parametrize("language", ["fr", "ar", "ru", "kk"])
def test_every_page_in_every_language(
    browser: Open, draft: Draft, writers: Writers, language: str
) -> None:
    seat = browser(writers.aruzhan)
    rests = [
        "",
        "/new",
        "/new?kind=scenario&lesson=AB-1.1",
        ONE,
        "/AB-1-007",
        f"{ONE}/preview",
        f"{ONE}/retire",
        "/blueprint",
        "/sample?seed=a",
        "/sample?seed=a&as=key",
    ]
    for rest in rests:
        path = address(draft, rest).replace("/en/", f"/{language}/", 1)
        assert seat.get(path).status_code == 200, rest
