"""The TOML files of a course: identity, structure and rules; changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from lms.content.faults import Faults
from lms.content.model import Change, CourseFacts, LessonFacts, ModuleFacts
from lms.content.table import Table
from lms.kernel.messages import msg

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*(\.[0-9]+)?")
COURSE_ID = re.compile(r"[A-Z][0-9]{2}")
LANGUAGE = re.compile(r"[a-z]{2,3}")
FUNCTION = re.compile(r"P[1-7]")
SEVERITIES = ("typo", "meaning", "law")
PARTS = ("test", "practical", "attendance")


def course_facts(file: str, values: Mapping[str, Any], faults: Faults) -> CourseFacts:
    """Return what ``course.toml`` says; what is wrong in it is noted."""
    top = Table(file, "", values, faults)
    if top.take("format", int, 0) != 1:
        faults.add(file, 0, msg("Write format = 1: this program reads no other."))
    rule, refresher, tests = top.table("pass"), top.table("refresher"), top.table("tests")
    pass_rule = _pass_rule(rule)
    renewal = {
        "percent": refresher.number("percent", 70, 100, 90),
        "days": refresher.number("days", 0, 365, 90),
    }
    plans = _plans(tests)
    critical, boxes, modules = _critical(top), _boxes(top), _modules(top)
    facts = CourseFacts(
        id=top.text("id", COURSE_ID),
        slug=top.text("slug", SLUG),
        kind=top.choice("kind", ("course", "handbook"), "course"),
        source=top.text("source", LANGUAGE),
        access=top.choice("access", ("open", "listed", "restricted")),
        audience=top.texts("audience", FUNCTION),
        prerequisites=top.texts("prerequisites", SLUG),
        validity_months=top.number("validity_months", 0, 240, 0),
        review_by=top.take("review_by", date, date(2100, 1, 1)),
        themes=top.texts("themes", SLUG),
        licence=top.text("licence", None, "CC-BY-4.0"),
        pass_rule=pass_rule,
        refresher=renewal,
        tests=plans,
        critical=dict(critical),
        boxes=dict(boxes),
        modules=modules,
    )
    for table in (rule, refresher, tests, top):
        table.end()
    codes = [code for code, _ in (*critical, *boxes)]
    codes += [*(module.code for module in modules), *facts.codes()]
    _check_codes(file, facts, codes, faults)
    return facts


def _pass_rule(rule: Table) -> dict[str, Any]:
    parts = rule.texts("parts") or ("test",)
    known = {
        "percent": rule.number("percent", 70, 100, 80),
        "attempts": rule.number("attempts", 1, 10, 3),
        "window_days": rule.number("window_days", 1, 365, 30),
        "pause_hours": rule.number("pause_hours", 0, 720, 24),
        "about_minutes": rule.number("about_minutes", 1, 480, 30),
        "minutes": rule.number("minutes", 0, 480, 0) or None,
        "parts": parts,
    }
    if set(parts) - set(PARTS):
        rule.faults.add(
            rule.file,
            0,
            msg("%(name)s is one of: %(allowed)s."),
            name="pass.parts",
            allowed=", ".join(PARTS),
        )
    return known


def _plans(tests: Table) -> dict[str, Mapping[str, int]]:
    plans: dict[str, Mapping[str, int]] = {}
    for name in ("pre", "post"):
        if name in tests.values:
            plan = tests.table(name)
            plans[name] = {
                "items": plan.number("items", 1, 100),
                "scenarios": plan.number("scenarios", 0, 50, 0),
            }
            plan.end()
    return plans


def _critical(top: Table) -> list[tuple[str, str]]:
    """Return each slot with its lesson; a list, so that one that is named twice is noticed."""
    found = []
    for slot in top.tables("critical"):
        found.append((slot.text("slot", SLUG), slot.text("lesson", CODE)))
        slot.end()
    return found


def _boxes(top: Table) -> list[tuple[str, bool]]:
    found = []
    for box in top.tables("box"):
        found.append((box.text("code", CODE), box.take("blocking", bool, False)))  # noqa: FBT003
        box.end()
    return found


def _modules(top: Table) -> tuple[ModuleFacts, ...]:
    modules = []
    for module in top.tables("module"):
        lessons = []
        for lesson in module.tables("lessons"):
            lessons.append(LessonFacts(lesson.text("code", CODE), lesson.number("minutes", 1, 120)))
            lesson.end()
        modules.append(ModuleFacts(module.text("code", CODE), tuple(lessons)))
        module.end()
    return tuple(modules)


def _check_codes(file: str, facts: CourseFacts, codes: list[str], faults: Faults) -> None:
    for code in sorted(code for code, times in Counter(codes).items() if times > 1):
        faults.add(file, 0, msg("The code %(code)s is used twice."), code=code)
    if not facts.codes():
        faults.add(file, 0, msg("A course has at least one module with one lesson."))
    for slot, lesson in facts.critical.items():
        if lesson not in facts.codes():
            faults.add(
                file,
                0,
                msg("The critical slot %(slot)s names no lesson of this course."),
                slot=slot,
            )
    if facts.kind == "course" and "post" not in facts.tests:
        faults.add(file, 0, msg("A course needs a table [tests.post]; a handbook has none."))


def changes_of(file: str, values: Mapping[str, Any], faults: Faults) -> tuple[Change, ...]:
    """Return the entries of ``changes.toml``."""
    top = Table(file, "", values, faults)
    found = []
    for each in top.tables("change"):
        found.append(
            Change(
                each.text("block"),
                each.text("old"),
                each.text("new"),
                each.choice("severity", SEVERITIES),
                each.text("text", None, ""),
            )
        )
        each.end()
    top.end()
    return tuple(found)
