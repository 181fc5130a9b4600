"""The documents of the library: everybody reads them, the country's office sees all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import require_office
from lms.catalogue.library.models import Document, DocumentFile
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow, AnySelect

MOST = 1000  # files of one page


@dataclass(slots=True)
class Found:
    """A document with its files, by language."""

    id: UUID
    code: str
    titles: dict[str, str]
    withdrawn_at: datetime | None
    files: dict[str, AnyRow] = field(default_factory=dict)


def _files() -> AnySelect:
    return (
        select(
            Document.id,
            Document.code,
            Document.titles,
            Document.withdrawn_at,
            DocumentFile.language,
            DocumentFile.digest,
            DocumentFile.pages,
            DocumentFile.bytes,
            DocumentFile.added_at,
        )
        .order_by(Document.code)
        .limit(MOST)
    )


_READ = (
    _files()
    .join(DocumentFile, DocumentFile.document_id == Document.id)
    .where(Document.withdrawn_at.is_(None))
)
_ALL = _files().outerjoin(DocumentFile, DocumentFile.document_id == Document.id)


def _put_together(rows: Iterable[AnyRow]) -> list[Found]:
    found: dict[UUID, Found] = {}
    for row in rows:
        document = found.setdefault(row.id, Found(row.id, row.code, row.titles, row.withdrawn_at))
        if row.language is not None:
            document.files[row.language] = row
    return list(found.values())


def documents(session: Session, viewer: Viewer) -> list[Found]:
    """Return every document that can be read, by its code."""
    del viewer  # the library is for everybody who is signed in
    return _put_together(session.execute(_READ))


def document(session: Session, viewer: Viewer, code: str) -> Found:
    """Return one document that can be read; raises NotFound for no such one, and a withdrawn."""
    del viewer
    return _one(session.execute(_READ.where(Document.code == code)))


def every_document(session: Session, viewer: Viewer) -> list[Found]:
    """Return every document, also without files and withdrawn; NotFound for all but the office."""
    require_office(viewer)
    return _put_together(session.execute(_ALL))


def any_document(session: Session, viewer: Viewer, code: str) -> Found:
    """Return one of them; raises NotFound for no such one and for all but the country's office."""
    require_office(viewer)
    return _one(session.execute(_ALL.where(Document.code == code)))


def _one(rows: Iterable[AnyRow]) -> Found:
    found = _put_together(rows)
    if not found:
        raise NotFound
    return found[0]
