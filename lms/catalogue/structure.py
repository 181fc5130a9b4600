"""What an edition is made of, as compiled from course.toml: read by pages, draws and rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date as Day  # noqa: N812 -- beside a field of that name
from typing import Any


def title_language(text: Mapping[str, Any], part: str = "course") -> str | None:
    """Return the language of a title that is not translated, None for one that is.

    text   ``facts`` of an ``EditionText``. part: ``course``, also for modules, or a lesson's code.
    """
    found: str | None = text.get("said_in", {}).get(part)
    return found


@dataclass(frozen=True, slots=True)
class LessonPlace:
    """One lesson in its module. ``number`` counts from 1 through the whole course."""

    code: str
    minutes: int
    number: int
    module: str


@dataclass(frozen=True, slots=True)
class Module:
    """One module: its code, minutes of study, lessons in order."""

    code: str
    minutes: int
    lessons: tuple[LessonPlace, ...]


@dataclass(frozen=True, slots=True)
class Closure:
    """A module, or the course, that a country has closed.

    date    on which the law was checked, as 2026-11-24.
    words   language -> what learners are told besides.
    code    of a module; place among all modules of the course, from 0.
    """

    law: str
    date: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    place: int = 0

    @property
    def day(self) -> Day | None:
        """The day on which the law was checked."""
        return Day.fromisoformat(self.date) if self.date else None


@dataclass(frozen=True, slots=True)
class PassRule:
    """What a certificate needs. ``percent`` of the post-test and every critical item right.

    attempts in window_days, pause_hours between two of them; minutes None is no time limit.
    """

    percent: int = 80
    attempts: int = 3
    window_days: int = 30
    pause_hours: int = 24
    minutes: int | None = None
    about_minutes: int | None = None
    parts: tuple[str, ...] = ("test",)


@dataclass(frozen=True, slots=True)
class TestPlan:
    """A blueprint: how many items and scenarios a test draws."""

    __test__ = False  # pytest must not take this for a test

    items: int
    scenarios: int = 0
    modules: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Structure:
    """The compiled structure of an edition.

    closed           modules that the country has closed, closed_course the course itself.
    hidden_blocks    ids of blocks that the country does not show, replaced_blocks of those that
                     it shows with words of its own.
    behind_law       language -> blocks whose translation was made before a change of the law.
    """

    modules: tuple[Module, ...]
    minutes: int
    validity_months: int | None
    pass_rule: PassRule
    refresher_percent: int
    refresher_days: int
    prerequisites: tuple[str, ...]
    audience: tuple[str, ...]
    tests: Mapping[str, TestPlan]
    critical: tuple[str, ...]
    boxes: Mapping[str, str]  # box code -> empty, draft, confirmed, under-review
    blocking_boxes: tuple[str, ...]
    hours: str
    closed: tuple[Closure, ...] = ()
    closed_course: Closure | None = None
    hidden_blocks: tuple[str, ...] = ()
    replaced_blocks: tuple[str, ...] = ()
    behind_law: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def lessons(self) -> Iterator[LessonPlace]:
        """Yield every lesson in the order in which it is taught."""
        for module in self.modules:
            yield from module.lessons

    def codes(self) -> tuple[str, ...]:
        """Return the lesson codes in order."""
        return tuple(lesson.code for lesson in self.lessons())

    def outline(self) -> list[Module | Closure]:
        """Return the modules as the course has them, closed ones in their places."""
        outline: list[Module | Closure] = list(self.modules)
        for closure in sorted(self.closed, key=lambda each: each.place):
            outline.insert(closure.place, closure)
        return outline

    def unconfirmed(self) -> tuple[str, ...]:
        """Return the boxes that block a national certificate and are not confirmed."""
        return tuple(box for box in self.blocking_boxes if self.boxes.get(box) != "confirmed")

    def to_facts(self) -> dict[str, Any]:
        """Return plain JSON for ``edition.facts``."""
        return asdict(self)

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Structure:
        """Return the structure that ``to_facts`` wrote, also one of an earlier version."""
        modules = tuple(
            Module(
                module["code"],
                module["minutes"],
                tuple(LessonPlace(**lesson) for lesson in module["lessons"]),
            )
            for module in facts["modules"]
        )
        closed_course = facts.get("closed_course")
        rule = {**facts["pass_rule"], "parts": tuple(facts["pass_rule"]["parts"])}
        return cls(
            modules=modules,
            minutes=facts["minutes"],
            validity_months=facts["validity_months"],
            pass_rule=PassRule(**rule),
            refresher_percent=facts["refresher_percent"],
            refresher_days=facts["refresher_days"],
            prerequisites=tuple(facts["prerequisites"]),
            audience=tuple(facts["audience"]),
            tests={name: TestPlan(**plan) for name, plan in facts["tests"].items()},
            critical=tuple(facts["critical"]),
            boxes=facts["boxes"],
            blocking_boxes=tuple(facts["blocking_boxes"]),
            hours=facts["hours"],
            closed=tuple(Closure(**each) for each in facts.get("closed", ())),
            closed_course=Closure(**closed_course) if closed_course else None,
            hidden_blocks=tuple(facts.get("hidden_blocks", ())),
            replaced_blocks=tuple(facts.get("replaced_blocks", ())),
            behind_law=facts.get("behind_law", {}),
        )
