"""Every route × who asks × whose it is, generated from the URL map.

A new route with a new kind of argument fails here until it says below what the argument names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms import installation
from lms.accounts.importing import actions as lists
from lms.accounts.models import Unit
from lms.accounts.rules import SERVER
from lms.authoring.drafts import actions as drafts
from lms.catalogue.programmes import actions as programmes
from lms.catalogue.programmes.actions import Details
from lms.certificates import actions as certificates
from lms.certificates.models import Certificate
from lms.db import transaction
from lms.extensions import db
from lms.jobs import actions as jobs
from lms.kernel import clock
from lms.learning.models import Enrolment
from lms.reports.registry import MODULES
from lms.tables import Base
from lms.web.permissions import PUBLIC, permission_of
from tests.assessment.said import who
from tests.authoring.writers import with_roles
from tests.browser import Browser
from tests.certificates.passed import confirm, run_worker
from tests.content.small import small
from tests.course import SmallCourse, publish_small
from tests.desk.library.papers import put_document
from tests.filled import Filled, Shown, language_address
from tests.kept import kept
from tests.people import Cast, add_person


@dataclass(frozen=True)
class Things:
    """What one person has: one of every kind of object that an address can name."""

    person: Cast
    open_test: UUID
    marked_test: UUID
    certificate: UUID
    code: str
    job: int
    listed: UUID
    draft: UUID | None = None


@dataclass(frozen=True)
class House:
    """An application in which five people have everything."""

    app: Flask
    of: dict[str, Things]

    def browser(self, name: str) -> Browser:
        """Open a browser as somebody, or as ``nobody``."""
        return Browser(self.app, self.of[name].person if name != "nobody" else None)


ROLES = ("colleague", "other facility", "trainer", "administrator")


def _award(app: Flask, course: SmallCourse, other: SmallCourse, person: Cast) -> Things:
    marked = course.pass_it(person)
    other.begin(person)
    other.read(person)
    opened = other.start(person)
    with app.app_context(), transaction() as session:
        confirm(session, person)
        enrolment = session.scalars(
            select(Enrolment.id).where(
                Enrolment.person_id == person.id, Enrolment.course_id == course.id
            )
        ).one()
        made = certificates.award(
            session,
            person.viewer,
            enrolment,
            installation.read(session),
            language="en",
            clock_is_right=True,
            now=clock.now(),
        ).id
        job = jobs.ask(session, "of a person", str(person.id), now=clock.now(), asked_by=person.id)
        job.state = "done"
        listed = lists.begin(
            session, person.viewer, "people", f"file of {person.id}", "list.csv", now=clock.now()
        )
        listed.state, listed.counts = "checked", {"new": 1}
    return Things(person, opened, marked, made, "", job.id, listed.id)


@pytest.fixture
@kept
def house(app: Flask, amina: Cast, chipo: Cast, daniel: Cast, bolat: Cast, grace: Cast) -> House:
    course = publish_small(app)
    other = publish_small(app, course_id="C91", slug="kitchen")
    with app.app_context(), transaction() as session:
        title = Details({"en": "A second test"}, date(2099, 1, 1), None)
        programmes.add(session, SERVER, "second-test", "pilot", title, now=clock.now())
        put_document(session, app)
        country = session.scalars(select(Unit).where(Unit.kind == "country")).one()
        writer = with_roles(session, add_person(session, "Aruzhan", "W-1", country), "author")
        draft = drafts.begin(session, writer.viewer, small(), None, now=clock.now()).id
    people = {
        "owner": amina,
        "colleague": chipo,
        "other facility": daniel,
        "trainer": bolat,
        "administrator": grace,
    }
    of = {name: _award(app, course, other, person) for name, person in people.items()}
    run_worker(app)
    with app.app_context():
        session = db.session()
        codes = {name: session.get_one(Certificate, of[name].certificate).code for name in of}
        db.session.remove()
    return House(app, {name: replace(of[name], code=str(codes[name]), draft=draft) for name in of})


def values_of(things: Things | None) -> dict[str, list[Any]]:
    """Return what each argument of an address may be, as far as it belongs to somebody."""
    nothing = UUID(int=1)
    return {
        "language": ["en", "ar"],
        "slug": ["hygiene", "kitchen"],
        "code": ["HY-1.1", things.code if things else "x", "AB-1-001"],
        "test": ["pre", "post"],
        "attempt_id": [things.open_test, things.marked_test] if things else [nothing],
        "certificate_id": [things.certificate] if things else [nothing],
        "job_id": [things.job if things else 0],
        "import_id": [things.listed if things else nothing],
        "person_id": [things.person.id if things else nothing],
        "unit_id": [nothing],
        "grant_id": [nothing],
        "requirement_id": [nothing],
        "exemption_id": [nothing],
        "external_id": [nothing],
        "enrolment_id": [nothing],
        "programme": ["second-test"],
        "address": ["0" * 16],
        "document": ["standards"],
        "to": ["csv", "xlsx"],
        "report_name": list(MODULES),
        "frozen_id": [nothing],
        "draft_id": [things.draft if things else nothing],
        "edition_id": [1],
        "report_id": [nothing],
        "comment_id": [nothing],
        "path": ["en/AB-1.1.md", "course.toml"],
        "spoken": ["en", "ar"],
        "part": ["audience", "rule"],
        "picture_name": ["door.webp"],
        "module": ["AB-1"],
        "nation": ["tn"],
        "box": ["NA-01"],
        "kind": ["item", "module", "course"],
        "lesson": ["AB-1.1"],
        "block_id": ["ab11-1"],
        "file_language": ["en", "ar"],
        "name": ["AB-1.1", "bank/AB-1", "hygiene"],
        "item": ["AB-1-001"],
    }


# The argument that makes an address somebody's own.
OWNED = {"attempt_id", "certificate_id", "import_id", "job_id"}


def addresses(app: Flask, rule: Rule, things: Things | None) -> Iterator[str]:
    """Yield addresses of a rule, with every value of every argument at least once."""
    values = values_of(things)
    unknown = rule.arguments - set(values)
    assert not unknown, f"{rule.rule}: say in values_of what {sorted(unknown)} may be"
    longest = max((len(values[name]) for name in rule.arguments), default=1)
    with app.test_request_context():
        for turn in range(longest):
            chosen = {name: values[name][turn % len(values[name])] for name in rule.arguments}
            built = rule.build(chosen, append_unknown=False)
            assert built is not None, rule
            yield built[1]


def rules(app: Flask, method: str) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and rule.endpoint != "static"
    ]


def post(here: Browser, path: str, things: Things) -> TestResponse:
    """Send everything that any form or script of ours asks for, filled well, about ``things``."""
    item = "HY-1-001"
    envelope = {
        "attempt": str(things.open_test),
        "person": who(here) if here.client.get_cookie("sid") else "",
        "page": "a" * 16,
        "n": 1,
        "seen": 0,
        "item": item,
        "fields": {"": ["x"]},
        "language": "en",
    }
    if "/answers" in path:
        return here.client.post(
            path,
            data=json.dumps(envelope),
            content_type="application/json",
            headers={"X-CSRF-Token": here.csrf_token(), "Accept": "application/json"},
        )
    return here.client.post(
        path,
        data={
            "csrf_token": here.csrf_token(),
            "page": "a" * 16,
            "seen": "0",
            "go": "finish",
            "answer": str(UUID(int=1)),
            "item": item,
            "lesson": "HY-1.1",
            "seconds": "1",
            "n": "1",
            "whole": "1",
            "code": things.code,
        },
    )


def contents(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, but for when a session was last seen."""
    with app.app_context():
        session = db.session()
        found = {}
        for table in Base.metadata.sorted_tables:
            columns = [c for c in table.c if (table.name, c.name) != ("session", "seen_at")]
            rows = session.execute(select(*columns)).all()
            found[table.name] = sorted(tuple(map(repr, row)) for row in rows)
        db.session.remove()
        return found


def test_nobody_opens_what_is_not_public(house: House) -> None:
    here = house.browser("nobody")
    owner = house.of["owner"]
    for method in ("GET", "POST"):
        for rule in rules(house.app, method):
            if permission_of(house.app, rule.endpoint) is PUBLIC:
                continue
            for path in addresses(house.app, rule, owner):
                reply = here.client.get(path) if method == "GET" else post(here, path, owner)
                assert reply.status_code in {401, 404}, f"{method} {path}: {reply.status}"


@pytest.mark.parametrize("role", ROLES)
def test_nobody_opens_or_changes_what_is_somebody_elses(house: House, role: str) -> None:
    here = house.browser(role)
    owner = house.of["owner"]
    for method in ("GET", "POST"):
        for rule in rules(house.app, method):
            if not rule.arguments & OWNED:
                continue
            if role == "administrator" and "/administer/certificates/<uuid" in rule.rule:
                continue  # she looks after the owner: tests/admin/test_scope.py asks about these
            for path in addresses(house.app, rule, owner):
                reply = here.client.get(path) if method == "GET" else post(here, path, owner)
                assert reply.status_code == 404, f"{role}: {method} {path}: {reply.status}"


@pytest.mark.parametrize("role", ROLES)
def test_whatever_a_stranger_sends_the_owners_rows_stay_as_they_were(
    house: House, role: str
) -> None:
    owner = house.of["owner"]

    def owned() -> list[tuple[Any, ...]]:
        names = {
            "attempt",
            "answer",
            "learning_record",
            "progress",
            "enrolment",
            "certificate",
            "certificate_holder",
            "certificate_event",
            "identity",
            "credential",
            "job",
            "staff_import",
        }
        # A person's rows name the person, the test or the enrolment.
        with house.app.app_context():
            enrolments = (
                db.session()
                .scalars(select(Enrolment.id).where(Enrolment.person_id == owner.person.id))
                .all()
            )
            db.session.remove()
        things = (owner.person.id, owner.open_test, owner.marked_test, owner.certificate)
        marks = [repr(each) for each in (*things, *enrolments)]
        return [
            (name, *row)
            for name, rows in contents(house.app).items()
            if name in names
            for row in rows
            if any(mark in row for mark in marks)
        ]

    before = owned()
    assert len(before) > 20
    here = house.browser(role)
    for rule in rules(house.app, "POST"):
        if rule.endpoint == "accounts.sign_out":
            continue
        if role == "administrator" and "/administer/" in rule.rule:
            continue  # the owner works in her region: tests/admin/test_scope.py asks about these
        for path in addresses(house.app, rule, owner):
            reply = post(here, path, owner)
            assert reply.status_code < 500, f"POST {path}: {reply.status}"
    assert owned() == before


LINK = re.compile(r"""<a [^>]*href=["'](/[^"'#?]*)""")


@pytest.mark.parametrize("role", ["nobody", "owner", *ROLES])
def test_opening_pages_changes_nothing_and_none_is_broken(house: House, role: str) -> None:
    """Open every address with one's own things, then every link on every page."""
    things = house.of.get(role)
    waiting = [
        path for rule in rules(house.app, "GET") for path in addresses(house.app, rule, things)
    ]
    written: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN", "WITH")):
            written.append(statement)

    before = contents(house.app)
    with house.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    opened: set[str] = set()
    linked: dict[str, str] = {}  # an address -> a page that leads to it
    here = house.browser(role)
    try:
        while waiting:
            path = waiting.pop()
            if path in opened:
                continue
            opened.add(path)
            reply = here.client.get(path)
            assert reply.status_code < 500, f"{role}: GET {path}: {reply.status}"
            if path in linked:
                assert reply.status_code in {200, 302, 303}, f"{linked[path]} leads to {path}"
            if reply.status_code != 200 or reply.mimetype != "text/html":
                continue  # a refusal keeps its place in another language
            for found in LINK.findall(reply.text):
                link = unescape(found)
                # Two languages show everything that differs.
                if link.startswith(("/en/", "/ar/")) and link not in linked:
                    linked[link] = path
                    opened.discard(link)
                    waiting.append(link)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert written == []
    assert contents(house.app) == before
    assert len(opened) > (15 if role == "nobody" else 40)


@pytest.mark.parametrize("role", ["nobody", "owner"])
def test_changing_the_language_keeps_what_is_typed_in_any_form_and_changes_nothing(
    house: House, role: str
) -> None:
    things = house.of.get(role)
    here = house.browser(role)
    before = contents(house.app)
    tried = set()
    for rule in rules(house.app, "GET"):
        for path in addresses(house.app, rule, things):
            page = here.client.get(path)
            address = language_address(page.text) if page.mimetype == "text/html" else None
            if address is None:
                continue
            form = Filled(page.text)
            sent = {**form.sent, "go": "language-ar"}
            way = {"query_string": sent} if form.method == "get" else {"data": sent}
            reply = here.client.open(address, method=form.method.upper(), **way)  # type: ignore[arg-type]
            assert reply.status_code == 200, f"{path}: {reply.status}"
            assert '<html lang="ar"' in reply.text, path
            shown = Shown(reply.text).values
            assert {name: shown.get(name) for name in form.typed} == form.typed, path
            assert "a secret of a person" not in reply.text, path
            assert "aria-invalid" not in reply.text, path
            tried.add(rule.endpoint)
    assert contents(house.app) == before
    assert len(tried) >= 3
