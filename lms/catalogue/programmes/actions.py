"""What changes programmes. Administrators of the country alone may, and all is audited."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import actor_id, require_office
from lms.audit import actions as audit
from lms.catalogue.models import Course, Programme, ProgrammeChange, ProgrammeCourse
from lms.catalogue.programmes import rules
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.tables import add_unless_there


@dataclass(frozen=True, slots=True)
class Details:
    """What a programme is called, by language, and when it runs; no last day: until further."""

    titles: Mapping[str, str]
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Partners:
    """Who carries a programme, by language, and whether certificates may say so."""

    issuers: Mapping[str, str]
    partners: Mapping[str, str]
    funders: Mapping[str, str]
    printed: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a pilot wants to find out: the question, who is compared, what is measured."""

    question: str | None
    groups: list[str]
    measures: list[str]


def add(
    session: Session, viewer: Viewer, code: str, kind: str, new: Details, *, now: datetime
) -> UUID:
    """Add a programme under a code that it keeps for good; return its id.

    Saying it twice changes nothing.
    raises  NotFound for anybody but administrators of the country; Refused where another
            programme has the code, and for a code, a kind, titles or a period that cannot be.
    """
    require_office(viewer)
    if not rules.is_code(code):
        raise Refused(Message(rules.CODE_SENTENCE))
    if kind not in rules.KINDS:
        raise Refused(Message(msg("Choose a programme or a pilot.")))
    told = _told(new)
    made = new_ordered_id()
    values = {
        "id": made,
        "code": code,
        "kind": kind,
        **told,
        "issuers": {},
        "partners": {},
        "funders": {},
        "printed": False,
        "question": None,
        "groups": [],
        "measures": [],
        "fixed_at": None,
        "made_by": actor_id(viewer),
        "made_at": now,
    }
    if not add_unless_there(session, Programme, values):
        before = session.scalars(select(Programme).where(Programme.code == code)).one()
        same = all(getattr(before, name) == value for name, value in told.items())
        if before.kind == kind and same:
            return before.id
        raise Refused(
            Message(
                msg("There is a programme with the code %(code)s already. Choose another code."),
                {"code": code},
            )
        )
    audit.append(
        session,
        actor_id(viewer),
        "programme.added",
        str(made),
        {"code": code, "kind": kind},
        now=now,
    )
    return made


def change(
    session: Session, viewer: Viewer, code: str, new: Details | Partners | Plan, *, now: datetime
) -> None:
    """Change one part of a programme; what stays the same is not touched.

    Once a pilot is fixed, each change is listed for good: field, before, after, by whom, when.
    raises  NotFound for anybody but administrators of the country, for no such programme and for
            the plan of what is no pilot; Refused for titles or a period that cannot be.
    """
    programme = _changed(session, viewer, code)
    if isinstance(new, Plan) and programme.kind != rules.PILOT:
        raise NotFound
    fields_changed = []
    for name, after in _told(new).items():
        before = getattr(programme, name)
        if before == after:
            continue
        setattr(programme, name, after)
        _list_change(session, viewer, programme, name, before, after, now=now)
        fields_changed.append(name)
    _note(session, viewer, programme, fields_changed, now=now)


def choose_courses(
    session: Session, viewer: Viewer, code: str, course_ids: Collection[str], *, now: datetime
) -> None:
    """Let exactly these courses belong to a programme; enrolments that were made keep theirs.

    raises  NotFound as ``change`` does, and for a course that is not here.
    """
    programme = _changed(session, viewer, code)
    wanted = set(course_ids)
    known = set(session.scalars(select(Course.id).where(Course.id.in_(wanted))))
    if known != wanted:
        raise NotFound
    before = set(
        session.scalars(
            select(ProgrammeCourse.course_id).where(ProgrammeCourse.programme_id == programme.id)
        )
    )
    if before == wanted:
        return
    session.execute(
        delete(ProgrammeCourse).where(
            ProgrammeCourse.programme_id == programme.id,
            ProgrammeCourse.course_id.in_(before - wanted),
        )
    )
    session.add_all(
        ProgrammeCourse(programme_id=programme.id, course_id=each)
        for each in sorted(wanted - before)
    )
    _list_change(session, viewer, programme, "courses", sorted(before), sorted(wanted), now=now)
    _note(session, viewer, programme, ["courses"], now=now)


def fix(session: Session, viewer: Viewer, code: str, *, now: datetime) -> None:
    """Fix the question, groups, dates and measures of a pilot before it begins; twice is once.

    raises  NotFound as ``change`` does; Refused when it has begun and while its plan has a gap.
    """
    programme = _changed(session, viewer, code)
    if programme.kind != rules.PILOT:
        raise NotFound
    if programme.fixed_at is not None:
        return
    zone = ZoneInfo(installation.read(session).time_zone)
    fault = rules.fault_of_fixing(
        now.astimezone(zone).date(),
        programme.starts_on,
        (programme.ends_on, programme.question, programme.groups, programme.measures),
    )
    if fault is not None:
        raise Refused(fault)
    programme.fixed_at = now
    session.flush()
    audit.append(session, actor_id(viewer), "programme.fixed", str(programme.id), now=now)


def _changed(session: Session, viewer: Viewer, code: str) -> Programme:
    """Return the programme, locked, for whoever may change it."""
    require_office(viewer)
    found = session.scalar(select(Programme).where(Programme.code == code).with_for_update())
    if found is None:
        raise NotFound
    return found


def _told(new: Details | Partners | Plan) -> dict[str, Any]:
    """Return the fields of ``new`` as they are stored; raises Refused for what cannot be."""
    if isinstance(new, Plan):
        question = Line.of(new.question, rules.LONGEST_QUESTION).text if new.question else None
        return {
            "question": question,
            "groups": rules.checked_lines(new.groups),
            "measures": rules.checked_lines(new.measures),
        }
    if isinstance(new, Partners):
        return {
            **{
                name: rules.checked_texts(getattr(new, name), rules.LONGEST_TEXT)
                for name in ("issuers", "partners", "funders")
            },
            "printed": new.printed,
        }
    titles = rules.checked_texts(new.titles, rules.LONGEST_TITLE)
    if not titles:
        raise Refused(Message(msg("Write the title in at least one language.")))
    fault = rules.period_fault(new.starts_on, new.ends_on)
    if fault is not None:
        raise Refused(fault)
    return {"titles": titles, "starts_on": new.starts_on, "ends_on": new.ends_on}


def _list_change(
    session: Session,
    viewer: Viewer,
    programme: Programme,
    field: str,
    before: object,
    after: object,
    *,
    now: datetime,
) -> None:
    if programme.fixed_at is not None:
        session.add(
            ProgrammeChange(
                id=new_ordered_id(),
                programme_id=programme.id,
                field=field,
                before=_plain(before),
                after=_plain(after),
                by=actor_id(viewer),
                at=now,
            )
        )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _note(
    session: Session, viewer: Viewer, programme: Programme, changed: list[str], *, now: datetime
) -> None:
    if changed:
        session.flush()
        audit.append(
            session,
            actor_id(viewer),
            "programme.changed",
            str(programme.id),
            {"fields": changed},
            now=now,
        )
