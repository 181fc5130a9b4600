"""What an address or a command asks of a report: offered, or refused in a sentence."""

from __future__ import annotations

from collections import namedtuple
from urllib.parse import quote
from uuid import uuid4

import pytest
from flask import Flask

from lms import files
from lms.accounts.rules import SERVER
from lms.app import cli
from lms.db import reading, transaction
from lms.jobs.running import run_due
from lms.kernel import clock
from lms.reports.registry import MODULES, report
from lms.reports.report import Question
from lms.reports.steps import STEPS, write
from tests.course import SmallCourse
from tests.kept import kept
from tests.people import Cast
from tests.reports.conftest import Open
from tests.reports.same import Reports

HOSTILE = (
    "0", "-1", "2026-Q5", "0-Q1", "99999-Q1", "²", "٢٠٢٦", "' OR 1=1 --", "%", "\\", "=1+1",
    "a" * 3000, "\0", "\u202e", "[]", "../../etc/passwd", str(uuid4()), "nan", "<b>", "%(x)s",
)  # fmt: skip


@pytest.fixture
@kept
def learned(hygiene: SmallCourse, crowd: list[Cast]) -> None:
    """Eleven people have passed the course."""
    for person in crowd[:11]:
        hygiene.pass_it(person)


@pytest.mark.parametrize("name", MODULES)
def test_what_a_filter_does_not_offer_is_not_found(
    browser: Open, dana: Cast, learned: None, name: str
) -> None:
    here = browser(dana).client
    for each in report(name).filters:
        for value in HOSTILE:
            status = here.get(f"/en/reports/{name}?{each}={quote(value)}").status_code
            assert status == (400 if value == "\0" else 404)


@pytest.mark.parametrize("name", MODULES)
def test_what_else_an_address_says_changes_nothing(
    browser: Open, dana: Cast, learned: None, name: str
) -> None:
    here = browser(dana).client
    for value in HOSTILE:
        for other in ("page", "colour"):
            status = here.get(f"/en/reports/{name}?{other}={quote(value)}").status_code
            assert status == (400 if value == "\0" else 200)


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_command_gives_the_bytes_of_the_file(
    app: Flask, browser: Open, dana: Cast, learned: None, name: str, language: str
) -> None:
    """All of them but the line that says who made it: the command is nobody."""
    here = Reports(app, browser(dana))
    with app.app_context(), transaction() as session:
        asked = Question(session, SERVER, "en", clock.now().date())
        answer = report(name).answer(asked)
    for table in answer.tables:
        for each in answer.filters:
            for code, _ in each.choices[:4]:
                address = f"{name}?{each.name}={code}"
                made = here.file(address, "csv", table.name)
                line = f"Made by,Dana ({dana.service_number})\r\n".encode()
                assert made.count(line) == 1
                said = app.test_cli_runner().invoke(
                    cli,
                    [
                        "report",
                        name,
                        "--csv",
                        "--table",
                        table.name,
                        "--filter",
                        f"{each.name}={code}",
                    ],
                )
                assert said.stdout_bytes == made.replace(line, b"")
    with app.app_context(), transaction() as session:
        asked = Question(session, SERVER, language, clock.now().date())
        made = write(asked, name, "", "csv")
    said = app.test_cli_runner().invoke(cli, ["report", name, "--language", language])
    assert said.stdout_bytes == made


def test_while_the_disk_is_nearly_full_no_file_is_made(
    app: Flask, browser: Open, dana: Cast, learned: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left is for answers; the page goes on."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(files, "disk_usage", lambda _folder: usage(10**10, 10**10, 0))
    here = Reports(app, browser(dana))
    assert here.shown("completions", "quarters")
    order = {"table": "quarters", "form": "csv", "key": "k"}
    reply = here.browser.post("/en/reports/completions/export", order)
    with app.app_context():
        run_due(reading, transaction, STEPS, "worker of a test", clock.now)
    page = here.browser.get(reply.location).text
    assert "so it makes no files at present" in page
    assert "/file" not in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["results", "--filter", "unit=ZZZ"], "results does not offer unit=ZZZ."),
        (["steering", "--filter", "quarter=1999-Q1"], "does not offer quarter=1999-Q1."),
        (["results", "--filter", "unit"], "Write each filter as NAME=VALUE."),
        (["gain", "--filter", "unit=N"], "gain has no filter unit; it has none."),
        (["languages", "--table", "x"], "languages has no table x; it has courses, people."),
        (["gain", "--language", "zz"], "'zz' is not one of"),
    ],
)
def test_the_command_says_what_it_cannot_print(
    app: Flask, learned: None, words: list[str], said: str
) -> None:
    found = app.test_cli_runner().invoke(cli, ["report", *words])
    assert found.exit_code > 0
    assert said in found.output
