"""/<language>/reports/frozen: figures of a quarter that are fixed for good, and corrected"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import installation
from lms.accounts.models import SignIn
from lms.app import cli
from lms.app.jobs import JobSteps
from lms.audit.models import AuditRow
from lms.certificates import work
from lms.certificates.actions import RING
from lms.db import reading, transaction
from lms.extensions import db
from lms.files import FileStore
from lms.jobs.actions import run_due
from lms.jobs.models import Job
from lms.kernel import clock
from lms.kernel.ids import new_id
from lms.reports.frozen import views
from lms.reports.frozen.models import FrozenQuarter
from lms.reports.quarters import Quarter
from lms.signing import keys, signed_json
from tests.browser import Browser
from tests.course import SmallCourse
from tests.people import Cast, Places, add_person
from tests.reports.conftest import Open
from tests.reports.same import Reports, Rows
from tests.reports.test_completions import before
from tests.reports.test_steering import GROUPS, LAST, enrolment, printed, text_of

URL = "/en/reports/frozen"
NEW = f"{URL}/new?programme=&quarter={LAST.code}"


@pytest.fixture(autouse=True)
def right_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the log say that the clock is right: what publishes the course may be dated later."""
    monkeypatch.setattr(views, "clock_is_right", lambda *_: True)


@pytest.fixture
def learned(app: Flask, hygiene: SmallCourse, crowd: list[Cast]) -> None:
    """Nineteen people are enrolled in the quarter before this one; nine have passed."""
    with app.app_context(), transaction() as session:
        for person in crowd[9:]:
            session.add(enrolment(person, before(1)))
    for person in crowd[:9]:
        hygiene.pass_it(person, now=before(1))


def sent(page: str, **more: str) -> dict[str, str]:
    """Return what the form of a page sends."""
    hidden = dict(
        re.findall(r'<input id="\w+" name="(seen|key)" type="hidden" value="([^"]*)"', page)
    )
    assert set(hidden) == {"seen", "key"}, page
    return {**hidden, "first": "en", "second": "ar", **more}


def work_off(app: Flask) -> None:
    """Let the worker do what is due."""
    work.ensure_keys(app.config["LMS"])
    with app.app_context():
        run_due(reading, transaction, JobSteps(), "worker of a test", clock.now)


def freeze(app: Flask, here: Browser, address: str = NEW, **more: str) -> str:
    """Freeze a quarter, or correct a frozen one; return what its job says."""
    page = here.get(address)
    assert page.status_code == 200
    reply = here.post(address, sent(page.text, **more))
    assert reply.status_code == 303, reply.text
    work_off(app)
    with app.app_context():
        job = reading().get_one(Job, int(reply.location.rpartition("/")[2]))
        assert job.state == "done", job.error
        assert job.result is not None
        assert here.get(reply.location).status_code == 200
        return str(job.result["said"])


def rows(app: Flask) -> list[FrozenQuarter]:
    with app.app_context():
        return list(reading().scalars(select(FrozenQuarter).order_by(FrozenQuarter.number)))


def stored(app: Flask, digest: str) -> bytes:
    return FileStore(app.config["LMS"].data / "files").get(digest)


def document(app: Flask, row: FrozenQuarter) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stored(app, row.file))
    return found


def shown(app: Flask, here: Browser, row: FrozenQuarter, name: str) -> Rows:
    return Reports(app, here).shown(f"frozen/{row.id}", name)


def in_file(document: dict[str, Any]) -> list[list[str]]:
    """Return the figures of a file, line by line, as a page shows them."""
    figures = document["figures"]
    lines = [figures["all"], *(each["figures"] for name in GROUPS for each in figures[name])]
    return [["*" if each is None else str(each) for each in line] for line in lines]


def test_sheet_page_file_and_paper_say_the_same(
    app: Flask, browser: Open, dana: Cast, learned: None, tmp_path: Path
) -> None:
    here = browser(dana)
    assert freeze(app, here).startswith("The quarter is frozen.")
    [row] = rows(app)
    said = in_file(document(app, row))
    frozen = [shown(app, here, row, name) for name in GROUPS]
    assert [table[-1][1:] for table in frozen] == [said[0]] * len(GROUPS)
    assert [line[1:] for table in frozen for line in table[:-1]] == said[1:]
    sheet = Reports(app, here)
    assert [sheet.shown("steering", name) for name in GROUPS] == frozen
    paper = text_of(stored(app, row.pdf), tmp_path)
    assert printed(paper) == said
    assert row.file in paper
    assert paper.count("\f") == 1
    assert said[0] == ["19", "10", "0", "9", "9", "0", "0"]


def test_what_comes_later_changes_nothing(
    app: Flask, browser: Open, dana: Cast, learned: None, places: Places
) -> None:
    here = browser(dana)
    freeze(app, here)
    [row] = rows(app)
    earlier = [shown(app, here, row, name) for name in GROUPS]
    with app.app_context(), transaction() as session:
        for number in range(7):
            late = add_person(session, "Late", f"L-{number}", places.southfield)
            session.add(enrolment(late, before(1)))
        places.south.names = {"en": "Far South"}
        session.merge(places.south)
    assert [shown(app, here, row, name) for name in GROUPS] == earlier
    assert Reports(app, here).shown("steering", "sex")[-1][1] == "26"
    assert "Far South" not in here.get(f"{URL}/{row.id}").text


def test_a_correction_names_the_one_before_and_the_old_one_stays(
    app: Flask, browser: Open, dana: Cast, learned: None, places: Places, tmp_path: Path
) -> None:
    here = browser(dana)
    freeze(app, here)
    [old] = rows(app)
    was = document(app, old)
    address = f"{URL}/{old.id}/correction"
    assert "there is nothing to correct" in here.get(address).text
    with app.app_context(), transaction() as session:
        for number in range(7):
            late = add_person(session, "Late", f"L-{number}", places.southfield)
            session.add(enrolment(late, before(1)))
    page = here.get(address).text
    assert page.index("What changes") < page.index("What will be fixed")
    assert "All together: as frozen" in page
    assert "All together: today" in page
    refused = here.post(address, sent(page))
    assert refused.status_code == 422
    reason = "Seven people were entered late."
    assert freeze(app, here, address, reason=reason).startswith("The quarter is frozen.")
    old, new = rows(app)
    assert (new.number, new.corrects_id, new.reason) == (2, old.id, reason)
    made = document(app, new)
    assert made["corrects"] == {"sha256": old.file, "reason": reason}
    assert made["figures"]["all"][0] == 26
    assert document(app, old) == was
    before_page, after_page = (here.get(f"{URL}/{each.id}").text for each in (old, new))
    assert "These figures were corrected later." in before_page
    assert f"{URL}/{new.id}" in before_page
    assert reason in before_page
    assert new.file in before_page
    assert shown(app, here, old, "sex")[-1][1] == "19"
    assert f"{URL}/{old.id}" in after_page
    assert reason in after_page
    assert "Correct these figures" not in before_page
    assert "Correct these figures" in after_page
    assert reason in text_of(stored(app, new.pdf), tmp_path)
    assert "Corrected later" in here.get(URL).text
    # Who wants to correct the old one once more is led to the newest.
    assert "Correct the newest one" in here.get(address).text


def test_a_frozen_quarter_is_frozen_again_only_as_a_correction(
    app: Flask, browser: Open, dana: Cast, learned: None
) -> None:
    here = browser(dana)
    page = here.get(NEW).text
    freeze(app, here)
    [row] = rows(app)
    refused = here.get(NEW).text
    assert "This quarter is frozen already." in refused
    assert f'href="{URL}/{row.id}">Open the frozen quarter' in refused
    again = here.post(NEW, sent(page, key=str(new_id())))
    assert again.status_code == 409
    assert "This quarter is frozen already." in again.text
    assert len(rows(app)) == 1


def test_sent_twice_it_is_frozen_once(app: Flask, browser: Open, dana: Cast, learned: None) -> None:
    here = browser(dana)
    form = sent(here.get(NEW).text)
    first, second = here.post(NEW, form), here.post(NEW, form)
    assert first.location == second.location
    work_off(app)
    assert here.post(NEW, form).location == first.location
    other = here.post(NEW, {**form, "key": str(new_id())})
    assert other.status_code == 409
    work_off(app)
    assert len(rows(app)) == 1
    with app.app_context():
        actions = list(db.session().scalars(
            select(AuditRow.action).where(AuditRow.action.startswith("quarter."))
        ))  # fmt: skip
    assert actions == ["quarter.freeze asked", "quarter.frozen"]


def test_two_who_freeze_at_once_freeze_once(
    app: Flask, browser: Open, dana: Cast, learned: None
) -> None:
    here = browser(dana)
    form = sent(here.get(NEW).text)
    assert here.post(NEW, form).status_code == 303
    reply = here.post(NEW, {**form, "key": str(new_id())})
    assert reply.status_code == 303
    work_off(app)
    assert len(rows(app)) == 1
    with app.app_context():
        job = reading().get_one(Job, int(reply.location.rpartition("/")[2]))
        assert job.result is not None
        assert "frozen already" in job.result["said"]


def test_figures_that_changed_since_they_were_looked_at_are_not_frozen(
    app: Flask, browser: Open, dana: Cast, learned: None, places: Places
) -> None:
    here = browser(dana)
    page = here.get(NEW).text
    with app.app_context(), transaction() as session:
        session.add(enrolment(add_person(session, "Late", "L-1", places.northgate), before(1)))
    reply = here.post(NEW, sent(page))
    work_off(app)
    assert rows(app) == []
    assert "the figures have changed" in here.get(reply.location).text


@pytest.mark.parametrize(
    "quarter",
    [
        Quarter.of(clock.now().date()).code, "2026-Q5", "x", "", "0-Q1", "-1-Q1", "1-Q1", "9999-Q4",
        "99999-Q1", "٢٠٢٥-Q1",
    ],
)  # fmt: skip
def test_only_a_quarter_that_is_over_can_be_frozen(
    browser: Open, dana: Cast, learned: None, quarter: str
) -> None:
    assert browser(dana).get(f"{URL}/new?quarter={quarter}").status_code == 404
    assert browser(dana).get(f"{URL}/new?programme=x&quarter={LAST.code}").status_code == 404


def test_who_may_freeze_and_who_may_read(
    app: Flask, browser: Open, dana: Cast, omar: Cast, grace: Cast, amina: Cast, bolat: Cast,
    learned: None,
) -> None:  # fmt: skip
    freeze(app, browser(dana))
    [row] = rows(app)
    pages = (URL, f"{URL}/{row.id}", f"{URL}/{row.id}/file", f"{URL}/{row.id}/paper")
    for page in pages:
        assert browser(omar).get(page).status_code == 200
        for person in (grace, amina, bolat):
            assert browser(person).get(page).status_code == 404
    for page in (NEW, f"{URL}/{row.id}/correction"):
        for person in (omar, grace, amina, bolat):
            assert browser(person).get(page).status_code == 404
            assert browser(person).post(page, {"key": "x"}).status_code == 404
    assert browser(dana).get(f"{URL}/{new_id()}").status_code == 404
    assert URL in browser(omar).get("/en/reports").text
    assert URL not in browser(grace).get("/en/reports").text
    # An observer reads figures and no name.
    assert "Dana" in browser(dana).get(f"{URL}/{row.id}").text
    assert "Dana" not in browser(omar).get(f"{URL}/{row.id}").text


def test_the_second_factor_is_asked_again(
    app: Flask, browser: Open, dana: Cast, learned: None
) -> None:
    with app.app_context(), transaction() as session:
        row = session.scalars(select(SignIn).where(SignIn.person_id == dana.id)).one()
        row.second_factor_at = clock.now() - timedelta(minutes=30)
    reply = browser(dana).get(NEW)
    assert reply.status_code == 303
    assert "next=" in reply.location


def test_whoever_lost_the_office_meanwhile_freezes_nothing(
    app: Flask, browser: Open, dana: Cast, learned: None
) -> None:
    from lms.accounts.models import Grant

    here = browser(dana)
    reply = here.post(NEW, sent(here.get(NEW).text))
    with app.app_context(), transaction() as session:
        grant = session.scalars(select(Grant).where(Grant.person_id == dana.id)).one()
        grant.ends_on = clock.now().date() - timedelta(days=1)
    work_off(app)
    assert rows(app) == []
    with app.app_context():
        job = reading().get_one(Job, int(reply.location.rpartition("/")[2]))
        assert job.result is not None
        assert "you do not administer the whole country" in job.result["said"]


@pytest.fixture
def frozen(app: Flask, browser: Open, dana: Cast, learned: None) -> FrozenQuarter:
    """Return a frozen quarter."""
    freeze(app, browser(dana))
    return rows(app)[0]


def test_the_file_is_signed_and_named_by_its_digest(
    app: Flask, browser: Open, dana: Cast, frozen: FrozenQuarter
) -> None:
    reply = browser(dana).get(f"{URL}/{frozen.id}/file")
    assert reply.mimetype == "application/json"
    assert sha256(reply.data).hexdigest() == frozen.file
    with app.app_context():
        ring = keys.parse_ring(installation.setting(db.session(), RING))
    known = {key.kid: key.public for key in ring.keys}
    found = json.loads(reply.data)
    assert signed_json.is_sealed(found, known, keys.is_signed_by)
    assert (found["kind"], found["version"], found["quarter"]) == (
        "lms-frozen-quarter", 1, LAST.code,
    )  # fmt: skip
    assert frozen.kid == ring.keys[0].kid.hex()
    assert found["figures"]["region"][0]["names"] == {"en": "North"}


def test_the_command_knows_a_genuine_file(
    app: Flask, frozen: FrozenQuarter, tmp_path: Path
) -> None:
    file, ring = tmp_path / "frozen.json", tmp_path / "keys.json"
    file.write_bytes(stored(app, frozen.file))
    with app.app_context():
        ring.write_text(installation.setting(db.session(), RING))
    runner = app.test_cli_runner()
    for arguments in ([str(file)], [str(file), "--keys", str(ring)]):
        good = runner.invoke(cli, ["report", "verify", *arguments])
        assert good.exit_code == 0, good.output
        assert "The file is genuine" in good.output
        assert frozen.file in good.output
        assert "All together,19,10,0,9,9,0,0" in good.output
    other = runner.invoke(cli, ["check-file", str(file)])
    assert "lms-frozen-quarter: unchanged" in other.output


@pytest.mark.parametrize(
    ("old", "new"),
    [('"quarter": "', '"quarter": "1'), ("19", "91"), ('"kid": "', '"kid": "00'), ("{", "")],
)
def test_the_command_knows_a_file_that_was_changed(
    app: Flask, frozen: FrozenQuarter, tmp_path: Path, old: str, new: str
) -> None:
    file = tmp_path / "frozen.json"
    text = stored(app, frozen.file).decode()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    bad = app.test_cli_runner().invoke(cli, ["report", "verify", str(file)])
    assert bad.exit_code == 1
    assert "genuine" not in bad.output


def test_a_file_that_is_damaged_is_not_shown_as_figures(
    app: Flask, browser: Open, dana: Cast, frozen: FrozenQuarter
) -> None:
    path = FileStore(app.config["LMS"].data / "files").path(frozen.file)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"19", b"91", 1))
    reply = browser(dana).get(f"{URL}/{frozen.id}")
    assert reply.status_code == 409
    assert "missing or damaged" in reply.text


def test_a_station_freezes_nothing(app: Flask, browser: Open, dana: Cast, learned: None) -> None:
    with app.app_context(), transaction() as session:
        installation.decide(session, {"issues": False}, now=clock.now())
    here = browser(dana)
    reply = here.post(NEW, sent(here.get(NEW).text))
    assert reply.status_code == 409
    assert "This server is a station" in reply.text
    with app.app_context():
        assert db.session().scalar(select(func.count()).where(Job.kind == "reports.freeze")) == 0


def test_while_the_clock_is_wrong_nothing_is_frozen(
    app: Flask, browser: Open, dana: Cast, learned: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "clock_is_right", lambda *_: False)
    here = browser(dana)
    reply = here.post(NEW, sent(here.get(NEW).text))
    assert reply.status_code == 409
    assert "The clock of this server is wrong" in reply.text


def test_a_reason_is_shown_as_it_was_typed(
    app: Flask, browser: Open, dana: Cast, frozen: FrozenQuarter, places: Places
) -> None:
    """It is text wherever it is shown, also where it looks like a page."""
    here, canary = browser(dana), "<b>Late</b> & <script>"
    with app.app_context(), transaction() as session:
        for number in range(6):
            late = add_person(session, "Late", f"L-{number}", places.northgate)
            session.add(enrolment(late, before(1)))
    freeze(app, here, f"{URL}/{frozen.id}/correction", reason=canary)
    _, new = rows(app)
    for page in (f"{URL}/{frozen.id}", f"{URL}/{new.id}"):
        text = here.get(page).text
        assert canary not in text
        assert "&lt;b&gt;Late&lt;/b&gt; &amp; &lt;script&gt;" in text


def test_where_nothing_is_frozen_it_says_so(browser: Open, dana: Cast) -> None:
    assert "Nothing is frozen yet." in browser(dana).get(URL).text
