"""Taking a list of people over: some hundred rows at a time, with few statements.

What a row would do is decided anew when it is taken over. Where that is not what was shown to
the person who confirmed, the row does nothing and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import actions as accounts
from lms.accounts import scope
from lms.accounts.importing import queries, rules
from lms.accounts.importing.listed import Listed
from lms.accounts.importing.rules import Decision, Known
from lms.accounts.models import Identity, Person, Posting, StaffImport, StaffImportRow, Unit
from lms.accounts.rules import actor_id, searchable
from lms.audit import actions as audit
from lms.kernel.ids import new_id, new_ordered_id
from lms.kernel.json_value import Json
from lms.kernel.viewer import Viewer


@dataclass(slots=True)
class _Batch:
    """What the rows of one step write, by table; each list becomes one statement."""

    today: date
    people: list[dict[str, Any]] = field(default_factory=list)
    identities: list[dict[str, Any]] = field(default_factory=list)
    postings: list[dict[str, Any]] = field(default_factory=list)
    changed_people: list[dict[str, Any]] = field(default_factory=list)
    changed_identities: list[dict[str, Any]] = field(default_factory=list)
    changed_postings: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    shut_out: list[UUID] = field(default_factory=list)
    subjects: dict[str, list[str]] = field(default_factory=dict)

    def write(self, session: Session, *, now: datetime) -> None:
        for table, values in (
            (Person, self.people),
            (Identity, self.identities),
            (Posting, self.postings),
        ):
            if values:
                session.execute(insert(table), values)
        if self.rows:
            session.execute(update(StaffImportRow), self.rows)
        for table, values in (
            (Person, self.changed_people),
            (Identity, self.changed_identities),
            (Posting, self.changed_postings),
        ):
            if values:
                session.execute(update(table), values)
        for person_id in self.shut_out:
            accounts.end_sessions(session, person_id, because="disabled", now=now)


def take_rows(
    session: Session,
    viewer: Viewer,
    listed: StaffImport,
    rows: Sequence[StaffImportRow],
    *,
    now: datetime,
) -> None:
    """Take rows over that were tried: people are added, changed, moved; rows say what was before.

    New people get no code and no password: the page of slips makes codes.
    """
    today = installation.day_of(session, now)
    batch = _Batch(today)
    places = queries.places(session, viewer)
    said = {row.number: Listed.of(row.facts) for row in rows if row.verdict in rules.TAKEN}
    numbers = {each.folded_number for each in said.values()}
    known = queries.known_people(session, viewer, numbers, today=today)
    for row in rows:
        if row.verdict == rules.MISSING:
            continue
        each = said[row.number]
        person = known.get(each.folded_number)
        decision = rules.decide(each, person, places.of_id(each.place), viewer, today=today)
        if not _is_as_shown(row, decision):
            _set_aside(batch, listed, row, decision)
        elif person is None:
            _add(batch, listed, row, each, decision, now)
        else:
            _change(batch, listed, row, person, decision)
    _end_missing(session, viewer, batch, listed, rows)
    batch.write(session, now=now)
    if batch.subjects:
        audit.append(
            session, actor_id(viewer), "staff-list.taken", str(listed.id), batch.subjects, now=now
        )


def _is_as_shown(row: StaffImportRow, decision: Decision) -> bool:
    shown = (row.verdict, row.facts.get("changes", {}))
    return (decision.verdict, dict(decision.changes)) == shown


def _set_aside(batch: _Batch, listed: StaffImport, row: StaffImportRow, decision: Decision) -> None:
    """Let a row do nothing: it is done already, or not what was shown any more."""
    same = decision.verdict == rules.SAME
    reasons = row.reasons if same else [*row.reasons, rules.kept(rules.SINCE_CHANGED)]
    batch.rows.append(
        {
            "import_id": listed.id,
            "number": row.number,
            "reasons": reasons,
            "done": False,
            "verdict": rules.SAME if same else rules.REFUSED,
            "subject_id": row.subject_id,
            "before": None,
        }
    )


def _note(
    batch: _Batch, listed: StaffImport, row: StaffImportRow, subject: UUID, before: Json
) -> None:
    batch.rows.append(
        {
            "import_id": listed.id,
            "number": row.number,
            "reasons": row.reasons,
            "done": True,
            "verdict": row.verdict,
            "subject_id": subject,
            "before": before,
        }
    )
    batch.subjects.setdefault(row.verdict, []).append(str(subject))


def _add(
    batch: _Batch,
    listed: StaffImport,
    row: StaffImportRow,
    said: Listed,
    decision: Decision,
    now: datetime,
) -> None:
    person_id = new_id()
    batch.people.append(
        {
            "id": person_id,
            "status": "active",
            "rank_group": said.rank or None,
            "sex": said.sex or None,
            "extra_time": 0,
            "made_at": now,
        }
    )
    latin = said.name_latin or None
    batch.identities.append(
        {
            "person_id": person_id,
            "service_number": said.number,
            "service_number_folded": said.folded_number,
            "name": said.name,
            "name_latin": latin,
            "language": said.language or "en",
            "names_confirmed_at": None,
            "search": searchable(said.number, said.name, latin),
        }
    )
    _note(batch, listed, row, person_id, {"made": _post(batch, person_id, decision)})


def _post(batch: _Batch, person_id: UUID, decision: Decision) -> str:
    """Let somebody work from today on where the row says; return the posting's id."""
    if decision.move is None:
        raise ValueError("a new posting without a place")
    posting_id = new_ordered_id()
    batch.postings.append(
        {
            "id": posting_id,
            "person_id": person_id,
            "unit_id": decision.move.place,
            "function": decision.move.function,
            "starts_on": batch.today,
            "ends_on": None,
        }
    )
    return str(posting_id)


def _change(
    batch: _Batch,
    listed: StaffImport,
    row: StaffImportRow,
    person: Known,
    decision: Decision,
) -> None:
    before: dict[str, Any] = {"fields": dict(decision.changes)}
    after = {name: value for name, (_, value) in decision.changes.items()}
    if {"rank", "sex", "status"} & set(after):
        batch.changed_people.append(changed_person(person, after))
    if after.get("status") == "disabled":
        batch.shut_out.append(person.id)
    if {"name", "name_latin", "language"} & set(after):
        if {"name", "name_latin"} & set(after) and person.confirmed is not None:
            before["confirmed"] = person.confirmed.isoformat()
        batch.changed_identities.append(changed_identity(person, after, confirmed=None))
    if decision.move is not None:
        before |= _move(batch, person, decision)
    _note(batch, listed, row, person.id, before)


def changed_person(person: Known, after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a person with another rank group, sex or status."""
    return {
        "id": person.id,
        "rank_group": after.get("rank", person.rank),
        "sex": after.get("sex", person.sex),
        "status": after.get("status", person.status),
    }


def changed_identity(
    person: Known, after: Mapping[str, Any], *, confirmed: datetime | None
) -> dict[str, Any]:
    """Return the columns of an identity with other names or language.

    confirmed  when the owner has confirmed the names that stand there then.
    """
    name = after.get("name", person.name)
    latin = after.get("name_latin", person.name_latin)
    renamed = "name" in after or "name_latin" in after
    return {
        "person_id": person.id,
        "name": name,
        "name_latin": latin,
        "language": after.get("language", person.language),
        "names_confirmed_at": confirmed if renamed else person.confirmed,
        "search": searchable(person.number, name, latin),
    }


def _move(batch: _Batch, person: Known, decision: Decision) -> dict[str, Any]:
    """End what runs, and let the new posting begin; one that began today is corrected instead."""
    move = decision.move
    if move is None:
        raise ValueError("a move without a place")
    if any((work.unit_id, work.function) == (move.place, move.function) for work in move.ends):
        # It is so already. Whoever may not know the function is shown a change, and does none:
        # each list of a month would otherwise end the posting and begin it anew.
        return {}
    began = next((work for work in move.ends if work.starts_on == batch.today), None)
    yesterday = batch.today - timedelta(days=1)
    ended = []
    for work in move.ends:
        if work is not began:
            ended.append(_ended(work.id, work.ends_on, yesterday))
            batch.changed_postings.append(changed_posting(work, ends_on=yesterday))
    if began is None:
        return {"made": _post(batch, person.id, decision), "ended": ended}
    batch.changed_postings.append(
        changed_posting(began, unit_id=move.place, function=move.function, ends_on=None)
    )
    corrected = {
        "id": str(began.id),
        "unit": [str(began.unit_id), str(move.place)],
        "function": [began.function, move.function],
        "ends": began.ends_on.isoformat() if began.ends_on else None,
    }
    return {"corrected": corrected, "ended": ended}


def changed_posting(work: rules.Work, **changed: Any) -> dict[str, Any]:
    """Return the columns of a posting, some of them changed."""
    return {
        "id": work.id,
        "unit_id": work.unit_id,
        "function": work.function,
        "ends_on": work.ends_on,
        **changed,
    }


def _ended(posting_id: UUID, before: date | None, after: date) -> list[str | None]:
    return [str(posting_id), before.isoformat() if before else None, after.isoformat()]


def _end_missing(
    session: Session,
    viewer: Viewer,
    batch: _Batch,
    listed: StaffImport,
    rows: Sequence[StaffImportRow],
) -> None:
    """Let those who are missing work until today where the viewer administers."""
    wanted = {row.subject_id: row for row in rows if row.verdict == rules.MISSING}
    ended: dict[UUID, list[list[str | None]]] = {}
    running = session.execute(
        select(Posting.id, Posting.person_id, Posting.ends_on)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(
            Posting.person_id.in_([each for each in wanted if each]),
            scope.below(Unit.path, viewer.unit_paths("administrator")),
            Posting.starts_on <= batch.today,
            or_(Posting.ends_on.is_(None), Posting.ends_on > batch.today),
        )
        .with_for_update(of=Posting)
    ).all()
    if running:
        session.execute(
            update(Posting), [{"id": each.id, "ends_on": batch.today} for each in running]
        )
    for each in running:
        told = _ended(each.id, each.ends_on, batch.today)
        ended.setdefault(each.person_id, []).append(told)
    for person_id, row in wanted.items():
        if person_id in ended:
            _note(batch, listed, row, person_id, {"ended": ended[person_id]})
        else:
            _set_aside(batch, listed, row, Decision(rules.MISSING))
