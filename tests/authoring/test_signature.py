"""After publication the worker signs each edition; a package can be checked against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.audit.models import AuditRow
from lms.authoring import actions, work
from lms.authoring.cli import file_store
from lms.catalogue.models import Edition
from lms.certificates.actions import RING
from lms.certificates.work import ensure_keys
from lms.content.digests import core_digest, layer_digest
from lms.db import reading, transaction
from lms.jobs.actions import run_due
from lms.jobs.models import Job
from lms.kernel import clock
from lms.signing import editions, keys
from tests.authoring.conftest import Press
from tests.content.small import small
from tests.signing.office import signer

Command = Callable[..., Result]


@pytest.fixture(autouse=True)
def _years_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything happen after the days on which the press of these tests publishes."""
    later = datetime(2031, 3, 3, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: later)


@pytest.fixture
def sign(app: Flask) -> Callable[[], int]:
    """Return a way to let the worker sign what is due: ``sign()``."""
    ensure_keys(app.config["LMS"])
    return lambda: run_due(reading, transaction, work.STEPS, "worker of a test", clock.now)


def signatures(session: Session) -> list[bytes | None]:
    session.expire_all()
    return list(session.scalars(select(Edition.signature).order_by(Edition.id)))


def decide(**facts: object) -> None:
    with transaction() as session:
        installation.decide(session, facts, now=clock.now())


def changed(word: str) -> dict[str, bytes]:
    files = small()
    files["en/AB-1.1.md"] = files["en/AB-1.1.md"].replace(b"It is ten to nine.", word.encode())
    return files


def test_an_edition_is_signed_after_its_publication(
    session: Session, press: Press, sign: Callable[[], int]
) -> None:
    press(nation="tn")
    assert signatures(session) == [None]

    sign()

    edition = session.scalars(select(Edition)).one()
    ring = keys.read_ring(installation.setting(session, RING))
    assert edition.signature is not None
    found = editions.verify(
        editions.text_of(edition.signature), file_store().get(edition.package), ring,
        clock.now(),
    )  # fmt: skip
    assert (found.course, found.edition, found.nation) == ("C77", "1.0", "tn")
    assert (found.core, found.layer) == (core_digest(small()), layer_digest(small(), "tn"))
    assert "edition.signed" in session.scalars(select(AuditRow.action)).all()


def test_a_signature_is_made_once(session: Session, press: Press, sign: Callable[[], int]) -> None:
    press()
    sign()
    [first] = signatures(session)
    with transaction() as writing:
        actions.ask_for_signatures(writing, "again", now=clock.now())
    sign()
    press(changed("It is nine."))
    sign()

    again, second = signatures(session)
    assert again == first
    assert second not in {None, first}


def test_every_edition_without_a_signature_is_signed_one_a_step(
    session: Session, press: Press, sign: Callable[[], int]
) -> None:
    for word in ("It is one.", "It is two.", "It is three."):
        press(changed(word))

    sign()

    assert None not in signatures(session)
    jobs = session.scalars(select(Job).where(Job.kind == actions.SIGN)).all()
    # Whoever asked: each step signs one, and the last of each job finds nothing more.
    assert {job.state for job in jobs} == {"done"}
    assert sum(job.done_units for job in jobs) == 3 + len(jobs)


def test_a_station_signs_nothing_until_it_becomes_an_issuer(
    session: Session, press: Press, sign: Callable[[], int]
) -> None:
    decide(issues=False)
    press()
    sign()
    assert signatures(session) == [None]

    decide(issues=True)
    with transaction() as writing:
        actions.ask_for_signatures(writing, "day", now=clock.now())
    sign()
    assert None not in signatures(session)


def test_before_the_first_run_nothing_is_signed(
    session: Session, press: Press, sign: Callable[[], int]
) -> None:
    decide(ready=False)
    press()
    sign()
    session.expire_all()

    assert signatures(session) == [None]
    assert installation.setting(session, RING) is None


def test_another_key_than_the_one_listed_signs_nothing(
    app: Flask, session: Session, press: Press, sign: Callable[[], int]
) -> None:
    press()
    sign()
    key = app.config["LMS"].issuing_key
    key.unlink()
    keys.create_private_key(key)
    press(changed("It is nine."))
    sign()

    assert signatures(session)[1] is None
    failing = session.scalars(select(Job.error).where(Job.failures > 0)).one()
    assert "not the one in its key list" in str(failing)


# ---- lms content export --package, and verify ---------------------------------------------------


@pytest.fixture
def exported(
    press: Press, sign: Callable[[], int], lms: Command, tmp_path: Path
) -> tuple[Path, Path]:
    """Return a package and its signature, as somebody carries them away on a stick."""
    press(nation="tn")
    sign()
    said = lms("export", "small-course", "--package", "--to", tmp_path / "stick")
    assert said.exit_code == 0, said.output
    package = tmp_path / "stick" / "small-course-1.0.tar.gz"
    return package, package.with_name(package.name + ".sig")


def test_a_package_is_checked_against_the_own_keys(
    lms: Command, exported: tuple[Path, Path]
) -> None:
    said = lms("verify", exported[0])

    assert said.exit_code == 0, said.output
    assert "Genuine: course C77, edition 1.0, with the rules of TN, signed by XX-" in said.output


def test_a_package_is_checked_with_files_alone(
    session: Session, lms: Command, exported: tuple[Path, Path], tmp_path: Path
) -> None:
    ring = tmp_path / "keys.json"
    ring.write_text(installation.setting(session, RING))
    moved = exported[1].rename(tmp_path / "signature.txt")

    said = lms("verify", exported[0], "--signature", moved, "--keys", ring)
    assert said.exit_code == 0, said.output

    stranger = keys.KeyRing(
        "KZ-1", {}, clock.now().replace(microsecond=0), ()
    ).with_key(signer(7).public, now=clock.now().replace(microsecond=0))  # fmt: skip
    ring.write_text(stranger.seal([signer(7)]))
    said = lms("verify", exported[0], "--signature", moved, "--keys", ring)
    assert said.exit_code == 1
    assert "issuer of this course is not known here" in said.output


def test_a_changed_package_is_told_from_a_genuine_one(
    lms: Command, exported: tuple[Path, Path]
) -> None:
    package, signature = exported
    package.write_bytes(package.read_bytes() + b"x")
    said = lms("verify", package)
    assert said.exit_code == 1
    assert "this package is not what was signed" in said.output

    signature.write_text("LMSE1:ABC")
    assert "damaged or incomplete" in lms("verify", package).output
    signature.write_bytes(b"\xff")
    assert "is not a text file" in lms("verify", package).output
    signature.unlink()
    assert "There is no signature beside the package" in lms("verify", package).output


def test_a_server_that_never_signed_has_no_keys_to_check_with(
    lms: Command, press: Press, tmp_path: Path
) -> None:
    press()
    said = lms("export", "small-course", "--package", "--to", tmp_path)
    assert "It has no signature" in said.output
    package = tmp_path / "small-course-1.0.tar.gz"
    package.with_name(package.name + ".sig").write_text("LMSE1:ABC")

    said = lms("verify", package)
    assert said.exit_code == 1
    assert "has no key list" in said.output


def test_export_takes_one_form_at_a_time_and_a_course_that_is_there(
    lms: Command, tmp_path: Path
) -> None:
    assert lms("export", "small-course", "--package", "--single").exit_code == 2
    said = lms("export", "none", "--package", "--to", tmp_path)
    assert said.exit_code == 1
    assert "No course none is published here" in said.output


def test_publishing_on_a_station_says_that_nothing_is_signed(
    lms: Command, session: Session, courses: Path
) -> None:
    assert "signature" not in lms("publish", courses / "small-course").output
    decide(issues=False)

    said = lms("publish", courses / "small-course")
    assert "a station has no issuing key" in said.output


def test_the_signature_covers_what_the_edition_says(
    session: Session, press: Press, sign: Callable[[], int]
) -> None:
    press()
    sign()
    edition = session.scalars(select(Edition)).one()
    ring = keys.read_ring(installation.setting(session, RING))
    assert edition.signature is not None
    found = editions.verify(
        editions.text_of(edition.signature), file_store().get(edition.package), ring,
        clock.now(),
    )  # fmt: skip

    assert replace(found, issuer="", signed=clock.BUILD_DATE) == editions.SignedEdition(
        "", clock.BUILD_DATE, edition.course_id, f"{edition.number}.{edition.revision}",
        edition.core_digest, "", edition.layer_digest, edition.package,
    )  # fmt: skip
