"""/<language>/write/<draft>/countries: the countries, their boxes and what is said in them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from lms import installation
from lms.authoring.drafts.models import Draft
from lms.content.reader import read_course
from lms.db import transaction
from lms.kernel import clock
from tests.authoring.adapting.conftest import Open, Stored, base
from tests.authoring.writers import Writers
from tests.people import Cast


def box(draft: Draft, code: str = "NA-01", nation: str = "tn") -> str:
    return f"{base(draft)}/{nation}/boxes/{code}"


def filled(page: str, **changed: Any) -> dict[str, Any]:
    """Return what a browser sends of a page with a form of a box, with some fields changed."""
    from tests.authoring.adapting.conftest import fields

    return fields(page) | changed


def test_everybody_of_the_draft_reads_all_pages(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    for person in (writers.nadia, writers.aruzhan, writers.tarek, writers.halima):
        for page in (
            "",
            "/tn",
            "/tn/boxes/NA-01",
            "/tn/boxes/NA-02",
            "/tn/limits",
            "/tn/register",
            "/tn/blocks",
            "/tn/readiness",
            "/tn/touched",
            "/ug",
        ):
            reply = browser(person).get(f"{base(draft)}{page}")
            assert reply.status_code == 200, (person.name, page)


def test_strangers_find_nothing(browser: Open, draft: Draft, writers: Writers, amina: Cast) -> None:
    for person in (writers.sara, amina):
        for page in (
            "",
            "/tn",
            "/tn/boxes/NA-01",
            "/tn/limits",
            "/tn/register",
            "/tn/blocks",
            "/tn/readiness",
            "/tn/touched",
        ):
            assert browser(person).get(f"{base(draft)}{page}").status_code == 404
    assert browser(None).get(base(draft)).status_code in {302, 303, 401}


def test_there_is_no_such_thing(browser: Open, draft: Draft, writers: Writers) -> None:
    for page in (
        "/kz",
        "/KZ",
        "/tn/boxes/NA-99",
        "/tn/blocks/AB-1.1/nothing",
        "/tn/blocks/AB-9.9/ab11-2",
        "/tn/limits/other",
    ):
        assert browser(writers.nadia).get(f"{base(draft)}{page}").status_code == 404, page
    assert browser(writers.nadia).post(f"{base(draft)}/tn").status_code == 405


def test_the_list_counts_what_each_country_has_done(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    page = browser(writers.nadia).get(base(draft)).text

    assert page.index("Tunisia") < page.index("Uganda")
    assert "Begin with a country" in page
    assert "Begin with a country" not in browser(writers.tarek).get(base(draft)).text


def test_the_installations_own_country_stands_first(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    with app.app_context(), transaction() as session:
        installation.decide(session, {"country": "ug"}, now=clock.now())
    page = browser(writers.nadia).get(base(draft)).text

    assert page.index("Uganda") < page.index("Tunisia")


def test_a_country_is_begun_once(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    for _ in range(2):
        reply = browser(writers.nadia).post(base(draft), {"code": "KZ"})
        assert (reply.status_code, reply.location) == (303, f"{base(draft)}/kz")
    assert read_course(stored.all()).faults.__len__() == 0
    assert "NA-01" in browser(writers.nadia).get(f"{base(draft)}/kz").text


@pytest.mark.parametrize("wrong", ["", "K", "KAZ", "K1", "QQ", "../"])
def test_what_is_no_country_is_not_begun(
    browser: Open, draft: Draft, writers: Writers, stored: Stored, wrong: str
) -> None:
    before = stored.all()
    assert browser(writers.nadia).post(base(draft), {"code": wrong}).status_code == 422
    assert stored.all() == before


def test_only_a_national_editor_writes(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    before, page = stored.all(), browser(writers.nadia).get(box(draft)).text
    for person, status in (
        (writers.aruzhan, 404),
        (writers.tarek, 404),
        (writers.sara, 404),
        (writers.halima, 404),
    ):
        assert browser(person).post(base(draft), {"code": "KZ"}).status_code == status
        reply = browser(person).post(box(draft), filled(page, words_en="Other."))
        assert reply.status_code == status
    assert stored.all() == before


def test_who_does_not_write_a_box_reads_it_in_words(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    for person in (writers.aruzhan, writers.tarek, writers.rosa, writers.peter, writers.halima):
        page = browser(person).get(box(draft)).text
        assert "<textarea" not in page
        assert 'id="form"' not in page
        assert "<dt>State</dt><dd>draft</dd>" in page
        assert "<dt>Legal source</dt><dd><bdi>Law 1 of 2001</bdi></dd>" in page
        assert "<dt>Checked on</dt><dd>24 November 2026</dd>" in page
        assert '<div class="said" lang="ar" dir="auto">الهيئة الوطنية.</div>' in page
        assert "Name the body to which officers report." in page
    empty = browser(writers.rosa).get(box(draft, "NA-02")).text
    assert "<dt>State</dt><dd>empty</dd>" in empty
    assert "The country has not written anything here yet." in empty
    # Whoever writes it finds the fields.
    assert "<dl" not in browser(writers.nadia).get(box(draft)).text


def test_who_does_not_write_a_box_is_told_nothing_of_its_fields(
    browser: Open, draft: Draft, writers: Writers
) -> None:
    reply = browser(writers.peter).post(box(draft), {"state": "nonsense"})
    assert reply.status_code == 404


def test_a_box_is_confirmed_over_all_its_files(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    page = browser(writers.nadia).get(box(draft)).text
    assert "Name the body to which officers report." in page
    sent = filled(
        page,
        state="confirmed",
        checker="National school",
        on="24.11.2026",
        review_by="2027-11-24",
        words_en="The national body.",
        words_fr="L’instance nationale.",
    )
    reply = browser(writers.nadia).post(box(draft), sent)

    assert (reply.status_code, reply.location) == (303, f"{base(draft)}/tn#NA-01")
    course = read_course(stored.all()).course
    assert course is not None
    said = course.nations["tn"].boxes["NA-01"]
    assert (said.status, said.checker, str(said.date), str(said.review_by)) == (
        "confirmed",
        "National school",
        "2026-11-24",
        "2027-11-24",
    )
    assert sorted(course.nations["tn"].texts) == ["ar", "en", "fr"]
    assert stored["nations/tn/en/boxes.md"].endswith("\nThe national body.\n")
    assert "confirmed" in browser(writers.nadia).get(f"{base(draft)}/tn").text


def test_the_same_form_sent_twice_changes_nothing_more(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    sent = filled(browser(writers.nadia).get(box(draft)).text, words_en="The body.")
    assert browser(writers.nadia).post(box(draft), sent).status_code == 303
    before = stored.all()
    assert browser(writers.nadia).post(box(draft), sent).status_code == 303
    assert stored.all() == before


def test_what_is_saved_unchanged_changes_no_byte(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    before = stored.all()
    for code in ("NA-01", "NA-01"):
        sent = filled(browser(writers.nadia).get(box(draft, code)).text)
        assert browser(writers.nadia).post(box(draft, code), sent).status_code == 303
    changed = {path for path, data in stored.all().items() if before.get(path) != data}
    assert changed <= {"nations/tn/nation.toml"}
    assert stored["nations/tn/ar/boxes.md"].encode() == before["nations/tn/ar/boxes.md"]


@pytest.mark.parametrize(
    ("field", "changed", "reason"),
    [
        ("state", {"state": "other"}, "Not a valid choice"),
        ("state", {"state": "empty"}, "call it a draft"),
        ("state", {"state": "confirmed", "checker": "School", "words_ar": ""}, "Write the words"),
        ("checker", {"state": "confirmed", "checker": ""}, "needs this"),
        ("legal_source", {"state": "confirmed", "checker": "A", "legal_source": ""}, "needs this"),
        ("legal_source", {"legal_source": "x" * 301}, "longer than"),
        ("checker", {"checker": "A\u202eB"}, "U+202E"),
        ("on", {"on": "32.13.2026"}, "2026-12-31"),
        ("review_by", {"review_by": "soon"}, "2026-12-31"),
        ("words_en", {"words_en": "<b>Law</b>"}, "HTML"),
        ("words_en", {"words_en": "Law\n\n## Another"}, "begins another block"),
        ("words_en", {"words_en": "::: do\n- x\n:::"}, "begins another block"),
        ("words_fr", {"words_fr": "![x](y.png)"}, ""),
    ],
)
def test_what_the_format_refuses_is_said_beside_the_field(
    browser: Open,
    draft: Draft,
    writers: Writers,
    stored: Stored,
    field: str,
    changed: dict[str, str],
    reason: str,
) -> None:
    before = stored.all()
    sent = filled(browser(writers.nadia).get(box(draft)).text, **changed)
    reply = browser(writers.nadia).post(box(draft), sent)

    assert reply.status_code == 422
    assert f'id="{field}-error"' in reply.text
    assert reason in reply.text
    assert stored.all() == before


def test_two_people_fill_two_boxes_at_once(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    first = filled(browser(writers.nadia).get(box(draft)).text, words_ar="كلمات أخرى.")
    second = filled(
        browser(writers.nadia).get(box(draft, "NA-02")).text, state="draft", words_ar="قانون."
    )
    assert browser(writers.nadia).post(box(draft), first).status_code == 303
    assert browser(writers.nadia).post(box(draft, "NA-02"), second).status_code == 303
    assert "كلمات أخرى." in stored["nations/tn/ar/boxes.md"]
    assert "قانون." in stored["nations/tn/ar/boxes.md"]


def test_two_people_fill_the_same_box_and_the_second_one_chooses(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    page = browser(writers.nadia).get(box(draft)).text
    assert browser(writers.nadia).post(box(draft), filled(page, words_en="One.")).status_code == 303
    reply = browser(writers.nadia).post(box(draft), filled(page, words_en="Two."))

    assert reply.status_code == 409
    assert "One." in reply.text
    assert "Two." in reply.text
    assert "One." in stored["nations/tn/en/boxes.md"]
    assert "aside" in stored.kinds("nations/tn/en/boxes.md")
    again = browser(writers.nadia).post(box(draft), filled(reply.text))
    assert again.status_code == 303
    assert "Two." in stored["nations/tn/en/boxes.md"]


def test_a_layer_that_cannot_be_read_says_so_and_is_not_written(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    sent = filled(browser(writers.nadia).get(box(draft)).text, words_en="Words.")
    stored.put(writers.nadia, "nations/tn/nation.toml", b"[[box\n")
    page = browser(writers.nadia).get(f"{base(draft)}/tn")

    assert "is to be mended" in page.text
    assert browser(writers.nadia).post(box(draft), sent).status_code in {409, 422}
    assert stored["nations/tn/nation.toml"] == "[[box\n"


def test_a_language_menu_keeps_what_was_typed(
    browser: Open, draft: Draft, writers: Writers, stored: Stored
) -> None:
    sent = filled(browser(writers.nadia).get(box(draft)).text, words_en="Typed.", go="language-fr")
    reply = browser(writers.nadia).post(box(draft).replace("/en/", "/fr/"), sent)

    assert reply.status_code == 200
    assert "Typed." in reply.text
    assert "nations/tn/en/boxes.md" not in stored.all()
