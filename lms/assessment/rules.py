"""Pure decisions about answers: which one counts, which were given blindly, what a test earned."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from lms.assessment.marking import mark, most_points
from lms.catalogue.structure import PassRule

# What the server holds so long after the end of a test still counts.
GRACE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Said:
    """One stored answer, as the rules see it."""

    id: Any
    item: str
    choice: Any
    page: str
    version_seen: int
    version: int
    stale: bool
    late: str | None
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class Current:
    """What counts for one item, and what another page said without having seen it."""

    said: Said | None
    others: tuple[Said, ...] = ()


def is_stale(
    item: str, page: str, version_seen: int, earlier: Iterable[tuple[str, str, int]]
) -> bool:
    """Return whether another page changed ``item`` after the version that ``page`` had seen.

    earlier   (item, page, version) of every answer of the attempt that is stored and not stale.
    """
    return any(
        each == item and other != page and version > version_seen
        for each, other, version in earlier
    )


def current(answers: Sequence[Said]) -> dict[str, Current]:
    """Return what counts for each item: the newest answer that is neither stale nor late.

    A stale answer newer than that one is an open question to the person; once anything newer
    counts, it is settled and only kept.
    """
    found: dict[str, Current] = {}
    for said in sorted(answers, key=lambda each: each.version):
        if said.late:
            continue
        before = found.get(said.item, Current(None))
        if said.stale:
            found[said.item] = Current(before.said, (*before.others, said))
        else:
            found[said.item] = Current(said)
    return found


def lateness(closes_at: datetime | None, claimed_at: datetime | None, now: datetime) -> str | None:
    """Return None for an answer that came in time, else ``written-in-time`` or ``late``.

    The server's clock decides whether an answer came in time, 30 seconds of grace included; the
    browser's claim only tells a trainer which late ones to look at.
    """
    if closes_at is None or now <= closes_at + GRACE:
        return None
    return "written-in-time" if claimed_at is not None and claimed_at <= closes_at else "late"


@dataclass(frozen=True, slots=True)
class FormItem:
    """One item of a form with what marking it needs."""

    id: str
    module: str
    lesson: str
    section: str
    kind: str
    critical: str | None
    key: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a test earned. ``percent`` is rounded down: nobody passes by rounding."""

    points: Fraction
    most: int
    percent: int
    passed: bool
    modules: Mapping[str, int]
    failed_modules: tuple[str, ...]
    missed: tuple[str, ...]
    critical_missed: tuple[str, ...]
    unanswered: tuple[str, ...] = ()
    by_item: Mapping[str, Fraction] = field(default_factory=dict)

    def points_text(self) -> str:
        """Return the points and what could be earned as one exact fraction: "17/20"."""
        earned = self.points
        return f"{earned.numerator}/{earned.denominator * self.most}"

    def to_facts(self) -> dict[str, Any]:
        """Return plain JSON for ``attempt.outcome``."""
        return {
            "modules": dict(self.modules),
            "failed_modules": list(self.failed_modules),
            "missed": list(self.missed),
            "critical_missed": list(self.critical_missed),
            "unanswered": list(self.unanswered),
            "items": {item: str(points) for item, points in self.by_item.items()},
        }


def outcome(
    items: Sequence[FormItem], choices: Mapping[str, Any], rule: PassRule, critical: Collection[str]
) -> Outcome:
    """Mark a whole test.

    choices   item id -> the choice that counts; a missing one earns nothing.
    rule      the percentage that passes; every item of a ``critical`` slot must be right, too.
    returns   points and percentage of all and of each module; a module is failed when it is below
              the percentage or holds a critical item that was missed.
    """
    points = {item.id: mark(item.kind, item.key, choices.get(item.id)) for item in items}
    unanswered = [item.id for item in items if choices.get(item.id) in (None, "", [], {})]
    return tally(items, points, unanswered, rule, critical)


def tally(
    items: Sequence[FormItem],
    points: Mapping[str, Fraction],
    unanswered: Collection[str],
    rule: PassRule,
    critical: Collection[str],
) -> Outcome:
    """Return what a test earned whose items have earned ``points`` each; see ``outcome``."""
    most = {item.id: most_points(item.kind, item.key) for item in items}
    missed = tuple(item.id for item in items if points[item.id] < most[item.id])
    critical_missed = tuple(
        item.id for item in items if item.critical in critical and item.id in missed
    )
    modules: dict[str, int] = {}
    for module in dict.fromkeys(item.module for item in items):
        ids = [item.id for item in items if item.module == module]
        modules[module] = percent_of(
            sum((points[each] for each in ids), Fraction(0)), sum(most[each] for each in ids)
        )
    unsafe = {item.module for item in items if item.id in critical_missed}
    total, whole = sum(points.values(), Fraction(0)), sum(most.values())
    percent = percent_of(total, whole)
    return Outcome(
        points=total,
        most=whole,
        percent=percent,
        passed=percent >= rule.percent and not critical_missed,
        modules=modules,
        failed_modules=tuple(
            module for module, share in modules.items() if share < rule.percent or module in unsafe
        ),
        missed=missed,
        critical_missed=critical_missed,
        unanswered=tuple(unanswered),
        by_item=dict(points),
    )


def percent_of(points: Fraction, most: int) -> int:
    """Return the share in whole percent, rounded down; 0 of nothing is 0."""
    return int(points * 100 / most) if most else 0


def remarked(
    items: Sequence[FormItem],
    before: Mapping[str, Any],
    item: str,
    key: Mapping[str, Any],
    choice: object,
    rule: PassRule,
    critical: Collection[str],
) -> Outcome | None:
    """Mark a test again under another key of one item; every other item keeps its points.

    before   ``attempt.outcome`` as it counts now.
    choice   the answer to the item that counts, None where none is stored.
    returns  None where an answer was given and is no longer kept: nothing can be said of it.
    """
    kind = next(each.kind for each in items if each.id == item)
    if choice is None and item not in before["unanswered"]:
        return None
    points = {each.id: Fraction(before["items"][each.id]) for each in items}
    points[item] = mark(kind, key, choice)
    return tally(items, points, before["unanswered"], rule, critical)
