"""A question of the small course had a wrong key in edition 1; edition 2 has the right one.

Nobody answers alike: see ``Hall.sit``. The item is AB-1-003 or whichever was drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.assessment import actions as tests
from lms.assessment import queries as assessment
from lms.assessment.codes import Codes
from lms.assessment.models import Attempt
from lms.authoring.correcting import work
from lms.authoring.drafts.models import Draft
from lms.catalogue.models import Edition, EditionItem
from lms.certificates.models import Certificate
from lms.db import reading, transaction
from lms.jobs.running import run_due
from lms.kernel import clock
from lms.kernel.ids import new_id
from tests.authoring.conftest import Press
from tests.content.small import small
from tests.course import SmallCourse, right_choice, wrong_choice
from tests.people import Cast

ITEM = "AB-1-001"
SLUG = "small-course"
LESSONS = ("AB-1.1", "AB-1.2", "AB-2.1")


@dataclass
class Hall:
    """Where people sit tests of edition 1; ``ITEM`` is on every form of it."""

    app: Flask
    course: SmallCourse

    def sit(self, person: Cast, *, old_key: bool, other: bool = True, end: bool = True) -> UUID:
        """Let somebody sit the final test.

        old_key  whether they answer ``ITEM`` as the wrong key has it; all else is right, or
                 wrong where not ``other``.
        """
        self.course.begin(person)
        self.course.read(person, LESSONS)
        attempt_id = self.course.start(person)
        with self.app.app_context(), transaction() as session:
            attempt = session.get_one(Attempt, attempt_id)
            items = assessment.form_items(session, attempt.form_id)
            assert ITEM in [item.id for item in items]
            for n, item in enumerate(items, 1):
                right = old_key if item.id == ITEM else other
                choice = (right_choice if right else wrong_choice)(item.kind, item.key)
                codes = Codes(attempt.secret, item.id, item.kind, item.key)
                tests.store_answer(
                    session,
                    person.viewer,
                    attempt_id,
                    item.id,
                    codes.fields(choice),
                    tests.Sending("0" * 16, 4000, "en", "script", n),
                    now=clock.now(),
                )
        if end:
            self.course.hand_in(person, attempt_id)
        return attempt_id

    def certify(self, person: Cast, attempt_id: UUID, number: str = "LMS-2026-000001") -> UUID:
        """Give somebody a certificate of a passed test."""
        with self.app.app_context(), transaction() as session:
            attempt = session.get_one(Attempt, attempt_id)
            edition = session.scalars(select(Edition).order_by(Edition.id).limit(1)).one()
            count = session.scalar(select(func.count()).select_from(Certificate)) or 0
            made = Certificate(
                id=new_id(),
                enrolment_id=attempt.enrolment_id,
                generation=1,
                person_id=person.id,
                course_id="C77",
                edition_id=edition.id,
                attempt_id=attempt_id,
                number=number,
                code=f"CODE{count}",
                status_index=count,
                completed_on=clock.now().date(),
                valid_through=None,
                snapshot=None,
                name_digest=None,
                awarded_at=clock.now(),
                issued_at=clock.now(),
            )
            session.add(made)
            return made.id


@pytest.fixture
def hall(app: Flask, draft: Draft, monkeypatch: pytest.MonkeyPatch) -> Hall:
    """Return the hall; a draft of the course is there, and edition 1."""
    del draft
    noon = clock.now()
    monkeypatch.setattr(clock, "now", lambda: noon)
    plain = assessment.bank
    # Of the critical slot only this one is drawn.
    monkeypatch.setattr(
        assessment,
        "bank",
        lambda session, edition_id: [
            item for item in plain(session, edition_id) if item.critical is None or item.id == ITEM
        ],
    )
    return Hall(app, SmallCourse(app, SLUG, "C77", LESSONS, f"/en/courses/{SLUG}"))


def right_key() -> dict[str, bytes]:
    """Return the course with the other answer of the item marked as right."""
    files = small()
    text = files["en/bank/AB-1.md"].decode()
    head, mark, rest = text.partition(f"## {ITEM}")
    rest = rest.replace("- [x] a.", "- [ ] a.", 1).replace("- [ ] b.", "- [x] b.", 1)
    return {**files, "en/bank/AB-1.md": (head + mark + rest).encode()}


@pytest.fixture
def mend(app: Flask) -> Callable[[], None]:
    """Return a way to publish edition 2, which has the right key."""

    def go() -> None:
        with app.app_context():
            press = Press(hours=3)
            press(right_key())
            numbers = reading().scalars(select(Edition.number).order_by(Edition.id)).all()
            assert list(numbers) == [1, 2]
            keys = (
                reading()
                .scalars(
                    select(EditionItem.key)
                    .where(EditionItem.item_id == ITEM)
                    .order_by(EditionItem.edition_id)
                )
                .all()
            )
            assert [key["right"] for key in keys] == ["a", "b"]

    return go


@pytest.fixture
def worker(app: Flask) -> Callable[[], int]:
    """Return a way to let the worker do what is due."""

    def run() -> int:
        later = clock.now() + timedelta(seconds=1)
        with app.app_context():
            return run_due(reading, transaction, work.STEPS, "worker of a test", lambda: later)

    return run


@pytest.fixture
def one_step(app: Flask) -> Callable[[], None]:
    """Return a way to let the worker do one step and then be killed."""

    def step() -> None:
        asked = iter((False, True))
        with app.app_context():
            run_due(
                reading,
                transaction,
                work.STEPS,
                "worker of a test",
                clock.now,
                stopping=lambda: next(asked),
            )

    return step
