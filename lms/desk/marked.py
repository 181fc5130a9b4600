"""A marked test as its owner may see it: what was missed, and where it is taught."""

from __future__ import annotations

from html import escape
from typing import Any

from sqlalchemy.orm import Session

from lms.assessment import queries
from lms.tables import AnyRow
from lms.web.language import gettext


def marked(
    session: Session, attempt: AnyRow, language: str, *, with_key: bool
) -> list[dict[str, Any]]:
    """Return the questions of a marked test that were not wholly right, in the form's order.

    with_key   whether the right choices and their reasons may be shown: only to somebody who has
               passed or has no attempt left, since the others will be asked again.
    """
    missed = set(attempt.outcome["missed"])
    order = [each["item"] for each in attempt.items]
    rows = queries.words(
        session, attempt.edition_id, [item for item in order if item in missed],
        dict.fromkeys((language, attempt.language)),
    )  # fmt: skip
    found = []
    for number, item in enumerate(order, 1):
        if item not in missed:
            continue
        row = rows[item]
        found.append(
            {
                "number": number,
                "id": item,
                "kind": row.kind,
                "stem": row.words["stem"],
                "lesson": row.lesson,
                "section": row.section,
                "language": row.language,
                "points": attempt.outcome["items"][item],
                "critical": item in attempt.outcome["critical_missed"],
                "answered": item not in attempt.outcome["unanswered"],
                "right": _right(row.kind, row.key, row.words) if with_key else [],
                "feedback": row.words["feedback"] if with_key else "",
            }
        )
    return found


def _right(kind: str, key: dict[str, Any], words: dict[str, Any]) -> list[str]:
    """Return the right answer as lines of HTML."""
    choices: dict[str, str] = words["choices"]
    if kind == "single":
        return [choices[key["right"]]]
    if kind == "truefalse-reason":
        claim = gettext("True") if key["claim"] == "true" else gettext("False")
        return [escape(claim), choices[key["right"]]]
    if kind == "multiple":
        return [choices[letter] for letter in key["right"]]
    if kind == "ordering":
        return [choices[letter] for letter in key["order"]]
    if kind == "matching":
        return [f"{words['lefts'][left]} = {words['rights'][right]}"
                for left, right in key["pairs"].items()]  # fmt: skip
    if kind == "scenario":
        return [step["choices"][right["right"]]
                for step, right in zip(words["steps"], key["steps"], strict=True)]  # fmt: skip
    return [f"{key['value']} {words['unit']}"]
