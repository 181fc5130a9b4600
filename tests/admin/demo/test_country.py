"""The country around the first people: rows by the thousand, as consistent as told ones."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.models import Credential, Identity, Person, Posting, Unit
from lms.admin.demo import country, service
from lms.admin.demo.bulk import QUICK
from lms.admin.demo.cli import FEWEST_STAFF
from lms.admin.demo.country import Added
from lms.admin.demo.waves import ordered_id
from lms.app import create_app
from lms.assessment import queries, rules
from lms.assessment.models import Attempt
from lms.audit.chain import first_bad_row
from lms.catalogue.models import Course, Edition, Programme
from lms.catalogue.structure import Structure
from lms.certificates.actions import RING, name_digest
from lms.certificates.models import Certificate, CertificateCounter, CertificateHolder
from lms.certificates.queries import newest_withdrawal_list
from lms.certificates.work import office
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.learning import records
from lms.learning.models import Enrolment, LearningRecord, Progress
from lms.settings import read
from lms.signing import keys, qr, withdrawals
from lms.signing.verify import Outcome, verify
from lms.tables import Id, UtcDateTime
from tests.admin.demo.conftest import Demonstration, copied
from tests.browser import Browser

PEOPLE = 400


@pytest.fixture(scope="module")
def grown(
    demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Added]]:
    """Return a demonstration to which a small country was added."""
    data = copied(demonstration, tmp_path_factory.mktemp("country") / "demo")
    app = create_app(read({"LMS_DATA": str(data), "LMS_DEMO": "yes"}))
    with app.app_context():
        with transaction() as session:
            added = country.add(session, PEOPLE, office(app.config["LMS"]), now=clock.now())
        yield app, added
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(grown: tuple[Flask, Added]) -> Session:
    return db.session()


@pytest.fixture
def added(grown: tuple[Flask, Added]) -> Added:
    return grown[1]


def test_everybody_is_added_and_works_somewhere(session: Session, added: Added) -> None:
    everybody = select(func.count()).select_from(Person)
    assert session.scalar(everybody) == FEWEST_STAFF + PEOPLE
    here = select(func.count(Posting.person_id.distinct())).where(Posting.ends_on.is_(None))
    assert session.scalar(here) == FEWEST_STAFF + PEOPLE
    facilities = select(func.count()).where(Unit.kind == "facility").select_from(Unit)
    assert session.scalar(facilities) == len(service.FACILITIES) + added.facilities


def test_nobody_of_them_has_a_password(session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(Credential)) == FEWEST_STAFF


def test_there_are_a_hundred_records_a_person(session: Session, added: Added) -> None:
    assert 85 * PEOPLE < added.records < 125 * PEOPLE
    total = session.scalar(select(func.count()).select_from(LearningRecord)) or 0
    assert total > added.records


def test_progress_is_what_the_records_say(session: Session) -> None:
    assert list(records.differences(session)) == []


def test_the_sequence_of_the_site_has_no_gap(session: Session) -> None:
    site = installation.found_site(session, now=clock.now())
    first, last, count = session.execute(
        select(
            func.min(LearningRecord.site_seq),
            func.max(LearningRecord.site_seq),
            func.count(),
        )
    ).one()
    assert (first, last, count) == (1, site.seq, site.seq)


def test_their_records_lie_in_the_order_of_time(session: Session, added: Added) -> None:
    """Waves follow each other; the first people's history, told before, lies beneath."""
    site = installation.found_site(session, now=clock.now())
    moments = session.scalars(
        select(LearningRecord.stored_at)
        .where(LearningRecord.site_seq > site.seq - added.records)
        .order_by(LearningRecord.site_seq)
    ).all()
    assert list(moments) == sorted(moments)
    assert moments[-1] < clock.now()
    assert moments[-1] - moments[0] > timedelta(days=650)


def test_every_end_of_a_course_is_there(session: Session) -> None:
    states = Counter(
        (passed is not None, percent is not None)
        for passed, percent in session.execute(select(Progress.passed_at, Progress.percent))
    )
    assert set(states) == {(True, True), (False, True), (False, False)}
    tests = session.execute(select(Attempt.test, Attempt.state, Attempt.number))
    found = {(test, state, number) for test, state, number in tests}
    assert {("pre", "submitted", 1), ("post", "submitted", 2), ("post", "open", 1)} <= found


def test_every_mark_is_what_the_answers_earn(session: Session) -> None:
    facts = session.scalars(
        select(Edition.facts)
        .join(Course, Course.edition_id == Edition.id)
        .where(Course.slug == service.COURSE)
    ).one()
    structure = Structure.from_facts(facts)
    attempts = session.scalars(select(Attempt).where(Attempt.state == "submitted")).all()
    for attempt in random.Random(1).sample(attempts, 60):
        counted = rules.current(queries.answers(session, attempt.id))
        choices = {item: each.said.choice for item, each in counted.items() if each.said}
        earned = rules.outcome(
            queries.form_items(session, attempt.form_id),
            choices,
            structure.pass_rule,
            structure.critical,
        )
        assert attempt.outcome == earned.to_facts()
        assert (attempt.percent, attempt.passed) == (earned.percent, earned.passed)
        numerator, _, denominator = str(attempt.points).partition("/")
        assert int(numerator) * earned.most == earned.points * int(denominator)


def test_who_is_certified_has_passed_and_confirmed_the_name(session: Session, added: Added) -> None:
    rows = session.execute(
        select(
            Certificate.awarded_at, Progress.passed_at, Identity.names_confirmed_at, Attempt.passed
        )
        .join(Progress, Progress.enrolment_id == Certificate.enrolment_id)
        .join(Identity, Identity.person_id == Certificate.person_id)
        .join(Attempt, Attempt.id == Certificate.attempt_id)
    ).all()
    assert len(rows) > added.certificates > PEOPLE // 2
    for awarded, passed, confirmed, right in rows:
        assert right
        assert passed is not None
        assert confirmed is not None
        assert passed < confirmed <= awarded


def test_certificates_name_the_programme_where_it_allows_it(session: Session) -> None:
    rows = session.execute(
        select(Programme.printed, Certificate.snapshot)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .outerjoin(Programme, Programme.id == Enrolment.programme_id)
    ).all()
    named = Counter((row.printed, bool(row.snapshot["programme"])) for row in rows)
    assert set(named) == {(True, True), (False, False)}
    assert min(named.values()) > PEOPLE / 10


def test_numbers_of_certificates_have_no_gap(session: Session) -> None:
    numbers = sorted(str(number) for number in session.scalars(select(Certificate.number)))
    by_year = Counter(number.split("-")[1] for number in numbers)
    counters = {str(row.year): row.last for row in session.scalars(select(CertificateCounter))}
    assert by_year == counters
    for year, last in counters.items():
        taken = [int(n.rpartition("-")[2]) for n in numbers if f"-{year}-" in n]
        assert taken == list(range(1, last + 1))


def test_their_certificates_are_signed_and_checked_like_every_other(
    grown: tuple[Flask, Added], session: Session
) -> None:
    settings = grown[0].config["LMS"]
    certificate, holder = session.execute(
        select(Certificate, CertificateHolder)
        .join(CertificateHolder, CertificateHolder.certificate_id == Certificate.id)
        .where(CertificateHolder.pdf.is_(None))
        .order_by(Certificate.issued_at)
        .limit(1)
    ).one()
    key = office(settings).name_key
    assert certificate.name_digest == name_digest(key, certificate.id, holder.names)
    ring = keys.parse_ring(installation.setting(session, RING))
    listed = withdrawals.read(str(newest_withdrawal_list(session)), ring)
    verdict = verify(qr.text_of(bytes(holder.payload or b"")), ring, listed, clock.now())
    assert verdict.outcome is Outcome.VALID
    reply = Browser(grown[0]).get(f"/en/v/{certificate.code}")
    assert reply.status_code == 200
    assert str(certificate.number) in reply.text


def test_the_log_says_that_a_country_was_added_and_is_whole(session: Session) -> None:
    assert first_bad_row(session) is None


def test_an_enrolment_is_begun_by_who_has_records(session: Session) -> None:
    enrolled = session.scalar(
        select(func.count()).select_from(Enrolment).where(Enrolment.begun_at.is_not(None))
    )
    assert enrolled == session.scalar(select(func.count()).select_from(Progress))


def test_an_ordered_id_carries_its_moment() -> None:
    dice = random.Random(1)
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    made: list[UUID] = [ordered_id(noon + timedelta(seconds=n), dice) for n in range(50)]
    assert made == sorted(made)
    assert {each.version for each in made} == {7}
    assert made[0].int >> 80 == int(noon.timestamp() * 1000)


def test_what_is_written_by_the_thousand_is_stored_as_everywhere_else() -> None:
    local = datetime(2026, 11, 24, 12, 30, 15, 250, tzinfo=timezone(timedelta(hours=5)))
    for kind, value in ((Id(), UUID(int=2**100 + 7)), (UtcDateTime(), local)):
        dialect = sqlite.dialect()
        convert = kind.dialect_impl(dialect).bind_processor(dialect)
        assert convert is not None
        usual = convert(value)
        usual = bytes(usual) if isinstance(usual, memoryview) else usual
        assert QUICK[type(kind)](value) == usual
