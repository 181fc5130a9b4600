"""What a row of a list says on the page and in the report, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lms.accounts import words
from lms.accounts.importing import rules
from lms.accounts.importing.words import FIELD_WORDS
from lms.installation import LANGUAGE_NAMES
from lms.web.language import gettext, say

_VALUES: Mapping[str, Mapping[str, str]] = {
    "function": words.FUNCTION_WORDS, "rank": words.RANK_WORDS, "sex": words.SEX_WORDS,
    "status": words.STATUS_WORDS, "kind": words.UNIT_KIND_WORDS,
}  # fmt: skip


def apart(text: str) -> str:
    """Return text that does not disturb the direction of the sentence around it."""
    return f"\u2068{text}\u2069"


def value(field: str, stored: str | None) -> str:
    """Return a value of the register in words."""
    if not stored:
        return "–"
    if field == "language":
        return LANGUAGE_NAMES.get(stored, stored)
    said = _VALUES.get(field, {}).get(stored)
    return gettext(said) if said else apart(stored)


def lines(facts: Mapping[str, Any], reasons: Sequence[Any], verdict: str) -> list[str]:
    """Return what a row would change, and why it does not or only in part."""
    told = []
    if verdict == rules.NEW:
        wanted = ("unit", "function", "rank", "language", "parent", "kind")
        told.append(" · ".join(value(name, facts[name]) for name in wanted if facts.get(name)))
    for field, (before, after) in facts.get("changes", {}).items():
        # Translators: one detail of a person or place in a list: "Family name: Bah, now Diallo".
        told.append(
            gettext(
                "%(field)s: %(before)s, now %(after)s",
                field=_label(field),
                before=value(field, before),
                after=value(field, after),
            )
        )
    return [*filter(None, told), *(say(rules.told(each)) for each in reasons)]


def for_report(facts: Mapping[str, Any], reasons: Sequence[Any]) -> str:
    """Return the same for a file: which details change, not their values, which may be names."""
    changed = ", ".join(_label(field) for field in facts.get("changes", {}))
    return " ".join([*filter(None, [changed]), *(say(rules.told(each)) for each in reasons)])


def _label(field: str) -> str:
    if field == "name":
        return gettext("Name")
    if field == "unit":
        return gettext("Workplace")
    language = LANGUAGE_NAMES.get(field.removeprefix("name_"))
    return language or gettext(FIELD_WORDS[field])


def name_of(facts: Mapping[str, Any], language: str) -> str:
    """Return how the person or place of a row is called."""
    names = facts.get("names", {})
    found = facts.get("name") or names.get(language) or next(iter(names.values()), "")
    return str(found)
