"""``nation.toml``: what a country fills, replaces, hides and closes, and its rules of the test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from lms.content.faults import Faults
from lms.content.model import BoxFacts, Limit, NationFacts
from lms.content.table import Table
from lms.content.tables import CODE, LANGUAGE
from lms.kernel.messages import msg

STATUSES = ("empty", "draft", "confirmed", "under-review")
# What a country may say otherwise than the course under [pass]: name, lowest, highest.
RULES = (("percent", 70, 100), ("attempts", 1, 10), ("window_days", 1, 365),
         ("pause_hours", 0, 720))  # fmt: skip
LONGEST_VALIDITY = 240


def nation_facts(code: str, file: str, values: Mapping[str, Any], faults: Faults) -> NationFacts:
    """Return what a ``nation.toml`` says; the words of its blocks are added by the reader."""
    top = Table(file, "", values, faults)
    boxes = _boxes(top)
    hidden = {each.text("block"): _limit(each, core=True) for each in top.tables("hide")}
    replaced = {each.text("block"): _limit(each, core=True) for each in top.tables("replace")}
    for block in sorted(set(hidden) & set(replaced)):
        faults.add(file, 0, msg("The id %(id)s is used twice."), id=block)
    closed = {each.text("module", CODE): _limit(each, closes=True) for each in top.tables("close")}
    items = top.table("items")
    out = items.texts("out", CODE)
    seen = _digests(items)
    items.end()
    by_law = {each.text("id", CODE): _limit(each, core=True) for each in top.tables("item")}
    nation = NationFacts(
        code,
        boxes=boxes,
        hidden=hidden,
        replaced=replaced,
        items_out=frozenset(out) | frozenset(by_law),
        items_closed=by_law,
        items_from=seen,
        closed=closed,
        closed_course=_closed_course(top),
        pass_rule=_pass_rule(top),
        validity_months=_validity(top),
        source=top.text("source", LANGUAGE, "") if "source" in top.values else "",
    )
    top.end()
    return nation


def _boxes(top: Table) -> dict[str, BoxFacts]:
    boxes: dict[str, BoxFacts] = {}
    for box in top.tables("box"):
        facts = BoxFacts(
            code=box.text("code", CODE),
            status=box.choice("status", STATUSES),
            legal_source=box.text("legal_source", None, ""),
            date=box.take("date", date, date(1970, 1, 1)),
            checker=box.text("checker", None, ""),
            review_by=box.day("review_by"),
            made_from=box.text("made_from", None, ""),
        )
        box.end()
        if facts.status == "confirmed" and not (facts.checker and facts.legal_source):
            top.faults.add(
                top.file,
                0,
                msg("Box %(code)s is confirmed: say by whom and from which legal source."),
                code=facts.code,
            )
        if facts.code in boxes:
            top.faults.add(top.file, 0, msg("The code %(code)s is used twice."), code=facts.code)
        boxes[facts.code] = facts
    return boxes


def _limit(table: Table, *, closes: bool = False, core: bool = False) -> Limit:
    """Return the law of a table.

    closes  with what learners are told where it closes something.
    core    with the digest of the core's block or item that it is about.
    """
    limit = Limit(
        table.text("law"),
        table.day("date"),
        table.text("checker", None, ""),
        words=_words(table) if closes else {},
        made_from=table.text("made_from", None, "") if core else "",
    )
    table.end()
    return limit


def _words(table: Table) -> dict[str, str]:
    said = Table(table.file, f"{table.name}text.", table.take("text", dict, {}), table.faults)
    words = {
        language: said.text(language)
        for language in list(said.values)
        if LANGUAGE.fullmatch(language)
    }
    said.end()
    return words


def _digests(items: Table) -> dict[str, str]:
    said = Table(
        items.file, f"{items.name}made_from.", items.take("made_from", dict, {}), items.faults
    )
    digests = {item: said.text(item) for item in list(said.values) if CODE.fullmatch(item)}
    said.end()
    return digests


def _closed_course(top: Table) -> Limit | None:
    course = top.table("course")
    if not course.take("closed", bool, False):  # noqa: FBT003
        course.end()
        return None
    return _limit(course, closes=True)


def _pass_rule(top: Table) -> dict[str, int]:
    rule = top.table("pass")
    said = {name: rule.number(name, low, high) for name, low, high in RULES if name in rule.values}
    rule.end()
    return said


def _validity(top: Table) -> int | None:
    if "validity_months" not in top.values:
        return None
    return top.number("validity_months", 0, LONGEST_VALIDITY)
