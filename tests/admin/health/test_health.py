"""/<language>/administer/health: every part of the server, what is to be done first"""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import polib
import pytest
from flask import Flask

from lms import installation
from lms.admin.backup_plan import LAST_BACKUP, LAST_COPY
from lms.admin.findings import apart, from_facts, good, to_facts, wrong
from lms.admin.health.steps import STEPS
from lms.admin.night import LAST_CHECK, LAST_DRILL, LAST_LOOK, LOOK
from lms.admin.retention import RUNS
from lms.certificates.actions import RING
from lms.db import reading, transaction
from lms.jobs import running
from lms.jobs.models import Job
from lms.kernel import clock
from lms.kernel.messages import Message, Size
from lms.web.language import CATALOGUES, say
from tests.admin.health.conftest import Open
from tests.people import Cast

URL = "/en/administer/health"


def parts(page: str) -> list[tuple[str, str]]:
    """Return each row of the table: the part and its state."""
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td[^>]*><span class="tag \w+">(.*?)<', page)
    rows = [(part, state.replace("\u00a0", " ")) for part, state in rows]
    return [(str(part), str(state)) for part, state in rows]


def know(app: Flask, **known: Any) -> None:
    with app.app_context(), transaction() as session:
        installation.decide(session, known, now=clock.now())


LANGUAGES = to_facts(good("Languages: %(names)s.", {"names": "x"}))


def all_good(app: Flask) -> None:
    """Let every part of the server be good, as after a night."""
    at = clock.now().isoformat()
    copy = {"at": at, "path": "/media/stick/x.tar.sealed", "sealed": True}
    know(
        app,
        **{
            LAST_BACKUP: copy,
            LAST_COPY: copy,
            LAST_CHECK: {"at": at, "fault": None},
            LAST_DRILL: {"at": at, "fault": None, "rows": 417},
            RUNS: [{"at": at, "deleted": {"keys": 1}}],
            LAST_LOOK: {"at": at, "found": [LANGUAGES]},
        },
    )


def test_a_server_that_is_good_says_so(app: Flask, browser: Open, halima: Cast) -> None:
    all_good(app)
    page = browser(halima).get(URL).text
    assert "Every part of the server is good." in page
    assert {state for _, state in parts(page)} == {"✓ good"}
    assert "417" in page
    assert "Look at every part again" in page


def test_a_key_that_was_lost_since_the_last_look_is_told_as_above_every_page(
    app: Flask, browser: Open, halima: Cast
) -> None:
    all_good(app)
    found = [to_facts(good("Issuing key: it is there and nobody else can read it."))]
    know(app, **{LAST_LOOK: {"at": clock.now().isoformat(), "found": found}})
    assert ("Issuing key", "✓ good") in parts(browser(halima).get(URL).text)
    know(app, **{RING: "a list of keys"})
    page = browser(halima).get(URL).text
    assert ("Issuing key", "✕ to do") in parts(page)
    assert "lms restore --key FILE" in page


def test_what_is_to_be_done_comes_first_in_words_and_signs(
    app: Flask, browser: Open, halima: Cast
) -> None:
    all_good(app)
    know(app, **{LAST_CHECK: {"at": clock.now().isoformat(), "fault": "unit: 3 of 4"}})
    page = browser(halima).get(URL).text
    assert "What to do first" in page
    assert "<b>Nightly check.</b> On " in page
    assert "(unit: 3 of 4)" in page
    assert parts(page)[0] == ("Nightly check", "✕ to do")


@pytest.mark.parametrize(
    ("part", "room"),
    [("Backup: x", "backups"), ("Work in the background: x", "jobs/all"), ("Identity: x", None)],
)
def test_what_comes_first_leads_to_the_page_on_which_it_is_put_right(
    app: Flask,
    browser: Open,
    halima: Cast,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    room: str | None,
) -> None:
    all_good(app)
    monkeypatch.setattr("lms.admin.running.clock", lambda *_: wrong(part))
    panel = browser(halima).get(URL).text.partition('id="first"')[2].partition("</section>")[0]
    assert re.findall('<a class="btn" href="(.*?)"', panel) == (
        [f"/en/administer/{room}"] if room else []
    )


def test_a_log_that_was_changed_is_to_be_looked_at(app: Flask, browser: Open, halima: Cast) -> None:
    all_good(app)
    assert "Log" not in {part for part, _ in parts(browser(halima).get(URL).text)}
    for is_good, state in ((True, "✓ good"), (False, "✕ to do")):
        at = clock.now().isoformat()
        know(app, last_audit_look={"at": at, "good": is_good, "rows": 9, "said": ["x", {}]})
        page = browser(halima).get(URL).text
        assert ("Log", state) in parts(page)
    assert '<a class="btn" href="/en/administer/audit">Log</a>' in page


def test_a_new_server_says_what_was_not_looked_at(browser: Open, halima: Cast) -> None:
    page = browser(halima).get(URL).text
    assert ("All other parts", "! to know") in parts(page)
    assert ("Backup", "✕ to do") in parts(page)
    assert ("Deletion", "! to know") in parts(page)


def test_the_disk_is_a_bar_and_numbers(
    browser: Open, halima: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = SimpleNamespace(total=20_000_000_000, free=5_000_000_000, used=15_000_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    page = browser(halima).get(URL).text
    assert "75 % are used. Free: 5.0\N{NO-BREAK SPACE}GB of 20.0\N{NO-BREAK SPACE}GB." in page
    assert '<rect width="75" height="12"/>' in page


def test_the_worker_looks_when_it_is_asked_to(app: Flask, browser: Open, halima: Cast) -> None:
    here = browser(halima)
    for _ in range(2):
        assert here.post(f"{URL}/look").location == URL
    waiting = here.get(URL)
    assert "is looking at every part now" in waiting.text
    assert waiting.headers["Refresh"] == "5"
    with app.app_context():
        assert reading().query(Job).filter_by(kind=LOOK).count() == 1
        running.run_due(reading, transaction, STEPS, "worker", clock.now)
    after = here.get(URL)
    assert "Refresh" not in after.headers
    found = {part for part, _ in parts(after.text)}
    assert {"Disk space", "Clock", "Data folder", "Database"} <= found
    assert "were looked at on" in after.text


def test_what_is_cheap_is_as_it_is_now_whatever_the_look_has_found(
    app: Flask, browser: Open, halima: Cast
) -> None:
    all_good(app)
    old = to_facts(
        wrong("Backup: there is none yet. Make one on the page “Backups”, or: lms backup")
    )
    know(app, **{LAST_LOOK: {"at": clock.now().isoformat(), "found": [old]}})
    assert ("Backup", "✓ good") in parts(browser(halima).get(URL).text)


def test_an_old_look_is_to_do(app: Flask, browser: Open, halima: Cast) -> None:
    all_good(app)
    at = (clock.now() - timedelta(days=5)).isoformat()
    know(app, **{LAST_LOOK: {"at": at, "found": []}})
    assert parts(browser(halima).get(URL).text)[0] == ("All other parts", "✕ to do")


@pytest.mark.parametrize("path", [URL, f"{URL}/deletion"])
def test_it_is_for_the_office_alone_and_so_is_its_line_in_the_menu(
    browser: Open, halima: Cast, grace: Cast, bolat: Cast, amina: Cast, path: str
) -> None:
    for person in (grace, bolat, amina):
        here = browser(person)
        assert here.get(path).status_code == 404
        assert here.post(f"{URL}/look").status_code == 404
        assert f'href="{URL}"' not in here.get("/en/home").text
    assert browser(None).get(path).status_code == 401
    assert f'href="{URL}"' in browser(halima).get("/en/administer").text


def test_what_is_deleted_and_what_the_runs_have_deleted(
    app: Flask, browser: Open, halima: Cast
) -> None:
    here = browser(halima)
    assert "It has not run yet." in here.get(f"{URL}/deletion").text
    now = clock.now()
    runs = [
        {"at": (now - timedelta(days=days)).isoformat(), "deleted": {"addresses": count}}
        for days, count in ((3, 40), (4, 2))
    ]
    know(app, **{RUNS: runs})
    page = here.get(f"{URL}/deletion").text
    assert "✕\u00a0to\u00a0do" in page
    row = page[page.index("Network addresses in the log") :]
    assert re.findall(r'class="n"[^>]*>(\d+)<', row)[:2] == ["40", "42"]
    for kept in ("24 months", "30 days", "24 hours", "90 days"):
        assert kept in page


def test_moments_days_and_sizes_of_a_finding_are_kept() -> None:
    values = {"day": clock.now(), "until": clock.now().date(), "free": Size(14_400_000_000)}
    kept = json.loads(json.dumps(to_facts(good("Disk: %(free)s, %(day)s, %(until)s", values))))
    assert from_facts(kept).sentence.values == values


def test_a_finding_is_kept_whole() -> None:
    inner = Message("Set the clock to %(year)s.", {"year": 2026})
    finding = wrong("Clock: %(what)s", {"what": inner})
    assert from_facts(to_facts(finding)) == finding
    assert finding.part == "Clock"
    assert apart(str(finding.sentence)) == ("Clock", "Set the clock to 2026.")


@pytest.mark.parametrize("language", ["fr", "ar", "ru", "kk"])
def test_every_sentence_of_the_doctor_begins_with_its_part_in_every_language(
    language: str,
) -> None:
    files = {
        "lms/admin/doctor.py",
        "lms/admin/running.py",
        "lms/admin/safekeeping.py",
        "lms/admin/storage.py",
        "lms/admin/network.py",
        "lms/admin/retention.py",
        "lms/admin/health/parts.py",
    }
    catalogue = polib.pofile(str(CATALOGUES / language / "LC_MESSAGES" / "messages.po"))
    found: dict[str, set[str]] = {}
    for entry in catalogue:
        part = entry.msgid.partition(":")[0]
        if ": " in entry.msgid and {where for where, _ in entry.occurrences} & files:
            said = apart(entry.msgstr)
            assert all(said), entry.msgid
            found.setdefault(part, set()).add(said[0])
    assert len(found) > 14
    # A part has one name, so that the page and the doctor speak of the same.
    assert [part for part, names in found.items() if len(names) > 1] == []


def test_the_parts_are_named_in_the_language_of_the_page(
    app: Flask, browser: Open, halima: Cast
) -> None:
    all_good(app)
    with app.app_context():
        expected = apart(say(Message("Languages: %(names)s.", {"names": "x"}), "ar"))[0]
    assert expected in [part for part, _ in parts(browser(halima).get(f"/ar{URL[3:]}").text)]
