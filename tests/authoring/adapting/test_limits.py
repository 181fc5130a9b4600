"""/<language>/write/<draft>/countries/<cc>/limits: what a country closes, hides and replaces."""

from __future__ import annotations

from typing import Any

import pytest

from lms.authoring.drafts.models import Draft
from lms.content.model import NationFacts
from lms.content.reader import read_course
from tests.authoring.adapting.conftest import Open, Stored, base, fields
from tests.authoring.writers import Writers

LAW = {"law": "Law 3 of 2003, article 4", "on": "2026-11-24", "checker": "School"}


def limits(draft: Draft, more: str = "", nation: str = "tn") -> str:
    return f"{base(draft)}/{nation}/limits{more}"


def block(draft: Draft, lesson: str = "AB-1.1", block_id: str = "ab11-1") -> str:
    return f"{base(draft)}/tn/blocks/{lesson}/{block_id}"


def nation(stored: Stored, code: str = "tn") -> NationFacts:
    reading = read_course(stored.all())
    assert reading.course is not None, [str(each) for each in reading.faults]
    return reading.course.nations[code]


def test_a_question_is_closed_by_law_and_asked_again(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    seat, before = browser(writers.nadia), stored.all()
    for _ in range(2):
        reply = seat.post(limits(draft, "/item"), {"item": "AB-1-005", **LAW})
        assert (reply.status_code, reply.location) == (303, limits(draft))
    # Too few are left of it: said by the reader of the whole course, not by this page.
    text = stored["nations/tn/nation.toml"]
    assert text.count('id = "AB-1-005"') == 1
    assert "Law 3 of 2003, article 4" in seat.get(limits(draft)).text
    for _ in range(2):
        undone = seat.post(limits(draft, "/undone"), {"kind": "item", "code": "AB-1-005"})
        assert undone.status_code == 303
    assert stored.all() == before


def test_a_question_is_left_out_without_a_law(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    seat = browser(writers.nadia)
    assert seat.post(limits(draft, "/item"), {"item": "AB-2-001"}).status_code == 303
    assert 'out = ["AB-1-006", "AB-2-001"]' in stored["nations/tn/nation.toml"]
    for item in ("AB-1-006", "AB-2-001"):
        seat.post(limits(draft, "/undone"), {"kind": "item", "code": item})
    assert "[items]" not in stored["nations/tn/nation.toml"]


def test_a_module_is_closed_with_words_for_learners_and_opened(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    seat, before = browser(writers.nadia), stored.all()
    sent = {"module": "AB-2", "words_fr": "Demandez à votre école.", **LAW}
    assert seat.post(limits(draft, "/module"), sent).status_code == 303
    closed = read_course(
        stored.all() | {"nations/tn/nation.toml": stored["nations/tn/nation.toml"].encode()}
    )
    assert closed is not None
    assert "Demandez à votre école." in stored["nations/tn/nation.toml"]
    assert "Demandez" in seat.get(limits(draft, "/module?code=AB-2")).text
    seat.post(limits(draft, "/undone"), {"kind": "module", "code": "AB-2"})
    assert stored.all() == before


def test_the_course_is_closed_and_opened(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    seat, before = browser(writers.nadia), stored.all()
    assert seat.post(limits(draft, "/course"), LAW).status_code == 303
    assert nation(stored).closed_course is not None
    seat.post(limits(draft, "/undone"), {"kind": "course", "code": ""})
    assert stored.all() == before


@pytest.mark.parametrize(
    ("kind", "sent", "field"),
    [
        ("item", {"item": ""}, "item"),
        ("item", {"item": "AB-9-999"}, "item"),
        ("item", {"item": "../x"}, "item"),
        ("item", {"item": "AB-1-005", "on": "x"}, "on"),
        ("module", {"module": "AB-9", **LAW}, "module"),
        ("module", {"module": "AB-2"}, "law"),
        ("module", {"module": "AB-2", **LAW, "words_fr": "x" * 501}, "words_fr"),
        ("course", {"law": ""}, "law"),
        ("course", {**LAW, "checker": "x" * 121}, "checker"),
        ("course", {**LAW, "law": "a\u2028b"}, "law"),
    ],
)
def test_a_wrong_field_is_said(
    browser: Open,
    draft: Draft,
    writers: Writers,
    stored: Stored,
    kind: str,
    sent: dict[str, str],
    field: str,
) -> None:
    before = stored.all()
    reply = browser(writers.nadia).post(limits(draft, f"/{kind}"), sent)

    assert reply.status_code == 422
    assert f'id="{field}-error"' in reply.text
    assert stored.all() == before


def test_the_last_module_is_not_closed(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    seat = browser(writers.nadia)
    reply = seat.post(limits(draft, "/module", "ug"), {"module": "AB-1", **LAW})

    assert reply.status_code == 422
    assert "Close the whole course instead." in reply.text


def test_nobody_else_limits_anything(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    before = stored.all()
    for person in (writers.aruzhan, writers.halima, writers.sara):
        seat = browser(person)
        assert seat.post(limits(draft, "/course"), LAW).status_code == 404
        assert (
            seat.post(limits(draft, "/undone"), {"kind": "hidden", "code": "ab11-2"}).status_code
            == 404
        )
        assert seat.get(limits(draft, "/rules")).status_code == 404
        assert seat.get(block(draft)).status_code == 404
    assert stored.all() == before


def test_what_is_no_limit_is_not_undone(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    before = stored.all()
    seat = browser(writers.nadia)
    assert seat.post(limits(draft, "/undone"), {"kind": "box", "code": "x"}).status_code == 404
    assert seat.post(limits(draft, "/undone"), {"kind": "hidden", "code": "x"}).status_code == 303
    assert seat.get(limits(draft, "/undone")).status_code == 405
    assert stored.all() == before


def test_the_rules_of_the_test(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    seat, before = browser(writers.nadia), stored.all()
    page = seat.get(limits(draft, "/rules")).text
    sent = fields(page) | {"percent": "85", "attempts": "٢", "validity_months": "0"}
    assert seat.post(limits(draft, "/rules"), sent).status_code == 303
    found = nation(stored)
    assert (found.pass_rule, found.validity_months) == ({"percent": 85, "attempts": 2}, 0)
    again = fields(seat.get(limits(draft, "/rules")).text)
    assert (again["percent"], again["attempts"], again["validity_months"]) == ("85", "2", "0")
    empty = again | {"percent": "", "attempts": "", "validity_months": ""}
    assert seat.post(limits(draft, "/rules"), empty).status_code == 303
    assert stored.all() == before


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("percent", "69"),
        ("percent", "101"),
        ("percent", "many"),
        ("attempts", "0"),
        ("window_days", "366"),
        ("pause_hours", "-1"),
        ("validity_months", "241"),
    ],
)
def test_rules_have_their_bounds(
    browser: Open, draft: Draft, writers: Writers, stored: Stored, field: str, wrong: str
) -> None:
    seat, before = browser(writers.nadia), stored.all()
    sent = fields(seat.get(limits(draft, "/rules")).text) | {field: wrong}
    reply = seat.post(limits(draft, "/rules"), sent)

    assert reply.status_code == 422
    assert f'id="{field}-error"' in reply.text
    assert stored.all() == before


def test_two_people_change_the_rules_at_once(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    seat = browser(writers.nadia)
    page = fields(seat.get(limits(draft, "/rules")).text)
    assert seat.post(limits(draft, "/rules"), page | {"percent": "85"}).status_code == 303
    reply = seat.post(limits(draft, "/rules"), page | {"percent": "90"})

    assert reply.status_code == 409
    assert nation(stored).pass_rule == {"percent": 85}
    assert seat.post(limits(draft, "/rules"), fields(reply.text)).status_code == 303
    assert nation(stored).pass_rule == {"percent": 90}


def test_a_block_is_replaced_hidden_and_shown_again(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    seat, before = browser(writers.nadia), stored.all()
    page = seat.get(block(draft)).text
    assert "nothing like it" in page
    sent: dict[str, Any] = (
        fields(page)
        | LAW
        | {
            "what": "replace",
            "heading_ar": "ما يقوله القانون",
            "words_ar": "القانون يقول.",
            "heading_fr": "Ce que dit la loi",
            "words_fr": "La loi le dit.",
        }
    )
    for _ in range(2):
        assert seat.post(block(draft), sent).status_code == 303
    found = nation(stored)
    assert len(found.replaced["ab11-1"].made_from) == 12
    assert sorted(found.replacements) == ["ar", "fr"]
    assert "replaced here" in seat.get(f"{base(draft)}/tn/blocks?lesson=AB-1.1").text
    hidden = fields(seat.get(block(draft)).text) | {"what": "hide"}
    assert hidden["words_fr"] == "La loi le dit."
    assert seat.post(block(draft), hidden).status_code == 303
    found = nation(stored)
    assert ("ab11-1" in found.hidden, "ab11-1" in found.replaced) == (True, False)
    assert "La loi" not in stored["nations/tn/fr/replaced.md"]
    seat.post(limits(draft, "/undone"), {"kind": "hidden", "code": "ab11-1"})
    assert stored["nations/tn/nation.toml"].encode() == before["nations/tn/nation.toml"]


def test_a_container_needs_no_heading(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    seat = browser(writers.nadia)
    page = seat.get(block(draft, block_id="ab11-d")).text
    sent = fields(page) | LAW | {"what": "replace", "words_en": "- Ask first."}
    assert "heading_en" not in sent
    assert seat.post(block(draft, block_id="ab11-d"), sent).status_code == 303
    assert "::: do {#nat-ab11-d}\n- Ask first.\n:::\n" in stored["nations/tn/en/replaced.md"]
    seat.post(limits(draft, "/undone"), {"kind": "replaced", "code": "ab11-d"})
    assert "ab11-d" not in stored["nations/tn/en/replaced.md"]
    assert nation(stored).replaced == {}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"what": "replace"}, "what"),
        ({"what": "other"}, "what"),
        ({"law": ""}, "law"),
        ({"what": "replace", "words_en": "Words."}, "heading_en"),
        ({"what": "replace", "heading_en": "H", "words_en": "x\n## y"}, "words_en"),
        ({"what": "replace", "heading_en": "x" * 91, "words_en": "x"}, "heading_en"),
    ],
)
def test_a_wrong_block_is_said(
    browser: Open, draft: Draft, writers: Writers, stored: Stored, sent: dict[str, str], field: str
) -> None:
    seat, before = browser(writers.nadia), stored.all()
    reply = seat.post(block(draft), fields(seat.get(block(draft)).text) | LAW | sent)

    assert reply.status_code == 422
    assert f'id="{field}-error"' in reply.text
    assert stored.all() == before


@pytest.mark.parametrize("block_id", ["ab11-b", "ab11-c1"])
def test_a_box_and_a_check_are_never_replaced(
    browser: Open, draft: Draft, writers: Writers, block_id: str
) -> None:
    seat = browser(writers.nadia)
    page = seat.get(block(draft, block_id=block_id)).text
    assert 'value="replace"' not in page
    sent = fields(page) | LAW | {"what": "replace", "words_en": "x"}
    assert seat.post(block(draft, block_id=block_id), sent).status_code == 422


def test_two_people_replace_the_same_block(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    seat = browser(writers.nadia)
    page = fields(seat.get(block(draft)).text) | LAW | {"what": "replace", "heading_en": "H"}
    assert seat.post(block(draft), page | {"words_en": "One."}).status_code == 303
    reply = seat.post(block(draft), page | {"words_en": "Two."})

    assert reply.status_code == 409
    assert "One." in reply.text
    assert "Two." in reply.text
    assert seat.post(block(draft), fields(reply.text)).status_code == 303
    assert "Two." in stored["nations/tn/en/replaced.md"]


def test_the_register_says_what_by_which_law(browser: Open, draft: Draft, writers: Writers) -> None:
    browser(writers.nadia).post(limits(draft, "/course"), LAW)
    page = browser(writers.tarek).get(f"{base(draft)}/tn/register").text

    for said in (
        "Law 3 of 2003, article 4",
        "24 November 2026",
        "School",
        "ab11-2",
        "Law 2 of 2002",
        "AB-1-006",
        "no law is named",
    ):
        assert said in page
