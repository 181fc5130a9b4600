"""/<language>/administer/certificates/layout"""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image, PngImagePlugin
from sqlalchemy import delete, select

from lms import installation
from lms.accounts.models import Grant
from lms.accounts.rules import SERVER
from lms.audit.models import AuditRow
from lms.catalogue.programmes import actions as programmes
from lms.catalogue.programmes.actions import Details
from lms.certificates import pdf
from lms.certificates.layouts import LOGOS, Layout
from lms.certificates.models import CertificateHolder
from lms.certificates.office import layouts
from lms.db import transaction
from lms.extensions import db
from lms.files import FileStore
from lms.installation import LANGUAGES
from lms.kernel import clock
from lms.kernel.errors import Refused
from lms.kernel.messages import Message
from tests.admin.certificates.conftest import Open, Papers, job_of, run
from tests.browser import Browser
from tests.certificates.papers import ISSUERS, NAMES
from tests.people import Cast, Places, add_person

URL = "/en/administer/certificates/layout"
TYPED = {
    "issuer_en": "National Prison Service", "issuer_ar": "الإدارة العامة للسجون",
    "name_1_en": "Halima Nabirye", "title_1_en": "Director general", "title_1_fr": "Directrice",
    "title_2_en": "nobody",
}  # fmt: skip


@pytest.fixture(scope="module")
def typeset_once() -> Callable[..., bytes]:
    """Return what sets each page once for the tests of this file: the same texts are tried here."""
    known: dict[object, bytes | pdf.TooLong] = {}
    anew = pdf.typeset

    def typeset(*asked: Any) -> bytes:
        if asked not in known:
            try:
                known[asked] = anew(*asked)
            except pdf.TooLong as refused:
                known[asked] = refused
        found = known[asked]
        if isinstance(found, pdf.TooLong):
            raise pdf.TooLong(found.message, found.part)
        return found

    return typeset


@pytest.fixture(autouse=True)
def known_pages(typeset_once: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "typeset", typeset_once)


def decided(app: Flask) -> installation.Installation:
    with app.app_context():
        return installation.read(db.session())


def logos(app: Flask) -> list[str]:
    with app.app_context():
        return installation.setting(db.session(), LOGOS) or []


def png(size: tuple[int, int] = (60, 30), colour: str = "red") -> bytes:
    out, info = io.BytesIO(), PngImagePlugin.PngInfo()
    info.add_text("Comment", "a secret place")
    Image.new("RGB", size, colour).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def save(app: Flask, here: Browser, url: str = URL, **changes: str) -> str:
    """Send the form and let the worker try it; return the page that says how it went."""
    reply = here.post(url, {**TYPED, **changes, "go": "save"})
    assert reply.status_code == 303, reply.text
    assert reply.location.startswith(f"{url}?trial=")
    page = here.get(reply.location)
    assert "It is being tried" in page.text
    assert page.headers["Refresh"] == "3"
    run(app)
    page = here.get(reply.location)
    assert "Refresh" not in page.headers
    return page.text


def add(app: Flask, here: Browser, picture: bytes, url: str = URL) -> str:
    """Send a logo and let the worker try it; return the page that says how it went."""
    reply = here.post(f"{url}/logos", {"picture": (io.BytesIO(picture), "logo.png")})
    assert reply.status_code == 303, reply.text
    run(app)
    return here.get(reply.location).text


def test_the_office_says_who_issues_and_who_signs(app: Flask, browser: Open, halima: Cast) -> None:
    here = browser(halima)
    for _ in range(2):
        assert "Certificates look so from now on." in save(app, here)
    site = decided(app)
    assert site.issuers == {"en": "National Prison Service", "ar": "الإدارة العامة للسجون"}
    assert [dict(person) for person in site.signatories] == [
        {
            "name": "Halima Nabirye",
            "name:en": "Halima Nabirye",
            "title": "Director general",
            "title:en": "Director general",
            "title:fr": "Directrice",
        }
    ]
    assert 'value="Directrice"' in here.get(URL).text


def test_a_preview_shows_what_was_typed_and_saves_nothing(
    app: Flask, browser: Open, halima: Cast, tmp_path: Path
) -> None:
    here = browser(halima)
    reply = here.post(URL, {**TYPED, "go": "look"})
    assert reply.status_code == 303
    assert decided(app).issuers == {}
    run(app)
    result = job_of(app, reply.location).result or {}
    path = tmp_path / "preview.pdf"
    path.write_bytes(FileStore(app.config["LMS"].data / "files").get(result["file"]))
    said = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout
    # The watermark is turned, so its letters are read one by one, from the last to the first.
    assert "w\ne\ni\nv\ne\nr\nP" in said.decode()
    for words in (
        "First name and surname",
        "National Prison Service",
        "Halima Nabirye",
        "Director general",
    ):
        assert words in said.decode()
    assert "Fetch the file" in here.get(reply.location).text


def test_why_there_is_no_preview_is_said_on_its_page(
    app: Flask, browser: Open, halima: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_facts: object) -> bytes:
        raise Refused(Message("The texts do not fit."))

    monkeypatch.setattr("lms.certificates.office.preview.paper", refuse)
    here = browser(halima)
    location = here.post(URL, {**TYPED, "go": "look"}).location
    run(app)
    assert "The texts do not fit." in here.get(location).text


def test_issued_certificates_never_change(
    app: Flask, browser: Open, halima: Cast, papers: Papers
) -> None:
    with app.app_context():
        before = db.session().get_one(CertificateHolder, papers.amina).pdf
    here = browser(halima)
    save(app, here)
    add(app, here, png())
    assert len(logos(app)) == 1
    with app.app_context():
        assert db.session().get_one(CertificateHolder, papers.amina).pdf == before


@pytest.mark.parametrize(
    "change",
    [
        {"issuer_en": "x" * 121},
        {"name_1_en": "x" * 81},
        {"title_3_kk": "x" * 81},
        {"issuer_en": "漢"},
    ],
)
def test_each_bad_field_is_refused(
    app: Flask, browser: Open, halima: Cast, change: dict[str, str]
) -> None:
    for go in ("save", "look"):
        assert browser(halima).post(URL, {**TYPED, **change, "go": go}).status_code == 422
    assert decided(app).issuers == {}


def test_a_logo_is_drawn_anew_and_can_be_taken_away(
    app: Flask, browser: Open, halima: Cast
) -> None:
    here = browser(halima)
    for _ in range(2):
        add(app, here, png())
    (digest,) = logos(app)
    stored = FileStore(app.config["LMS"].data / "files").get(digest)
    assert b"secret" not in stored
    assert Image.open(io.BytesIO(stored)).size == (60, 30)
    assert "Take logo 1 away" in here.get(URL).text
    for _ in range(2):
        assert here.post(f"{URL}/logos/removal", {"digest": digest}).status_code == 303
    assert logos(app) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no PNG"),
        (b"<svg xmlns='x'/>", "SVG"),
        (b"\xff\xd8\xff jpeg", "no PNG"),
        (b"\x89PNG\r\n\x1a\n broken", "broken"),
        (png() + b"0" * 200_000, "200 kB"),
        (png((2001, 1000)), "2 million"),
        (png()[:-30], "broken"),
    ],
)
def test_other_files_are_refused_with_the_reason(
    app: Flask, browser: Open, halima: Cast, data: bytes, reason: str
) -> None:
    reply = browser(halima).post(f"{URL}/logos", {"picture": (io.BytesIO(data), "logo.png")})
    assert reply.status_code == 409
    assert reason in reply.text
    assert logos(app) == []


def test_a_fifth_logo_is_refused(app: Flask, browser: Open, halima: Cast) -> None:
    here = browser(halima)
    for colour in ("red", "green", "blue", "white"):
        add(app, here, png(colour=colour))
    assert len(logos(app)) == 4
    fifth = {"picture": (io.BytesIO(png(colour="black")), "x.png")}
    assert here.post(f"{URL}/logos", fifth).status_code == 409
    assert len(logos(app)) == 4


def test_it_is_for_the_office_of_the_country_alone(
    app: Flask, browser: Open, grace: Cast, amina: Cast
) -> None:
    for person in (grace, amina):
        here = browser(person)
        assert here.get(URL).status_code == 404
        assert here.post(URL, TYPED).status_code == 404
        assert here.post(f"{URL}/logos").status_code == 404
        assert here.post(f"{URL}/logos/removal").status_code == 404
        for page in ("", "/logos", "/logos/removal", "/removal"):
            assert here.post(f"{URL}/programmes/health{page}", TYPED).status_code == 404
    assert decided(app).issuers == {}


# ---- What does not fit --------------------------------------------------------------------------

MANY_WORDS = "Directorate of Regional Coordination and Training "


def full() -> dict[str, str]:
    """Return three people whose names and functions are as long as the form takes them."""
    return {
        f"{key}_{place}_{each}": f"{each} {place} {MANY_WORDS * 2}"[:80].strip()
        for key in ("name", "title")
        for place in (1, 2, 3)
        for each in LANGUAGES
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_does_not_fit_is_named_and_nothing_typed_is_lost(
    app: Flask, browser: Open, halima: Cast, language: str
) -> None:
    here, url = browser(halima), f"/{language}{URL[3:]}"
    typed = {**TYPED, **full()}
    reply = here.post(url, {**typed, "go": "save"})
    run(app)
    page = here.get(reply.location).text
    assert 'aria-invalid="true"' in page
    assert re.search(r'href="#(name|title)_[123]_\w\w">', page), "the summary leads to the field"
    assert decided(app).issuers == {}
    for text in typed.values():
        assert f'value="{text}"' in page
    # With less of it, the same form is saved.
    short = {name: text[:30] for name, text in typed.items()}
    reply = here.post(url, {**short, "go": "save"})
    run(app)
    assert 'class="say ok"' in here.get(reply.location).text
    assert len(decided(app).signatories) == 3


def test_the_field_that_is_too_long_is_the_one_that_is_named(
    app: Flask, browser: Open, halima: Cast
) -> None:
    """One word too wide for its column, and one name of many words."""
    people = {f"name_{place}_en": f"Halima {'N' * place}" for place in (1, 2, 3)}
    people["title_2_fr"] = "Sous-directeurs" * 5
    page = save(app, browser(halima), **people, title_1_en="Head", title_1_fr="Chef")
    found = re.findall(r'<a href="#(\w+)">', page[page.index("There is a problem") :])
    assert found == ["title_2_fr"]
    assert "does not fit on a certificate with long titles and names. Shorten it." in page


def test_who_has_no_name_is_shown_again_and_the_others_keep_their_places(
    app: Flask, browser: Open, halima: Cast
) -> None:
    """The first place is empty but for a function; what does not fit stands in the third."""
    wide = "W" * 80
    page = save(
        app,
        browser(halima),
        name_1_en="",
        title_1_en="Nobody yet",
        title_1_fr="",
        title_2_en="Head",
        name_2_en="Juma Okello",
        name_3_en="Grace Nakato",
        title_3_fr=wide,
    )
    found = re.findall(r'<a href="#(\w+)">', page[page.index("There is a problem") :])
    # Nobody wrote the function in other languages: it is printed there, too, and too wide.
    assert found[0] == "title_3_fr" or {each[:7] for each in found} == {"title_3"}
    for text in ("Nobody yet", "Juma Okello", "Grace Nakato", wide):
        assert f'value="{text}"' in page


def test_a_usual_layout_fits_with_everything_on_it(app: Flask, browser: Open, halima: Cast) -> None:
    """Three people, each with a function of one line in five languages, and four logos."""
    here = browser(halima)
    for colour in ("red", "green", "blue", "white"):
        add(app, here, png(colour=colour))
    usual = {f"issuer_{each}": text for each, text in ISSUERS.items()}
    for place in (1, 2, 3):
        usual |= {f"name_{place}_{each}": NAMES[each][0] for each in LANGUAGES}
        usual |= {f"title_{place}_{each}": ISSUERS[each] for each in LANGUAGES}
    assert "Certificates look so from now on." in save(app, here, **usual)
    assert len(logos(app)) == 4


def test_a_logo_that_leaves_no_room_is_refused(app: Flask, browser: Open, halima: Cast) -> None:
    """The name has the middle of the page: it is as wide as that, until logos stand beside it."""
    here = browser(halima)
    assert "look so from now on" in save(app, here, issuer_en="Rehabilitationsangelegenheiten" * 3)
    page = add(app, here, png())
    assert "With this logo the texts do not fit" in page
    assert logos(app) == []


def test_a_trial_of_somebody_else_or_of_nothing_shows_the_page_as_it_is(
    app: Flask, browser: Open, halima: Cast, places: Places
) -> None:
    reply = browser(halima).post(URL, {**TYPED, "go": "save"})
    with app.app_context(), transaction() as session:
        other = add_person(
            session,
            "Other Head",
            "HQ-2",
            places.country,
            function="P6",
            roles=(("administrator", places.country),),
        )
    for address in (reply.location, f"{URL}?trial=x", f"{URL}?trial=99", f"{URL}?trial="):
        page = browser(other).get(address)
        assert page.status_code == 200
        assert "It is being tried" not in page.text


def test_who_lost_the_office_meanwhile_decides_nothing(
    app: Flask, browser: Open, halima: Cast
) -> None:
    browser(halima).post(URL, {**TYPED, "go": "save"})
    with app.app_context(), transaction() as session:
        session.execute(delete(Grant).where(Grant.person_id == halima.id))
    run(app)
    assert decided(app).issuers == {}


# ---- The look of a programme --------------------------------------------------------------------

OF_PROGRAMME = f"{URL}/programmes/health"


@pytest.fixture
def health(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        new = Details({"en": "Health in prisons", "ar": "الصحة"}, date(2026, 1, 1), None)
        programmes.add(session, SERVER, "health", "programme", new, now=clock.now())


def look_of(app: Flask) -> Layout | None:
    with app.app_context():
        return layouts.look(db.session(), SERVER, "health").own


def test_a_programme_gets_a_look_of_its_own_beginning_with_the_common_one(
    app: Flask, browser: Open, halima: Cast, health: None
) -> None:
    here = browser(halima)
    save(app, here)
    add(app, here, png())
    assert "Health in prisons</a>" in here.get(URL).text
    page = here.get(OF_PROGRAMME).text
    assert "They look like all others now." in page
    assert 'value="National Prison Service"' in page
    assert "/logos" not in page
    assert look_of(app) is None
    assert here.post(f"{OF_PROGRAMME}/logos/removal", {"digest": "x"}).status_code == 404

    changed = {"issuer_en": "Health Academy", "name_1_en": "Juma Okello"}
    assert "Certificates look so from now on." in save(app, here, OF_PROGRAMME, **changed)
    found = look_of(app)
    assert found is not None
    assert found.issuers["en"] == "Health Academy"
    assert list(found.logos) == logos(app), "its logos begin as the common ones"
    assert decided(app).issuers["en"] == "National Prison Service"
    assert "look of its own" in here.get(URL).text

    add(app, here, png(colour="blue"), OF_PROGRAMME)
    found = look_of(app)
    assert found is not None
    assert len(found.logos) == 2
    here.post(f"{OF_PROGRAMME}/logos/removal", {"digest": found.logos[0]})
    assert (look_of(app), len(logos(app))) != (found, 2)

    for _ in range(2):
        assert here.post(f"{OF_PROGRAMME}/removal").status_code == 303
    assert look_of(app) is None
    with app.app_context():
        logged = select(AuditRow.subject).where(AuditRow.action == "certificates.layout")
        assert set(db.session().scalars(logged)) == {"common", "health"}


def test_what_does_not_fit_for_a_programme_is_refused_like_in_common(
    app: Flask, browser: Open, halima: Cast, health: None
) -> None:
    here = browser(halima)
    assert "Shorten it." in save(app, here, OF_PROGRAMME, **full())
    assert look_of(app) is None


def test_a_programme_that_is_not_there_has_no_look(browser: Open, halima: Cast) -> None:
    here = browser(halima)
    assert here.get(f"{URL}/programmes/nothing").status_code == 404
    for page in ("", "/logos", "/logos/removal", "/removal"):
        sent = {**TYPED, "picture": (io.BytesIO(png()), "logo.png")}
        assert here.post(f"{URL}/programmes/nothing{page}", sent).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_look_of_a_programme_is_shown_in_every_language(
    browser: Open, halima: Cast, health: None, language: str
) -> None:
    page = browser(halima).get(f"/{language}{OF_PROGRAMME[3:]}").text
    assert ("الصحة" if language == "ar" else "Health in prisons") in page


def test_further_signatures_are_folded_until_one_is_written(
    app: Flask, browser: Open, halima: Cast
) -> None:
    def folded(page: str) -> list[bool]:
        return ["open" not in each for each in re.findall(r"<details([^>]*)><summary><b>Who", page)]

    here = browser(halima)
    assert folded(here.get(URL).text) == [False, True, True]
    save(app, here, name_2_en="Ivo Peric")
    assert folded(here.get(URL).text) == [False, False, True]
