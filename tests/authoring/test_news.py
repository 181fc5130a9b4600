"""What is new in an edition: told on the course page to whoever began before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from sqlalchemy import update

from lms.content.digests import LONGEST_NEWS, text_digest
from lms.content.reader import read_course
from lms.content.translation.target import with_title
from lms.content.translation.units import course_units
from lms.db import transaction
from lms.learning.models import Enrolment
from tests.authoring.conftest import MONDAY, Press
from tests.browser import Browser
from tests.content.small import read, small
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
NEWS = "Lesson 2 says what the law of 2027 asks."
ARABIC = "تغيّر الدرس الثاني."
PAGE = "/en/courses/small-course"


def with_news(
    files: Mapping[str, bytes], path: str, news: str, digest: str = ""
) -> dict[str, bytes]:
    made_from = f'"front.news" = "{digest}"\n' if digest else ""
    text = files[path].decode().replace("+++\n", f'+++\nnews = "{news}"\n', 1)
    return {**files, path: text.replace("[from]\n", f"[from]\n{made_from}", 1).encode()}


@pytest.fixture
def seat(browser: Open, amina: Cast) -> Browser:
    """Return the browser of somebody who learns."""
    return browser(amina)


def begin(seat: Browser, hours: float = 1.5) -> None:
    """Begin the course so many hours after Monday morning: the press publishes at full ones."""
    assert seat.post(f"{PAGE}/begin", {}).status_code == 303
    with seat.app.app_context(), transaction() as session:
        session.execute(update(Enrolment).values(begun_at=MONDAY + timedelta(hours=hours)))


def test_whoever_began_before_reads_it(press: Press, seat: Browser) -> None:
    press()
    begin(seat)
    assert "What is new" not in seat.get(PAGE).text
    assert press(with_news(small(), "en/course.md", NEWS)) == "1.1"

    assert NEWS in seat.get(PAGE).text


def test_whoever_goes_on_with_an_earlier_number_reads_of_the_newest(
    press: Press, seat: Browser
) -> None:
    press()
    begin(seat)
    files = with_news(small(), "en/course.md", NEWS)
    toml = files["course.toml"].replace(b"attempts = 3", b"attempts = 2")
    assert press({**files, "course.toml": toml}) == "2.0"

    page = seat.get(PAGE).text
    assert "Edition 1.0" in page
    assert NEWS in page


def test_whoever_begins_with_it_does_not(press: Press, seat: Browser) -> None:
    press(with_news(small(), "en/course.md", NEWS))
    assert NEWS not in seat.get(PAGE).text
    begin(seat)

    assert NEWS not in seat.get(PAGE).text


@pytest.mark.parametrize(("digest", "is_shown"), [(text_digest(NEWS), True), ("0" * 12, False)])
def test_a_translation_counts_while_it_is_of_this_text(
    press: Press, seat: Browser, digest: str, *, is_shown: bool
) -> None:
    press()
    begin(seat)
    files = with_news(small(), "en/course.md", NEWS)
    press(with_news(files, "ar/course.md", ARABIC, digest))
    page = seat.get(PAGE.replace("/en/", "/ar/")).text

    assert (ARABIC in page) is is_shown
    assert (NEWS in page) is not is_shown


def test_it_belongs_to_the_description_alone() -> None:
    for path, news in (("en/AB-1.1.md", NEWS), ("en/course.md", "x" * 301), ("en/course.md", " ")):
        assert len(read_course(with_news(small(), path, news)).faults) == 1


def test_translators_translate_it_like_a_title() -> None:
    files = with_news(small(), "en/course.md", NEWS)
    course = read(files)
    units = {unit.key: unit for unit in course_units(course, "ar") if unit.name == "course"}
    unit = units["front.news"]
    assert (unit.state, unit.parts[0].most) == ("new", LONGEST_NEWS)

    target, source = course.documents["ar"]["course"], course.documents["en"]["course"]
    text = with_title(target, source, "front.news", ARABIC, "ar")
    assert text.startswith(f'+++\ntitle = "دورة صغيرة"\nnews = "{ARABIC}"\n')
    again = read({**files, "ar/course.md": text.encode()})
    states = {unit.key: unit.state for unit in course_units(again, "ar") if unit.name == "course"}
    assert states["front.news"] == "translated"
