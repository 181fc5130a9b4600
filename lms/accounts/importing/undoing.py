"""Taking back what a list of people did, as far as nobody has changed it since.

Somebody whom the list added and to whom nothing has happened yet is forgotten: no name, no number,
no posting is left. To whom something has happened stays, without work and without a way in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import actions as accounts
from lms.accounts.importing import queries, rules
from lms.accounts.importing.listed import Listed
from lms.accounts.importing.rules import Known, Work
from lms.accounts.importing.taking import changed_identity, changed_person, changed_posting
from lms.accounts.models import (
    Credential,
    Identity,
    Person,
    Posting,
    StaffImport,
    StaffImportRow,
)
from lms.accounts.rules import actor_id, administers
from lms.audit import actions as audit
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

STAYS = Message(
    msg(
        "Something has happened to this person since, so they stay in the register, without a "
        "place of work and without a way to sign in."
    )
)
LEFT_AS_IT_IS = Message(
    msg("Somebody has changed this since, so it was left as it is now. Look at the person's page.")
)
_NAMES = ("name", "name_latin")
_OF_WORK = ("unit", "function")  # told in the preview, undone with the posting


@dataclass(slots=True)
class _Undoing:
    """What taking back some rows writes."""

    viewer: Viewer
    yesterday: date
    forgotten: list[UUID] = field(default_factory=list)
    kept: list[UUID] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    identities: list[dict[str, Any]] = field(default_factory=list)
    postings: list[dict[str, Any]] = field(default_factory=list)
    dropped: list[UUID] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def write(self, session: Session, *, now: datetime) -> None:
        for table, values in (
            (Person, self.people),
            (Identity, self.identities),
            (Posting, self.postings),
        ):
            if values:
                session.execute(update(table), values)
        session.execute(delete(Posting).where(Posting.id.in_(self.dropped)))
        session.execute(delete(Credential).where(Credential.person_id.in_(self.forgotten)))
        session.execute(delete(Identity).where(Identity.person_id.in_(self.forgotten)))
        # The row stays, since records may one day name it; it says nothing about anybody.
        session.execute(
            update(Person)
            .where(Person.id.in_(self.forgotten))
            .values(status="anonymised", rank_group=None, sex=None)
        )
        for person_id in self.kept:
            accounts.end_sessions(session, person_id, because="disabled", now=now)
        session.execute(update(StaffImportRow), self.rows)


def undo_rows(
    session: Session,
    viewer: Viewer,
    listed: StaffImport,
    rows: Sequence[StaffImportRow],
    *,
    now: datetime,
) -> None:
    """Take rows back; one that stays in part keeps ``done`` and says why."""
    today = installation.day_of(session, now)
    folded = {row.number: Listed.of(row.facts).folded_number for row in rows}
    known = queries.known_people(session, viewer, set(folded.values()), today=today)
    new = [row.subject_id for row in rows if row.verdict == rules.NEW and row.subject_id]
    touched = queries.touched(session, viewer, new)
    ways_in = queries.with_credential(session, viewer, touched)
    doing = _Undoing(viewer, today - timedelta(days=1))
    for row in rows:
        person, before = known.get(folded[row.number]), row.before or {}
        if person is None or person.id != row.subject_id:
            reason: Message | None = LEFT_AS_IT_IS
        elif row.verdict == rules.NEW:
            happened = person.id in touched or not _is_as_made(person, row.facts, before)
            reason = _undo_new(doing, person, before["made"], happened, way_in=person.id in ways_in)
        else:
            reason = _undo_change(doing, person, before, today)
        doing.rows.append(
            {
                "import_id": listed.id,
                "number": row.number,
                "done": reason is not None,
                "reasons": [*row.reasons, *([rules.kept(reason)] if reason else [])],
            }
        )
    if doing.rows:
        doing.write(session, now=now)
        audit.append(
            session,
            actor_id(viewer),
            "staff-list.undone",
            str(listed.id),
            {
                "people": [str(row.subject_id) for row in rows],
                "kept": sum(each["done"] for each in doing.rows),
            },
            now=now,
        )


def _is_as_made(person: Known, facts: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Return whether a new person is still exactly what the list made of them."""
    said = Listed.of(facts)
    return (
        person.confirmed is None
        and (person.name, person.name_latin or "") == (said.name, said.name_latin)
        and [(str(work.id), work.ends_on) for work in person.work] == [(before["made"], None)]
    )


def _undo_new(
    doing: _Undoing, person: Known, posting_id: str, happened: bool, *, way_in: bool
) -> Message | None:
    made = next((work for work in person.work if str(work.id) == posting_id), None)
    if made is None or made.ends_on is not None or not administers(doing.viewer, made.path):
        return LEFT_AS_IT_IS
    if not happened:
        doing.forgotten.append(person.id)
        doing.dropped.append(made.id)
        return None
    doing.postings.append(changed_posting(made, ends_on=doing.yesterday))
    if way_in:
        doing.people.append(changed_person(person, {"status": "disabled"}))
        doing.kept.append(person.id)
    return STAYS


def _undo_change(
    doing: _Undoing, person: Known, before: Mapping[str, Any], today: date
) -> Message | None:
    """Put back what stands as the list left it; return why something stays, None where all went."""
    said = {
        name: change for name, change in before.get("fields", {}).items() if name not in _OF_WORK
    }
    # A name that its owner has confirmed since is theirs.
    fields = {
        name: old
        for name, (old, new) in said.items()
        if getattr(person, name) == new and not (name in _NAMES and person.confirmed)
    }
    here = any(administers(doing.viewer, work.path) for work in person.work if work.runs_on(today))
    nowhere = not any(work.runs_on(today) for work in person.work)
    if not here and not nowhere:
        return LEFT_AS_IT_IS
    if {"rank", "sex", "status"} & set(fields):
        doing.people.append(changed_person(person, fields))
    if {*_NAMES, "language"} & set(fields):
        confirmed = before.get("confirmed")
        doing.identities.append(
            changed_identity(
                person, fields, confirmed=datetime.fromisoformat(confirmed) if confirmed else None
            )
        )
    work = {str(each.id): each for each in person.work}
    whole = _undo_work(doing, work, before)
    return None if whole and len(said) == len(fields) else LEFT_AS_IT_IS


def _undo_work(doing: _Undoing, work: Mapping[str, Work], before: Mapping[str, Any]) -> bool:
    """Take the new posting back and let the former ones run on; return whether all of it went."""
    made, corrected = before.get("made"), before.get("corrected")
    if made:
        added, newest = work.get(made), next(reversed(list(work.values())), None)
        if added is None or added is not newest or added.ends_on is not None:
            return False
        if not administers(doing.viewer, added.path):
            return False
        doing.dropped.append(added.id)
    if corrected:
        there = work.get(corrected["id"])
        now_is = [str(there.unit_id), there.function, there.ends_on] if there else []
        if there is None or now_is != [corrected["unit"][1], corrected["function"][1], None]:
            return False
        doing.postings.append(
            changed_posting(
                there,
                unit_id=UUID(corrected["unit"][0]),
                function=corrected["function"][0],
                ends_on=_day(corrected["ends"]),
            )
        )
    whole = True
    for posting_id, was, became in before.get("ended", ()):
        ended = work.get(posting_id)
        if ended is None or ended.ends_on != _day(became) or _went_on(ended, work, made):
            whole = False
        elif administers(doing.viewer, ended.path):
            doing.postings.append(changed_posting(ended, ends_on=_day(was)))
    return whole


def _went_on(ended: Work, work: Mapping[str, Work], made: str | None) -> bool:
    """Return whether somebody has begun elsewhere since: the former posting must not run again."""
    return any(
        each.starts_on > ended.starts_on and each.ends_on is None and key != made
        for key, each in work.items()
    )


def _day(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None
