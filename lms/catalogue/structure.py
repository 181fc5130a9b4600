"""What an edition is made of, as compiled from course.toml: read by pages, draws and rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
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
    """The compiled structure of an edition."""

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

    def lessons(self) -> Iterator[LessonPlace]:
        """Yield every lesson in the order in which it is taught."""
        for module in self.modules:
            yield from module.lessons

    def codes(self) -> tuple[str, ...]:
        """Return the lesson codes in order."""
        return tuple(lesson.code for lesson in self.lessons())

    def unconfirmed(self) -> tuple[str, ...]:
        """Return the boxes that block a national certificate and are not confirmed."""
        return tuple(box for box in self.blocking_boxes if self.boxes.get(box) != "confirmed")

    def to_facts(self) -> dict[str, Any]:
        """Return plain JSON for ``edition.facts``."""
        return asdict(self)

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Structure:
        """Return the structure that ``to_facts`` wrote."""
        modules = tuple(
            Module(
                module["code"],
                module["minutes"],
                tuple(LessonPlace(**lesson) for lesson in module["lessons"]),
            )
            for module in facts["modules"]
        )
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
        )
