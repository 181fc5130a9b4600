"""GET /answers/who"""

from __future__ import annotations

from collections.abc import Callable

from tests.assessment.said import who
from tests.browser import Browser
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/answers/who"


def test_it_names_the_person_by_a_tag_and_gives_the_token(browser: Open, amina: Cast) -> None:
    here = browser(amina)
    said = here.get(URL).get_json()
    assert sorted(said) == ["person", "token"]
    assert said["token"] == here.csrf_token()
    assert len(said["person"]) == 16


def test_the_tag_tells_nothing_and_stays_the_same(
    browser: Open, amina: Cast, chipo: Cast, daniel: Cast
) -> None:
    tags = [who(browser(person)) for person in (amina, chipo, daniel)]
    assert len(set(tags)) == 3
    assert who(browser(amina)) == tags[0]
    assert tags[0] not in str(amina.id).replace("-", "")


def test_nobody_in_particular_is_told_so_in_words_that_a_script_understands(
    browser: Open, farida: Cast
) -> None:
    for person in (None, farida):
        reply = browser(person).get(URL, headers={"Accept": "application/json"})
        assert (reply.status_code, reply.mimetype) == (401, "application/json")
        assert "person" not in reply.get_json()


def test_nobody_keeps_it(browser: Open, amina: Cast) -> None:
    assert browser(amina).get(URL).headers["Cache-Control"] == "no-store"


def test_it_only_tells(browser: Open, amina: Cast) -> None:
    assert browser(amina).post(URL).status_code == 405
