"""``lms programme add``, ``list``, ``course``"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from lms.app import cli
from lms.catalogue.models import ProgrammeCourse
from lms.db import transaction
from lms.extensions import db
from tests.course import publish_small

Run = Callable[..., Result]
ADD = ("add", "health", "--title", "en=Health in prisons", "--from", "2026-01-01")


@pytest.fixture
def run(app: Flask) -> Run:
    """Return a way to call ``lms programme`` on this test's application."""
    info = ScriptInfo(create_app=lambda: app, set_debug_flag=False)
    return lambda *words: CliRunner().invoke(cli, ["programme", *words], obj=info)


def test_programmes_are_added_once_and_listed(run: Run) -> None:
    for _ in range(2):
        assert run(*ADD).output == "health is added.\n"
    run(
        "add",
        "second-test",
        "--kind",
        "pilot",
        "--title",
        "fr=Un essai",
        "--from",
        "2026-05-01",
        "--to",
        "2026-06-30",
    )
    assert run("list").output.splitlines() == [
        "second-test  pilot  2026-05-01 to 2026-06-30  0 courses  Un essai",
        "health  programme  2026-01-01 to no end  0 courses  Health in prisons",
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("add", "New", *ADD[2:]),
        ("add", "health", "--title", "Health", "--from", "2026-01-01"),
        ("add", "health", "--title", "xx=Health", "--from", "2026-01-01"),
        ("add", "health", "--title", "en=山", "--from", "2026-01-01"),
        ("add", "health", "--title", f"en={'x' * 101}", "--from", "2026-01-01"),
        (*ADD, "--to", "2025-12-31"),
        ("course", "health", "hygiene"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(run: Run, words: tuple[str, ...]) -> None:
    refused = run(*words)
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: ")
    assert run("list").output == ""


def test_courses_come_and_go(app: Flask, run: Run) -> None:
    publish_small(app)
    run(*ADD)
    assert run("course", "health", "nothing").exit_code == 1
    for remove, count in (((), 1), ((), 1), (("--remove",), 0), (("--remove",), 0)):
        assert run("course", "health", "hygiene", *remove).exit_code == 0
        with app.app_context(), transaction():
            assert db.session.query(ProgrammeCourse).count() == count
