"""The worker's side of review: looking a whole draft through, and publishing an approved one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import SERVER
from lms.authoring import actions as editions
from lms.authoring import shipped
from lms.authoring.cli import spoken_voices
from lms.authoring.compiled import CompiledCourse, compile_course
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries as found_drafts
from lms.authoring.drafts.models import Draft
from lms.authoring.review import actions
from lms.authoring.review.findings import looked_through
from lms.authoring.review.rules import CHECK, PUBLISH
from lms.authoring.weights import refuse_heavy
from lms.catalogue.models import Edition, EditionItem
from lms.content.model import Course
from lms.content.reader import read_course
from lms.files import FileStore
from lms.jobs.actions import Done, SlowStep, Steps
from lms.kernel.errors import Refused
from lms.kernel.messages import Message
from lms.kernel.viewer import Viewer

Said = list[Any]  # [msgid, values]: a sentence that the page says in its reader's language


@dataclass(frozen=True, slots=True)
class Ready:
    """An approved draft, compiled and its package stored; or why it cannot be published."""

    course: Course | None = None
    nation: str | None = None
    made: CompiledCourse | None = None
    package: str = ""
    refused: Said | None = None


def look_through(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Any,  # noqa: ANN401 -- any JSON value
    *,
    now: datetime,
) -> dict[str, Any]:
    """Read the whole draft and measure it: the slow part of a check."""
    del cursor, now
    found = session.get_one(Draft, UUID(facts["draft"]))
    if drafts.state(session, SERVER, found) != facts["state"]:
        return {"old": True}
    files = found_drafts.contents(session, SERVER, found)
    keys = {
        row.item_id: row.key
        for row in session.execute(
            select(EditionItem.item_id, EditionItem.key).where(
                EditionItem.edition_id == found.edition_id
            )
        )
    }
    return looked_through(files, keys)


def keep(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Any,  # noqa: ANN401 -- any JSON value
    prepared: dict[str, Any],
    *,
    now: datetime,
) -> Done:
    """Keep what was found for the page of the draft."""
    del session, facts, cursor, now
    return Done(prepared)


def prepare(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Any,  # noqa: ANN401 -- any JSON value
    *,
    now: datetime,
) -> Ready:
    """Read and compile an approved draft, and store its package."""
    del cursor, now
    found = session.get_one(Draft, UUID(facts["draft"]))
    if drafts.state(session, SERVER, found) != facts["state"]:
        return Ready(refused=[actions.CHANGED, {}])
    reading = read_course(found_drafts.contents(session, SERVER, found))
    if reading.course is None:
        fault = next(iter(reading.faults)).message
        return Ready(
            refused=[fault.msgid, {key: str(value) for key, value in fault.values.items()}]
        )
    nation = installation.read(session).nation
    try:
        made = compile_course(reading.course, nation, spoken_voices())
        refuse_heavy(made.lessons, facts["reason"])
    except Refused as refused:
        return Ready(refused=_said(refused.message))
    digest = shipped.stored(reading.course, FileStore(current_app.config["LMS"].data / "files"))
    return Ready(reading.course, nation, made, digest)


def record(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Any,  # noqa: ANN401 -- any JSON value
    prepared: Ready,
    *,
    now: datetime,
) -> Done:
    """Make the edition visible, with the names of those who answer for it: all or nothing.

    What fails leaves the edition before it as it was, and tells the page why.
    """
    del cursor
    found = session.get_one(Draft, UUID(facts["draft"]), with_for_update=True)
    approver = Viewer(UUID(facts["by"]), "en")
    if prepared.refused is not None:
        return Done({"refused": prepared.refused})
    if drafts.state(session, SERVER, found) != facts["state"]:
        return Done({"refused": [actions.CHANGED, {}]})
    if prepared.course is None or prepared.made is None:
        raise AssertionError("a course that is ready is compiled")
    try:
        edition: Edition = editions.publish(
            session, approver, prepared.course, prepared.nation, prepared.made, prepared.package,
            heavy_because=facts["reason"], now=now,
        )  # fmt: skip
    except Refused as refused:
        return Done({"refused": _said(refused.message)})
    actions.published(session, approver, found, edition, facts["state"], now=now)
    return Done({"edition": f"{edition.number}.{edition.revision}"})


def _said(message: Message) -> Said:
    return [message.msgid, {key: str(value) for key, value in message.values.items()}]


STEPS: Steps = {CHECK: SlowStep(look_through, keep), PUBLISH: SlowStep(prepare, record)}
