"""A course back into files, byte for byte where nothing changed."""

from __future__ import annotations

from lms.content.model import Course
from lms.content.nation_bank import own_documents


def write_course(course: Course) -> dict[str, bytes]:
    """Return every file of the course by its path.

    Text files are written from their blocks, so that an edited document comes out as edited;
    everything else as it was read.
    """
    files = dict(course.files)
    documents = [document for each in course.documents.values() for document in each.values()]
    documents += [
        document
        for nation in course.nations.values()
        for texts in (nation.texts, nation.replacements)
        for document in texts.values()
    ]
    documents += [document for _, document in own_documents(course)]
    for document in documents:
        files[document.path] = document.text().encode()
    return files
