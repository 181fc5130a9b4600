"""Codes of items, and what a bank still lacks. Pure: values in, values out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lms.assessment.drawing import shares
from lms.authoring.bank.glance import Glance
from lms.catalogue.structure import LessonPlace, Module, PassRule, Structure, TestPlan
from lms.content.agreement import FEWEST_IN_A_SLOT, check_bank
from lms.content.faults import Faults
from lms.content.model import CourseFacts
from lms.content.nation_bank import own_path
from lms.kernel.messages import Message, msg

_NUMBER = re.compile(r".*-([0-9]{3})")
HARDNESS = ("1", "2", "3")


def bank_path(source: str, module: str) -> str:
    """Return where the questions of a module lie; ``source`` is the language of the draft."""
    return f"{source}/bank/{module}.md"


@dataclass(frozen=True, slots=True)
class Where:
    """Whose banks: the core's, or those of a country's own questions.

    source  the language in which they have their key.
    nation  the country; empty for the core.
    """

    source: str
    nation: str = ""

    def path(self, module: str, language: str = "") -> str:
        """Return where the questions of a module lie; ``language`` of a translation."""
        spoken = language or self.source
        return own_path(self.nation, spoken, module) if self.nation else bank_path(spoken, module)

    def prefix(self, module: str) -> str:
        """Return with what the codes of a module begin: ``MR-1``, or ``TN-MR-1``."""
        return f"{self.nation.upper()}-{module}" if self.nation else module

    def module_of(self, code: str) -> str:
        """Return the module that a code names; empty for a code of somebody else's question."""
        before = self.prefix("")
        return code.removeprefix(before).rpartition("-")[0] if code.startswith(before) else ""


def next_code(module: str, taken: Iterable[str]) -> str | None:
    """Return the code behind the last one that a module ever gave; None when 999 are given.

    module  or the prefix of a country's own codes, see ``Where``.
    """
    numbers = [int(found[1]) for each in taken if (found := _NUMBER.fullmatch(each))]
    following = max(numbers, default=0) + 1
    return f"{module}-{following:03}" if following <= 999 else None


def places(facts: CourseFacts) -> Structure:
    """Return the structure of a course as the draw of a test needs it."""
    modules, number = [], 0
    for module in facts.modules:
        lessons = []
        for lesson in module.lessons:
            number += 1
            lessons.append(LessonPlace(lesson.code, lesson.minutes, number, module.code))
        modules.append(Module(module.code, module.minutes, tuple(lessons)))
    minutes = sum(module.minutes for module in modules)
    return Structure(
        modules=tuple(modules),
        minutes=minutes,
        validity_months=None,
        pass_rule=PassRule(),
        refresher_percent=0,
        refresher_days=0,
        prerequisites=(),
        audience=(),
        tests={
            name: TestPlan(plan["items"], plan["scenarios"]) for name, plan in facts.tests.items()
        },
        critical=tuple(facts.critical),
        boxes={},
        blocking_boxes=(),
        hours="",
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """One outcome of a lesson: how many items ask for it, by difficulty."""

    lesson: str
    outcome: str
    words: str
    counts: Mapping[str, int]
    scenarios: int

    @property
    def total(self) -> int:
        """All items that ask for it."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Need:
    """How many items a module gives to each test, and how many it has."""

    module: str
    has: int
    needs: Mapping[str, int]

    @property
    def missing(self) -> int:
        """How many are too few for a first test and a final test that share none."""
        return max(0, sum(self.needs.values()) - self.has)


@dataclass(frozen=True, slots=True)
class Slot:
    """A critical slot and how many items may fill it."""

    code: str
    lesson: str
    has: int

    @property
    def missing(self) -> int:
        """How many are too few: a form must not be known by heart."""
        return max(0, FEWEST_IN_A_SLOT - self.has)


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What a bank has and lacks.

    missing  in words, with the lesson to write for where it is about one.
    strange  items that name a lesson or an outcome that is not there.
    """

    cells: tuple[Cell, ...]
    needs: tuple[Need, ...]
    slots: tuple[Slot, ...]
    scenarios: int
    scenarios_needed: int
    missing: tuple[tuple[Message, str], ...]
    strange: tuple[Glance, ...]


def blueprint(
    facts: CourseFacts,
    items: Mapping[str, Iterable[Glance]],
    outcomes: Mapping[str, Mapping[str, str]],
) -> Blueprint:
    """Return the matrix of a course.

    items     module -> its items.
    outcomes  lesson -> letter -> the words of the outcome.
    """
    found = [item for module in items.values() for item in module if item.kind]
    cells = tuple(
        _cell(lesson, letter, words, found)
        for lesson in facts.codes()
        for letter, words in outcomes.get(lesson, {}).items()
    )
    structure = places(facts)
    plans = {name: shares(structure, plan["items"]) for name, plan in facts.tests.items()}
    needs = tuple(
        Need(
            module.code,
            sum(item.module == module.code for item in found),
            {name: share[module.code] for name, share in plans.items()},
        )
        for module in facts.modules
    )
    filled = Counter(item.critical for item in found)
    return Blueprint(
        cells,
        needs,
        tuple(Slot(slot, lesson, filled[slot]) for slot, lesson in facts.critical.items()),
        sum(item.kind == "scenario" for item in found),
        max((plan["scenarios"] for plan in facts.tests.values()), default=0),
        tuple(_missing(facts, found, cells)),
        tuple(item for item in found if item.outcome not in outcomes.get(item.lesson, {})),
    )


def _cell(lesson: str, letter: str, words: str, found: Iterable[Glance]) -> Cell:
    here = [item for item in found if item.lesson == lesson and item.outcome == letter]
    counted = Counter(item.difficulty for item in here)
    return Cell(
        lesson,
        letter,
        words,
        {each: counted[each] for each in HARDNESS},
        sum(item.kind == "scenario" for item in here),
    )


def _missing(
    facts: CourseFacts, found: Collection[Glance], cells: Iterable[Cell]
) -> Iterator[tuple[Message, str]]:
    for message in lacks(facts, found):
        lesson = str(message.values.get("code", ""))
        slot = str(message.values.get("slot", ""))
        yield message, lesson or facts.critical.get(slot, "")
    for cell in cells:
        if not cell.total:
            said = msg("No item of the bank asks for outcome %(outcome)s of %(lesson)s. Write one.")
            yield Message(said, {"outcome": cell.outcome, "lesson": cell.lesson}), cell.lesson


def lacks(facts: CourseFacts, found: Iterable[Glance]) -> list[Message]:
    """Return in words what the tests of a course cannot draw from these items."""
    faults = Faults()
    outlines = [item.outline() for item in found if item.kind]
    check_bank("course.toml", facts, outlines, dict.fromkeys(facts.codes()), faults)
    return [fault.message for fault in faults]
