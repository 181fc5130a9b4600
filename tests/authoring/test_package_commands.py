"""``lms content`` with packages: taken along, verified, published and unpacked elsewhere."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.audit.models import AuditRow
from lms.authoring.packages import SIGNATURE
from lms.certificates.actions import RING
from lms.content import folder
from lms.content.archive import write_archive
from lms.content.digests import contents_digest, core_digest, layer_digest
from lms.extensions import db
from lms.kernel import clock
from lms.signing import editions, keys
from lms.signing.editions import SignedEdition
from lms.web.files import file_store
from tests.authoring.conftest import Press
from tests.authoring.conftest import editions as published
from tests.authoring.test_packages import STATES, older, package, signature
from tests.content.packing import Entry, tarred, zipped
from tests.content.small import small
from tests.signing.office import ring, signer

Command = Callable[..., Result]
pytestmark = pytest.mark.usefixtures("years_later")


@pytest.fixture
def stick(press: Press, sign: Callable[[], int], lms: Command, tmp_path: Path) -> Path:
    """Return a package as somebody carries it away on a stick."""
    press(nation="tn")
    sign()
    said = lms("export", "small-course", "--package", "--to", tmp_path / "stick")
    assert said.exit_code == 0, said.output
    [made] = (tmp_path / "stick").iterdir()
    return made


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """Return the key list of the office of the tests, as a file."""
    path = tmp_path / "stranger.json"
    moment = clock.now().replace(microsecond=0)
    known = keys.KeyRing("KZ-1", {}, moment, ()).with_key(signer(7).public, now=moment)
    path.write_text(known.seal([signer(7)]))
    return path


def test_a_package_is_one_file_and_is_checked_against_the_own_keys(
    lms: Command, stick: Path, session: Session
) -> None:
    assert stick.name == "small-course-1.0.zip"
    with ZipFile(stick) as archive:
        assert archive.read(SIGNATURE).startswith(b"LMSE2:")
    assert "package.taken" in session.scalars(select(AuditRow.action)).all()

    said = lms("verify", stick)
    assert said.exit_code == 0, said.output
    genuine, reads = said.output.splitlines()
    assert genuine.startswith(
        "Genuine: course C77, edition 1.0, with the rules of TN, signed by XX-"
    )
    assert reads == (
        "It reads without faults: C77 small-course, 3 lessons, 11 items, languages: en, ar, fr."
    )


def test_a_package_is_checked_with_files_alone(
    session: Session, lms: Command, stick: Path, stranger: Path, tmp_path: Path
) -> None:
    own = tmp_path / "keys.json"
    own.write_text(str(installation.setting(session, RING)))
    assert lms("verify", stick, "--keys", own).exit_code == 0

    said = lms("verify", stick, "--keys", stranger)
    assert said.exit_code == 1
    assert "issuer of this course is not known here" in said.output
    stranger.write_text("{}")
    assert lms("verify", stick, "--keys", stranger).exit_code == 1


def test_a_genuine_package_with_faults_is_told(
    lms: Command, stranger: Path, tmp_path: Path
) -> None:
    files = {**small(), "roles.toml": b"x"}
    said = SignedEdition(
        "KZ-1",
        clock.now().replace(microsecond=0),
        "C77",
        "1.0",
        core_digest(files),
        "",
        layer_digest(files, None),
        contents_digest(files),
    )
    signed = editions.text_of(editions.sign(said, signer(7))).encode()
    (tmp_path / "a.zip").write_bytes(package(files, signed))

    result = lms("verify", tmp_path / "a.zip", "--keys", stranger)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "Genuine: course C77, edition 1.0, signed by KZ-1 on 2031-03-03.",
        "roles.toml: This file has no place in a course; see FORMAT.md.",
    ]


def test_a_server_that_never_signed_has_no_keys_to_check_with(
    lms: Command, press: Press, tmp_path: Path
) -> None:
    press()
    said = lms("export", "small-course", "--package", "--to", tmp_path)
    assert "It has no signature" in said.output
    made = tmp_path / "small-course-1.0.zip"
    assert "bears no signature" in lms("verify", made).output

    made.write_bytes(package(small(), signature(small())))
    said = lms("verify", made)
    assert said.exit_code == 1
    assert "There is no key list here" in said.output


def test_an_older_package_is_checked_with_the_file_beside_it(
    lms: Command, stranger: Path, tmp_path: Path
) -> None:
    data = tarred(*((f"small-course/{path}", each) for path, each in small().items()))
    made = tmp_path / "small-course-1.0.tar.gz"
    made.write_bytes(data)
    beside = tmp_path / "small-course-1.0.tar.gz.sig"
    beside.write_text(older(data))
    known = ring()
    stranger.write_text(known.seal([signer()]))

    assert lms("verify", made, "--keys", stranger).exit_code == 0
    moved = beside.rename(tmp_path / "moved.txt")
    assert "bears no signature" in lms("verify", made, "--keys", stranger).output
    assert lms("verify", made, "--keys", stranger, "--signature", moved).exit_code == 0
    moved.write_bytes(b"\xff")
    assert (
        "is not a text file" in lms("verify", made, "--keys", stranger, "--signature", moved).output
    )
    moved.write_bytes(b"x" * 1_000_001)
    assert (
        "is too large to be" in lms("verify", made, "--keys", stranger, "--signature", moved).output
    )


def test_export_takes_one_form_at_a_time_and_a_course_that_is_there(
    lms: Command, tmp_path: Path
) -> None:
    assert lms("export", "small-course", "--package", "--single").exit_code == 2
    said = lms("export", "none", "--package", "--to", tmp_path)
    assert said.exit_code == 1
    assert "No course none is published here" in said.output


def test_check_takes_a_package_as_well_as_a_folder(
    lms: Command, courses: Path, tmp_path: Path
) -> None:
    made = tmp_path / "a.zip"
    made.write_bytes(package(small()))
    assert lms("check", made).output == lms("check", courses / "small-course").output
    made.write_bytes(package({**small(), "notes.txt": b"x"}))
    said = lms("check", made)
    assert (said.exit_code, said.output) == (
        1,
        "notes.txt: This file has no place in a course; see FORMAT.md.\n1 to mend.\n",
    )


# ---- publish, unpack ----------------------------------------------------------------------------


HOSTILE: dict[str, bytes] = {
    "outside": zipped(Entry("small-course/../../evil.md")),
    "link": zipped(Entry("small-course/a.md", attributes=0o120777 << 16)),
    "cut": package(small())[:-300],
    "no archive": b"course",
    "with faults": package({**small(), "evil.py": b"x"}),
    "other folder": write_archive("other", small()),
}


def everything(path: Path) -> set[Path]:
    return {each for each in path.rglob("*") if "lms.sqlite" not in each.name}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("command", ["publish", "unpack", "verify", "check"])
def test_what_is_refused_leaves_nothing_behind(
    app: Flask, lms: Command, tmp_path: Path, session: Session, case: str, command: str
) -> None:
    made = tmp_path / "a.zip"
    made.write_bytes(HOSTILE[case])
    target = ("--to", tmp_path / "out") if command == "unpack" else ()
    allowed = ("--unsigned",) if command in {"publish", "unpack"} else ()
    lms("verify", made)  # the application has made what it makes at its first start
    before = everything(tmp_path) | everything(app.config["LMS"].data)

    said = lms(command, made, *target, *allowed)

    assert said.exit_code == 1
    assert said.output.strip()
    assert not isinstance(said.exception, Exception) or isinstance(said.exception, SystemExit)
    assert everything(tmp_path) | everything(app.config["LMS"].data) == before
    assert published(session) == []


def test_a_genuine_package_is_published_on_another_server(
    lms: Command, session: Session, stranger: Path, tmp_path: Path
) -> None:
    stranger.write_text(ring().seal([signer()]))
    made = tmp_path / "a.zip"
    made.write_bytes(package(small(), signature(small())))

    said = lms("publish", made, "--keys", stranger)
    assert said.exit_code == 0, said.output
    assert said.output.splitlines() == [
        "Genuine: course C77, edition 3.1, with the rules of TN, signed by TN-CGPR on 2026-11-23.",
        "C77 small-course: edition 1.0",
    ]
    assert published(session) == ["1.0"]
    out = lms("export", "small-course", "--to", tmp_path / "out")
    assert out.exit_code == 0
    assert folder.load(tmp_path / "out" / "small-course") == small()


@pytest.mark.parametrize("case", ["none", "another issuer", "a word changed"])
def test_a_package_from_anywhere_is_published_only_when_that_is_said(
    lms: Command, session: Session, stranger: Path, tmp_path: Path, case: str
) -> None:
    stranger.write_text(ring().seal([signer()]))
    _, sentence, make = STATES[case]
    made = tmp_path / "a.zip"
    made.write_bytes(make())

    said = lms("publish", made, "--keys", stranger)
    assert said.exit_code == 1
    assert sentence in said.output
    assert "Nothing was published." in said.output
    assert published(session) == []
    assert not (file_store().folder).exists()

    said = lms("publish", made, "--keys", stranger, "--unsigned")
    assert said.exit_code == 0, said.output
    assert sentence in said.output
    assert published(session) == ["1.0"]


def test_a_folder_bears_no_signature(lms: Command, courses: Path) -> None:
    assert lms("publish", courses / "small-course", "--unsigned").exit_code == 2


def test_unpack_writes_the_folder_byte_for_byte(lms: Command, stick: Path, tmp_path: Path) -> None:
    said = lms("unpack", stick, "--to", tmp_path / "out")
    assert said.exit_code == 0, said.output
    assert folder.load(tmp_path / "out" / "small-course") == small()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["small-course"]

    again = lms("unpack", stick, "--to", tmp_path / "out")
    assert again.exit_code == 1
    assert "is there already" in again.output


def test_unpack_says_whose_it_is_and_refuses_what_was_changed(
    lms: Command, stranger: Path, tmp_path: Path
) -> None:
    stranger.write_text(ring().seal([signer()]))
    made = tmp_path / "a.zip"
    made.write_bytes(package(small()))
    said = lms("unpack", made, "--to", tmp_path / "out")
    assert (said.exit_code, "bears no signature" in said.output) == (0, True)

    made.write_bytes(STATES["a word changed"][2]())
    said = lms("unpack", made, "--to", tmp_path / "new", "--keys", stranger)
    assert said.exit_code == 1
    assert "Nothing was written." in said.output
    assert not (tmp_path / "new").exists()
    said = lms("unpack", made, "--to", tmp_path / "new", "--keys", stranger, "--unsigned")
    assert said.exit_code == 0


def test_a_disk_that_fills_up_leaves_no_half_folder(
    lms: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "a.zip"
    made.write_bytes(package(small()))
    whole = folder.write

    def full(path: Path, files: dict[str, bytes]) -> None:
        whole(path, dict(list(files.items())[:3]))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "write", full)
    assert lms("unpack", made, "--to", tmp_path / "out").exit_code == 1
    assert list((tmp_path / "out").iterdir()) == []


def test_none_of_it_needs_a_network(
    lms: Command, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: object, **__: object) -> None:
        raise AssertionError("a command asks the network")

    if installation_is_local():
        monkeypatch.setattr(socket, "socket", asked)
    monkeypatch.setattr(socket, "getaddrinfo", asked)
    for words in (("verify",), ("check",), ("publish",), ("unpack", "--to", tmp_path / "out")):
        said = lms(*words, stick)
        assert said.exit_code == 0, said.output


def installation_is_local() -> bool:
    """Return whether the database is a file: a database server is reached by a socket."""
    return db.engine.dialect.name == "sqlite"
