"""The worker looks at every attempt that was marked with a wrong key: it counts, or it corrects.

Both go through the attempts a portion at a time. Correcting adds rows and changes none; what one
step has added is there together with its cursor, so a kill at any moment loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import SERVER
from lms.assessment import rules as marking
from lms.assessment.marking import same_question
from lms.assessment.marks import AS_NOW, OUTCOME, PASSED, PERCENT
from lms.assessment.models import Answer, Attempt, AttemptMarkCorrection, Form, ItemCorrection
from lms.assessment.rules import FormItem, Said
from lms.audit import actions as audit
from lms.authoring.correcting.rules import (
    CHANGES,
    CORRECT,
    COUNT,
    Effect,
    Remarked,
    counted,
    effect_of,
)
from lms.catalogue.models import Edition, EditionItem
from lms.catalogue.structure import Structure
from lms.certificates.models import Certificate, CertificateEvent
from lms.jobs.steps import Done, SlowStep, Steps
from lms.kernel.ids import new_ordered_id
from lms.kernel.json_value import Json
from lms.kernel.viewer import Viewer
from lms.learning import actions as learning
from lms.learning.models import Enrolment
from lms.learning.rules import FINAL_TESTS, rule_of_test
from lms.tables import AnyRow

# So many attempts are looked at in one step; not all of them asked the question.
COUNTED_A_STEP = 200
CORRECTED_A_STEP = 50


@dataclass(frozen=True, slots=True)
class Portion:
    """Some attempts under the corrected key, and where the next step begins (None: nowhere)."""

    found: tuple[tuple[AnyRow, Remarked], ...]
    last: str | None
    certificates: int


def look(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> Portion:
    """Mark a portion of attempts again, without any lock; nothing is written."""
    del now
    return _portion(session, facts, cursor, COUNTED_A_STEP)


def add_up(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    prepared: Portion,
    *,
    now: datetime,
) -> dict[str, Any] | Done:
    """Keep the counts of what was looked at."""
    del session, facts, now
    return _after(cursor, prepared)


def correct(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> dict[str, Any] | Done:
    """Give a portion of attempts their corrected marks, and record what follows for learning."""
    correction = session.get_one(ItemCorrection, UUID(facts["correction"]))
    by = Viewer(correction.by, "en") if correction.by else SERVER
    portion = _portion(session, facts, cursor, CORRECTED_A_STEP, lock=True)
    for row, again in portion.found:
        if again.after is None or again.effect not in CHANGES:
            continue
        mark = AttemptMarkCorrection(
            id=new_ordered_id(),
            attempt_id=row.id,
            correction_id=correction.id,
            points=again.after.points_text(),
            percent_before=row.percent,
            percent=again.after.percent,
            passed_before=row.passed,
            passed_after=again.after.passed,
            passed=row.passed or again.after.passed,
            outcome=again.after.to_facts(),
            at=now,
        )
        session.add(mark)
        session.flush()
        if row.test in FINAL_TESTS:
            enrolment = session.get_one(Enrolment, row.enrolment_id)
            learning.regrade(session, by, enrolment, row.id, mark, now=now)
    after = _after(cursor, portion)
    if isinstance(after, Done):
        audit.append(
            session, correction.by, "key.regraded", str(correction.id), after.result, now=now
        )
    return after


def _after(cursor: Json, portion: Portion) -> dict[str, Any] | Done:
    before = cursor or {}
    counts = counted(before.get("counts"), [each.effect for _, each in portion.found])
    certificates = before.get("certificates", 0) + portion.certificates
    if portion.last is None:
        asked, changed = sum(counts.values()), sum(counts[each] for each in CHANGES)
        return Done({"asked": asked, "changed": changed, **counts, "certificates": certificates})
    return {"after": portion.last, "counts": counts, "certificates": certificates}


def _portion(
    session: Session, facts: Mapping[str, Any], cursor: Json, size: int, *, lock: bool = False
) -> Portion:
    """Return the next attempts that asked the question, marked again.

    lock  holds the enrolments first: a test that is being handed in meanwhile is waited for, and
          the ones that are handed in later are marked with the right key at once.
    """
    scanned = session.execute(
        select(Attempt.id, Attempt.enrolment_id, Form.items)
        .join(Form, Form.id == Attempt.form_id)
        .join(Edition, Edition.id == Form.edition_id)
        .where(
            Edition.course_id == facts["course"],
            Edition.number.between(facts["from"], facts["to"]),
            *([Attempt.id > UUID(cursor["after"])] if cursor else []),
        )
        .order_by(Attempt.id)
        .limit(size)
    ).all()
    asked = [row for row in scanned if any(e["item"] == facts["item"] for e in row.items)]
    if lock:
        session.execute(
            select(Enrolment.id)
            .where(Enrolment.id.in_({row.enrolment_id for row in asked}))
            .order_by(Enrolment.id)
            .with_for_update()
        ).all()
    desk = _Desk(session, facts, [row.id for row in asked])
    found = tuple((row, desk.remark(row)) for row in desk.rows if desk.is_same(row))
    last = str(scanned[-1].id) if len(scanned) == size else None
    fallen = [row.enrolment_id for row, each in found if each.effect is Effect.FAILED]
    return Portion(found, last, _certificates(session, fallen))


def _certificates(session: Session, enrolments: Iterable[UUID]) -> int:
    ended = select(CertificateEvent.certificate_id)
    return (
        session.scalar(
            select(func.count())
            .select_from(Certificate)
            .where(Certificate.enrolment_id.in_(enrolments), Certificate.id.not_in(ended))
        )
        or 0
    )


class _Desk:
    """What marking a portion of attempts again needs, read at once."""

    def __init__(self, session: Session, facts: Mapping[str, Any], ids: list[UUID]) -> None:
        self.item, self.key = facts["item"], facts["key"]
        self.rows = session.execute(
            select(
                Attempt.id,
                Attempt.enrolment_id,
                Attempt.test,
                Attempt.needed,
                Form.edition_id,
                Form.items,
                PERCENT,
                PASSED,
                OUTCOME,
            )
            .select_from(Attempt)
            .join(Form, Form.id == Attempt.form_id)
            .outerjoin(AttemptMarkCorrection, AS_NOW)
            .where(Attempt.id.in_(ids), Attempt.state == "submitted")
            .order_by(Attempt.id)
        ).all()
        editions = {row.edition_id for row in self.rows}
        asked = {each["item"] for row in self.rows for each in row.items}
        self.items = {
            (each.edition_id, each.item_id): FormItem(
                each.item_id,
                each.module,
                each.lesson,
                each.section,
                each.kind,
                each.critical,
                each.key,
            )
            for each in session.scalars(
                select(EditionItem).where(
                    EditionItem.edition_id.in_(editions), EditionItem.item_id.in_(asked)
                )
            )
        }
        self.structures = {
            each.id: Structure.from_facts(each.facts)
            for each in session.execute(
                select(Edition.id, Edition.facts).where(Edition.id.in_(editions))
            )
        }
        self.floor = installation.read(session).least_percent
        self.said: dict[UUID, list[Said]] = {}
        answers = session.execute(
            select(
                Answer.attempt_id,
                Answer.id,
                Answer.item_id,
                Answer.choice,
                Answer.page,
                Answer.version_seen,
                Answer.version,
                Answer.stale,
                Answer.late,
                Answer.stored_at,
            ).where(Answer.attempt_id.in_(ids), Answer.item_id == self.item)
        )
        for attempt_id, *rest in answers:
            self.said.setdefault(attempt_id, []).append(Said(*rest))

    def is_same(self, row: AnyRow) -> bool:
        """Return whether this attempt asked the question that the corrected key answers."""
        asked = self.items[row.edition_id, self.item]
        return same_question(asked.kind, asked.key, self.key)

    def remark(self, row: AnyRow) -> Remarked:
        """Mark one attempt under the corrected key."""
        if not row.outcome:
            return Remarked(Effect.UNKNOWN, None)
        structure = self.structures[row.edition_id]
        counts = marking.current(self.said.get(row.id, [])).get(self.item)
        choice = counts.said.choice if counts and counts.said else None
        rule = rule_of_test(structure, row.test, floor=self.floor, needed=row.needed)
        return effect_of(
            [self.items[row.edition_id, each["item"]] for each in row.items],
            row.outcome,
            bool(row.passed),
            self.item,
            self.key,
            choice,
            rule,
            structure.critical,
            decides=row.test in FINAL_TESTS,
        )


STEPS: Steps = {COUNT: SlowStep(look, add_up), CORRECT: correct}
