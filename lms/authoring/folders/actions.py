"""Begin drafts from files, and take hand-edited folders back in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.actions import become_author
from lms.accounts.rules import actor_id
from lms.audit import actions as audit
from lms.authoring.actions import READ
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries as found_drafts
from lms.authoring.drafts.models import Draft
from lms.authoring.drafts.rules import rights
from lms.authoring.folders import queries, rules
from lms.authoring.packages import WRONG
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

Edition = tuple[int, Mapping[str, bytes]]


def ask_to_compare(
    session: Session, viewer: Viewer, draft_id: UUID, file: str, key: str, *, now: datetime
) -> Job:
    """Ask the worker to read a folder that was brought for a draft.

    file    digest of the zip in the store of uploads
    key     the request key of the form: asking twice is asking once
    raises  NotFound for whoever may write nothing in this draft.
    """
    found = found_drafts.draft(session, viewer, draft_id)
    if not rules.may_bring(rights(viewer, found.course_id)):
        raise NotFound
    return jobs.ask(
        session,
        READ,
        f"{viewer.person_id} {key}",
        {"file": file, "draft": str(draft_id)},
        now=now,
        asked_by=actor_id(viewer),
    )


def begin(
    session: Session,
    viewer: Viewer,
    brought: Job,
    files: Mapping[str, bytes],
    edition: Edition | None,
    *,
    now: datetime,
) -> Draft:
    """Begin a draft from what somebody has brought; the course's open draft if it has one.

    files    of the folder, inside it
    edition  the newest edition of this course here, with its files. Then the draft begins as that
             edition, and what the folder changes is compared with it first and confirmed.
    raises   Refused for a signature that is not that of this course, for a folder of this server
             with faults, and as ``drafts.begin``; NotFound for whoever may not.

    Who brings a new course becomes its author, as whoever begins one from nothing.
    """
    result = brought.result or {}
    if result.get("signature") == WRONG:
        raise Refused(
            Message(msg("The signature is not that of this course, so no draft is begun from it."))
        )
    if brought.facts.get("lay") and not result.get("course"):
        raise Refused(Message(msg("This folder has faults. Mend it, then begin the draft.")))
    course = drafts.course_of(files)
    there = found_drafts.open_draft(session, viewer, course.id)
    if there is not None:
        return there
    known = found_drafts.taken_ids(session, viewer)
    if not queries.may_draft(viewer, course.id, known):
        raise NotFound
    writer = viewer
    if course.id not in known:
        writer = become_author(session, viewer, course.id, now=now)
    edition_id, first = edition or (None, files)
    begun = drafts.begin(session, writer, first, edition_id, now=now)
    audit.append(
        session,
        actor_id(viewer),
        "package.brought",
        str(begun.id),
        {"package": brought.facts["file"], "signature": result.get("signature")},
        now=now,
    )
    return begun


def take(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    files: Mapping[str, bytes],
    seen: str,
    note: str,
    *,
    now: datetime,
) -> int:
    """Take what the viewer may write from a folder; return how many files changed.

    seen    state of the draft that they compared it with
    raises  as ``drafts.take_folder``, and NotFound for whoever may write nothing in this draft.
    """
    found = found_drafts.draft(session, viewer, draft_id, lock=True)
    held = rights(viewer, found.course_id)
    if not rules.may_bring(held):
        raise NotFound
    if drafts.course_of(files).id != found.course_id:
        return drafts.take_folder(session, viewer, draft_id, files, seen=seen, now=now)
    present = found_drafts.contents(session, viewer, found)
    wanted = rules.taken(present, files, held, found.source)
    return drafts.take_folder(session, viewer, draft_id, wanted, seen=seen, now=now, note=note)
