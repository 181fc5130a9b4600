"""What the pages of a country's own questions begin with: its layer, its banks, the core's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from flask import request

from lms.authoring.adapting.access import Place, nothing, place
from lms.authoring.bank.glance import Glance, glances
from lms.authoring.bank.rules import Where
from lms.authoring.bank.shelf import Shelf
from lms.authoring.drafts.queries import File
from lms.authoring.translating.pairs import pair
from lms.content.model import CourseFacts, NationFacts
from lms.content.nation_bank import has_source, own_source
from lms.content.translation.units import NEW, Unit


@dataclass(frozen=True, slots=True)
class Standing:
    """How one question stands in a language: ``new``, ``translated``, ``reviewed``, ``stale``."""

    language: str
    state: str


def of_country(draft_id: UUID, nation: str) -> tuple[Place, Shelf]:
    """Return a country and its shelf; raises NotFound where the draft has no such layer."""
    here = place(draft_id, nation, nothing)
    return here, shelf_of(here)


def with_core(draft_id: UUID, nation: str) -> tuple[Place, Shelf]:
    """Do the same with the core's banks among the files."""
    here = place(draft_id, nation, lambda facts: ([f"{facts.source}/bank"], []))
    return here, shelf_of(here)


def shelf_of(here: Place) -> Shelf:
    """Return a country's shelf.

    Before its first question, a form says in which language it will write.
    """
    table = here.data[f"nations/{here.code}/nation.toml"]
    settled = has_source(table) or bool(here.nation.banks)
    source = own_source(table, here.facts.source)
    chosen = request.values.get("spoken", "")
    if not settled and chosen in here.languages:
        source = chosen
    return Shelf(here.room, Where(source, here.code), settled, here.languages)


def own_glances(here: Place, shelf: Shelf) -> list[Glance]:
    """Return a country's own questions, as lists show them."""
    files = {
        module.code: here.files.get(shelf.at.path(module.code)) for module in here.facts.modules
    }
    return [
        each
        for module, file in files.items()
        if file
        for each in glances(module, file.text, own=True)
    ]


def asked_here(here: Place, own: list[Glance]) -> dict[str, list[Glance]]:
    """Return what a country's tests may ask: module -> the core's questions, then its own."""
    found: dict[str, list[Glance]] = {}
    for module in open_part(here.facts, here.nation).modules:
        file = here.files.get(f"{here.facts.source}/bank/{module.code}.md")
        core = glances(module.code, file.text) if file else ()
        kept = [each for each in core if each.code not in here.nation.items_out]
        found[module.code] = [*kept, *(each for each in own if each.module == module.code)]
    return found


def open_part(facts: CourseFacts, nation: NationFacts) -> CourseFacts:
    """Return the course without the modules that a country closes, and their critical slots."""
    modules = tuple(each for each in facts.modules if each.code not in nation.closed)
    taught = {lesson.code for module in modules for lesson in module.lessons}
    slots = {slot: lesson for slot, lesson in facts.critical.items() if lesson in taught}
    return replace(facts, modules=modules, critical=slots)


def others(here: Place, shelf: Shelf) -> list[str]:
    """Return the languages into which a country's own questions are translated."""
    return [each for each in here.languages if each != shelf.source]


def unit_of(
    files: Mapping[str, File], at: Where, module: str, code: str, language: str
) -> Unit | None:
    """Return one question with its translation; None where the bank has no such question."""
    origin, path = at.path(module), at.path(module, language)
    source, target = files.get(origin), files.get(path)
    found = pair(path, source.data if source else b"", target.data if target else b"", origin)
    return found.unit(code) if found and not found.broken else None


def standings(here: Place, shelf: Shelf, code: str) -> list[Standing]:
    """Return how one question stands in each other language of the country."""
    module = shelf.at.module_of(code)
    found = []
    for language in others(here, shelf):
        unit = unit_of(here.files, shelf.at, module, code, language)
        found.append(Standing(language, unit.state if unit else NEW))
    return found
