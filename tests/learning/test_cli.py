"""``lms attempt grant``, ``lms progress rebuild``"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import select, update

from lms.app import cli
from lms.assessment.models import AttemptGrant
from lms.audit.models import AuditRow
from lms.db import transaction
from lms.extensions import db
from lms.learning.models import Progress
from tests.course import SmallCourse
from tests.people import Cast

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """Return a way to call ``lms`` on this test's application: ``run("progress", …)``."""
    from click.testing import CliRunner

    info = ScriptInfo(create_app=lambda: app, set_debug_flag=False)
    return lambda *words: CliRunner().invoke(cli, list(words), obj=info)


def audited(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session().scalars(select(AuditRow.action).order_by(AuditRow.id)))


# ---- lms attempt grant --------------------------------------------------------------------------


def test_one_more_attempt_is_given_with_its_reason(
    app: Flask, run: Run, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    result = run("attempt", "grant", "N-1001", "hygiene", "--reason", "power cut")
    assert (result.exit_code, result.output) == (0, "N-1001: one more attempt at hygiene.\n")
    with app.app_context():
        grant = db.session().scalars(select(AttemptGrant)).one()
        assert (grant.reason, grant.given_by) == ("power cut", None)
    assert audited(app)[-1] == "attempt.granted"


@pytest.mark.parametrize("reason", [(), ("--reason", ""), ("--reason", "  ")])
def test_no_attempt_is_given_without_a_reason(
    app: Flask, run: Run, amina: Cast, small_course: SmallCourse, reason: tuple[str, ...]
) -> None:
    small_course.begin(amina)
    assert run("attempt", "grant", "N-1001", "hygiene", *reason).exit_code == 2
    with app.app_context():
        assert db.session().scalars(select(AttemptGrant)).all() == []


def test_no_attempt_is_given_to_nobody_or_for_nothing(
    app: Flask, run: Run, amina: Cast, chipo: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    for number, slug in (("N-9999", "hygiene"), ("N-1001", "nothing"), ("N-1002", "hygiene")):
        result = run("attempt", "grant", number, slug, "--reason", "power cut")
        assert result.exit_code == 1
        assert result.output.startswith("Error: ")
    with app.app_context():
        assert db.session().scalars(select(AttemptGrant)).all() == []


# ---- lms progress rebuild -----------------------------------------------------------------------


def test_checking_says_that_nothing_differs(
    run: Run, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.pass_it(amina)
    result = run("progress", "rebuild", "--check")
    assert (result.exit_code, result.output) == (0, "0 differences.\n")


def test_checking_finds_what_differs_and_changes_nothing(
    app: Flask, run: Run, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.pass_it(amina)
    with app.app_context(), transaction() as session:
        session.execute(update(Progress).values(percent=3))
    for _ in range(2):
        result = run("progress", "rebuild", "--check")
        assert result.exit_code == 1
        assert result.output.endswith("1 differences.\n")
    with app.app_context():
        assert db.session().scalars(select(Progress.percent)).all() == [3]


def test_rebuilding_mends_what_differs_once(
    app: Flask, run: Run, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.pass_it(amina)
    with app.app_context(), transaction() as session:
        session.execute(update(Progress).values(percent=3))
    assert run("progress", "rebuild").output.startswith("1 rows")
    assert run("progress", "rebuild").output.startswith("0 rows")
    with app.app_context():
        assert db.session().scalars(select(Progress.percent)).all() == [100]
