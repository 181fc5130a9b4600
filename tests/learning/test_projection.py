"""Progress is what the records say: adding one by one and computing anew give the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from lms.db import transaction
from lms.extensions import db
from lms.kernel.ids import new_ordered_id
from lms.learning import records
from lms.learning.models import Enrolment, LearningRecord, Progress
from lms.learning.projection import Fact, Standing, project, take
from tests.course import LESSONS, SmallCourse
from tests.people import Cast

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    """Draw one fact as the actions record them, or one that this program does not know."""
    verb = draw(
        st.sampled_from(
            [
                "launched",
                "completed",
                "experienced",
                "satisfied",
                "initialized",
                "attempted",
                "failed",
                "passed",
                "waved",
            ]
        )
    )
    lesson = draw(st.sampled_from(LESSONS))
    result: dict[str, Any] | None = None
    if verb == "completed":
        result = draw(st.sampled_from([{"kind": "lesson", "completion": True}, None]))
    elif verb == "experienced":
        result = {
            "section": draw(st.sampled_from([None, "hy11-1"])),
            "seconds": draw(st.integers(0, 3600)),
        }
    elif verb == "satisfied":
        result = {"attempt": draw(st.integers(1, 3))}
    elif verb in {"failed", "passed", "attempted"}:
        result = {
            "test": draw(st.sampled_from(["pre", "post", "refresher"])),
            "percent": draw(st.integers(0, 100)),
        }
    return Fact(verb, lesson, result, NOW + timedelta(minutes=draw(st.integers(0, 9999))))


HISTORIES = st.lists(facts(), max_size=12)


@given(HISTORIES, HISTORIES)
def test_it_does_not_matter_where_computing_began(first: list[Fact], rest: list[Fact]) -> None:
    standing = project(first)
    for fact in rest:
        standing = take(standing, fact)
    assert standing == project([*first, *rest])


@given(HISTORIES)
def test_standing_never_goes_back(history: list[Fact]) -> None:
    before = Standing()
    for number in range(len(history) + 1):
        now = project(history[:number])
        assert now.lessons[: len(before.lessons)] == before.lessons
        assert (now.percent or 0) >= (before.percent or 0)
        assert (now.seconds or 0) >= (before.seconds or 0)
        assert (now.passed_at is not None) >= (before.passed_at is not None)
        assert before.seen_at is None or (now.seen_at is not None and now.seen_at >= before.seen_at)
        before = now


def test_a_first_test_changes_no_mark() -> None:
    found = project([Fact("passed", "pre-test", {"test": "pre", "percent": 100}, NOW)])
    assert (found.percent, found.passed_at) == (None, None)


def test_time_that_nobody_measured_is_none() -> None:
    assert project([Fact("completed", "HY-1.1", {"kind": "lesson"}, NOW)]).seconds is None
    assert project([Fact("experienced", "HY-1.1", {"seconds": 0}, NOW)]).seconds is None


@pytest.mark.parametrize(
    ("since", "until", "held"),
    [
        ("2024-05-01", "2026-12-31", ("2026-11-30", "2028-11-30")),
        ("2024-05-01", None, ("2026-11-30", None)),
        ("2026-12-24", "2027-01-31", ("2026-12-24", "2028-11-30")),
        ("2026-12-24", "2030-01-31", ("2026-12-24", "2030-01-31")),
    ],
)
def test_a_certificate_from_elsewhere_takes_nothing_away_from_a_pass(
    since: str, until: str | None, held: tuple[str, str | None]
) -> None:
    passed = {"test": "post", "percent": 90, "held_from": "2026-11-30"}
    found = project(
        [
            Fact("passed", "post-test", {**passed, "valid_through": "2028-11-30"}, NOW),
            Fact("waived", "C90", {"held_from": since, "valid_through": until}, NOW),
        ]
    )
    through = found.valid_through and found.valid_through.isoformat()
    assert (str(found.held_from), through) == held


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=HISTORIES)
def test_the_stored_rows_equal_the_records(
    app: Flask, amina: Cast, small_course: SmallCourse, history: list[Fact]
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Enrolment).values(closed_at=NOW))
        enrolment = Enrolment(
            id=new_ordered_id(),
            person_id=amina.id,
            course_id="C90",
            route="self",
            number=1,
            due_on=None,
            made_at=NOW,
            made_by=None,
            begun_at=NOW,
        )
        session.add(enrolment)
        session.flush()
        for fact in history:
            records.append(
                session,
                enrolment,
                fact.verb,
                fact.object,
                by=amina.viewer,
                now=fact.at,
                result=fact.result,
            )
        enrolment_id = enrolment.id
    with app.app_context():
        session = db.session()
        assert list(records.differences(session)) == []
        progress = session.get(Progress, enrolment_id)
        assert (progress is not None) == bool(history)
        assert progress is None or progress.version >= len(history)
        db.session.remove()


def test_a_whole_course_leaves_no_difference(
    app: Flask, amina: Cast, chipo: Cast, small_course: SmallCourse
) -> None:
    small_course.pass_it(amina)
    small_course.begin(chipo)
    small_course.read(chipo)
    small_course.sit(chipo, "pre", right=True)
    small_course.sit(chipo, right=False)
    small_course.read(chipo)
    with app.app_context():
        assert list(records.differences(db.session())) == []


def test_a_row_that_somebody_changed_is_found_and_mended(
    app: Flask, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.pass_it(amina)
    with app.app_context(), transaction() as session:
        session.execute(update(Progress).values(percent=3, lessons=[]))
    with app.app_context():
        [(_, stored, said)] = records.differences(db.session())
        assert (stored.percent, said.percent) == (3, 100)
    with app.app_context(), transaction() as session:
        assert records.rebuild(session) == 1
    with app.app_context():
        assert list(records.differences(db.session())) == []


def test_a_row_that_is_missing_is_made_again(
    app: Flask, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.pass_it(amina)
    with app.app_context(), transaction() as session:
        session.delete(session.scalars(select(Progress)).one())
    with app.app_context(), transaction() as session:
        assert records.rebuild(session) == 1
        assert session.scalars(select(Progress)).one().percent == 100


def test_a_record_that_was_voided_does_not_count(
    app: Flask, amina: Cast, small_course: SmallCourse
) -> None:
    small_course.begin(amina)
    small_course.read(amina, ["HY-1.1", "HY-1.2"])
    with app.app_context(), transaction() as session:
        wrong = session.scalars(
            select(LearningRecord).where(LearningRecord.object == "HY-1.2")
        ).one()
        enrolment = session.get_one(Enrolment, wrong.enrolment_id)
        voiding = records.append(session, enrolment, "voided", "HY-1.2", by=amina.viewer, now=NOW)
        voiding.voids = wrong.id
        session.flush()
        records.rebuild(session)
        assert session.get_one(Progress, enrolment.id).lessons == ["HY-1.1"]
