"""Every route of administration × who asks × where the thing lies, generated from the URL map.

The thing is a person of Northgate with everything an address can name. Who asks administers
Northgate itself, its region, the country; or a sibling, another region, a place where the person
worked before; or holds another role. No answer is unexpected: who stands at or above the place
is answered, everybody else learns that there is no such thing, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from lms.accounts.models import Grant, Posting, Unit
from lms.accounts.rules import SERVER
from lms.catalogue.models import Edition
from lms.catalogue.programmes import actions as programmes
from lms.catalogue.programmes.actions import Details
from lms.certificates.models import Certificate
from lms.db import transaction
from lms.jobs import actions as jobs
from lms.kernel import clock
from lms.kernel.ids import new_id, new_ordered_id
from lms.learning.models import Enrolment
from lms.requirements.models import Exemption, ExternalCertificate
from lms.web.permissions import LEARN, PUBLIC, permission_of
from tests.browser import Browser
from tests.course import publish_small, set_access
from tests.desk.library.papers import put_document
from tests.people import Cast, Places, add_person
from tests.requirements.test_queries import required
from tests.web.test_matrix import contents

INSIDE = ("own unit", "region", "country")
OUTSIDE = ("sibling", "other region", "former place")
OTHERS = ("trainer", "observer", "learner", "nobody")

# Addresses of something that is not the person's: whoever asks finds their own, or a general page.
OF_NOBODY = {"job_id", "import_id"}


@dataclass(frozen=True)
class Scene:
    """The application, who asks, and the values that an address may hold."""

    app: Flask
    people: dict[str, Cast]
    values: dict[str, Any]

    def browser(self, name: str) -> Browser:
        return Browser(self.app, self.people.get(name))


@pytest.fixture
def scene(app: Flask, places: Places) -> Scene:
    publish_small(app)
    now = clock.now()
    with app.app_context(), transaction() as session:
        sibling = Unit(
            id=new_ordered_id(),
            parent_id=places.north.id,
            kind="facility",
            code="N-09",
            names={"en": "Ninegate"},
            path=f"{places.north.path}9/",
            closed_on=None,
        )
        west = Unit(
            id=new_ordered_id(),
            parent_id=places.country.id,
            kind="region",
            code="W",
            names={"en": "West"},
            path=f"{places.country.path}8/",
            closed_on=None,
        )
        session.add_all([sibling, west])
        session.flush()
        target = add_person(session, "Target Person", "N-8001", places.northgate)
        session.add(
            Posting(
                id=new_ordered_id(),
                person_id=target.id,
                unit_id=places.southfield.id,
                function="P1",
                starts_on=date(2020, 1, 1),
                ends_on=date(2023, 12, 31),
            )
        )
        where = {
            "own unit": places.northgate,
            "region": places.north,
            "country": places.country,
            "sibling": sibling,
            "other region": west,
            "former place": places.southfield,
        }
        people = {
            name: add_person(
                session,
                f"Admin {letter}",
                f"A-{letter}",
                unit,
                function="P6",
                roles=(("administrator", unit),),
            )
            for (name, unit), letter in zip(where.items(), "abcdef", strict=True)
        }
        for name, letter in (("trainer", "x"), ("observer", "y")):
            people[name] = add_person(
                session,
                f"Other {letter}",
                f"A-{letter}",
                places.country,
                roles=((name, places.country),),
            )
        people["learner"] = add_person(session, "Colleague", "N-8002", places.northgate)
        enrolment = Enrolment(
            id=new_ordered_id(),
            person_id=target.id,
            course_id="C90",
            route="list",
            number=None,
            due_on=None,
            made_at=now,
            made_by=None,
        )
        grant = Grant(
            id=new_ordered_id(),
            person_id=target.id,
            role="trainer",
            unit_id=places.northgate.id,
            course_id=None,
            starts_on=date(2024, 1, 1),
            ends_on=None,
            given_by=None,
        )
        exemption = Exemption(
            id=new_ordered_id(),
            person_id=target.id,
            course_id="C90",
            reason="r",
            evidence="e",
            until_on=now.date() + timedelta(days=9),
            given_by=None,
            given_at=now,
            ended_at=None,
            ended_by=None,
        )
        external = ExternalCertificate(
            id=new_ordered_id(),
            person_id=target.id,
            course_id="C90",
            enrolment_id=None,
            title="t",
            issuer="i",
            number=None,
            completed_on=date(2026, 1, 1),
            valid_through=None,
            evidence="e",
            entered_by=None,
            entered_at=now,
            checked_by=None,
            checked_at=None,
            refused_because=None,
        )
        session.add_all([enrolment, grant, exemption, external])
        session.flush()
        certificate = Certificate(
            id=new_id(),
            enrolment_id=enrolment.id,
            generation=1,
            person_id=target.id,
            course_id="C90",
            edition_id=session.scalars(select(Edition.id)).one(),
            attempt_id=None,
            number=None,
            code="23456789CFGV",
            status_index=1,
            completed_on=date(2026, 1, 1),
            valid_through=None,
            snapshot=None,
            name_digest=None,
            awarded_at=now,
            issued_at=None,
        )
        session.add(certificate)
        session.flush()
        put_document(session, app)
        values = {
            "language": "en",
            "person_id": target.id,
            "unit_id": places.northgate.id,
            "grant_id": grant.id,
            "exemption_id": exemption.id,
            "external_id": external.id,
            "enrolment_id": enrolment.id,
            "requirement_id": required(session, places.northgate.id).id,
            "job_id": jobs.ask(session, "x", "x", now=now).id,
            "import_id": UUID(int=1),
            "certificate_id": certificate.id,
            "programme": "x",
            "code": "x",
            "kind": "x",
            "document": "standards",
            "file_language": "ar",
        }
    return Scene(app, people, values)


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Yield every rule of administration with each of its methods."""
    for rule in app.url_map.iter_rules():
        if "/administer" in rule.rule:
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule, method


def address(scene: Scene, rule: Rule) -> str:
    missing = rule.arguments - set(scene.values)
    assert not missing, f"{rule.rule}: say in the scene what {sorted(missing)} is"
    with scene.app.test_request_context():
        built = rule.build({name: scene.values[name] for name in rule.arguments})
    assert built is not None
    return str(built[1])


def ask(here: Browser, method: str, path: str) -> int:
    if method == "GET":
        return here.client.get(path).status_code
    return here.client.post(path, data={"csrf_token": here.csrf_token()}).status_code


OWN = {"person_id", "unit_id", "grant_id", "exemption_id", "external_id", "enrolment_id",
       "requirement_id", "certificate_id"}  # fmt: skip


def of_the_person(app: Flask) -> list[tuple[Rule, str]]:
    """Return the rules whose address names something of the scene."""
    found = [(rule, method) for rule, method in rules(app) if rule.arguments & OWN]
    assert len(found) > 25
    return found


@pytest.mark.parametrize("who", INSIDE)
def test_who_stands_at_or_above_the_place_is_answered(scene: Scene, who: str) -> None:
    for rule, method in of_the_person(scene.app):
        if method == "POST":
            continue  # what each of them changes is asked in its own file
        if rule.endpoint == "office.paper":
            continue  # this certificate is still being made
        if rule.endpoint in {"office.withdraw", "office.replace"} and who != "country":
            continue  # the office of the country alone ends a certificate
        if "/merge" in rule.rule and who == "own unit":
            continue  # there is no other place that it could be merged into
        status = ask(scene.browser(who), method, address(scene, rule))
        assert status in {200, 303}, f"{who}: {method} {rule.rule}: {status}"


@pytest.mark.parametrize("who", [*OUTSIDE, *OTHERS])
def test_everybody_else_finds_nothing_and_changes_nothing(scene: Scene, who: str) -> None:
    before = contents(scene.app)
    for rule, method in of_the_person(scene.app):
        former = (
            who == "former place"
            and method == "GET"
            and rule.endpoint
            in {
                "people.one",
                "people.learning",
            }
        )
        wanted = {401} if who == "nobody" else {200} if former else {404}
        status = ask(scene.browser(who), method, address(scene, rule))
        assert status in wanted, f"{who}: {method} {rule.rule}: {status}"
    after = contents(scene.app)
    # What is refused is logged; nothing else may differ.
    for log in ("audit", "audit_head", "audit_address"):
        before.pop(log, None)
        after.pop(log, None)
    assert after == before


@pytest.mark.parametrize("who", OTHERS)
def test_no_page_of_administration_is_open_to_who_does_not_administer(
    scene: Scene, who: str
) -> None:
    for rule, method in rules(scene.app):
        mark = permission_of(scene.app, rule.endpoint)
        assert mark not in {PUBLIC, LEARN, None}, rule.rule
        status = ask(scene.browser(who), method, address(scene, rule))
        wanted = 401 if who == "nobody" else 404
        if who == "observer" and rule.endpoint == "background.jobs":
            wanted = 200  # her own work alone: the files of reports
        assert status == wanted, f"{who}: {method} {rule.rule}"


def test_lists_name_nobody_of_another_branch(scene: Scene) -> None:
    for who in ("sibling", "other region", "former place"):
        here = scene.browser(who)
        for rule, method in rules(scene.app):
            if method == "GET" and not rule.arguments - {"language"}:
                text = here.client.get(address(scene, rule)).text
                assert "Target Person" not in text, f"{who}: {rule.rule}"
                assert "N-8001" not in text, f"{who}: {rule.rule}"


# ---- Menus of courses ---------------------------------------------------------------------------

# Where somebody administers × where they are a confidential reader: do the two share a place?
SHARED = {
    ("country", "own unit"): True, ("country", "region"): True, ("country", "country"): True,
    ("region", "country"): True, ("region", "own unit"): True, ("region", "region"): True,
    ("region", "other region"): False, ("region", "former place"): False,
    ("own unit", "own unit"): True, ("own unit", "region"): True, ("own unit", "sibling"): False,
    ("own unit", "other region"): False, ("own unit", "former place"): False,
    ("sibling", "own unit"): False, ("former place", "country"): True,
    ("former place", "own unit"): False,
}  # fmt: skip
# Menus for every place of the viewer, and what they show of a title.
MENUS = (
    "/en/administer/certificates", "/en/administer/certificates/bulk",
    "/en/administer/requirements/new", "/en/administer/requirements/enrol",
)  # fmt: skip
OF_COUNTRY = ("/en/administer/programmes/carried/courses", "/en/administer/test-rules")
TITLE = "Hygiene on shift"


def entrust(scene: Scene, who: str, code: str) -> None:
    """Let who administers somewhere be a confidential reader at a place, for some days."""
    with scene.app.app_context(), transaction() as session:
        session.add(
            Grant(
                id=new_ordered_id(),
                person_id=scene.people[who].id,
                role="confidential-reader",
                unit_id=session.scalars(select(Unit.id).where(Unit.code == code)).one(),
                course_id=None,
                starts_on=date(2024, 1, 1),
                ends_on=clock.now().date() + timedelta(days=9),
                given_by=None,
            )
        )


@pytest.mark.parametrize(("who", "reader"), SHARED)
def test_a_menu_offers_a_restricted_course_where_its_people_may_be_known_and_not_elsewhere(
    scene: Scene, places: Places, who: str, reader: str
) -> None:
    set_access(scene.app, "hygiene", "restricted")
    with scene.app.app_context(), transaction() as session:
        new = Details({"en": "Carried"}, date(2026, 1, 1), None)
        programmes.add(session, SERVER, "carried", "programme", new, now=clock.now())
    codes = {
        "own unit": places.northgate.code,
        "region": places.north.code,
        "sibling": "N-09",
        "country": places.country.code,
        "other region": "W",
        "former place": places.southfield.code,
    }
    here = scene.browser(who)
    menus = (*MENUS, *(OF_COUNTRY if who == "country" else ()))
    for path in menus:
        assert TITLE not in here.get(path).text, f"{path}: no confidential reader at all"
    entrust(scene, who, codes[reader])
    shared = SHARED[who, reader]
    for path in menus:
        assert (TITLE in here.get(path).text) == shared, path
    for name, code in codes.items():
        shown = here.get(f"/en/administer/certificates?unit={code}").text
        both = meets(scene, code, codes[reader]) and meets(scene, code, codes[who])
        assert (TITLE in shown) == (shared and both), name
    if who in INSIDE:  # they administer the person of the scene
        for page in ("exemptions", "external"):
            path = f"/en/administer/people/{scene.values['person_id']}/{page}"
            assert (TITLE in here.get(path).text) == (reader in INSIDE), page


def meets(scene: Scene, one: str, other: str) -> bool:
    """Return whether of two places one lies at or below the other."""
    with scene.app.app_context(), transaction() as session:
        found: dict[str, str] = {
            row.code: row.path for row in session.execute(select(Unit.code, Unit.path))
        }
    return found[one].startswith(found[other]) or found[other].startswith(found[one])


def test_the_scene_is_not_empty(scene: Scene) -> None:
    with scene.app.app_context(), transaction() as session:
        assert session.scalar(select(Posting.id).where(Posting.ends_on == date(2023, 12, 31)))
    assert "Target Person" in scene.browser("own unit").client.get("/en/administer/people").text
