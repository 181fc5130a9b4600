"""What is new or stale as rows of a sheet, and a filled sheet back into texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lms.content.translation.parts import tidied
from lms.content.translation.units import NEW, STALE, Unit
from lms.kernel.messages import Message, msg

# One row is one part. The first four say where its text belongs and are not to be changed.
COLUMNS = ("key", "part", "digest", "state", "what", "source", "second", "translation")


@dataclass(frozen=True, slots=True)
class RowReason:
    """Why a row is not taken; ``row`` from 1, the heading not counted."""

    row: int
    message: Message


@dataclass(slots=True)
class Taken:
    """What a filled sheet holds.

    texts    ``Unit.id`` -> part key -> text, of units with at least one text that is new.
    reasons  rows that are not taken.
    """

    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    reasons: list[RowReason] = field(default_factory=list)


def to_rows(
    units: Iterable[Unit],
    say: Callable[[Message], str] = str,
    second: Mapping[str, Unit] | None = None,
    states: Iterable[str] = (NEW, STALE),
) -> list[tuple[str, ...]]:
    """Return one row for each part of the units in these states, as ``COLUMNS`` names its cells.

    say     says what a part is, in the translator's language.
    second  units of another language by ``Unit.id``, for translators who read that one too.
    """
    wanted = set(states)
    found: list[tuple[str, ...]] = []
    for unit in units:
        if unit.state in wanted:
            beside = second[unit.id].texts if second and unit.id in second else {}
            found += [
                (
                    unit.id,
                    part.key,
                    unit.digest,
                    unit.state,
                    say(part.label),
                    part.text,
                    beside.get(part.key, ""),
                    unit.texts.get(part.key, ""),
                )
                for part in unit.parts
            ]
    return found


def from_rows(rows: Sequence[Mapping[str, str]], units: Iterable[Unit]) -> Taken:
    """Return what a filled sheet holds; the units say what there is to translate today.

    rows     cells by the names of ``COLUMNS``; of them ``key``, ``part``, ``digest`` and
             ``translation`` are read.
    returns  texts that differ from those of today. A row without a translation says nothing.
             A unit of which any row is refused is left out as a whole.
    """
    known = {unit.id: unit for unit in units}
    taken = Taken()
    seen: set[tuple[str, str]] = set()
    refused: set[str] = set()
    for number, row in enumerate(rows, 1):
        key, part_key = row.get("key", "").strip(), row.get("part", "").strip()
        if not row.get("translation", "").strip():
            continue
        unit = known.get(key)
        part = next((each for each in unit.parts if each.key == part_key), None) if unit else None
        reason = None
        if unit is None or part is None:
            reason = msg("The course has no such part. Leave the first columns as they are.")
        elif row.get("digest", "").strip() != unit.digest:
            reason = msg("The source text has changed since this sheet was made. Take a new sheet.")
        elif (key, part_key) in seen:
            reason = msg("This part stands twice in the sheet. Keep one of the rows.")
        seen.add((key, part_key))
        if reason is not None:
            taken.reasons.append(RowReason(number, Message(reason)))
            refused.add(key)
        elif unit is not None and part is not None:
            text = tidied(part.kind, row["translation"])
            if text != unit.texts.get(part_key, ""):
                taken.texts.setdefault(key, {})[part_key] = text
    for key in refused:
        taken.texts.pop(key, None)
    return taken
