"""What the form of a question shows beside what was typed: lessons, parts, outcomes, slots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lms.authoring.bank import rules
from lms.authoring.bank.glance import Glance, glances, outcomes_in, parts_of
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.access import Room
from lms.authoring.drafts.queries import File
from lms.content.model import Block, CourseFacts
from lms.db import reading
from lms.kernel.errors import NotFound
from lms.web.pages import viewer


@dataclass(frozen=True, slots=True)
class Sheet:
    """One item of a draft, or the place of a new one, with what its form offers.

    item      None for a new one.
    parts     the blocks of its lesson; outcomes: letter -> words.
    """

    facts: CourseFacts
    module: str
    bank: File
    item: Glance | None
    lesson: str
    parts: tuple[Block, ...] = ()
    outcomes: Mapping[str, str] = field(default_factory=dict)


def facts_in(here: Room) -> CourseFacts:
    """Return the facts of a course that has tests; raises NotFound for any other."""
    if here.facts is None:
        raise NotFound
    return here.facts


def module_of(facts: CourseFacts, lesson: str) -> str:
    """Return the module of a lesson, empty for none of this course."""
    return next(
        (
            module.code
            for module in facts.modules
            if lesson in {each.code for each in module.lessons}
        ),
        "",
    )


def module_of_item(facts: CourseFacts, code: str, at: rules.Where | None = None) -> str:
    """Return the module in whose bank an item stands; raises NotFound for no such module.

    at  whose bank; None for the core's.
    """
    module = at.module_of(code) if at else code.rpartition("-")[0]
    if module not in {each.code for each in facts.modules}:
        raise NotFound
    return module


def sheet_of_new(here: Room, lesson: str, at: rules.Where | None = None) -> Sheet:
    """Return the place of a new item of a lesson; ``at``: whose, None for the core's."""
    facts = facts_in(here)
    module = module_of(facts, lesson)
    path = (at or rules.Where(here.draft.source)).path(module)
    found = _read(here, lesson, {path})
    return _sheet(here, facts, module, found[path], None, lesson, found)


def sheet_of(here: Room, code: str, lesson: str = "", at: rules.Where | None = None) -> Sheet:
    """Return an item; ``lesson``: the one that was chosen in its form.

    at      whose bank; None for the core's.
    raises  NotFound where the bank has no such item.
    """
    facts = facts_in(here)
    at = at or rules.Where(here.draft.source)
    module = module_of_item(facts, code, at)
    bank = drafts.file(reading(), viewer(), here.draft, at.path(module))
    items = glances(module, bank.text, own=bool(at.nation))
    item = next((each for each in items if each.code == code), None)
    if item is None:
        raise NotFound
    lesson = lesson or item.lesson
    return _sheet(here, facts, module, bank, item, lesson, _read(here, lesson, set()))


def _read(here: Room, lesson: str, paths: set[str]) -> Mapping[str, File]:
    wanted = {*paths, f"{here.draft.source}/{lesson}.md"} if lesson else paths
    return drafts.read(reading(), viewer(), here.draft, wanted) if wanted else {}


def _sheet(
    here: Room,
    facts: CourseFacts,
    module: str,
    bank: File,
    item: Glance | None,
    lesson: str,
    found: Mapping[str, File],
) -> Sheet:
    if lesson not in facts.codes():
        return Sheet(facts, module, bank, item, lesson)
    path = f"{here.draft.source}/{lesson}.md"
    outcomes = outcomes_in(found[path].text)
    if item and item.outcome and item.lesson == lesson:
        outcomes.setdefault(item.outcome, "–")  # what stands there can stay, listed or not
    parts = tuple(parts_of(path, found[path].data))
    return Sheet(facts, module, bank, item, lesson, parts, outcomes)
