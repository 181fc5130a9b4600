"""The TOML files of a course: identity, structure and rules; national layers; changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from lms.content.faults import Faults
from lms.content.model import (
    BoxFacts,
    Change,
    CourseFacts,
    LessonFacts,
    ModuleFacts,
    NationFacts,
)
from lms.kernel.messages import msg

T = TypeVar("T")
_NARROWER: Mapping[type, tuple[type, ...]] = {int: (bool,), date: (datetime,)}

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*(\.[0-9]+)?")
COURSE_ID = re.compile(r"[A-Z][0-9]{2}")
LANGUAGE = re.compile(r"[a-z]{2,3}")
FUNCTION = re.compile(r"P[1-7]")
STATUSES = ("empty", "draft", "confirmed", "under-review")
SEVERITIES = ("typo", "meaning", "law")
PARTS = ("test", "practical", "attendance")


class _Table:
    """One TOML table: takes values out by name and type, notes what is missing or strange."""

    def __init__(self, file: str, name: str, values: Mapping[str, Any], faults: Faults) -> None:
        self.file, self.name, self.faults = file, name, faults
        self.values = dict(values)

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        value = self.values.pop(key, default)
        # To Python True is an int and a moment is a date; to an author they are not.
        if isinstance(value, kind) and not isinstance(value, _NARROWER.get(kind, ())):
            return value
        where = f"{self.name}{key}"
        if value is None:
            self.faults.add(self.file, 0, msg("Write a value for %(name)s."), name=where)
        else:
            self.faults.add(
                self.file, 0, msg("%(name)s has another type of value than expected: %(kind)s."),
                name=where, kind=kind.__name__,
            )  # fmt: skip
        return kind() if default is None else default

    def text(
        self, key: str, shape: re.Pattern[str] | None = None, default: str | None = None
    ) -> str:
        given = key in self.values
        value = self.take(key, str, default)
        if shape is not None and (given or value) and not shape.fullmatch(value):
            self.faults.add(
                self.file, 0, msg("%(name)s has another form than FORMAT.md describes: %(value)s"),
                name=f"{self.name}{key}", value=value[:60],
            )  # fmt: skip
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.take(key, str, default)
        if value not in allowed:
            self.faults.add(
                self.file, 0, msg("%(name)s is one of: %(allowed)s."),
                name=f"{self.name}{key}", allowed=", ".join(allowed),
            )  # fmt: skip
        return value

    def number(self, key: str, low: int, high: int, default: int | None = None) -> int:
        value = self.take(key, int, default)
        if not low <= value <= high:
            self.faults.add(
                self.file, 0, msg("%(name)s is a whole number from %(low)s to %(high)s."),
                name=f"{self.name}{key}", low=low, high=high,
            )  # fmt: skip
        return value

    def texts(self, key: str, shape: re.Pattern[str] | None = None) -> tuple[str, ...]:
        values = self.take(key, list, [])
        for value in values:
            if not isinstance(value, str) or (shape is not None and not shape.fullmatch(value)):
                said = value[:60] if isinstance(value, str) else type(value).__name__
                self.faults.add(
                    self.file, 0,
                    msg("%(name)s has another form than FORMAT.md describes: %(value)s"),
                    name=f"{self.name}{key}", value=said,
                )  # fmt: skip
                return ()
        return tuple(values)

    def tables(self, key: str) -> list[_Table]:
        values = self.take(key, list, [])
        if not all(isinstance(value, dict) for value in values):
            self.faults.add(self.file, 0, msg("Write %(name)s as tables."), name=key)
            return []
        return [_Table(self.file, f"{key}.", value, self.faults) for value in values]

    def table(self, key: str) -> _Table:
        return _Table(self.file, f"{key}.", self.take(key, dict, {}), self.faults)

    def end(self) -> None:
        for key in self.values:
            self.faults.add(
                self.file, 0,
                msg("%(name)s is not known. Take it away or look for a typing error."),
                name=f"{self.name}{key}",
            )  # fmt: skip


def course_facts(file: str, values: Mapping[str, Any], faults: Faults) -> CourseFacts:
    """Return what ``course.toml`` says; what is wrong in it is noted."""
    top = _Table(file, "", values, faults)
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


def _pass_rule(rule: _Table) -> dict[str, Any]:
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
        rule.faults.add(rule.file, 0, msg("%(name)s is one of: %(allowed)s."),
                        name="pass.parts", allowed=", ".join(PARTS))  # fmt: skip
    return known


def _plans(tests: _Table) -> dict[str, Mapping[str, int]]:
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


def _critical(top: _Table) -> list[tuple[str, str]]:
    """Return each slot with its lesson; a list, so that one that is named twice is noticed."""
    found = []
    for slot in top.tables("critical"):
        found.append((slot.text("slot", SLUG), slot.text("lesson", CODE)))
        slot.end()
    return found


def _boxes(top: _Table) -> list[tuple[str, bool]]:
    found = []
    for box in top.tables("box"):
        found.append((box.text("code", CODE), box.take("blocking", bool, False)))  # noqa: FBT003
        box.end()
    return found


def _modules(top: _Table) -> tuple[ModuleFacts, ...]:
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
            faults.add(file, 0, msg("The critical slot %(slot)s names no lesson of this course."),
                       slot=slot)  # fmt: skip
    if facts.kind == "course" and "post" not in facts.tests:
        faults.add(file, 0, msg("A course needs a table [tests.post]; a handbook has none."))


def nation_facts(code: str, file: str, values: Mapping[str, Any], faults: Faults) -> NationFacts:
    """Return what a ``nation.toml`` says; the words of its boxes are added by the reader."""
    top = _Table(file, "", values, faults)
    boxes = {}
    for box in top.tables("box"):
        facts = BoxFacts(
            code=box.text("code", CODE),
            status=box.choice("status", STATUSES),
            legal_source=box.text("legal_source", None, ""),
            date=box.take("date", date, date(1970, 1, 1)),
            checker=box.text("checker", None, ""),
        )
        box.end()
        if facts.status == "confirmed" and not (facts.checker and facts.legal_source):
            faults.add(
                file, 0, msg("Box %(code)s is confirmed: say by whom and from which legal source."),
                code=facts.code,
            )  # fmt: skip
        if facts.code in boxes:
            faults.add(file, 0, msg("The code %(code)s is used twice."), code=facts.code)
        boxes[facts.code] = facts
    hidden, closed = {}, {}
    for each in top.tables("hide"):
        hidden[each.text("block")] = each.text("law")
        each.end()
    for each in top.tables("close"):
        closed[each.text("module", CODE)] = each.text("law")
        each.end()
    items = top.table("items")
    out = frozenset(items.texts("out", CODE))
    items.end()
    top.end()
    return NationFacts(code, boxes, hidden, out, closed)


def changes_of(file: str, values: Mapping[str, Any], faults: Faults) -> tuple[Change, ...]:
    """Return the entries of ``changes.toml``."""
    top = _Table(file, "", values, faults)
    found = []
    for each in top.tables("change"):
        found.append(
            Change(
                each.text("block"), each.text("old"), each.text("new"),
                each.choice("severity", SEVERITIES), each.text("text", None, ""),
            )
        )  # fmt: skip
        each.end()
    top.end()
    return tuple(found)
