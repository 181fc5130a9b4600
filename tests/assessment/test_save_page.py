"""POST /<language>/tests/<attempt>"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from lms import installation
from lms.db import transaction
from lms.kernel import clock
from tests.assessment.said import counting, disputed, fields_of, stored, version
from tests.browser import Browser
from tests.course import SmallCourse, form_of
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/tests/{}"
PAGE, OTHER = "a" * 16, "b" * 16


def sent(app: Flask, attempt_id: UUID, *, right: bool = True, **changed: Any) -> dict[str, Any]:
    return {
        "page": PAGE,
        "seen": "0",
        "go": "finish",
        **form_of(app, attempt_id, right=right),
        **changed,
    }


def part_of(said: dict[str, Any], *items: str) -> dict[str, Any]:
    """Return a page on which only ``items`` were answered."""
    return {
        name: value
        for name, value in said.items()
        if not name.startswith("a.") or name[2:].partition(":")[0] in items
    }


def items_of(said: dict[str, Any]) -> list[str]:
    """Return the items that a page names, in its order."""
    return list(dict.fromkeys(n[2:].partition(":")[0] for n in said if n.startswith("a.")))


def test_it_keeps_every_answer_and_goes_to_what_is_unanswered(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    reply = browser(amina).post(URL.format(sitting), sent(app, sitting))

    assert (reply.status_code, reply.location) == (303, f"/en/tests/{sitting}/unanswered")
    assert len(counting(app, sitting)) == 8
    assert {each.carrier for each in stored(app, sitting)} == {"page"}


def test_saved_between_it_stays_in_the_test_and_says_when(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here = browser(amina)
    reply = here.post(URL.format(sitting), sent(app, sitting, go="q-HY-1-001"))
    assert reply.location == f"/en/tests/{sitting}#q-HY-1-001"
    assert "Saved at" in here.get(URL.format(sitting)).text


def test_enter_in_a_field_saves_and_goes_back_to_what_was_answered_last(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here, whole = browser(amina), sent(app, sitting, go="")
    items = items_of(whole)
    here.post(URL.format(sitting), part_of(whole, items[0]))
    reply = here.post(URL.format(sitting), part_of(whole, *items[:3]))
    assert reply.location == f"/en/tests/{sitting}#q-{items[2]}"
    # A script has sent the answer before the page is sent: nothing changes, the place stays.
    reply = here.post(URL.format(sitting), part_of(whole, *items[:3]))
    assert reply.location == f"/en/tests/{sitting}#q-{items[2]}"
    changed = {**part_of(whole, *items[:3]), **part_of(sent(app, sitting, right=False), items[1])}
    reply = here.post(URL.format(sitting), {**changed, "go": ""})
    assert reply.location == f"/en/tests/{sitting}#q-{items[1]}"


@pytest.mark.parametrize("languages", [("en",), ("en", "ar")])
def test_the_first_button_of_the_form_is_the_one_that_keeps_the_place(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, languages: tuple[str, ...]
) -> None:
    with app.app_context(), transaction() as session:
        installation.decide(session, {"languages": languages}, now=clock.now())
    page = browser(amina).get(URL.format(sitting)).text
    of_the_form = re.compile(
        r'<button (?=[^>]*form="quiz")[^>]*>|<form [^>]*id="quiz".*', re.DOTALL
    )
    found = of_the_form.search(page)
    assert found is not None
    button = re.search(r"<button[^>]*>", found[0])
    assert button is not None
    assert "name=" not in button[0]
    assert 'aria-hidden="true"' in button[0]


def test_an_incomplete_page_is_never_refused(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    whole = sent(app, sitting)
    first = items_of(whole)[0]
    reply = browser(amina).post(URL.format(sitting), part_of(whole, first))
    assert reply.status_code == 303
    assert list(counting(app, sitting)) == [first]


def test_a_page_with_nothing_on_it_changes_nothing(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    reply = browser(amina).post(URL.format(sitting), {"page": PAGE, "seen": "0"})
    assert (reply.status_code, reply.location) == (303, f"/en/tests/{sitting}")
    assert stored(app, sitting) == []


def test_a_page_that_did_not_arrive_whole_takes_nothing_back(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here, whole = browser(amina), sent(app, sitting)
    here.post(URL.format(sitting), whole)
    first, second = items_of(whole)[:2]
    half = part_of(whole, first)
    del half["whole"]
    here.post(URL.format(sitting), half)
    assert len(stored(app, sitting)) == 8
    assert counting(app, sitting)[second] is not None


def test_sent_twice_it_is_kept_once(app: Flask, browser: Open, amina: Cast, sitting: UUID) -> None:
    here, page = browser(amina), sent(app, sitting)
    for _ in range(2):
        assert here.post(URL.format(sitting), page).status_code == 303
    assert len(stored(app, sitting)) == 8


def test_after_going_back_only_what_changed_is_kept(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here, right = browser(amina), sent(app, sitting)
    here.post(URL.format(sitting), right)
    wrong = sent(app, sitting, right=False)
    first = items_of(right)[0]
    back = {
        **right,
        **{name: value for name, value in wrong.items() if name[2:].partition(":")[0] == first},
    }
    here.post(URL.format(sitting), back)

    assert len(stored(app, sitting)) == 9
    assert disputed(app, sitting) == {}


def test_an_answer_can_be_taken_back(app: Flask, browser: Open, amina: Cast, sitting: UUID) -> None:
    here, whole = browser(amina), sent(app, sitting)
    here.post(URL.format(sitting), whole)
    here.post(URL.format(sitting), part_of(whole))
    assert set(counting(app, sitting).values()) == {None}
    assert len(stored(app, sitting)) == 16


def test_two_pages_at_once_lose_nothing_and_the_person_is_asked(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here = browser(amina)
    here.post(URL.format(sitting), sent(app, sitting))
    here.post(URL.format(sitting), sent(app, sitting, right=False, page=OTHER))

    before = {item: fields_of(app, sitting, right=True)[item] for item in counting(app, sitting)}
    assert len(stored(app, sitting)) == 16
    assert len(disputed(app, sitting)) == len(before) == 8
    page = here.get(URL.format(sitting)).text
    assert page.count("has two answers") == 8
    assert page.count("Use this answer") == 8


def test_two_pages_that_say_the_same_ask_nobody(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here = browser(amina)
    for page in (PAGE, OTHER):
        here.post(URL.format(sitting), sent(app, sitting, page=page))
    assert disputed(app, sitting) == {}
    assert len(stored(app, sitting)) == 8


def test_a_page_that_shows_an_older_state_does_not_undo_what_it_never_showed(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here, whole = browser(amina), sent(app, sitting)
    first, second = items_of(whole)[:2]
    here.post(URL.format(sitting), part_of(whole, first))
    empty = {**part_of(whole, second), "page": OTHER}
    here.post(URL.format(sitting), empty)
    assert set(counting(app, sitting)) == {first, second}
    assert disputed(app, sitting) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", ""),
        ("page", "x" * 16),
        ("page", "a" * 41),
        ("page", "a" * 16 + "\n"),
        ("seen", ""),
        ("seen", "-1"),
        ("seen", "many"),
        ("go", "//evil.example"),
        ("go", "q 1"),
        ("go", "x" * 41),
    ],
)
def test_a_field_that_cannot_be_changes_nothing(
    app: Flask, browser: Open, amina: Cast, sitting: UUID, name: str, value: str
) -> None:
    reply = browser(amina).post(URL.format(sitting), {**sent(app, sitting), name: value})
    assert reply.status_code == 404
    assert stored(app, sitting) == []


def test_what_no_page_of_ours_would_send_is_passed_over(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    item = items_of(sent(app, sitting))[0]
    reply = browser(amina).post(
        URL.format(sitting),
        {
            "page": PAGE,
            "seen": "0",
            "a.'; --": "1",
            f"a.{item}": ["x" * 5000, "\ufffd"],
            f"a.{item}:nothing": "1",
            "a.": "1",
            "a.HY-9-999": "1",
            f"a.{item}:": "2",
            "b": "3",
        },
    )
    assert reply.status_code == 303
    assert {each.item_id for each in stored(app, sitting)} <= {item}


def test_it_changes_the_language_after_saving(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    here = browser(amina)
    reply = here.post(URL.format(sitting), sent(app, sitting, go="language-ar"))
    assert reply.location == f"/ar/tests/{sitting}"
    assert len(stored(app, sitting)) == 8
    reply = here.post(URL.format(sitting), sent(app, sitting, go="language-xx"))
    assert reply.location.startswith(f"/en/tests/{sitting}")


def test_after_hand_in_nothing_changes_and_it_says_why(
    app: Flask, browser: Open, amina: Cast, small_course: SmallCourse, sitting: UUID
) -> None:
    small_course.hand_in(amina, sitting)
    reply = browser(amina).post(URL.format(sitting), sent(app, sitting))
    assert reply.status_code == 409
    assert "This test is handed in." in reply.text
    assert stored(app, sitting) == []


def test_nobody_answers_for_somebody_else(
    app: Flask, browser: Open, chipo: Cast, daniel: Cast, bolat: Cast, grace: Cast, sitting: UUID
) -> None:
    for person in (chipo, daniel, bolat, grace):
        assert browser(person).post(URL.format(sitting), sent(app, sitting)).status_code == 404
    assert stored(app, sitting) == []
    assert version(app, sitting) == 0


def test_nobody_in_particular_is_asked_to_sign_in(app: Flask, browser: Open, sitting: UUID) -> None:
    assert browser(None).post(URL.format(sitting), sent(app, sitting)).status_code == 401
    assert stored(app, sitting) == []


def test_there_is_no_such_test(app: Flask, browser: Open, amina: Cast, sitting: UUID) -> None:
    assert browser(amina).post(URL.format(uuid4()), sent(app, sitting)).status_code == 404


def test_without_the_token_nothing_is_kept(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    reply = browser(amina).post(URL.format(sitting), sent(app, sitting), token=False)
    assert reply.status_code == 400
    assert stored(app, sitting) == []


def test_it_is_saved_from_a_page_in_every_language(
    app: Flask, browser: Open, amina: Cast, sitting: UUID
) -> None:
    for number, language in enumerate(("en", "fr", "ar", "ru", "kk")):
        said = sent(
            app,
            sitting,
            right=number % 2 == 0,
            seen=str(version(app, sitting)),
            page=f"{number}" * 16,
        )
        reply = browser(amina).post(f"/{language}/tests/{sitting}", said)
        assert reply.location == f"/{language}/tests/{sitting}/unanswered"
    assert {each.language for each in stored(app, sitting)} == {"en", "fr", "ar", "ru", "kk"}
    assert disputed(app, sitting) == {}
