"""Text that would be markup, a template or a format in every place that holds what people wrote.

Written past the checks, straight into the rows: a page escapes what it shows, whatever is stored. A
new column of text fails here until it says which it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from flask import Flask
from sqlalchemy import JSON, String, select, update
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.models import HeldForm, Identity, SignIn, Unit
from lms.assessment.models import Attempt, Form
from lms.catalogue.models import EditionItem, EditionLesson, EditionText
from lms.certificates.models import Certificate, CertificateEvent, CertificateHolder
from lms.db import transaction
from lms.kernel.ids import new_ordered_id
from lms.settings import Settings
from lms.tables import Base
from tests.assessment.said import who
from tests.web.test_matrix import House, addresses, rules

MARK = "canary"
# Closes an attribute and a tag, opens a script, and would be filled in by Jinja or by %.
CANARY = f"\"'><script>{MARK}()</script><img src=x onerror={MARK}()>{{{{7*7}}}}%(x)s%s</title>"

# table.column -> how the canary gets in.
WRITTEN = {
    "identity.service_number", "identity.name", "identity.name_latin", "unit.code", "unit.names",
    "setting.value", "certificate_event.reason", "certificate_holder.names",
    "certificate.snapshot", "edition_text.title", "edition_text.facts", "edition_lesson.title",
    "held_form.fields", "held_form.path", "answer.choice", "item_correction.reason",
}  # fmt: skip
# No page shows it yet; its command prints it.
PRINTED = {"attempt_grant.reason"}
# What spreadsheets bring: tests/accounts/importing/test_canary.py is about it.
LISTS = {
    "staff_import.kind", "staff_import.file", "staff_import.file_name", "staff_import.state",
    "staff_import.reading", "staff_import.mapping", "staff_import.counts",
    "staff_import_row.verdict", "staff_import_row.facts", "staff_import_row.reasons",
    "staff_import_row.before", "job_title.key", "job_title.title", "job_title.function",
}  # fmt: skip
# What administrators write: tests/admin/test_canary.py is about it.
ADMINISTERED = {
    "exemption.reason", "exemption.evidence", "extension.reason", "external_certificate.title",
    "external_certificate.issuer", "external_certificate.number", "external_certificate.evidence",
    "external_certificate.refused_because", "identity.search", "programme.titles",
    "programme.issuers", "programme.partners", "programme.funders", "programme.question",
    "programme.groups", "programme.measures", "programme_change.before", "programme_change.after",
    "unit_name.code", "unit_name.names", "certificate_layout.issuers",
    "certificate_layout.signatories",
}  # fmt: skip
# What a search shows of lessons and documents: tests/desk/search/test_canary.py is about it.
FOUND = {
    "search_entry.title", "search_entry.heading", "search_entry.text", "document.titles",
}  # fmt: skip
# What readers and writers of courses say: tests/authoring/readers/test_canary.py is about it.
SAID = {
    "reader_report.text", "draft_comment.text", "draft.title", "draft_version.note",
    "draft_verdict.note", "block_text.text",
}  # fmt: skip
# Why frozen figures were corrected: tests/reports/frozen/test_freezing.py is about it.
CORRECTED = {"frozen_quarter.reason"}
# Words of ours, codes and digests that no person types, and HTML that publication made safe
# (tests/content/test_pages.py and tests/content/hostile.py are about that).
OURS = {
    "audit.action", "audit.subject", "audit.facts", "audit_address.address", "course.id",
    "course.slug", "course.kind", "course.access", "job.kind", "job.key", "job.facts", "job.cursor",
    "job.state", "job.lease_owner", "job.error", "offered_change.course_id",
    "offered_change.core_digest", "person.status", "person.rank_group", "person.sex",
    "request_key.key", "request_key.answer", "setting.name", "throttle.key", "unit.kind",
    "unit.path", "credential.password_hash", "credential.code_hash", "credential.spare_code_hash",
    "edition.course_id", "edition.core_digest", "edition.nation", "edition.layer_digest",
    "edition.package", "edition.facts", "enrolment.course_id", "enrolment.route",
    "enrolment.closed_because", "grant_.role", "grant_.course_id", "identity.service_number_folded",
    "identity.language", "posting.function", "session.machine", "session.ended_because",
    "edition_item.item_id", "edition_item.module", "edition_item.lesson", "edition_item.section",
    "edition_item.kind", "edition_item.critical", "edition_item.key", "edition_item_text.item_id",
    "edition_item_text.language", "edition_item_text.words", "edition_lesson.code",
    "edition_lesson.language", "edition_lesson.parts", "edition_picture.name",
    "edition_picture.address", "edition_picture.digest", "edition_picture.kind",
    "edition_text.language", "form.code",
    "form.test", "form.seed", "form.items", "frozen_quarter.programme", "frozen_quarter.quarter",
    "frozen_quarter.file", "frozen_quarter.pdf", "frozen_quarter.kid",
    "learning_record.verb", "learning_record.object",
    "learning_record.key", "learning_record.result", "progress.lessons", "progress.reviewed",
    "progress.lesson", "progress.section", "attempt.test", "attempt.channel", "attempt.language",
    "attempt.state", "attempt.points", "attempt.outcome", "attempt_mark_correction.points",
    "attempt_mark_correction.outcome", "item_correction.course_id", "item_correction.item_id",
    "item_correction.key", "answer.page", "answer.item_id",
    "answer.language", "answer.late", "answer.carrier", "certificate.course_id",
    "certificate.number", "certificate.code", "certificate_event.kind", "certificate_holder.pdf",
    "certificate_layout.logos",
    "exemption.course_id", "external_certificate.course_id", "job.result", "programme.code",
    "programme.kind", "programme_change.field", "programme_course.course_id",
    "requirement.course_id", "requirement.function", "requirement.kind",
    "second_factor.code_hashes", "document.code", "document_file.language", "document_file.digest",
    "search_entry.kind", "search_entry.language", "search_entry.course_id", "search_entry.lesson",
    "search_entry.block", "search_entry.heading_in", "search_entry.said_in",
    "reader_report.course_id", "reader_report.lesson", "reader_report.block",
    "reader_report.language", "reader_report.kind", "edition_person.part",
    "draft_comment.path", "draft_comment.block", "draft.course_id", "draft.slug", "draft.source",
    "draft_content.digest", "draft_file.digest", "draft_file.path", "draft_verdict.state",
    "draft_verdict.verdict", "draft_version.digest", "draft_version.kind", "draft_version.path",
    "block_text.course_id", "block_text.block", "block_text.digest",
}  # fmt: skip


def test_every_column_of_text_says_where_its_text_comes_from() -> None:
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, String | JSON)
    }
    kinds = (WRITTEN, PRINTED, LISTS, ADMINISTERED, FOUND, SAID, CORRECTED, OURS)
    assert columns == set().union(*kinds)
    assert len(columns) == sum(map(len, kinds))


def infect(session: Session, house: House) -> None:
    """Write the canary into everything that people type or translate."""
    owner = house.of["owner"]
    now = datetime.now(UTC)
    me = Identity.person_id == owner.person.id
    session.execute(
        update(Identity)
        .where(me)
        .values(name=f"A{CANARY}", name_latin=f"A{CANARY}", service_number=CANARY)
    )
    session.execute(
        update(Unit).values(names={"en": CANARY, "ar": CANARY}, code=Unit.code + CANARY)
    )
    for name, value in (("names", {"en": CANARY, "ar": CANARY}), ("issuers", {"en": CANARY})):
        installation.decide(session, {name: value}, now=now)
    for row in session.scalars(select(EditionText)):
        plain = {key: dict.fromkeys(row.facts[key], CANARY) for key in ("modules", "lessons")}
        row.title, row.facts = CANARY, {**row.facts, **plain, "public_title": CANARY}
    session.execute(update(EditionLesson).values(title=CANARY))
    certificate = session.get_one(Certificate, owner.certificate)
    texts = {key: dict.fromkeys(("en", "ar"), CANARY) for key in ("titles", "issuers", "rules")}
    notes = {each: [CANARY] for each in ("en", "ar")}
    certificate.snapshot = {
        **(certificate.snapshot or {}),
        **texts,
        "notes": notes,
        "edition": CANARY,
        "check_url": CANARY,
    }
    session.get_one(CertificateHolder, owner.certificate).names = [CANARY]
    session.add(
        CertificateEvent(
            id=new_ordered_id(),
            certificate_id=certificate.id,
            kind="withdrawn",
            reason=CANARY,
            successor_id=None,
            at=now,
            by=None,
        )
    )
    signed_in = session.scalars(select(SignIn.id).where(SignIn.person_id == owner.person.id))
    session.add(
        HeldForm(
            session_id=signed_in.one(),
            person_id=owner.person.id,
            path=f"/en/password?{CANARY}",
            fields=[[CANARY, CANARY]],
            made_at=now,
        )
    )


def answer_with_the_canary(house: House) -> None:
    """Type it where a number is asked for, on two pages that do not know each other."""
    owner, here = house.of["owner"], house.browser("owner")
    with house.app.app_context(), transaction() as session:
        form = session.get_one(Form, session.get_one(Attempt, owner.open_test).form_id)
        item = session.scalars(
            select(EditionItem.item_id).where(
                EditionItem.edition_id == form.edition_id, EditionItem.kind == "numeric"
            )
        ).first()
        form.items = [{"item": item, "order": []}]  # what is drawn is chance
    for page in ("a" * 16, "b" * 16):
        said = {
            "attempt": str(owner.open_test),
            "person": who(here),
            "page": page,
            "n": 1,
            "seen": 0,
            "item": item,
            "fields": {"": [page[0] + CANARY[:80]]},
            "language": "en",
        }
        reply = here.client.post(
            "/answers",
            data=json.dumps(said),
            content_type="application/json",
            headers={"X-CSRF-Token": here.csrf_token(), "Accept": "application/json"},
        )
        assert reply.status_code == 200


class Marks(HTMLParser):
    """Finds elements and attributes that only the canary could have made."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.alive: list[str] = []
        self.shown = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "img" or "onerror" in names or (tag == "script" and "src" not in names):
            self.alive.append(f"<{tag}>")
        for name, value in attrs:
            self.shown += MARK in (value or "")
            if name in {"href", "action", "src"} and re.match(r"\s*(?!/|#)", value or "/"):
                self.alive.append(f"{name}={value}")

    def handle_data(self, data: str) -> None:
        self.shown += MARK in data


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_that_people_wrote_comes_alive_on_any_page(
    house: House, another_app: Callable[[Settings], Flask], language: str
) -> None:
    answer_with_the_canary(house)
    with house.app.app_context(), transaction() as session:
        infect(session, house)
    # The application as it starts on such a database: nothing is remembered from before.
    house = replace(house, app=another_app(house.app.config["LMS"]))
    shown: dict[str, int] = {}
    for name in ("owner", "nobody"):
        here, things = house.browser(name), house.of["owner"]
        for rule in rules(house.app, "GET"):
            for path in addresses(house.app, rule, things):
                reply = here.client.get(path.replace("/en/", f"/{language}/"))
                assert reply.status_code < 500, f"{path}: {reply.status}"
                if reply.mimetype != "text/html" or rule.endpoint in ONE_FILE:
                    continue
                found = Marks(reply.text)
                assert found.alive == [], f"{path}: {found.alive}"
                if MARK in reply.text:
                    assert "{{7*7}}" in reply.text, path
                page = f"{name} {rule.endpoint}"
                shown[page] = max(found.shown, shown.get(page, 0))
    # It was really there: on the pages that show names, titles, reasons and what is held.
    for page in (
        "owner desk.home",
        "owner desk.course",
        "owner desk.my_data",
        "owner desk.result",
        "owner learning.lesson",
        "owner learning.print_course",
        "owner assessment.quiz",
        "owner certificates.show",
        "owner accounts.held",
        "nobody certificates.public",
    ):
        assert shown[page] > 1, page


# Files with a script of their own: read by the test below.
ONE_FILE = {"desk.take_along", "certificates.offline"}


def test_nothing_that_people_wrote_comes_alive_in_a_file_that_is_taken_along(
    house: House, another_app: Callable[[Settings], Flask]
) -> None:
    with house.app.app_context(), transaction() as session:
        infect(session, house)
    house = replace(house, app=another_app(house.app.config["LMS"]))
    here = house.browser("owner")
    for path in ("/en/courses/hygiene/take-along", "/verify/offline"):
        page = here.client.get(path).text
        assert MARK in page
        assert "<img>" not in Marks(page).alive
        # What stands inside a script is data: no tag can end it.
        for script in re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL):
            assert f"<script>{MARK}" not in script
            assert "</title>" not in script
