"""What changes the library. The country's office alone may, and all is audited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id, require_office
from lms.audit import actions as audit
from lms.catalogue.library.models import Document, DocumentFile
from lms.catalogue.library.rules import LONGEST_TITLE, MOST_PAGES
from lms.catalogue.programmes.rules import CODE_SENTENCE, checked_texts, is_code
from lms.catalogue.search import actions as search
from lms.installation import LANGUAGES
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.tables import add_unless_there


def add(
    session: Session, viewer: Viewer, code: str, titles: Mapping[str, str], *, now: datetime
) -> UUID:
    """Add a document under a code that it keeps for good; its files follow. Return its id.

    Saying it twice changes nothing.
    raises  NotFound for anybody but the country's office; Refused where another document has the
            code, and for a code or titles that cannot be.
    """
    require_office(viewer)
    if not is_code(code):
        raise Refused(Message(CODE_SENTENCE))
    told = _told(titles)
    made = new_ordered_id()
    values = {
        "id": made,
        "code": code,
        "titles": told,
        "added_by": actor_id(viewer),
        "added_at": now,
        "withdrawn_by": None,
        "withdrawn_at": None,
    }
    if not add_unless_there(session, Document, values):
        before = session.scalars(select(Document).where(Document.code == code)).one()
        if before.titles == told:
            return before.id
        raise Refused(
            Message(
                msg("There is a document with the code %(code)s already. Choose another code."),
                {"code": code},
            )
        )
    _note(session, viewer, "document.added", code, {}, now)
    return made


def change_titles(
    session: Session, viewer: Viewer, code: str, titles: Mapping[str, str], *, now: datetime
) -> None:
    """Change what a document is called; raises as ``add``."""
    document, told = _document(session, viewer, code), _told(titles)
    if document.titles == told:
        return
    _note(session, viewer, "document.titles", code, {"before": document.titles}, now)
    document.titles = told
    _let_be_found(session, document)


def put_file(
    session: Session,
    viewer: Viewer,
    code: str,
    language: str,
    digest: str,
    size: int,
    pages: int | None,
    *,
    now: datetime,
) -> None:
    """Let a stored PDF be the document in one language; the same file again changes nothing.

    digest  under which the file lies in the store already; size in bytes.
    raises  NotFound for anybody but the country's office, no such document, no such language.
    """
    document = _document(session, viewer, code)
    if language not in LANGUAGES:
        raise NotFound
    file = session.get(DocumentFile, (document.id, language))
    if file is not None and file.digest == digest:
        return
    told = {"digest": digest, "before": file.digest if file else None}
    if file is None:
        file = DocumentFile(document_id=document.id, language=language)
        session.add(file)
    file.digest, file.bytes, file.pages = digest, size, pages
    file.added_by, file.added_at = actor_id(viewer), now
    _note(session, viewer, "document.file", f"{code} {language}", told, now)
    _let_be_found(session, document)


def set_pages(
    session: Session, viewer: Viewer, code: str, language: str, pages: int | None, *, now: datetime
) -> None:
    """Say how many pages a file has, where the count was wrong or impossible; None: unknown.

    raises  NotFound as ``put_file``, also where there is no such file; Refused below 1 and above
            5,000.
    """
    document = _document(session, viewer, code)
    file = session.get(DocumentFile, (document.id, language))
    if file is None:
        raise NotFound
    if pages is not None and not 1 <= pages <= MOST_PAGES:
        raise Refused(
            Message(msg("Write a number of pages from 1 to %(most)s."), {"most": MOST_PAGES})
        )
    if file.pages != pages:
        told = {"before": file.pages, "after": pages}
        file.pages = pages
        _note(session, viewer, "document.pages", f"{code} {language}", told, now)


def withdraw(session: Session, viewer: Viewer, code: str, *, now: datetime) -> None:
    """Take a document out of the library; its files stay stored. Twice is once."""
    document = _document(session, viewer, code)
    if document.withdrawn_at is None:
        document.withdrawn_at, document.withdrawn_by = now, actor_id(viewer)
        _note(session, viewer, "document.withdrawn", code, {}, now)
        _let_be_found(session, document)


def bring_back(session: Session, viewer: Viewer, code: str, *, now: datetime) -> None:
    """Put a withdrawn document into the library again. Twice is once."""
    document = _document(session, viewer, code)
    if document.withdrawn_at is not None:
        document.withdrawn_at = document.withdrawn_by = None
        _note(session, viewer, "document.returned", code, {}, now)
        _let_be_found(session, document)


def _told(titles: Mapping[str, str]) -> dict[str, str]:
    told = checked_texts(titles, LONGEST_TITLE)
    if not told:
        raise Refused(Message(msg("Write the title in at least one language.")))
    return told


def _document(session: Session, viewer: Viewer, code: str) -> Document:
    """Return a document for whoever may change it, locked until the transaction ends."""
    require_office(viewer)
    found = session.scalar(select(Document).where(Document.code == code).with_for_update())
    if found is None:
        raise NotFound
    return found


def _let_be_found(session: Session, document: Document) -> None:
    session.flush()
    has_file = session.scalar(select(exists().where(DocumentFile.document_id == document.id)))
    is_read = has_file and document.withdrawn_at is None
    search.keep_document(session, document.id, document.titles if is_read else {})


def _note(
    session: Session, viewer: Viewer, what: str, subject: str, facts: dict[str, Any], now: datetime
) -> None:
    audit.append(session, actor_id(viewer), what, subject, facts, now=now)
