"""/<language>/write/<draft>/review: check, ask, send back, approve; the worker publishes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.authoring import actions as editions_actions
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts.models import Draft
from lms.authoring.review import publishing, queries, work
from lms.authoring.review.rules import part_of
from lms.authoring.review.sentences import kept, told
from lms.catalogue.models import (
    Edition,
    EditionItem,
    EditionItemText,
    EditionLesson,
    EditionPicture,
    EditionText,
)
from lms.db import reading, transaction
from lms.jobs.running import run_due
from lms.kernel import clock
from lms.kernel.messages import Message, counted
from tests.authoring.conftest import editions
from tests.authoring.writers import Writers, with_roles
from tests.browser import Browser
from tests.content.small import small
from tests.people import Cast

STEPS = {**work.STEPS, **publishing.STEPS}
Open = Callable[[Cast | None], Browser]
LESSON = "en/AB-1.1.md"


@pytest.fixture
def worker(app: Flask) -> Callable[[], int]:
    """Return a way to let the worker do what is due."""

    def work_off() -> int:
        with app.app_context():
            return run_due(reading, transaction, STEPS, "worker of a test", clock.now)

    return work_off


def said(app: Flask, draft: Draft, person: Cast) -> list[str]:
    with app.app_context():
        return [each.verdict for each in queries.verdicts(reading(), person.viewer, draft)]


def all_editions(app: Flask) -> list[str]:
    with app.app_context():
        return editions(reading())


def page_of(draft: Draft) -> str:
    return f"/en/write/{draft.id}/review"


def change(
    app: Flask,
    draft: Draft,
    person: Cast,
    text: str = "\n## More {#ab11-more}\n\nA sentence.\n",
    seen: int = 1,
) -> None:
    with app.app_context(), transaction() as session:
        drafts.save(
            session,
            person.viewer,
            draft.id,
            LESSON,
            small()[LESSON] + text.encode(),
            seen=seen,
            now=clock.now(),
        )


def state_of(page: str) -> str:
    found = re.search(r'name="state" value="([0-9a-f]{64})"', page)
    assert found is not None, page
    return found[1]


def checked(seat: Browser, draft: Draft, worker: Callable[[], int]) -> str:
    seat.post(f"{page_of(draft)}/check")
    worker()
    return seat.get(page_of(draft)).text


def asked(seat: Browser, draft: Draft, worker: Callable[[], int]) -> str:
    state = state_of(checked(seat, draft, worker))
    assert seat.post(f"{page_of(draft)}/ask", {"state": state}).status_code == 303
    return state


def test_a_second_person_approves_and_learners_get_the_new_edition(
    browser: Open, draft: Draft, writers: Writers, worker: Callable[[], int], app: Flask
) -> None:
    change(app, draft, writers.aruzhan)
    state = asked(browser(writers.aruzhan), draft, worker)
    peter = browser(writers.peter)
    assert "Approve and publish" in peter.get(page_of(draft)).text

    peter.post(f"{page_of(draft)}/approve", {"state": state})
    assert all_editions(app) == ["1.0"]  # nothing is seen before the worker has made it
    worker()

    assert all_editions(app) == ["1.0", "1.1"]
    with app.app_context():
        newest = reading().scalar(select(func.max(Edition.id)))
        assert newest is not None
        made = queries.people_of(reading(), writers.peter.viewer, newest)
        assert [(each.part, each.name) for each in made] == [
            ("author", "Aruzhan Seitova"),
            ("publisher", "Peter Okello"),
        ]
        assert reading().get_one(Draft, draft.id).edition_id == newest


def test_approving_twice_makes_one_edition(
    browser: Open, draft: Draft, writers: Writers, worker: Callable[[], int], app: Flask
) -> None:
    change(app, draft, writers.aruzhan)
    state = asked(browser(writers.aruzhan), draft, worker)
    for _ in range(2):
        browser(writers.peter).post(f"{page_of(draft)}/approve", {"state": state})
    worker()

    assert all_editions(app) == ["1.0", "1.1"]


def test_nobody_approves_what_they_wrote(
    browser: Open, draft: Draft, writers: Writers, worker: Callable[[], int], app: Flask
) -> None:
    with app.app_context(), transaction() as writing:
        both = with_roles(writing, writers.aruzhan, "publisher")
    change(app, draft, both)
    state = asked(browser(both), draft, worker)

    assert "another publisher must approve it" in (browser(both).get(page_of(draft)).text)
    browser(both).post(f"{page_of(draft)}/approve", {"state": state})
    worker()
    assert all_editions(app) == ["1.0"]


def test_only_publishers_approve(
    browser: Open, draft: Draft, writers: Writers, worker: Callable[[], int], app: Flask
) -> None:
    change(app, draft, writers.aruzhan)
    state = asked(browser(writers.aruzhan), draft, worker)
    for person in (writers.tarek, writers.rosa, writers.halima, writers.sara):
        browser(person).post(f"{page_of(draft)}/approve", {"state": state})
    worker()

    assert all_editions(app) == ["1.0"]


def test_a_draft_with_faults_is_not_asked_for(
    browser: Open, draft: Draft, writers: Writers, worker: Callable[[], int], app: Flask
) -> None:
    change(app, draft, writers.aruzhan, "\n::: story\nx\n:::\n")
    page = checked(browser(writers.aruzhan), draft, worker)

    assert "stand in the way of an edition" in page
    assert "No such container." in page
    with app.app_context():
        state = drafts.state(reading(), writers.aruzhan.viewer, draft)
    browser(writers.aruzhan).post(f"{page_of(draft)}/ask", {"state": state})
    assert said(app, draft, writers.aruzhan) == []


def test_a_change_after_the_asking_asks_again(
    browser: Open, draft: Draft, writers: Writers, worker: Callable[[], int], app: Flask
) -> None:
    state = asked(browser(writers.aruzhan), draft, worker)
    change(app, draft, writers.aruzhan)

    browser(writers.peter).post(f"{page_of(draft)}/approve", {"state": state})
    worker()

    assert all_editions(app) == ["1.0"]
    assert "Approve and publish" not in (browser(writers.peter).get(page_of(draft)).text)


def test_what_is_changed_while_the_worker_publishes_is_not_published(
    browser: Open, draft: Draft, writers: Writers, worker: Callable[[], int], app: Flask
) -> None:
    change(app, draft, writers.aruzhan)
    state = asked(browser(writers.aruzhan), draft, worker)
    browser(writers.peter).post(f"{page_of(draft)}/approve", {"state": state})
    change(app, draft, writers.aruzhan, "\n## Other {#ab11-more}\n\nAnother.\n", seen=2)
    worker()

    assert all_editions(app) == ["1.0"]


def test_a_draft_is_sent_back_with_a_reason(
    browser: Open, draft: Draft, writers: Writers, worker: Callable[[], int]
) -> None:
    state = asked(browser(writers.aruzhan), draft, worker)
    rosa = browser(writers.rosa)
    assert rosa.post(f"{page_of(draft)}/send-back", {"state": state}).status_code == 422

    rosa.post(f"{page_of(draft)}/send-back", {"state": state, "note": "Rule 45 is missing."})

    page = browser(writers.aruzhan).get(page_of(draft)).text
    assert "Rule 45 is missing." in page
    assert "Ask for approval" in page


def test_the_list_and_the_first_page_of_a_draft_say_where_it_stands(
    browser: Open, draft: Draft, writers: Writers, worker: Callable[[], int], app: Flask
) -> None:
    author, publisher, first = (
        browser(writers.aruzhan),
        browser(writers.peter),
        f"/en/write/{draft.id}",
    )

    def stands() -> tuple[str, str]:
        there = re.search(r'<h2 id="state">([^<]+)<', publisher.get(first).text)
        assert there is not None
        listed = re.search(r'<span class="tag[^"]*">([^<]+)<', publisher.get("/en/write").text)
        return there[1], listed[1] if listed else ""

    assert stands() == ("In work", "")
    change(app, draft, writers.aruzhan)
    state = asked(author, draft, worker)
    assert stands() == ("Approval is asked for", "approval asked for")
    publisher.post(f"{page_of(draft)}/send-back", {"state": state, "note": "Shorter, please."})
    assert stands() == ("Sent back", "sent back")
    assert "Shorter, please." in author.get(first).text
    change(app, draft, writers.aruzhan, "\n## Else {#ab11-else}\n\nMore words.\n", seen=2)
    assert stands() == ("In work", "")
    state = asked(author, draft, worker)
    publisher.post(f"{page_of(draft)}/approve", {"state": state})
    assert stands() == ("Approved", "approved")
    worker()
    assert stands() == ("Approved and published", "published")


def test_strangers_find_nothing(browser: Open, draft: Draft, writers: Writers, amina: Cast) -> None:
    for person in (writers.sara, amina):
        for verb in ("check", "ask", "send-back", "approve"):
            fields = {"state": "0" * 64, "note": "x"}
            assert browser(person).post(f"{page_of(draft)}/{verb}", fields).status_code == 404


def test_who_wrote_a_file_is_named_by_what_it_is() -> None:
    assert part_of("course.toml", "en") == "author"
    assert part_of("en/AB-1.1.md", "en") == "author"
    assert part_of("media/door.webp", "en") == "author"
    assert part_of("ar/AB-1.1.md", "en") == "translator"
    assert part_of("nations/tn/ar/boxes.md", "en") == "national-editor"


@pytest.fixture
def one_step(app: Flask) -> Callable[[], None]:
    """Return a way to let the worker do one step and then be killed."""

    def step() -> None:
        with app.app_context():
            asked = iter((False, True))
            run_due(
                reading,
                transaction,
                STEPS,
                "worker of a test",
                clock.now,
                stopping=lambda: next(asked),
            )

    return step


def rows_of_editions(app: Flask) -> int:
    with app.app_context():
        return reading().scalar(select(func.count()).select_from(Edition)) or 0


def test_nobody_sees_an_edition_before_its_last_step(
    browser: Open,
    draft: Draft,
    writers: Writers,
    worker: Callable[[], int],
    app: Flask,
    one_step: Callable[[], None],
    amina: Cast,
) -> None:
    change(app, draft, writers.aruzhan)
    state = asked(browser(writers.aruzhan), draft, worker)
    browser(writers.peter).post(f"{page_of(draft)}/approve", {"state": state})
    for number in range(1, 4):  # begun, the questions, the lessons
        one_step()
        assert rows_of_editions(app) == 2
        assert all_editions(app)[-1] == "0.1"
        assert "Edition 1.0" in browser(amina).get("/en/courses/small-course").text
        page = browser(writers.peter).get(page_of(draft)).text
        assert "is being made" in page
        assert f"{number} of 4 done" in page
    one_step()

    assert all_editions(app) == ["1.0", "1.1"]


def rows_of(app: Flask, edition: int) -> list[object]:
    """Return everything that pages read of an edition, in an order that no step decides."""
    with app.app_context():
        return [
            sorted(
                str({name: value for name, value in row._mapping.items() if name != "edition_id"})
                for row in reading().execute(
                    select(*table.__table__.columns).where(table.edition_id == edition)
                )
            )
            for table in (EditionItem, EditionItemText, EditionLesson, EditionText, EditionPicture)
        ]


@pytest.mark.parametrize("size", [1, 2, 5])
def test_small_steps_make_the_same_edition_as_one(
    browser: Open,
    draft: Draft,
    writers: Writers,
    worker: Callable[[], int],
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    size: int,
) -> None:
    """The fixture's edition was made at once, by command, of the same folder."""
    monkeypatch.setattr(publishing, "LESSONS_A_STEP", size)
    monkeypatch.setattr(publishing, "ITEMS_A_STEP", size)
    monkeypatch.setattr(editions_actions, "newest", lambda *_: None)
    state = asked(browser(writers.aruzhan), draft, worker)
    browser(writers.peter).post(f"{page_of(draft)}/approve", {"state": state})

    assert worker() == 2 + -(-11 // size) + -(-3 // size)

    with app.app_context():
        first, second = reading().scalars(select(Edition.id).order_by(Edition.id))
    assert rows_of(app, first) == rows_of(app, second)


def test_what_fails_half_way_leaves_nothing_behind(
    browser: Open,
    draft: Draft,
    writers: Writers,
    worker: Callable[[], int],
    app: Flask,
    one_step: Callable[[], None],
) -> None:
    change(app, draft, writers.aruzhan)
    state = asked(browser(writers.aruzhan), draft, worker)
    browser(writers.peter).post(f"{page_of(draft)}/approve", {"state": state})
    one_step()
    change(app, draft, writers.aruzhan, "\n## Other {#ab11-more}\n\nAnother.\n", seen=2)
    worker()

    assert all_editions(app) == ["1.0"]
    assert rows_of_editions(app) == 1


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "There is no Rule 123: the Nelson Mandela Rules go from 1 to 122."),
        ("fr", "La règle 123 n’existe pas. Règles Nelson Mandela"),
        ("ar", "لا توجد القاعدة 123. \u2068قواعد نيلسون مانديلا\u2069"),
        ("ru", "Правила 123 нет. Правила Нельсона Манделы: от 1 до 122."),
        ("kk", "123-ереже жоқ. Нельсон Мандела ережелері"),
    ],
)
def test_the_check_speaks_the_language_of_its_reader(
    browser: Open,
    draft: Draft,
    writers: Writers,
    worker: Callable[[], int],
    app: Flask,
    language: str,
    sentence: str,
) -> None:
    change(
        app,
        draft,
        writers.aruzhan,
        "\n## More {#ab11-more}\n\nNelson Mandela Rule 123 forbids it.\n",
    )
    seat = browser(writers.aruzhan)
    seat.post(f"{page_of(draft)}/check", {})
    worker()

    assert sentence in seat.get(f"/{language}/write/{draft.id}/review").text


@pytest.mark.parametrize(
    "message",
    [
        Message("It is %(what)s.", {"what": Message("a %(kind)s", {"kind": "part"})}),
        counted("%(num)s day", "%(num)s days", 3),
        Message("Wait %(days)s.", {"days": counted("%(num)s day", "%(num)s days", 1)}),
    ],
)
def test_a_sentence_that_is_kept_is_told_again(message: Message) -> None:
    again = told(json.loads(json.dumps(kept(message))))

    assert again == message
