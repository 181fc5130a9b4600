"""/<language>/administer/certificates/<certificate>: the page, withdrawal, replacement"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.accounts.models import Identity, SignIn
from lms.certificates.models import Certificate, CertificateEvent, CertificateHolder
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from tests.admin.certificates.conftest import Open, Papers, number_of, run
from tests.people import Cast


def url(certificate: UUID, page: str = "") -> str:
    return f"/en/administer/certificates/{certificate}{page}"


def generations(app: Flask, person: Cast) -> list[tuple[int, UUID]]:
    with app.app_context():
        rows = (
            db.session()
            .execute(
                select(Certificate.generation, Certificate.id)
                .where(Certificate.person_id == person.id)
                .order_by(Certificate.generation)
            )
            .all()
        )
    return [(row.generation, row.id) for row in rows]


def events(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session().execute(select(CertificateEvent.kind, CertificateEvent.reason)).all()
    return [(row.kind, row.reason) for row in rows]


def test_it_shows_what_the_paper_says_and_where_it_stands(
    app: Flask, browser: Open, grace: Cast, papers: Papers
) -> None:
    here = browser(grace)
    text = here.get(url(papers.amina)).text
    assert number_of(app, papers.amina) in text
    assert "Amina Ben Salah" in text
    assert "Only an administrator of the whole country" in text
    paper = here.get(url(papers.amina, "/paper"))
    assert paper.mimetype == "application/pdf"
    assert paper.data.startswith(b"%PDF")


def test_who_does_not_look_after_the_holder_finds_nothing(
    browser: Open, grace: Cast, bolat: Cast, amina: Cast, papers: Papers
) -> None:
    for certificate in (papers.daniel, uuid4()):
        for page in ("", "/paper", "/withdrawal", "/replacement"):
            assert browser(grace).get(url(certificate, page)).status_code == 404
    for person in (bolat, amina):
        assert browser(person).get(url(papers.amina)).status_code == 404
    assert browser(None).get(url(papers.amina)).status_code == 401
    assert browser(grace).post(url(papers.amina)).status_code == 405


@pytest.mark.parametrize("page", ["/withdrawal", "/replacement"])
def test_the_office_of_the_country_alone_ends_a_certificate(
    app: Flask, browser: Open, grace: Cast, papers: Papers, page: str
) -> None:
    here = browser(grace)
    assert here.get(url(papers.amina, page)).status_code == 404
    sent = {"reason": "an error", "name": "Amina", "name_latin": ""}
    assert here.post(url(papers.amina, page), sent).status_code == 404
    assert events(app) == []


def test_a_certificate_is_withdrawn_once_with_its_reason(
    app: Flask, browser: Open, halima: Cast, papers: Papers
) -> None:
    here = browser(halima)
    assert "cannot be undone" in here.get(url(papers.amina, "/withdrawal")).text
    for _ in range(2):
        reply = here.post(url(papers.amina, "/withdrawal"), {"reason": "given by mistake"})
        assert (reply.status_code, reply.location) == (303, url(papers.amina))
    assert events(app) == [("withdrawn", "given by mistake")]
    text = here.get(url(papers.amina)).text
    assert "given by mistake" in text
    assert "Replace it" not in text


@pytest.mark.parametrize(("reason", "status"), [("", 422), ("   ", 409), ("x" * 501, 422)])
def test_without_a_good_reason_nothing_ends(
    app: Flask, browser: Open, halima: Cast, papers: Papers, reason: str, status: int
) -> None:
    here = browser(halima)
    sent = {"reason": reason, "name": "Amina Ben Salah", "name_latin": ""}
    for page in ("/withdrawal", "/replacement"):
        assert here.post(url(papers.amina, page), sent).status_code == status
    assert events(app) == []


def test_a_corrected_name_is_printed_on_a_new_certificate(
    app: Flask, browser: Open, halima: Cast, amina: Cast, papers: Papers
) -> None:
    here = browser(halima)
    assert 'value="Amina Ben Salah"' in here.get(url(papers.amina, "/replacement")).text
    sent = {"reason": "wrong spelling", "name": "Amina Ben Saleh", "name_latin": ""}
    reply = here.post(url(papers.amina, "/replacement"), sent)
    run(app)
    (_, old), (generation, new) = generations(app, amina)
    assert (generation, reply.location) == (2, url(new))
    with app.app_context():
        session = db.session()
        assert session.get_one(Identity, amina.id).name == "Amina Ben Saleh"
        assert session.get_one(CertificateHolder, new).names == ["Amina Ben Saleh"]
        assert session.get_one(CertificateHolder, old).names == ["Amina Ben Salah"]
    text = here.get(url(old)).text
    assert "Replaced by a newer certificate" in text
    assert url(new) in text
    again = here.post(url(papers.amina, "/replacement"), sent)
    assert again.status_code == 409
    assert len(generations(app, amina)) == 2


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"name": "1234"}, {"name_latin": "Амина"}, {"name": "x" * 500}]
)
def test_a_name_that_cannot_be_printed_is_refused(
    app: Flask, browser: Open, halima: Cast, amina: Cast, papers: Papers, change: dict[str, str]
) -> None:
    sent = {"reason": "r", "name": "Amina Ben Salah", "name_latin": "", **change}
    assert browser(halima).post(url(papers.amina, "/replacement"), sent).status_code == 422
    assert len(generations(app, amina)) == 1


def test_the_second_proof_is_asked_anew(
    app: Flask, browser: Open, halima: Cast, papers: Papers
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(SignIn).values(second_factor_at=clock.now() - timedelta(hours=1)))
    reply = browser(halima).post(url(papers.amina, "/withdrawal"), {"reason": "r"})
    assert reply.location.startswith("/en/second-factor")
    assert events(app) == []
