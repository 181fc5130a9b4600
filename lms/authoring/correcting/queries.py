"""Which keys of a course were corrected by a later edition, and which certificates rest on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Identity
from lms.accounts.rules import administers_country
from lms.assessment.marking import same_question
from lms.assessment.marks import AS_NOW
from lms.assessment.models import Attempt, AttemptMarkCorrection, ItemCorrection
from lms.authoring.correcting.rules import CORRECT, COUNT, digest_of
from lms.authoring.drafts.models import Draft
from lms.authoring.review.models import EditionPerson
from lms.catalogue.models import Course, Edition, EditionItem, EditionItemText
from lms.certificates.models import Certificate, CertificateEvent
from lms.jobs.models import Job
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow

MOST_CHANGED = 200
MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class Earlier:
    """A question as an edition before has it, with the key by which that is marked now."""

    number: int
    key: Mapping[str, Any]
    words: Mapping[str, Any]


@dataclass(slots=True)
class Changed:
    """A question to which the newest edition has another right answer than earlier ones.

    earlier  the editions in which the old key still counts, the first one first.
    wrote    whether the viewer wrote in an edition since: then another publisher confirms.
    """

    item: str
    kind: str
    key: Mapping[str, Any]
    words: Mapping[str, Any]
    earlier: list[Earlier] = field(default_factory=list)
    wrote: bool = False

    @property
    def numbers(self) -> list[int]:
        """Return the numbers of the editions in which the old key counts."""
        return [each.number for each in self.earlier]

    @property
    def digest(self) -> str:
        """Return what tells this change from another one of the same question."""
        return digest_of(self.numbers, [each.key for each in self.earlier], self.key)


def changed(
    session: Session, viewer: Viewer, found: Draft, item: str | None = None
) -> dict[str, Changed]:
    """Return the questions whose key differs in earlier editions, by their id.

    item  only this one. ``found`` came through a query that carries the viewer.

    Left out are those that became another question: of another kind, or with other choices.
    """
    new, newest, later = aliased(EditionItem), aliased(Edition), aliased(Edition)
    words, old_words = aliased(EditionItemText), aliased(EditionItemText)
    corrected = (
        select(ItemCorrection.key)
        .where(
            ItemCorrection.course_id == Edition.course_id,
            ItemCorrection.item_id == EditionItem.item_id,
            ItemCorrection.number_from <= Edition.number,
            ItemCorrection.number_to >= Edition.number,
        )
        .order_by(ItemCorrection.id.desc()).limit(1)
        .correlate(Edition, EditionItem).scalar_subquery()
    )  # fmt: skip
    now = func.coalesce(corrected, EditionItem.key)
    wrote = (
        select(EditionPerson.edition_id)
        .join(later, later.id == EditionPerson.edition_id)
        .where(
            later.course_id == Edition.course_id, later.number > Edition.number,
            EditionPerson.person_id == viewer.person_id, EditionPerson.part != "publisher",
        )
        .correlate(Edition).exists()
    )  # fmt: skip
    revision = (
        select(func.max(later.revision))
        .where(later.course_id == Edition.course_id, later.number == Edition.number)
        .correlate(Edition).scalar_subquery()
    )  # fmt: skip
    rows = session.execute(
        select(
            EditionItem.item_id, EditionItem.kind, Edition.number, now.label("old_key"), new.key,
            new.kind.label("new_kind"), words.words, old_words.words.label("old_words"),
            wrote.label("wrote"),
        )
        .select_from(Course)
        .join(newest, newest.id == Course.edition_id)
        .join(Edition, Edition.course_id == Course.id)
        .join(EditionItem, EditionItem.edition_id == Edition.id)
        .join(new, (new.edition_id == newest.id) & (new.item_id == EditionItem.item_id))
        .join(words, (words.edition_id == newest.id) & (words.item_id == new.item_id)
              & (words.language == found.source))
        .join(old_words, (old_words.edition_id == Edition.id) & (old_words.item_id == new.item_id)
              & (old_words.language == found.source))
        .where(
            Course.id == found.course_id, Edition.number > 0, Edition.number < newest.number,
            Edition.revision == revision, cast(now, String) != cast(new.key, String),
            (EditionItem.item_id == item) if item else (EditionItem.item_id != ""),
        )
        .order_by(EditionItem.item_id, Edition.number).limit(MOST_CHANGED)
    )  # fmt: skip
    by_item: dict[str, Changed] = {}
    for row in rows:
        # The database compares how a key is written, this what it means.
        if row.kind != row.new_kind or row.old_key == row.key:
            continue
        if not same_question(row.kind, row.old_key, row.key):
            continue
        each = by_item.setdefault(row.item_id, Changed(row.item_id, row.kind, row.key, row.words))
        each.earlier.append(Earlier(row.number, row.old_key, row.old_words))
        each.wrote = each.wrote or row.wrote
    return by_item


def one_changed(session: Session, viewer: Viewer, found: Draft, item: str) -> Changed:
    """Return one question whose key differs in earlier editions; raises NotFound."""
    there = changed(session, viewer, found, item).get(item)
    if there is None:
        raise NotFound
    return there


def counts(session: Session, viewer: Viewer, found: Draft, each: Changed) -> list[Job]:
    """Return the counts that were asked for of one change, the last first."""
    del viewer
    key = f"{found.course_id} {each.item} {each.digest} "
    return list(
        session.scalars(
            select(Job).where(Job.kind == COUNT, Job.key.startswith(key, autoescape=True))
            .order_by(Job.id.desc()).limit(20)
        )
    )  # fmt: skip


def corrections(session: Session, viewer: Viewer, found: Draft) -> list[AnyRow]:
    """Return what was corrected in a course, the last first: with the state of the work."""
    del viewer
    rows = session.execute(
        select(
            ItemCorrection.id, ItemCorrection.item_id, ItemCorrection.number_from,
            ItemCorrection.number_to, ItemCorrection.reason, ItemCorrection.at, Identity.name,
        )
        .outerjoin(Identity, Identity.person_id == ItemCorrection.by)
        .where(ItemCorrection.course_id == found.course_id)
        .order_by(ItemCorrection.id.desc()).limit(MOST_CHANGED)
    )  # fmt: skip
    return list(rows)


def works(session: Session, viewer: Viewer, found: Draft) -> dict[str, Job]:
    """Return the jobs that correct marks of a course, by the id of the correction."""
    del viewer
    key = f"{found.course_id} "
    rows = session.scalars(
        select(Job).where(Job.kind == CORRECT, Job.key.startswith(key, autoescape=True))
        .order_by(Job.id.desc()).limit(MOST_CHANGED)
    )  # fmt: skip
    return {row.facts["correction"]: row for row in rows}


def on_the_old_key(session: Session, viewer: Viewer, found: Draft) -> list[AnyRow]:
    """Return the certificates of a course whose test would not be passed with the right keys.

    For the country's office alone: it decides about each of them. Those that were withdrawn or
    replaced are not listed. raises NotFound for anybody else.
    """
    if not administers_country(viewer):
        raise NotFound
    ended = select(CertificateEvent.certificate_id)
    return list(
        session.execute(
            select(
                Certificate.id, Certificate.number, Certificate.completed_on,
                AttemptMarkCorrection.percent_before, AttemptMarkCorrection.percent,
                ItemCorrection.item_id, AttemptMarkCorrection.at,
            )
            .select_from(Attempt)
            .join(AttemptMarkCorrection, AS_NOW)
            .join(ItemCorrection, ItemCorrection.id == AttemptMarkCorrection.correction_id)
            .join(Certificate, Certificate.enrolment_id == Attempt.enrolment_id)
            .where(
                ItemCorrection.course_id == found.course_id, AttemptMarkCorrection.passed,
                AttemptMarkCorrection.passed_after.is_(False), Certificate.id.not_in(ended),
            )
            .order_by(Certificate.number).limit(MOST_LISTED)
        )
    )  # fmt: skip
