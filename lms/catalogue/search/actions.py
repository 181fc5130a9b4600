"""What makes texts found: the newest edition of each course, and documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from lms.catalogue.models import Course, EditionLesson
from lms.catalogue.programmes.rules import said_in as shown_in
from lms.catalogue.search import dialect
from lms.catalogue.search.models import SearchEntry
from lms.catalogue.search.rules import folded
from lms.catalogue.search.sections import WORD, sections
from lms.installation import LANGUAGES
from lms.jobs import actions as jobs
from lms.tables import Id

INDEX = "search.index"

_IS_FOUND = exists().where(
    SearchEntry.course_id == Course.id, SearchEntry.edition_id == Course.edition_id
)


def ask(session: Session, key: str, *, now: datetime) -> None:
    """Ask the worker to let the newest editions be found; once for each ``key``."""
    jobs.ask(session, INDEX, key, now=now)


def ask_if_needed(session: Session, *, now: datetime) -> None:
    """Ask for it where a course is published and cannot be found: after an upgrade."""
    if next_course(session, "") is not None:
        ask(session, f"start {now.isoformat()}", now=now)


def next_course(session: Session, after: str) -> tuple[str, int] | None:
    """Return (course, newest edition) of the next course that cannot be found, by its id."""
    row = session.execute(
        select(Course.id, Course.edition_id)
        .where(Course.edition_id.is_not(None), Course.id > after, ~_IS_FOUND)
        .order_by(Course.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.id, int(row.edition_id or 0))


def entries(session: Session, course_id: str, edition_id: int) -> list[dict[str, Any]]:
    """Return the rows of an edition: each part of each lesson, each word once, in each language.

    Slow: some tenths of a second. It reads alone.
    """
    lessons = session.execute(
        select(EditionLesson.code, EditionLesson.language, EditionLesson.title, EditionLesson.parts)
        .where(EditionLesson.edition_id == edition_id)
        .order_by(EditionLesson.language, EditionLesson.code)
        # A large course has five hundred pages: they are not all held at once.
        .execution_options(yield_per=20)
    )
    made, explained = [], set()
    for lesson in lessons:
        for each in sections(lesson.parts["html"]):
            if each.kind == WORD:
                word = (lesson.language, each.block.partition("-term-")[2])
                if word in explained:
                    continue
                explained.add(word)
            made.append(
                {
                    "kind": each.kind,
                    "language": lesson.language,
                    "course_id": course_id,
                    "edition_id": edition_id,
                    "lesson": lesson.code,
                    "block": each.block,
                    "title": lesson.title,
                    "heading": each.heading,
                    "text": each.text,
                    "heading_in": _other(each.heading_in, lesson.language),
                    "said_in": _other(each.said_in, lesson.language),
                    **_words(lesson.title, each.heading, each.text),
                }
            )
    return made


def _other(spoken: str | None, language: str) -> str | None:
    return None if spoken == language else spoken


def _words(title: str, heading: str, text: str) -> dict[str, str]:
    return {"heading_words": folded(heading), "words": folded(f"{title} {heading} {text}")}


def keep(
    session: Session, course_id: str, edition_id: int, made: Sequence[Mapping[str, Any]]
) -> None:
    """Let a course be found by ``made`` and by nothing that was kept of it before."""
    dialect.take_out(session, dialect.OF_COURSE, course_id)
    session.execute(delete(SearchEntry).where(SearchEntry.course_id == course_id))
    if made:
        session.execute(insert(SearchEntry), list(made))
        dialect.add(session, dialect.OF_COURSE, course_id)


def keep_document(session: Session, document_id: UUID, titles: Mapping[str, str]) -> None:
    """Let a document be found by its titles; by nothing where there are none: it is withdrawn.

    A language without a title of its own finds it by the one that readers are shown.
    """
    key = Id().process_bind_param(document_id, session.get_bind().dialect)
    dialect.take_out(session, dialect.OF_DOCUMENT, key)
    session.execute(delete(SearchEntry).where(SearchEntry.document_id == document_id))
    if not titles:
        return
    made = []
    for language in LANGUAGES:
        said_in, title = shown_in(titles, language)
        made.append(
            {
                "kind": "document",
                "language": language,
                "document_id": document_id,
                "title": title,
                "heading": title,
                "heading_in": _other(said_in, language),
                "text": "",
                **_words("", title, ""),
            }
        )
    session.execute(insert(SearchEntry), made)
    dialect.add(session, dialect.OF_DOCUMENT, key)
