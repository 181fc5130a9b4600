"""/<language>/write/<draft>/countries/<cc>/readiness and /touched."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from lms import installation
from lms.authoring.adapting import work
from lms.authoring.drafts.models import Draft
from lms.content.blocks import read_document
from lms.content.digests import block_digest
from lms.content.faults import Faults
from lms.content.item_text import item_digest
from lms.content.reader import read_course
from lms.db import reading, transaction
from lms.jobs.running import run_due
from lms.kernel import clock
from tests.authoring.adapting.conftest import Open, Stored, base, fields
from tests.authoring.writers import Writers

LESSON = "en/AB-1.1.md"


@pytest.fixture
def worker(app: Flask) -> Callable[[], int]:
    """Return a way to let the worker do what is due."""

    def work_off() -> int:
        with app.app_context():
            return run_due(reading, transaction, work.STEPS, "worker of a test", clock.now)

    return work_off


def change_core(stored: Stored, writers: Writers, old: str, new: str) -> None:
    text = stored[LESSON]
    assert old in text
    stored.put(writers.aruzhan, LESSON, text.replace(old, new, 1).encode())


def digest(stored: Stored, block: str) -> str:
    document = read_document(LESSON, stored[LESSON].encode(), Faults())
    found = document.block(block) if document else None
    return block_digest(found) if found else ""


def replaced(browser: Open, draft: Draft, writers: Writers) -> None:
    seat, page = browser(writers.nadia), f"{base(draft)}/tn/blocks/AB-1.1/ab11-d"
    sent = fields(seat.get(page).text)
    sent |= {"what": "replace", "law": "Law 9", "words_en": "- Ask the judge."}
    assert seat.post(page, sent).status_code == 303


def test_readiness_says_may_certify_or_why_not(
    browser: Open, draft: Draft, writers: Writers, worker: Callable[[], int]
) -> None:
    page = f"{base(draft)}/tn/readiness"
    seat = browser(writers.nadia)
    assert "See whether certificates can be given" in seat.get(page).text
    for _ in range(2):
        assert seat.post(page).status_code == 303
    assert seat.get(page).headers["Refresh"] == "2"
    assert worker() == 1
    found = seat.get(page).text
    assert "<bdi>English</bdi>: certificates may be given" in found
    assert f'<a href="{base(draft)}/tn/boxes/NA-01">' in found
    assert "The certificate says so." in found
    assert "<bdi>العربية</bdi>: no certificate yet" in found


def test_certificates_that_wait_for_boxes_are_not_given_before(
    browser: Open, draft: Draft, writers: Writers, worker: Callable[[], int], app: Flask
) -> None:
    page = f"{base(draft)}/tn/readiness"
    with app.app_context(), transaction() as session:
        installation.decide(session, {"refuse_unconfirmed_boxes": True}, now=clock.now())
    browser(writers.nadia).post(page)
    worker()
    assert "<bdi>English</bdi>: no certificate yet" in browser(writers.nadia).get(page).text


def test_readiness_of_a_changed_draft_is_asked_anew(
    browser: Open, draft: Draft, writers: Writers, worker: Callable[[], int], stored: Stored
) -> None:
    page = f"{base(draft)}/tn/readiness"
    browser(writers.tarek).post(page)
    worker()
    change_core(stored, writers, "- Speak.", "- Speak up.")
    assert "See whether certificates can be given" in browser(writers.tarek).get(page).text


def test_readiness_of_a_course_with_faults_says_so(
    browser: Open, draft: Draft, writers: Writers, worker: Callable[[], int], stored: Stored
) -> None:
    page = f"{base(draft)}/tn/readiness"
    stored.put(writers.aruzhan, LESSON, b"nothing\n")
    browser(writers.tarek).post(page)
    worker()
    assert "The course has faults" in browser(writers.tarek).get(page).text


def test_a_stranger_asks_nothing_of_the_worker(
    browser: Open, draft: Draft, writers: Writers, worker: Callable[[], int]
) -> None:
    assert browser(writers.sara).post(f"{base(draft)}/tn/readiness").status_code == 404
    assert worker() == 0


def test_no_change_touches_nothing(browser: Open, draft: Draft, writers: Writers) -> None:
    page = browser(writers.nadia).get(f"{base(draft)}/tn/touched").text

    assert "No change of the core touches" in page


def test_a_change_of_a_replaced_block_is_shown_three_ways_and_kept(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    replaced(browser, draft, writers)
    change_core(stored, writers, "- Speak.", "- Speak loudly.")
    change_core(stored, writers, "Name the body", "Name the office")
    seat = browser(writers.nadia)
    page = seat.get(f"{base(draft)}/tn/touched").text

    assert "<ins>" in page
    assert "- Ask the judge." in page
    assert "Name the " in page
    assert '<td class="n" data-l="Touched by changes of the core">' in seat.get(base(draft)).text
    sent = {"what": "keep", "made_from": digest(stored, "ab11-d")}
    for _ in range(2):
        assert seat.post(f"{base(draft)}/tn/touched/ab11-d", sent).status_code == 303
    assert digest(stored, "ab11-d") in stored["nations/tn/nation.toml"]
    assert "- Ask the judge." in stored["nations/tn/en/replaced.md"]
    assert "- Ask the judge." not in seat.get(f"{base(draft)}/tn/touched").text


def test_the_core_is_accepted(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    before = stored["nations/tn/nation.toml"]
    replaced(browser, draft, writers)
    change_core(stored, writers, "- Speak.", "- Speak loudly.")
    sent = {"what": "accept", "made_from": digest(stored, "ab11-d")}
    for _ in range(2):
        reply = browser(writers.nadia).post(f"{base(draft)}/tn/touched/ab11-d", sent)
        assert reply.status_code == 303
    assert stored["nations/tn/nation.toml"] == before
    assert "Ask the judge" not in stored["nations/tn/en/replaced.md"]
    assert read_course(stored.all()).course is not None


def test_what_was_decided_beside_an_older_core_is_asked_again(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    replaced(browser, draft, writers)
    before = stored["nations/tn/nation.toml"]
    sent = {"what": "keep", "made_from": digest(stored, "ab11-d")}
    change_core(stored, writers, "- Speak.", "- Speak loudly.")
    seat = browser(writers.nadia)
    seat.post(f"{base(draft)}/tn/touched/ab11-d", sent)

    assert stored["nations/tn/nation.toml"] == before
    assert "Compare the texts once more." in seat.get(f"{base(draft)}/tn/touched").text


def test_a_replaced_block_that_is_gone_is_named(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    replaced(browser, draft, writers)
    change_core(stored, writers, "::: do {#ab11-d}\n- Speak.\n:::\n", "")
    page = browser(writers.nadia).get(f"{base(draft)}/tn/touched").text

    assert "It is no longer there." in page
    assert "Keep ours" not in page


BANK = "en/bank/AB-1.md"


def hidden(browser: Open, draft: Draft, writers: Writers) -> None:
    seat, page = browser(writers.nadia), f"{base(draft)}/tn/blocks/AB-1.1/ab11-d"
    sent = fields(seat.get(page).text) | {"what": "hide", "law": "Law 9 of 2009"}
    assert seat.post(page, sent).status_code == 303


def left_out(browser: Open, draft: Draft, writers: Writers, law: str = "") -> None:
    sent = {"item": "AB-1-004", "law": law}
    reply = browser(writers.nadia).post(f"{base(draft)}/tn/limits/item", sent)
    assert reply.status_code == 303


def filled(browser: Open, draft: Draft, writers: Writers) -> None:
    seat, page = browser(writers.nadia), f"{base(draft)}/tn/boxes/NA-01"
    sent = fields(seat.get(page).text) | {"words_en": "The inspection."}
    assert seat.post(page, sent).status_code == 303


def item_of(stored: Stored) -> str:
    return item_digest(stored[BANK].encode(), "AB-1-004")


def change_bank(stored: Stored, writers: Writers) -> None:
    text = stored[BANK].replace("The secret question 4 of", "The other question 4 of")
    stored.put(writers.aruzhan, BANK, text.encode())


def touched(browser: Open, draft: Draft, writers: Writers) -> str:
    return browser(writers.nadia).get(f"{base(draft)}/tn/touched").text


def decide(browser: Open, draft: Draft, writers: Writers, key: str, **sent: str) -> int:
    return browser(writers.nadia).post(f"{base(draft)}/tn/touched/{key}", sent).status_code


def test_a_hidden_block_that_changed_is_shown_and_is_still_right(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    hidden(browser, draft, writers)
    assert f'made_from = "{digest(stored, "ab11-d")}"' in stored["nations/tn/nation.toml"]
    assert "ab11-d" not in touched(browser, draft, writers)
    change_core(stored, writers, "- Speak.", "- Speak loudly.")
    page = touched(browser, draft, writers)
    assert "<del>" in page or "<ins>" in page
    assert "Law 9 of 2009" in page
    assert "Still right" in page
    assert f'href="{base(draft)}/tn/blocks/AB-1.1/ab11-d"' in page
    now = digest(stored, "ab11-d")
    for _ in range(2):
        assert decide(browser, draft, writers, "ab11-d", what="keep", made_from=now) == 303
    assert f'made_from = "{now}"' in stored["nations/tn/nation.toml"]
    assert 'block = "ab11-d"' in stored["nations/tn/nation.toml"]
    assert "ab11-d" not in touched(browser, draft, writers)
    # The next change is measured from what was kept, not from the edition.
    change_core(stored, writers, "- Speak loudly.", "- Speak softly.")
    again = touched(browser, draft, writers)
    assert "loudly" in again
    assert "softly" in again


def test_a_hidden_block_is_shown_again(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    before = stored["nations/tn/nation.toml"]
    hidden(browser, draft, writers)
    change_core(stored, writers, "- Speak.", "- Speak loudly.")
    for _ in range(2):
        assert decide(browser, draft, writers, "ab11-d", what="accept", made_from="") == 303
    assert stored["nations/tn/nation.toml"] == before


@pytest.mark.parametrize("law", ["", "Law 9 of 2009"])
def test_a_question_left_out_that_changed_is_shown_and_decided(
    browser: Open, draft: Draft, writers: Writers, stored: Stored, law: str
) -> None:
    before = stored["nations/tn/nation.toml"]
    left_out(browser, draft, writers, law)
    old = item_of(stored)
    assert old in stored["nations/tn/nation.toml"]
    assert "AB-1-004" not in touched(browser, draft, writers)
    change_bank(stored, writers)
    page = touched(browser, draft, writers)
    assert "Question not asked <bdi>AB-1-004</bdi>" in page
    assert "<del>secret</del>" in page
    assert f'href="{base(draft)}/tn/limits/item?code=AB-1-004"' in page
    # Decided beside an older core: asked again.
    assert decide(browser, draft, writers, "AB-1-004", what="keep", made_from=old) == 303
    assert old in stored["nations/tn/nation.toml"]
    now = item_of(stored)
    assert decide(browser, draft, writers, "AB-1-004", what="keep", made_from=now) == 303
    text = stored["nations/tn/nation.toml"]
    assert (old in text, now in text) == (False, True)
    assert "AB-1-004" not in touched(browser, draft, writers)
    assert read_course(stored.all()).course is not None
    assert decide(browser, draft, writers, "AB-1-004", what="accept", made_from="") == 303
    assert stored["nations/tn/nation.toml"] == before


def test_a_box_whose_declaration_changed_is_shown_and_decided(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    filled(browser, draft, writers)
    assert digest(stored, "ab11-b") in stored["nations/tn/nation.toml"]
    assert "ab11-b" not in touched(browser, draft, writers)
    change_core(stored, writers, "Name the body", "Name the office")
    page = touched(browser, draft, writers)
    assert "The inspection." in page
    assert "<del>body</del>" in page
    assert "<ins>office</ins>" in page
    now = digest(stored, "ab11-b")
    assert decide(browser, draft, writers, "ab11-b", what="accept", made_from=now) == 404
    assert decide(browser, draft, writers, "ab11-b", what="review", made_from=now) == 303
    assert 'status = "under-review"' in stored["nations/tn/nation.toml"]
    assert "The inspection." in stored["nations/tn/en/boxes.md"]
    assert "ab11-b" in touched(browser, draft, writers)
    for _ in range(2):
        assert decide(browser, draft, writers, "ab11-b", what="keep", made_from=now) == 303
    assert f'made_from = "{now}"' in stored["nations/tn/nation.toml"]
    assert "ab11-b" not in touched(browser, draft, writers)


def test_what_was_decided_before_digests_is_measured_from_the_edition_and_can_be_kept(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    change_core(stored, writers, "Name the body", "Name the office")
    change_core(stored, writers, "### Closer", "### Nearer")
    page = touched(browser, draft, writers)
    assert "ab11-b" in page
    assert "Block not shown <bdi>ab11-2</bdi>" in page
    for key in ("ab11-b", "ab11-2"):
        now = digest(stored, key)
        assert decide(browser, draft, writers, key, what="keep", made_from=now) == 303
    assert "No change of the core touches" in touched(browser, draft, writers)
    assert read_course(stored.all()).course is not None


def test_what_a_country_decided_about_and_is_gone_is_taken_back(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    left_out(browser, draft, writers)
    text = stored[BANK]
    a, b = text.index("## AB-1-004"), text.index("## AB-1-005")
    stored.put(writers.aruzhan, BANK, (text[:a] + text[b:]).encode())
    page = touched(browser, draft, writers)
    assert "It is no longer there." in page
    assert "Still right" not in page
    assert decide(browser, draft, writers, "AB-1-004", what="keep", made_from="") == 303
    assert "AB-1-004" in stored["nations/tn/nation.toml"]
    assert decide(browser, draft, writers, "AB-1-004", what="accept", made_from="") == 303
    assert "AB-1-004" not in stored["nations/tn/nation.toml"]


def test_a_box_saved_unchanged_records_nothing(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    before, page = stored.all(), f"{base(draft)}/tn/boxes/NA-01"
    assert "made_from" not in before["nations/tn/nation.toml"].decode()
    seat = browser(writers.nadia)
    assert seat.post(page, fields(seat.get(page).text)).status_code == 303
    assert stored.all() == before


def test_nothing_is_decided_about_what_the_country_left_as_it_is(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    before = stored.all()
    for key in ("ab11-1", "ab11-k"):
        now = digest(stored, key)
        assert decide(browser, draft, writers, key, what="keep", made_from=now) == 404
    assert decide(browser, draft, writers, "nothing", what="keep", made_from="0" * 12) == 303
    assert stored.all() == before


def test_only_the_national_editor_decides(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    replaced(browser, draft, writers)
    before = stored.all()
    sent = {"what": "accept", "made_from": digest(stored, "ab11-d")}
    for person in (writers.aruzhan, writers.peter, writers.sara):
        reply = browser(person).post(f"{base(draft)}/tn/touched/ab11-d", sent)
        assert reply.status_code == 404
    wrong = {"what": "merge", "made_from": ""}
    url = f"{base(draft)}/tn/touched/ab11-d"
    assert browser(writers.nadia).post(url, wrong).status_code == 404
    assert browser(writers.nadia).get(url).status_code == 405
    assert stored.all() == before
