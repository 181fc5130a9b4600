"""What blocks of the source said before, for whoever brings a translation up to date."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.authoring.drafts.models import BlockText, Draft, DraftContent, DraftFile
from lms.content.blocks import read_document
from lms.content.digests import block_digest, block_key, digested_text
from lms.content.faults import Faults
from lms.tables import add_all_unless_there


def note_old_texts(session: Session, found: Draft, path: str, before: bytes, after: bytes) -> None:
    """Keep what blocks of the source said when others were made from it, and they change now.

    Made from it are translations, and what a country decided about it.
    """
    language, _, name = path.partition("/")
    if language != found.source or not name.endswith(".md") or not before:
        return
    old = read_document(path, before, Faults())
    new = read_document(path, after, Faults())
    if old is None:
        return
    still = {block_digest(block) for block in new.blocks} if new else set()
    gone = {block_digest(block): block for block in old.blocks} if old else {}
    gone = {digest: block for digest, block in gone.items() if digest not in still}
    if not gone:
        return
    made_from = b"".join(_made_from_it(session, found, name, path))
    rows = [
        {
            "course_id": found.course_id,
            "block": block_key(block),
            "digest": digest,
            "text": digested_text(block),
        }
        for digest, block in gone.items()
        if digest.encode() in made_from
    ]
    add_all_unless_there(session, BlockText, rows)


def _made_from_it(session: Session, found: Draft, name: str, path: str) -> Iterable[bytes]:
    return session.scalars(
        select(DraftContent.data)
        .join(DraftFile, DraftFile.digest == DraftContent.digest)
        .where(
            DraftFile.draft_id == found.id,
            DraftFile.path != path,
            or_(
                DraftFile.path.endswith(f"/{name}", autoescape=True),
                DraftFile.path.startswith("nations/") & DraftFile.path.endswith("/nation.toml"),
            ),
        )
    )
