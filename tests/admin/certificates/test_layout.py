"""/<language>/administer/certificates/layout"""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image, PngImagePlugin

from lms import installation
from lms.certificates.actions import LOGOS
from lms.certificates.models import CertificateHolder
from lms.extensions import db
from lms.files import FileStore
from lms.kernel.errors import Refused
from lms.kernel.messages import Message
from tests.admin.certificates.conftest import Open, Papers, job_of, run
from tests.people import Cast

URL = "/en/administer/certificates/layout"
TYPED = {
    "issuer_en": "National Prison Service", "issuer_ar": "الإدارة العامة للسجون",
    "name_1_en": "Halima Nabirye", "title_1_en": "Director general", "title_1_fr": "Directrice",
    "title_2_en": "nobody",
}  # fmt: skip


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


def test_the_office_says_who_issues_and_who_signs(app: Flask, browser: Open, halima: Cast) -> None:
    here = browser(halima)
    for _ in range(2):
        reply = here.post(URL, {**TYPED, "go": "save"})
        assert (reply.status_code, reply.location) == (303, URL)
    site = decided(app)
    assert site.issuers == {"en": "National Prison Service", "ar": "الإدارة العامة للسجون"}
    assert [dict(person) for person in site.signatories] == [
        {"name": "Halima Nabirye", "name:en": "Halima Nabirye", "title": "Director general",
         "title:en": "Director general", "title:fr": "Directrice"}
    ]  # fmt: skip
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
    here.post(URL, {**TYPED, "go": "save"})
    here.post(f"{URL}/logos", {"picture": (io.BytesIO(png()), "logo.png")})
    run(app)
    with app.app_context():
        assert db.session().get_one(CertificateHolder, papers.amina).pdf == before


@pytest.mark.parametrize(
    "change",
    [{"issuer_en": "x" * 121}, {"name_1_en": "x" * 81}, {"title_3_kk": "x" * 81},
     {"issuer_en": "漢"}],
)  # fmt: skip
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
        reply = here.post(f"{URL}/logos", {"picture": (io.BytesIO(png()), "logo.png")})
        assert reply.status_code == 303
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
    [(b"", "no PNG"), (b"<svg xmlns='x'/>", "SVG"), (b"\xff\xd8\xff jpeg", "no PNG"),
     (b"\x89PNG\r\n\x1a\n broken", "broken"), (png() + b"0" * 200_000, "200 kB"),
     (png((2001, 1000)), "2 million"), (png()[:-30], "broken")],
)  # fmt: skip
def test_other_files_are_refused_with_the_reason(
    app: Flask, browser: Open, halima: Cast, data: bytes, reason: str
) -> None:
    reply = browser(halima).post(
        f"{URL}/logos", {"picture": (io.BytesIO(data), "logo.png")}
    )  # fmt: skip
    assert reply.status_code == 409
    assert reason in reply.text
    assert logos(app) == []


def test_a_fifth_logo_is_refused(app: Flask, browser: Open, halima: Cast) -> None:
    here = browser(halima)
    statuses = [
        here.post(f"{URL}/logos", {"picture": (io.BytesIO(png(colour=c)), "x.png")}).status_code
        for c in ("red", "green", "blue", "white", "black")
    ]
    assert statuses == [303, 303, 303, 303, 409]
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
    assert decided(app).issuers == {}
