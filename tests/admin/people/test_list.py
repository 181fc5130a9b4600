"""GET /<language>/administer/people"""

from __future__ import annotations

import re

from flask import Flask

from lms.audit.models import AuditRow
from lms.db import transaction
from lms.extensions import db
from tests.admin.people.conftest import Open
from tests.people import Cast, Places, add_person

URL = "/en/administer/people"


def names(text: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*><bdi>([^<]+)<', text)


def test_an_administrator_sees_the_people_of_the_region_and_nobody_else(
    browser: Open, grace: Cast, amina: Cast, chipo: Cast, daniel: Cast
) -> None:
    reply = browser(grace).get(URL)
    assert reply.status_code == 200
    assert names(reply.text) == ["Amina Ben Salah", "Chipo Okello", "Grace Nakato"]


def test_the_country_sees_everybody(browser: Open, halima: Cast, amina: Cast, daniel: Cast) -> None:
    assert set(names(browser(halima).get(URL).text)) == {
        "Halima Nabirye",
        "Amina Ben Salah",
        "Daniel Mugisha",
    }


def test_it_is_closed_to_learners_and_trainers(browser: Open, amina: Cast, bolat: Cast) -> None:
    assert browser(amina).get(URL).status_code == 404
    assert browser(bolat).get(URL).status_code == 404


def test_a_part_of_a_name_or_number_in_any_case_and_script_is_found(
    browser: Open, grace: Cast, amina: Cast, bolat: Cast
) -> None:
    here = browser(grace)
    assert names(here.get(f"{URL}?text=ben+sal").text) == ["Amina Ben Salah"]
    assert names(here.get(f"{URL}?text=СЕЙТҚ").text) == ["Болат Сейтқали"]
    assert names(here.get(f"{URL}?text=n1001").text) == ["Amina Ben Salah"]
    assert "Nobody fits" in here.get(f"{URL}?text=%25").text


def test_it_is_filtered_by_place_function_and_sign_in(
    browser: Open, places: Places, halima: Cast, amina: Cast, daniel: Cast, farida: Cast
) -> None:
    here = browser(halima)
    assert names(here.get(f"{URL}?unit=S").text) == ["Daniel Mugisha"]
    assert names(here.get(f"{URL}?function=P6").text) == ["Halima Nabirye"]
    assert names(here.get(f"{URL}?status=disabled").text) == ["Farida Idrissova"]
    assert "Farida Idrissova" not in names(here.get(f"{URL}?status=waiting").text)


def test_a_place_of_somebody_else_finds_nobody(
    browser: Open, grace: Cast, amina: Cast, daniel: Cast
) -> None:
    assert names(browser(grace).get(f"{URL}?unit=S-01").text) == []


def test_who_has_left_stands_in_a_list_of_its_own(browser: Open, grace: Cast, yusuf: Cast) -> None:
    here = browser(grace)
    assert "Yusuf Diallo" not in names(here.get(URL).text)
    assert names(here.get(f"{URL}?where=left").text) == ["Yusuf Diallo"]


def test_special_functions_are_hidden_from_who_reads_nothing_confidential(
    app: Flask, browser: Open, places: Places, halima: Cast, yusuf: Cast
) -> None:
    here = browser(halima)
    assert names(here.get(f"{URL}?function=P2").text) == []
    assert "Yusuf Diallo" in names(here.get(f"{URL}?function=P1").text)
    with app.app_context(), transaction() as session:
        trusted = add_person(
            session,
            "Rosa Trusted",
            "HQ-7",
            places.country,
            function="P6",
            roles=(("administrator", places.country), ("confidential-reader", places.country)),
        )
    assert names(browser(trusted).get(f"{URL}?function=P2").text) == ["Yusuf Diallo"]


def test_twenty_five_a_page_and_the_filters_stay(
    app: Flask, browser: Open, places: Places, grace: Cast
) -> None:
    with app.app_context(), transaction() as session:
        for number in range(30):
            letter = chr(ord("a") + number % 26) + chr(ord("a") + number // 26)
            add_person(session, f"Officer {letter}", f"N-3{number:03}", places.northgate)
    here = browser(grace)
    first = here.get(f"{URL}?text=officer")
    assert len(names(first.text)) == 25
    assert "Rows 1 to 25 of 30" in first.text
    follow = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert follow is not None
    second = here.get(follow[1].replace("&amp;", "&"))
    assert len(names(second.text)) == 5


def test_columns_sort_both_ways(browser: Open, grace: Cast, amina: Cast, chipo: Cast) -> None:
    here = browser(grace)
    up = names(here.get(f"{URL}?sort=number").text)
    down = names(here.get(f"{URL}?sort=-number").text)
    assert up == list(reversed(down))
    assert here.get(f"{URL}?sort=password").status_code == 200


def test_an_inspector_reads_it_and_every_view_is_logged(
    app: Flask, browser: Open, ivo: Cast, amina: Cast, daniel: Cast
) -> None:
    assert names(browser(ivo).get(URL, most_queries=12).text) == ["Amina Ben Salah"]
    with app.app_context():
        rows = db.session().query(AuditRow.action, AuditRow.actor_id).all()
    assert ("inspector.viewed", ivo.id) in [tuple(row) for row in rows]
