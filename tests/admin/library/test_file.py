"""/<language>/administer/library/<document>/files/<language>: a PDF is sent"""

from __future__ import annotations

from collections import namedtuple

import pytest
from flask import Flask

from lms import files
from lms.app.pages import UPLOADS
from lms.catalogue.library import rules
from lms.files import FileStore
from lms.web.gate_settings import GateSettings
from tests.admin.library.conftest import ONE, Open, audited, send_file, stored
from tests.desk.library.papers import pdf
from tests.people import Cast

URL = f"{ONE}/files/fr"


def test_a_pdf_is_stored_counted_and_shown(
    app: Flask, browser: Open, halima: Cast, amina: Cast, standards: str
) -> None:
    here = browser(halima)
    assert 'enctype="multipart/form-data"' in here.get(URL).text
    reply = send_file(here, URL, pdf(12))
    assert (reply.status_code, reply.location) == (303, ONE)
    file = stored(app).files["fr"]
    assert (file.pages, file.bytes) == (12, len(pdf(12)))
    assert FileStore(app.config["LMS"].data / "files").get(file.digest) == pdf(12)
    page = browser(amina).get("/fr/library/standards").text
    assert page.index("/standards/fr.pdf") < page.index("/standards/en.pdf")
    assert browser(amina).get("/fr/library/standards/fr.pdf").data == pdf(12)


def test_sent_twice_it_is_there_once(
    app: Flask, browser: Open, halima: Cast, standards: str
) -> None:
    before = len(audited(app))
    here = browser(halima)
    for _ in range(2):
        assert send_file(here, URL, pdf(2)).status_code == 303
    assert len(audited(app)) == before + 1


def test_a_newer_file_takes_the_place_of_the_one_before(
    app: Flask, browser: Open, halima: Cast, standards: str
) -> None:
    assert "It takes the place" in browser(halima).get(f"{ONE}/files/ar").text
    send_file(browser(halima), f"{ONE}/files/ar", pdf(9))
    assert stored(app).files["ar"].pages == 9
    assert set(stored(app).files) == {"ar", "en"}


def test_where_pages_cannot_be_counted_they_are_asked_for(
    app: Flask, browser: Open, halima: Cast, amina: Cast, standards: str
) -> None:
    here = browser(halima)
    reply = send_file(here, URL, b"%PDF-1.7 nothing to count")
    assert (reply.status_code, reply.location) == (303, f"{ONE}/pages/fr")
    assert "could not be counted" in here.get(f"{ONE}/pages/fr").text
    assert stored(app).files["fr"].pages is None
    assert "1 kB" in browser(amina).get("/fr/library/standards").text.replace("1\u00a0ko", "1 kB")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "Choose a file."),
        (b"", "This file is empty."),
        (b"<html><script>alert(1)</script>", "This is not a PDF, whatever its name says."),
        (b"PK\x03\x04 a document", "This is not a PDF, whatever its name says."),
        (b" %PDF-1.7", "This is not a PDF, whatever its name says."),
        (b"%PDF-" + bytes(rules.LARGEST_FILE), "This file is larger than 20 MB."),
    ],
    ids=["no file", "empty", "a page", "another kind", "hidden beginning", "too large"],
)
def test_what_is_no_pdf_is_refused_in_a_sentence(
    app: Flask, browser: Open, halima: Cast, standards: str, data: bytes | None, said: str
) -> None:
    before = audited(app)
    reply = send_file(browser(halima), URL, data)
    assert reply.status_code == 422
    assert said in reply.text
    assert audited(app) == before


def test_a_full_disk_takes_none(
    app: Flask, browser: Open, halima: Cast, standards: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(files, "disk_usage", lambda _folder: usage(10**10, 10**10, 0))
    here = browser(halima)
    assert "nearly full" in here.get(URL).text
    reply = send_file(here, URL, pdf())
    assert reply.status_code == 422
    assert "nearly full" in reply.text
    assert "fr" not in stored(app).files


def test_the_gate_lets_as_much_through_as_a_file_may_have() -> None:
    settings = GateSettings(upload_limits=UPLOADS)
    assert (settings.upload_limit(URL) or 0) > rules.LARGEST_FILE
    for other in (ONE, f"{ONE}/titles", "/en/administer/library/new"):
        assert settings.upload_limit(other) is None


def test_it_is_for_the_office_of_the_country_alone(
    app: Flask, browser: Open, amina: Cast, bolat: Cast, grace: Cast, standards: str
) -> None:
    for person in (amina, bolat, grace):
        here = browser(person)
        assert here.get(URL).status_code == 404
        assert send_file(here, URL, pdf()).status_code == 404
    assert browser(None).get(URL).status_code == 401
    assert "fr" not in stored(app).files


def test_there_is_no_such_document_or_language(browser: Open, halima: Cast, standards: str) -> None:
    here = browser(halima)
    for path in (f"{ONE}/files/xx", URL.replace("standards", "nothing")):
        assert here.get(path).status_code == 404
        assert send_file(here, path, pdf()).status_code == 404


def test_other_methods_do_nothing(browser: Open, halima: Cast, standards: str) -> None:
    assert browser(halima).client.delete(URL).status_code in {400, 405}
