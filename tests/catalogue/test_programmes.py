"""Programmes: what a code, a period and a fixed pilot are; who changes them, and what is listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import SERVER
from lms.audit.models import AuditRow
from lms.catalogue.models import Programme, ProgrammeChange, ProgrammeCourse
from lms.catalogue.programmes import actions, queries, rules
from lms.catalogue.programmes.actions import Details, Partners, Plan
from lms.catalogue.programmes.rules import State
from lms.db import transaction
from lms.kernel.errors import NotFound, Refused
from lms.kernel.lines import LineRefusedError
from lms.kernel.viewer import Role, Viewer
from tests.course import publish_small
from tests.people import Cast

FIRST, LAST = date(2026, 3, 1), date(2026, 9, 30)
BEFORE = datetime(2026, 2, 1, 9, 0, tzinfo=UTC)
COUNTRY = Viewer(UUID(int=0), "en", roles=(Role("administrator", "/1/"),))
HEALTH = Details({"en": "Health in prisons"}, FIRST, LAST)
PLAN = Plan("Does a second test help?", ["With it", "Without it"], ["Right answers in June"])


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with app.app_context(), transaction() as opened:
        yield opened


def changed(session: Session) -> list[tuple[str, Any, Any]]:
    rows = session.scalars(select(ProgrammeChange).order_by(ProgrammeChange.id))
    return [(row.field, row.before, row.after) for row in rows]


def audited(session: Session) -> list[tuple[str, dict[str, Any]]]:
    rows = session.scalars(select(AuditRow).order_by(AuditRow.id))
    return [(row.action, row.facts) for row in rows if row.action.startswith("programme.")]


def pilot(session: Session, code: str = "second-test") -> Programme:
    actions.add(session, COUNTRY, code, "pilot", HEALTH, now=BEFORE)
    actions.change(session, COUNTRY, code, PLAN, now=BEFORE)
    return queries.programme(session, COUNTRY, code)


# ---- Rules --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["vep", "a", "health-2027", "2027", "x" * 40])
def test_a_code_may_stand_in_an_address_for_good(code: str) -> None:
    assert rules.is_code(code)


@pytest.mark.parametrize(
    "code",
    ["", "new", "Vep", "a b", "-vep", "vep-", "a--b", "vep/x", "école", "vep\n", "١٢", "x" * 41],
)
def test_other_words_are_no_codes(code: str) -> None:
    assert not rules.is_code(code)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (FIRST - timedelta(1), State.PLANNED),
        (FIRST, State.RUNNING),
        (LAST, State.RUNNING),
        (LAST + timedelta(1), State.ENDED),
    ],
)
def test_both_days_of_a_period_belong_to_it(day: date, state: State) -> None:
    assert rules.state_on(day, FIRST, LAST) is state


def test_without_a_last_day_it_never_ends() -> None:
    assert rules.state_on(date(2099, 1, 1), FIRST, None) is State.RUNNING


def test_texts_are_lines_of_our_languages_without_empty_ones() -> None:
    typed = {"fr": " Santé  en\tprison ", "en": "  ", "xx": "no language of ours"}
    assert rules.checked_texts(typed, 20) == {"fr": "Santé en prison"}
    for bad in ("a\0b", "\u202eturned", "Sant\u0435", "x" * 21):
        with pytest.raises(LineRefusedError):
            rules.checked_texts({"en": bad}, 20)


def test_a_text_is_shown_in_the_readers_language_else_in_english_else_in_any() -> None:
    texts = {"fr": "Santé", "en": "Health"}
    assert rules.said_in(texts, "fr") == ("fr", "Santé")
    assert rules.said_in(texts, "kk") == ("en", "Health")
    assert rules.said_in({"ar": "الصحة"}, "kk") == ("ar", "الصحة")
    assert rules.said_in({}, "kk") == ("", "")


def test_a_whole_plan_is_fixed_until_the_day_before_the_first_one() -> None:
    plan = (LAST, "Does it help?", ["all"], ["score"])
    assert rules.fault_of_fixing(FIRST - timedelta(1), FIRST, plan) is None
    fault = rules.fault_of_fixing(FIRST, FIRST, plan)
    assert fault is not None
    assert "has begun" in fault.msgid


@pytest.mark.parametrize("missing", range(4))
def test_a_plan_with_a_gap_is_not_fixed(missing: int) -> None:
    plan: list[object] = [LAST, "Does it help?", ["all"], ["score"]]
    plan[missing] = [] if missing > 1 else None
    fault = rules.fault_of_fixing(BEFORE.date(), FIRST, plan)
    assert fault is not None
    assert "needs a last day, a question" in fault.msgid


# ---- Actions ------------------------------------------------------------------------------------


def test_a_programme_is_added_once(session: Session) -> None:
    first = actions.add(session, COUNTRY, "health", "programme", HEALTH, now=BEFORE)
    again = actions.add(session, COUNTRY, "health", "programme", HEALTH, now=BEFORE)
    assert first == again
    assert audited(session) == [("programme.added", {"code": "health", "kind": "programme"})]
    [row] = queries.programmes(session, COUNTRY)
    assert (row.code, row.titles, row.courses) == ("health", {"en": "Health in prisons"}, 0)


def test_a_code_that_another_programme_has_is_refused(session: Session) -> None:
    actions.add(session, COUNTRY, "health", "programme", HEALTH, now=BEFORE)
    with pytest.raises(Refused, match="code health already"):
        actions.add(session, COUNTRY, "health", "pilot", HEALTH, now=BEFORE)


@pytest.mark.parametrize(
    ("code", "kind", "new"),
    [
        ("New", "programme", HEALTH),
        ("health", "course", HEALTH),
        ("health", "programme", Details({"en": " "}, FIRST, LAST)),
        ("health", "programme", Details({"en": "He\u200balth"}, FIRST, LAST)),
        ("health", "programme", Details({"en": "Health"}, LAST, FIRST)),
    ],
)
def test_what_cannot_be_is_refused(session: Session, code: str, kind: str, new: Details) -> None:
    with pytest.raises(Refused):
        actions.add(session, COUNTRY, code, kind, new, now=BEFORE)
    assert queries.programmes(session, COUNTRY) == []


def test_only_administrators_of_the_country_change_anything(session: Session) -> None:
    pilot(session)
    region = replace(COUNTRY, roles=(Role("administrator", "/1/2/"),))
    observer = replace(COUNTRY, roles=(Role("observer", "/1/"),))
    before = audited(session)
    for me in (region, observer, replace(COUNTRY, roles=())):
        with pytest.raises(NotFound):
            actions.add(session, me, "health", "programme", HEALTH, now=BEFORE)
        with pytest.raises(NotFound):
            actions.change(session, me, "second-test", HEALTH, now=BEFORE)
        with pytest.raises(NotFound):
            actions.choose_courses(session, me, "second-test", [], now=BEFORE)
        with pytest.raises(NotFound):
            actions.fix(session, me, "second-test", now=BEFORE)
    assert audited(session) == before


def test_a_change_touches_what_changed_and_logs_its_names(session: Session) -> None:
    actions.add(session, COUNTRY, "health", "programme", HEALTH, now=BEFORE)
    carried = Partners({}, {"en": "  School of Health "}, {}, printed=True)
    for _ in range(2):
        actions.change(session, COUNTRY, "health", carried, now=BEFORE)
    found = queries.programme(session, COUNTRY, "health")
    assert (found.partners, found.printed) == ({"en": "School of Health"}, True)
    assert audited(session)[1:] == [("programme.changed", {"fields": ["partners", "printed"]})]
    assert changed(session) == []


def test_a_programme_that_is_no_pilot_has_no_plan(session: Session) -> None:
    actions.add(session, COUNTRY, "health", "programme", HEALTH, now=BEFORE)
    with pytest.raises(NotFound):
        actions.change(session, COUNTRY, "health", PLAN, now=BEFORE)
    with pytest.raises(NotFound):
        actions.fix(session, COUNTRY, "health", now=BEFORE)


def test_after_a_pilot_is_fixed_each_change_is_listed(session: Session) -> None:
    found = pilot(session)
    assert changed(session) == []
    actions.fix(session, COUNTRY, "second-test", now=BEFORE)
    later = BEFORE + timedelta(days=60)
    actions.change(session, COUNTRY, "second-test", replace(HEALTH, ends_on=None), now=later)
    other = replace(PLAN, groups=["With it"])
    for _ in range(2):
        actions.change(session, COUNTRY, "second-test", other, now=later)
    assert changed(session) == [
        ("ends_on", "2026-09-30", None),
        ("groups", ["With it", "Without it"], ["With it"]),
    ]
    assert found.fixed_at == BEFORE


def test_fixing_twice_keeps_the_first_moment(session: Session) -> None:
    found = pilot(session)
    for days in (0, 3):
        actions.fix(session, COUNTRY, "second-test", now=BEFORE + timedelta(days=days))
    assert found.fixed_at == BEFORE
    assert [action for action, _ in audited(session)].count("programme.fixed") == 1


def test_a_pilot_that_has_begun_is_not_fixed_any_more(session: Session) -> None:
    found = pilot(session)
    with pytest.raises(Refused, match="has begun"):
        actions.fix(session, COUNTRY, "second-test", now=BEFORE + timedelta(days=28))
    assert found.fixed_at is None


def test_courses_come_and_go_and_are_listed_once_a_pilot_is_fixed(app: Flask) -> None:
    publish_small(app)
    publish_small(app, course_id="C91", slug="kitchen")
    with app.app_context(), transaction() as session:
        pilot(session)
        actions.choose_courses(session, COUNTRY, "second-test", ["C90"], now=BEFORE)
        actions.fix(session, COUNTRY, "second-test", now=BEFORE)
        for _ in range(2):
            actions.choose_courses(session, COUNTRY, "second-test", {"C91"}, now=BEFORE)
        assert changed(session) == [("courses", ["C90"], ["C91"])]
        assert session.scalars(select(ProgrammeCourse.course_id)).all() == ["C91"]
        with pytest.raises(NotFound):
            actions.choose_courses(session, COUNTRY, "second-test", ["C91", "C99"], now=BEFORE)


def test_who_changed_a_fixed_pilot_is_named_until_the_name_goes(app: Flask, amina: Cast) -> None:
    me = replace(COUNTRY, person_id=amina.id)
    with app.app_context(), transaction() as session:
        found = pilot(session)
        actions.fix(session, me, "second-test", now=BEFORE)
        actions.change(session, me, "second-test", replace(PLAN, measures=["X"]), now=BEFORE)
        actions.change(session, SERVER, "second-test", PLAN, now=BEFORE)
        names = [row.name for row in queries.changes(session, COUNTRY, found.id)]
        assert names == [None, "Amina Ben Salah"]


# ---- Which programme a course has on a day ------------------------------------------------------


def test_a_course_has_a_programme_when_exactly_one_runs(app: Flask) -> None:
    publish_small(app)
    with app.app_context(), transaction() as session:
        wanted = actions.add(session, COUNTRY, "health", "programme", HEALTH, now=BEFORE)
        actions.choose_courses(session, COUNTRY, "health", ["C90"], now=BEFORE)
        assert queries.only_running(session, "C90", day=FIRST) == wanted
        assert queries.only_running(session, "C90", day=LAST) == wanted
        assert queries.only_running(session, "C90", day=FIRST - timedelta(1)) is None
        assert queries.only_running(session, "C90", day=LAST + timedelta(1)) is None
        assert queries.only_running(session, "C91", day=FIRST) is None
        endless = replace(HEALTH, starts_on=LAST, ends_on=None)
        actions.add(session, COUNTRY, "second", "programme", endless, now=BEFORE)
        actions.choose_courses(session, COUNTRY, "second", ["C90"], now=BEFORE)
        assert queries.only_running(session, "C90", day=LAST) is None
        assert queries.only_running(session, "C90", day=LAST + timedelta(1)) is not None
