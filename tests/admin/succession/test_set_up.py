"""``deploy/set-up NAME``: the third command of the card, in a folder in the place of /."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent.parent
# What needs a real machine only says that it was called.
STUBS = {
    "id": "echo 0", "getent": "exit 2", "make": ":", "chown": ":",
    "useradd": ":", "systemctl": ":",
}  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "opt" / "lms-1.0.0").mkdir(parents=True)
    shutil.copytree(ROOT / "deploy", root / "opt/lms-1.0.0/deploy")
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    for name, does in STUBS.items():
        stub = stubs / name
        stub.write_text(f'#!/bin/sh\necho "{name} $*" >> "{tmp_path}/called"\n{does}\n')
        stub.chmod(0o755)
    return tmp_path


def set_up(machine: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(machine / "root/opt/lms-1.0.0/deploy/set-up"), *words],
        env={"PATH": f"{machine / 'stubs'}:{os.environ['PATH']}", "ROOT": str(machine / "root")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_makes_a_machine_ready_and_doing_it_again_changes_no_file(machine: Path) -> None:
    done = set_up(machine, "learn.example.gov")
    assert done.returncode == 0, done.stderr
    root = machine / "root"
    assert (root / "opt/lms").readlink() == Path("lms-1.0.0")
    env = (root / "etc/lms.env").read_text()
    assert "TRUSTED_HOSTS=learn.example.gov\n" in env
    assert (root / "etc/lms.env").stat().st_mode & 0o777 == 0o640
    assert (root / "etc/lms/server.key").stat().st_mode & 0o777 == 0o640
    assert (root / "var/lib/lms-keys").stat().st_mode & 0o777 == 0o700
    assert (root / "usr/local/sbin/lms").stat().st_mode & 0o111
    assert (root / "etc/systemd/system/lms-worker.timer").exists()
    called = (machine / "called").read_text()
    assert called.count("useradd") == 2
    assert "systemctl daemon-reload" in called

    (root / "etc/lms.env").write_text("PORT=8443\n")
    key = (root / "etc/lms/server.key").read_bytes()
    assert set_up(machine, "other.example.gov").returncode == 0
    assert (root / "etc/lms.env").read_text() == "PORT=8443\n"
    assert (root / "etc/lms/server.key").read_bytes() == key


def test_an_address_is_named_as_an_address(machine: Path) -> None:
    assert set_up(machine, "10.1.2.3").returncode == 0
    said = subprocess.run(
        [
            "openssl",
            "x509",
            "-noout",
            "-ext",
            "subjectAltName",
            "-in",
            str(machine / "root/etc/lms/server.pem"),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "IP Address:10.1.2.3" in said


def test_without_a_name_it_says_what_to_type(machine: Path) -> None:
    done = set_up(machine)
    assert done.returncode == 1
    assert "learn.example.gov" in done.stderr
