"""The worker publishes an approved draft: step by step, under an edition that nobody sees.

Each step compiles a few lessons without any lock and adds their rows. The last one gives the
edition its number, asks for its signature and names who answers for it, in one transaction.
Whatever fails before that leaves the edition before it serving, and deletes what was begun.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import update
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import SERVER
from lms.authoring import actions as editions
from lms.authoring import shipped
from lms.authoring.cli import spoken_voices
from lms.authoring.compiled import (
    CompiledLesson,
    ItemText,
    all_item_texts,
    bank,
    lessons,
    nation_of,
    sizes_of,
    structure,
    texts,
)
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries as found_drafts
from lms.authoring.drafts.models import Draft
from lms.authoring.review import actions
from lms.authoring.review.rules import PUBLISH, key_of
from lms.authoring.review.sentences import kept
from lms.authoring.weights import refuse_heavy
from lms.catalogue.models import Edition
from lms.content.model import Course, Question
from lms.content.reader import read_course
from lms.files import FileStore
from lms.jobs.actions import Done, SlowStep, Steps
from lms.jobs.models import Job
from lms.kernel.errors import Refused
from lms.kernel.messages import Message
from lms.kernel.viewer import Viewer

# In five languages they compile in about a second on a small machine.
LESSONS_A_STEP = 10


@dataclass(frozen=True, slots=True)
class Ready:
    """What one step adds.

    refused  why there is to be no edition: [msgid, values]. Then nothing else counts.
    """

    course: Course | None = None
    nation: str | None = None
    package: str = ""
    structure: Mapping[str, Any] | None = None
    items: tuple[Question, ...] = ()
    said: tuple[ItemText, ...] = ()
    taught: tuple[CompiledLesson, ...] = ()
    refused: list[Any] | None = None


class _Desk:
    """Keeps the course that was read last: the next step is mostly about the same one."""

    def __init__(self) -> None:
        self.state = ""
        self.course: Course | None = None

    def read(self, session: Session, found: Draft, state: str) -> Course | Message:
        """Return the course of a draft whose files are in ``state``, or what is wrong with it."""
        if self.course is None or self.state != state:
            reading = read_course(found_drafts.contents(session, SERVER, found))
            if reading.course is None:
                return next(iter(reading.faults)).message
            self.state, self.course = state, reading.course
        return self.course


_DESK = _Desk()


def prepare(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Any,  # noqa: ANN401 -- any JSON value
    *,
    now: datetime,
) -> Ready:
    """Compile what the next step adds: first the questions, then lessons, at last the titles."""
    del now
    found = session.get_one(Draft, UUID(facts["draft"]))
    if drafts.state(session, SERVER, found) != facts["state"]:
        return Ready(refused=[actions.CHANGED, {}])
    course = _DESK.read(session, found, facts["state"])
    if isinstance(course, Message):
        return Ready(refused=kept(course))
    nation = installation.read(session).nation
    layer = nation_of(course, nation)
    plan = structure(course, layer)
    if cursor is None:
        items = tuple(bank(course, layer))
        store = FileStore(current_app.config["LMS"].data / "files")
        return Ready(
            course, nation, shipped.stored(course, store), plan.to_facts(), items,
            all_item_texts(course, items),
        )  # fmt: skip
    codes = plan.codes()[cursor["next"] : cursor["next"] + LESSONS_A_STEP]
    try:
        taught = tuple(lessons(course, layer, spoken_voices(), codes))
        refuse_heavy(taught, facts["reason"])
    except Refused as refused:
        return Ready(refused=kept(refused.message))
    if codes:
        return Ready(course, nation, taught=taught)
    items = tuple(bank(course, layer))
    return Ready(course, nation, items=items, said=all_item_texts(course, items))


def record(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Any,  # noqa: ANN401 -- any JSON value
    prepared: Ready,
    *,
    now: datetime,
) -> dict[str, Any] | Done:
    """Add the rows of one step; the last one shows the edition, all or nothing."""
    found = session.get_one(Draft, UUID(facts["draft"]), with_for_update=True)
    approver = Viewer(UUID(facts["by"]), "en")
    refused = prepared.refused
    if refused is None and drafts.state(session, SERVER, found) != facts["state"]:
        refused = [actions.CHANGED, {}]
    if refused is not None or prepared.course is None:
        if cursor is not None:
            editions.drop_edition(session, cursor["edition"])
        return Done({"refused": refused})
    course, nation = prepared.course, prepared.nation
    if cursor is None:
        return _begin(session, approver, found, prepared, facts, now=now)
    edition = session.get_one(Edition, cursor["edition"])
    if prepared.taught:
        session.add_all(editions.lesson_rows(prepared.taught, edition.id))
        sizes = cursor["sizes"]
        for language, of_language in sizes_of(prepared.taught).items():
            sizes.setdefault(language, {}).update(of_language)
        return {**cursor, "next": cursor["next"] + LESSONS_A_STEP, "sizes": sizes}
    spoken = texts(
        course, nation_of(course, nation), spoken_voices(), prepared.said, cursor["sizes"]
    )
    session.add_all(editions.text_rows(course, spoken, edition.id))
    editions.show_edition(
        session, approver, edition, course, prepared.items, heavy_because=facts["reason"], now=now
    )
    actions.published(session, approver, found, edition, facts["state"], now=now)
    return Done({"edition": f"{edition.number}.{edition.revision}"})


def _begin(
    session: Session, approver: Viewer, found: Draft, prepared: Ready, facts: Mapping[str, Any], *,
    now: datetime,
) -> dict[str, Any] | Done:  # fmt: skip
    course, nation = prepared.course, prepared.nation
    if course is None or prepared.structure is None:
        raise AssertionError("the first step has read the course")
    same = editions.newest(session, course, nation)
    if same is not None:
        actions.published(session, approver, found, same, facts["state"], now=now)
        return Done({"edition": f"{same.number}.{same.revision}"})
    try:
        edition = editions.begin_edition(
            session, approver, course, nation, prepared.package, prepared.structure, now=now
        )
    except Refused as refused:
        return Done({"refused": kept(refused.message)})
    session.add_all(editions.item_rows(course, prepared.items, prepared.said, edition.id))
    steps = -(-len(course.facts.codes()) // LESSONS_A_STEP) + 2
    session.execute(
        update(Job).where(Job.kind == PUBLISH, Job.key == key_of(found.id, facts["state"]))
        .values(total_units=steps)
    )  # fmt: skip
    return {"edition": edition.id, "next": 0, "sizes": {}}


STEPS: Steps = {PUBLISH: SlowStep(prepare, record)}
