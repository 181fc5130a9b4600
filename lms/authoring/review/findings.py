"""Everything that stands between a draft and an edition, as plain values for a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lms.authoring.changes.rules import unweighed
from lms.authoring.compiled import bank, nation_of
from lms.authoring.review.sentences import kept
from lms.authoring.weights import SLOW, WEAK, Weight, weigh
from lms.content.digests import block_digest, block_key
from lms.content.faults import Fault
from lms.content.model import Course
from lms.content.quality.findings import FAULT, Finding
from lms.content.quality.report import measure
from lms.content.reader import read_course
from lms.kernel.json_value import Json
from lms.kernel.messages import Message, msg

# A page that lists more helps nobody.
MOST_LISTED = 200
OUTSIDE = re.compile(r"\]\((https?://[^)\s]*)\)")


def looked_through(
    files: Mapping[str, bytes],
    last_keys: Mapping[str, Mapping[str, Any]],
    base: Mapping[str, bytes] | None = None,
    nation: str | None = None,
) -> dict[str, Any]:
    """Read and measure a whole course.

    last_keys  the key of each item of the edition before this one, by its code.
    base       the files of that edition; None where there is none.
    nation     the country for which this server publishes: its questions are those compared.
    returns    plain JSON: ``faults`` (format, then measures), ``warnings``, ``notes``, each a list
               of file, line and ``said`` (see ``kept``); ``items`` whose key or choices
               differ from the last edition; ``languages`` with what is translated; ``links`` that
               need the internet; ``weights`` of the lessons; what is ``over_budget``; ``counts``.
    """
    reading = read_course(files)
    if reading.course is None:
        found = [_fault(each) for each in reading.faults]
        return {"faults": found[:MOST_LISTED], "counts": {"faults": len(found)}}
    course = reading.course
    report = measure(course)
    by_weight: dict[str, list[dict[str, Any]]] = {"fault": [], "warning": [], "note": []}
    by_weight["warning"] += _unweighed(base or {}, files, course.facts.source)
    for each in report.findings:
        by_weight[each.severity].append(_finding(each))
    return {
        "faults": by_weight[FAULT][:MOST_LISTED],
        "warnings": by_weight["warning"][:MOST_LISTED],
        "notes": by_weight["note"][:MOST_LISTED],
        "counts": {f"{weight}s": len(found) for weight, found in by_weight.items()},
        "items": changed_items(course, nation, last_keys),
        "languages": translated(course),
        "links": sorted(set(_links(course)))[:MOST_LISTED],
        **_weighed(course),
    }


def _unweighed(
    base: Mapping[str, bytes], files: Mapping[str, bytes], source: str
) -> list[dict[str, Any]]:
    """Return for each text the changed blocks of which nobody has said how much they changed."""
    message = msg("Changes without a severity: %(blocks)s. Weigh them under What changed.")
    return [
        {
            "file": path,
            "line": 0,
            "said": kept(Message(message, {"blocks": ", ".join(blocks)})),
            "code": "changes.unweighed",
        }
        for path, blocks in unweighed(base, files, source).items()
    ]


def _weighed(course: Course) -> dict[str, Any]:
    """Return what the heaviest language of each lesson weighs, and what is over its budget."""
    found = weigh(course)
    heaviest: dict[str, Weight] = {}
    for each in found:
        known = heaviest.get(each.code)
        if known is None or each.next + each.pictures > known.next + known.pictures:
            heaviest[each.code] = each
    return {
        "weights": [
            {
                "code": each.code,
                "language": each.language,
                "bytes": each.next,
                "pictures": each.pictures,
                "weak": round(each.seconds(WEAK), 1),
                "slow": round(each.seconds(SLOW), 1),
            }
            for each in heaviest.values()
        ],
        "over_budget": [
            [reason.msgid, dict(reason.values)] for each in found for reason in each.reasons()
        ][:MOST_LISTED],
    }


def _fault(fault: Fault) -> dict[str, Any]:
    return {"file": fault.file, "line": fault.line, "said": kept(fault.message)}


def _finding(found: Finding) -> dict[str, Any]:
    said = kept(found.message)
    return {"file": found.file, "line": found.line, "said": said, "code": found.code}


def changed_items(
    course: Course, nation: str | None, last_keys: Mapping[str, Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Return the items that are new, gone, or have another key than in the last edition.

    nation  the country for which editions are made: without those that it leaves out, with its own.
    """
    now = {item.id: item.key() for item in bank(course, nation_of(course, nation))}
    plain = {code: _plain(key) for code, key in now.items()}
    before = {code: _plain(key) for code, key in last_keys.items()}
    return {
        "new": sorted(set(plain) - set(before)) if before else [],
        "gone": sorted(set(before) - set(plain)),
        "key": sorted(code for code in set(plain) & set(before) if plain[code] != before[code]),
    }


def _plain(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def translated(course: Course) -> dict[str, dict[str, int]]:
    """Return for each language how many blocks there are, are translated, and are stale."""
    source = course.facts.source
    found = {}
    for language in course.languages[1:]:
        count = {"blocks": 0, "translated": 0, "stale": 0}
        for name, document in course.documents[source].items():
            target = course.documents[language].get(name)
            made_from = target.front.get("from", {}) if target else {}
            there = {block_key(block) for block in target.blocks} if target else set()
            for block in document.blocks:
                key = block_key(block)
                count["blocks"] += 1
                count["translated"] += key in there
                count["stale"] += key in there and made_from.get(key) != block_digest(block)
        found[language] = count
    return found


def _links(course: Course) -> list[str]:
    return [
        link
        for name, document in course.documents[course.facts.source].items()
        if not name.startswith("bank/")
        for block in document.blocks
        if block.name != "sources"  # a list of sources may name what is only on the internet
        for link in OUTSIDE.findall(block.body)
    ]
