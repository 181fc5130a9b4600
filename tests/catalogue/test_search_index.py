"""What the worker makes found of what was published."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lms.admin import start
from lms.catalogue.models import Course
from lms.catalogue.search import actions, dialect, steps
from lms.catalogue.search.models import SearchEntry
from lms.catalogue.search.rules import terms
from lms.db import transaction
from lms.jobs.models import Job
from lms.kernel import clock
from tests.course import SmallCourse, publish_small
from tests.desk.search.conftest import let_be_found


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(SearchEntry)) or 0


def matches(session: Session, query: str) -> int:
    """Return how many places hold a query, in any language."""
    index, condition, _ = dialect.matching(session, SearchEntry, terms(query))
    statement = select(func.count()).select_from(SearchEntry)
    if index is not None:
        statement = statement.join(index, index.c.rowid == SearchEntry.id)
    return session.scalar(statement.where(condition)) or 0


def test_a_publication_asks_for_it(app: Flask, session: Session) -> None:
    publish_small(app, course_id="C77", slug="asks-for-it")
    assert session.scalars(select(Job.key).where(Job.kind == actions.INDEX)).all() == ["edition 1"]


def test_each_part_and_each_word_of_every_language_is_found_once(
    app: Flask, session: Session
) -> None:
    publish_small(app)
    let_be_found(app)
    # The title of the lesson stands in each of its places.
    assert matches(session, "HY") == count(session) > 100
    places = session.execute(
        select(SearchEntry.language, SearchEntry.lesson, SearchEntry.block)
    ).all()
    assert len(places) == len(set(places)) == count(session)
    assert {row.language for row in places} == {"en", "fr", "ar", "ru", "kk"}


def test_doing_it_again_changes_nothing(app: Flask, session: Session) -> None:
    publish_small(app)
    let_be_found(app)
    before = count(session), matches(session, "clean hands")
    with transaction() as writing:
        edition = writing.get_one(Course, "C90").edition_id or 0
        made = actions.entries(writing, "C90", edition)
        for _ in range(2):
            actions.keep(writing, "C90", edition, made)
    assert (count(session), matches(session, "clean hands")) == before
    let_be_found(app)
    assert (count(session), matches(session, "clean hands")) == before


def test_what_is_taken_out_is_found_no_more(app: Flask, session: Session) -> None:
    publish_small(app)
    publish_small(app, course_id="C91", slug="kitchen")
    let_be_found(app)
    both = matches(session, "clean hands")
    with transaction() as writing:
        actions.keep(writing, "C91", 0, ())
    assert matches(session, "clean hands") * 2 == both


def test_a_start_asks_only_where_something_cannot_be_found(app: Flask, session: Session) -> None:
    publish_small(app)

    def asked() -> int:
        with transaction() as writing:
            writing.execute(delete(Job))
            start.ask_for_work(writing, cut_off=False, now=clock.now())
        return len(session.scalars(select(Job).where(Job.kind == actions.INDEX)).all())

    assert asked() == 1
    let_be_found(app)
    assert asked() == 0


def test_an_edition_that_was_followed_meanwhile_is_not_kept(app: Flask, session: Session) -> None:
    course: SmallCourse = publish_small(app)
    read = steps.prepare(session, {}, None, now=clock.now())
    assert read is not None
    with transaction() as writing:
        writing.get_one(Course, course.id).edition_id = None
        assert steps.record(writing, {}, None, read, now=clock.now()) == course.id
    assert count(session) == 0
