"""A list of people: tried, taken over, in steps that may be cut anywhere."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.importing import actions, steps
from lms.accounts.importing import reading as file_reading
from lms.accounts.importing.actions import work
from lms.accounts.models import (
    Credential,
    Grant,
    Identity,
    Posting,
    SignIn,
)
from lms.audit.chain import first_bad_row
from lms.audit.models import AuditRow
from lms.db import transaction
from lms.extensions import db
from lms.jobs.models import Job
from lms.kernel import clock
from tests.accounts.importing.conftest import At
from tests.people import Cast, Places, add_person

LONG_AGO = date(2024, 1, 1)


def today() -> date:
    return clock.now().date()


def test_a_list_is_tried_without_changing_anybody(
    desk: At, grace: Cast, amina: Cast, chipo: Cast, daniel: Cast, bolat: Cast
) -> None:
    here = desk(grace)
    page = here.tried(
        "N-9001;Zoé Bah;N-01;P4;G2;f;fr",
        "n1001;Amina Bah;N-01;P1;G1;;en",
        "N-1002;Chipo Okello;N;P1;G1;;en",
        "N-1900;;N-01;;;;",
        "S-2001;Daniel Mugisha;N-01;P1;;;",
        "N-9002;;N-01;P1;;;",
        "N-9003;Erlan Bah;S-01;P1;;;",
        "N 9001;Zoé Bah;N-01;P4;;;",
    )
    assert here.verdicts(page) == [
        (2, "new"),
        (3, "changed"),
        (4, "moved"),
        (5, "same"),
        (6, "refused"),
        (7, "refused"),
        (8, "refused"),
        (9, "duplicate"),
    ]
    assert here.at(page).counts == {
        "new": 1,
        "changed": 1,
        "moved": 1,
        "same": 1,
        "refused": 3,
        "duplicate": 1,
    }
    assert here.identity("N-9001") is None
    assert here.work_of(chipo.id) == [("N-01", "P1", LONG_AGO, None)]


def test_taking_over_adds_changes_and_moves(
    app: Flask, desk: At, grace: Cast, amina: Cast, chipo: Cast
) -> None:
    here = desk(grace)
    page = here.taken(
        "N-9001;Зоя Бах;N-01;P4;G2;f;ru",
        "N-1001;Amina Bah;N-01;;;;fr",
        "N-1002;;N;P6;;;",
    )
    assert here.at(page).state == "done"
    zoya = here.identity("N-9001")
    assert zoya is not None
    assert (zoya.name, zoya.language, zoya.names_confirmed_at) == ("Зоя Бах", "ru", None)
    assert zoya.search == "зоябах n9001"
    person = here.person(zoya.person_id)
    assert (person.status, person.rank_group, person.sex) == ("active", "G2", "f")
    assert here.work_of(zoya.person_id) == [("N-01", "P4", today(), None)]
    changed = here.identity("N-1001")
    assert changed is not None
    assert (changed.name, changed.language) == ("Amina Bah", "fr")
    assert "bah" in changed.search
    assert here.work_of(chipo.id) == [
        ("N-01", "P1", LONG_AGO, today() - timedelta(days=1)),
        ("N", "P6", today(), None),
    ]
    with app.app_context():
        assert db.session.get(Credential, zoya.person_id) is None
        assert first_bad_row(db.session()) is None


def test_the_language_of_new_people_is_the_usual_one_and_that_of_others_stays(
    desk: At, grace: Cast, amina: Cast
) -> None:
    here = desk(grace)
    here.taken("N-9001;Zoé Bah;N-01;;;;", "N-1001;Amina Bah;;;;;", language="kk")
    found = [here.identity(number) for number in ("N-9001", "N-1001")]
    assert [each and each.language for each in found] == ["kk", "en"]


def test_the_usual_place_is_for_all_whose_row_names_none(desk: At, grace: Cast) -> None:
    here = desk(grace)
    page = here.taken("N-9001;Zoé Bah", header="number;name", unit="N-01")
    [row] = here.rows(page)
    assert row.subject_id is not None
    assert here.work_of(row.subject_id)[0][0] == "N-01"


def test_a_confirmed_name_that_is_changed_must_be_confirmed_anew(
    app: Flask, desk: At, grace: Cast, amina: Cast, chipo: Cast
) -> None:
    moment = clock.now()
    with app.app_context(), transaction() as session:
        for person in (amina, chipo):
            session.get_one(Identity, person.id).names_confirmed_at = moment
    here = desk(grace)
    page = here.taken("N-1001;Amina Bah;N-01;;;;", "N-1002;CHIPO OKELLO;N-01;;;;fr")
    amina_now, chipo_now = here.identity("N-1001"), here.identity("N-1002")
    assert amina_now is not None
    assert amina_now.names_confirmed_at is None
    assert chipo_now is not None
    assert (chipo_now.name, chipo_now.names_confirmed_at) == ("Chipo Okello", moment)
    here.undone(page)
    back = here.identity("N-1001")
    assert back is not None
    assert (back.name, back.names_confirmed_at) == ("Amina Ben Salah", moment)


def test_whoever_began_today_is_corrected_instead_of_moved(desk: At, grace: Cast) -> None:
    here = desk(grace)
    first = here.taken("N-9001;Zoé Bah;N-01;P1;;;")
    zoe = here.rows(first)[0].subject_id
    assert zoe is not None
    second = here.taken("N-9001;Zoé Bah;N;P4;;;")
    assert here.work_of(zoe) == [("N", "P4", today(), None)]
    here.undone(second)
    assert here.work_of(zoe) == [("N-01", "P1", today(), None)]


def test_whoever_has_left_may_not_sign_in_any_more(
    app: Flask, desk: At, grace: Cast, amina: Cast
) -> None:
    here = desk(grace)
    page = here.taken("N-1001;yes", header="number;deleted")
    assert here.verdicts(page) == [(2, "changed")]
    assert here.person(amina.id).status == "disabled"
    with app.app_context():
        ended = db.session.scalars(
            select(SignIn.ended_because).where(SignIn.person_id == amina.id)
        ).all()
        assert ended == ["disabled"]
    here.undone(page)
    assert here.person(amina.id).status == "active"


def test_whoever_is_missing_is_shown_and_nothing_happens_to_them(
    desk: At, grace: Cast, amina: Cast, chipo: Cast, bolat: Cast, daniel: Cast
) -> None:
    here = desk(grace)
    page = here.taken("N-1001;;N-01;;;;", "N-1002;Ch1po;N-01;;;;")
    missing = [row for row in here.rows(page) if row.verdict == "missing"]
    assert [row.facts["number"] for row in missing] == ["N-1900"]
    assert here.work_of(bolat.id) == [("N-01", "P7", LONG_AGO, None)]
    assert here.at(page).counts["missing"] == 1


def test_where_it_was_asked_for_the_work_of_the_missing_ends_today(
    desk: At, grace: Cast, amina: Cast, chipo: Cast, bolat: Cast
) -> None:
    here = desk(grace)
    page = here.taken("N-1001;;N-01;;;;", end_missing=True)
    for person, function in ((chipo, "P1"), (bolat, "P7")):
        assert here.work_of(person.id) == [("N-01", function, LONG_AGO, today())]
        assert here.person(person.id).status == "active"
    here.undone(page)
    assert here.work_of(chipo.id) == [("N-01", "P1", LONG_AGO, None)]


def test_places_that_a_list_does_not_name_have_nobody_missing(
    desk: At, halima: Cast, amina: Cast, daniel: Cast
) -> None:
    here = desk(halima)
    page = here.tried("S-2001;;S-01;;;;")
    assert here.verdicts(page) == [(2, "same")]


def test_the_viewer_is_never_missing(desk: At, grace: Cast, amina: Cast) -> None:
    here = desk(grace)
    assert here.verdicts(here.tried("N-1001;;N;;;;")) == [(2, "moved")]


def test_what_has_changed_since_the_list_was_tried_is_left_alone(
    app: Flask, desk: At, grace: Cast, amina: Cast, chipo: Cast
) -> None:
    here = desk(grace)
    page = here.tried("N-1001;Amina Bah;;;;;", "N-1002;Chipo Bah;;;;;", "N-9001;Zoé Bah;N-01;;;;")
    with app.app_context(), transaction() as session:
        session.get_one(Identity, amina.id).name = "Amina Third"
        session.get_one(Identity, chipo.id).name = "Chipo Bah"
    here.confirm(page)
    here.work()
    assert here.verdicts(page) == [(2, "refused"), (3, "same"), (4, "new")]
    assert "Since the list was tried" in str(here.rows(page)[0].reasons)
    found = here.identity("N-1001")
    assert found is not None
    assert found.name == "Amina Third"


def test_the_worker_has_the_rights_that_the_person_has_now(
    app: Flask, desk: At, grace: Cast, amina: Cast
) -> None:
    here = desk(grace)
    page = here.tried("N-1001;Amina Bah;;;;;", "N-9001;Zoé Bah;N-01;;;;")
    here.confirm(page)
    with app.app_context(), transaction() as session:
        for grant in session.scalars(select(Grant).where(Grant.person_id == grace.id)):
            grant.ends_on = today() - timedelta(days=1)
    here.work()
    assert here.verdicts(page) == [(2, "refused"), (3, "refused")]
    assert here.identity("N-9001") is None


# ---- Steps --------------------------------------------------------------------------------------


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a step take three rows."""
    for module in (work, steps):
        monkeypatch.setattr(module, "AT_ONCE", 3)


def seven() -> list[str]:
    letters = "abcdefg"
    return [f"N-90{at};Zoé {letter * 3};N-01;;;;" for at, letter in enumerate(letters)]


def on_the_list(app: Flask) -> list[tuple[Any, ...]]:
    """Return what the register says of the people of that list: number, from, to."""
    with app.app_context():
        found = db.session.execute(
            select(Identity.service_number, Posting.starts_on, Posting.ends_on)
            .join(Posting, Posting.person_id == Identity.person_id)
            .where(Identity.service_number.startswith("N-90"))
            .order_by(Identity.service_number)
        ).all()
        db.session.remove()
        return [tuple(row) for row in found]


def test_progress_is_told_in_steps(app: Flask, desk: At, grace: Cast, small_steps: None) -> None:
    here = desk(grace)
    page = here.read(*seven(), seven()[0])
    here.choose(page)
    with app.app_context():
        job = db.session.scalars(select(Job).where(Job.kind == "people.check")).one()
        assert (job.done_units, job.total_units, job.asked_by) == (0, 4, grace.id)
    assert here.work() == 4
    here.confirm(page)
    assert here.work() == 3
    with app.app_context():
        done = [
            (job.kind, job.done_units, job.total_units, job.state)
            for job in db.session.scalars(select(Job).order_by(Job.id))
        ]
    assert done == [
        ("people.read", 1, 1, "done"),
        ("people.check", 4, 4, "done"),
        ("people.apply", 3, 3, "done"),
    ]


class _Killed(BaseException):
    """What ends a worker at once."""


@pytest.mark.parametrize("kind", ["people.check", "people.apply", "people.undo"])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_worker_that_is_killed_anywhere_goes_on_and_comes_to_the_same(
    app: Flask, desk: At, grace: Cast, small_steps: None, kind: str, after: int
) -> None:
    """The transaction of the running step is lost, and all that the process remembered."""
    here = desk(grace)
    page = here.read(*seven(), seven()[1])

    def work(name: str) -> None:
        if name == kind:
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr("lms.jobs.running.step", _killing(after))
                with pytest.raises(_Killed):
                    here.work()
            file_reading._open.clear()
            with app.app_context():
                db.session.remove()
        here.work(later=timedelta(minutes=2))

    here.choose(page)
    work("people.check")
    assert here.verdicts(page) == [*((at, "new") for at in range(2, 9)), (9, "duplicate")]
    here.confirm(page)
    work("people.apply")
    assert on_the_list(app) == [(f"N-90{at}", today(), None) for at in range(7)]
    assert [row.done for row in here.rows(page)] == [True] * 7 + [False]
    here.browser.post(f"{page}/undo")
    work("people.undo")
    assert on_the_list(app) == []
    assert [row.done for row in here.rows(page)] == [False] * 8
    assert here.at(page).counts["stayed"] == {}
    with app.app_context():
        assert first_bad_row(db.session()) is None


def _killing(after: int) -> Any:
    from lms.jobs import running

    whole, count = running.step, [0]

    def step(*arguments: Any, **settings: Any) -> Any:
        done = whole(*arguments, **settings)
        count[0] += 1
        if count[0] > after:
            raise _Killed
        return done

    return step


def test_a_step_that_is_done_again_changes_nothing(
    app: Flask, desk: At, grace: Cast, small_steps: None
) -> None:
    here = desk(grace)
    page = here.taken(*seven())
    listed = here.at(page)
    with app.app_context(), transaction() as session:
        facts = actions.facts(grace.viewer, listed)
        assert steps.apply_list(session, facts, None, now=clock.now()) is None
    assert len(on_the_list(app)) == 7


def test_work_of_an_earlier_turn_ends_by_itself(
    app: Flask, desk: At, grace: Cast, small_steps: None
) -> None:
    here = desk(grace)
    page = here.read(*seven())
    here.choose(page)
    here.choose(page, column_rank="")
    assert here.work() == 1 + 4
    assert [row.verdict for row in here.rows(page)] == ["new"] * 7


def test_a_file_that_is_gone_is_said(app: Flask, desk: At, grace: Cast) -> None:
    from lms.files import FileStore

    here = desk(grace)
    page = here.read(*seven())
    here.choose(page)
    FileStore(app.config["LMS"].data / "lists").drop(here.at(page).file)
    here.work()
    assert here.at(page).state == "failed"
    assert "not kept any more" in here.browser.get(page).text


def test_the_file_goes_when_the_list_is_taken_over(app: Flask, desk: At, grace: Cast) -> None:
    here = desk(grace)
    folder = app.config["LMS"].data / "lists"
    page = here.tried(*seven())
    assert [path for path in folder.rglob("*") if path.is_file()]
    here.confirm(page)
    here.work()
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert "list.csv" in here.browser.get(page).text
    here.undone(page)
    assert on_the_list(app) == []


def test_every_step_is_in_the_log_with_ids_only(
    app: Flask, desk: At, grace: Cast, amina: Cast
) -> None:
    here = desk(grace)
    here.undone(here.taken("N-9001;Zoé Bah;N-01;;;;", "N-1001;Amina Bah;;;;;"))
    with app.app_context():
        rows = db.session.scalars(
            select(AuditRow).where(AuditRow.action.startswith("staff-list.")).order_by(AuditRow.id)
        ).all()
        assert [row.action.partition(".")[2] for row in rows] == [
            "sent",
            "confirmed",
            "taken",
            "done",
            "undo-asked",
            "undone",
            "back",
        ]
        assert {row.actor_id for row in rows} == {grace.id}
        assert rows[2].facts["changed"] == [str(amina.id)]
        assert "Zo" not in str([row.facts for row in rows])


def test_a_number_added_by_somebody_else_meanwhile_is_not_added_twice(
    app: Flask, desk: At, grace: Cast, places: Places
) -> None:
    here = desk(grace)
    page = here.tried("N-9001;Zoé Bah;N-01;;;;")
    with app.app_context(), transaction() as session:
        add_person(session, "Somebody Else", "n-9001", places.southfield)
    here.confirm(page)
    here.work()
    assert here.verdicts(page) == [(2, "refused")]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Identity)) == 2
