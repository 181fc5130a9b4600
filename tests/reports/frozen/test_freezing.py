"""/<language>/reports/frozen: figures of a quarter that are fixed for good, and corrected"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import installation
from lms.accounts.models import SignIn
from lms.audit.models import AuditRow
from lms.db import reading, transaction
from lms.extensions import db
from lms.files import FileStore
from lms.jobs.models import Job
from lms.kernel import clock
from lms.kernel.ids import new_id
from lms.reports.frozen import views
from lms.reports.frozen.models import FrozenQuarter
from lms.reports.quarters import Quarter
from tests.people import Cast, Places, add_person
from tests.reports.conftest import Open
from tests.reports.frozen.freezing import (
    NEW,
    URL,
    document,
    freeze,
    in_file,
    rows,
    sent,
    shown,
    stored,
    work_off,
)
from tests.reports.moments import before
from tests.reports.same import Reports
from tests.reports.steering.learning import GROUPS, LAST, enrolment, printed, text_of


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
    assert 'href="/verify/offline"' in after_page  # where anybody checks the file
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


def test_the_sheet_says_that_its_quarter_is_frozen_and_offers_the_correction(
    app: Flask, browser: Open, dana: Cast, omar: Cast, learned: None, places: Places
) -> None:
    sheet = f"/en/reports/steering?quarter={LAST.code}"
    offer = "Freeze this quarter"
    assert offer in browser(dana).get(sheet).text
    assert offer not in browser(omar).get(sheet).text
    freeze(app, browser(dana))
    [row] = rows(app)
    correction = f'href="{URL}/{row.id}/correction"'
    for person in (dana, omar):
        page = browser(person).get(sheet, most_queries=6).text
        assert "This quarter is frozen: number 1, " in page
        assert f'href="{URL}/{row.id}">Open the frozen figures' in page
        assert "The figures of today, below, are the same." in page
        assert offer not in page
        assert correction not in page
    with app.app_context(), transaction() as session:
        for number in range(6):
            late = add_person(session, "Late", f"L-{number}", places.northgate)
            session.add(enrolment(late, before(1)))
    for person in (dana, omar):
        page = browser(person).get(sheet).text
        assert "The figures of today, below, are others." in page
        assert (correction in page) is (person is dana)


def test_a_sheet_is_shown_also_where_the_frozen_file_is_damaged(
    app: Flask, browser: Open, dana: Cast, frozen: FrozenQuarter
) -> None:
    path = FileStore(app.config["LMS"].data / "files").path(frozen.file)
    path.chmod(0o600)
    path.write_bytes(b"{}")
    page = browser(dana).get(f"/en/reports/steering?quarter={LAST.code}").text
    assert "This quarter is frozen: number 1, " in page
    assert "The figures of today" not in page


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
        actions = list(
            db.session().scalars(
                select(AuditRow.action).where(AuditRow.action.startswith("quarter."))
            )
        )
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
        Quarter.of(clock.now().date()).code,
        "2026-Q5",
        "x",
        "",
        "0-Q1",
        "-1-Q1",
        "1-Q1",
        "9999-Q4",
        "99999-Q1",
        "٢٠٢٥-Q1",
    ],
)
def test_only_a_quarter_that_is_over_can_be_frozen(
    browser: Open, dana: Cast, learned: None, quarter: str
) -> None:
    assert browser(dana).get(f"{URL}/new?quarter={quarter}").status_code == 404
    assert browser(dana).get(f"{URL}/new?programme=x&quarter={LAST.code}").status_code == 404


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Q{n} {y}: 1 "), ("fr", "T{n} {y}\u00a0: du 1 "), ("ar", "الربع {n}، {y}: من 1 ")],
)
def test_the_days_of_the_quarter_are_a_sentence_of_the_language(
    browser: Open, dana: Cast, learned: None, language: str, sentence: str
) -> None:
    page = browser(dana).get(NEW.replace("/en/", f"/{language}/")).text
    assert sentence.format(n=LAST.number, y=LAST.year) in page


def test_who_may_freeze_and_who_may_read(
    app: Flask,
    browser: Open,
    dana: Cast,
    omar: Cast,
    grace: Cast,
    amina: Cast,
    bolat: Cast,
    learned: None,
) -> None:
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


def test_a_station_freezes_nothing(app: Flask, browser: Open, dana: Cast, learned: None) -> None:
    with app.app_context(), transaction() as session:
        installation.decide(session, {"issues": False}, now=clock.now())
    here = browser(dana)
    assert "Freeze this quarter" not in here.get(f"/en/reports/steering?quarter={LAST.code}").text
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


def test_where_nothing_is_frozen_it_says_so(browser: Open, dana: Cast, omar: Cast) -> None:
    """And who may freeze: an observer is not sent to do it."""
    for person, said in ((dana, "To freeze another quarter"), (omar, "An administrator of the")):
        page = browser(person).get(URL).text
        assert "Nothing is frozen yet." in page
        assert said in page
    assert "To freeze another quarter" not in page
