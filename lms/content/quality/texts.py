"""Every text of a course, those of its countries included."""

from __future__ import annotations

from collections.abc import Iterator

from lms.content.model import Course, Document
from lms.content.nation_bank import own_documents


def texts_of(course: Course) -> Iterator[tuple[str, Document]]:
    """Yield each text with its language: the course's own, then what countries add."""
    for language, documents in course.documents.items():
        for document in documents.values():
            yield language, document
    yield from own_documents(course)
    for nation in course.nations.values():
        for texts in (nation.texts, nation.replacements):
            yield from texts.items()
