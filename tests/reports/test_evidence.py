"""/<language>/reports/evidence/<certificate>: how a certificate was earned, on a signed paper"""

from __future__ import annotations

import json
import re
import subprocess
from collections import namedtuple
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms import files, installation
from lms.app import cli
from lms.audit.models import AuditRow
from lms.catalogue.models import Course
from lms.certificates import actions as certificates
from lms.certificates import work
from lms.certificates.models import Certificate, CertificateHolder
from lms.db import reading, transaction
from lms.extensions import db
from lms.files import FileStore
from lms.installation import LANGUAGES, Installation
from lms.jobs.models import Job
from lms.jobs.running import run_due
from lms.kernel import clock
from lms.learning.models import Enrolment
from lms.reports import paper as paper_of_tables
from lms.reports.evidence.steps import STEPS
from lms.reports.paper import Paper
from lms.signing import qr
from lms.signing.signed_json import moment
from tests.certificates.passed import confirm, run_worker
from tests.course import SmallCourse
from tests.kept import kept
from tests.people import Cast
from tests.reports.conftest import Open


@pytest.fixture
@kept
def earned(app: Flask, amina: Cast, hygiene: SmallCourse) -> UUID:
    """Return the certificate that Amina has earned: she read everything and passed."""
    hygiene.pass_it(amina)
    with app.app_context(), transaction() as session:
        confirm(session, amina)
        enrolment = session.scalars(
            select(Enrolment.id).where(Enrolment.person_id == amina.id)
        ).one()
        made = certificates.award(
            session,
            amina.viewer,
            enrolment,
            installation.read(session),
            language="en",
            clock_is_right=True,
            now=clock.now(),
        ).id
    run_worker(app)
    return made


def url(certificate: UUID) -> str:
    return f"/en/reports/evidence/{certificate}"


def made(app: Flask, location: str) -> bytes:
    with app.app_context():
        work.ensure_keys(app.config["LMS"])
        run_due(reading, transaction, STEPS, "worker of a test", clock.now)
    with app.app_context():
        job = reading().get_one(Job, int(location.rpartition("/")[2]))
        assert job.state == "done", job.error
        assert job.result is not None
        assert "file" in job.result, job.result
        return FileStore(app.config["LMS"].data / "files").get(job.result["file"])


def told(path: Path) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True
    ).stdout


def inside(path: Path, folder: Path) -> dict[str, Any]:
    subprocess.run(
        ["pdfdetach", "-saveall", "-o", str(folder), str(path)], capture_output=True, check=True
    )
    found: dict[str, Any] = json.loads((folder / "evidence.json").read_text("utf-8"))
    return found


@pytest.fixture
def paper(app: Flask, browser: Open, grace: Cast, earned: UUID, tmp_path: Path) -> Path:
    """Return the paper as Grace, who administers Amina's region, has it: three actions."""
    here = browser(grace)
    assert "Evidence: how it was earned" in here.get(f"/en/administer/certificates/{earned}").text
    reply = here.post(url(earned), {"key": "one"})
    assert reply.status_code == 303
    path = tmp_path / "evidence.pdf"
    path.write_bytes(made(app, reply.location))
    assert "Fetch the file" in here.get(reply.location).text
    return path


def test_it_says_what_was_read_and_how_it_was_passed(paper: Path) -> None:
    said = told(paper)
    assert "Evidence of a certificate" in said
    assert "Amina" in said
    assert "Final test" in said
    assert "Began by themselves" in said
    assert "SHA-256" in said


def test_its_moments_are_those_of_the_clocks_of_the_country(
    app: Flask, browser: Open, grace: Cast, earned: UUID, tmp_path: Path
) -> None:
    """As the day on the certificate is; the file inside keeps UTC."""
    with app.app_context(), transaction() as session:
        installation.decide(session, {"time_zone": "Asia/Almaty"}, now=clock.now())
    path = tmp_path / "evidence.pdf"
    path.write_bytes(made(app, browser(grace).post(url(earned), {"key": "one"}).location))
    handed_in = moment(inside(path, tmp_path)["attempts"][0]["handed_in"])
    said = " ".join(told(path).split())
    assert f"{handed_in.astimezone(ZoneInfo('Asia/Almaty')):%Y-%m-%d %H:%M}" in said
    assert "Finished (Asia/Almaty)" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_and_its_hour_stand_on_one_line(
    app: Flask, browser: Open, grace: Cast, earned: UUID, tmp_path: Path, language: str
) -> None:
    """Arabic letters are larger, so that its columns are the narrowest."""
    reply = browser(grace).post(url(earned).replace("/en/", f"/{language}/"), {"key": "one"})
    path = tmp_path / "evidence.pdf"
    path.write_bytes(made(app, reply.location))
    found = inside(path, tmp_path)
    moments = len(found["attempts"]) + len(found["lessons"])
    assert len(re.findall(r"\d{4}-\d\d-\d\d[ \u00a0]\d\d:\d\d", told(path))) == moments


def test_it_bears_the_code_of_the_certificate_and_says_what_lies_inside(
    app: Flask,
    browser: Open,
    grace: Cast,
    earned: UUID,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The signed text lies with the holder, not with the frozen facts."""
    drawn: list[Paper] = []
    render = paper_of_tables.render

    def spied(wanted: Paper, site: Installation) -> bytes:
        drawn.append(wanted)
        return render(wanted, site)

    monkeypatch.setattr(paper_of_tables, "render", spied)
    path = tmp_path / "evidence.pdf"
    path.write_bytes(made(app, browser(grace).post(url(earned), {"key": "one"}).location))
    with app.app_context():
        holder = db.session().get_one(CertificateHolder, earned)
        assert holder.payload is not None
        code = qr.svg(qr.text_of(holder.payload)).decode()
    assert [each.proof and each.proof.svg for each in drawn] == [code]
    said = " ".join(told(path).split())
    assert "This code is that of the certificate" in said
    assert "inside this PDF" in said


def test_where_the_name_is_gone_it_still_says_what_lies_inside(
    app: Flask, browser: Open, grace: Cast, earned: UUID, tmp_path: Path
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(CertificateHolder).values(payload=None))
    path = tmp_path / "evidence.pdf"
    path.write_bytes(made(app, browser(grace).post(url(earned), {"key": "one"}).location))
    said = " ".join(told(path).split())
    assert "This code is that of the certificate" not in said
    assert "inside this PDF" in said


def test_the_file_inside_is_signed_and_says_the_same(
    app: Flask, paper: Path, tmp_path: Path
) -> None:
    found = inside(paper, tmp_path)
    said = told(paper)
    assert found["certificate"]["number"] in said
    for attempt in found["attempts"]:
        assert attempt["handed_in"][:16].replace("T", " ") in said
    for lesson in found["lessons"]:
        assert lesson["code"] in said
    checked = app.test_cli_runner().invoke(cli, ["check-file", str(tmp_path / "evidence.json")])
    assert checked.exit_code == 0
    assert "unchanged" in checked.output


def test_a_changed_file_is_told(app: Flask, paper: Path, tmp_path: Path) -> None:
    found = inside(paper, tmp_path)
    found["attempts"][0]["percent"] -= 1
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(found), "utf-8")
    checked = app.test_cli_runner().invoke(cli, ["check-file", str(changed)])
    assert checked.exit_code == 1
    assert "was changed" in checked.output
    (tmp_path / "none.json").write_text("[]", "utf-8")
    none = app.test_cli_runner().invoke(cli, ["check-file", str(tmp_path / "none.json")])
    assert (none.exit_code, "no signed file" in none.output) == (1, True)


def test_the_paper_itself_says_where_its_signed_file_lies(app: Flask, paper: Path) -> None:
    checked = app.test_cli_runner().invoke(cli, ["check-file", str(paper)])
    assert checked.exit_code == 1
    assert f"pdfdetach -saveall {paper}" in checked.output
    # What the page that checks without a network finds it by (lms/certificates/offline/files.js).
    lies = re.search(
        rb" obj\n<</Length (\d+)/Type/EmbeddedFile/Filter/FlateDecode", paper.read_bytes()
    )
    assert lies is not None
    assert int(lies[1]) < 100_000


def test_asked_for_twice_it_is_one_paper(
    app: Flask, browser: Open, grace: Cast, earned: UUID
) -> None:
    here = browser(grace)
    first, second = here.post(url(earned), {"key": "k"}), here.post(url(earned), {"key": "k"})
    assert first.location == second.location
    with app.app_context():
        asked = select(AuditRow.facts).where(AuditRow.action == "certificate.evidence asked")
        number = db.session.get_one(Certificate, earned).number
        # The log names the certificate as people know it, not by its id alone.
        assert [facts["number"] for facts in db.session().scalars(asked)] == [number]


def test_while_the_disk_is_nearly_full_no_paper_is_made(
    app: Flask, browser: Open, grace: Cast, earned: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(files, "disk_usage", lambda _folder: usage(10**10, 10**10, 0))
    here = browser(grace)
    reply = here.post(url(earned), {"key": "one"})
    with pytest.raises(AssertionError, match="so it makes no files at present"):
        made(app, reply.location)


def test_who_has_it(
    app: Flask,
    browser: Open,
    amina: Cast,
    bolat: Cast,
    chipo: Cast,
    omar: Cast,
    dana: Cast,
    earned: UUID,
) -> None:
    for person in (amina, bolat, chipo, omar):
        assert browser(person).post(url(earned), {"key": "k"}).status_code == 404
    assert browser(dana).post(url(earned), {"key": "k"}).status_code == 303


def test_what_there_is_not(browser: Open, grace: Cast, earned: UUID) -> None:
    here = browser(grace)
    assert here.post(url(UUID(int=7)), {"key": "k"}).status_code == 404
    assert here.post(url(earned), {"key": ""}).status_code == 404
    assert here.get(url(earned)).status_code == 405


def test_of_a_restricted_course_there_is_no_such_paper(
    app: Flask, browser: Open, grace: Cast, earned: UUID
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Course).values(access="restricted"))
    page = browser(grace).get(f"/en/administer/certificates/{earned}")
    assert "Evidence: how it was earned" not in page.text
    assert browser(grace).post(url(earned), {"key": "k"}).status_code == 404
