"""What a certificate says of the programme for which its holder learned, and where it is silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.accounts.rules import SERVER
from lms.catalogue.programmes import actions as programmes
from lms.catalogue.programmes import rules
from lms.catalogue.programmes.actions import Details, Partners
from lms.certificates import pdf, queries
from lms.certificates.layouts import Layout
from lms.certificates.models import Certificate
from lms.certificates.office import layouts
from lms.certificates.snapshot import CertificateSnapshot, Signatory
from lms.db import transaction
from lms.extensions import db
from lms.files import FileStore
from lms.learning.models import Enrolment
from lms.signing import qr
from tests.browser import Browser
from tests.certificates.papers import ISSUERS, LABELS, LANGUAGES, NAMES, snapshot
from tests.certificates.papers import TITLES as COURSE_TITLES
from tests.certificates.passed import PASSED, award, confirm, enrol, publish, run_worker
from tests.certificates.test_pdf import LOGO, printed
from tests.people import Cast

TITLES = {"en": "Safer Together", "ar": "معا نحو الأمان"}
CARRIED = Partners(
    {"en": "Not printed Academy"}, {"en": "Selva Institute"}, {"fr": "Fonds Corail"}, printed=True
)
SECRETS = ("Safer Together", "Selva Institute", "Fonds Corail")


def certified(
    app: Flask, person: Cast, carried: Partners, *, access: str = "open", language: str = "en"
) -> tuple[CertificateSnapshot, str, str, str]:
    """Certify somebody who learned for a programme; return snapshot, text of the PDF, QR, code."""
    with app.app_context(), transaction() as session:
        publish(session, access=access)
        new = Details(TITLES, date(2026, 1, 1), None)
        made = programmes.add(session, SERVER, "safer", "programme", new, now=PASSED)
        programmes.change(session, SERVER, "safer", carried, now=PASSED)
        enrolment = enrol(session, person)
        session.execute(
            update(Enrolment).where(Enrolment.id == enrolment).values(programme_id=made)
        )
        confirm(session, person)
        certificate = award(session, person, enrolment, language).id
    run_worker(app)
    with app.app_context():
        row = queries.one(db.session(), person.viewer, certificate)
        document = FileStore(app.config["LMS"].data / "files").get(row.pdf)
        text = printed(document, Path(app.config["LMS"].data))
        said = str(row.payload) + qr.text_of(row.payload)
        return CertificateSnapshot.from_facts(row.snapshot), text, said, row.code


def test_programme_partners_and_funders_are_printed_and_kept(app: Flask, amina: Cast) -> None:
    kept, text, _, _ = certified(app, amina, CARRIED)
    assert (kept.programme, kept.partners) == (
        {"en": "Safer Together"},
        {"en": "Selva Institute"},
    )
    # Nobody wrote the funders in English: they are printed as they are called.
    assert kept.funders == {"en": "Fonds Corail"}
    for secret in SECRETS:
        assert secret in text
    assert "Not printed Academy" not in text


def test_each_printed_language_says_it_in_its_own_words(app: Flask, amina: Cast) -> None:
    kept, _, _, _ = certified(app, amina, CARRIED, language="ar")
    assert kept.languages == ("ar", "en")
    assert kept.programme == TITLES
    assert kept.partners == {"en": "Selva Institute"}


def test_neither_the_qr_code_nor_the_checking_page_tells_it(app: Flask, amina: Cast) -> None:
    _, _, said, code = certified(app, amina, CARRIED)
    page = Browser(app).get(f"/v/{code}", follow_redirects=True, most_queries=8).text
    assert "Amina Ben Salah" in page
    for secret in SECRETS:
        assert secret not in said
        assert secret not in page


@pytest.mark.parametrize(
    ("printed_on_paper", "access"), [(False, "open"), (False, "listed"), (True, "restricted")]
)
def test_nothing_is_printed_where_it_is_not_allowed_or_the_course_is_restricted(
    app: Flask, amina: Cast, printed_on_paper: bool, access: str
) -> None:
    carried = replace(CARRIED, printed=printed_on_paper)
    kept, text, _, _ = certified(app, amina, carried, access=access)
    assert (kept.programme, kept.partners, kept.funders) == ({}, {}, {})
    for secret in (*SECRETS, "Programme", "Funded by"):
        assert secret not in text


def test_a_certificate_that_was_given_keeps_what_it_printed(app: Flask, amina: Cast) -> None:
    kept, _, _, code = certified(app, amina, CARRIED)
    with app.app_context(), transaction() as session:
        other = Details({"en": "Another name"}, date(2026, 1, 1), None)
        programmes.change(session, SERVER, "safer", other, now=PASSED)
    run_worker(app)
    with app.app_context():
        row = queries.by_code(db.session(), code)
        assert row is not None
        assert CertificateSnapshot.from_facts(row.snapshot) == kept


LOOK = Layout(
    {"en": "Safer Together Academy"},
    [{"name": "Juma Okello", "title": "Head of the programme", "title:ar": "رئيس البرنامج"}],
)


def issued_with_looks(
    app: Flask, person: Cast, *, own: bool = True, access: str = "open"
) -> tuple[CertificateSnapshot, str]:
    """Certify somebody of a programme that has, where ``own``, another look than the country."""
    with app.app_context(), transaction() as session:
        publish(session, access=access)
        new = Details(TITLES, date(2026, 1, 1), None)
        made = programmes.add(session, SERVER, "safer", "programme", new, now=PASSED)
        common = Layout({"en": "Prison Service"}, [{"name": "Halima Nabirye", "title": "Head"}])
        layouts.decide(session, SERVER, "", common, now=PASSED)
        if own:
            layouts.decide(session, SERVER, "safer", LOOK, now=PASSED)
        enrolment = enrol(session, person)
        session.execute(
            update(Enrolment).where(Enrolment.id == enrolment).values(programme_id=made)
        )
        confirm(session, person)
        certificate = award(session, person, enrolment, "en").id
    run_worker(app)
    with app.app_context():
        row = queries.one(db.session(), person.viewer, certificate)
        text = printed(
            FileStore(app.config["LMS"].data / "files").get(row.pdf), Path(app.config["LMS"].data)
        )
        return CertificateSnapshot.from_facts(row.snapshot), text


def test_a_programme_with_a_look_of_its_own_gives_it_to_its_certificates(
    app: Flask, amina: Cast
) -> None:
    kept, text = issued_with_looks(app, amina)
    assert kept.issuers["en"] == "Safer Together Academy"
    assert [person.name["en"] for person in kept.signatories] == ["Juma Okello"]
    assert kept.programme == {}, "the look does not name the programme; its own tick does"
    for words in ("Safer Together Academy", "Juma Okello", "Head of the programme"):
        assert words in text
    assert "Halima Nabirye" not in text
    # Another look later changes nothing of it.
    with app.app_context(), transaction() as session:
        layouts.take_common(session, SERVER, "safer", now=PASSED)
    run_worker(app)
    with app.app_context():
        facts = db.session().scalars(select(Certificate.snapshot)).one()
        assert CertificateSnapshot.from_facts(facts or {}) == kept


@pytest.mark.parametrize(("own", "access"), [(False, "open"), (True, "restricted")])
def test_other_programmes_and_restricted_courses_have_the_common_look(
    app: Flask, amina: Cast, own: bool, access: str
) -> None:
    kept, text = issued_with_looks(app, amina, own=own, access=access)
    assert kept.issuers["en"] == "Prison Service"
    assert "Halima Nabirye" in text
    assert "Juma Okello" not in text


@pytest.mark.parametrize(("first", "second"), [("kk", "ru"), ("ar", "fr"), ("en", None)])
def test_the_longest_texts_that_a_form_takes_fit_on_the_fullest_page(
    first: str, second: str | None
) -> None:
    def long(length: int) -> dict[str, str]:
        words = {
            "ar": "المعهد الوطني للتكوين ",
            "ru": "Национальный институт ",
            "kk": "Ұлттық оқу институты ",
        }
        return {each: (words.get(each, "National Institute ") * 20)[:length] for each in LANGUAGES}

    text = long(rules.LONGEST_TEXT)
    paper = snapshot(
        first,
        second,
        programme=long(rules.LONGEST_TITLE),
        partners=text,
        funders=text,
        titles={language: f"{title} — {title}" for language, title in COURSE_TITLES.items()},
        signatories=tuple(Signatory(ISSUERS, COURSE_TITLES) for _ in range(3)),
        notes={language: (title, title) for language, title in COURSE_TITLES.items()},
        logos=("a", "b", "c", "d"),
    )
    document = pdf.render(paper, NAMES[first], LABELS, (LOGO,) * 4)
    assert document.startswith(b"%PDF")
