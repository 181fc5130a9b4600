"""From a draft to an edition: check it, ask, send back, approve; the worker publishes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id
from lms.audit import actions as audit
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries as found_drafts
from lms.authoring.drafts.models import Draft, DraftVerdict
from lms.authoring.drafts.rules import Rights, rights
from lms.authoring.review import queries
from lms.authoring.review.models import EditionPerson
from lms.authoring.review.rules import (
    APPROVED,
    ASKED,
    CHECK,
    PUBLISH,
    PUBLISHED,
    SENT_BACK,
    Said,
    against_approval,
    is_asked,
    key_of,
    may_ask,
    parts_of,
)
from lms.catalogue.models import Edition
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.tables import add_unless_there

CHANGED = msg("The draft was changed meanwhile. Check it once more.")


def check(session: Session, viewer: Viewer, draft_id: UUID, *, now: datetime) -> Job:
    """Ask the worker to look through a draft as it is now; once for each state of its files."""
    found = found_drafts.draft(session, viewer, draft_id)
    state = drafts.state(session, viewer, found)
    return jobs.ask(
        session,
        CHECK,
        key_of(found.id, state),
        {"draft": str(found.id), "state": state},
        now=now,
        asked_by=actor_id(viewer),
    )


def ask(
    session: Session, viewer: Viewer, draft_id: UUID, state: str, note: str, *, now: datetime
) -> None:
    """Ask the publishers of the course to approve the draft as it is; twice says it once.

    raises  Refused where the draft has changed since ``state``, or its check found faults.
    """
    found, held = _locked(session, viewer, draft_id, state)
    if not may_ask(held):
        raise NotFound
    last = _last(session, viewer, found)
    if is_asked(last, state):
        return
    _require_checked(session, viewer, found, state)
    _say(session, viewer, found, ASKED, state, note, now)


def send_back(
    session: Session, viewer: Viewer, draft_id: UUID, state: str, note: str, *, now: datetime
) -> None:
    """Say no to a draft that asks for approval; the writers read why."""
    found, held = _locked(session, viewer, draft_id, state)
    if not held.reviews:
        raise NotFound
    last = _last(session, viewer, found)
    if last == Said(SENT_BACK, state):
        return
    if not is_asked(last, state):
        raise Refused(Message(msg("Nobody asks for approval of this draft as it is now.")))
    _say(session, viewer, found, SENT_BACK, state, note, now)


def approve(
    session: Session, viewer: Viewer, draft_id: UUID, state: str, reason: str, *, now: datetime
) -> Job:
    """Approve a draft: the worker makes an edition of exactly this state.

    reason  why it may be published although a lesson is over its budget; empty where none is.
    raises  Refused for somebody who wrote in it, for a draft that was changed or is not asked
            for, and where the check found what no edition may have.
    """
    found, held = _locked(session, viewer, draft_id, state)
    writers = {person for person, _ in queries.written(session, viewer, found)}
    against = against_approval(viewer, held, writers)
    if against is not None:
        raise Refused(against)
    last = _last(session, viewer, found)
    approved = last == Said(APPROVED, state)
    if not approved:
        if not is_asked(last, state):
            raise Refused(Message(msg("Nobody asks for approval of this draft as it is now.")))
        result = _require_checked(session, viewer, found, state)
        if result.get("over_budget") and not reason:
            raise Refused(
                Message(
                    msg(
                        "A lesson is over its budget. Say why it may be published all the "
                        "same, or send the draft back."
                    )
                )
            )
        _say(session, viewer, found, APPROVED, state, reason, now)
    return jobs.ask(
        session,
        PUBLISH,
        key_of(found.id, state),
        {"draft": str(found.id), "state": state, "by": str(viewer.person_id), "reason": reason},
        now=now,
        asked_by=actor_id(viewer),
    )


def published(
    session: Session, viewer: Viewer, found: Draft, edition: Edition, state: str, *, now: datetime
) -> None:
    """Note who made an edition of a draft, and that the draft goes on from it.

    viewer  who approved it.
    """
    made = parts_of(queries.written(session, viewer, found), found.source)
    for person_id, part in sorted([*made, (viewer.person_id, "publisher")], key=str):
        add_unless_there(
            session,
            EditionPerson,
            {"edition_id": edition.id, "person_id": person_id, "part": part, "at": now},
        )
    drafts.published(session, found.id, edition.id)
    _say(session, viewer, found, PUBLISHED, state, "", now)


def _locked(session: Session, viewer: Viewer, draft_id: UUID, state: str) -> tuple[Draft, Rights]:
    found = found_drafts.draft(session, viewer, draft_id, lock=True)
    if drafts.state(session, viewer, found) != state:
        raise Refused(Message(CHANGED))
    return found, rights(viewer, found.course_id)


def _last(session: Session, viewer: Viewer, found: Draft) -> Said | None:
    row = next(iter(queries.verdicts(session, viewer, found)), None)
    return Said(row.verdict, row.state) if row else None


def _require_checked(
    session: Session, viewer: Viewer, found: Draft, state: str
) -> dict[str, object]:
    """Return what the check of this state found; raise Refused where it found a fault."""
    job = queries.jobs(session, viewer, key_of(found.id, state)).get(CHECK)
    if job is None or job.state != "done":
        raise Refused(Message(msg("The draft is not checked yet. Check it first.")))
    result = dict(job.result or {})
    if result.get("faults"):
        raise Refused(Message(msg("The check found faults. Mend them, then check once more.")))
    return result


def _say(
    session: Session,
    viewer: Viewer,
    found: Draft,
    verdict: str,
    state: str,
    note: str,
    now: datetime,
) -> None:
    session.add(
        DraftVerdict(
            id=new_ordered_id(),
            draft_id=found.id,
            state=state,
            verdict=verdict,
            note=note,
            by=actor_id(viewer),
            at=now,
        )
    )
    session.flush()
    audit.append(
        session,
        actor_id(viewer),
        f"draft.{verdict}",
        str(found.id),
        {"course": found.course_id, "state": state},
        now=now,
    )
