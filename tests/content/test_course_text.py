"""course.toml with one value changed: it says so, and every other value and byte stays."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content import course_text
from lms.content.model import LessonFacts, ModuleFacts
from lms.content.one_file import facts_of
from tests.content.small import COURSE

SHIPPED = sorted((Path(__file__).parents[2] / "courses").glob("*/course.toml"))
COMMENTED = """\
# The course of tests.
format = 1
id = "C77" # permanent
slug = "x"
audience = ["P1"]   # officers
review_by = 2027-11-30

[pass] # the rule
percent = 80 # of all points
attempts = 3

# Two tests.
[tests.pre]
items = 2 # short

[tests.post]
items = 5
scenarios = 1

[[critical]]
slot = "no-torture"
lesson = "AB-1.1"

# The first module.
[[module]]
code = "AB-1"
lessons = [
  # opens
  { code = "AB-1.1", minutes = 15 }, # long
  { code = "AB-1.2", minutes = 10 }
  # the end
]

# The second.
[[module]] # short
code = "AB-2"
lessons = [{ code = "AB-2.1", minutes = 15 }]
"""
NESTED = 'a = 1\n\n[[module]]\ncode = "A"\n[[module.lessons]]\ncode = "A.1"\nminutes = 5\n'
TEXTS = [COURSE, COMMENTED, NESTED, *(path.read_text(encoding="utf-8") for path in SHIPPED)]


def modules_of(text: str) -> list[ModuleFacts]:
    return [
        ModuleFacts(
            each["code"], tuple(LessonFacts(one["code"], one["minutes"]) for one in each["lessons"])
        )
        for each in tomllib.loads(text).get("module", [])
    ]


def lost(before: str, after: str) -> list[str]:
    """Return the lines of one text that are not in the other, in its order."""
    there = after.splitlines()
    return [line for line in before.splitlines() if line not in there]


def test_every_shipped_course_is_among_them() -> None:
    assert len(SHIPPED) == 4


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("audience", ("P1", "P7")),
        ("prerequisites", ("one", "two")),
        ("access", "restricted"),
        ("validity_months", 7),
        ("review_by", date(2028, 2, 29)),
    ],
)
def test_a_value_above_the_tables(text: str, name: str, value: Any) -> None:
    changed = course_text.with_value(text, name, value)

    said = list(value) if isinstance(value, tuple) else value
    assert tomllib.loads(changed) == {**tomllib.loads(text), name: said}
    assert all(line.startswith(name) for line in lost(text, changed))
    assert course_text.with_value(changed, name, value) == changed


@pytest.mark.parametrize("text", TEXTS)
@given(percent=st.integers(70, 100), minutes=st.none() | st.integers(1, 480))
def test_the_rule(text: str, percent: int, minutes: int | None) -> None:
    changed = course_text.with_rule(text, {"percent": percent, "minutes": minutes})

    rule = {**tomllib.loads(text).get("pass", {}), "percent": percent, "minutes": minutes}
    wanted = {name: value for name, value in rule.items() if value is not None}
    assert tomllib.loads(changed) == {**tomllib.loads(text), "pass": wanted}
    assert all(line.startswith("percent") for line in lost(text, changed))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("test", ["pre", "post"])
@pytest.mark.parametrize(
    "plan", [None, {"items": 9, "scenarios": None}, {"items": 9, "scenarios": 3}]
)
def test_a_test(text: str, test: str, plan: dict[str, int | None] | None) -> None:
    changed = course_text.with_test(text, test, plan)

    before, after = tomllib.loads(text), tomllib.loads(changed)
    wanted = {name: value for name, value in (plan or {}).items() if value is not None}
    assert after.get("tests", {}).get(test, {}) == wanted
    other = "post" if test == "pre" else "pre"
    assert after.get("tests", {}).get(other) == before.get("tests", {}).get(other)
    assert {**before, "tests": None} == {**after, "tests": None}
    gone = ("items", "scenarios", f"[tests.{test}]")
    assert all(line.startswith(gone) for line in lost(text, changed))


@pytest.mark.parametrize("text", TEXTS)
def test_slots_and_boxes_come_and_go(text: str) -> None:
    more = course_text.with_slot(text, "new-slot", "AB-1.2")
    more = course_text.with_box(more, "NA-99", blocking=True)

    after = tomllib.loads(more)
    assert after["critical"][-1] == {"slot": "new-slot", "lesson": "AB-1.2"}
    assert after["box"][-1] == {"code": "NA-99", "blocking": True}
    assert lost(text, more) == []
    less = course_text.with_box(course_text.with_slot(more, "new-slot", None), "NA-99", None)
    assert tomllib.loads(less) == tomllib.loads(text)
    assert lost(text, less) == []


@pytest.mark.parametrize("text", TEXTS)
@given(data=st.data())
def test_modules_and_lessons_in_another_order(text: str, data: st.DataObject) -> None:
    modules = modules_of(text)
    lessons = [each for module in modules for each in module.lessons]
    lessons += [LessonFacts("ZZ-9.1", 12)]
    shuffled = data.draw(st.permutations(lessons))
    shuffled = shuffled[: data.draw(st.integers(0, len(shuffled)))]
    minutes = data.draw(st.integers(1, 120))
    codes = data.draw(st.permutations([*(each.code for each in modules), "ZZ-9"]))
    wanted, rest = [], list(shuffled)
    for code in codes:
        count = data.draw(st.integers(0, len(rest)))
        taken, rest = rest[:count], rest[count:]
        again = [
            LessonFacts(each.code, minutes if n == 0 else each.minutes)
            for n, each in enumerate(taken)
        ]
        wanted.append(ModuleFacts(code, tuple(again)))

    changed = course_text.with_modules(text, wanted)

    assert modules_of(changed) == wanted
    before, after = tomllib.loads(text), tomllib.loads(changed)
    assert {**before, "module": None} == {**after, "module": None}
    assert course_text.with_modules(changed, wanted) == changed


@pytest.mark.parametrize("text", TEXTS)
def test_the_same_modules_change_nothing(text: str) -> None:
    assert course_text.with_modules(text, modules_of(text)) == text


def test_comments_go_where_their_modules_and_lessons_go() -> None:
    first, second = modules_of(COMMENTED)
    moved = [
        ModuleFacts("AB-2", (*second.lessons, first.lessons[0])),
        ModuleFacts("AB-1", first.lessons[1:]),
    ]

    changed = course_text.with_modules(COMMENTED, moved)

    assert changed.endswith("""\
# The second.
[[module]]
code = "AB-2"
lessons = [
  { code = "AB-2.1", minutes = 15 },
  # opens
  { code = "AB-1.1", minutes = 15 }, # long
]

# The first module.
[[module]]
code = "AB-1"
lessons = [
  { code = "AB-1.2", minutes = 10 },
  # the end
]
""")
    assert changed.startswith(COMMENTED.partition("# The first")[0])


def test_what_is_written_is_read_as_a_course() -> None:
    text = course_text.with_rule(COURSE, {"minutes": 45})
    text = course_text.with_test(text, "pre", None)
    facts, faults = facts_of(text.encode())

    assert not list(faults)
    assert facts is not None
    assert facts.pass_rule["minutes"] == 45
    assert set(facts.tests) == {"post"}
