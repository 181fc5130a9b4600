"""The way to a place: what one chooses it from, and how one goes up again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lms.kernel.messages import Message, msg
from lms.reports.figures import Label
from lms.reports.report import Filter, Question
from lms.tables import AnyRow


def called(row: AnyRow, language: str) -> str:
    """Return the name of a unit in a language, its code where it has none."""
    return str(row.names.get(language) or row.names.get("en") or row.code)


def place_filter(units: Sequence[AnyRow], language: str) -> Filter:
    """Return the filter "Place" over the viewer's units."""
    rows = sorted(units, key=lambda row: [int(part) for part in row.path.split("/") if part])
    choices = [(row.code, Label(f"{called(row, language)} ({row.code})", row.code)) for row in rows]
    return Filter("unit", msg("Workplace"), choices, msg("all"))


def trail_of(units: Sequence[AnyRow], asked: Question) -> list[tuple[Label, Mapping[str, str]]]:
    """Return the places from all of the viewer's down to the chosen one, each with its filters."""
    rest = {key: value for key, value in asked.filters.items() if key != "unit"}
    found: list[tuple[Label, Mapping[str, str]]] = [
        (Label(Message(msg("All places"))), rest)
    ]  # fmt: skip
    here = next((row for row in units if row.code == asked.get("unit")), None)
    if here is None:
        return found
    way = [row for row in units if here.path.startswith(row.path)]
    for row in sorted(way, key=lambda each: len(each.path)):
        found.append((Label(called(row, asked.language), row.code), {**rest, "unit": row.code}))
    return found
