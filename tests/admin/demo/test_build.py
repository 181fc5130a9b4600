"""The demonstration: everybody is there, in every state, with a history that holds together."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import passwords
from lms.accounts.models import Credential, Grant, Identity, Person, Posting, Unit
from lms.accounts.rules import SERVER, folded_service_number
from lms.admin.demo import service
from lms.admin.demo.accounts_file import ACCOUNTS, HEADER
from lms.admin.demo.states import State
from lms.app import create_app
from lms.assessment.models import Attempt
from lms.audit.chain import first_bad_row
from lms.audit.models import AuditRow
from lms.authoring.drafts.models import Draft, DraftContent, DraftVersion
from lms.catalogue.library.queries import documents
from lms.catalogue.library.rules import is_pdf
from lms.catalogue.models import Programme
from lms.certificates.models import Certificate, CertificateHolder
from lms.db import transaction
from lms.extensions import db
from lms.files import FileStore
from lms.installation import LANGUAGES
from lms.jobs.models import Job
from lms.kernel.names import script_of
from lms.learning import records
from lms.learning.models import Enrolment, LearningRecord, Progress
from lms.settings import read
from tests.admin.demo.conftest import Demonstration, run_demo

Lines = list[dict[str, str]]


@pytest.fixture
def session(demonstration: Demonstration) -> Iterator[Session]:
    with demonstration.app.app_context():
        yield db.session()


@pytest.fixture
def accounts(demonstration: Demonstration) -> Lines:
    with (demonstration.data / ACCOUNTS).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def person_of(session: Session, line: dict[str, str]) -> UUID:
    folded = folded_service_number(line["service_number"])
    return session.scalars(
        select(Identity.person_id).where(Identity.service_number_folded == folded)
    ).one()


def learners(session: Session, accounts: Lines, state: State) -> list[UUID]:
    """Return everybody without an office who is in a state; there is at least one."""
    found = [
        person_of(session, line)
        for line in accounts
        if line["state"] == state and line["role"] == service.LEARNER
    ]
    assert found
    return found


def test_the_list_of_accounts_has_its_header_and_a_line_for_everybody(
    demonstration: Demonstration, session: Session, accounts: Lines
) -> None:
    first = (demonstration.data / ACCOUNTS).read_text("utf-8").splitlines()[0]
    assert first == "service_number,password,role,facility,state" == ",".join(HEADER)
    assert len(accounts) == demonstration.staff
    assert session.scalar(select(func.count()).select_from(Person)) == demonstration.staff


def test_the_passwords_of_the_list_open_the_accounts(session: Session, accounts: Lines) -> None:
    for line in (accounts[0], accounts[-1]):
        stored = session.get_one(Credential, person_of(session, line)).password_hash
        assert passwords.is_right(stored, line["password"])
        assert not passwords.is_right(stored, line["password"] + "x")
        assert passwords.fault_of(line["password"]) is None
    assert len({line["password"] for line in accounts}) == len(accounts)


def test_there_is_somebody_in_every_state(accounts: Lines) -> None:
    found = {line["state"] for line in accounts if line["role"] == service.LEARNER}
    assert found == {str(state) for state in State}


def test_who_has_not_started_has_no_progress(session: Session, accounts: Lines) -> None:
    for person in learners(session, accounts, State.NOT_STARTED):
        begun = session.scalars(select(Enrolment.begun_at).where(Enrolment.person_id == person))
        assert not any(begun)


def progress_of(session: Session, person: UUID) -> Progress:
    return session.scalars(
        select(Progress)
        .join(Enrolment, Enrolment.id == Progress.enrolment_id)
        .where(Enrolment.person_id == person)
    ).one()


def finals(session: Session, person: UUID) -> list[Attempt]:
    return list(
        session.scalars(
            select(Attempt)
            .where(Attempt.person_id == person, Attempt.test == "post")
            .order_by(Attempt.number)
        )
    )


def test_who_is_in_the_middle_of_a_lesson_can_go_on_there(
    session: Session, accounts: Lines
) -> None:
    for person in learners(session, accounts, State.IN_LESSON):
        progress = progress_of(session, person)
        assert progress.lesson is not None
        assert progress.lesson not in progress.lessons
        assert finals(session, person) == []


def test_who_is_in_the_middle_of_a_test_has_given_some_answers(
    session: Session, accounts: Lines
) -> None:
    for person in learners(session, accounts, State.IN_TEST):
        (attempt,) = finals(session, person)
        assert attempt.state == "open"
        assert 6 <= attempt.version <= 14


def test_who_has_failed_has_failed_once(session: Session, accounts: Lines) -> None:
    for person in learners(session, accounts, State.FAILED_ONCE):
        (attempt,) = finals(session, person)
        assert attempt.passed is False
        assert progress_of(session, person).passed_at is None


def test_who_has_passed_has_confirmed_no_name_yet(session: Session, accounts: Lines) -> None:
    for person in learners(session, accounts, State.PASSED):
        assert progress_of(session, person).passed_at is not None
        assert session.get_one(Identity, person).names_confirmed_at is None


@pytest.mark.parametrize("state", [State.CERTIFIED, State.EXPIRING])
def test_the_certified_hold_a_certificate_with_its_paper(
    demonstration: Demonstration, session: Session, accounts: Lines, state: State
) -> None:
    store = FileStore(demonstration.data / "files")
    for person in learners(session, accounts, state):
        certificate = session.scalars(
            select(Certificate).where(Certificate.person_id == person)
        ).one()
        assert certificate.issued_at is not None
        assert certificate.number is not None
        holder = session.get_one(CertificateHolder, certificate.id)
        assert store.get(str(holder.pdf)).startswith(b"%PDF")
        left = (certificate.valid_through or date.max) - datetime.now(UTC).date()
        assert (left < timedelta(days=50)) == (state is State.EXPIRING)
        assert left > timedelta(days=0)


def test_the_transferred_work_elsewhere_than_they_began(session: Session, accounts: Lines) -> None:
    for person in learners(session, accounts, State.TRANSFERRED):
        before, after = session.scalars(
            select(Posting).where(Posting.person_id == person).order_by(Posting.starts_on)
        )
        assert before.unit_id != after.unit_id
        assert before.ends_on == after.starts_on - timedelta(days=1)
        assert after.ends_on is None
    named = {line["state"]: line["facility"] for line in accounts}
    assert named[State.TRANSFERRED] in {place.names["en"] for place in service.FACILITIES}


def test_no_work_is_left_undone_or_failed(session: Session) -> None:
    left = select(Job.kind).where(Job.state != "done", Job.kind != "housekeeping")
    assert session.scalars(left).all() == []


def test_the_tree_has_two_regions_with_two_facilities_each(session: Session) -> None:
    kinds = Counter(session.scalars(select(Unit.kind)))
    assert kinds == {"country": 1, "region": 2, "facility": 4}
    for names in session.scalars(select(Unit.names)):
        assert set(names) == set(installation.LANGUAGES)


def test_every_office_is_held_where_it_belongs(session: Session, accounts: Lines) -> None:
    grants = session.execute(select(Grant.role, Unit.kind).join(Unit, Unit.id == Grant.unit_id))
    held = Counter((role, kind) for role, kind in grants)
    assert held == {
        ("administrator", "country"): 1,
        ("administrator", "region"): 2,
        ("administrator", "facility"): 4,
        ("trainer", "facility"): 8,
        ("observer", "country"): 1,
        ("inspector", "country"): 1,
    }
    assert sum(line["role"] == "trainer" for line in accounts) == 8


def test_some_work_on_courses(session: Session, accounts: Lines) -> None:
    grants = session.execute(
        select(Identity.service_number, Grant.course_id, Grant.role)
        .join(Identity, Identity.person_id == Grant.person_id)
        .where(Grant.course_id.is_not(None))
    ).all()
    [trainer, *_] = [each["service_number"] for each in accounts if each["role"] == "trainer"]
    [publisher] = [each["service_number"] for each in accounts if each["role"] == "publisher"]
    wanted = {
        (number, course, role)
        for number, title in ((trainer, "trainer"), (publisher, "publisher"))
        for roles, courses in [service.AT_COURSES[title]]
        for course in courses
        for role in roles
    }
    assert {tuple(each) for each in grants} == wanted
    assert len(wanted) == 2 * 2 + 3 * 4


def test_a_draft_is_open_with_one_change_and_a_comment(session: Session) -> None:
    draft = session.scalars(select(Draft)).one()
    assert (draft.course_id, draft.closed_at) == ("C04", None)
    assert draft.edition_id is not None
    path, before, after, comment = service.CHANGE
    [saved] = session.scalars(select(DraftVersion).where(DraftVersion.kind != "start"))
    assert (saved.path, saved.note, saved.number) == (path, comment, 2)
    text = session.get_one(DraftContent, saved.digest).data.decode()
    assert after in text
    assert before not in text


def test_two_programmes_follow_each_other_and_have_learners(session: Session) -> None:
    learned = dict(
        session.execute(
            select(Programme.code, func.count(Enrolment.id))
            .outerjoin(Enrolment, Enrolment.programme_id == Programme.id)
            .group_by(Programme.code)
        ).all()
    )
    assert set(learned) == {"tawassol", "vep"}
    assert min(learned.values()) > 0
    # Who was put on the list by the office learns for none.
    none = select(func.count()).where(Enrolment.programme_id.is_(None), Enrolment.route == "list")
    assert session.scalar(none.select_from(Enrolment)) == session.scalar(
        select(func.count()).where(Enrolment.route == "list").select_from(Enrolment)
    )


def test_one_programme_is_printed_on_certificates_and_the_other_is_not(session: Session) -> None:
    rows = session.execute(
        select(Programme.code, Certificate.snapshot)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Programme, Programme.id == Enrolment.programme_id)
    ).all()
    named = {(row.code, bool(row.snapshot["programme"])) for row in rows}
    assert named == {("tawassol", True), ("vep", False)}


def test_names_are_written_in_two_scripts(session: Session) -> None:
    people = session.execute(
        select(Identity.name, Identity.name_latin).where(Identity.name_latin.is_not(None))
    ).all()
    scripts = Counter(script_of(person.name[0]) for person in people)
    assert set(scripts) == {"ARABIC", "CYRILLIC"}
    assert all(script_of(str(person.name_latin)[0]) == "LATIN" for person in people)


def test_progress_is_what_the_records_say(session: Session) -> None:
    assert list(records.differences(session)) == []


def test_history_runs_forwards_and_ends_before_now(session: Session) -> None:
    now = datetime.now(UTC)
    learned = session.scalars(
        select(LearningRecord.stored_at).order_by(LearningRecord.site_seq)
    ).all()
    logged = session.scalars(select(AuditRow.at).order_by(AuditRow.id)).all()
    for moments in (learned, logged):
        assert list(moments) == sorted(moments)
        assert moments[-1] < now
        assert now - moments[0] > timedelta(days=600)


def test_the_log_is_whole(session: Session) -> None:
    assert first_bad_row(session) is None


def test_a_second_start_builds_nothing_again(demonstration: Demonstration) -> None:
    path = demonstration.data / ACCOUNTS
    before = path.stat().st_mtime_ns
    result = run_demo(demonstration.data)
    assert (result.exit_code, result.output) == (0, "")
    assert path.stat().st_mtime_ns == before


def test_a_real_service_is_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "real"
    app = create_app(read({"LMS_DATA": str(data), "LMS_COURSES": str(tmp_path / "none")}))
    with app.app_context():
        from lms.admin import schema, start

        schema.upgrade(app.config["LMS"].database_url)
        start.found_site(transaction, data, now=datetime.now(UTC))
        with transaction() as session:
            installation.decide(session, {"ready": True}, now=datetime.now(UTC))
        db.session.remove()
        db.engine.dispose()
    result = run_demo(data)
    assert result.exit_code == 1
    assert "belongs to a real service" in result.output
    assert not (data / ACCOUNTS).exists()


def test_a_wrong_setting_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "many")
    result = run_demo(tmp_path / "demo")
    assert result.exit_code == 1
    assert result.output.startswith("Error: PORT is a whole number")
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("staff", ["0", "44", "many", "100001"])
def test_a_service_has_enough_people_for_every_state(tmp_path: Path, staff: str) -> None:
    result = run_demo(tmp_path / "demo", "--staff", staff)
    assert result.exit_code == 2
    assert "--staff" in result.output


def test_the_library_has_a_document_in_five_languages(
    session: Session, demonstration: Demonstration
) -> None:
    (found,) = documents(session, SERVER)
    assert set(found.files) == set(LANGUAGES) == set(found.titles)
    store = FileStore(demonstration.data / "files")
    for language, file in found.files.items():
        data = store.get(file.digest)
        assert is_pdf(data), language
        assert (len(data), file.pages) == (file.bytes, 1)
        assert len(data) < 60_000
    assert {script_of(title[0]) for title in found.titles.values()} == {
        "LATIN",
        "ARABIC",
        "CYRILLIC",
    }
