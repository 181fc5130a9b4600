"""GET and POST /<language>/administer/staff-lists/<id>/titles: which function each job title is."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.importing.title_rules import Title, titles_of
from lms.accounts.importing.views import columns
from lms.accounts.models import JobTitle
from lms.audit.models import AuditRow
from lms.extensions import db
from tests.accounts.importing.conftest import URL, At, Desk
from tests.filled import LANGUAGE_BUTTON
from tests.people import Cast

ROWS = (
    "N-9001;Zoé Bah;N-01;Chief Warder;G2;f;fr",
    "N-9002;Erlan Bah;N-01;CHIEF WARDER;G1;m;kk",
    "N-9003;Musa Bah;N-01;Welfare Officer;G1;m;en",
    "N-9004;Ines Bah;N-01;P6;G1;f;en",
    "N-9005;Omar Bah;N-01;Trainer of staff;G1;m;en",
)


def found(here: Desk, page: str) -> dict[str, Title]:
    return {each.title: each for each in titles_of(here.at(page).reading["titles"])}


def chosen(here: Desk, page: str, **functions: str) -> dict[str, str]:
    """Return the fields of the form for some titles, with _ for a space."""
    known = found(here, page)
    return {known[said.replace("_", " ")].name: code for said, code in functions.items()}


def say(here: Desk, page: str, **functions: str) -> None:
    reply = here.browser.post(f"{page}/titles", chosen(here, page, **functions))
    assert (reply.status_code, reply.location) == (303, page)
    here.work()


def remembered(app: Flask) -> dict[str, str]:
    with app.app_context():
        rows = db.session.scalars(select(JobTitle))
        return {row.title: row.function for row in rows}


def test_titles_of_a_list_are_named_with_people_and_rows(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.tried(*ROWS)
    assert [(t.title, t.people, list(t.rows), t.function) for t in found(here, page).values()] == [
        ("Chief Warder", 2, [2, 3], ""),
        ("Welfare Officer", 1, [4], ""),
        ("Trainer of staff", 1, [6], "P7"),
    ]
    text = here.browser.get(page).text
    assert "2 job titles of this list are no functions of ours yet; their rows are refused." in text
    assert here.at(page).counts == {"new": 2, "refused": 3}
    text = here.browser.get(f"{page}/titles").text
    for shown in ("Chief Warder", "2 people. Rows: 2, 3", "1 person. Rows: 4", "Trainer of staff"):
        assert shown in text
    assert '<option selected value="P7">Trainer of staff</option>' in text
    assert "P6" not in re.findall(r"<label[^>]*>([^<]*)<", text)


def test_what_was_chosen_counts_when_the_list_is_tried_and_taken_over(
    app: Flask, desk: At, grace: Cast
) -> None:
    here = desk(grace)
    page = here.tried(*ROWS)
    say(here, page, Chief_Warder="P1", Welfare_Officer="P4")
    assert here.at(page).counts == {"new": 5}
    assert here.identity("N-9003") is None
    assert "Which function each job is" in here.browser.get(page).text
    assert remembered(app) == {}
    here.confirm(page)
    here.work()
    welfare = here.identity("N-9003")
    assert welfare is not None
    assert [work[1] for work in here.work_of(welfare.person_id)] == ["P4"]


def test_the_next_list_knows_it(app: Flask, desk: At, grace: Cast, halima: Cast) -> None:
    here = desk(halima)
    page = here.tried(*ROWS)
    say(here, page, Chief_Warder="P1", Welfare_Officer="P4")
    here.confirm(page)
    assert remembered(app) == {"Chief Warder": "P1", "Welfare Officer": "P4"}
    with app.app_context():
        row = db.session.scalars(
            select(AuditRow).where(AuditRow.action == "job-titles.remembered")
        ).one()
        assert row.facts == {"titles": 2}
    here.work()
    other = desk(grace)
    page = other.tried("N-9011;Ali Bah;N-01;chief-warder;G1;m;fr")
    assert other.at(page).counts["new"] == 1
    assert found(other, page)["chief-warder"].function == "P1"


def test_whoever_does_not_administer_the_country_adds_and_replaces_nothing(
    app: Flask, desk: At, grace: Cast, halima: Cast
) -> None:
    here = desk(halima)
    page = here.tried(*ROWS)
    say(here, page, Chief_Warder="P1")
    here.confirm(page)
    here.work()
    here = desk(grace)
    page = here.tried("N-9021;Ali Bah;N-01;Chief Warder;G1;m;fr", ROWS[2])
    say(here, page, Chief_Warder="P6", Welfare_Officer="P4")
    # It counts for her own list, and the country's word stays.
    assert found(here, page)["Chief Warder"].function == "P6"
    here.confirm(page)
    assert remembered(app) == {"Chief Warder": "P1", "Welfare Officer": "P4"}


def test_the_country_changes_its_word_or_takes_it_back(app: Flask, desk: At, halima: Cast) -> None:
    here = desk(halima)
    for function, kept in (
        ("P1", {"Chief Warder": "P1"}),
        ("P6", {"Chief Warder": "P6"}),
        ("", {}),
    ):
        page = here.tried(ROWS[0])
        say(here, page, Chief_Warder=function)
        here.confirm(page)
        here.work()
        assert remembered(app) == kept


def test_a_word_of_ours_may_mean_something_else_here_but_a_code_may_not(
    desk: At, grace: Cast
) -> None:
    here = desk(grace)
    page = here.tried(*ROWS)
    say(here, page, Trainer_of_staff="P1")
    assert {row.number: row.facts.get("function") for row in here.rows(page)} == {
        2: None,
        3: None,
        4: None,
        5: "P6",
        6: "P1",
    }


def test_sending_it_twice_tries_the_list_once(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.tried(*ROWS)
    fields = chosen(here, page, Chief_Warder="P1")
    for _ in range(2):
        assert here.browser.post(f"{page}/titles", fields).status_code == 303
    assert here.work() == 2
    # And once it is tried, the same choice changes nothing.
    assert here.browser.post(f"{page}/titles", fields).status_code == 303
    assert here.work() == 0
    assert here.at(page).state == "checked"


def test_other_columns_leave_the_choices_as_they_were(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.tried(*ROWS)
    say(here, page, Chief_Warder="P1")
    here.choose(page, column_function="")
    here.work()
    assert here.at(page).reading["titles"] == []
    assert here.browser.get(f"{page}/titles").location == page
    here.choose(page)
    here.work()
    assert found(here, page)["Chief Warder"].function == "P1"


def test_a_column_of_ranks_may_tell_the_function_too(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.read("N-9001;Zoé Bah;N-01;Sergeant", header="number;name;place;rank")
    assert "or its ranks, may stand there" in here.browser.get(f"{page}/columns").text
    page = here.tried(
        "N-9001;Zoé Bah;N-01;Sergeant", header="number;name;place;rank", column_function="3"
    )
    say(here, page, Sergeant="P1")
    assert here.at(page).counts["new"] == 1
    reply = here.choose(page, column_function="3", column_sex="3")
    assert reply.status_code == 422


@pytest.mark.parametrize("value", ["P8", "p1", "<b>"])
def test_what_is_no_function_is_refused_beside_its_title(desk: At, grace: Cast, value: str) -> None:
    here = desk(grace)
    page = here.tried(*ROWS)
    reply = here.browser.post(f"{page}/titles", chosen(here, page, Chief_Warder=value))
    assert reply.status_code == 422
    assert "Not a valid choice." in reply.text
    assert here.at(page).state == "checked"


def test_titles_that_the_list_has_not_are_passed_over(app: Flask, desk: At, halima: Cast) -> None:
    here = desk(halima)
    page = here.tried(*ROWS)
    reply = here.browser.post(f"{page}/titles", {"title_0123456789abcdef": "P1", "titles": "P1"})
    assert reply.status_code == 303
    assert "titles" not in here.at(page).mapping
    here.confirm(page)
    assert remembered(app) == {}


def test_a_change_of_language_keeps_what_was_chosen(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.tried(*ROWS)
    assert LANGUAGE_BUTTON.search(here.browser.get(f"{page}/titles").text)
    fields = chosen(here, page, Welfare_Officer="P4")
    reply = here.browser.post(
        f"{page.replace('/en/', '/ar/')}/titles", {"go": "language-ar", **fields}
    )
    assert reply.status_code == 200
    assert reply.text.count('<option selected value="P4">') == 1
    assert here.at(page).state == "checked"


def test_a_hundred_titles_stand_on_the_page_those_without_a_function_first(
    desk: At, grace: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "MOST_OFFERED", 2)
    here = desk(grace)
    page = here.tried(*ROWS)
    text = here.browser.get(f"{page}/titles").text
    assert "1 more job title follows when these are tried." in text
    assert text.count("<select") == 2
    say(here, page, Chief_Warder="P1", Welfare_Officer="P4")
    assert {each.function for each in found(here, page).values()} == {"P1", "P4", "P7"}


def test_many_long_titles_keep_the_page_light(desk: At, grace: Cast) -> None:
    here = desk(grace)
    rows = [f"N-{n};Zoé Bah;N-01;{n}{' Старший инспектор' * 8};G1;f;kk" for n in range(9100, 9250)]
    page = here.tried(*rows)
    text = here.browser.get(f"{page.replace('/en/', '/ru/')}/titles").text
    assert text.count("<select") == columns.MOST_OFFERED


def test_a_list_that_is_taken_over_asks_no_more(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.tried(*ROWS)
    fields = chosen(here, page, Chief_Warder="P1")
    here.confirm(page)
    here.work()
    assert here.browser.get(f"{page}/titles").location == page
    assert here.browser.post(f"{page}/titles", fields).status_code == 409
    assert "Which function each job is" not in here.browser.get(page).text


def test_a_list_that_was_not_tried_has_no_titles_yet(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.read(*ROWS)
    assert here.browser.get(f"{page}/titles").location == page
    assert here.browser.post(f"{page}/titles", {}).status_code == 409


def test_lists_of_others_are_not_there(
    desk: At, grace: Cast, halima: Cast, amina: Cast, bolat: Cast
) -> None:
    page = desk(halima).tried(*ROWS)
    for address in (page, f"{URL}/{UUID(int=3)}"):
        for person, status in ((grace, 404), (amina, 404), (bolat, 404), (None, 401)):
            here = desk(person).browser
            assert here.get(f"{address}/titles").status_code == status
            assert here.post(f"{address}/titles", {}).status_code == status
    assert desk(halima).browser.client.put(f"{page}/titles").status_code in {400, 405}


def test_somebody_whose_function_may_not_be_known_keeps_their_posting(
    app: Flask, desk: At, grace: Cast, halima: Cast
) -> None:
    """A list that names it says nothing new, each month; whoever sends it is not told so."""
    here = desk(halima)
    here.taken("N-9031;Ali Bah;N-01;P2;G1;m;fr")
    person = here.identity("N-9031")
    assert person is not None
    before = here.work_of(person.person_id)
    for function in ("P2", "P3"):
        page = desk(grace).tried(f"N-9031;Ali Bah;N-01;{function};G1;m;fr")
        assert desk(grace).verdicts(page) == [(2, "moved")]
    page = desk(grace).taken("N-9031;Ali Bah;N-01;P2;G1;m;fr")
    assert here.work_of(person.person_id) == before
    desk(grace).undone(page)
    assert here.work_of(person.person_id) == before
