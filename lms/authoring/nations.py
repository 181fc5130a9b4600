"""What ``lms content readiness`` prints: one country's boxes, certificates and limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from lms.content.core_changes import changed_since
from lms.content.model import Course
from lms.content.readiness import LIMIT_WORDS, limits, may_certify, readiness


def values(course: Course, code: str, *, today: date, wait_for_boxes: bool) -> dict[str, Any]:
    """Return all that is known of one country's layer as plain values for JSON."""
    nation = course.nations[code]
    languages = {}
    for language in course.languages:
        reasons = may_certify(course, nation, language, boxes_stop=wait_for_boxes)
        languages[language] = {
            "may_certify": not any(each.stops for each in reasons),
            "reasons": [
                {
                    "kind": each.kind,
                    "code": each.code,
                    "lesson": each.lesson,
                    "stops": each.stops,
                    "text": str(each.message),
                }
                for each in reasons
            ],
        }
    return {
        "nation": code,
        "boxes": [_plain(asdict(row)) for row in readiness(course, nation, today=today)],
        "languages": languages,
        "limits": [_plain(asdict(row)) for row in limits(nation)],
        "changed": list(changed_since(course, nation)),
    }


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what ``values`` returned as lines for people."""
    here = found["nation"]
    for row in found["boxes"]:
        yield f"nations/{here}: {_box(row)}"
    for language, said in found["languages"].items():
        answer = "may certify" if said["may_certify"] else "may not certify"
        yield f"nations/{here}: {language}: {answer}"
        for reason in said["reasons"]:
            end = "" if reason["stops"] else " (the certificate says so)"
            yield f"  {reason['text']}{end}"
    for row in found["limits"]:
        kind = " ".join(filter(None, (LIMIT_WORDS[row["kind"]], row["code"])))
        yield f"nations/{here}: {kind}: {_law(row['law'], row)}"
    for block in found["changed"]:
        yield (
            f"nations/{here}: {block}: the core says something else by now than when this country "
            "decided about it. Compare them, then write made_from anew or take the decision back."
        )


def _box(row: Mapping[str, Any]) -> str:
    place = row["lesson"] or "no lesson"
    blocking = ", blocking" if row["blocking"] else ""
    said = f"{row['code']} ({place}{blocking}): {row['status']}"
    if row["status"] != "empty":
        said += f"; {_law(row['legal_source'], row)}; words in: {' '.join(row['languages'])}"
    if row["review_by"]:
        late = ", overdue" if row["overdue"] else ""
        said += f"; to be looked at by {row['review_by']}{late}"
    return said


def _law(law: str, row: Mapping[str, Any]) -> str:
    said = law or "no law is named"
    checked = " by ".join(filter(None, (row["date"], row["checker"])))
    return f"{said}, checked {checked}" if checked else said


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()
    }
