"""Write translations, one block or several blocks of a file at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts.rules import rights
from lms.authoring.translating.opened import Opened, Place, opened
from lms.authoring.translating.pairs import document
from lms.content.faults import CourseRefused
from lms.content.model import Document
from lms.content.translation.parts import assembled
from lms.content.translation.reasons import Reason
from lms.content.translation.target import with_block, with_title
from lms.content.translation.units import Unit
from lms.kernel.errors import NotFound
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

NO_VERSION = -1  # no file has this number: what is saved so is kept beside the present text
SOURCE_CHANGED = msg(
    "The source text was changed while you wrote. Read the new one, then save again."
)
THEIRS = msg("Somebody else has translated this block meanwhile.")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a translator sent for one block.

    texts   part key -> what was typed; a part that was not sent stays.
    seen    digest of the block's translation that they had before them, "" for none.
    source  digest of the source text that they had before them.
    """

    key: str
    texts: Mapping[str, str]
    seen: str
    source: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of it.

    reasons   why it is not taken; nothing is stored then.
    conflict  whether somebody else has translated this block meanwhile; theirs stands.
    aside     the version under which the text is kept beside theirs, None where it could not be.
    """

    reasons: tuple[Reason, ...] = ()
    conflict: bool = False
    aside: int | None = None


def save_block(
    session: Session, viewer: Viewer, place: Place, sent: Sent, *, now: datetime
) -> Kept:
    """Keep one block of a translation, on the file as it is now.

    What a colleague changed in another block meanwhile stays.
    raises  NotFound for a draft, file or block that the viewer may not write.
    """
    here = _mine(session, viewer, place, lock=True)
    text, kept = _tried(here, place, here.pair.target, sent)
    if text is None:
        return kept
    saved = drafts.save(
        session,
        viewer,
        place.draft_id,
        place.path,
        text.encode(),
        now=now,
        note=sent.key,
        seen=NO_VERSION if kept.conflict else here.file.number,
    )
    return Kept((), kept.conflict, saved.aside)


def save_blocks(
    session: Session,
    viewer: Viewer,
    place: Place,
    sent: Sequence[Sent],
    *,
    note: str,
    now: datetime,
) -> dict[str, tuple[Reason, ...]]:
    """Keep blocks of one file that come from a sheet: all of them, or none where one is refused.

    returns  key -> why the block is not taken; empty when everything is.
    raises   as ``save_block``.
    """
    here = _mine(session, viewer, place, lock=True)
    target, refused = tried_blocks(here, place, sent)
    if target is not None and sent and not refused:
        drafts.save(
            session,
            viewer,
            place.draft_id,
            place.path,
            target.text().encode(),
            now=now,
            note=note,
            seen=here.file.number,
        )
    return refused


def tried_blocks(
    here: Opened, place: Place, sent: Sequence[Sent]
) -> tuple[Document | None, dict[str, tuple[Reason, ...]]]:
    """Return the file with all of these blocks, and why blocks of them are not taken."""
    target = here.pair.target
    refused: dict[str, tuple[Reason, ...]] = {}
    for each in sent:
        text, kept = _tried(here, place, target, each)
        if kept.conflict:
            refused[each.key] = (Reason("", Message(THEIRS), refused=True),)
        elif text is None:
            refused[each.key] = kept.reasons
        else:
            target = document(place.path, text.encode())
    return target, refused


def _mine(session: Session, viewer: Viewer, place: Place, *, lock: bool) -> Opened:
    here = opened(session, viewer, place, lock=lock)
    if not rights(viewer, here.draft.course_id).may_write(place.path, here.draft.source):
        raise NotFound
    return here


def _tried(
    here: Opened, place: Place, target: Document | None, sent: Sent
) -> tuple[str | None, Kept]:
    """Return the file with one block as it was sent, None where it is not taken, and why."""
    from lms.content.translation.checks import checked, tidied_texts  # loads Markdown

    unit = here.pair.unit(sent.key)
    if unit is None:
        raise NotFound
    said = tidied_texts(unit, sent.texts)
    typed = {key: text for key, text in said.items() if text}
    conflict = unit.said != sent.seen and typed != dict(unit.texts)
    if sent.source != unit.digest:
        return None, Kept((Reason("", Message(SOURCE_CHANGED), refused=True),))
    reasons = checked(unit, sent.texts, here.draft.source, place.language, here.glossary)
    refused = tuple(reason for reason in reasons if reason.refused)
    if refused:
        return None, Kept(refused, conflict)
    try:
        text = _written(target, here.pair.source, unit, said, place.language)
    except CourseRefused as found:
        return None, Kept(tuple(Reason("", each.message, refused=True) for each in found.faults))
    return text, Kept((), conflict)


def _written(
    target: Document | None,
    source: Document,
    unit: Unit,
    said: Mapping[str, str],
    language: str,
) -> str:
    if unit.block is None:
        return with_title(target, source, unit.key, said["title"], language)
    raw = assembled(unit.block, unit.question, said, unit.twin)
    return with_block(target, source, unit.key, raw, language)
