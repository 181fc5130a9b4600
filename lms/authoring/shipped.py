"""The courses that lie in a folder: published once, later changes offered and never taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from babel import dates
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import SERVER
from lms.authoring import actions, packages, queries
from lms.authoring.compiled import Voice, compile_course
from lms.authoring.weights import refuse_heavy
from lms.catalogue.models import Course as CourseRow
from lms.content import folder
from lms.content.faults import CourseRefused, Faults
from lms.content.folder import FolderRefusedError
from lms.content.labels import spoken
from lms.content.media import FOLDER
from lms.content.model import Course
from lms.content.reader import Reading, read_course
from lms.files import FileStore
from lms.kernel.messages import msg
from lms.kernel.viewer import Viewer

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Shipped:
    """What happened to one course folder: published, unchanged, offered or refused."""

    course_id: str
    slug: str
    state: str
    edition: str = ""


def read(path: Path) -> Reading:
    """Read the course in a folder; raises FolderRefusedError, OSError."""
    return read_course(folder.load(path))


def voices(
    languages: Iterable[str],
    country: str,
    sentence: Callable[[str, str], str],
    locale_of: Callable[[str, str], object],
) -> Mapping[str, Voice]:
    """Return how compiled text speaks each language of the pages."""

    def voice(language: str) -> Voice:
        locale = str(locale_of(language, country))
        return Voice(
            spoken(lambda msgid: sentence(msgid, language)),
            lambda day: dates.format_date(day, "long", locale=locale),
        )

    return {language: voice(language) for language in languages}


def stored(course: Course, store: FileStore) -> str:
    """Put the package of a course and each of its pictures into the store.

    returns  the digest of the package.
    """
    for name in course.pictures:
        store.put(course.files[f"{FOLDER}{name}"])
    return store.put(packages.packed(course))


def exported(session: Session, viewer: Viewer, slug: str, store: FileStore) -> dict[str, bytes]:
    """Return the files of the newest edition of a course, by path below its slug.

    raises NotFound when no such course is published, or the viewer may not have all of it.
    """
    found = queries.newest_package(session, viewer, slug)
    name, files, _ = packages.unpacked(store.get(found.package))
    return {f"{name}/{path}": data for path, data in files.items()}


def take(
    transaction: Transaction,
    courses: Path,
    store: FileStore,
    nation: str | None,
    spoken_in: Mapping[str, Voice],
    *,
    now: datetime,
) -> list[Shipped]:
    """Publish what this server has never published; offer what has changed since.

    A folder that can no longer be read is refused, and what was published from it stays: an
    edit does not keep a server from starting.
    raises CourseRefused where a folder that was never published has faults, TooHeavy where it is
    too heavy for weak lines; published by command with a reason, it is no longer asked.
    """
    done = []
    for path in folder.courses_in(courses):
        try:
            course = _reading(path).required()
        except CourseRefused:
            with transaction() as session:
                kept = session.scalar(
                    select(CourseRow.id).where(
                        CourseRow.slug == path.name, CourseRow.edition_id.is_not(None)
                    )
                )
            if kept is None:
                raise
            done.append(Shipped(kept, path.name, "refused"))
            continue
        with transaction() as session:
            known = session.get(CourseRow, course.facts.id)
            if known is not None and known.edition_id is not None:
                state = (
                    "offered" if actions.offer(session, course, nation, now=now) else "unchanged"
                )
                done.append(Shipped(course.facts.id, course.facts.slug, state))
                continue
        done.append(publish(transaction, course, store, nation, spoken_in, now=now))
    return done


def _reading(path: Path) -> Reading:
    try:
        return read(path)
    except (FolderRefusedError, OSError) as error:
        faults = Faults()
        faults.add(
            path.name, 0, msg("This folder cannot be read: %(detail)s"), detail=str(error)[:200]
        )
        return Reading(None, faults)


def publish(
    transaction: Transaction,
    course: Course,
    store: FileStore,
    nation: str | None,
    spoken_in: Mapping[str, Voice],
    *,
    now: datetime,
    heavy_because: str = "",
) -> Shipped:
    """Compile the course and store its files, then publish it as the server itself.

    heavy_because  why it goes out although it is too heavy for weak lines; see ``weights``.
    raises         Refused for a lesson that is too large, and for a slug that another course has;
                   TooHeavy for lessons over the budget, without a reason.
    """
    made = compile_course(course, nation, spoken_in)
    refuse_heavy(made.lessons, heavy_because)
    digest = stored(course, store)
    with transaction() as session:
        edition = actions.publish(
            session, SERVER, course, nation, made, digest, heavy_because=heavy_because, now=now
        )
        number = f"{edition.number}.{edition.revision}"
    return Shipped(course.facts.id, course.facts.slug, "published", number)
