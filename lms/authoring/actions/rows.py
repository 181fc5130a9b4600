"""What pages, draw and marking read of an edition, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from lms.catalogue.models import (
    EditionItem,
    EditionItemText,
    EditionLesson,
    EditionPicture,
    EditionText,
)
from lms.content.model import Course, Question
from lms.tables import Base

if TYPE_CHECKING:  # it loads Markdown, which the web process never does
    from lms.authoring.compiled import CompiledCourse, CompiledLesson, CompiledText, ItemText


def rows(course: Course, made: CompiledCourse, edition_id: int) -> Iterator[Base]:
    """Yield everything that pages, draw and marking read of an edition."""
    yield from item_rows(course, made.items, made.item_texts, edition_id)
    yield from text_rows(course, made.texts, edition_id)
    yield from lesson_rows(made.lessons, edition_id)


def item_rows(
    course: Course, items: Iterable[Question], texts: Iterable[ItemText], edition_id: int
) -> Iterator[Base]:
    """Yield the rows of the questions. ``texts``: item id, language, words."""
    for item in items:
        yield EditionItem(
            edition_id=edition_id,
            item_id=item.id,
            module=_module_of(course, item.facts),
            lesson=item.facts["lesson"],
            section=item.facts["section"],
            kind=item.kind,
            critical=item.facts.get("critical"),
            key=item.key(),
        )
    for item_id, language, words in texts:
        yield EditionItemText(
            edition_id=edition_id, item_id=item_id, language=language, words=words
        )


def text_rows(course: Course, texts: Iterable[CompiledText], edition_id: int) -> Iterator[Base]:
    """Yield the rows of titles and pictures."""
    for text in texts:
        yield EditionText(
            edition_id=edition_id,
            language=text.language,
            title=text.title,
            facts=text.facts,
            bank_complete=text.bank_complete,
            reviewed=text.reviewed,
        )
    for picture in course.pictures.values():
        yield EditionPicture(
            edition_id=edition_id,
            name=picture.name,
            address=picture.address,
            digest=picture.digest,
            kind=picture.kind,
            bytes=picture.bytes,
            width=picture.width,
            height=picture.height,
        )


def lesson_rows(lessons: Iterable[CompiledLesson], edition_id: int) -> Iterator[Base]:
    """Yield the rows of lessons."""
    for lesson in lessons:
        yield EditionLesson(
            edition_id=edition_id,
            code=lesson.code,
            language=lesson.language,
            title=lesson.title,
            parts=lesson.parts,
            bytes=lesson.bytes,
        )


def _module_of(course: Course, facts: Mapping[str, str]) -> str:
    return next(
        module.code
        for module in course.facts.modules
        if any(lesson.code == facts["lesson"] for lesson in module.lessons)
    )
