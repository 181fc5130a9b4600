"""Whose versions a server takes: told by a command, with a fingerprint, and never by accident."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import select

from lms.admin import backup, doctor
from lms.admin.backup_cli import restore as restore_command
from lms.admin.findings import GOOD, NOTE, WRONG, Finding
from lms.admin.upgrade import journal, trust
from lms.admin.upgrade.release_cli import release as command
from lms.admin.upgrade.trust import OWN, ReleaseKey
from lms.admin.upgrade.version import UpgradeError
from lms.app import cli
from lms.audit import actions as audit
from lms.audit.models import AuditRow
from lms.db import reading, transaction
from lms.settings import Settings
from tests.admin.conftest import NOW, stop

OWNER = "Ministry of Justice, IT"
Run = Callable[..., Result]


@pytest.fixture
def ours(server: Flask, here: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("LMS_DATA", str(here.data))
    monkeypatch.delenv("RELEASE_KEYS", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return here


@pytest.fixture
def run(server: Flask, ours: Settings) -> Run:
    info = ScriptInfo(create_app=lambda: server, set_debug_flag=False)

    def ask(*words: object, answer: str | None = None) -> Result:
        return CliRunner().invoke(command, [str(word) for word in words], obj=info, input=answer)

    return ask


@pytest.fixture
def pub(run: Run, tmp_path: Path) -> Path:
    """The file that a publisher gives to servers."""
    made = run("new-key", tmp_path / "release.key", "--name", OWNER)
    assert made.exit_code == 0, made.output
    return tmp_path / "release.pub"


def look(server: Flask, ours: Settings) -> Finding:
    """What the doctor says of new versions."""
    with server.app_context():
        return doctor.new_versions(reading(), ours)


def test_without_any_key_the_refusal_says_what_to_do(ours: Settings) -> None:
    with pytest.raises(UpgradeError, match=r"release\.pub.*fingerprint.*lms release trust"):
        trust.known_keys(ours)


def test_a_key_is_trusted_once_its_fingerprint_was_compared(
    run: Run, pub: Path, ours: Settings, server: Flask
) -> None:
    (key,) = trust.keys_in(pub)
    refused = run("trust", pub, answer="n\n")
    assert refused.exit_code == 1
    assert not (ours.data / OWN).exists()
    done = run("trust", pub, answer="y\n")
    assert done.exit_code == 0, done.output
    assert key.fingerprint in done.output
    assert OWNER in done.output
    assert trust.known_keys(ours) == {key.kid: key.public}
    assert "already" in run("trust", pub).output
    assert key.fingerprint in run("keys").output
    away = run("distrust", *key.fingerprint.split())
    assert away.exit_code == 0, away.output
    assert trust.trusted(ours) == []
    assert run("distrust", key.fingerprint).exit_code == 1
    with server.app_context():
        rows = select(AuditRow).where(AuditRow.action.like("release-key.%")).order_by(AuditRow.id)
        noted = list(reading().scalars(rows))
    assert [row.action for row in noted] == ["release-key.trusted", "release-key.distrusted"]
    assert noted[0].facts["fingerprint"] == key.fingerprint


def test_the_secret_key_is_no_file_for_servers(run: Run, pub: Path, tmp_path: Path) -> None:
    wrong = run("trust", tmp_path / "release.key", "--yes")
    assert wrong.exit_code == 1
    assert "belongs into a safe" in wrong.output
    two = tmp_path / "two.pub"
    two.write_text(pub.read_text("utf-8") + "ab" * 32 + "  Other\n", "utf-8")
    assert "exactly one key" in run("trust", two, "--yes").output
    assert "no file with keys" in run("trust", Path("/bin/sh")).output


def test_a_new_key_writes_over_nothing(run: Run, pub: Path, tmp_path: Path) -> None:
    assert run("new-key", tmp_path / "release.key", "--name", OWNER).exit_code == 1
    beside = run("new-key", tmp_path / "release.other", "--name", OWNER)
    assert beside.exit_code == 1
    assert "there already" in beside.output
    assert not (tmp_path / "release.other").exists()


@pytest.mark.parametrize("fault", ["writable", "link", "folder"])
def test_keys_that_others_could_have_written_do_not_count(
    run: Run, pub: Path, ours: Settings, server: Flask, fault: str
) -> None:
    assert run("trust", pub, "--yes").exit_code == 0
    own = ours.data / OWN
    if fault == "writable":
        own.chmod(0o664)
    else:
        own.unlink()
        if fault == "link":
            own.symlink_to(pub)
        else:
            own.mkdir()
    with pytest.raises(UpgradeError, match="Others than root"):
        trust.known_keys(ours)
    assert run("keys").exit_code == 1
    assert run("trust", pub, "--yes").exit_code == 1
    assert look(server, ours).state == WRONG


def test_keys_of_another_account_do_not_count_for_root(
    run: Run, pub: Path, ours: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("trust", pub, "--yes").exit_code == 0
    about = (ours.data / OWN).lstat()

    theirs = os.stat_result((about.st_mode, 0, 0, 1, 4711, 4711, about.st_size, 0, 0, 0))
    monkeypatch.setattr(Path, "lstat", lambda _path: theirs)
    with pytest.raises(UpgradeError, match="Others than root"):
        trust.known_keys(ours)


def test_the_doctor_says_whose_versions_are_taken(
    run: Run, pub: Path, ours: Settings, server: Flask
) -> None:
    assert look(server, ours).state == NOTE
    run("trust", pub, "--yes")
    found = look(server, ours)
    assert found.state == GOOD
    assert OWNER in str(found.sentence)


def test_nobody_is_trusted_where_there_is_no_server(
    pub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_DATA", str(tmp_path / "nowhere"))
    said = CliRunner().invoke(cli, ["release", "trust", str(pub), "--yes"])
    assert said.exit_code == 1
    assert "lms prepare" in said.output
    assert not (tmp_path / "nowhere").exists()


def test_a_version_brings_the_key_that_signed_it(run: Run, pub: Path, tmp_path: Path) -> None:
    tree = tmp_path / "lms-bundle"
    (tree / "deploy").mkdir(parents=True)
    (tree / "Makefile").write_text("all:\n")
    (tree / "pyproject.toml").write_text('[project]\nversion = "2.0.0"\n')
    (tree / trust.SHIPPED).write_text("# a comment\n", "utf-8")
    key = pub.with_suffix(".key")
    for _ in range(2):
        signed = run("sign", tree, "--key", key)
        assert signed.exit_code == 0, signed.output
    (shipped,) = trust.keys_in(tree / trust.SHIPPED)
    assert shipped.owner == OWNER
    # Somebody unpacked the file by hand and signs what came out: its head is no part of it.
    (tree / "release.json").write_text("{}")
    assert run("sign", tree, "--key", key).exit_code == 0
    file = tmp_path / "lms-2.0.0.release"
    assert run("check", file).exit_code == 1, "this server trusts nobody"
    checked = run("check", file, "--by", pub)
    assert checked.exit_code == 0, checked.output


def test_a_backup_brings_no_trust_back_and_says_whose_is_missing(
    run: Run,
    pub: Path,
    ours: Settings,
    server: Flask,
    elsewhere: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (key,) = trust.keys_in(pub)
    run("trust", pub, "--yes")
    stop(server)
    made = backup.make(ours, ours.data / "backups", None, now=NOW)
    monkeypatch.setenv("LMS_DATA", str(elsewhere.data))
    monkeypatch.delenv("ISSUING_KEY", raising=False)
    said = CliRunner().invoke(restore_command, [str(made.path)])
    assert said.exit_code == 0, said.output
    assert f"{key.fingerprint}   {OWNER}" in said.output
    assert "lms release trust --again" in said.output
    assert trust.trusted(elsewhere) == []


@pytest.fixture
def restored(run: Run, pub: Path, ours: Settings) -> ReleaseKey:
    """A key that the log knows as trusted, on a machine that does not trust it."""
    run("trust", pub, "--yes")
    (ours.data / OWN).unlink()
    (key,) = trust.keys_in(pub)
    return key


def test_a_key_of_before_a_restore_is_trusted_again_without_its_file(
    run: Run, restored: ReleaseKey, ours: Settings, server: Flask
) -> None:
    found = look(server, ours)
    assert (found.state, OWNER in str(found.sentence)) == (NOTE, True)
    assert "lms release trust --again" in str(found.sentence)
    assert run("trust", "--again", "--yes").exit_code == 2, "it always asks"
    no = run("trust", "--again", answer="n\n")
    assert (no.exit_code, "Not trusted" in no.output) == (0, True)
    assert trust.trusted(ours) == []
    yes = run("trust", "--again", answer="y\n")
    assert yes.exit_code == 0, yes.output
    assert restored.fingerprint in yes.output
    assert trust.known_keys(ours) == {restored.kid: restored.public}
    assert look(server, ours).state == GOOD
    assert "Every key" in run("trust", "--again").output


def test_a_key_of_before_a_restore_can_be_forgotten(
    run: Run, restored: ReleaseKey, ours: Settings, server: Flask
) -> None:
    assert run("distrust", restored.fingerprint).exit_code == 0
    assert "no release key" in str(look(server, ours).sentence)
    assert run("distrust", restored.fingerprint).exit_code == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"public": "ab" * 32},
        {"public": "no digits"},
        {"public": None},
        {},
    ],
)
def test_a_row_of_the_log_that_does_not_fit_its_key_gives_none(
    run: Run, ours: Settings, server: Flask, facts: dict[str, object]
) -> None:
    """An older version kept the fingerprint alone; and whoever writes into a database may lie."""
    with server.app_context(), transaction() as session:
        facts = {"fingerprint": "1234", "owner": OWNER, **facts}
        audit.append(session, None, "release-key.trusted", "00" * 8, facts, now=NOW)
    assert "release.pub" in run("trust", "--again").output
    assert trust.trusted(ours) == []


def test_a_row_of_the_log_brings_no_second_key_with_the_name(
    run: Run, pub: Path, ours: Settings, server: Flask
) -> None:
    (key,) = trust.keys_in(pub)
    with server.app_context(), transaction() as session:
        facts = {"owner": "IT\n" + "cd" * 32 + "  Other\x1b[2J", "public": key.public.hex()}
        audit.append(session, None, "release-key.trusted", key.kid.hex(), facts, now=NOW)
    run("trust", "--again", answer="y\n")
    assert [each.public for each in trust.trusted(ours)] == [key.public]


def test_an_upgrade_without_a_server_says_so(tmp_path: Path) -> None:
    with pytest.raises(UpgradeError, match="LMS_DATA"), journal.held(tmp_path / "nowhere"):
        pass
