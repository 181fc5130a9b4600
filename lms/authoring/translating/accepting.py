"""Somebody has read blocks of a translation and accepts them: who, and on which day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Identity
from lms.accounts.rules import actor_id
from lms.audit import actions as audit
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts.rules import rights
from lms.authoring.translating.opened import BROKEN, Opened, Place, opened
from lms.authoring.translating.pairs import document
from lms.content.translation.target import accepted_block
from lms.content.translation.units import STALE, TRANSLATED
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

CHANGED = msg("This text was changed meanwhile. Read it once more.")


@dataclass(frozen=True, slots=True)
class Accepting:
    """Which blocks are accepted as they stand.

    words   key -> digest of the words that were read; empty where ``number`` says so.
    number  of the version in which every translated block was read; 0 for single blocks.
    reader  the name of somebody outside who signed the printed sheet; "" for the viewer.
    back    whether the acceptance is taken back instead.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    number: int = 0
    reader: str = ""
    back: bool = False


def accept(
    session: Session, viewer: Viewer, place: Place, asked: Accepting, *, now: datetime
) -> int:
    """Say who has read blocks of a translation and accepts them; return how many.

    raises  NotFound for somebody who does not review this course, Refused where the words are
            others by now. Twice says it once.
    """
    here = opened(session, viewer, place)
    if not rights(viewer, here.draft.course_id).reviews:
        raise NotFound
    keys = _accepted_keys(here, asked)
    target = here.pair.target
    if not keys or target is None:
        return 0
    name = asked.reader or session.scalar(
        select(Identity.name).where(Identity.person_id == viewer.person_id)
    )
    said = None if asked.back else f"{' '.join((name or '–').split())}, {now.date().isoformat()}"
    text = target.text()
    for key in keys:
        current = document(place.path, text.encode())
        if current is None:
            raise Refused(Message(BROKEN))
        text = accepted_block(current, here.pair.source, key, said)
    drafts.accept(session, viewer, place.draft_id, place.path, text.encode(), now=now)
    audit.append(
        session,
        actor_id(viewer),
        "translation.unaccepted" if asked.back else "translation.accepted",
        str(place.draft_id),
        {"course": here.draft.course_id, "file": place.path, "blocks": len(keys)},
        now=now,
    )
    return len(keys)


def _accepted_keys(here: Opened, asked: Accepting) -> list[str]:
    if asked.number:
        if asked.number != here.file.number:
            raise Refused(Message(CHANGED))
        return [unit.key for unit in here.pair.units if unit.state == TRANSLATED]
    found = []
    for key, words in asked.words.items():
        unit = here.pair.unit(key)
        if unit is None or not unit.said:
            raise NotFound
        if unit.said != words or (unit.state == STALE and not asked.back):
            raise Refused(Message(CHANGED))
        if (unit.accepted is not None) == asked.back:
            found.append(key)
    return found
