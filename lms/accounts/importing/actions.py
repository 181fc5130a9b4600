"""The life of a list: sent, read, tried, taken over, undone, forgotten. Actions, audited.

Each step but the first is work in the background. Whoever presses a button again meets the list in
its next state, so that nothing happens twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from lms.accounts.importing import columns, queries
from lms.accounts.importing.rules import MISSING, TAKEN, kept
from lms.accounts.importing.title_rules import titles_of
from lms.accounts.models import JobTitle, StaffImport, StaffImportRow
from lms.accounts.rules import actor_id, administers_country
from lms.audit import actions as audit
from lms.jobs import actions as jobs
from lms.kernel.errors import Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.tables import add_unless_there

READING, READ, FAILED = "reading", "read", "failed"
CHECKING, CHECKED = "checking", "checked"
RUNNING, DONE = "running", "done"
UNDOING, UNDONE = "undoing", "undone"
DROPPED = "dropped"
# While the worker has it in hand.
AT_WORK = frozenset({READING, CHECKING, RUNNING, UNDOING})
# The register is as it was, so that the list may be read, tried or thrown away.
BEFORE = frozenset({READING, READ, FAILED, CHECKING, CHECKED})

READ_JOB, CHECK_JOB = "people.read", "people.check"
APPLY_JOB, UNDO_JOB = "people.apply", "people.undo"

AT_ONCE = 250  # rows of one step
KEPT = timedelta(days=30)
SECOND_CLICK = timedelta(minutes=5)
MOST_WAITING = 25  # files of one person, of 20 MB each at most
LONGEST_FILE_NAME = 120

TOO_LATE = Message(
    msg("This list was taken over or thrown away meanwhile. Load the page again to see how it is.")
)


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
            StaffImport.asked_by == actor_id(viewer), StaffImport.file == file,
            StaffImport.kind == kind, StaffImport.state.in_((READING, READ)),
            StaffImport.made_at > now - SECOND_CLICK,
        )
    )  # fmt: skip
    if sent is not None:
        return sent
    listed = StaffImport(
        id=new_ordered_id(), kind=kind if kind in columns.KINDS else columns.PEOPLE,
        asked_by=actor_id(viewer), file=file, file_name=file_name[-LONGEST_FILE_NAME:],
        state=READING, reading={}, mapping={}, counts={}, made_at=now, done_at=None,
        undone_at=None,
    )  # fmt: skip
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
    listed = _in_state(session, viewer, import_id, BEFORE)
    listed.reading = {**_turned(listed), "asked": dict(asked)}
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
    listed = _in_state(session, viewer, import_id, {READ, CHECKED, CHECKING})
    if listed.mapping.get("titles"):
        mapping = {"titles": listed.mapping["titles"], **mapping}
    if listed.state == CHECKING and listed.mapping == mapping:
        return listed
    if columns.NEEDED[listed.kind] not in mapping["fields"]:
        raise Refused(Message(msg("Say which column tells one row from another.")))
    listed.mapping = dict(mapping)
    listed.reading = _turned(listed)
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
    listed = _in_state(session, viewer, import_id, {CHECKED, CHECKING})
    titles = {**listed.mapping.get("titles", {}), **chosen}
    if titles == listed.mapping.get("titles", {}):
        return listed
    return check(session, viewer, import_id, {**listed.mapping, "titles": titles})


def _remember_titles(
    session: Session, viewer: Viewer, listed: StaffImport, *, now: datetime
) -> None:  # fmt: skip
    """Keep what was chosen for job titles of a list, for the next one.

    What the country's administrators chose stands; others add what nobody has said yet.
    """
    written = {each.key: each.title for each in titles_of(listed.reading.get("titles", ()))}
    said = {key: code for key, code in listed.mapping.get("titles", {}).items() if key in written}
    decides = administers_country(viewer)
    if decides:
        session.execute(delete(JobTitle).where(JobTitle.key.in_(said)))
    kept = [
        key for key, function in sorted(said.items())
        if function and add_unless_there(
            session, JobTitle,
            {"key": key, "title": written[key], "function": function,
             "decided_by": actor_id(viewer), "decided_at": now},
        )
    ]  # fmt: skip
    if kept or (decides and said):
        audit.append(
            session, actor_id(viewer), "job-titles.remembered", str(listed.id),
            {"titles": len(kept)}, now=now,
        )  # fmt: skip


def confirm(
    session: Session, viewer: Viewer, import_id: UUID, *, end_missing: bool, now: datetime
) -> StaffImport:
    """Let a list that was tried be taken over. Twice is once.

    end_missing  whether those who are missing in it work there until today and no longer.
    raises       NotFound for somebody else's list, Refused for one that was not tried.
    """
    listed = _in_state(session, viewer, import_id, {CHECKED, RUNNING, DONE})
    if listed.state == CHECKED:
        listed.mapping = {**listed.mapping, "end_missing": end_missing}
        listed.reading = _turned(listed)
        listed.state = RUNNING
        session.flush()
        _remember_titles(session, viewer, listed, now=now)
        audit.append(
            session, actor_id(viewer), "staff-list.confirmed", str(listed.id),
            {"rows": listed.counts, "ends missing": end_missing}, now=now,
        )  # fmt: skip
    return listed


def undo(session: Session, viewer: Viewer, import_id: UUID, *, now: datetime) -> StaffImport:
    """Let what a list did be taken back. Twice is once.

    raises  NotFound for somebody else's list, Refused for one that did nothing, or 30 days after.
    """
    listed = _in_state(session, viewer, import_id, {DONE, UNDOING, UNDONE})
    if listed.state == DONE:
        if not may_be_undone(listed, now=now):
            raise Refused(
                Message(msg("A list can be undone for 30 days. Change people one by one now."))
            )
        listed.reading = _turned(listed)
        listed.state = UNDOING
        session.flush()
        audit.append(
            session, actor_id(viewer), "staff-list.undo-asked", str(listed.id), now=now
        )  # fmt: skip
    return listed


def may_be_undone(listed: StaffImport, *, now: datetime) -> bool:
    """Return whether what a list did can still be taken back."""
    return listed.state == DONE and listed.done_at is not None and now < listed.done_at + KEPT


def ask(
    session: Session, viewer: Viewer, listed: StaffImport, kind: str, back: str, *, now: datetime
) -> None:
    """Ask the worker for the next step of a list. Asking again for the same is harmless.

    back  address of the page of the list.
    """
    job = jobs.ask(
        session, kind, f"{listed.id} {listed.reading.get('turn', 0)}", facts(viewer, listed, back),
        now=now, asked_by=actor_id(viewer),
    )  # fmt: skip
    job.total_units = job.total_units or _steps(session, listed, kind)
    listed.reading = {**listed.reading, "job": job.id}
    session.flush()


def facts(viewer: Viewer, listed: StaffImport, back: str = "") -> dict[str, Any]:
    """Return what a step needs to know: the list, whose rights count, and which turn it is."""
    by = actor_id(viewer)
    return {
        "import": str(listed.id), "by": str(by) if by else None, "language": viewer.language,
        "turn": listed.reading.get("turn", 0), "back": back,
    }  # fmt: skip


def _steps(session: Session, listed: StaffImport, kind: str) -> int:
    """Return how many steps a piece of work has, to show how far it is."""
    if kind == CHECK_JOB:
        return int(listed.reading["rows"]) // AT_ONCE + 2
    if kind == APPLY_JOB:
        wanted = [StaffImportRow.verdict.in_(taken(listed)), StaffImportRow.done.is_(False)]
    elif kind == UNDO_JOB:
        wanted = [StaffImportRow.done.is_(True)]
    else:
        return 1
    statement = select(func.count()).where(StaffImportRow.import_id == listed.id, *wanted)
    return (session.scalar(statement) or 0) // AT_ONCE + 1


def taken(listed: StaffImport) -> Sequence[str]:
    """Return the verdicts of the rows that change something when this list is taken over."""
    return (*TAKEN, MISSING) if listed.mapping.get("end_missing") else TAKEN


def drop(
    session: Session, viewer: Viewer, import_id: UUID, discard: Callable[[str], object], *,
    now: datetime,
) -> None:  # fmt: skip
    """Throw a list away that has changed nothing: its file, its rows, its preview. Twice is once.

    discard  deletes a file of the store by its digest.
    raises   NotFound for somebody else's list, Refused for one that was taken over.
    """
    listed = _in_state(session, viewer, import_id, {*BEFORE, DROPPED})
    if listed.state != DROPPED:
        _forget(session, listed, discard)
        listed.state = DROPPED
        session.flush()
        audit.append(session, actor_id(viewer), "staff-list.dropped", str(listed.id), now=now)


def forget_old(session: Session, discard: Callable[[str], object], *, now: datetime) -> int:
    """Delete rows, files and previews of lists after 30 days; return of how many.

    That there was a list, who sent it and what it counted, stays.
    """
    before = now - KEPT
    old = session.scalars(
        select(StaffImport).where(
            StaffImport.file_name != "",
            func.coalesce(StaffImport.undone_at, StaffImport.done_at, StaffImport.made_at) < before,
            or_(StaffImport.done_at.is_(None), StaffImport.done_at < before),
        )
    ).all()
    for listed in old:
        _forget(session, listed, discard)
        # Work that was stopped for so long is not gone on with.
        ends = {RUNNING: DONE, UNDOING: UNDONE, DONE: DONE, UNDONE: UNDONE}
        listed.state = ends.get(listed.state, DROPPED)
    session.flush()
    return len(old)


def _forget(session: Session, listed: StaffImport, discard: Callable[[str], object]) -> None:
    session.execute(delete(StaffImportRow).where(StaffImportRow.import_id == listed.id))
    drop_file(session, listed, discard)
    listed.file_name = ""
    listed.reading = {"turn": listed.reading.get("turn", 0) + 1}
    listed.mapping = {}


def drop_file(session: Session, listed: StaffImport, discard: Callable[[str], object]) -> None:
    """Delete the file of a list; its rows stay. One that was sent twice lies in the store once."""
    file, listed.file = listed.file, ""
    needed = select(StaffImport.id).where(StaffImport.file == file, StaffImport.id != listed.id)
    if file and session.scalar(needed.limit(1)) is None:
        discard(file)


def _in_state(
    session: Session, viewer: Viewer, import_id: UUID, states: Collection[str]
) -> StaffImport:
    listed = queries.one(session, viewer, import_id, locked=True)
    if listed.state not in states:
        raise Refused(TOO_LATE)
    return listed


def _turned(listed: StaffImport) -> dict[str, Any]:
    """Return what is known of the reading, in the next turn: work of an earlier one ends."""
    return {**listed.reading, "turn": listed.reading.get("turn", 0) + 1}
