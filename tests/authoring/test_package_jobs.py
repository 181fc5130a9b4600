"""Who may take a package and bring one; the worker reads what was brought, and forgets it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.importing.rules import told
from lms.accounts.rules import SERVER
from lms.audit.models import AuditRow
from lms.authoring import actions, packages, queries, uploads, work
from lms.authoring.rules import may_bring_packages
from lms.content.archive import write_archive
from lms.db import reading, transaction
from lms.jobs.models import Job
from lms.jobs.running import run_due
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Role, Viewer
from lms.web.files import file_store
from tests.authoring.conftest import LATER, Press
from tests.content.packing import Entry, zipped
from tests.content.small import small

pytestmark = pytest.mark.usefixtures("years_later")


def viewer(*roles: Role) -> Viewer:
    return Viewer(UUID(int=7), "en", roles=roles)


MAY = {
    "author": viewer(Role("author", course_id="C77")),
    "publisher": viewer(Role("publisher", course_id="C77")),
    "country": viewer(Role("administrator", "/1/")),
    "server": SERVER,
}
MAY_NOT = {
    "learner": viewer(),
    "author elsewhere": viewer(Role("author", course_id="C01")),
    "translator": viewer(Role("translator", course_id="C77")),
    "reviewer": viewer(Role("reviewer", course_id="C77")),
    "region": viewer(Role("administrator", "/1/2/")),
    "trainer": viewer(Role("trainer", "/1/")),
}


@pytest.mark.parametrize("who", MAY)
def test_who_writes_a_course_or_administers_the_country_takes_it_along(
    press: Press, session: Session, who: str
) -> None:
    press()
    with transaction() as writing:
        found = actions.take_package(writing, MAY[who], "small-course", now=LATER)

    assert (found.course_id, found.edition, found.signature) == ("C77", "1.0", None)
    name, data = packages.assembled(found, file_store())
    assert name == "small-course-1.0.zip"
    assert packages.unpacked(data) == ("small-course", small(), "")
    row = session.scalars(select(AuditRow).where(AuditRow.action == "package.taken")).one()
    assert (row.subject, row.facts) == ("C77 1.0", {"package": found.package})


@pytest.mark.parametrize("who", MAY_NOT)
def test_nobody_else_gets_the_key_of_the_questions(
    press: Press, session: Session, who: str
) -> None:
    press()
    with pytest.raises(NotFound):
        queries.newest_package(session, MAY_NOT[who], "small-course")
    with pytest.raises(NotFound), transaction() as writing:
        actions.take_package(writing, MAY_NOT[who], "small-course", now=LATER)


def test_the_newest_edition_is_taken(press: Press, session: Session) -> None:
    press()
    changed = small()
    changed["en/AB-1.1.md"] = changed["en/AB-1.1.md"].replace(b"ten to nine", b"nine")
    press(changed)
    found = queries.newest_package(session, SERVER, "small-course")
    assert found.edition == "1.1"
    assert packages.unpacked(file_store().get(found.package))[1] == changed


def test_authors_and_publishers_of_any_course_bring_packages() -> None:
    assert [may_bring_packages(each) for each in MAY.values()] == [True] * len(MAY)
    allowed = {who for who, each in MAY_NOT.items() if may_bring_packages(each)}
    assert allowed == {"author elsewhere"}


# ---- packages.read ------------------------------------------------------------------------------


@pytest.fixture
def read(session: Session) -> Callable[[bytes], Job]:
    """Return a way to let the worker read a package: ``read(data)``."""

    def run(data: bytes) -> Job:
        digest = uploads.store().put(data)
        with transaction() as writing:
            job = actions.ask_to_read(writing, MAY["author"], digest, "key 1", now=LATER)
            job_id = job.id
        run_due(reading, transaction, work.STEPS, "worker of a test", clock.now)
        session.expire_all()
        return session.get_one(Job, job_id)

    return run


def test_the_worker_says_what_a_package_holds_and_whose_it_is(
    press: Press, sign: Callable[[], int], session: Session, read: Callable[[bytes], Job]
) -> None:
    press(nation="tn")
    sign()
    session.expire_all()
    _, data = packages.assembled(
        queries.newest_package(session, SERVER, "small-course"), file_store()
    )

    job = read(data)
    assert (job.state, job.asked_by) == ("done", UUID(int=7))
    found = job.result
    assert found is not None
    assert (found["refused"], found["folder"], found["signature"], found["faults"]) == (
        None,
        "small-course",
        "genuine",
        [],
    )
    assert str(told(found["said"])).startswith("Genuine: course C77, edition 1.0, with the rules")
    assert found["signed"] == {
        "course": "C77",
        "edition": "1.0",
        "nation": "tn",
        "issuer": found["signed"]["issuer"],
        "at": "2031-03-03T00:00:00+00:00",
    }
    assert found["course"] == {
        "id": "C77",
        "slug": "small-course",
        "access": "open",
        "languages": ["en", "ar", "fr"],
        "lessons": 3,
        "items": 11,
        "nations": ["tn", "ug"],
    }
    assert found["package"] == job.facts["file"]
    assert "file" not in found  # what a page offers to be downloaded


def test_the_worker_says_every_fault(read: Callable[[bytes], Job]) -> None:
    files = {**small(), "roles.toml": b"x", "en/bank/AB-1.md": b"\xff"}
    found = read(write_archive("small-course", files)).result

    assert found is not None
    assert (found["signature"], found["signed"], found["course"]) == ("none", None, None)
    said = [(file, line, str(told(sentence))) for file, line, sentence in found["faults"]]
    assert ("roles.toml", 0, "This file has no place in a course; see FORMAT.md.") in said
    assert ("en/bank/AB-1.md", 1, "This line is not UTF-8. Save the file as UTF-8.") in said


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (zipped(Entry("small-course/../a.md")), "small-course/../a.md leads outside the folder"),
        (b"%PDF-1.7", "This file is no course package"),
    ],
)
def test_the_worker_says_why_a_file_is_refused(
    read: Callable[[bytes], Job], data: bytes, sentence: str
) -> None:
    job = read(data)
    assert job.state == "done"
    assert job.result is not None
    assert str(told(job.result["refused"])).startswith(sentence)


def test_a_file_that_is_gone_is_said(session: Session) -> None:
    with transaction() as writing:
        actions.ask_to_read(writing, MAY["author"], "0" * 64, "key 1", now=LATER)
    run_due(reading, transaction, work.STEPS, "worker of a test", clock.now)
    session.expire_all()
    [found] = session.scalars(select(Job.result).where(Job.kind == actions.READ))
    assert str(told(found["refused"])) == "This file is not kept any more. Send it again."


def test_asking_twice_is_asking_once_and_not_everybody_may(session: Session) -> None:
    with transaction() as writing:
        first = actions.ask_to_read(writing, MAY["author"], "0" * 64, "key 1", now=LATER).id
        assert actions.ask_to_read(writing, MAY["author"], "0" * 64, "key 1", now=LATER).id == first
        assert actions.ask_to_read(writing, MAY["author"], "0" * 64, "key 2", now=LATER).id != first
        with pytest.raises(NotFound):
            actions.ask_to_read(writing, MAY_NOT["learner"], "0" * 64, "key 1", now=LATER)


def test_what_was_brought_is_forgotten_after_a_week(read: Callable[[bytes], Job]) -> None:
    digest = read(b"x").facts["file"]
    other = uploads.store().put(b"y")
    with transaction() as writing:
        again = LATER + timedelta(days=5)
        actions.ask_to_read(writing, MAY["author"], other, "key 2", now=LATER)
        actions.ask_to_read(writing, MAY["author"], other, "key 3", now=again)

    def forget(days: int) -> None:
        with transaction() as writing:
            actions.forget_packages(writing, uploads.store().drop, now=LATER + timedelta(days=days))

    forget(7)
    assert uploads.store().get(digest) == b"x"
    forget(8)
    with pytest.raises(FileNotFoundError):
        uploads.store().get(digest)
    assert uploads.store().get(other) == b"y"  # somebody has brought the same again since
    forget(13)
    with pytest.raises(FileNotFoundError):
        uploads.store().get(other)
