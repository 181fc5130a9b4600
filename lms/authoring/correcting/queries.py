"""Which keys of a course were corrected by a later edition, and which certificates rest on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Identity
from lms.accounts.rules import administers_country
from lms.assessment.marking import same_question
from lms.assessment.marks import AS_NOW
from lms.assessment.models import Attempt, AttemptMarkCorrection, ItemCorrection
from lms.authoring.correcting.rules import CORRECT, COUNT, digest_of
from lms.authoring.drafts.models import Draft
from lms.authoring.review.models import EditionPerson
from lms.catalogue.models import HIDDEN, Course, Edition, EditionItem, EditionItemText
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
    language that of the words: a country's own question may have none in the course's.
    """

    item: str
    kind: str
    key: Mapping[str, Any]
    words: Mapping[str, Any]
    language: str
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


_NEW, _NEWEST, _LATER = aliased(EditionItem), aliased(Edition), aliased(Edition)
_WORDS, _OLD_WORDS = aliased(EditionItemText), aliased(EditionItemText)


def _marked_by() -> ColumnElement[Any]:
    """Return the key by which an item of an edition is marked now: the last correction, or its own.

    A correction names numbers: it holds for every revision of them.
    """
    corrected = (
        select(ItemCorrection.key)
        .where(
            ItemCorrection.course_id == Edition.course_id,
            ItemCorrection.item_id == EditionItem.item_id,
            ItemCorrection.number_from <= Edition.number,
            ItemCorrection.number_to >= Edition.number,
        )
        .order_by(ItemCorrection.id.desc())
        .limit(1)
        .correlate(Edition, EditionItem)
        .scalar_subquery()
    )
    return func.coalesce(corrected, EditionItem.key)


def _last_revision() -> ScalarSelect[Any]:
    """Return the last revision of an edition's number: one line for each number."""
    return (
        select(func.max(_LATER.revision))
        .where(_LATER.course_id == Edition.course_id, _LATER.number == Edition.number)
        .correlate(Edition)
        .scalar_subquery()
    )


def _wrote_since(viewer: Viewer) -> ColumnElement[bool]:
    """Return whether the viewer wrote in an edition after this one."""
    return (
        select(EditionPerson.edition_id)
        .join(_LATER, _LATER.id == EditionPerson.edition_id)
        .where(
            _LATER.course_id == Edition.course_id,
            _LATER.number > Edition.number,
            EditionPerson.person_id == viewer.person_id,
            EditionPerson.part != "publisher",
        )
        .correlate(Edition)
        .exists()
        .label("wrote")
    )


def _other_keys() -> Select[Any]:
    """Return the items of earlier editions whose key is written otherwise than in the newest."""
    now = _marked_by()
    return (
        select(
            EditionItem.item_id,
            EditionItem.kind,
            Edition.number,
            now.label("old_key"),
            _NEW.key,
            _NEW.kind.label("new_kind"),
            _WORDS.words,
            _OLD_WORDS.words.label("old_words"),
            _WORDS.language.label("language"),
        )
        .select_from(Course)
        .join(_NEWEST, _NEWEST.id == Course.edition_id)
        .join(Edition, Edition.course_id == Course.id)
        .join(EditionItem, EditionItem.edition_id == Edition.id)
        .join(_NEW, (_NEW.edition_id == _NEWEST.id) & (_NEW.item_id == EditionItem.item_id))
        .join(_WORDS, _spoken_in(_WORDS, _NEWEST, _NEW))
        .join(_OLD_WORDS, _spoken_in(_OLD_WORDS, Edition, EditionItem))
        .where(
            Edition.number > HIDDEN,
            Edition.number < _NEWEST.number,
            Edition.revision == _last_revision(),
            cast(now, String) != cast(_NEW.key, String),
        )
        .order_by(EditionItem.item_id, Edition.number)
        .limit(MOST_CHANGED)
    )


def _spoken_in(words: Any, edition: Any, item: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- aliases
    """Return whether ``words`` are those of an item: the course's language, else its first."""
    said = aliased(EditionItemText)
    language = (
        select(said.language)
        .where(said.edition_id == edition.id, said.item_id == item.item_id)
        .order_by(said.language != bindparam("source"), said.language)
        .limit(1)
        .correlate(edition, item)
        .scalar_subquery()
    )
    return and_(
        words.edition_id == edition.id, words.item_id == item.item_id, words.language == language
    )


_OTHER_KEYS = _other_keys()


def changed(
    session: Session, viewer: Viewer, found: Draft, item: str | None = None
) -> dict[str, Changed]:
    """Return the questions whose key differs in earlier editions, by their id.

    item  only this one. ``found`` came through a query that carries the viewer.

    Left out are those that became another question: of another kind, or with other choices.
    """
    rows = session.execute(
        _OTHER_KEYS.add_columns(_wrote_since(viewer)).where(
            Course.id == found.course_id,
            EditionItem.item_id == item if item else EditionItem.item_id != "",
        ),
        {"source": found.source},
    )
    by_item: dict[str, Changed] = {}
    for row in rows:
        # The database compares how a key is written, this what it means.
        if row.kind != row.new_kind or row.old_key == row.key:
            continue
        if not same_question(row.kind, row.old_key, row.key):
            continue
        each = by_item.setdefault(
            row.item_id, Changed(row.item_id, row.kind, row.key, row.words, row.language)
        )
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
            select(Job)
            .where(Job.kind == COUNT, Job.key.startswith(key, autoescape=True))
            .order_by(Job.id.desc())
            .limit(20)
        )
    )


def corrections(session: Session, viewer: Viewer, found: Draft) -> list[AnyRow]:
    """Return what was corrected in a course, the last first: with the state of the work."""
    del viewer
    rows = session.execute(
        select(
            ItemCorrection.id,
            ItemCorrection.item_id,
            ItemCorrection.number_from,
            ItemCorrection.number_to,
            ItemCorrection.reason,
            ItemCorrection.at,
            Identity.name,
        )
        .outerjoin(Identity, Identity.person_id == ItemCorrection.by)
        .where(ItemCorrection.course_id == found.course_id)
        .order_by(ItemCorrection.id.desc())
        .limit(MOST_CHANGED)
    )
    return list(rows)


def works(session: Session, viewer: Viewer, found: Draft) -> dict[str, Job]:
    """Return the jobs that correct marks of a course, by the id of the correction."""
    del viewer
    key = f"{found.course_id} "
    rows = session.scalars(
        select(Job)
        .where(Job.kind == CORRECT, Job.key.startswith(key, autoescape=True))
        .order_by(Job.id.desc())
        .limit(MOST_CHANGED)
    )
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
                Certificate.id,
                Certificate.number,
                Certificate.completed_on,
                AttemptMarkCorrection.percent_before,
                AttemptMarkCorrection.percent,
                ItemCorrection.item_id,
                AttemptMarkCorrection.at,
            )
            .select_from(Attempt)
            .join(AttemptMarkCorrection, AS_NOW)
            .join(ItemCorrection, ItemCorrection.id == AttemptMarkCorrection.correction_id)
            .join(Certificate, Certificate.enrolment_id == Attempt.enrolment_id)
            .where(
                ItemCorrection.course_id == found.course_id,
                AttemptMarkCorrection.passed,
                AttemptMarkCorrection.passed_after.is_(False),
                Certificate.id.not_in(ended),
            )
            .order_by(Certificate.number)
            .limit(MOST_LISTED)
        )
    )
