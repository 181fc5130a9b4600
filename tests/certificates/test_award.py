"""One certificate for each pass: numbers without gaps, nothing unearned, nothing twice."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import installation
from lms.accounts.models import Identity
from lms.accounts.rules import SERVER
from lms.audit.chain import first_bad_row
from lms.certificates import actions, queries, work
from lms.certificates.actions import RING, name_digest
from lms.certificates.models import (
    Certificate,
    CertificateEvent,
    CertificateHolder,
)
from lms.certificates.snapshot import CertificateSnapshot
from lms.db import transaction
from lms.extensions import db
from lms.files import FileStore
from lms.jobs.models import Job
from lms.kernel import clock
from lms.kernel.errors import LmsError, NotFound, Refused
from lms.signing import keys, qr, withdrawals
from lms.signing.verify import Outcome, verify
from tests.certificates.passed import PASSED, award, confirm, enrol, issued, publish, run_worker
from tests.people import Cast, Places, add_person


def certificates(app: Flask) -> list[Certificate]:
    with app.app_context():
        return list(db.session().scalars(select(Certificate).order_by(Certificate.number)))


def test_a_pass_and_a_confirmed_name_give_a_certificate_that_verifies(
    app: Flask, amina: Cast
) -> None:
    certificate_id = issued(app, amina)

    with app.app_context():
        session = db.session()
        row = queries.one(session, amina.viewer, certificate_id)
        ring = keys.read_ring(installation.setting(session, RING))
        text = queries.newest_withdrawal_list(session)
        assert text is not None
        verdict = verify(qr.text_of(row.payload), ring, withdrawals.read(text, ring), clock.now())
        pdf = FileStore(app.config["LMS"].data / "files").get(row.pdf)
    assert verdict.outcome is Outcome.VALID
    assert verdict.certificate is not None
    assert verdict.certificate.names == ("Amina Ben Salah",)
    assert verdict.certificate.number == row.number
    assert pdf.startswith(b"%PDF")
    assert row.completed_on == PASSED.date()
    assert row.valid_through.year == 2028


def test_the_snapshot_holds_every_printed_field_but_the_name(app: Flask, amina: Cast) -> None:
    issued(app, amina)

    [certificate] = certificates(app)
    assert certificate.snapshot is not None
    snapshot = CertificateSnapshot.from_facts(certificate.snapshot)
    assert snapshot.titles["en"] == "The Nelson Mandela Rules in daily work"
    assert "80" in snapshot.rules["en"]
    assert "Salah" not in str(certificate.snapshot)
    assert snapshot.qr_text == ""
    key = app.config["LMS"].issuing_key.with_name("names.key").read_bytes()
    assert certificate.name_digest == name_digest(key, certificate.id, ["Amina Ben Salah"])


def test_fifty_confirmations_at_once_give_one_certificate(app: Flask, amina: Cast) -> None:
    with app.app_context(), transaction() as session:
        publish(session)
        enrolment = enrol(session, amina)
    start = threading.Barrier(50)
    found: list[object] = []

    def confirming() -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction() as session:
                    confirm(session, amina)
                    found.append(award(session, amina, enrolment).id)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=confirming) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run_worker(app)

    assert len(found) == 50
    assert len(set(found)) == 1
    [certificate] = certificates(app)
    assert certificate.number is not None
    assert certificate.number.endswith("-00001")
    with app.app_context():
        assert first_bad_row(db.session()) is None


def test_numbers_have_no_gap_also_when_one_certificate_cannot_be_made(
    app: Flask, places: Places
) -> None:
    with app.app_context(), transaction() as session:
        publish(session)
        people = [
            add_person(session, f"Person {letter}", f"N-7{letter}", places.northgate)
            for letter in "ABCDE"
        ]
        given = []
        for person in people:
            enrolment = enrol(session, person)
            confirm(session, person)
            given.append(award(session, person, enrolment))
        # Something that no font has comes into one name behind our back.
        session.get_one(CertificateHolder, given[2].id).names = ["山"]
    run_worker(app)

    numbers = [each.number for each in certificates(app) if each.number]
    assert [number[-5:] for number in numbers] == ["00001", "00002", "00003", "00004"]
    with app.app_context():
        failing = db.session().scalar(select(Job).where(Job.failures > 0))
        assert failing is not None
        assert "山" in (failing.error or "")


def test_making_a_certificate_again_changes_nothing(app: Flask, amina: Cast) -> None:
    certificate_id = issued(app, amina)
    [before] = certificates(app)

    facts = {"certificate": str(certificate_id), "language": "en", "second": None}
    later = clock.now() + timedelta(days=1)
    with app.app_context(), transaction() as session:
        prepared = work.prepare_issue(session, facts, None, now=later)
        assert work.record_issue(session, facts, None, prepared, now=later) is None

    [after] = certificates(app)
    assert (after.number, after.issued_at) == (before.number, before.issued_at)


def test_what_is_not_passed_or_not_confirmed_is_not_certified(app: Flask, amina: Cast) -> None:
    with app.app_context(), transaction() as session:
        publish(session)
        enrolment = enrol(session, amina, passed=False)
        confirm(session, amina)
        with pytest.raises(Refused, match="not passed"):
            award(session, amina, enrolment)


def test_an_unconfirmed_name_is_not_printed(app: Flask, amina: Cast) -> None:
    with app.app_context(), transaction() as session:
        publish(session)
        enrolment = enrol(session, amina)
        with pytest.raises(Refused, match="Confirm"):
            award(session, amina, enrolment)


def test_nobody_takes_the_certificate_of_somebody_else(
    app: Flask, amina: Cast, chipo: Cast
) -> None:
    with app.app_context(), transaction() as session:
        publish(session)
        enrolment = enrol(session, amina)
        confirm(session, chipo)
        with pytest.raises(NotFound):
            award(session, chipo, enrolment)


def test_a_wrong_clock_dates_no_certificate(app: Flask, amina: Cast) -> None:
    with app.app_context(), transaction() as session:
        publish(session)
        enrolment = enrol(session, amina)
        confirm(session, amina)
        with pytest.raises(Refused, match="clock"):
            actions.award(
                session,
                amina.viewer,
                enrolment,
                installation.read(session),
                language="en",
                clock_is_right=False,
                now=clock.now(),
            )


def test_unconfirmed_national_boxes_are_printed_and_kept(app: Flask, amina: Cast) -> None:
    with app.app_context(), transaction() as session:
        publish(session, boxes={"NA-03": "draft", "NA-04": "confirmed"})
    issued(app, amina)

    [certificate] = certificates(app)
    assert certificate.snapshot is not None
    assert certificate.snapshot["boxes"] == {"NA-03": "draft", "NA-04": "confirmed"}
    assert certificate.snapshot["notes"]["en"] == ["Core course; national annex not confirmed."]


def test_an_installation_may_wait_for_its_national_boxes(app: Flask, amina: Cast) -> None:
    with app.app_context(), transaction() as session:
        publish(session, boxes={"NA-03": "draft"})
        enrolment = enrol(session, amina)
        confirm(session, amina)
        installation.decide(session, {"refuse_unconfirmed_boxes": True}, now=PASSED)
        with pytest.raises(Refused, match="national rules"):
            award(session, amina, enrolment)


def test_a_name_that_changed_meanwhile_is_shown_again(app: Flask, amina: Cast) -> None:
    with app.app_context(), transaction() as session, pytest.raises(Refused, match="once more"):
        actions.confirm_name(session, amina.viewer, "Amina", None, now=PASSED)


def test_a_second_script_may_be_added_once_and_only_in_latin_letters(
    app: Flask, places: Places
) -> None:
    with app.app_context(), transaction() as session:
        asel = add_person(session, "Әсел Нұрланқызы", "N-77", places.northgate, language="kk")
        with pytest.raises(LmsError, match="letters asked for"):
            actions.confirm_name(session, asel.viewer, asel.name, "Әсел", now=PASSED)
        actions.confirm_name(session, asel.viewer, asel.name, "Asel Nurlankyzy", now=PASSED)
        actions.confirm_name(session, asel.viewer, asel.name, "Somebody Else", now=PASSED)

        assert session.get_one(Identity, asel.id).name_latin == "Asel Nurlankyzy"


# ---- The end of a certificate -------------------------------------------------------------------


def test_a_withdrawal_is_in_the_published_list_and_audited(app: Flask, amina: Cast) -> None:
    certificate_id = issued(app, amina)
    with app.app_context(), transaction() as session:
        actions.withdraw(
            session, SERVER, certificate_id, "  two people,\none name ", now=clock.now()
        )
        actions.withdraw(session, SERVER, certificate_id, "again", now=clock.now())
    run_worker(app)

    with app.app_context():
        session = db.session()
        row = queries.one(session, amina.viewer, certificate_id)
        [event] = queries.events(session, certificate_id)
        ring = keys.read_ring(installation.setting(session, RING))
        listed = withdrawals.read(queries.newest_withdrawal_list(session) or "", ring)
        verdict = verify(qr.text_of(row.payload), ring, listed, clock.now())
    assert verdict.outcome is Outcome.WITHDRAWN
    assert event.reason == "two people, one name"


def test_only_the_office_of_the_country_withdraws(app: Flask, amina: Cast, grace: Cast) -> None:
    certificate_id = issued(app, amina)

    for somebody in (amina, grace):
        with app.app_context(), transaction() as session, pytest.raises(NotFound):
            actions.withdraw(session, somebody.viewer, certificate_id, "why", now=clock.now())


def test_a_withdrawal_needs_a_reason(app: Flask, amina: Cast) -> None:
    certificate_id = issued(app, amina)

    with app.app_context(), transaction() as session, pytest.raises(Refused, match="reason"):
        actions.withdraw(session, SERVER, certificate_id, "  ", now=clock.now())


def test_a_replacement_has_its_own_number_and_ends_the_old_one(app: Flask, amina: Cast) -> None:
    old = issued(app, amina)
    with app.app_context(), transaction() as session:
        session.get_one(Identity, amina.id).name = "Amina Ben Salah Trabelsi"
        new = actions.replace_certificate(
            session,
            SERVER,
            old,
            "new name",
            installation.read(session),
            clock_is_right=True,
            now=clock.now(),
        )
    run_worker(app)

    first, second = certificates(app)
    assert (first.id, second.id) == (old, new.id)
    assert second.generation == 2
    assert second.completed_on == first.completed_on
    with app.app_context():
        session = db.session()
        assert queries.one(session, amina.viewer, new.id).names == ["Amina Ben Salah Trabelsi"]
        [event] = queries.events(session, old)
        assert (event.kind, event.successor_code) == ("replaced", second.code)
        with pytest.raises(Refused, match="already"):
            actions.replace_certificate(
                session,
                SERVER,
                old,
                "again",
                installation.read(session),
                clock_is_right=True,
                now=clock.now(),
            )
        session.rollback()


def test_another_signing_key_than_the_one_listed_issues_nothing(app: Flask, amina: Cast) -> None:
    issued(app, amina)
    settings = app.config["LMS"]
    settings.issuing_key.unlink()
    work.ensure_keys(settings)

    with app.app_context(), transaction() as session, pytest.raises(Refused, match="key list"):
        actions.publish_withdrawals(
            session, installation.read(session), work.office(settings), now=clock.now()
        )


def test_a_new_key_is_vouched_for_by_the_former_one(app: Flask, amina: Cast) -> None:
    issued(app, amina)
    settings = app.config["LMS"]
    with app.app_context(), transaction() as session:
        known = keys.read_ring(installation.setting(session, RING))
        new = keys.create_private_key(settings.issuing_key.with_name("new.key"))
        actions.take_new_key(session, SERVER, work.signer(settings), new, now=clock.now())
        followed = keys.read_ring(installation.setting(session, RING), trusted=known)

    assert followed.current() is not None
    assert followed.current().public == new.public  # type: ignore[union-attr]
    assert len(followed.keys) == 2


def test_keys_are_made_once_and_for_their_owner_alone(app: Flask) -> None:
    settings = app.config["LMS"]

    assert work.ensure_keys(settings)
    assert not work.ensure_keys(settings)
    for name in ("issuing.key", "names.key"):
        assert (settings.issuing_key.parent / name).stat().st_mode & 0o077 == 0


def test_an_account_that_may_not_see_the_keys_makes_none(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> bool:
        raise PermissionError(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "exists", refused)
        assert not work.ensure_keys(app.config["LMS"])
    assert not app.config["LMS"].issuing_key.parent.exists()


def test_the_web_servers_account_can_read_the_paper_and_strangers_cannot(
    app: Flask, amina: Cast
) -> None:
    issued(app, amina)

    papers = list((app.config["LMS"].data / "files").glob("*/*"))
    assert papers
    assert all(path.stat().st_mode & 0o777 == 0o640 for path in papers)


def test_no_certificate_event_appears_by_itself(app: Flask, amina: Cast) -> None:
    issued(app, amina)

    with app.app_context():
        assert db.session().scalar(select(func.count()).select_from(CertificateEvent)) == 0
