"""Progress as a pure function of the learning records of one enrolment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(slots=True)
class Standing:
    """What the records say so far; the fields are those of ``Progress``."""

    lessons: list[str] = field(default_factory=list)
    reviewed: list[str] = field(default_factory=list)
    lesson: str | None = None
    section: str | None = None
    seconds: int | None = None
    passed_at: datetime | None = None
    held_from: date | None = None
    valid_through: date | None = None
    percent: int | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """The parts of a learning record that progress depends on."""

    verb: str
    object: str
    result: dict[str, Any] | None
    at: datetime


def take(standing: Standing, fact: Fact) -> Standing:
    """Change ``standing`` by one record and return it. Unknown verbs change only ``seen_at``.

    completed   a lesson was finished.
    experienced a lesson was read: ``result.seconds`` measured, ``result.section`` where.
    satisfied   a lesson was read again after a failed attempt: ``result.attempt``.
    passed, failed  a post-test was marked: ``result.percent``.
    corrected   a key was wrong, so a test has another mark: ``result.best`` of all of them now.
    passed, waived  the course counts as held from ``result.held_from`` through
                    ``result.valid_through`` (both ISO days; none there: without end). What is
                    waived takes nothing away from a pass that counts longer.
    """
    result = fact.result or {}
    # Correcting a key is nobody's visit.
    if "correction" not in result:
        standing.seen_at = max(standing.seen_at or fact.at, fact.at)
    if fact.verb == "completed" and result.get("kind") == "lesson":
        standing.lessons = [*standing.lessons, fact.object]
        standing.lesson, standing.section = fact.object, None
    elif fact.verb == "experienced":
        standing.lesson = fact.object
        standing.section = result.get("section")
        if result.get("seconds"):
            standing.seconds = (standing.seconds or 0) + int(result["seconds"])
    elif fact.verb == "satisfied":
        standing.reviewed = [*standing.reviewed, f"{result['attempt']}:{fact.object}"]
    elif fact.verb in {"passed", "failed"} and result.get("test") in {"post", "refresher"}:
        standing.percent = max(standing.percent or 0, int(result["percent"]))
        if fact.verb == "passed":
            standing.passed_at = fact.at
    elif fact.verb == "corrected":
        standing.percent = int(result["best"])
    if fact.verb in {"passed", "waived"}:
        _hold(standing, fact, result)
    return standing


def _hold(standing: Standing, fact: Fact, result: Mapping[str, Any]) -> None:
    """Note from when and until when the course counts as held."""
    held, through = result.get("held_from"), result.get("valid_through")
    since = date.fromisoformat(held) if held else fact.at.date()
    until = date.fromisoformat(through) if through else None
    if fact.verb == "waived" and standing.held_from is not None:
        since = max(since, standing.held_from)
        until = max(until or date.max, standing.valid_through or date.max)
        until = None if until == date.max else until
    standing.held_from, standing.valid_through = since, until


def project(facts: Iterable[Fact]) -> Standing:
    """Return the standing after all ``facts``, which come in the order of ``site_seq``."""
    standing = Standing()
    for fact in facts:
        take(standing, fact)
    return standing
