"""The log of who did what is a chain: changing it shows."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import delete, update

from lms.audit import actions, chain
from lms.audit.models import AuditRow
from lms.db import transaction
from tests.people import MONDAY, Cast


def write(app: Flask, person: Cast, number: int = 3) -> None:
    for _ in range(number):
        with app.app_context(), transaction() as session:
            actions.append(session, person.id, "test.done", "x", {"n": 1}, now=MONDAY)


def first_bad_row(app: Flask) -> int | None:
    with app.app_context(), transaction() as session:
        return chain.first_bad_row(session)


def test_an_untouched_log_is_whole(app: Flask, amina: Cast) -> None:
    write(app, amina)
    assert first_bad_row(app) is None


def test_a_changed_row_is_named(app: Flask, amina: Cast) -> None:
    write(app, amina)
    with app.app_context(), transaction() as session:
        session.execute(update(AuditRow).where(AuditRow.id == 2).values(subject="y"))
    assert first_bad_row(app) == 2


def test_a_row_taken_out_of_the_middle_is_named(app: Flask, amina: Cast) -> None:
    write(app, amina)
    with app.app_context(), transaction() as session:
        session.execute(delete(AuditRow).where(AuditRow.id == 2))
    assert first_bad_row(app) == 2


def test_a_log_cut_at_its_end_is_noticed(app: Flask, amina: Cast) -> None:
    write(app, amina)
    with app.app_context(), transaction() as session:
        session.execute(delete(AuditRow).where(AuditRow.id == 3))
    assert first_bad_row(app) == 3
