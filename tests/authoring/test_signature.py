"""After publication the worker signs each edition: the contents of its folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import SERVER
from lms.audit.models import AuditRow
from lms.authoring import actions, packages, queries
from lms.catalogue.models import Edition
from lms.certificates.actions import RING
from lms.content.digests import contents_digest, core_digest, layer_digest
from lms.db import transaction
from lms.jobs.models import Job
from lms.kernel import clock
from lms.signing import cbor, cose, editions, keys
from lms.web.files import file_store
from tests.authoring.conftest import Press
from tests.content.packing import tarred
from tests.content.small import read, small

Command = Callable[..., Result]
pytestmark = pytest.mark.usefixtures("years_later")


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
        editions.text_of(edition.signature), contents_digest(small()), ring, clock.now()
    )
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
    failing = session.scalars(
        select(Job.error).where(Job.failures > 0, Job.kind == actions.SIGN)
    ).one()
    assert "not the one in its key list" in str(failing)


# ---- What is not signed -------------------------------------------------------------------------


def test_an_edition_whose_package_is_lost_does_not_stop_the_others(
    session: Session, press: Press, sign: Callable[[], int]
) -> None:
    press()
    first = session.scalars(select(Edition)).one()
    file_store().drop(first.package)
    press(changed("It is nine."))
    sign()

    found = signatures(session)
    assert found[0] is None
    assert found[1] is not None


def test_a_package_that_is_not_what_was_published_is_not_signed(
    session: Session, press: Press, sign: Callable[[], int]
) -> None:
    press()
    other = file_store().put(packages.packed(read(changed("It is nine."))))
    with transaction() as writing:
        writing.scalars(select(Edition)).one().package = other
    sign()

    assert signatures(session) == [None]


def test_a_signature_of_the_first_editions_is_replaced(
    app: Flask, session: Session, press: Press, sign: Callable[[], int]
) -> None:
    """Those editions are packed as ``tar.gz``, and their signature stands on its bytes."""
    press()
    entries = [(f"small-course/{path}", data) for path, data in sorted(small().items())]
    with transaction() as writing:
        edition = writing.scalars(select(Edition)).one()
        edition.package = file_store().put(tarred(*entries))
        edition.signature = older_signature(app)
    name, made = packages.assembled(
        queries.newest_package(session, SERVER, "small-course"), file_store()
    )
    assert name == "small-course-1.0.zip"
    assert packages.unpacked(made) == ("small-course", small(), "")

    with transaction() as writing:
        actions.ask_for_signatures(writing, "day", now=clock.now())
    sign()

    [again] = signatures(session)
    assert again is not None
    assert editions.is_current(again)


def older_signature(app: Flask) -> bytes:
    key = keys.load_private_key(app.config["LMS"].issuing_key)
    return cose.sign(cbor.pack({1: "XX-1", 6: 1, editions.OLDER_CLAIM: {}}), key)


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
        editions.text_of(edition.signature), contents_digest(small()), ring, clock.now()
    )

    assert replace(found, issuer="", signed=clock.BUILD_DATE) == editions.SignedEdition(
        "",
        clock.BUILD_DATE,
        edition.course_id,
        f"{edition.number}.{edition.revision}",
        edition.core_digest,
        "",
        edition.layer_digest,
        contents_digest(small()),
    )
