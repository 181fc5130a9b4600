"""Pure decisions about places and what they were called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol


class FormerName(Protocol):
    """A row of ``unit_name`` as far as it matters here."""

    names: dict[str, str]
    until_on: date


def name_on(
    names: Mapping[str, str], former: Sequence[FormerName], language: str, day: date, code: str
) -> str:
    """Return how a unit was called on a day in a language; its code where it has no such name.

    former  newest first, as ``former_names`` returns them.
    """
    said = dict(names)
    for earlier in former:
        if day <= earlier.until_on:
            said = earlier.names
    return said.get(language) or said.get("en") or next(iter(said.values()), code)
