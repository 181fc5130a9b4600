"""How questions behave: difficulty, discrimination, and a language that differs from the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import sqrt

from lms.reports.protection import SMALLEST_FOR_MEANS, hidden_cells

# Of first attempts; fewer say nothing about a question, and may say something about people.
LEAST = SMALLEST_FOR_MEANS
# A language in which a question is so much easier or harder may be a mistranslation.
DIFFERS = 0.20
TOO_HARD, TOO_EASY, TOO_WEAK = 0.30, 0.95, 0.10
LEAST_FOR_WEAK = 50  # answers; of fewer, chance explains a small correlation


@dataclass(frozen=True, slots=True)
class Sat:
    """One first attempt: the language it was begun in, and the points of each item.

    points  item -> share of its points, 0 to 1.
    """

    language: str
    points: Mapping[str, float]


@dataclass(slots=True)
class _Item:
    own: list[float] = field(default_factory=list)
    rest: list[float] = field(default_factory=list)
    by_language: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statistic:
    """What is known of an item.

    people          how many answered it in a first attempt.
    difficulty      mean share of its points, 0 (nobody) to 1 (everybody is right).
    discrimination  correlation of its points with the rest of the test, -1 to 1; None where
                    everybody earned the same.
    by_language     the difficulty in each language with at least ``LEAST`` people, without those
                    from which, and from that of all, the one of fewer could be worked out.
    suspects        languages whose difficulty differs by more than ``DIFFERS`` from that of all
                    other people together, where those are at least ``LEAST``.
    """

    people: int
    difficulty: float
    discrimination: float | None
    by_language: Mapping[str, float]
    suspects: Sequence[str]


def statistics_of(attempts: Iterable[Sat]) -> dict[str, Statistic]:
    """Return the statistic of each item that at least ``LEAST`` people answered."""
    items: dict[str, _Item] = {}
    for sat in attempts:
        total, count = sum(sat.points.values()), len(sat.points)
        for item_id, points in sat.points.items():
            item = items.setdefault(item_id, _Item())
            item.own.append(points)
            item.rest.append((total - points) / (count - 1) if count > 1 else 0.0)
            item.by_language.setdefault(sat.language, []).append(points)
    return {item_id: _statistic(item) for item_id, item in items.items() if len(item.own) >= LEAST}


def _statistic(item: _Item) -> Statistic:
    every, total = len(item.own), sum(item.own)
    languages = sorted(item.by_language.items())
    hidden = hidden_cells([[len(points)] for _, points in languages], adds_up=False, smallest=LEAST)
    means, suspects = {}, []
    for at, (language, points) in enumerate(languages):
        mean, others = sum(points) / len(points), every - len(points)
        if (at, 0) not in hidden:
            means[language] = mean
        if len(points) >= LEAST and others >= LEAST:
            elsewhere = (total - sum(points)) / others
            if abs(mean - elsewhere) > DIFFERS:
                suspects.append(language)
    return Statistic(every, total / every, correlation(item.own, item.rest), means, suspects)


def correlation(own: Sequence[float], rest: Sequence[float]) -> float | None:
    """Return Pearson's correlation of two lists of equal length, None where one never differs."""
    n = len(own)
    mean_own, mean_rest = sum(own) / n, sum(rest) / n
    both = sum((a - mean_own) * (b - mean_rest) for a, b in zip(own, rest, strict=True))
    spread = sum((a - mean_own) ** 2 for a in own) * sum((b - mean_rest) ** 2 for b in rest)
    return both / sqrt(spread) if spread > 1e-12 else None


@lru_cache(maxsize=1000)  # few marks there are, and forty thousand of them on a page
def share(points: str, most: int) -> float:
    """Return the share that a mark such as "2/3" or "4" is of ``most`` points, 0 to 1."""
    return float(Fraction(points) / most)


def needs_a_look(statistic: Statistic) -> str | None:
    """Return the first reason for which somebody should look at a question, None for none.

    ``language``, ``negative`` (who knows more is wrong more often: is the key right?), ``hard``,
    ``easy``, ``weak``. The limits are common rules of thumb of item analysis (Ebel and Frisbie,
    Essentials of Educational Measurement: discrimination below 0.10 to 0.19 is poor). Chance alone
    moves a correlation by about 1/√n: it is called negative from two of those on.
    """
    if statistic.suspects:
        return "language"
    tells = statistic.discrimination
    if tells is not None and tells < -2 / sqrt(statistic.people):
        return "negative"
    if statistic.difficulty < TOO_HARD:
        return "hard"
    if statistic.difficulty > TOO_EASY:
        return "easy"
    enough = statistic.people >= LEAST_FOR_WEAK
    return "weak" if enough and tells is not None and tells < TOO_WEAK else None
