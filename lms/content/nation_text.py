"""Write one thing into a ``nation.toml`` and leave every other byte as it is.

Each function takes the text of the file and returns the new one; saying the same again changes
nothing. They do not judge: read the course afterwards, and every fault is said.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from lms.content.model import Limit
from lms.content.toml_text import put, put_value, take


def set_box(
    text: str,
    code: str,
    *,
    status: str,
    legal_source: str = "",
    day: date | None = None,
    checker: str = "",
    review_by: date | None = None,
) -> str:
    """Say all that there is to say of a box; a day None goes, and so its line.

    From what core it was filled is said by ``keep_box``, and stays as it is.
    """
    facts = {
        "code": code,
        "status": status,
        "legal_source": legal_source,
        "date": day,
        "checker": checker,
        "review_by": review_by,
    }
    return put(text, "box", facts, name="code")


def keep_box(text: str, code: str, made_from: str) -> str:
    """Say beside what the core asks now the words of a box are right; it has to be there."""
    return put(text, "box", {"code": code, "made_from": made_from}, name="code")


def review_box(text: str, code: str) -> str:
    """Put a box under review; its words stay, it has to be there."""
    return put(text, "box", {"code": code, "status": "under-review"}, name="code")


def hide(text: str, block: str, limit: Limit) -> str:
    """Show a block no longer; ``unhide`` shows it again. ``made_from`` of limit as below."""
    return put(text, "hide", {"block": block, **_from_core(limit)}, name="block")


def unhide(text: str, block: str) -> str:
    """Show a block again that was hidden."""
    return take(text, "hide", name="block", value=block)


def replace(text: str, block: str, limit: Limit) -> str:
    """Replace a block by the country's words, or say anew from which core they were made.

    limit   with ``made_from``: the digest of the core's block as the editor has seen it.
    """
    return put(text, "replace", {"block": block, **_from_core(limit)}, name="block")


def restore(text: str, block: str) -> str:
    """Show the core's block again; its words in ``replaced.md`` have to go, too."""
    return take(text, "replace", name="block", value=block)


def close_module(text: str, module: str, limit: Limit) -> str:
    """Close a module."""
    return put(text, "close", {"module": module, **_facts(limit), **_words(limit)}, name="module")


def open_module(text: str, module: str) -> str:
    """Open a module again."""
    return take(text, "close", name="module", value=module)


def close_item(text: str, item: str, limit: Limit) -> str:
    """Ask an item no longer, by law; ``made_from`` of limit: the core's item as it is now."""
    return put(text, "item", {"id": item, **_from_core(limit)}, name="id")


def open_item(text: str, item: str) -> str:
    """Ask an item again that a law had closed."""
    return take(text, "item", name="id", value=item)


def set_items(text: str, out: Iterable[str], made_from: Mapping[str, str] | None = None) -> str:
    """Leave exactly these items out for no law; none takes the table away.

    made_from  digests of the core's items as they are now, of those that are new or looked at
               again; what is said of the others stays.
    """
    items = list(out)
    if not items:
        return take(text, "items")
    said = {**tomllib.loads(text).get("items", {}).get("made_from", {}), **(made_from or {})}
    kept = {item: said[item] for item in items if item in said}
    return put(text, "items", {"out": items, "made_from": kept or None})


def close_course(text: str, limit: Limit) -> str:
    """Close the course."""
    return put(text, "course", {"closed": True, **_facts(limit), **_words(limit)})


def open_course(text: str) -> str:
    """Open the course again."""
    return take(text, "course")


def set_pass(text: str, rules: Mapping[str, int | None]) -> str:
    """Say the country's rules of the test by the names of ``[pass]``; None: as the course says.

    Names that are not in ``rules`` stay as they are. Without any rule the table goes.
    """
    kept = {**tomllib.loads(text).get("pass", {}), **rules}
    if all(value is None for value in kept.values()):
        return take(text, "pass")
    return put(text, "pass", rules)


def set_validity(text: str, months: int | None) -> str:
    """Say how many months a certificate counts, 0 without end; None: as the course says."""
    return put_value(text, "validity_months", months)


def _from_core(limit: Limit) -> dict[str, Any]:
    return {**_facts(limit), "made_from": limit.made_from or None}


def _facts(limit: Limit) -> dict[str, Any]:
    return {"law": limit.law, "date": limit.date, "checker": limit.checker or None}


def _words(limit: Limit) -> dict[str, Any]:
    return {"text": dict(limit.words) or None}
