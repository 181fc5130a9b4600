"""Tests as their owner sees them. Nothing in here reads a key for a page before marking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from lms.assessment.drawing import BankItem
from lms.assessment.marking import key_now
from lms.assessment.marks import AS_NOW, CORRECTED_AT, OUTCOME, PASSED, PERCENT, POINTS
from lms.assessment.models import Answer, Attempt, AttemptMarkCorrection, Form, ItemCorrection
from lms.assessment.rules import FormItem, Said
from lms.catalogue.models import Course, Edition, EditionItem, EditionItemText, EditionText
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow

_ATTEMPT = (
    select(
        Attempt.id,
        Attempt.person_id,
        Attempt.enrolment_id,
        Attempt.test,
        Attempt.number,
        Attempt.language,
        Attempt.secret,
        Attempt.opened_at,
        Attempt.closes_at,
        Attempt.state,
        Attempt.version,
        Attempt.submitted_at,
        POINTS,
        PERCENT,
        PASSED,
        CORRECTED_AT,
        Attempt.needed,
        OUTCOME,
        Form.items,
        Form.code.label("form_code"),
        Form.edition_id,
        Edition.facts,
        Edition.number.label("edition_number"),
        Edition.revision,
        Course.slug,
        Course.id.label("course_id"),
        EditionText.title,
        EditionText.facts.label("text"),
    )
    .select_from(Attempt)
    .outerjoin(AttemptMarkCorrection, AS_NOW)
    .join(Form, Form.id == Attempt.form_id)
    .join(Edition, Edition.id == Form.edition_id)
    .join(Course, Course.id == Edition.course_id)
    .join(EditionText, EditionText.edition_id == Edition.id)
    .where(
        Attempt.id == bindparam("attempt_id"),
        Attempt.person_id == bindparam("person_id"),
        EditionText.language == bindparam("language"),
    )
)

# The key of an item that was corrected after its edition was published, else NULL.
_CORRECTED_KEY = (
    select(ItemCorrection.key)
    .join(Edition, Edition.course_id == ItemCorrection.course_id)
    .where(
        Edition.id == EditionItem.edition_id,
        ItemCorrection.item_id == EditionItem.item_id,
        ItemCorrection.number_from <= Edition.number,
        ItemCorrection.number_to >= Edition.number,
    )
    .order_by(ItemCorrection.id.desc())
    .limit(1)
    .correlate(EditionItem)
    .scalar_subquery()
)

_WORDS = (
    select(
        EditionItem.item_id,
        EditionItem.module,
        EditionItem.lesson,
        EditionItem.section,
        EditionItem.kind,
        EditionItem.critical,
        EditionItem.key,
        EditionItemText.words,
        EditionItemText.language,
        _CORRECTED_KEY.label("corrected_key"),
    )
    .join(
        EditionItemText,
        (EditionItemText.edition_id == EditionItem.edition_id)
        & (EditionItemText.item_id == EditionItem.item_id),
    )
    .where(
        EditionItem.edition_id == bindparam("edition_id"),
        EditionItem.item_id.in_(bindparam("items", expanding=True)),
        EditionItemText.language.in_(bindparam("languages", expanding=True)),
    )
)

_ANSWERS = (
    select(
        Answer.id,
        Answer.item_id,
        Answer.choice,
        Answer.page,
        Answer.version_seen,
        Answer.version,
        Answer.stale,
        Answer.late,
        Answer.stored_at,
    )
    .where(Answer.attempt_id == bindparam("attempt_id"))
    .order_by(Answer.version)
    .limit(5000)
)

_PLACE = (
    select(
        Attempt.id,
        Attempt.person_id,
        Attempt.secret,
        Attempt.version,
        Attempt.state,
        Attempt.closes_at,
        Form.items.label("items_of_form"),
        EditionItem.kind,
        EditionItem.key,
    )
    .join(Form, Form.id == Attempt.form_id)
    .join(EditionItem, EditionItem.edition_id == Form.edition_id)
    .where(
        Attempt.id == bindparam("attempt_id"),
        Attempt.person_id == bindparam("person_id"),
        EditionItem.item_id == bindparam("item"),
    )
    .with_for_update(of=Attempt)
)

_SAID_TO = select(
    Answer.item_id, Answer.page, Answer.n, Answer.version, Answer.stale, Answer.late
).where(
    Answer.attempt_id == bindparam("attempt_id"),
    or_(
        Answer.item_id == bindparam("item"),
        and_(Answer.page == bindparam("page"), Answer.n == bindparam("n")),
    ),
)


def attempt(session: Session, viewer: Viewer, attempt_id: UUID, language: str) -> AnyRow:
    """Return one attempt of this person with its form and course; titles in ``language``.

    raises NotFound when there is none, or it is somebody else's.
    """
    row = session.execute(
        _ATTEMPT,
        {"attempt_id": attempt_id, "person_id": viewer.person_id, "language": language},
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def locked(session: Session, viewer: Viewer, attempt_id: UUID) -> Attempt:
    """Return this person's attempt, locked until the transaction ends; raises NotFound."""
    found = session.scalar(
        select(Attempt)
        .where(Attempt.id == attempt_id, Attempt.person_id == viewer.person_id)
        .with_for_update()
    )
    if found is None:
        raise NotFound
    return found


def words(
    session: Session, edition_id: int, items: Iterable[str], languages: Iterable[str]
) -> dict[str, AnyRow]:
    """Return items with their words; the first of ``languages`` that has an item gives them."""
    wanted = list(languages)
    rows = session.execute(
        _WORDS, {"edition_id": edition_id, "items": list(items), "languages": wanted}
    ).all()
    found: dict[str, AnyRow] = {}
    for row in sorted(rows, key=lambda each: wanted.index(each.language)):
        found.setdefault(row.item_id, row)
    return found


def form_items(session: Session, form_id: UUID) -> list[FormItem]:
    """Return the items of a form in its order, with their keys: for marking only.

    A key that was corrected after the edition was published is the corrected one.
    """
    form = session.get_one(Form, form_id)
    order = [each["item"] for each in form.items]
    found = session.execute(
        select(
            EditionItem.item_id,
            EditionItem.module,
            EditionItem.lesson,
            EditionItem.section,
            EditionItem.kind,
            EditionItem.critical,
            EditionItem.key,
            _CORRECTED_KEY.label("corrected_key"),
        ).where(EditionItem.edition_id == form.edition_id, EditionItem.item_id.in_(order))
    )
    rows = {
        row.item_id: FormItem(
            row.item_id,
            row.module,
            row.lesson,
            row.section,
            row.kind,
            row.critical,
            key_now(row.kind, row.key, row.corrected_key),
        )
        for row in found
    }
    return [rows[item] for item in order]


def locked_place(session: Session, viewer: Viewer, attempt_id: UUID, item: str) -> AnyRow:
    """Return what storing an answer needs of the attempt (locked) and of one item of its form.

    raises NotFound when this person has no such attempt, or its form no such item.
    """
    row = session.execute(
        _PLACE, {"attempt_id": attempt_id, "person_id": viewer.person_id, "item": item}
    ).one_or_none()
    if row is None or not any(each["item"] == item for each in row.items_of_form):
        raise NotFound
    return row


def said_to(session: Session, attempt_id: UUID, item: str, page: str, n: int) -> Sequence[AnyRow]:
    """Return every answer to one item of an attempt that the caller has locked, and (page, n)."""
    return session.execute(
        _SAID_TO, {"attempt_id": attempt_id, "item": item, "page": page, "n": n}
    ).all()


def answers(session: Session, attempt_id: UUID) -> list[Said]:
    """Return every answer of an attempt that the caller found for its owner, oldest first."""
    return [Said(*row) for row in session.execute(_ANSWERS, {"attempt_id": attempt_id})]


def bank(session: Session, edition_id: int) -> list[BankItem]:
    """Return the bank of an edition, as the draw sees it."""
    rows = session.execute(
        select(
            EditionItem.item_id,
            EditionItem.module,
            EditionItem.lesson,
            EditionItem.kind,
            EditionItem.critical,
            EditionItem.key,
        ).where(EditionItem.edition_id == edition_id)
    )
    return [BankItem(*row) for row in rows]


def seen_items(session: Session, enrolment_id: UUID) -> set[str]:
    """Return every item that a test of this enrolment has shown."""
    forms = session.scalars(
        select(Form.items)
        .join(Attempt, Attempt.form_id == Form.id)
        .where(Attempt.enrolment_id == enrolment_id)
    )
    return {each["item"] for items in forms for each in items}


def attempts(session: Session, enrolment_id: UUID, test: str) -> list[Attempt]:
    """Return the attempts of an enrolment at one test, oldest first."""
    return list(
        session.scalars(
            select(Attempt)
            .where(Attempt.enrolment_id == enrolment_id, Attempt.test == test)
            .order_by(Attempt.number)
        )
    )
