"""Append learning records and keep their projection; rebuild it from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms import installation
from lms.kernel.ids import new_ordered_id
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment, LearningRecord, Progress
from lms.learning.projection import Fact, Standing, project, take


def is_recorded(session: Session, enrolment_id: UUID, key: str) -> bool:
    """Return whether the fact that can be true only once is already recorded."""
    return (
        session.scalar(
            select(LearningRecord.id).where(
                LearningRecord.enrolment_id == enrolment_id, LearningRecord.key == key
            )
        )
        is not None
    )


def append(
    session: Session,
    enrolment: Enrolment,
    verb: str,
    obj: str,
    *,
    by: Viewer,
    now: datetime,
    key: str | None = None,
    result: dict[str, Any] | None = None,
    edition_id: int | None = None,
    claimed_at: datetime | None = None,
) -> LearningRecord:
    """Add one record and bring the enrolment's progress up to date.

    The caller has locked the enrolment row and asked ``is_recorded`` where ``key`` is given.
    The site's sequence number is drawn here, last.
    """
    site_id, seq = installation.next_seq(session)
    record = LearningRecord(
        id=new_ordered_id(),
        person_id=enrolment.person_id,
        enrolment_id=enrolment.id,
        verb=verb,
        object=obj,
        key=key,
        edition_id=edition_id,
        result=result,
        voids=None,
        claimed_at=claimed_at,
        stored_at=now,
        site_id=site_id,
        site_seq=seq,
        session_id=by.session_id or None,
    )
    session.add(record)
    progress = session.get(Progress, enrolment.id) or _empty_progress(session, enrolment.id)
    _write(progress, take(_read(progress), Fact(verb, obj, result, now)))
    session.flush()
    return record


def _empty_progress(session: Session, enrolment_id: UUID) -> Progress:
    progress = Progress(enrolment_id=enrolment_id, version=0)
    _write(progress, Standing())
    session.add(progress)
    return progress


def _read(progress: Progress) -> Standing:
    return Standing(**{field.name: getattr(progress, field.name) for field in fields(Standing)})


def _write(progress: Progress, standing: Standing) -> None:
    for field in fields(Standing):
        setattr(progress, field.name, getattr(standing, field.name))
    progress.version = (progress.version or 0) + 1


def differences(session: Session) -> Iterator[tuple[UUID, Standing, Standing]]:
    """Yield (enrolment, stored, projected) wherever progress is not what the records say."""
    for enrolment_id, standing in _projected(session):
        progress = session.get(Progress, enrolment_id)
        stored = _read(progress) if progress else Standing()
        if stored != standing:
            yield enrolment_id, stored, standing


def rebuild(session: Session) -> int:
    """Write every progress row anew from the records; return how many had differed."""
    wrong = list(differences(session))
    for enrolment_id, _, standing in wrong:
        progress = session.get(Progress, enrolment_id) or _empty_progress(session, enrolment_id)
        _write(progress, standing)
    return len(wrong)


_OF_ENROLMENT = (
    select(
        LearningRecord.id,
        LearningRecord.verb,
        LearningRecord.object,
        LearningRecord.result,
        LearningRecord.stored_at,
    )
    .where(
        LearningRecord.enrolment_id == bindparam("enrolment_id"),
        LearningRecord.verb != "voided",
    )
    .order_by(LearningRecord.site_seq)
)


def _projected(session: Session) -> Iterator[tuple[UUID, Standing]]:
    # Looked up once: corrections are few, and asking for them in each statement would read the
    # whole table for every enrolment.
    voided = set(
        session.scalars(select(LearningRecord.voids).where(LearningRecord.voids.is_not(None)))
    )
    for enrolment_id in session.scalars(select(Enrolment.id)).all():
        rows = session.execute(_OF_ENROLMENT, {"enrolment_id": enrolment_id})
        facts = (Fact(*row[1:]) for row in rows if row.id not in voided)
        yield enrolment_id, project(facts)
