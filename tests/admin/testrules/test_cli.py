"""``lms installation``: show, pass-mark, wait-for-boxes"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from lms.admin.testrules import actions
from lms.app import cli
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound
from tests.admin.testrules.conftest import REASON, audited, decided
from tests.course import SmallCourse
from tests.people import Cast

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """Return a way to call ``lms installation`` on this test's application."""
    info = ScriptInfo(create_app=lambda: app, set_debug_flag=False)
    return lambda *words: CliRunner().invoke(cli, ["installation", *words], obj=info)


def test_it_is_decided_once_and_shown_for_each_course(
    app: Flask, run: Run, small_course: SmallCourse
) -> None:
    assert "C90 hygiene: its own mark 80 %, in force 80 %, for a renewal 90 %" in run("show").output
    for _ in range(2):
        done = run("pass-mark", "85", "--reason", REASON)
        assert done.exit_code == 0
        assert done.output.startswith("Pass mark of the country: 85 %.")
    assert audited(app) == [("85", {"before": 70, "after": 85})]
    shown = run("show").output
    assert "Country: xx\n" in shown
    assert "Pass mark of the country: 85 % (floor 70 %)\n" in shown
    assert "C90 hygiene: its own mark 80 %, in force 85 %, for a renewal 90 %\n" in shown
    assert shown.endswith(f": from 70 to 85 %: {REASON}\n")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("69", "--reason", REASON), 1),
        (("101", "--reason", REASON), 1),
        (("85", "--reason", ""), 1),
        (("85", "--reason", "x" * 501), 1),
        (("85",), 2),
        (("eighty", "--reason", REASON), 2),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    app: Flask, run: Run, words: tuple[str, ...], code: int
) -> None:
    refused = run("pass-mark", *words)
    assert refused.exit_code == code
    assert "Error: " in refused.output
    assert decided(app).pass_percent == 0


def test_certificates_wait_for_boxes_where_the_office_says_so(app: Flask, run: Run) -> None:
    assert "wait for national boxes: no, they say so" in run("show").output
    for _ in range(2):
        done = run("wait-for-boxes", "yes", "--reason", REASON)
        assert done.exit_code == 0
        assert "Certificates wait until" in done.output
    assert decided(app).refuse_unconfirmed_boxes
    assert "wait for national boxes: yes" in run("show").output
    assert audited(app, "installation.boxes") == [
        ("wait", {"before": False, "after": True, "reason": REASON})
    ]
    assert "do not wait" in run("wait-for-boxes", "no", "--reason", REASON).output
    assert not decided(app).refuse_unconfirmed_boxes


def test_a_reason_is_needed_to_let_certificates_wait(app: Flask, run: Run) -> None:
    assert run("wait-for-boxes", "yes", "--reason", " ").exit_code == 1
    assert not decided(app).refuse_unconfirmed_boxes


def test_only_the_office_lets_certificates_wait(app: Flask, grace: Cast) -> None:
    with app.app_context(), transaction() as session, pytest.raises(NotFound):
        actions.decide_boxes(session, grace.viewer, REASON, wait=True, now=clock.now())
