"""/<language>/administer/programmes/<code>: what administrators read and the country changes"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit.models import AuditRow
from lms.catalogue.models import Programme, ProgrammeChange, ProgrammeCourse
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from tests.admin.programmes.conftest import BASE, Open, today
from tests.course import publish_small, set_access
from tests.people import Cast, Places, add_person

NEW = {
    "kind": "programme", "code": "family-ties", "titles_en": "Family ties",
    "titles_ar": "الروابط العائلية", "starts_on": "01.03.2027", "ends_on": "2027-12-31",
}  # fmt: skip
DETAILS = {"titles_en": "Health for all", "starts_on": "2027-01-01", "ends_on": ""}
PARTNERS = {"issuers_en": "The Academy", "partners_fr": "École", "funders_en": "", "printed": "y"}
PLAN = {"question": "Does it help?", "groups": "North\n\n South ", "measures": "Days away"}
FORMS: dict[str, dict[str, Any]] = {
    "details": DETAILS, "partners": PARTNERS, "courses": {"courses": ["C90"]}, "plan": PLAN,
}  # fmt: skip


def stored(app: Flask, code: str) -> Programme | None:
    with app.app_context():
        found = db.session().scalar(select(Programme).where(Programme.code == code))
        if found is not None:
            db.session.expunge(found)
        return found


def audited(app: Flask) -> list[str]:
    with app.app_context():
        found = select(AuditRow.action).where(AuditRow.action.startswith("programme."))
        return list(db.session().scalars(found.order_by(AuditRow.id)))


# ---- Who may ------------------------------------------------------------------------------------


def test_it_is_read_by_every_administrator_and_offers_changes_to_the_country_alone(
    browser: Open, halima: Cast, grace: Cast, health: str, pilot: str
) -> None:
    for code in (health, pilot):
        for person, offered in ((halima, True), (grace, False)):
            text = browser(person).get(f"{BASE}/{code}").text
            assert ('/details"' in text) is offered
            assert ('/plan"' in text) is (offered and code == pilot)
            assert ('/fix"' in text) is (offered and code == pilot)


def test_nobody_else_opens_it(browser: Open, amina: Cast, bolat: Cast, health: str) -> None:
    for person, status in ((amina, 404), (bolat, 404), (None, 401)):
        assert browser(person).get(f"{BASE}/{health}").status_code == status


@pytest.mark.parametrize("step", [*FORMS, "fix"])
def test_nobody_but_the_country_changes_it(
    app: Flask, browser: Open, grace: Cast, amina: Cast, bolat: Cast, pilot: str, step: str
) -> None:
    publish_small(app)
    before = audited(app)
    for person, status in ((grace, 404), (amina, 404), (bolat, 404), (None, 401)):
        here = browser(person)
        assert here.post(f"{BASE}/{pilot}/{step}", FORMS.get(step)).status_code == status
        if step != "fix":
            assert here.get(f"{BASE}/{pilot}/{step}").status_code == status
    assert browser(grace).get(f"{BASE}/new").status_code == 404
    assert browser(grace).post(f"{BASE}/new", NEW).status_code == 404
    assert audited(app) == before


@pytest.mark.parametrize("step", ["", *FORMS])
def test_there_is_no_such_programme(browser: Open, halima: Cast, step: str) -> None:
    assert browser(halima).get(f"{BASE}/nothing/{step}".rstrip("/")).status_code == 404
    assert browser(halima).post(f"{BASE}/nothing/fix").status_code == 404


def test_wrong_methods_are_refused(browser: Open, halima: Cast, pilot: str) -> None:
    assert browser(halima).post(f"{BASE}/{pilot}").status_code == 405
    assert browser(halima).get(f"{BASE}/{pilot}/fix").status_code == 405


# ---- A new one ----------------------------------------------------------------------------------


def test_a_programme_is_added_once(app: Flask, browser: Open, halima: Cast) -> None:
    here = browser(halima)
    assert here.get(f"{BASE}/new").status_code == 200
    for _ in range(2):
        reply = here.post(f"{BASE}/new", NEW)
        assert (reply.status_code, reply.location) == (303, f"{BASE}/family-ties")
    made = stored(app, "family-ties")
    assert made is not None
    assert made.titles == {"en": "Family ties", "ar": "الروابط العائلية"}
    assert (made.kind, made.made_by, made.printed) == ("programme", halima.id, False)
    assert [day.isoformat() for day in (made.starts_on, made.ends_on) if day] == [
        "2027-03-01",
        "2027-12-31",
    ]
    assert audited(app) == ["programme.added"]
    assert "No course belongs to it yet." in here.get(reply.location).text


def test_a_code_is_taken_once_for_good(
    app: Flask, browser: Open, halima: Cast, health: str
) -> None:
    reply = browser(halima).post(f"{BASE}/new", {**NEW, "code": "health"})
    assert reply.status_code == 409
    assert "code health already" in reply.text
    assert "الروابط العائلية" in reply.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", ""),
        ("code", "new"),
        ("code", "Family Ties"),
        ("code", "x" * 41),
        ("kind", "course"),
        ("titles_en", "x" * 101),
        ("titles_ar", "山"),
        ("starts_on", ""),
        ("starts_on", "spring"),
        ("ends_on", "never"),
        ("ends_on", "2027-02-28"),
    ],
)
def test_a_bad_field_is_refused_beside_it(
    app: Flask, browser: Open, halima: Cast, field: str, value: str
) -> None:
    reply = browser(halima).post(f"{BASE}/new", {**NEW, field: value})
    assert reply.status_code == 422
    name = field.partition("_")[0] if field.startswith("titles") else field
    assert f'<a href="#{name}">' in reply.text
    assert 'role="alert"' in reply.text
    assert stored(app, NEW["code"]) is None


def test_of_five_texts_the_one_at_fault_is_marked(browser: Open, halima: Cast) -> None:
    reply = browser(halima).post(f"{BASE}/new", {**NEW, "titles_fr": "Fam\u202eille"})
    assert "Français: This text cannot hold the character U+202E." in reply.text
    marked = re.findall(r'<input id="titles_(..)"[^>]*aria-invalid', reply.text)
    assert marked == ["fr"]


def test_a_title_is_needed_in_some_language(browser: Open, halima: Cast) -> None:
    reply = browser(halima).post(f"{BASE}/new", {**NEW, "titles_en": "", "titles_ar": " "})
    assert reply.status_code == 422
    assert "at least one language" in reply.text


def test_without_the_token_nothing_is_added(app: Flask, browser: Open, halima: Cast) -> None:
    assert browser(halima).post(f"{BASE}/new", NEW, token=False).status_code == 400
    assert stored(app, NEW["code"]) is None


# ---- Changing -----------------------------------------------------------------------------------


def test_each_form_shows_what_is_stored(
    app: Flask, browser: Open, halima: Cast, health: str, pilot: str
) -> None:
    publish_small(app)
    here = browser(halima)
    details = here.get(f"{BASE}/{health}/details").text
    assert 'value="الصحة في السجون" lang="ar" dir="rtl"' in details
    partners = here.get(f"{BASE}/{health}/partners").text
    assert 'value="School of Nursing"' in partners
    assert "checked" in partners
    assert "With it\r\nWithout it" in here.get(f"{BASE}/{pilot}/plan").text.replace("\n", "\r\n")
    assert "Hygiene on shift (C90)" in here.get(f"{BASE}/{pilot}/courses").text


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("details", {"titles": {"en": "Health for all"}, "ends_on": None}),
        (
            "partners",
            {
                "issuers": {"en": "The Academy"},
                "partners": {"fr": "École"},
                "funders": {},
                "printed": True,
            },
        ),
        (
            "plan",
            {"question": "Does it help?", "groups": ["North", "South"], "measures": ["Days away"]},
        ),
    ],
)
def test_what_was_typed_is_stored_once(
    app: Flask, browser: Open, halima: Cast, pilot: str, step: str, expected: dict[str, Any]
) -> None:
    for _ in range(2):
        reply = browser(halima).post(f"{BASE}/{pilot}/{step}", FORMS[step])
        assert (reply.status_code, reply.location) == (303, f"{BASE}/{pilot}")
    found = stored(app, pilot)
    assert {name: getattr(found, name) for name in expected} == expected
    assert audited(app)[2:] == ["programme.changed"]


def test_an_unticked_box_takes_the_names_off_certificates(
    app: Flask, browser: Open, halima: Cast, health: str
) -> None:
    sent = {name: value for name, value in PARTNERS.items() if name != "printed"}
    browser(halima).post(f"{BASE}/{health}/partners", sent)
    found = stored(app, health)
    assert found is not None
    assert found.printed is False


def test_courses_are_chosen_and_taken_away(
    app: Flask, browser: Open, halima: Cast, health: str
) -> None:
    publish_small(app)
    here = browser(halima)
    for _ in range(2):
        reply = here.post(f"{BASE}/{health}/courses", {"courses": ["C90"]})
        assert reply.status_code == 303
    assert "Hygiene on shift" in here.get(f"{BASE}/{health}").text
    assert "checked" in here.get(f"{BASE}/{health}/courses").text
    here.post(f"{BASE}/{health}/courses")
    with app.app_context():
        assert db.session().scalar(select(func.count()).select_from(ProgrammeCourse)) == 0
    assert audited(app)[2:] == ["programme.changed"] * 2


@pytest.mark.parametrize(
    ("step", "change"),
    [
        ("details", {"titles_en": ""}),
        ("details", {"starts_on": ""}),
        ("details", {"ends_on": "2026-12-31"}),
        ("partners", {"partners_kk": "x" * 161}),
        ("partners", {"funders_en": "山 Fund"}),
        ("plan", {"question": "x" * 501}),
        ("plan", {"groups": "x\n" * 21}),
        ("plan", {"measures": "x" * 201}),
        ("plan", {"question": "a\u202eb"}),
        ("partners", {"issuers_fr": "a\0b"}),
        ("courses", {"courses": ["C99"]}),
    ],
)
def test_what_does_not_fit_is_refused_and_stays_on_the_page(
    app: Flask, browser: Open, halima: Cast, pilot: str, step: str, change: dict[str, Any]
) -> None:
    publish_small(app)
    before = audited(app)
    reply = browser(halima).post(f"{BASE}/{pilot}/{step}", {**FORMS[step], **change})
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text
    assert audited(app) == before


def test_only_a_pilot_has_a_plan(app: Flask, browser: Open, halima: Cast, health: str) -> None:
    here = browser(halima)
    assert here.get(f"{BASE}/{health}/plan").status_code == 404
    assert here.post(f"{BASE}/{health}/plan", PLAN).status_code == 404
    assert here.post(f"{BASE}/{health}/fix").status_code == 404
    assert "The plan of the pilot" not in here.get(f"{BASE}/{health}").text


def test_the_title_of_a_restricted_course_is_read_by_confidential_readers_alone(
    app: Flask, browser: Open, places: Places, halima: Cast, grace: Cast, health: str
) -> None:
    publish_small(app)
    set_access(app, "hygiene", "restricted")
    browser(halima).post(f"{BASE}/{health}/courses", {"courses": ["C90"]})
    with app.app_context(), transaction() as session:
        trusted = add_person(
            session,
            "Rosa Trusted",
            "HQ-7",
            places.country,
            function="P6",
            roles=(("administrator", places.country), ("confidential-reader", places.country)),
        )
    for person, title in (
        (grace, "Professional training course"),
        (halima, "Professional training course"),
        (trusted, "Hygiene on shift"),
    ):
        text = browser(person).get(f"{BASE}/{health}").text
        assert title in text
        assert "C90" in text
        assert ("Hygiene" in text) is (person is trusted)


# ---- Fixing a pilot -----------------------------------------------------------------------------


def test_a_pilot_is_fixed_once_and_later_changes_are_listed(
    app: Flask, browser: Open, halima: Cast, grace: Cast, pilot: str
) -> None:
    here, page = browser(halima), f"{BASE}/{pilot}"
    assert "Not fixed yet." in here.get(page).text
    for _ in range(2):
        reply = here.post(f"{page}/fix")
        assert (reply.status_code, reply.location) == (303, page)
    assert audited(app).count("programme.fixed") == 1
    text = here.get(page).text
    assert "before its first day." in text
    assert "Nothing." in text
    assert "/fix" not in text
    assert "listed on its page for good" in here.get(f"{page}/plan").text
    later = (today() + timedelta(days=20)).isoformat()
    sent = {"titles_en": "A second test", "titles_ru": "Второй тест", "starts_on": later}
    for _ in range(2):
        here.post(f"{page}/details", sent)
        here.post(f"{page}/plan", PLAN)
        here.post(f"{page}/partners", {"printed": "y"})
    with app.app_context():
        fields = list(db.session().scalars(select(ProgrammeChange.field)))
    assert sorted(fields) == [
        "ends_on",
        "groups",
        "measures",
        "printed",
        "question",
        "starts_on",
        "titles",
    ]
    text = browser(grace).get(page).text
    for shown in ("Halima Nabirye", "With it", "South", "Второй тест", "yes", "First day"):
        assert shown in text
    # Of a title only the languages that changed: it still stands as the heading, twice.
    assert text.count(">A second test<") == 1


def test_a_plan_with_a_gap_or_too_late_is_not_fixed(
    app: Flask, browser: Open, halima: Cast, pilot: str
) -> None:
    here, page = browser(halima), f"{BASE}/{pilot}"
    here.post(f"{page}/plan", {**PLAN, "measures": ""})
    refused = here.post(f"{page}/fix")
    assert refused.status_code == 303
    assert "at least one measure" in here.get(page).text
    here.post(f"{page}/plan", PLAN)
    begun = {**DETAILS, "starts_on": today().isoformat(), "ends_on": "2099-01-01"}
    here.post(f"{page}/details", begun)
    text = here.get(page).text
    assert "was not fixed before its first day" in text
    assert "/fix" not in text
    here.post(f"{page}/fix")
    assert "This one has begun already." in here.get(page).text
    found = stored(app, pilot)
    assert found is not None
    assert found.fixed_at is None
    assert clock.now().date() >= found.starts_on
