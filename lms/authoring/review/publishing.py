"""The worker publishes an approved draft: step by step, under an edition that nobody sees.

Each step makes some questions or lessons ready without any lock and adds their rows: everybody
else's saving waits for a few hundredths of a second at most. The last one gives the edition its
number, asks for its signature and names who answers for it, in one transaction.
Whatever fails before that leaves the edition before it serving, and deletes what was begun.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import SERVER
from lms.authoring import actions as editions
from lms.authoring import shipped
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
    words_known,
)
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries as found_drafts
from lms.authoring.drafts.models import Draft
from lms.authoring.review import actions
from lms.authoring.review.rules import PUBLISH, key_of
from lms.authoring.review.sentences import kept
from lms.authoring.voices import spoken_voices
from lms.authoring.weights import refuse_heavy
from lms.catalogue.models import Edition
from lms.content.model import Course, Question
from lms.content.reader import read_course
from lms.jobs.models import Job
from lms.jobs.steps import Done, SlowStep, Steps
from lms.kernel.errors import Refused
from lms.kernel.json_value import Json
from lms.kernel.messages import Message
from lms.kernel.viewer import Viewer
from lms.web.files import file_store

# In five languages ten lessons compile in about a second on a small machine, and a hundred
# questions are six hundred rows.
LESSONS_A_STEP, ITEMS_A_STEP = 10, 100


@dataclass(frozen=True, slots=True)
class Ready:
    """What one step adds.

    structure, steps  of the first one: what the edition teaches, and how many steps it takes.
    items, said       questions with their words; of the last one all questions, without words.
    refused           why there is to be no edition: [msgid, values]. Then nothing else counts.
    """

    course: Course | None = None
    nation: str | None = None
    package: str = ""
    structure: Mapping[str, Any] | None = None
    steps: int = 0
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

    def clear(self) -> None:
        """Forget it: a large course takes more memory than the worker itself."""
        self.state, self.course = "", None


_DESK = _Desk()


def prepare(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> Ready:
    """Make ready what the next step adds: questions, then lessons, at last the titles."""
    del now
    found = session.get_one(Draft, UUID(facts["draft"]))
    if drafts.state(session, SERVER, found) != facts["state"]:
        return Ready(refused=[actions.CHANGED, {}])
    course = _DESK.read(session, found, facts["state"])
    if isinstance(course, Message):
        return Ready(refused=kept(course))
    nation = installation.read(session).nation
    plan, items = structure(course, nation_of(course, nation)), _items(course, nation)
    if cursor is None:
        store = file_store()
        steps = -(-len(items) // ITEMS_A_STEP) + -(-len(plan.codes()) // LESSONS_A_STEP) + 2
        return Ready(course, nation, shipped.stored(course, store), plan.to_facts(), steps)
    if cursor["asked"] < len(items):
        some = items[cursor["asked"] : cursor["asked"] + ITEMS_A_STEP]
        said = all_item_texts(course, nation_of(course, nation), some)
        return Ready(course, nation, items=some, said=said)
    codes = plan.codes()[cursor["next"] : cursor["next"] + LESSONS_A_STEP]
    if codes:
        return _taught(course, nation, codes, facts["reason"])
    return Ready(course, nation, items=items)


def _items(course: Course, nation: str | None) -> tuple[Question, ...]:
    return tuple(bank(course, nation_of(course, nation)))


def _taught(course: Course, nation: str | None, codes: Sequence[str], reason: str) -> Ready:
    try:
        taught = tuple(lessons(course, nation_of(course, nation), spoken_voices(), codes))
        refuse_heavy(taught, reason)
    except Refused as refused:
        return Ready(refused=kept(refused.message))
    return Ready(course, nation, taught=taught)


def record(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
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
        after: dict[str, Any] | Done = Done({"refused": refused})
    elif cursor is None:
        after = _begin(session, approver, found, prepared.course, prepared, facts, now=now)
    elif prepared.said or prepared.taught:
        after = _add(session, cursor, prepared.course, prepared)
    else:
        after = _show(session, approver, found, prepared.course, prepared, facts, cursor, now=now)
    if isinstance(after, Done):
        _DESK.clear()
    return after


def _begin(
    session: Session,
    approver: Viewer,
    found: Draft,
    course: Course,
    prepared: Ready,
    facts: Mapping[str, Any],
    *,
    now: datetime,
) -> dict[str, Any] | Done:
    """Begin an edition that nobody sees; where the newest one is the same, this draft is it."""
    same = editions.newest(session, course, prepared.nation)
    if same is not None:
        actions.published(session, approver, found, same, facts["state"], now=now)
        return Done({"edition": f"{same.number}.{same.revision}"})
    try:
        edition = editions.begin_edition(
            session,
            approver,
            course,
            prepared.nation,
            prepared.package,
            prepared.structure or {},
            now=now,
        )
    except Refused as refused:
        return Done({"refused": kept(refused.message)})
    session.execute(
        update(Job)
        .where(Job.kind == PUBLISH, Job.key == key_of(found.id, facts["state"]))
        .values(total_units=prepared.steps)
    )
    return {"edition": edition.id, "asked": 0, "known": {}, "next": 0, "sizes": {}}


def _add(
    session: Session, cursor: dict[str, Any], course: Course, prepared: Ready
) -> dict[str, Any]:
    """Add the rows of some questions, or of some lessons."""
    edition_id = cursor["edition"]
    if prepared.taught:
        session.add_all(editions.lesson_rows(prepared.taught, edition_id))
        sizes = cursor["sizes"]
        for language, of_language in sizes_of(prepared.taught).items():
            sizes.setdefault(language, {}).update(of_language)
        return {**cursor, "next": cursor["next"] + LESSONS_A_STEP, "sizes": sizes}
    session.add_all(editions.item_rows(course, prepared.items, prepared.said, edition_id))
    known = Counter(cursor["known"]) + words_known(prepared.said)
    return {**cursor, "asked": cursor["asked"] + ITEMS_A_STEP, "known": dict(known)}


def _show(
    session: Session,
    approver: Viewer,
    found: Draft,
    course: Course,
    prepared: Ready,
    facts: Mapping[str, Any],
    cursor: Mapping[str, Any],
    *,
    now: datetime,
) -> Done:
    """Add the titles and show the edition: from now on learners begin with it."""
    edition = session.get_one(Edition, cursor["edition"])
    layer = nation_of(course, prepared.nation)
    spoken = texts(course, layer, spoken_voices(), cursor["known"], cursor["sizes"])
    session.add_all(editions.text_rows(course, spoken, edition.id))
    editions.show_edition(
        session, approver, edition, course, prepared.items, heavy_because=facts["reason"], now=now
    )
    actions.published(session, approver, found, edition, facts["state"], now=now)
    return Done({"edition": f"{edition.number}.{edition.revision}"})


STEPS: Steps = {PUBLISH: SlowStep(prepare, record, large=True)}
