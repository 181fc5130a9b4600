"""A marked test as its owner may see it: what was missed, and where it is taught."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from lms.assessment import queries
from lms.assessment.marking import key_now
from lms.assessment.right import right_lines
from lms.tables import AnyRow


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
        session,
        attempt.edition_id,
        [item for item in order if item in missed],
        dict.fromkeys((language, attempt.language)),
    )
    found = []
    for number, item in enumerate(order, 1):
        if item not in missed:
            continue
        row = rows[item]
        key = key_now(row.kind, row.key, row.corrected_key)
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
                "right": right_lines(row.kind, key, row.words) if with_key else [],
                # What explains a wrong key is not shown beside the right one.
                "feedback": row.words["feedback"] if with_key and key == row.key else "",
            }
        )
    return found
