"""``lms audit verify``, ``head`` and ``list``."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import update

from lms.admin.trail.cli import cli
from lms.audit import actions, heads
from lms.audit.models import AuditRow
from lms.db import transaction
from lms.kernel import clock
from tests.people import Cast


def run(app: Flask, *arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, obj=ScriptInfo(create_app=lambda: app))


def write(app: Flask, number: int = 3, action: str = "sign-in.done", **facts: Any) -> None:
    for each in range(number):
        with app.app_context(), transaction() as session:
            actions.append(session, None, action, str(each), facts, now=clock.now())


def test_a_whole_log_is_said_to_be_whole_and_its_head_is_kept(app: Flask) -> None:
    write(app)
    done = run(app, "verify")
    assert done.exit_code == 0, done.output
    assert "3 rows" in done.output
    assert [each.row for each in heads.known(app.config["LMS"].data)] == [3]


def test_the_first_bad_row_is_named(app: Flask) -> None:
    write(app)
    with app.app_context(), transaction() as session:
        session.execute(update(AuditRow).where(AuditRow.id == 2).values(subject="9"))
    done = run(app, "verify")
    assert done.exit_code == 1
    assert "row 2 does not fit" in done.output


def test_a_head_from_paper_is_compared(app: Flask) -> None:
    write(app)
    printed = run(app, "head").output.strip()
    write(app)
    assert run(app, "verify", "--head", printed[:20]).exit_code == 0
    strange = run(app, "verify", "--head", f"2:{'ab' * 8}")
    assert strange.exit_code == 1
    assert "set back to an older state: row 2" in strange.output
    assert run(app, "verify", "--head", "nonsense").exit_code == 1


@pytest.mark.parametrize("action", ["backup.restored", "upgrade.undone"])
def test_a_restore_explains_that_a_head_is_gone(app: Flask, action: str) -> None:
    write(app, 2)
    heads.keep(app.config["LMS"].data, 9, b"\1" * 32, now=clock.now())
    write(app, 1, action)
    done = run(app, "verify")
    assert done.exit_code == 0, done.output
    assert "set back by a restore" in done.output


def test_rows_are_listed_newest_first(app: Flask, amina: Cast) -> None:
    write(app, 2)
    with app.app_context(), transaction() as session:
        actions.append(session, amina.id, "name.confirmed", "x", {"number": 1}, now=clock.now())
    lines = run(app, "list", "--limit", "2").output.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["3", "2"]
    assert len(run(app, "list", "--action", "sign-in.done").output.splitlines()) == 2
    about = run(app, "list", "--person", "N-1001").output
    assert about.split("\t")[2:4] == ["name.confirmed", str(amina.id)]
    assert run(app, "list", "--person", "nobody").exit_code == 1
    assert run(app, "list", "--until", "2020-01-01").output == ""
