"""The way to a place: what one chooses it from, and how one goes up again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lms.kernel.errors import NotFound
from lms.kernel.messages import Message, msg
from lms.kernel.named import name_in
from lms.reports.figures import Label
from lms.reports.places import Place, name
from lms.reports.report import Filter, Question
from lms.tables import AnyRow

LISTED = frozenset({"facility", "section"})  # places whose people one list may name


def called(row: AnyRow, language: str) -> str:
    """Return the name of a unit for a reader, its code where it has none."""
    return name_in(row.names, language, row.code)


def place_filter(units: Sequence[AnyRow], language: str) -> Filter:
    """Return the filter "Place" over the viewer's units."""
    rows = sorted(units, key=lambda row: [int(part) for part in row.path.split("/") if part])
    choices = [(row.code, Label(f"{called(row, language)} ({row.code})", row.code)) for row in rows]
    return Filter("unit", msg("Workplace"), choices, msg("all"))


def chosen_of(asked: Question, filters: Sequence[Filter]) -> dict[str, str]:
    """Return which of the asked filters count, with the first choice where one must be chosen.

    raises NotFound for what is not offered: an address that was kept never shows something else.
    """
    chosen = {}
    for each in filters:
        codes = [code for code, _ in each.choices]
        said = asked.get(each.name)
        if said in codes:
            chosen[each.name] = said
        elif said:
            raise NotFound
        elif each.nothing is None and codes:
            chosen[each.name] = codes[0]
    return chosen


def line_label(place: Place, language: str, *, itself: bool) -> Label:
    """Return the label of a line of a table by place.

    itself  whether the line stands for the people of the place alone, beside places below it.
    """
    called_so = name(place, language)
    if itself:
        # Translators: a line of a table: people who work at a region itself, not at a prison of it.
        return Label(Message(msg("%(place)s itself"), {"place": called_so}), place.code)
    return Label(called_so, place.code)


def trail_of(units: Sequence[AnyRow], asked: Question) -> list[tuple[Label, Mapping[str, str]]]:
    """Return the places from all of the viewer's down to the chosen one, each with its filters."""
    rest = {key: value for key, value in asked.filters.items() if key != "unit"}
    found: list[tuple[Label, Mapping[str, str]]] = [(Label(Message(msg("All places"))), rest)]
    here = next((row for row in units if row.code == asked.get("unit")), None)
    if here is None:
        return found
    way = [row for row in units if here.path.startswith(row.path)]
    for row in sorted(way, key=lambda each: len(each.path)):
        found.append((Label(called(row, asked.language), row.code), {**rest, "unit": row.code}))
    return found


def facility_of(units: Sequence[AnyRow], asked: Question) -> str:
    """Return the code of the chosen place where it is an open facility that the viewer runs."""
    here = next((row for row in units if row.code == asked.get("unit")), None)
    if here is None or here.kind not in LISTED or here.closed_on is not None:
        return ""
    is_own = any(here.path.startswith(top) for top in asked.viewer.unit_paths("administrator"))
    return str(here.code) if is_own else ""


def nothing_of(courses: Sequence[AnyRow], otherwise: str) -> str:
    """Return what to do where nothing is counted: ``otherwise``, once there are courses."""
    return otherwise if courses else msg("A course can be chosen once it is published.")


def course_filter(courses: Sequence[AnyRow]) -> Filter:
    """Return the filter "Course"; one is always chosen: their sum would tell what one hides."""
    choices = [(row.id, Label(row.title or row.slug, row.id, row.title_in)) for row in courses]
    return Filter("course", msg("Course"), choices, None)
