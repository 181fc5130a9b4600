"""GET /<language>/library/<document> and the files of a document"""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask

from lms.accounts.rules import SERVER
from lms.catalogue.library import actions
from lms.db import transaction
from lms.kernel import clock
from lms.web.answers import Answer, with_file
from lms.web.wsgi_call import BEHIND_GATE
from tests.browser import Browser
from tests.desk.library.papers import pdf, put_document
from tests.people import Cast

Open = Callable[[Cast | None], Browser]
URL = "/en/library/standards"


def files(page: str) -> list[str]:
    return re.findall(r'href="(/[^"]*\.pdf)"', page)


def test_an_arabic_reader_gets_the_arabic_first(browser: Open, amina: Cast, standards: str) -> None:
    here = browser(amina)
    assert files(here.get("/ar/library/standards").text) == [
        "/ar/library/standards/ar.pdf",
        "/ar/library/standards/en.pdf",
    ]
    assert files(here.get(URL).text) == [f"{URL}/en.pdf", f"{URL}/ar.pdf"]
    page = here.get(URL).text
    assert "3 pages · 3 kB" in page
    assert "4 pages" in page


def test_a_reader_of_another_language_is_told_so(
    browser: Open, amina: Cast, standards: str
) -> None:
    page = browser(amina).get("/kk/library/standards").text
    assert len(files(page)) == 2
    assert '<bdi lang="en" dir="ltr">Standard rules</bdi>' in page


def test_the_file_is_sent_to_be_saved_and_never_shown(
    browser: Open, amina: Cast, standards: str
) -> None:
    reply = browser(amina).get(f"{URL}/ar.pdf")
    assert reply.status_code == 200
    assert reply.data == pdf(4, "standards ar " * 200)
    assert reply.mimetype == "application/pdf"
    assert reply.headers["Content-Disposition"] == 'attachment; filename="standards-ar.pdf"'
    assert "sandbox" in reply.headers["Content-Security-Policy"]


def test_the_gate_sends_it_in_parts(app: Flask, browser: Open, amina: Cast, standards: str) -> None:
    """The gate answers ranges for whatever names a file in this header (tests/web/test_gate)."""
    reply = browser(amina).client.get(f"{URL}/ar.pdf", environ_overrides={BEHIND_GATE: True})
    name = reply.headers["X-Gate-File"]
    assert (app.config["LMS"].data / "files" / name).is_file()
    assert reply.headers["ETag"].strip('"') == name.rpartition("/")[2]


def test_a_download_that_was_cut_goes_on_where_it_stopped(
    app: Flask, browser: Open, amina: Cast, standards: str
) -> None:
    here, root = browser(amina).client, app.config["LMS"].data / "files"
    whole = pdf(4, "standards ar " * 200)
    reply = here.get(f"{URL}/ar.pdf", environ_overrides={BEHIND_GATE: True})
    headers = tuple((name.lower(), value) for name, value in reply.headers)
    asked = {"range": "bytes=1000-", "if-range": reply.headers["ETag"]}
    sent = with_file(Answer(200, headers), root, asked)
    assert sent is not None
    assert (sent.status, sent.span) == (206, (1000, len(whole)))
    assert sent.header("content-range") == f"bytes 1000-{len(whole) - 1}/{len(whole)}"
    # A file that was replaced meanwhile is sent from its beginning.
    sent = with_file(Answer(200, headers), root, {**asked, "if-range": '"another"'})
    assert sent is not None
    assert (sent.status, sent.span) == (200, None)


def test_everybody_who_is_signed_in_gets_it(
    browser: Open, chipo: Cast, daniel: Cast, bolat: Cast, standards: str
) -> None:
    for person in (chipo, daniel, bolat):
        assert browser(person).get(f"{URL}/en.pdf").status_code == 200
    assert browser(None).get(URL).status_code == 401
    assert browser(None).get(f"{URL}/en.pdf").status_code == 401


def test_a_link_to_a_document_that_is_not_here_leads_to_the_library(
    app: Flask, browser: Open, amina: Cast, standards: str
) -> None:
    here = browser(amina)
    for code in ("nothing", "STANDARDS", "x" * 300):
        reply = here.get(f"/ar/library/{code}")
        assert (reply.status_code, reply.location) == (302, "/ar/library")
    with app.app_context(), transaction() as session:
        actions.withdraw(session, SERVER, standards, now=clock.now())
    assert here.get(URL).location == "/en/library"
    assert here.get(f"{URL}/en.pdf").status_code == 404


def test_there_is_no_such_file(browser: Open, amina: Cast, standards: str) -> None:
    here = browser(amina)
    for path in ("/fr.pdf", "/xx.pdf", "/en.PDF", "/en", "/..pdf"):
        assert here.get(URL + path).status_code == 404


def test_it_is_only_read(browser: Open, amina: Cast, standards: str) -> None:
    for path in (URL, f"{URL}/en.pdf"):
        assert browser(amina).post(path).status_code == 405


def test_a_document_is_found_by_its_titles_in_every_language(
    app: Flask, browser: Open, amina: Cast, standards: str
) -> None:
    here = browser(amina)

    def found(language: str, query: str) -> bool:
        page = here.get(f"/{language}/search", query_string={"q": query}).text
        return f'href="/{language}/library/standards"' in page

    assert found("en", "standard rule")
    assert found("ar", "القواعد النموذجية")
    assert found("kk", "standard")
    assert not found("ar", "standard")
    with app.app_context(), transaction() as session:
        actions.change_titles(session, SERVER, standards, {"en": "Minimum"}, now=clock.now())
    assert found("en", "minimum")
    assert not found("en", "standard")
    with app.app_context(), transaction() as session:
        actions.withdraw(session, SERVER, standards, now=clock.now())
    assert not found("en", "minimum")
    with app.app_context(), transaction() as session:
        actions.bring_back(session, SERVER, standards, now=clock.now())
        put_document(session, app, "other-rules", ("fr",), {"fr": "Règles"})
    assert found("en", "minimum")
    assert 'href="/fr/library/other-rules"' in here.get("/fr/search?q=regle").text
