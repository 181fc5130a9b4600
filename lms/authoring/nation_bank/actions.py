"""Write the words of a country's own question in another language than the one with its key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.authoring.bank import queries as banks
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries as found_drafts
from lms.authoring.drafts.rules import rights
from lms.authoring.translating.pairs import pair
from lms.content.faults import CourseRefused
from lms.content.translation.parts import assembled
from lms.content.translation.reasons import Reason
from lms.content.translation.target import with_block
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

CHANGED = msg("The question was changed while you wrote. Read it again, then save.")
BROKEN = msg("The file of this translation cannot be read. Mend it in the editor first.")


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent for one question.

    texts   part key -> what was typed.
    seen    digest of the translation that the writer had before them, empty for none.
    source  digest of the question that they had before them.
    """

    texts: Mapping[str, str]
    seen: str
    source: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of it: why it is not taken, and whether somebody else wrote meanwhile."""

    reasons: tuple[Reason, ...] = ()
    conflict: bool = False


def translate(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    nation: str,
    code: str,
    language: str,
    sent: Sent,
    *,
    now: datetime,
) -> Kept:
    """Keep the translation of one question; nothing is stored where there is a reason against it.

    raises  NotFound for who may not write it, for no such question and for the language that has
            the key; Refused for a file that cannot be read.
    """
    found = found_drafts.draft(session, viewer, draft_id, lock=True)
    at = banks.where(session, viewer, found, nation)
    if at is None or not rights(viewer, found.course_id).adapts or language == at.source:
        raise NotFound
    module = at.module_of(code)
    origin, path = at.path(module), at.path(module, language)
    files = found_drafts.read(session, viewer, found, {origin, path})
    here = pair(path, files[origin].data, files[path].data, origin)
    unit = here.unit(code) if here else None
    if here is None or unit is None or unit.block is None:
        raise NotFound
    if here.broken:
        raise Refused(Message(BROKEN))
    from lms.content.translation.checks import checked, tidied_texts  # loads Markdown

    said = tidied_texts(unit, sent.texts)
    if sent.source != unit.digest:
        return Kept((Reason("", Message(CHANGED), refused=True),))
    if unit.said != sent.seen and {k: v for k, v in said.items() if v} != dict(unit.texts):
        return Kept(conflict=True)
    reasons = checked(unit, sent.texts, at.source, language)
    refused = tuple(reason for reason in reasons if reason.refused)
    if refused:
        return Kept(refused)
    try:
        raw = assembled(unit.block, unit.question, said, unit.twin)
        text = with_block(here.target, here.source, code, raw, language)
    except CourseRefused as wrong:
        return Kept(tuple(Reason("", each.message, refused=True) for each in wrong.faults))
    drafts.save(
        session, viewer, draft_id, path, text.encode(), seen=files[path].number, now=now, note=code
    )
    return Kept()
