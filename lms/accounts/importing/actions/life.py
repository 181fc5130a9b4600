"""A list is sent, read, tried, taken over, and what it did is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lms.accounts.importing import columns, queries
from lms.accounts.importing.actions.states import (
    BEFORE,
    CHECKED,
    CHECKING,
    DONE,
    FAILED,
    READ,
    READING,
    RUNNING,
    UNDOING,
    UNDONE,
    in_next_turn,
    in_state,
    may_be_undone,
)
from lms.accounts.importing.rules import VERDICTS, kept
from lms.accounts.importing.title_rules import titles_of
from lms.accounts.models import JobTitle, StaffImport
from lms.accounts.rules import actor_id, administers_country
from lms.audit import actions as audit
from lms.kernel.errors import Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.tables import add_unless_there

SECOND_CLICK = timedelta(minutes=5)
MOST_WAITING = 25  # files of one person, of 20 MB each at most
LONGEST_FILE_NAME = 120


def require_room(session: Session, viewer: Viewer) -> None:
    """Refuse one more file of somebody who lets as many wait as a person may."""
    waiting = select(func.count()).where(
        StaffImport.asked_by == actor_id(viewer), StaffImport.file != ""
    )
    if (session.scalar(waiting) or 0) >= MOST_WAITING:
        raise Refused(
            Message(
                msg(
                    "%(count)s lists of yours wait to be taken over. Take them over or throw them "
                    "away first."
                ),
                {"count": MOST_WAITING},
            )
        )


def begin(
    session: Session, viewer: Viewer, kind: str, file: str, file_name: str, *, now: datetime
) -> StaffImport:
    """Take a file that lies in the store of lists, to be read next; return the list.

    file  its digest.

    The same file sent again at once is the list that is there: a second click.
    """
    sent = session.scalar(
        select(StaffImport).where(
            StaffImport.asked_by == actor_id(viewer),
            StaffImport.file == file,
            StaffImport.kind == kind,
            StaffImport.state.in_((READING, READ)),
            StaffImport.made_at > now - SECOND_CLICK,
        )
    )
    if sent is not None:
        return sent
    listed = StaffImport(
        id=new_ordered_id(),
        kind=kind if kind in columns.KINDS else columns.PEOPLE,
        asked_by=actor_id(viewer),
        file=file,
        file_name=file_name[-LONGEST_FILE_NAME:],
        state=READING,
        reading={},
        mapping={},
        counts={},
        made_at=now,
        done_at=None,
        undone_at=None,
    )
    session.add(listed)
    session.flush()
    audit.append(
        session, actor_id(viewer), "staff-list.sent", str(listed.id), {"kind": listed.kind}, now=now
    )
    return listed


def read_again(
    session: Session, viewer: Viewer, import_id: UUID, asked: Mapping[str, Any]
) -> StaffImport:
    """Let a list be read in another way.

    asked   encoding, separator, sheet and number of the header row, as far as they were chosen.
    raises  NotFound for somebody else's list, Refused for one that was taken over.
    """
    listed = in_state(session, viewer, import_id, BEFORE)
    listed.reading = {**in_next_turn(listed), "asked": dict(asked)}
    listed.state = READING
    return listed


def note_reading(session: Session, listed: StaffImport, found: Mapping[str, Any]) -> None:
    """Store what the worker has read: how, the header, the first rows, how many there are."""
    listed.reading = {**listed.reading, **found}
    listed.state = READ


def note_refusal(session: Session, listed: StaffImport, message: Message) -> None:
    """Store why the worker could not read a list."""
    listed.reading = {**listed.reading, "refused": kept(message)}
    listed.state = FAILED


def check(
    session: Session, viewer: Viewer, import_id: UUID, mapping: Mapping[str, Any]
) -> StaffImport:
    """Let a list be tried: every row is decided, nothing is changed.

    mapping  ``fields``: field of ours -> number of the column; ``unit`` and ``language``: what
             counts for rows that name none; ``titles``: functions of job titles, see
             ``choose_titles``; without them those that were chosen before stay.
    raises   NotFound for somebody else's list, Refused for one that is not read, and where the
             column is missing without which a list says nothing.
    """
    listed = in_state(session, viewer, import_id, {READ, CHECKED, CHECKING})
    if listed.mapping.get("titles"):
        mapping = {"titles": listed.mapping["titles"], **mapping}
    if listed.state == CHECKING and listed.mapping == mapping:
        return listed
    if columns.NEEDED[listed.kind] not in mapping["fields"]:
        raise Refused(Message(msg("Say which column tells one row from another.")))
    listed.mapping = dict(mapping)
    listed.reading = in_next_turn(listed)
    listed.counts = {}
    listed.state = CHECKING
    return listed


def choose_titles(
    session: Session, viewer: Viewer, import_id: UUID, chosen: Mapping[str, str]
) -> StaffImport:
    """Say which functions job titles of a list are, and let it be tried again with them.

    chosen  folded title -> P1 to P7, or empty for "none of ours"; others stay as they are.
    raises  NotFound for somebody else's list, Refused for one that was not tried or is taken over.
    """
    listed = in_state(session, viewer, import_id, {CHECKED, CHECKING})
    titles = {**listed.mapping.get("titles", {}), **chosen}
    if titles == listed.mapping.get("titles", {}):
        return listed
    return check(session, viewer, import_id, {**listed.mapping, "titles": titles})


def _remember_titles(
    session: Session, viewer: Viewer, listed: StaffImport, *, now: datetime
) -> None:
    """Keep what was chosen for job titles of a list, for the next one.

    What the country's administrators chose stands; others add what nobody has said yet.
    """
    written = {each.key: each.title for each in titles_of(listed.reading.get("titles", ()))}
    said = {key: code for key, code in listed.mapping.get("titles", {}).items() if key in written}
    decides = administers_country(viewer)
    if decides:
        session.execute(delete(JobTitle).where(JobTitle.key.in_(said)))
    kept = [
        key
        for key, function in sorted(said.items())
        if function
        and add_unless_there(
            session,
            JobTitle,
            {
                "key": key,
                "title": written[key],
                "function": function,
                "decided_by": actor_id(viewer),
                "decided_at": now,
            },
        )
    ]
    if kept or (decides and said):
        audit.append(
            session,
            actor_id(viewer),
            "job-titles.remembered",
            str(listed.id),
            {"titles": len(kept)},
            now=now,
        )


def confirm(
    session: Session, viewer: Viewer, import_id: UUID, *, end_missing: bool, now: datetime
) -> StaffImport:
    """Let a list that was tried be taken over. Twice is once.

    end_missing  whether those who are missing in it work there until today and no longer.
    raises       NotFound for somebody else's list, Refused for one that was not tried.
    """
    listed = in_state(session, viewer, import_id, {CHECKED, RUNNING, DONE})
    if listed.state == CHECKED:
        listed.mapping = {**listed.mapping, "end_missing": end_missing}
        listed.reading = in_next_turn(listed)
        listed.state = RUNNING
        session.flush()
        _remember_titles(session, viewer, listed, now=now)
        audit.append(
            session,
            actor_id(viewer),
            "staff-list.confirmed",
            str(listed.id),
            {"rows": listed.counts, "ends missing": end_missing},
            now=now,
        )
    return listed


def undo(session: Session, viewer: Viewer, import_id: UUID, *, now: datetime) -> StaffImport:
    """Let what a list did be taken back. Twice is once.

    raises  NotFound for somebody else's list, Refused for one that did nothing, or 30 days after.
    """
    listed = in_state(session, viewer, import_id, {DONE, UNDOING, UNDONE})
    if listed.state == DONE:
        if not may_be_undone(listed, now=now):
            raise Refused(
                Message(msg("A list can be undone for 30 days. Change people one by one now."))
            )
        listed.reading = in_next_turn(listed)
        listed.state = UNDOING
        session.flush()
        audit.append(session, actor_id(viewer), "staff-list.undo-asked", str(listed.id), now=now)
    return listed


def note_report(session: Session, viewer: Viewer, import_id: UUID, *, now: datetime) -> None:
    """Write into the log that somebody takes the report of a list.

    raises  NotFound for somebody else's list.
    """
    listed = queries.one(session, viewer, import_id)
    facts = {"rows": sum(listed.counts.get(verdict, 0) for verdict in VERDICTS)}
    audit.append(session, actor_id(viewer), "staff-list.report", str(listed.id), facts, now=now)
