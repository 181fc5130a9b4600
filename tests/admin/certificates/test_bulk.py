"""/<language>/administer/certificates/bulk, and what the worker makes of it"""

from __future__ import annotations

import csv
import io
import re
import subprocess
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.accounts.models import SignIn
from lms.app.jobs import JobSteps
from lms.audit.models import AuditRow
from lms.certificates.models import Certificate, CertificateCounter, CertificateHolder
from lms.certificates.office import rules
from lms.certificates.office.actions import FORGET
from lms.db import reading, transaction
from lms.extensions import db
from lms.files import FileStore
from lms.jobs import actions as jobs
from lms.jobs import running
from lms.jobs.models import Job
from lms.kernel import clock
from tests.admin.certificates.conftest import (
    BULK,
    Make,
    Open,
    Papers,
    archive_of,
    job_of,
    number_of,
    run,
    sent,
)
from tests.admin.certificates.test_list import learned_for
from tests.people import Cast, Places, add_person


def register(archive: ZipFile) -> list[dict[str, str]]:
    text = archive.read("register.csv").decode("utf-8-sig")
    table = text.split("\r\n\r\n", 1)[1]
    return list(csv.DictReader(io.StringIO(table)))


def text_of(pdf: bytes, folder: Path) -> str:
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    return subprocess.run(
        ["pdftotext", str(path), "-"], capture_output=True, check=True
    ).stdout.decode()


def test_only_who_learned_for_a_programme_is_in_its_file(
    app: Flask, browser: Open, halima: Cast, papers: Papers, make: Make
) -> None:
    learned_for(app, "health", papers.amina)
    here = browser(halima)
    assert '<option selected value="health">' in here.get(f"{BULK}?programme=health").text
    looked = here.post(BULK, sent(here, programme="health", go="look")).text
    assert "1 certificate in" in looked
    # What will be in the file stands below a long form: the answer opens there.
    assert f'value="look" formaction="{BULK}#preview"' in looked
    # Only when looking: a page that loads itself anew must not have it in its address.
    assert f'action="{BULK}">' in looked
    assert 'id="preview"' in looked
    (line,) = register(archive_of(app, make(here, programme="health")))
    assert "Amina Ben Salah" in line.values()
    assert here.post(BULK, sent(here, programme="nonsense")).status_code == 422


def test_no_certificate_carries_anothers_name(
    app: Flask, browser: Open, halima: Cast, papers: Papers, make: Make, tmp_path: Path
) -> None:
    archive = archive_of(app, make(browser(halima)))
    with app.app_context():
        rows = (
            db.session()
            .execute(
                select(Certificate.number, Certificate.code, CertificateHolder.names)
                .join(CertificateHolder)
                .where(Certificate.number.is_not(None))
            )
            .all()
        )
    everybody = {name for row in rows for name in row.names}
    assert len(everybody) == 3
    assert set(archive.namelist()) == {
        *(f"{row.number}.pdf" for row in rows),
        "register.csv",
        "register.xlsx",
    }
    listed = {line["Certificate number"]: line["Name"] for line in register(archive)}
    for number, code, names in rows:
        assert number is not None
        said = text_of(archive.read(f"{number}.pdf"), tmp_path)
        assert number in said
        assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in said
        assert {name for name in everybody if name in said} == set(names)
        assert listed[number] == " / ".join(names)


def test_a_paper_that_says_another_name_than_its_certificate_is_never_handed_out(
    app: Flask, browser: Open, grace: Cast, papers: Papers, make: Make
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(CertificateHolder, papers.amina).names = ["Chipo Okello"]
    job = job_of(app, make(browser(grace)))
    assert job.result is None
    assert "differ" in (job.error or "")


def test_it_holds_the_viewers_people_alone(
    app: Flask, browser: Open, grace: Cast, papers: Papers, make: Make
) -> None:
    archive = archive_of(app, make(browser(grace)))
    assert f"{number_of(app, papers.daniel)}.pdf" not in archive.namelist()
    assert {line["Name"] for line in register(archive)} == {"Amina Ben Salah", "Chipo Okello"}
    assert b"Daniel" not in archive.read("register.csv")


def test_a_print_run_lies_in_the_order_of_the_list(
    app: Flask, browser: Open, halima: Cast, papers: Papers, make: Make, tmp_path: Path
) -> None:
    location = make(browser(halima), output="print", numbers="S 2001\nN-1002; N-1001,nobody")
    archive = archive_of(app, location)
    assert archive.namelist() == ["print.pdf", "register.csv", "register.xlsx"]
    said = text_of(archive.read("print.pdf"), tmp_path)
    pages = said.split("\f")[:-1]
    assert len(pages) == 3
    for page, name in zip(pages, ("Daniel", "Chipo", "Amina"), strict=True):
        assert [n for n in ("Amina", "Chipo", "Daniel") if n in page] == [name]
    assert [line["Name"].split()[0] for line in register(archive)] == ["Daniel", "Chipo", "Amina"]


def test_the_register_says_whether_a_number_is_missing(
    app: Flask, browser: Open, grace: Cast, papers: Papers, make: Make
) -> None:
    here = browser(grace)
    year = number_of(app, papers.amina).split("-")[1]
    said = archive_of(app, make(here, output="register")).read("register.csv").decode()
    assert f"XX-{year}: 3 numbers, from 1 to 3, none missing." in said
    assert "Grace Nakato (N-0001)" in said
    with app.app_context(), transaction() as session:
        session.get_one(Certificate, papers.daniel).number = f"XX-{year}-00005"
        session.get_one(CertificateCounter, int(year)).last = 5
    said = archive_of(app, make(here, output="register")).read("register.csv").decode()
    assert f"XX-{year}: 3 numbers, from 1 to 5. Missing: 3, 4." in said


def test_a_withdrawn_certificate_is_in_the_register_and_has_no_paper(
    app: Flask, browser: Open, halima: Cast, papers: Papers, make: Make
) -> None:
    here = browser(halima)
    url = f"/en/administer/certificates/{papers.chipo}/withdrawal"
    assert here.post(url, {"reason": "an error"}).status_code == 303
    archive = archive_of(app, make(here))
    assert f"{number_of(app, papers.chipo)}.pdf" not in archive.namelist()
    states = {line["Name"]: line["State"] for line in register(archive)}
    assert states["Chipo Okello"] == "Withdrawn"
    reply = here.post(BULK, sent(here, state="withdrawn"))
    assert reply.status_code == 409
    assert "nothing to print" in reply.text


def test_a_paper_that_is_gone_is_made_anew_from_what_was_frozen(
    app: Flask, browser: Open, grace: Cast, papers: Papers, make: Make
) -> None:
    store = FileStore(app.config["LMS"].data / "files")
    with app.app_context(), transaction() as session:
        holder = session.get_one(CertificateHolder, papers.amina)
        first = store.get(holder.pdf or "")
        store.drop(holder.pdf or "")
        holder.pdf = None
    archive = archive_of(app, make(browser(grace)))
    assert archive.read(f"{number_of(app, papers.amina)}.pdf") == first
    with app.app_context():
        assert db.session().get_one(CertificateHolder, papers.amina).pdf is not None


def test_the_preview_names_the_first_ones_and_who_is_unknown_and_changes_nothing(
    app: Flask, browser: Open, grace: Cast, papers: Papers
) -> None:
    here = browser(grace)
    reply = here.post(BULK, sent(here, go="look", numbers="N-1001\nS-2001\nzz"))
    assert reply.status_code == 200
    assert "1 certificate in the register" in reply.text
    assert "Amina Ben Salah" in reply.text
    assert "s2001, zz" in reply.text
    assert f"/certificates/{papers.amina}/paper" in reply.text
    assert "2 certificates in the register" in here.get(f"{BULK}?course=C01").text
    with app.app_context():
        assert db.session().scalars(select(Job).where(Job.kind == "certificates.bulk")).all() == []


def test_sent_twice_it_is_one_job_that_its_asker_alone_sees(
    app: Flask, browser: Open, grace: Cast, halima: Cast, papers: Papers
) -> None:
    here = browser(grace)
    form = sent(here)
    first, second = here.post(BULK, form), here.post(BULK, form)
    assert first.location == second.location
    run(app)
    page = here.get(first.location).text
    assert "Fetch the file" in page
    assert here.get(f"{first.location}/file").mimetype == "application/zip"
    assert browser(halima).get(f"{first.location}/file").status_code == 404


def test_it_is_logged_with_counts_and_without_a_name(
    app: Flask, browser: Open, grace: Cast, papers: Papers, make: Make
) -> None:
    make(browser(grace), numbers="N-1001")
    with app.app_context():
        rows = (
            db.session()
            .scalars(select(AuditRow).where(AuditRow.action.like("certificates.export%")))
            .all()
        )
        asked, exported = [row for row in rows if row.action.startswith("certificates.")]
    assert asked.actor_id == exported.actor_id == grace.id
    assert (exported.facts["certificates"], exported.facts["papers"]) == (1, 1)
    # A digest may hold any four digits by chance.
    said = re.sub(r"\b[0-9a-f]{64}\b", "", str(exported.facts | asked.facts).lower())
    assert "1001" not in said


def test_it_is_stopped_and_goes_on_where_it_had_come_to(
    app: Flask, browser: Open, grace: Cast, papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "AT_ONCE", 1)
    here = browser(grace)
    location = here.post(BULK, sent(here)).location
    looked: list[int] = []

    def after_two_steps() -> bool:
        looked.append(1)
        return len(looked) > 2

    with app.app_context():
        running.run_due(reading, transaction, JobSteps(), "w", clock.now, after_two_steps)
    assert job_of(app, location).cursor["at"] == 1  # type: ignore[index]
    assert here.get(location).headers["Refresh"] == "5"
    assert here.post(f"{location}/stop").status_code == 303
    assert run(app) == 0
    assert "Refresh" not in here.get(location).headers
    assert here.post(f"{location}/resume").status_code == 303
    run(app)
    assert len(archive_of(app, location).namelist()) == 4


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"unit": "S-01"}, 404),
        ({"unit": "nowhere"}, 404),
        ({"course": "C99"}, 422),
        ({"since": "soon"}, 422),
        ({"since": "2026-12-02", "until": "2026-12-01"}, 422),
        ({"state": "lost"}, 422),
        ({"output": "exe"}, 422),
        ({"numbers": "9" * 40_001}, 422),
        ({"key": "k" * 61}, 422),
        ({"course": "C01", "since": "2030-01-01"}, 409),
    ],
)
def test_each_bad_field_is_refused(
    app: Flask, browser: Open, grace: Cast, papers: Papers, change: dict[str, str], status: int
) -> None:
    here = browser(grace)
    assert here.post(BULK, sent(here, **change)).status_code == status
    with app.app_context():
        assert db.session().scalars(select(Job).where(Job.kind == "certificates.bulk")).all() == []


def test_the_second_proof_is_asked_anew(app: Flask, browser: Open, grace: Cast) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(SignIn).values(second_factor_at=clock.now() - timedelta(hours=1)))
    here = browser(grace)
    assert here.get(BULK).location.startswith("/en/second-factor")
    assert here.post(BULK, {"go": "make"}).location.startswith("/en/second-factor")


def test_it_is_closed_to_others(browser: Open, amina: Cast, bolat: Cast) -> None:
    for person in (amina, bolat):
        assert browser(person).get(BULK).status_code == 404
        assert browser(person).post(BULK, {"go": "make"}).status_code == 404


# ---- Many names ---------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two names be many."""
    monkeypatch.setattr(rules, "FREE_NAMES", 1)


def test_many_names_of_several_places_wait_for_another_administrator(
    app: Flask, browser: Open, places: Places, grace: Cast, halima: Cast, papers: Papers, few: None
) -> None:
    here = browser(grace)
    location = here.post(BULK, sent(here)).location
    assert run(app) == 0
    assert "as soon as another administrator agrees" in here.get(location).text
    for verb in ("stop", "resume"):
        here.post(f"{location}/{verb}")
    assert run(app) == 0, "stopping and going on is no second person"
    approval = f"{BULK}/{location.rpartition('/')[2]}/approval"
    assert here.get(approval).status_code == 404
    assert here.post(approval).status_code == 404
    assert "Waiting for a second person" not in here.get("/en/administer/certificates").text
    there = browser(halima)
    listed = there.get("/en/administer/certificates").text
    assert "Asked for by Grace Nakato" in listed
    assert approval in listed
    assert "I agree" in there.get(approval).text
    for _ in range(2):
        assert there.post(approval).status_code == 303
    assert run(app) > 0
    assert job_of(app, location).state == "done"
    with app.app_context():
        approved = (
            db.session()
            .scalars(select(AuditRow).where(AuditRow.action == "certificates.export approved"))
            .all()
        )
        assert [row.actor_id for row in approved] == [halima.id]


def test_an_administrator_of_another_branch_is_no_second_person(
    app: Flask, browser: Open, places: Places, halima: Cast, grace: Cast, papers: Papers, few: None
) -> None:
    here = browser(halima)
    location = here.post(BULK, sent(here)).location
    approval = f"{BULK}/{location.rpartition('/')[2]}/approval"
    assert browser(grace).get(approval).status_code == 404
    assert browser(grace).post(approval).status_code == 404
    assert run(app) == 0


def test_the_preview_says_when_a_second_person_is_needed(
    browser: Open, grace: Cast, papers: Papers, few: None
) -> None:
    here = browser(grace)
    assert "another administrator agrees" in here.get(f"{BULK}?course=C01").text
    assert "another administrator agrees" not in here.get(f"{BULK}?unit=N-01").text


def test_after_a_day_it_begins_by_itself(
    app: Flask, browser: Open, grace: Cast, papers: Papers, few: None
) -> None:
    here = browser(grace)
    location = here.post(BULK, sent(here)).location
    due = job_of(app, location).due_at
    assert timedelta(hours=23) < due - clock.now() <= timedelta(hours=24)


def test_one_facility_does_not_wait(
    app: Flask, browser: Open, places: Places, grace: Cast, papers: Papers, few: None, make: Make
) -> None:
    assert job_of(app, make(browser(grace), unit="N-01")).state == "done"
    with app.app_context(), transaction() as session:
        own = add_person(
            session,
            "Own Place",
            "N-77",
            places.northgate,
            roles=(("administrator", places.northgate),),
        )
    assert job_of(app, make(browser(own))).state == "done"


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let three names be many: as many as there are certificates."""
    monkeypatch.setattr(rules, "FREE_NAMES", 2)


def test_many_small_files_of_a_day_are_a_large_one(
    app: Flask, browser: Open, halima: Cast, papers: Papers, two: None, make: Make
) -> None:
    """Parts of a list that was split by hand: the one that makes them too many waits."""
    here = browser(halima)
    assert job_of(app, make(here, numbers="N-1001\nN-1002")).state == "done"
    assert "another administrator agrees" in here.get(f"{BULK}?unit=S-01").text
    location = here.post(BULK, sent(here, numbers="S-2001")).location
    assert run(app) == 0
    assert job_of(app, location).facts["second"] is True
    with app.app_context(), transaction() as session:
        before = clock.now() - timedelta(hours=25)
        session.execute(update(Job).values(made_at=before, ended_at=before, state="done"))
    assert job_of(app, make(here, numbers="S-2001")).state == "done", "a day later it is free"


def test_places_one_after_the_other_are_several_places(
    app: Flask, browser: Open, halima: Cast, papers: Papers, two: None, make: Make
) -> None:
    here = browser(halima)
    assert job_of(app, make(here, unit="N-01")).state == "done"
    assert job_of(app, make(here, unit="N-01")).state == "done", "one facility alone never waits"
    assert job_of(app, make(here, unit="S-01")).facts["second"] is True


def test_what_was_stopped_counts_and_another_persons_files_do_not(
    app: Flask, browser: Open, halima: Cast, grace: Cast, papers: Papers, two: None, make: Make
) -> None:
    here = browser(halima)
    location = here.post(BULK, sent(here, numbers="N-1001\nN-1002")).location
    here.post(f"{location}/stop")
    assert job_of(app, make(browser(grace))).state == "done"
    last = sent(here, numbers="S-2001")
    there = here.post(BULK, last).location
    assert job_of(app, there).facts["second"] is True
    assert here.post(BULK, last).location == there, "sent twice it is one order"


def test_no_other_work_can_be_approved(app: Flask, browser: Open, halima: Cast) -> None:
    with app.app_context(), transaction() as session:
        other = jobs.ask(session, "x", "x", now=clock.now()).id
    assert browser(halima).post(f"{BULK}/{other}/approval").status_code == 404
    assert browser(halima).post(f"{BULK}/999/approval").status_code == 404


def test_after_thirty_days_the_file_is_gone(
    app: Flask, browser: Open, grace: Cast, papers: Papers, make: Make
) -> None:
    here = browser(grace)
    old, new = make(here), make(here)
    store = FileStore(app.config["LMS"].data / "files")
    before = job_of(app, old).result or {}
    with app.app_context(), transaction() as session:
        session.execute(
            update(Job)
            .where(Job.id == job_of(app, old).id)
            .values(ended_at=clock.now() - timedelta(days=31))
        )
        jobs.ask(session, FORGET, "x", now=clock.now())
    run(app)
    assert here.get(f"{old}/file").status_code == 404
    assert here.get(f"{new}/file").status_code == 200
    after = job_of(app, new).result or {}
    assert store.path(before["file"]).exists() == (before["file"] == after["file"])
    assert re.fullmatch(r"certificates-\d{4}-\d\d-\d\d\.zip", after["name"])
