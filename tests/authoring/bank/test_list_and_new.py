"""/<language>/write/<draft>/questions and …/new: the list of items, and a new one of each kind."""

from __future__ import annotations

import time

import pytest
from flask import Flask

from lms.authoring.bank.glance import read_item
from lms.authoring.drafts import actions, queries
from lms.authoring.drafts.models import Draft
from lms.db import reading, transaction
from lms.kernel import clock
from tests.authoring.bank.pages import BANK, Open, address, form_of, stored
from tests.authoring.writers import Writers
from tests.content.small import item


def test_it_lists_the_items_with_what_they_are(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    page = browser(writers.aruzhan).get(address(draft)).text

    for words in (
        "AB-1-001",
        "AB-2-004",
        "A situation in steps",
        "The secret order?",
        "no-torture",
        "Rows 1 to 11 of 11",
    ):
        assert words in page, words


@pytest.mark.parametrize(
    ("query", "first", "total"),
    [
        ("module=AB-2", "AB-2-001", 4),
        ("lesson=AB-1.2", "AB-1-004", 3),
        ("kind=ordering", "AB-2-004", 1),
        ("text=ORDER", "AB-2-004", 1),
        ("text=AB-1-00&kind=scenario", "AB-1-007", 1),
        ("module=nothing", "AB-1-001", 11),
        ("text=no-such-words", "", 0),
        ("page=9", "", 11),
        ("outcome=b", "AB-1-007", 1),
    ],
)
def test_filters_stand_in_the_address(
    browser: Open, draft: Draft, writers: Writers, query: str, first: str, total: int
) -> None:
    page = browser(writers.aruzhan).get(f"{address(draft)}?{query}").text
    rows = [part[:8] for part in page.split("<tbody>")[-1].split("<bdi>")[1:]]

    assert (f"of {total}<" in page) == bool(total)
    assert not first or rows[0] == first


def test_who_reads_the_draft_reads_the_list(browser: Open, draft: Draft, writers: Writers) -> None:
    for person in (writers.tarek, writers.nadia, writers.rosa, writers.peter, writers.halima):
        page = browser(person).get(address(draft))
        assert page.status_code == 200
        assert "New question" not in page.text
        assert browser(person).get(address(draft, "/new")).status_code == 404
        assert browser(person).post(address(draft, "/new"), new("single")).status_code == 404
    for rest in ("", "/new", "/blueprint", "/sample"):
        assert browser(writers.sara).get(address(draft, rest)).status_code == 404


def new(kind: str, **more: object) -> dict[str, object]:
    shared = {
        "kind": kind,
        "lesson": "AB-1.1",
        "section": "ab11-1",
        "outcome": "a",
        "difficulty": "1",
        "stem-0": "A new one?",
        "why": "So it is.",
        "go": "save",
    }
    rows = {f"text-0-{n}": words for n, words in enumerate(("One.", "Two.", "Three.", ""))}
    extra: dict[str, dict[str, object]] = {
        "single": {"right-0": "1"},
        "multiple": {"right-0": ["0", "2"]},
        "truefalse-reason": {"right-0": "0", "claim": "false"},
        "ordering": {"place-0-0": "3", "place-0-1": "1", "place-0-2": "2"},
        "matching": {f"other-0-{n}": f"side {n}" for n in range(3)},
        "numeric": {"value": "٢٫٥", "tolerance": "0,5", "unit": "hours"},
        "scenario": {
            f"{name}-{step}{at}": words
            for step in range(1, 4)
            for name, at, words in (
                ("stem", "", "What now?"),
                ("text", "-0", "Go."),
                ("text", "-1", "Stay."),
                ("right", "", "1"),
            )
        },
    }
    if kind in {"numeric", "scenario"}:
        rows = {}
    return {**shared, **rows, **extra[kind], **more}


BODIES = {
    "single": "- [ ] a. One.\n- [x] b. Two.\n- [ ] c. Three.\n",
    "multiple": "- [x] a. One.\n- [ ] b. Two.\n- [x] c. Three.\n",
    "truefalse-reason": "- [x] a. One.\n- [ ] b. Two.\n- [ ] c. Three.\n",
    "matching": "- a. One. => side 0\n- b. Two. => side 1\n- c. Three. => side 2\n",
    "numeric": "= hours\n",
    "scenario": "### s3\nWhat now?\n\n- [ ] a. Go.\n- [x] b. Stay.\n",
}


@pytest.mark.parametrize("kind", [*BODIES, "ordering"])
def test_a_new_item_of_each_kind(
    browser: Open, draft: Draft, writers: Writers, app: Flask, kind: str
) -> None:
    seat = browser(writers.aruzhan)
    assert seat.get(address(draft, f"/new?kind={kind}&lesson=AB-1.1")).status_code == 200
    for _ in range(2):  # sent twice, it is added once
        reply = seat.post(address(draft, "/new"), new(kind))
        assert (reply.status_code, reply.location) == (303, address(draft, "/AB-1-008"))

    text = stored(app, writers.aruzhan, draft)
    block = text[text.index("## AB-1-008") :]
    assert text.count("A new one?") == 1
    question, faults = read_item("bank/AB-1.md", block)
    assert list(faults) == []
    assert question is not None
    assert BODIES.get(kind, "") in block
    if kind == "ordering":
        assert [each.text for each in question.choices] == ["Two.", "Three.", "One."]
        letters = [each.letter for each in question.choices]
        assert letters != sorted(letters)
    if kind == "numeric":
        assert (question.facts["value"], question.facts["tolerance"]) == ("2.5", "0.5")
    if kind == "multiple":
        assert question.facts["choose"] == "2"
    for page in ("/AB-1-008", "/AB-1-008/preview"):
        assert "A new one?" in seat.get(address(draft, page)).text
    fields = form_of(seat.get(address(draft, "/AB-1-008")).text)
    seat.post(address(draft, "/AB-1-008"), fields)
    assert stored(app, writers.aruzhan, draft) == text


WRONG = [
    ("multiple", {"right-0": ["0"]}, "right-0"),
    ("multiple", {"right-0": ["0", "1", "2"]}, "right-0"),
    ("truefalse-reason", {"claim": "perhaps"}, "claim"),
    ("ordering", {"text-0-2": ""}, "text-0-0"),
    ("matching", {"other-0-1": ""}, "other-0-1"),
    ("matching", {"text-0-0": "a => b"}, "text-0-0"),
    ("matching", {"text-0-0": ""}, "text-0-0"),
    ("numeric", {"value": "many"}, "value"),
    ("numeric", {"tolerance": "-1"}, "tolerance"),
    ("numeric", {"unit": ""}, "unit"),
    ("scenario", {"stem-3": "", "text-3-0": "", "text-3-1": ""}, "stem-3"),
    ("scenario", {"stem-2": ""}, "stem-2"),
    ("scenario", {"right-1": "7"}, "right-1"),
]


@pytest.mark.parametrize(("kind", "change", "field"), WRONG)
def test_each_bad_field_of_each_kind(
    browser: Open,
    draft: Draft,
    writers: Writers,
    app: Flask,
    kind: str,
    change: dict[str, object],
    field: str,
) -> None:
    reply = browser(writers.aruzhan).post(address(draft, "/new"), new(kind, **change))

    assert reply.status_code == 422
    assert f'href="#{field}"' in reply.text
    assert f'id="{field}"' in reply.text
    assert "A new one?" in reply.text
    assert "A new one?" not in stored(app, writers.aruzhan, draft)


def test_the_kind_is_chosen_first(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.aruzhan)
    for query in ("", "?kind=single", "?kind=story&lesson=AB-1.1", "?lesson=AB-1.1"):
        page = seat.get(address(draft, f"/new{query}")).text
        assert 'name="kind" value="scenario"' in page
    for sent in ({}, {"kind": "short"}, {"kind": "single"}):
        assert seat.post(address(draft, "/new"), sent).status_code in {404, 422}


def test_the_only_lesson_is_chosen_already(browser: Open, draft: Draft, writers: Writers) -> None:
    here = browser(writers.aruzhan)
    assert " selected" not in here.get(address(draft, "/new")).text  # three lessons: choose
    begun = here.post(
        "/en/write/new",
        {
            "id": "C55",
            "title": "Fire safety",
            "lesson_title": "Smoke",
            "source": "en",
            "kind": "course",
            "slug": "fire-safety",
            "prefix": "FS",
            "minutes": "10",
        },
    )
    page = here.get(f"{begun.location}/questions/new").text
    assert '<option value="FS-1.1" dir="auto" selected>' in page
    form = here.get(f"{begun.location}/questions/new?kind=single")
    assert 'name="kind" type="hidden" value="single"' in form.text
    wrong = here.get(f"{begun.location}/questions/new?lesson=XX-1.1").text
    assert '<option value="FS-1.1" dir="auto" selected>' in wrong


def test_more_rows_keep_what_is_typed(browser: Open, draft: Draft, writers: Writers) -> None:
    seat = browser(writers.aruzhan)
    fields = new("single", go="more")
    for rows in (6, 8, 8):
        reply = seat.post(address(draft, "/new"), fields)
        assert reply.status_code == 200
        fields = {**form_of(reply.text), "go": "more"}
        assert sum(name.startswith("text-0-") for name in fields) == rows
        assert fields["text-0-2"] == "Three."
        assert fields["right-0"] == ["1"]


def test_a_code_is_never_given_again(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    seat = browser(writers.aruzhan)
    seat.post(address(draft, "/new"), new("single"))
    seat.post(address(draft, "/AB-1-008/retire"))
    reply = seat.post(address(draft, "/new"), new("single", **{"stem-0": "Another?"}))

    assert reply.location == address(draft, "/AB-1-009")
    assert "AB-1-008" not in stored(app, writers.aruzhan, draft)


def test_a_thousand_items_are_listed_quickly(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    filler = "More words, as a question has them, for the reader. " * 12
    for path, lesson, section in (
        (BANK, "AB-1.2", "ab12-1"),
        ("en/bank/AB-2.md", "AB-2.1", "ab21-1"),
    ):
        text = "+++\n+++\n\n" + "".join(
            item(n, lesson, section).replace("reason", filler) for n in range(1, 181)
        )
        with app.app_context(), transaction() as session:
            present = queries.file(session, writers.aruzhan.viewer, draft, path)
            actions.save(
                session,
                writers.aruzhan.viewer,
                draft.id,
                path,
                text.encode(),
                seen=present.number,
                now=clock.now(),
            )
    seat = browser(writers.aruzhan)
    for page in ("?text=more+words", "/blueprint", "/sample", "/AB-1-044"):
        seat.get(address(draft, page))
        before = time.process_time()
        assert seat.get(address(draft, page)).status_code == 200
        print(page, time.process_time() - before)
        assert time.process_time() - before < 0.5, page
    with app.app_context():
        assert reading() is not None
