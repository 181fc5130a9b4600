"""``lms certificate``: what an administrator at the server can do."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import select

from lms import installation
from lms.accounts.models import Identity
from lms.audit.models import AuditRow
from lms.certificates import queries
from lms.certificates.actions import RING
from lms.certificates.cli import cli
from lms.certificates.models import Certificate, CertificateHolder
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.signing import keys, qr, withdrawals
from lms.signing.refusals import Unreadable
from tests.certificates.passed import award, confirm, enrol, issued, publish, run_worker
from tests.people import Cast, Places
from tests.signing import office
from tests.signing import test_transcripts as sheets


def run(app: Flask, *arguments: str) -> Result:
    from click.testing import CliRunner

    with app.app_context():
        db.session.remove()
    return CliRunner().invoke(cli, arguments, obj=ScriptInfo(create_app=lambda: app))


@pytest.fixture
def paper(app: Flask, amina: Cast) -> tuple[str, str]:
    """Return number and QR text of Amina's certificate."""
    certificate_id = issued(app, amina)
    with app.app_context():
        row = queries.one(db.session(), amina.viewer, certificate_id)
    return row.number, qr.text_of(row.payload)


def test_a_certificate_is_shown_by_its_number(app: Flask, paper: tuple[str, str]) -> None:
    shown = run(app, "show", paper[0].lower())

    assert shown.exit_code == 0
    assert "Amina Ben Salah" in shown.output
    assert "Valid" in shown.output


WRONG = {
    "XX-2026-99999": "no certificate with this number",
    "2345-6789-CFGV": "no certificate with this code",
    "2345-6789-CFGC": "mistyped",
    "2345-6789-CFGA": "is in no code",
    "XX-2026-1": "neither the number of a certificate",
    "XX-2026-00000": "neither the number of a certificate",
    "2345": "neither the number of a certificate",
    "": "neither the number of a certificate",
    "' OR 1=1": "neither the number of a certificate",
}


@pytest.mark.parametrize(
    "command", [("show",), ("withdraw", "--reason", "x"), ("replace", "--reason", "x")]
)
@pytest.mark.parametrize("typed", WRONG)
def test_a_wrong_number_or_code_gets_a_sentence_that_says_what_is_wrong(
    app: Flask, command: tuple[str, ...], typed: str
) -> None:
    reply = run(app, *command, typed)

    assert reply.exit_code == 1
    assert isinstance(reply.exception, SystemExit)
    assert WRONG[typed] in reply.output


@pytest.mark.parametrize("command", ["show", "withdraw", "replace"])
def test_a_certificate_that_the_worker_has_not_made_yet_is_found_by_its_code(
    app: Flask, amina: Cast, command: str
) -> None:
    with app.app_context(), transaction() as session:
        publish(session)
        enrolment = enrol(session, amina)
        confirm(session, amina)
        code = award(session, amina, enrolment).code
    options = () if command == "show" else ("--reason", "x")

    said = run(app, command, code, *options)

    expected = {"show": "Being made", "withdraw": "is withdrawn", "replace": "still being made"}
    assert expected[command] in said.output
    assert said.exit_code == (1 if command == "replace" else 0)


def test_a_scanned_text_is_checked_with_what_the_server_knows(
    app: Flask, paper: tuple[str, str], tmp_path: Path
) -> None:
    good = run(app, "verify", paper[1])
    file = tmp_path / "scan.txt"
    file.write_text(paper[1] + "\n")
    from_file = run(app, "verify", "--file", str(file))
    forged = run(app, "verify", paper[1][:-4] + "0000")
    nothing = run(app, "verify")

    assert (good.exit_code, from_file.exit_code) == (0, 0)
    assert "genuine and valid" in good.output
    assert "Amina Ben Salah" in good.output
    assert forged.exit_code == 1
    assert nothing.exit_code == 2


def test_a_scanned_text_is_checked_with_files_alone(
    app: Flask, paper: tuple[str, str], tmp_path: Path
) -> None:
    ring, listed = tmp_path / "keys.json", tmp_path / "list.txt"
    ring.write_text(run(app, "keys").output)
    listed.write_text(run(app, "keys", "--list").output)
    run(app, "withdraw", paper[0], "--reason", "by mistake")
    run_worker(app)

    before = run(app, "verify", paper[1], "--keys", str(ring), "--list", str(listed))
    after = run(app, "verify", paper[1])

    assert before.exit_code == 0  # the file is older than the withdrawal, and says its date
    assert "List dated" in before.output
    assert after.exit_code == 1
    assert "withdrew" in after.output


def test_withdrawing_and_replacing_need_a_reason(app: Flask, paper: tuple[str, str]) -> None:
    assert run(app, "withdraw", paper[0]).exit_code == 2
    assert "reason" in run(app, "withdraw", paper[0], "--reason", " ").output

    replaced = run(app, "replace", paper[0], "--reason", "torn", "--language", "fr")
    assert replaced.exit_code == 0
    assert f"{paper[0]} is replaced" in replaced.output
    assert "already" in run(app, "replace", paper[0], "--reason", "torn").output
    run_worker(app)
    assert "Replaced" in run(app, "show", paper[0]).output


def test_withdrawing_twice_says_when_and_why_it_was_done(
    app: Flask, paper: tuple[str, str]
) -> None:
    first = run(app, "withdraw", paper[0], "--reason", "by mistake")
    second = run(app, "withdraw", paper[0], "--reason", "another reason")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "is withdrawn. The worker publishes a new list" in first.output
    assert "was withdrawn already on" in second.output
    assert "by mistake" in second.output
    assert "another reason" not in second.output + run(app, "show", paper[0]).output


def test_a_reason_has_its_length(app: Flask, paper: tuple[str, str]) -> None:
    for command in ("withdraw", "replace"):
        said = run(app, command, paper[0], "--reason", "x" * 501)
        assert (said.exit_code, "at most 500 characters" in said.output) == (1, True)


def test_a_withdrawn_certificate_is_not_replaced(app: Flask, paper: tuple[str, str]) -> None:
    run(app, "withdraw", paper[0], "--reason", "by mistake")

    said = run(app, "replace", paper[0], "--reason", "torn")
    assert (said.exit_code, "already" in said.output) == (1, True)


def test_a_name_that_is_no_longer_kept_is_not_printed_anew(
    app: Flask, amina: Cast, paper: tuple[str, str]
) -> None:
    with app.app_context(), transaction() as session:
        session.delete(session.get_one(Identity, amina.id))

    said = run(app, "replace", paper[0], "--reason", "torn")
    assert (said.exit_code, "no longer kept" in said.output) == (1, True)


@pytest.mark.parametrize("command", ["withdraw", "replace"])
def test_a_station_sends_the_office_to_the_national_server(
    app: Flask, paper: tuple[str, str], command: str
) -> None:
    with app.app_context(), transaction() as session:
        installation.decide(session, {"issues": False}, now=clock.now())

    said = run(app, command, paper[0], "--reason", "torn")
    assert (said.exit_code, "national" in said.output) == (1, True)
    assert run(app, "show", paper[0]).exit_code == 0


def test_a_server_that_has_issued_nothing_says_so(app: Flask, places: Places) -> None:
    for words in (("keys",), ("keys", "--list"), ("new-key",), ("verify", "LMSC1:ABC")):
        said = run(app, *words)
        assert said.exit_code == 1
        assert "yet" in said.output


def test_a_lost_key_is_replaced_by_one_for_which_nobody_vouches(
    app: Flask, paper: tuple[str, str]
) -> None:
    with app.app_context():
        known = keys.read_ring(installation.setting(db.session(), RING))
    app.config["LMS"].issuing_key.unlink()

    made = run(app, "new-key")

    assert made.exit_code == 0, made.output
    assert "does not vouch" in made.output
    with app.app_context():
        text = installation.setting(db.session(), RING)
    assert len(keys.read_ring(text).keys) == 2
    with pytest.raises(Unreadable, match="not signed by a key that is known here"):
        keys.read_ring(text, trusted=known)
    run(app, "withdraw", paper[0], "--reason", "only so that a list is signed again")
    run_worker(app)
    assert "withdrew" in run(app, "verify", paper[1]).output


def test_an_account_that_may_not_use_the_key_is_told_so(
    app: Flask, paper: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(keys, "load_private_key", refused)
    said = run(app, "new-key")

    assert said.exit_code == 1
    assert "worker's account" in said.output


def test_a_new_key_signs_from_then_on_and_old_papers_still_count(
    app: Flask, paper: tuple[str, str]
) -> None:
    made = run(app, "new-key")
    assert made.exit_code == 0, made.output
    folder = app.config["LMS"].issuing_key.parent
    assert len(list(folder.glob("issuing.key*"))) == 2
    withdrawn = run(app, "withdraw", paper[0], "--reason", "only so that a list is signed again")
    assert withdrawn.exit_code == 0, withdrawn.output
    run_worker(app)

    with app.app_context():
        ring = keys.read_ring(installation.setting(db.session(), RING))
    assert len(ring.keys) == 2
    assert "withdrew" in run(app, "verify", paper[1]).output


def test_a_key_that_others_may_have_is_withdrawn_and_its_papers_count_no_longer(
    app: Flask, paper: tuple[str, str]
) -> None:
    with app.app_context():
        known = keys.read_ring(installation.setting(db.session(), RING))
    former = known.keys[0].kid.hex()
    sure = ("withdraw-key", former, "--reason", "The stick was stolen", "--yes")
    assert "First take a new one" in run(app, *sure).output
    assert run(app, "new-key").exit_code == 0

    done = run(app, *sure)

    assert done.exit_code == 0, done.output
    assert paper[0] in done.output
    assert "is withdrawn" in run(app, *sure).output  # twice is once
    with app.app_context():
        text = installation.setting(db.session(), RING)
        rows = db.session.scalars(
            select(AuditRow.facts).where(AuditRow.action == "key.withdrawn")
        ).all()
    ring = keys.read_ring(text, trusted=keys.read_ring(text))
    assert rows == [{"reason": "The stick was stolen"}]
    withdrawn = ring.find(bytes.fromhex(former))
    assert withdrawn is not None
    assert withdrawn.withdrawn is not None
    with pytest.raises(Unreadable):
        keys.read_ring(text, trusted=known)  # who had the stick could sign a list as well
    run_worker(app)  # a list that the new key signs
    assert "withdrew this key" in run(app, "verify", paper[1]).output
    assert run(app, "replace", paper[0], "--reason", "The key was stolen").exit_code == 0
    run_worker(app)
    with app.app_context():
        payload = db.session.scalars(
            select(CertificateHolder.payload)
            .join(Certificate, Certificate.id == CertificateHolder.certificate_id)
            .where(Certificate.number != paper[0])
        ).one()
    assert payload is not None
    assert "genuine" in run(app, "verify", qr.text_of(payload)).output


@pytest.mark.parametrize(
    ("typed", "reason", "says"),
    [
        ("zz", "Stolen", "named by 16 digits"),
        ("00112233445566", "Stolen", "No such key"),
        ("", " ", "No such key"),
        ("own", " ", "Write something"),
        ("own", "x" * 501, "at most 500"),
    ],
)
def test_a_key_is_not_withdrawn_by_mistake(
    app: Flask, paper: tuple[str, str], typed: str, reason: str, says: str
) -> None:
    del paper
    with app.app_context():
        text = installation.setting(db.session(), RING)
    kid = keys.read_ring(text).keys[0].kid.hex() if typed == "own" else typed

    said = run(app, "withdraw-key", kid, "--reason", reason, "--yes")

    assert said.exit_code == 1
    assert says in said.output
    with app.app_context():
        assert installation.setting(db.session(), RING) == text


def test_whoever_does_not_say_yes_withdraws_no_key(app: Flask, paper: tuple[str, str]) -> None:
    del paper
    with app.app_context():
        text = installation.setting(db.session(), RING)
    kid = keys.read_ring(text).keys[0].kid.hex()

    asked = run(app, "withdraw-key", kid, "--reason", "Stolen")

    assert asked.exit_code == 1
    assert "signed with this key: 1." in asked.output
    with app.app_context():
        assert installation.setting(db.session(), RING) == text


# ---- lms certificate verify, of a training record -----------------------------------------------


def test_a_training_record_is_checked_and_said_to_be_one(
    app: Flask, paper: tuple[str, str], tmp_path: Path
) -> None:
    kept = tmp_path / "keys.json"
    kept.write_text(office.ring().seal([office.signer()]))
    good = run(app, "verify", sheets.signed(), "--keys", str(kept))
    assert good.exit_code == 0, good.output
    assert "It is not a certificate." in good.output
    for said in (
        "Amina Ben Salah",
        "1 of 2",
        "C01",
        "2026-11-22",
        "3.5 h",
        "92 %",
        "TN-2026-00417",
        "C02",
        "begun",
    ):
        assert said in good.output
    for text in (sheets.signed(seed=2), sheets.signed()[:-4], sheets.claims_signed({1: "x"})):
        bad = run(app, "verify", text, "--keys", str(kept))
        assert bad.exit_code == 1
        assert "Amina" not in bad.output
    changed = "LMSC1:" + sheets.signed().removeprefix("LMST1:")
    listed = tmp_path / "list.txt"
    listed.write_text(withdrawals.seal(office.withdrawn(), office.signer()))
    refused = run(app, "verify", changed, "--keys", str(kept), "--list", str(listed))
    assert refused.exit_code == 1
    assert "not a certificate that can be read" in refused.output
