"""An upgrade step by step: what is refused, and that whatever fails leads back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lms.admin.backup_plan import BACKUPS
from lms.admin.upgrade import cli, journal, release, settle, steps, undo
from lms.admin.upgrade.version import UpgradeError
from lms.kernel import clock
from tests.admin.upgrade.conftest import doing
from tests.admin.upgrade.fake import World, build, sign


def state(world: World) -> str | None:
    found = journal.read(world.data)
    return found.state if found else None


def upgraded(world: World) -> None:
    made = doing(world)
    made.stage(world.file, world.keys)
    made.apply()


def test_it_goes_to_the_new_version_and_keeps_everything(world: World) -> None:
    said: list[str] = []
    before, made = world.rows(), doing(world, said)
    made.stage(world.file, world.keys)
    assert (world.version, state(world)) == ("1.0.0", journal.STAGED)
    made.apply()
    assert (world.version, world.rows(), state(world)) == ("1.1.0", before, journal.SWITCHED)
    assert len(list((world.data / BACKUPS).glob("before-upgrade-*.tar"))) == 1
    assert said[0].startswith("Verifying")


def test_the_first_start_of_the_new_version_ends_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgraded(world)
    monkeypatch.setattr(settle, "program_folder", lambda: world.link.resolve())
    settings = doing(world).settings
    found = settle.settle(settings, print, now=clock.now())
    assert found is not None
    settle.end(world.data, found)
    assert state(world) == journal.DONE
    assert settle.settle(settings, print, now=clock.now()) is None


def test_a_second_upgrade_follows_the_first(world: World) -> None:
    upgraded(world)
    file = world.folder / "lms-1.2.0.release"
    sign(world, "1.2.0", file)
    made = doing(world)
    made.stage(file, world.keys)
    made.apply()
    assert world.version == "1.2.0"


@pytest.mark.parametrize("version", ["1.0.0", "0.9.9"])
def test_an_older_or_the_same_version_is_refused(world: World, version: str) -> None:
    file = world.folder / "old.release"
    sign(world, version, file)
    with pytest.raises(UpgradeError, match="newer one alone"):
        doing(world).stage(file, world.keys)
    assert state(world) is None


@pytest.mark.parametrize(("what", "value"), [("this_python", "3.99"), ("this_platform", "other")])
def test_a_file_for_another_machine_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch, what: str, value: str
) -> None:
    monkeypatch.setattr(release, what, lambda: value)
    sign(world, "1.1.0", world.file)
    with pytest.raises(UpgradeError, match="is made for"):
        doing(world).stage(world.file, world.keys)
    assert sorted(each.name for each in world.link.parent.iterdir()) == ["lms", "lms-1.0.0"]


def test_nothing_is_written_before_every_byte_was_compared(world: World) -> None:
    whole = bytearray(world.file.read_bytes())
    place = whole.index(b"def rows")
    whole[place] ^= 1
    world.file.write_bytes(whole)
    with pytest.raises(UpgradeError, match="damaged"):
        doing(world).stage(world.file, world.keys)
    assert sorted(each.name for each in world.link.parent.iterdir()) == ["lms", "lms-1.0.0"]
    assert state(world) is None


def test_a_program_that_is_no_link_and_data_in_the_program_are_refused(world: World) -> None:
    inside = replace(doing(world).settings, data=world.link / "instance")
    with pytest.raises(UpgradeError, match="lies in the folder of the program"):
        replace(doing(world), settings=inside).stage(world.file, world.keys)
    old = world.link.resolve()
    world.link.unlink()
    shutil.copytree(old, world.link)
    with pytest.raises(UpgradeError, match="needs a link"):
        doing(world).stage(world.file, world.keys)


def test_a_full_disk_is_noticed_before(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "ROOM", 10**12)
    with pytest.raises(UpgradeError, match="not enough room"):
        doing(world).stage(world.file, world.keys)
    assert state(world) is None


def test_it_waits_until_the_server_is_stopped(world: World) -> None:
    made = doing(world)
    made.stage(world.file, world.keys)
    connection = sqlite3.connect(world.data / "lms.sqlite")
    connection.execute("SELECT count(*) FROM answer").fetchone()
    try:
        with pytest.raises(UpgradeError, match="Stop it, then"):
            made.apply()
    finally:
        connection.close()
    assert (world.version, state(world)) == ("1.0.0", journal.STAGED)
    made.apply()
    assert world.version == "1.1.0"


BROKEN: dict[str, dict[str, str]] = {
    "the migration fails": {"broken_prepare": "sys.exit('no')"},
    "the migration loses the schema": {"broken_prepare": "connection.execute('DROP TABLE answer')"},
    "the doctor finds more": {"broken_doctor": "print('TO DO     Database: broken')"},
    "no page is shown": {"page_status": "500"},
}


@pytest.mark.parametrize("what", list(BROKEN))
def test_a_new_version_that_fails_leads_back_to_the_old_one(tmp_path: Path, what: str) -> None:
    world = build(tmp_path / "world", **BROKEN[what])
    before = world.rows()
    made = doing(world)
    made.stage(world.file, world.keys)
    with pytest.raises(UpgradeError):
        made.apply()
    assert (world.version, world.rows(), state(world)) == ("1.0.0", before, journal.STAGED)


@pytest.mark.parametrize(
    ("module", "name"), [(undo, "switch"), (steps.Upgrade, "_require_stopped")]
)
def test_a_fault_of_the_machine_leads_back_too(
    world: World, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    before, made = world.rows(), doing(world)
    made.stage(world.file, world.keys)
    calls, real = [], getattr(module, name)

    def fail(*words: Any) -> None:
        calls.append(words)
        if name == "switch" or len(calls) == 2:
            raise OSError(5, "the disk is gone")
        real(*words)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, fail)
        with pytest.raises(OSError, match="disk is gone"):
            made.apply()
    assert (world.version, world.rows(), state(world)) == ("1.0.0", before, journal.STAGED)
    made.apply()
    assert (world.version, world.rows()) == ("1.1.0", before)


def test_a_fault_after_the_switch_switches_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, made = world.rows(), doing(world)
    made.stage(world.file, world.keys)
    real = undo.switch

    def late(link: Path, folder: Path) -> None:
        real(link, folder)
        if folder.name == "lms-1.1.0":
            raise OSError(5, "late")

    monkeypatch.setattr(undo, "switch", late)
    with pytest.raises(OSError, match="late"):
        made.apply()
    assert (world.version, world.rows(), state(world)) == ("1.0.0", before, journal.STAGED)


def test_an_undo_that_was_killed_is_done_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.rows()
    upgraded(world)
    monkeypatch.setattr(undo, "put_back", lambda *_words, **_more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        doing(world).go_back()
    assert (world.version, state(world)) == ("1.0.0", journal.UNDOING)
    monkeypatch.undo()
    monkeypatch.setattr(settle, "program_folder", lambda: world.link.resolve())
    settle.settle(doing(world).settings, print, now=clock.now())
    assert (world.version, world.rows(), state(world)) == ("1.0.0", before, journal.STAGED)


def test_going_back_later_keeps_the_newer_database_aside(world: World) -> None:
    before = world.rows()
    upgraded(world)
    connection = sqlite3.connect(world.data / "lms.sqlite")
    connection.execute("INSERT INTO answer (id, words) VALUES (9999, 'since')")
    connection.commit()
    connection.close()
    _, kept = doing(world).go_back()
    assert (world.version, world.rows()) == ("1.0.0", before)
    assert kept is not None
    connection = sqlite3.connect(kept / "lms.sqlite")
    assert connection.execute("SELECT count(*) FROM answer WHERE id = 9999").fetchone() == (1,)
    connection.close()


def test_a_version_that_lies_ready_is_thrown_away(world: World) -> None:
    made = doing(world)
    made.stage(world.file, world.keys)
    made.go_back()
    assert state(world) is None
    assert not made.folder("1.1.0").exists()
    with pytest.raises(UpgradeError, match="no upgrade to undo"):
        made.go_back()
    with pytest.raises(UpgradeError, match="No version lies ready"):
        made.apply()


def test_a_version_that_was_half_unpacked_or_half_made_is_made_anew(world: World) -> None:
    made = doing(world)
    part = world.link.with_name(".lms-1.1.0.part")
    part.mkdir()
    (part / "left").write_text("over")
    target = made.folder("1.1.0")
    (target / ".venv").mkdir(parents=True)
    (target / "left").write_text("over")
    made.stage(world.file, world.keys)
    assert not (target / "left").exists()
    (target / ".venv/.run").unlink()
    made.stage(world.file, world.keys)
    assert (target / ".venv/.run").exists()


def test_only_one_upgrade_goes_on_at_a_time(world: World) -> None:
    with (
        journal.held(world.data),
        pytest.raises(UpgradeError, match="going on"),
    ):
        doing(world).stage(world.file, world.keys)


def test_a_journal_that_leads_elsewhere_is_refused(world: World) -> None:
    for wrong in (
        '{"state": "changing", "before": "1.0.0", "after": "../x", "digest": "", "backup": null}',
        '{"state": "done", "before": "1.0.0", "after": "1.1.0", "digest": "", "backup": "../x"}',
        '{"state": "odd", "before": "1.0.0", "after": "1.1.0", "digest": "", "backup": null}',
        "[]",
        "{",
    ):
        (world.data / journal.FILE).write_text(wrong)
        with pytest.raises(UpgradeError):
            journal.read(world.data)


def test_other_commands_wait_while_the_database_is_half_upgraded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle, "program_folder", lambda: world.link.resolve())
    found = journal.Journal(journal.CHANGING, "1.0.0", "1.1.0", "x", "b.tar")
    journal.write(world.data, found)
    for command in ("person", "work", "backup", "prepare"):
        with pytest.raises(UpgradeError, match="lms upgrade --undo"):
            settle.require_settled(world.data, command)
    for command in ("upgrade", "serve"):
        settle.require_settled(world.data, command)
    monkeypatch.setenv(journal.INSIDE, "yes")
    settle.require_settled(world.data, "prepare")
    monkeypatch.delenv(journal.INSIDE)
    journal.write(world.data, replace(found, state=journal.DONE))
    settle.require_settled(world.data, "person")


def test_the_command_says_what_it_does(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = CliRunner()
    monkeypatch.setattr(cli, "link_of", lambda: world.link)
    keys = world.folder / "keys"
    keys.write_text(world.signer.public.hex())
    monkeypatch.setenv("LMS_DATA", str(world.data))
    monkeypatch.setenv("RELEASE_KEYS", str(keys))
    assert run.invoke(cli.upgrade, []).exit_code == 2
    assert run.invoke(cli.upgrade, ["--resume", "--undo"]).exit_code == 2
    staged = run.invoke(cli.upgrade, [str(world.file), "--stage"])
    assert "lies ready" in staged.output, staged.output
    done = run.invoke(cli.upgrade, ["--resume"])
    assert "Version 1.1.0 is in place" in done.output, done.output
    assert f"cp {world.link}/deploy/lms.service /etc/systemd/system/ && " in done.output
    assert f"then start the server: cd {world.link}\n" in done.output
    assert run.invoke(cli.upgrade, ["--undo"], input="n\n").exit_code == 1
    back = run.invoke(cli.upgrade, ["--undo", "--yes"])
    assert "Version 1.0.0 is in place" in back.output, back.output
    # What lies ready is thrown away without a question: nobody has worked with it.
    assert "thrown away" in run.invoke(cli.upgrade, ["--undo"]).output
    monkeypatch.setenv("RELEASE_KEYS", os.devnull)
    refused = run.invoke(cli.upgrade, [str(world.file)])
    assert refused.exit_code == 1


def test_it_knows_that_systemd_starts_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = tmp_path / "cgroup"
    monkeypatch.setattr(cli, "CGROUP", unit)
    assert cli._next(tmp_path).endswith(f"cd {tmp_path}")
    unit.write_text("0::/system.slice/lms-upgrade.service\n")
    assert cli._next(tmp_path) == "The server starts by itself."
