"""What is known of the log outside the database: setting the log back shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, update

from lms.audit import actions, chain, heads
from lms.audit.chain import Looked, Place
from lms.audit.heads import Head
from lms.audit.models import AuditHead, AuditRow
from lms.db import reading, transaction
from tests.people import MONDAY


def write(app: Flask, number: int, subject: str = "x") -> None:
    for _ in range(number):
        with app.app_context(), transaction() as session:
            actions.append(session, None, "test.done", subject, {}, now=MONDAY)


def keep(app: Flask, folder: Path) -> None:
    with app.app_context():
        end = chain.head(reading())
        heads.keep(folder, end.row, end.hash, now=MONDAY)


def look(app: Flask, folder: Path, at_once: int = 100) -> Looked:
    with app.app_context():
        found, strange = Looked(Place()), None
        while not found.ended:
            found = chain.look(reading(), found.place, at_once, heads.known(folder))
            strange = found.strange or strange
        return Looked(found.place, found.bad, found.ended, strange)


def set_back(app: Flask, to: int) -> None:
    """Put the log back to its first rows, as an older copy of the database would be."""
    with app.app_context(), transaction() as session:
        session.execute(delete(AuditRow).where(AuditRow.id > to))
        kept = session.get_one(AuditRow, to).hash
        session.execute(update(AuditHead).values(rows=to, hash=kept))


@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_a_log_that_goes_on_holds_every_head_that_was_kept(
    app: Flask, tmp_path: Path, at_once: int
) -> None:
    for _ in range(3):
        write(app, 2)
        keep(app, tmp_path)
    found = look(app, tmp_path, at_once)
    assert (found.bad, found.strange, found.place.row) == (None, None, 6)


def test_a_log_that_was_set_back_lacks_a_head(app: Flask, tmp_path: Path) -> None:
    write(app, 5)
    keep(app, tmp_path)
    set_back(app, 3)
    found = look(app, tmp_path)
    assert found.bad is None, "an older state is whole in itself"
    assert found.strange is not None
    assert found.strange.row == 5


@pytest.mark.parametrize("at_once", [2, 100])
def test_a_log_that_was_set_back_and_went_on_says_something_else_in_that_row(
    app: Flask, tmp_path: Path, at_once: int
) -> None:
    write(app, 5)
    keep(app, tmp_path)
    set_back(app, 3)
    write(app, 4, subject="y")
    found = look(app, tmp_path, at_once)
    assert (found.bad, found.place.row) == (None, 7)
    assert found.strange is not None
    assert found.strange.row == 5


def test_rows_beyond_the_head_were_added_by_somebody_else(app: Flask, tmp_path: Path) -> None:
    write(app, 3)
    with app.app_context(), transaction() as session:
        session.execute(update(AuditHead).values(rows=2))
    assert look(app, tmp_path).bad == 3


def test_a_line_that_was_cut_off_and_an_empty_log_say_nothing(app: Flask, tmp_path: Path) -> None:
    keep(app, tmp_path)
    assert heads.known(tmp_path) == []
    write(app, 1)
    keep(app, tmp_path)
    with (tmp_path / heads.FILE).open("a") as file:
        file.write('{"row": 7, "ha')
    assert [each.row for each in heads.known(tmp_path)] == [1]


def test_a_head_is_typed_from_paper() -> None:
    assert Head.typed(" 812:3FA9 c07b ") == Head(812, "3fa9c07b")
    assert Head(812, "3fa9c07b").is_of(bytes.fromhex("3fa9c07b" + "00" * 28))
    for wrong in (
        "",
        "812",
        "812:3fa9",
        "0:3fa9c07b",
        "x:3fa9c07b",
        "812:zzzzzzzz",
        "1:" + "a" * 65,
    ):
        with pytest.raises(ValueError, match=r".*"):
            Head.typed(wrong)
