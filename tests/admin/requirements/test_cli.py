"""``lms enrol`` does what the page "Enrol by a list" does"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import select, update

from lms.accounts.models import Identity
from lms.app import cli
from lms.audit.models import AuditRow
from lms.catalogue.models import Programme
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.learning.models import Enrolment
from lms.requirements import actions
from tests.admin.requirements.conftest import Open
from tests.course import SmallCourse, set_access
from tests.people import Cast, Places, add_person

Lms = Callable[..., Result]


@pytest.fixture
def lms(app: Flask) -> Lms:
    """Return a way to call ``lms`` on this test's application; ``typed`` is standard input."""
    info = ScriptInfo(create_app=lambda: app, set_debug_flag=False)

    def call(*words: object, typed: bytes | None = None) -> Result:
        return CliRunner().invoke(cli, [str(word) for word in words], obj=info, input=typed)

    return call


def enrolments(app: Flask) -> list[tuple[Any, ...]]:
    with app.app_context():
        return [
            (each.person_id, each.course_id, each.route, each.due_on)
            for each in db.session().scalars(
                select(Enrolment)
                .join(Identity, Identity.person_id == Enrolment.person_id)
                .order_by(Identity.service_number)  # ids of one millisecond have no order
            )
        ]


def audited(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session().scalars(select(AuditRow.action).order_by(AuditRow.id)))


@pytest.fixture
def health(lms: Lms, hygiene: SmallCourse) -> str:
    """Return the code of a programme to which the course belongs."""
    lms("programme", "add", "health", "--title", "en=Health", "--from", "2026-01-01")
    lms("programme", "course", "health", "hygiene")
    return "health"


# ---- One person ---------------------------------------------------------------------------------


@pytest.mark.parametrize("access", ["open", "listed", "restricted"])
@pytest.mark.parametrize("course", ["hygiene", "C90"])
def test_a_person_is_enrolled_in_any_course(
    app: Flask, lms: Lms, amina: Cast, hygiene: SmallCourse, access: str, course: str
) -> None:
    set_access(app, "hygiene", access)
    result = lms("enrol", "n 1001", course)
    assert (result.exit_code, result.output) == (0, "n 1001 is enrolled in hygiene.\n")
    assert enrolments(app) == [(amina.id, "C90", "list", None)]
    assert "enrolment.made" in audited(app)


def test_enrolling_twice_says_so_and_changes_nothing(
    app: Flask, lms: Lms, amina: Cast, hygiene: SmallCourse
) -> None:
    lms("enrol", "N-1001", "hygiene")
    before = audited(app)
    result = lms("enrol", "N-1001", "hygiene", "--due", "2027-01-31")
    assert (result.exit_code, result.output) == (0, "N-1001 is enrolled in hygiene already.\n")
    assert enrolments(app) == [(amina.id, "C90", "list", None)]
    assert audited(app) == before


def test_who_began_by_themselves_is_not_enrolled_again(
    app: Flask, lms: Lms, amina: Cast, hygiene: SmallCourse
) -> None:
    hygiene.begin(amina)
    assert "already" in lms("enrol", "N-1001", "hygiene").output
    assert enrolments(app) == [(amina.id, "C90", "self", None)]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("N-1001", "nothing"), "There is no course 'nothing'"),
        (("hygiene",), "at least one"),
        (("", "hygiene"), "at least one"),
        (("--list", "nowhere.txt", "hygiene"), "No such file"),
        (("N-1001", "hygiene", "--due", "soon"), "soon"),
        ((), "Missing argument"),
        (("N-1001", "hygiene", "--programme", "nothing"), "Error: "),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(
    app: Flask, lms: Lms, amina: Cast, hygiene: SmallCourse, words: tuple[str, ...], reason: str
) -> None:
    result = lms("enrol", *words)
    assert result.exit_code in {1, 2}
    assert reason in result.output
    assert "Traceback" not in result.output
    assert enrolments(app) == []


# ---- A list -------------------------------------------------------------------------------------


def test_a_list_is_enrolled_with_its_deadline_and_programme(
    app: Flask,
    lms: Lms,
    amina: Cast,
    chipo: Cast,
    daniel: Cast,
    hygiene: SmallCourse,
    health: str,
    tmp_path: Path,
) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("\ufeffn 1001\r\nN-1002; S-2001\n\nn1001\n", "utf-8")
    for _ in range(2):
        result = lms(
            "enrol", "hygiene", "--list", listed, "--due", "2027-01-31", "--programme", health
        )
        assert result.exit_code == 0
    day = date(2027, 1, 31)
    assert enrolments(app) == [(person.id, "C90", "list", day) for person in (amina, chipo, daniel)]
    with app.app_context():
        programmes = set(db.session().scalars(select(Enrolment.programme_id)))
        assert programmes == {db.session().scalars(select(Programme.id)).one()}


def test_a_list_comes_from_another_command(
    app: Flask, lms: Lms, amina: Cast, chipo: Cast, hygiene: SmallCourse
) -> None:
    hygiene.begin(chipo)
    typed = b"N-1001\nN-1002\nnobody\n"
    dry = lms("enrol", "hygiene", "--list", "-", "--dry-run", "--json", typed=typed)
    assert len(enrolments(app)) == 1
    real = lms("enrol", "hygiene", "--list", "-", "--json", typed=typed)
    assert len(enrolments(app)) == 2
    told = {
        "course": "C90",
        "slug": "hygiene",
        "programme": None,
        "due_on": None,
        "enrolled": ["N-1001"],
        "already": ["N-1002"],
        "unknown": ["nobody"],
    }
    assert json.loads(dry.stdout) == {**told, "dry_run": True}
    assert json.loads(real.stdout) == {**told, "dry_run": False}
    assert dry.exit_code == real.exit_code == 1, "nobody has one of the numbers"


def test_a_dry_run_says_who_would_be_enrolled_and_changes_nothing(
    app: Flask, lms: Lms, amina: Cast, hygiene: SmallCourse
) -> None:
    before = audited(app)
    result = lms("enrol", "N-1001", "N-9999", "hygiene", "--dry-run")
    assert result.exit_code == 1
    assert "N-1001 would be enrolled in hygiene.\n" in result.output
    assert "Nobody has the service number N-9999.\n" in result.output
    assert "Nothing was changed." in result.output
    assert (enrolments(app), audited(app)) == ([], before)


def test_the_page_and_the_command_enrol_the_same_people(
    app: Flask,
    lms: Lms,
    browser: Open,
    places: Places,
    halima: Cast,
    amina: Cast,
    chipo: Cast,
    daniel: Cast,
    hygiene: SmallCourse,
    health: str,
) -> None:
    hygiene.begin(chipo)
    numbers = "N-1001, N-1002, S-2001, S-9999"
    page = browser(halima)
    sent = {"course_id": "C90", "numbers": numbers, "due_on": "31.01.2027", "programme": health}
    shown = page.post("/en/administer/requirements/enrol", {**sent, "go": "look"}).text
    told = json.loads(
        lms(
            "enrol",
            "hygiene",
            "--list",
            "-",
            "--due",
            "2027-01-31",
            "--programme",
            health,
            "--dry-run",
            "--json",
            typed=numbers.encode(),
        ).stdout
    )
    assert shown.count("will be enrolled") == len(told["enrolled"]) == 2
    assert shown.count("is enrolled already") == len(told["already"]) == 1
    assert shown.count("nobody of yours has this number") == len(told["unknown"]) == 1
    page.post("/en/administer/requirements/enrol", {**sent, "go": "enrol"})
    by_page = enrolments(app)
    with app.app_context(), transaction() as session:
        for each in session.scalars(select(Enrolment).where(Enrolment.route == "list")):
            session.delete(each)
    lms(
        "enrol",
        "hygiene",
        "--list",
        "-",
        "--due",
        "2027-01-31",
        "--programme",
        health,
        typed=numbers.encode(),
    )
    assert enrolments(app) == by_page


@pytest.mark.parametrize(
    ("change", "reason"),
    [("course", "does not belong to that programme"), ("over", "This programme is over")],
)
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_programme_that_does_not_fit_is_refused(
    app: Flask,
    lms: Lms,
    amina: Cast,
    health: str,
    change: str,
    reason: str,
    dry: tuple[str, ...],
) -> None:
    if change == "course":
        lms("programme", "course", health, "hygiene", "--remove")
    else:
        with app.app_context(), transaction() as session:
            day = clock.now().date() - timedelta(days=1)
            session.execute(update(Programme).values(ends_on=day))
    result = lms("enrol", "N-1001", "hygiene", "--programme", health, *dry)
    assert result.exit_code == 1
    assert reason in result.output
    assert enrolments(app) == []


@pytest.mark.parametrize("data", [b"\xff\xfe\x00N", b"x" * 2_000_001, b"\n;\t,\n"])
def test_what_is_no_list_is_refused(
    app: Flask, lms: Lms, amina: Cast, hygiene: SmallCourse, data: bytes
) -> None:
    result = lms("enrol", "hygiene", "--list", "-", typed=data)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert enrolments(app) == []


def test_a_long_list_is_enrolled_in_parts(
    app: Flask, lms: Lms, places: Places, hygiene: SmallCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "A_STEP", 3)
    with app.app_context(), transaction() as session:
        for number in range(8):
            add_person(session, f"Person {chr(97 + number)}", f"T-{number}", places.southfield)
    numbers = "\n".join(f"T-{number}" for number in range(9))
    result = lms("enrol", "hygiene", "--list", "-", "--json", typed=numbers.encode())
    told = json.loads(result.stdout)
    assert [len(told[name]) for name in ("enrolled", "already", "unknown")] == [8, 0, 1]
    assert told["enrolled"] == [f"T-{number}" for number in range(8)]
    assert len(enrolments(app)) == 8
