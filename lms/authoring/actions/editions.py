"""A course folder becomes an edition: hidden while its rows are added, then shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id
from lms.audit import actions as audit
from lms.authoring.actions.rows import rows
from lms.authoring.actions.signatures import ask_for_signatures
from lms.catalogue.models import (
    HIDDEN,
    Edition,
    EditionItem,
    EditionItemText,
    EditionLesson,
    EditionPicture,
    EditionText,
    OfferedChange,
)
from lms.catalogue.models import Course as CourseRow
from lms.catalogue.search import actions as search
from lms.content.digests import core_digest, layer_digest
from lms.content.model import Course, Question
from lms.kernel.errors import Refused
from lms.kernel.json_value import Json
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

if TYPE_CHECKING:  # it loads Markdown, which the web process never does
    from lms.authoring.compiled import CompiledCourse

# Of a structure, what changes with words alone: a new revision, not a new number.
WORDS_ONLY = frozenset({"boxes", "closed", "closed_course", "behind_law"})


def publish(
    session: Session,
    viewer: Viewer,
    course: Course,
    nation: str | None,
    made: CompiledCourse,
    package: str,
    *,
    heavy_because: str = "",
    now: datetime,
) -> Edition:
    """Publish a course and return its edition; the same contents again return the same edition.

    made      the course compiled for that nation, before the transaction: it takes long.
    package   the digest under which the folder's files were stored, its pictures beside it: see
              ``shipped.stored``.
    heavy_because   why it goes out although it is too heavy for weak lines: for the audit. The
              caller has weighed it, see ``weights.refuse_heavy``.
    raises    Refused when another course has the slug.
    """
    last = newest(session, course, nation)
    if last is not None:
        return last
    edition = begin_edition(session, viewer, course, nation, package, made.structure, now=now)
    session.add_all(rows(course, made, edition.id))
    show_edition(session, viewer, edition, course, made.items, heavy_because=heavy_because, now=now)
    return edition


def newest(session: Session, course: Course, nation: str | None) -> Edition | None:
    """Return the newest edition of a course when it has exactly these contents, else None."""
    last = _last(session, course.facts.id)
    same = last is not None and (last.core_digest, last.layer_digest, last.nation) == (
        core_digest(course.files),
        layer_digest(course.files, nation),
        nation,
    )
    return last if same else None


def _last(session: Session, course_id: str) -> Edition | None:
    return session.scalar(
        select(Edition)
        .where(Edition.course_id == course_id, Edition.number > HIDDEN)
        .order_by(Edition.number.desc(), Edition.revision.desc())
        .limit(1)
    )


def begin_edition(
    session: Session,
    viewer: Viewer,
    course: Course,
    nation: str | None,
    package: str,
    structure: Mapping[str, Any],
    *,
    now: datetime,
) -> Edition:
    """Add an edition that nobody sees yet: its rows can be added one step at a time.

    raises    Refused when another course has the slug.
    """
    _keep_course(session, course)
    waiting = session.scalar(
        select(func.max(Edition.revision)).where(
            Edition.course_id == course.facts.id, Edition.number == HIDDEN
        )
    )
    edition = Edition(
        course_id=course.facts.id,
        number=HIDDEN,
        revision=(waiting or 0) + 1,
        core_digest=core_digest(course.files),
        nation=nation,
        layer_digest=layer_digest(course.files, nation),
        package=package,
        facts={**structure, "changes": _changes(course)},
        signature=None,
        published_at=now,
        published_by=actor_id(viewer),
    )
    session.add(edition)
    session.flush()
    return edition


def show_edition(
    session: Session,
    viewer: Viewer,
    edition: Edition,
    course: Course,
    items: Sequence[Question],
    *,
    heavy_because: str = "",
    now: datetime,
) -> None:
    """Give an edition whose rows are complete its number: from now on learners begin with it."""
    structure = {name: value for name, value in edition.facts.items() if name != "changes"}
    last = _last(session, edition.course_id)
    number, revision = _next_number(session, last, structure, items, course)
    edition.number, edition.revision, edition.published_at = number, revision, now
    session.flush()
    course_id = edition.course_id
    session.execute(
        update(CourseRow).where(CourseRow.id == course_id).values(edition_id=edition.id)
    )
    session.execute(delete(OfferedChange).where(OfferedChange.course_id == course_id))
    ask_for_signatures(session, f"edition {edition.id}", now=now)
    search.ask(session, f"edition {edition.id}", now=now)
    audit.append(
        session,
        actor_id(viewer),
        "edition.published",
        f"{course_id} {number}.{revision}",
        {
            "core": edition.core_digest,
            "layer": edition.layer_digest,
            "nation": edition.nation,
            **({"heavy": heavy_because} if heavy_because else {}),
        },
        now=now,
    )


def drop_edition(session: Session, edition_id: int) -> None:
    """Delete an edition that was never shown, with its rows: making it failed."""
    hidden = session.scalar(
        select(Edition.id).where(Edition.id == edition_id, Edition.number == HIDDEN)
    )
    if hidden is None:
        return
    for table in (EditionItem, EditionItemText, EditionText, EditionLesson, EditionPicture):
        session.execute(delete(table).where(table.edition_id == hidden))
    session.execute(delete(Edition).where(Edition.id == hidden))


def offer(session: Session, course: Course, nation: str | None, *, now: datetime) -> bool:
    """Note that a folder differs from what was published from it; return whether it does.

    A changed course is offered to the publisher and never taken by itself.
    """
    core = core_digest(course.files)
    offered = session.get(OfferedChange, course.facts.id)
    if newest(session, course, nation) is not None:
        if offered is not None:
            session.delete(offered)
        return False
    if offered is None:
        offered = OfferedChange(course_id=course.facts.id, core_digest=core, seen_on=now.date())
        session.add(offered)
    elif offered.core_digest != core:
        offered.core_digest, offered.seen_on = core, now.date()
    return True


def _keep_course(session: Session, course: Course) -> None:
    facts = course.facts
    other = session.scalar(
        select(CourseRow).where(CourseRow.slug == facts.slug, CourseRow.id != facts.id)
    )
    if other is not None:
        raise Refused(
            Message(
                msg("The course %(id)s already has the address %(slug)s. Change the slug."),
                {"id": other.id, "slug": facts.slug},
            )
        )
    row = session.get(CourseRow, facts.id)
    if row is None:
        row = CourseRow(
            id=facts.id, slug=facts.slug, kind=facts.kind, access=facts.access, edition_id=None
        )
        session.add(row)
    row.slug, row.kind, row.access = facts.slug, facts.kind, facts.access
    session.flush()


def _next_number(
    session: Session,
    last: Edition | None,
    structure: dict[str, Any],
    items: Sequence[Question],
    course: Course,
) -> tuple[int, int]:
    """Return (number, revision): a new number where what is taught or asked has changed."""
    if last is None:
        return 1, 0
    rows = session.execute(
        select(
            EditionItem.item_id,
            EditionItem.lesson,
            EditionItem.section,
            EditionItem.kind,
            EditionItem.critical,
            EditionItem.key,
        ).where(EditionItem.edition_id == last.id)
    )
    same_questions = {row.item_id: tuple(row)[1:] for row in rows} == {
        item.id: (
            item.facts["lesson"],
            item.facts["section"],
            item.kind,
            item.facts.get("critical"),
            _plain(item.key()),
        )
        for item in items
    }
    known = set(last.facts.get("changes", ()))
    grave = any(change not in known for change in _changes(course))
    if same_questions and not grave and _same_rules(last.facts, structure):
        return last.number, last.revision + 1
    return last.number + 1, 0


def _same_rules(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Return whether two structures teach and ask the same, whatever is said of it.

    What an earlier version of this program did not write down is taken to be as it is now.
    """
    # A structure just made holds tuples, one that was stored holds lists.
    return all(
        _plain(before.get(name, value)) == _plain(value)
        for name, value in after.items()
        if name not in WORDS_ONLY
    )


def _changes(course: Course) -> list[str]:
    """Return the changes of meaning or law that this edition contains, by block and new digest."""
    return [
        f"{change.block}:{change.new}" for change in course.changes if change.severity != "typo"
    ]


def _plain(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
