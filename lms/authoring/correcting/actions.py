"""A key was wrong: count first who would be affected, then let a second person correct it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id
from lms.assessment.models import ItemCorrection
from lms.audit import actions as audit
from lms.authoring.correcting import queries
from lms.authoring.correcting.rules import CORRECT, COUNT, LONGEST_REASON, may_count
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.rules import rights
from lms.authoring.review.rules import against_approval
from lms.catalogue.models import Course
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

OLD = msg("The question or its editions have changed since it was counted. Count once more.")


def count(
    session: Session, viewer: Viewer, draft_id: UUID, item: str, after: int, *, now: datetime
) -> Job:
    """Ask the worker whom another key of a question would affect: numbers, no names.

    after   the count that the page showed, 0 before the first: so sending it twice counts once.
    raises  NotFound for no such change and for whoever may not ask.
    """
    found = drafts.draft(session, viewer, draft_id)
    if not may_count(rights(viewer, found.course_id)):
        raise NotFound
    each = queries.one_changed(session, viewer, found, item)
    return jobs.ask(
        session,
        COUNT,
        f"{found.course_id} {item} {each.digest} {after}",
        {
            "course": found.course_id,
            "item": item,
            "from": min(each.numbers),
            "to": max(each.numbers),
            "key": dict(each.key),
            "digest": each.digest,
        },
        now=now,
        asked_by=actor_id(viewer),
    )


def correct(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    item: str,
    counted: int,
    reason: str,
    *,
    now: datetime,
) -> Job:
    """Let the key of the newest edition count for earlier ones too; the worker marks anew.

    counted  the count that was shown before; the same one again changes nothing.
    raises   Refused for whoever wrote the change or publishes nothing, and where what was counted
             is no longer so; NotFound for no such change; LineRefusedError for the reason.
    """
    found = drafts.draft(session, viewer, draft_id)
    # Two people at once: the second waits here and finds what the first has asked for.
    session.execute(select(Course.id).where(Course.id == found.course_id).with_for_update())
    key = f"{found.course_id} {item} {counted}"
    held = rights(viewer, found.course_id)
    same = session.scalar(select(Job).where(Job.kind == CORRECT, Job.key == key))
    if same is not None and held.publishes:
        return same
    there = queries.changed(session, viewer, found, item)
    if item not in there and item in {
        e.item_id for e in queries.corrections(session, viewer, found)
    }:
        raise Refused(Message(msg("Somebody else has corrected this key meanwhile.")))
    each = queries.one_changed(session, viewer, found, item)
    against = against_approval(viewer, held, [viewer.person_id] if each.wrote else [])
    if against is not None:
        raise Refused(against)
    shown = session.get(Job, counted)
    if shown is None or shown.kind != COUNT or shown.state != "done":
        raise Refused(Message(msg("Nobody has counted yet who would be affected. Count first.")))
    if (shown.facts["course"], shown.facts["item"], shown.facts["digest"]) != (
        found.course_id,
        item,
        each.digest,
    ):
        raise Refused(Message(OLD))
    correction = ItemCorrection(
        id=new_ordered_id(),
        course_id=found.course_id,
        item_id=item,
        number_from=min(each.numbers),
        number_to=max(each.numbers),
        key=dict(each.key),
        reason=Line.of(reason, LONGEST_REASON).text,
        by=actor_id(viewer),
        at=now,
    )
    session.add(correction)
    session.flush()
    facts = {name: shown.facts[name] for name in ("course", "item", "from", "to", "key")}
    job = jobs.ask(
        session,
        CORRECT,
        key,
        {**facts, "correction": str(correction.id)},
        now=now,
        asked_by=actor_id(viewer),
    )
    audit.append(
        session,
        actor_id(viewer),
        "key.corrected",
        str(correction.id),
        {
            "course": found.course_id,
            "item": item,
            "from": facts["from"],
            "to": facts["to"],
            "counted": dict(shown.result or {}),
        },
        now=now,
    )
    return job
