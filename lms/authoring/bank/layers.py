"""In which countries an item is asked. Pure: the tables of the layers in, rows out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """One country.

    out       whether its tests leave the item out.
    law       the law that says so, where the country names one.
    readable  whether its table could be read at all.
    """

    country: str
    out: bool
    law: str = ""
    readable: bool = True


def asked_in(layers: Mapping[str, bytes], code: str) -> list[Asked]:
    """Return every country that has a layer; ``layers`` are their ``nation.toml``."""
    return [_asked(country, data, code) for country, data in sorted(layers.items())]


def _asked(country: str, data: bytes, code: str) -> Asked:
    try:
        values = tomllib.loads(data.decode(errors="replace"))
        by_law = {each["id"]: str(each.get("law", "")) for each in values.get("item", ())}
        listed = values.get("items", {}).get("out", ())
        return Asked(country, code in listed or code in by_law, by_law.get(code, ""))
    except (ValueError, TypeError, AttributeError, KeyError):
        return Asked(country, out=False, readable=False)
