"""GET /<language>/administer/audit, and what its buttons ask for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from lms.accounts.models import Grant, Posting
from lms.admin.trail import steps
from lms.audit import actions, chain, heads
from lms.audit.models import AuditRow
from lms.db import reading, transaction
from lms.extensions import db
from lms.jobs.models import Job
from lms.jobs.running import run_due
from lms.kernel import clock
from tests.browser import Browser
from tests.people import Cast, Places, add_person

Open = Callable[[Cast | None], Browser]
URL = "/en/administer/audit"
# An inspector's view is written into the log before it is shown.
LOGGED = 9


def office(app: Flask, places: Places, role: str = "administrator", at: str = "country") -> Cast:
    with app.app_context(), transaction() as session:
        place = getattr(places, at)
        return add_person(session, "Dana Office", f"HQ-{role}-{at}", place, roles=((role, place),))


def write(
    app: Flask,
    actor: Cast | None,
    action: str,
    subject: object,
    facts: dict[str, object] | None = None,
    days_ago: int = 0,
) -> None:
    with app.app_context(), transaction() as session:
        actions.append(
            session,
            actor.id if actor else None,
            action,
            str(subject),
            facts,
            now=clock.now() - timedelta(days=days_ago),
        )


@pytest.fixture
def dana(app: Flask, places: Places) -> Cast:
    return office(app, places)


def test_the_office_reads_who_did_what_in_words(
    app: Flask, browser: Open, dana: Cast, amina: Cast, grace: Cast
) -> None:
    write(app, grace, "person.reset", amina.id)
    page = browser(dana).get(URL).text
    assert "New one-time code for a person" in page
    assert "Grace Nakato" in page
    assert "Amina Ben Salah" in page
    assert "N-1001" in page


def test_nobody_else_opens_it(
    browser: Open, amina: Cast, bolat: Cast, grace: Cast, app: Flask, places: Places
) -> None:
    for person in (amina, bolat, grace, office(app, places, "observer")):
        assert browser(person).get(URL).status_code == 404


def test_an_inspector_of_the_country_reads_everything_and_is_logged(
    app: Flask, browser: Open, places: Places, amina: Cast
) -> None:
    write(app, amina, "sign-in.done", amina.id)
    ira = office(app, places, "inspector")
    assert "Amina Ben Salah" in browser(ira).get(URL, most_queries=LOGGED).text
    with app.app_context():
        row = reading().scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert row is not None
        assert (row.action, row.subject, row.actor_id) == ("inspector.viewed", "audit", ira.id)


def test_an_inspector_of_one_region_reads_about_one_person_of_it_alone(
    app: Flask, browser: Open, places: Places, amina: Cast, daniel: Cast
) -> None:
    write(app, amina, "sign-in.done", amina.id)
    write(app, daniel, "name.confirmed", daniel.id)
    ira = office(app, places, "inspector", "north")
    here = browser(ira)
    empty = here.get(URL, most_queries=LOGGED).text
    assert "Amina" not in empty
    assert "Type the service number" in empty
    about = here.get(f"{URL}?text=N-1001", most_queries=LOGGED).text
    assert "Amina Ben Salah" in about
    stranger = here.get(f"{URL}?text=S-2001", most_queries=LOGGED).text
    assert "Nobody whom you look after" in stranger
    assert "Name confirmed" not in re.sub("(?s)<select.*?</select>", "", stranger)
    assert str(daniel.id) not in stranger


@pytest.mark.parametrize("until", ["", "1850-01-01", "0001-01-01", "8999-12-31", "9999-12-31"])
def test_an_inspector_reads_nothing_of_the_time_after_somebody_left(
    app: Flask, browser: Open, places: Places, amina: Cast, until: str
) -> None:
    """Whatever day they type: a far one is no way around the day on which Amina left."""
    left = clock.now().date() - timedelta(days=9)
    write(app, amina, "sign-in.done", amina.id, days_ago=20)
    write(app, amina, "name.confirmed", amina.id, days_ago=2)
    with app.app_context(), transaction() as session:
        session.execute(
            update(Posting)
            .where(Posting.person_id == amina.id)
            .values(starts_on=left - timedelta(days=90), ends_on=left)
        )
    ira = office(app, places, "inspector", "north")
    page = browser(ira).get(f"{URL}?text=N-1001&until={until}", most_queries=LOGGED).text
    said = re.sub("(?s)<select.*?</select>", "", page)
    assert "Name confirmed" not in said
    assert ("Sign-in" in said) == (until[:2] not in {"18", "00"})


def test_a_name_is_shown_only_of_people_whom_the_viewer_looks_after(
    app: Flask, browser: Open, places: Places, amina: Cast, daniel: Cast
) -> None:
    write(app, daniel, "person.reset", amina.id)
    ira = office(app, places, "inspector", "north")
    page = browser(ira).get(f"{URL}?text=N-1001", most_queries=LOGGED).text
    assert "Daniel" not in page
    assert str(daniel.id) in page


def test_it_is_searched_by_action_subject_and_days(
    app: Flask, browser: Open, dana: Cast, amina: Cast
) -> None:
    write(app, None, "certificate.withdrawn", "aaa-1", days_ago=10)
    write(app, amina, "sign-in.done", amina.id, days_ago=5)
    here = browser(dana)

    def rows(query: str) -> int:
        return here.get(f"{URL}?{query}").text.count('<th scope="row"')

    today = clock.now().date()
    assert rows("action=certificate.withdrawn") == 1
    assert rows("subject=aaa-1") == 1
    assert rows("subject=aaa") == 0
    assert rows(f"since={today - timedelta(days=6)}") == 1
    assert rows(f"until={today - timedelta(days=7)}") == 1
    assert rows(f"since={today - timedelta(days=10)}&until={today - timedelta(days=5)}") == 2
    assert rows("text=n 1001") == 1
    assert "Write a day like" in here.get(f"{URL}?since=yesterday").text
    assert rows("since=9999-12-31") == rows("until=1850-01-01") == rows("until=0001-01-01") == 0
    assert rows("subject=aaa-1&since=1850-01-01&until=9999-12-31") == 1
    sent = here.post(f"{URL}/export", {"key": "k", "since": "yesterday"})
    assert sent.location == f"{URL}?since=yesterday"
    for hostile in ({"key": "k\0"}, {"key": "k", "subject": "\0"}):
        assert here.post(f"{URL}/export", hostile).status_code == 404


def test_place_and_certificate_are_found_by_what_people_know(
    app: Flask, browser: Open, dana: Cast, places: Places
) -> None:
    write(app, dana, "unit.renamed", places.northgate.id)
    assert "Place renamed" in browser(dana).get(f"{URL}?subject=N-01").text.partition("<table")[2]


def test_it_comes_by_25_rows_and_counts_no_more_than_it_lists(
    app: Flask, browser: Open, dana: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.admin.trail.queries.MOST_ROWS", 30)
    for number in range(40):
        write(app, dana, "sign-in.done", number)
    here = browser(dana)
    first = here.get(URL).text
    assert first.count('<th scope="row"') == 25
    assert "No more than 30 rows" in first
    assert here.get(f"{URL}?page=2").text.count('<th scope="row"') == 5
    assert here.get(f"{URL}?page=3").text.count('<th scope="row"') == 0


def test_what_is_confidential_stays_so(
    app: Flask, browser: Open, dana: Cast, places: Places, amina: Cast
) -> None:
    write(app, dana, "person.added", amina.id, {"function": "P3", "unit": "u"})
    write(app, None, "enrolment.made", "e-1", {"person": str(amina.id), "course": "C07"})
    page = browser(dana).get(URL).text
    assert "Security and information" not in page
    assert "C07" not in page
    with app.app_context(), transaction() as session:
        reader = add_person(
            session,
            "Karim",
            "HQ-9",
            places.country,
            roles=(("administrator", places.country), ("confidential-reader", places.country)),
        )
    page = browser(reader).get(URL).text
    assert "Security and information" in page
    assert "C07" in page


def job_of(reply_location: str) -> int:
    return int(reply_location.rpartition("/")[2])


def result(app: Flask, job: int) -> dict[str, object]:
    with app.app_context():
        run_due(reading, transaction, app.config["JOB_STEPS"](), "test", clock.now)
    with app.app_context():
        found = db.session().get_one(Job, job)
        assert found.state == "done", found.error
        return dict(found.result or {})


def test_the_file_has_the_rows_of_the_search_without_names_and_is_logged(
    app: Flask, browser: Open, dana: Cast, amina: Cast
) -> None:
    write(app, amina, "sign-in.done", amina.id)
    write(app, dana, "unit.renamed", "=cmd")
    here = browser(dana)
    data = {"key": "k1", "text": "N-1001"}
    reply = here.post(f"{URL}/export", data)
    assert reply.status_code == 303
    assert here.post(f"{URL}/export", data).location == reply.location
    made = result(app, job_of(reply.location))
    text = here.get(f"{reply.location}/file").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert [row[3] for row in rows[5:]] == ["sign-in.done"]
    assert "Amina" not in text
    assert "N-1001" not in text
    assert made["bytes"] == len(text.encode())
    with app.app_context():
        logged = select(func.count()).where(AuditRow.action == "audit.export asked")
        assert reading().scalar(logged) == 1


def test_a_file_says_where_the_log_has_more_rows(
    app: Flask, browser: Open, dana: Cast, amina: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        write(app, amina, "sign-in.done", amina.id)
    here = browser(dana)
    for most, last in ((2, "No more than 2 rows"), (3, "Sign-in")):
        monkeypatch.setattr(steps, "MOST_EXPORTED", most)
        reply = here.post(f"{URL}/export", {"key": f"k{most}", "text": "N-1001"})
        result(app, job_of(reply.location))
        rows = here.get(f"{reply.location}/file").get_data(as_text=True).splitlines()[5:]
        assert len(rows) == 3
        assert last in rows[-1]


def test_whoever_lost_the_office_meanwhile_gets_a_sentence_and_no_file(
    app: Flask, browser: Open, dana: Cast
) -> None:
    here = browser(dana)
    reply = here.post(f"{URL}/export", {"key": "k"})
    with app.app_context(), transaction() as session:
        session.execute(delete(Grant).where(Grant.person_id == dana.id))
    assert set(result(app, job_of(reply.location))) == {"said"}
    folder = app.config["LMS"].data / "files"
    assert [path for path in folder.glob("*") if path.is_file()] == []


def test_the_chain_is_checked_by_a_button_and_the_page_says_how_it_is(
    app: Flask, browser: Open, dana: Cast, amina: Cast
) -> None:
    write(app, amina, "sign-in.done", amina.id)
    here = browser(dana)
    assert "Nobody has looked yet" in here.get(URL).text
    reply = here.post(f"{URL}/check", {"key": "k1"})
    assert "The log is whole" in str(result(app, job_of(reply.location))["said"])
    assert "The log is whole" in here.get(URL).text
    # Whoever reads another language than whoever asked reads the same in theirs.
    assert "Журнал цел" in here.get(f"/ru/administer/jobs/{job_of(reply.location)}").text
    folder = Path(app.config["LMS"].data)
    assert heads.known(folder)[-1].row == 1

    with app.app_context(), transaction() as session:
        session.execute(update(AuditRow).where(AuditRow.id == 1).values(subject="z"))
    reply = here.post(f"{URL}/check", {"key": "k2"})
    assert "row 1 does not fit" in str(result(app, job_of(reply.location))["said"])
    assert "The log was changed" in here.get(URL).text


def test_only_the_office_asks_for_files_and_looks(
    app: Flask, browser: Open, grace: Cast, places: Places
) -> None:
    for person in (grace, office(app, places, "inspector")):
        for what in ("export", "check"):
            assert browser(person).post(f"{URL}/{what}", {"key": "k"}).status_code == 404


def test_a_check_in_parts_finds_the_same(
    app: Flask, browser: Open, dana: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.admin.trail.steps.AT_ONCE", 2)
    for number in range(5):
        write(app, dana, "sign-in.done", number)
    with app.app_context():
        end = chain.head(reading())
        folder = Path(app.config["LMS"].data)
        heads.keep(folder, 3, b"\1" * 32, now=clock.now())
    reply = browser(dana).post(f"{URL}/check", {"key": "k1"})
    said = str(result(app, job_of(reply.location))["said"])
    assert "set back to an older state: row 3" in said
    assert f"It has {end.row} good rows" in said


@pytest.mark.parametrize("language", ["fr", "ar", "ru", "kk"])
def test_it_speaks(browser: Open, dana: Cast, language: str) -> None:
    assert browser(dana).get(f"/{language}/administer/audit").status_code == 200
