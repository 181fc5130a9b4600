"""Starting: what is prepared once, what is refused with a sentence, the first-run link."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import select

from lms import installation
from lms.accounts.models import Credential, Grant, Identity, Unit
from lms.admin import cli, schema, start
from lms.admin.night import CHECK, TIDY
from lms.admin.start import StartRefusedError
from lms.app import create_app
from lms.audit.models import AuditRow
from lms.certificates import actions as certificates
from lms.certificates.actions import RING
from lms.certificates.work import office
from lms.db import reading, transaction
from lms.installation import Site
from lms.jobs.models import Job
from lms.kernel import clock
from lms.settings import Settings, read
from tests.admin.conftest import rows, stop
from tests.browser import Browser
from tests.content.small import small

# Both are faults of the program, not of the tests; strict, so that a repair is noticed here.

PASSWORD = "stone lantern river 7"
ANSWERS = {
    "name_en": "Prison Service of Testland", "name_ar": "مصلحة السجون", "country": "tn",
    "administrator": "Grace Nakato", "service_number": "A-1", "password": PASSWORD, "backups": "",
}  # fmt: skip


@pytest.fixture
def course(here: Settings) -> Path:
    """Lay a small course into the folder of courses."""
    folder = here.courses / "small-course"
    for name, data in small().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


@pytest.fixture
def fresh(here: Settings) -> Iterator[Flask]:
    """Return an application whose data folder is empty."""
    app = create_app(here)
    yield app
    stop(app)


@pytest.fixture
def prepare(fresh: Flask) -> Callable[[], Result]:
    """Return a way to run ``lms prepare``."""
    info = ScriptInfo(create_app=lambda: fresh, set_debug_flag=False)
    return lambda: CliRunner().invoke(cli.prepare, obj=info)


@pytest.fixture
def link(fresh: Flask, prepare: Any) -> str:
    """Return the path of the first-run link of a prepared server."""
    assert prepare().exit_code == 0
    with fresh.app_context():
        return f"/first-run/{start.first_run_code(transaction, now=clock.now())}"


def needs(app: Flask, here: Settings) -> bool:
    with app.app_context():
        return start.look(here).needs_preparing


def test_the_second_start_does_no_work_twice(
    fresh: Flask, here: Settings, prepare: Any, course: Path
) -> None:
    assert needs(fresh, here)
    first = prepare()
    assert first.exit_code == 0, first.output
    assert "small-course: published 1.0" in first.output
    assert not needs(fresh, here)
    with fresh.app_context():
        code = start.first_run_code(transaction, now=clock.now())
    before = rows(here.data / "lms.sqlite")
    files = {path: path.stat().st_mtime_ns for path in (here.data / "files").rglob("*")}

    second = prepare()

    assert second.exit_code == 0, second.output
    assert "published" not in second.output
    assert rows(here.data / "lms.sqlite") == before
    assert {path: path.stat().st_mtime_ns for path in (here.data / "files").rglob("*")} == files
    assert not list(here.data.glob("backups/*"))
    with fresh.app_context():
        assert start.first_run_code(transaction, now=clock.now()) == code


def test_a_changed_course_is_looked_at_once(
    fresh: Flask, here: Settings, prepare: Any, course: Path
) -> None:
    assert prepare().exit_code == 0
    text = course / "course.toml"
    text.write_text(text.read_text("utf-8") + "\n# another word\n", "utf-8")
    assert needs(fresh, here)
    offered = prepare()
    assert offered.exit_code == 0, offered.output
    assert not needs(fresh, here)


def test_a_look_writes_nothing(fresh: Flask, here: Settings, prepare: Any) -> None:
    assert prepare().exit_code == 0
    before = rows(here.data / "lms.sqlite")
    assert not needs(fresh, here)
    assert rows(here.data / "lms.sqlite") == before


@pytest.mark.parametrize("mode", [0o700, 0o750, 0o2770])
def test_two_accounts_of_one_group_share_what_the_first_has_made(
    here: Settings, course: Path, mode: int
) -> None:
    here.data.chmod(mode)
    former = os.umask(0o007)
    try:
        app = create_app(here)
        made = CliRunner().invoke(cli.prepare, obj=ScriptInfo(create_app=lambda: app))
    finally:
        os.umask(former)
    assert made.exit_code == 0, made.output
    wanted = 0o060 if mode == 0o2770 else 0
    assert (here.data / "secret.key").stat().st_mode & 0o077 == wanted
    if wanted:
        for path in here.data.glob("lms.sqlite*"):
            assert path.stat().st_mode & 0o077 == wanted, path
    stop(app)


@pytest.mark.parametrize("file", ["another server", "none"])
def test_a_database_of_another_server_is_refused(
    fresh: Flask, here: Settings, prepare: Any, file: str
) -> None:
    assert prepare().exit_code == 0
    path = here.data / "site.id"
    if file == "none":
        path.unlink()
    else:
        path.write_text("00000000-0000-7000-8000-000000000000\n", "ascii")

    said = r"belongs to another server.*lms site replace.*lms site new"
    with pytest.raises(StartRefusedError, match=said):
        needs(fresh, here)
    again = prepare()
    assert again.exit_code == 1
    assert re.search(said, again.output)


@pytest.mark.parametrize("command", [cli.replace_site, cli.new_site])
def test_after_either_answer_the_server_starts(
    fresh: Flask, here: Settings, prepare: Any, command: Any
) -> None:
    assert prepare().exit_code == 0
    with fresh.app_context():
        before = reading().scalar(select(installation.Site.id))
        reading().close()
    (here.data / "site.id").unlink()
    info = ScriptInfo(create_app=lambda: fresh, set_debug_flag=False)

    assert CliRunner().invoke(command, obj=info).exit_code == 0

    assert not needs(fresh, here)
    with fresh.app_context():
        now = reading().scalar(select(installation.Site.id))
    assert (now == before) is (command is cli.replace_site)


@pytest.mark.parametrize(("answer", "exit_code"), [("y", 0), ("n", 1)])
def test_a_clock_is_right_when_somebody_who_looked_says_so(
    fresh: Flask, prepare: Any, answer: str, exit_code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prepare().exit_code == 0
    info = ScriptInfo(create_app=lambda: fresh, set_debug_flag=False)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 1, 21, 30, tzinfo=UTC))
    with fresh.app_context(), transaction() as session:
        installation.decide(session, {"time_zone": "Africa/Kampala"}, now=clock.now())

    done = CliRunner().invoke(cli.confirm_clock, obj=info, input=answer)

    assert done.exit_code == exit_code
    assert "It is 2026-12-02 00:30 (21:30 UTC)." in done.output, "as on the clerk's own watch"
    with fresh.app_context():
        known = [row.action for row in reading().query(AuditRow)]
        planned = reading().scalars(select(Job.due_at).where(Job.kind == TIDY)).all()
    assert ("clock.confirmed" in known) is (exit_code == 0)
    assert planned == ([clock.now()] if exit_code == 0 else [])


def test_a_clock_before_the_program_was_made_is_not_right(
    fresh: Flask, prepare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prepare().exit_code == 0
    monkeypatch.setattr(clock, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    info = ScriptInfo(create_app=lambda: fresh, set_debug_flag=False)
    assert CliRunner().invoke(cli.confirm_clock, obj=info, input="y").exit_code == 1


def test_a_newer_schema_is_refused(
    fresh: Flask, here: Settings, prepare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prepare().exit_code == 0
    before = rows(here.data / "lms.sqlite")
    monkeypatch.setattr(schema, "wanted_revision", lambda: "0000")

    with pytest.raises(StartRefusedError, match=r"newer version.*nothing was changed"):
        needs(fresh, here)
    assert prepare().exit_code == 1
    assert rows(here.data / "lms.sqlite") == before


def test_an_upgrade_begins_with_a_backup(
    fresh: Flask, here: Settings, prepare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prepare().exit_code == 0
    monkeypatch.setattr(schema, "wanted_revision", lambda: "0099")
    upgraded: list[list[str]] = []

    def upgrade(_url: str) -> None:
        upgraded.append([path.name for path in (here.data / "backups").iterdir()])

    monkeypatch.setattr(schema, "upgrade", upgrade)
    done = prepare()

    assert done.exit_code == 0, done.output
    assert "as it was before the upgrade: " in done.output
    assert [name[:15] for (name,) in upgraded] == ["before-upgrade-"]


def test_a_lost_key_is_not_made_anew(fresh: Flask, here: Settings, prepare: Any) -> None:
    assert prepare().exit_code == 0
    with fresh.app_context(), transaction() as session:
        site = installation.read(session)
        certificates.keep_ring(session, site, office(here).signer, now=clock.now())
    here.issuing_key.unlink()

    assert not needs(fresh, here)
    assert prepare().exit_code == 0
    assert not here.issuing_key.exists()


def test_an_account_that_may_not_look_at_the_key_starts_and_makes_none(
    fresh: Flask, here: Settings, prepare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The web server of ``deploy/``: the folder of keys is the worker's alone."""
    assert prepare().exit_code == 0
    exists = Path.exists

    def closed(path: Path) -> bool:
        if path == here.issuing_key:
            raise PermissionError(13, "Permission denied", str(path))
        return exists(path)

    monkeypatch.setattr(Path, "exists", closed)
    assert not needs(fresh, here)


def test_a_data_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_bytes(b"")
    for folder in (taken, taken / "data"):
        with pytest.raises(StartRefusedError, match=r"cannot be written: .*LMS_DATA"):
            start.require_folder(folder)


@pytest.fixture
def port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture
def environment(tmp_path: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return kept | {
        "LMS_DATA": str(tmp_path / "data"),
        "LMS_COURSES": str(tmp_path),
        "PORT": str(port),
        "TRUSTED_HOSTS": "learn.test",
    }


LONGEST = 180  # seconds that a start or a stop may take on a busy machine
SERVE = [sys.executable, "-m", "lms.app", "serve"]


@contextmanager
def serving(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a server, wait until it serves, and stop it as systemd does."""
    with log.open("wb") as output:
        process = subprocess.Popen(SERVE, env=environment, stdout=output, stderr=output)
    try:
        until = time.monotonic() + LONGEST
        while "Serving at" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, f"it does not serve:\n{log.read_text()}"
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=LONGEST)


def test_starting_twice_gives_one_server(
    tmp_path: Path, port: int, environment: dict[str, str]
) -> None:
    log = tmp_path / "log"
    with serving(environment, log):
        second = subprocess.run(
            SERVE, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
        )
        assert second.returncode == 0
        assert second.stdout == f"The server is already running at http://127.0.0.1:{port}\n"
        # The link names a host that this server answers to.
        printed = re.findall(r"First run: (\S+)/first-run/\w{16}", log.read_text())
        assert printed == [f"http://learn.test:{port}"]
        elsewhere = subprocess.run(
            SERVE,
            env=environment | {"LMS_DATA": str(tmp_path / "other")},
            text=True,
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
        assert elsewhere.returncode == 1
        assert "serves another data folder" in elsewhere.stderr
        assert f"PORT={port + 1}" in elsewhere.stderr
        assert not (tmp_path / "other").exists()


def test_only_a_start_after_a_kill_asks_for_a_look_at_the_database(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    environment["WORKER"] = "no"
    settings = read(environment)
    log = tmp_path / "log"
    with serving(environment, log):
        pass
    assert not start.was_cut_off(settings)

    with serving(environment, log) as process:
        written = sqlite3.connect(settings.data / "lms.sqlite", isolation_level=None)
        written.execute("UPDATE site SET seq = seq + 1")
        process.kill()
        process.wait()
    assert start.was_cut_off(settings)
    written.close()
    (settings.data / "lms.sqlite-wal").write_bytes(b"as a power cut leaves it")

    with serving(environment, log):
        pass
    asked = [row for row in rows(settings.data / "lms.sqlite")["job"] if CHECK in row]
    assert len(asked) == 1
    assert not start.was_cut_off(settings)


def test_the_first_run_link_works_once(fresh: Flask, link: str) -> None:
    browser = Browser(fresh)
    page = browser.get(link)
    assert page.status_code == 200
    assert page.text.count("<h2>") == 5
    assert page.text.count("(not required)") == 6  # one name of the five is enough; the folder

    reply = browser.post(link, ANSWERS)
    assert (reply.status_code, reply.location) == (303, "/en/administer")
    # Whoever signs in there goes on with the first steps of the server.
    shown = browser.get("/en/administer")
    assert shown.status_code == 401
    assert "The server is set up." in shown.text
    assert 'value="/en/administer"' in shown.text

    assert browser.get(link).status_code == 404
    assert browser.post(link, {**ANSWERS, "service_number": "A-2"}).status_code == 404
    with fresh.app_context():
        session = reading()
        assert start.first_run_code(transaction, now=clock.now()) is None
        assert session.scalars(select(Identity.service_number)).all() == ["A-1"]
        assert session.scalars(select(Grant.role)).all() == ["administrator"]
        assert [unit.names for unit in session.scalars(select(Unit))] == [
            {"en": ANSWERS["name_en"], "ar": ANSWERS["name_ar"]}
        ]
        decided = installation.read(session)
        assert (decided.country, decided.languages) == ("tn", ("ar", "fr", "en"))
        assert session.scalars(select(Credential.code_hash)).all() == [None]
        assert "courses.publish" in session.scalars(select(Job.kind)).all()
    reply = browser.post("/en/sign-in", {"service_number": "a1", "password": PASSWORD})
    assert reply.status_code == 303
    assert "sid=" in reply.headers["Set-Cookie"]


def test_a_wrong_link_opens_nothing(fresh: Flask, link: str) -> None:
    for path in (link[:-1], link + "X", "/first-run/x", link.lower()):
        assert Browser(fresh).get(path).status_code == 404


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("country", ""),
        ("country", "atlantis"),
        pytest.param("name_en", "x" * 101),
        ("administrator", ""),
        pytest.param("administrator", "x" * 101),
        ("administrator", "a\u202eb"),
        ("service_number", ""),
        ("service_number", "---"),
        pytest.param("service_number", "9" * 100),
        ("password", ""),
        ("password", "short"),
        ("password", "password123"),
        ("password", "Grace Nakato"),
        pytest.param("backups", "x" * 301),
    ],
)
def test_each_bad_field_is_named_and_nothing_is_kept(
    fresh: Flask, here: Settings, link: str, field: str, typed: str
) -> None:
    before = rows(here.data / "lms.sqlite")
    browser = Browser(fresh)

    reply = browser.post(link, {**ANSWERS, field: typed})

    assert reply.status_code == 422
    (control,) = re.findall(rf'<(?:input|select)[^>]*name="{field}"[^>]*>', reply.text)
    assert 'aria-invalid="true"' in control
    assert ANSWERS["name_ar"] in reply.text  # what was typed is still there
    assert PASSWORD not in reply.text
    assert rows(here.data / "lms.sqlite") == before
    assert browser.post(link, ANSWERS).status_code == 303


def test_a_service_without_a_name_is_asked_for_one(fresh: Flask, link: str) -> None:
    nameless = {name: "" for name in ANSWERS if name.startswith("name_")}
    reply = Browser(fresh).post(link, {**ANSWERS, **nameless})
    assert reply.status_code == 422
    assert "Write the name in at least one language." in reply.text


def test_the_questions_can_be_read_in_every_language(fresh: Flask, link: str) -> None:
    for code in installation.LANGUAGES:
        page = Browser(fresh).get(f"{link}?language={code}")
        assert page.status_code == 200
        assert f'lang="{code}"' in page.text.split(">")[1]


def test_another_language_keeps_the_five_answers_and_sets_nothing_up(
    fresh: Flask, here: Settings, link: str
) -> None:
    before = rows(here.data / "lms.sqlite")
    browser = Browser(fresh)
    assert f'formaction="{link}?language=ru"' in browser.get(link).text

    reply = browser.post(f"{link}?language=ru", {**ANSWERS, "go": "language-ru"})

    assert reply.status_code == 200
    assert '<html lang="ru"' in reply.text
    for name in ("name_en", "name_ar", "administrator", "service_number"):
        assert f'value="{ANSWERS[name]}"' in reply.text
    assert '<option selected value="tn">' in reply.text
    assert PASSWORD not in reply.text
    assert "aria-invalid" not in reply.text
    assert rows(here.data / "lms.sqlite") == before


# ---- The key, and stations ----------------------------------------------------------------------


@pytest.fixture
def site(fresh: Flask) -> Callable[..., Result]:
    """Return a way to run ``lms site``: ``site("issues", "no")``."""
    info = ScriptInfo(create_app=lambda: fresh, set_debug_flag=False)
    return lambda *words: CliRunner().invoke(cli.site, words, obj=info)


def test_a_station_makes_no_key_and_says_what_it_is(
    fresh: Flask, here: Settings, prepare: Any, site: Any
) -> None:
    assert prepare().exit_code == 0
    here.issuing_key.unlink()
    said = site("issues", "no")
    assert (said.exit_code, "is a station" in said.output) == (0, True)

    assert not needs(fresh, here)
    assert prepare().exit_code == 0
    assert not here.issuing_key.exists()

    assert "lms prepare" in site("issues", "yes").output
    assert needs(fresh, here)
    assert prepare().exit_code == 0
    assert here.issuing_key.exists()
    assert site("issues", "perhaps").exit_code == 2


def test_a_new_station_from_the_contents_of_another_server_gives_no_certificates(
    fresh: Flask, here: Settings, prepare: Any, site: Any
) -> None:
    assert prepare().exit_code == 0
    with fresh.app_context():
        before = reading().scalars(select(Site.id)).one()
        reading().rollback()

    said = site("new")

    assert (said.exit_code, "station" in said.output) == (0, True)
    with fresh.app_context():
        assert reading().scalars(select(Site.id)).one() != before
        assert not installation.read(reading()).issues
    assert not needs(fresh, here)


def test_a_key_that_was_lost_is_not_replaced_by_another_one_unasked(
    fresh: Flask, here: Settings, prepare: Any
) -> None:
    assert prepare().exit_code == 0
    here.issuing_key.unlink()
    with fresh.app_context(), transaction() as session:
        installation.decide(session, {RING: "signed once"}, now=clock.now())

    assert not needs(fresh, here)
    assert prepare().exit_code == 0
    assert not here.issuing_key.exists()


def test_an_account_that_may_not_see_the_key_starts_the_server(
    fresh: Flask, here: Settings, prepare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prepare().exit_code == 0
    exists = Path.exists

    def refused(path: Path) -> bool:
        if path == here.issuing_key:
            raise PermissionError(path)
        return exists(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "exists", refused)
        assert not needs(fresh, here)
