"""Publication: a course folder becomes an edition that never changes, and is signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id
from lms.audit import actions as audit
from lms.authoring import queries
from lms.authoring.queries import StoredPackage
from lms.authoring.rules import may_bring_packages
from lms.catalogue.models import (
    Course as CourseRow,
)
from lms.catalogue.models import (
    Edition,
    EditionItem,
    EditionItemText,
    EditionLesson,
    EditionPicture,
    EditionText,
    OfferedChange,
)
from lms.certificates.actions import keep_ring
from lms.content.digests import core_digest, layer_digest
from lms.content.model import Course, Question
from lms.installation import Installation
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.signing import editions
from lms.signing.editions import SignedEdition
from lms.signing.keys import Signer
from lms.tables import Base

if TYPE_CHECKING:  # it loads Markdown, which the web process never does
    from lms.authoring.compiled import CompiledCourse

SIGN = "editions.sign"
READ = "packages.read"
UPLOADS_KEPT = timedelta(days=7)
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
    facts = course.facts
    core, layer = core_digest(course.files), layer_digest(course.files, nation)
    last = session.scalar(
        select(Edition).where(Edition.course_id == facts.id)
        .order_by(Edition.number.desc(), Edition.revision.desc()).limit(1)
    )  # fmt: skip
    if last is not None and (last.core_digest, last.layer_digest, last.nation) == (
        core, layer, nation,
    ):  # fmt: skip
        return last
    _keep_course(session, course)
    number, revision = _next_number(session, last, made.structure, made.items, course)
    edition = Edition(
        course_id=facts.id, number=number, revision=revision, core_digest=core, nation=nation,
        layer_digest=layer, package=package,
        facts={**made.structure, "changes": _changes(course)}, signature=None, published_at=now,
        published_by=actor_id(viewer),
    )  # fmt: skip
    session.add(edition)
    session.flush()
    session.add_all(_rows(course, made, edition.id))
    session.execute(update(CourseRow).where(CourseRow.id == facts.id).values(edition_id=edition.id))
    session.execute(delete(OfferedChange).where(OfferedChange.course_id == facts.id))
    ask_for_signatures(session, f"edition {edition.id}", now=now)
    audit.append(
        session, actor_id(viewer), "edition.published", f"{facts.id} {number}.{revision}",
        {"core": core, "layer": layer, "nation": nation,
         **({"heavy": heavy_because} if heavy_because else {})}, now=now,
    )  # fmt: skip
    return edition


def _rows(course: Course, made: CompiledCourse, edition_id: int) -> Iterator[Base]:
    """Yield everything that pages, draw and marking read of an edition."""
    for item in made.items:
        yield EditionItem(
            edition_id=edition_id, item_id=item.id, module=_module_of(course, item.facts),
            lesson=item.facts["lesson"], section=item.facts["section"], kind=item.kind,
            critical=item.facts.get("critical"), key=item.key(),
        )  # fmt: skip
    for item_id, language, words in made.item_texts:
        yield EditionItemText(
            edition_id=edition_id, item_id=item_id, language=language, words=words
        )
    for text in made.texts:
        yield EditionText(
            edition_id=edition_id, language=text.language, title=text.title, facts=text.facts,
            bank_complete=text.bank_complete, reviewed=text.reviewed,
        )  # fmt: skip
    for lesson in made.lessons:
        yield EditionLesson(
            edition_id=edition_id, code=lesson.code, language=lesson.language,
            title=lesson.title, parts=lesson.parts, bytes=lesson.bytes,
        )  # fmt: skip
    for picture in course.pictures.values():
        yield EditionPicture(
            edition_id=edition_id, name=picture.name, address=picture.address,
            digest=picture.digest, kind=picture.kind, bytes=picture.bytes, width=picture.width,
            height=picture.height,
        )  # fmt: skip


def ask_for_signatures(session: Session, key: str, *, now: datetime) -> None:
    """Ask the worker to sign every edition that has no signature; once for each ``key``."""
    jobs.ask(session, SIGN, key, now=now)


def sign_edition(
    session: Session, site: Installation, signer: Signer, edition_id: int, contents: str, *,
    now: datetime,
) -> None:  # fmt: skip
    """Sign an edition that has no signature, or one of the first editions' kind.

    contents  the digest of its folder, from the package that is stored here.
    raises    Refused when the key is not the one in this server's key list.
    """
    edition = session.get_one(Edition, edition_id, with_for_update=True)
    if is_signed(edition.signature):
        return
    ring = keep_ring(session, site, signer, now=now)
    number = f"{edition.number}.{edition.revision}"
    edition.signature = editions.sign(
        SignedEdition(
            ring.issuer, now.replace(microsecond=0), edition.course_id, number,
            edition.core_digest, edition.nation or "", edition.layer_digest, contents,
        ),
        signer,
    )  # fmt: skip
    audit.append(
        session, None, "edition.signed", f"{edition.course_id} {number}",
        {"package": edition.package, "contents": contents, "kid": signer.kid.hex()}, now=now,
    )  # fmt: skip


def is_signed(signature: bytes | None) -> bool:
    """Return whether an edition needs no signature any more."""
    return signature is not None and editions.is_current(signature)


def take_package(session: Session, viewer: Viewer, slug: str, *, now: datetime) -> StoredPackage:
    """Note that somebody takes a course along with the key of its questions, and return it.

    raises NotFound when no such course is published, or the viewer may not have all of it.
    """
    found = queries.newest_package(session, viewer, slug)
    audit.append(
        session, actor_id(viewer), "package.taken", f"{found.course_id} {found.edition}",
        {"package": found.package}, now=now,
    )  # fmt: skip
    return found


def ask_to_read(
    session: Session, viewer: Viewer, file: str, key: str, *, now: datetime
) -> Job:  # fmt: skip
    """Ask the worker what an uploaded package holds, and whose it is.

    file    its digest in the store of uploads
    key     the request key of the form: asking twice is asking once
    raises  NotFound for a viewer who may bring no packages.
    """
    if not may_bring_packages(viewer):
        raise NotFound
    return jobs.ask(
        session, READ, f"{viewer.person_id} {key}", {"file": file}, now=now,
        asked_by=actor_id(viewer),
    )  # fmt: skip


def forget_packages(session: Session, discard: Callable[[str], None], *, now: datetime) -> int:
    """Delete uploaded packages a week after they were read; return how many.

    discard  deletes a file by its digest; one that is gone does no harm.
    """
    made = session.execute(select(Job.facts, Job.made_at).where(Job.kind == READ)).all()
    recent = {facts["file"] for facts, at in made if at >= now - UPLOADS_KEPT}
    old = {facts["file"] for facts, _ in made} - recent
    for digest in old:
        discard(digest)
    return len(old)


def offer(session: Session, course: Course, nation: str | None, *, now: datetime) -> bool:
    """Note that a folder differs from what was published from it; return whether it does.

    A changed course is offered to the publisher and never taken by itself.
    """
    last = session.execute(
        select(Edition.core_digest, Edition.layer_digest, Edition.nation)
        .where(Edition.course_id == course.facts.id)
        .order_by(Edition.number.desc(), Edition.revision.desc()).limit(1)
    ).one()  # fmt: skip
    core = core_digest(course.files)
    layer = layer_digest(course.files, nation)
    offered = session.get(OfferedChange, course.facts.id)
    if tuple(last) == (core, layer, nation):
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
            Message(msg("The course %(id)s already has the address %(slug)s. Change the slug."),
                    {"id": other.id, "slug": facts.slug})
        )  # fmt: skip
    row = session.get(CourseRow, facts.id)
    if row is None:
        row = CourseRow(id=facts.id, slug=facts.slug, kind=facts.kind, access=facts.access,
                        edition_id=None)  # fmt: skip
        session.add(row)
    row.slug, row.kind, row.access = facts.slug, facts.kind, facts.access
    session.flush()


def _next_number(
    session: Session, last: Edition | None, structure: dict[str, Any],
    items: Sequence[Question], course: Course,
) -> tuple[int, int]:  # fmt: skip
    """Return (number, revision): a new number where what is taught or asked has changed."""
    if last is None:
        return 1, 0
    rows = session.execute(
        select(
            EditionItem.item_id, EditionItem.lesson, EditionItem.section, EditionItem.kind,
            EditionItem.critical, EditionItem.key,
        ).where(EditionItem.edition_id == last.id)
    )  # fmt: skip
    same_questions = {row.item_id: tuple(row)[1:] for row in rows} == {
        item.id: (
            item.facts["lesson"], item.facts["section"], item.kind, item.facts.get("critical"),
            _plain(item.key()),
        )
        for item in items
    }  # fmt: skip
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
    return [f"{change.block}:{change.new}" for change in course.changes
            if change.severity != "typo"]  # fmt: skip


def _plain(value: Any) -> Any:  # noqa: ANN401 -- any JSON value
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _module_of(course: Course, facts: Mapping[str, str]) -> str:
    return next(
        module.code for module in course.facts.modules
        if any(lesson.code == facts["lesson"] for lesson in module.lessons)
    )  # fmt: skip
