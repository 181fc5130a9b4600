"""Codes, order and what depends on a lesson: no database is needed for any of it."""

from __future__ import annotations

from lms.authoring.course_facts import rules
from lms.content.model import LessonFacts, ModuleFacts

A1, A2, B1 = (LessonFacts(code, 10) for code in ("AB-1.1", "AB-1.2", "AB-2.1"))
MODULES = [ModuleFacts("AB-1", (A1, A2)), ModuleFacts("AB-2", (B1,)), ModuleFacts("AB-3", ())]


def codes(modules: list[ModuleFacts]) -> list[list[str]]:
    return [[each.code for each in module.lessons] for module in modules]


def test_a_code_is_behind_every_one_that_was_ever_used() -> None:
    assert rules.next_lesson_code("AB-1", {"AB-1.1", "AB-1.9", "AB-11.30", "AB-1"}) == "AB-1.10"
    assert rules.next_lesson_code("AB-3", set()) == "AB-3.1"
    assert rules.next_module_code(MODULES, {"AB-7.1", "course"}) == "AB-8"
    assert rules.next_module_code([], set()) == "M-1"


def test_lessons_go_over_into_the_next_module_and_stay_at_the_ends() -> None:
    for code, step, expected in (
        ("AB-1.2", -1, [["AB-1.2", "AB-1.1"], ["AB-2.1"], []]),
        ("AB-1.2", 1, [["AB-1.1"], ["AB-1.2", "AB-2.1"], []]),
        ("AB-2.1", -1, [["AB-1.1", "AB-1.2", "AB-2.1"], [], []]),
        ("AB-2.1", 1, [["AB-1.1", "AB-1.2"], [], ["AB-2.1"]]),
    ):
        assert codes(rules.moved_lesson(MODULES, code, step)) == expected
    assert rules.moved_lesson(MODULES, "AB-1.1", -1) == MODULES


def test_a_number_is_a_place() -> None:
    assert codes(rules.with_lesson(MODULES, A1, "AB-1", 2))[0] == ["AB-1.2", "AB-1.1"]
    assert codes(rules.with_lesson(MODULES, A1, "AB-1", 99))[0] == ["AB-1.2", "AB-1.1"]
    assert codes(rules.with_lesson(MODULES, A1, "AB-2")) == [["AB-1.2"], ["AB-2.1", "AB-1.1"], []]
    moved = rules.moved_module(MODULES, "AB-3", 1)
    assert [each.code for each in moved] == ["AB-3", "AB-1", "AB-2"]


def test_what_depends_on_a_lesson_is_found_in_the_texts() -> None:
    texts = {
        "AB-1.1.md": "## A {#ab11-1}\n\n[own](#ab11-1)\n",
        "AB-1.2.md": "[see](#ab11-1) [term](term:x)\n",
        "bank/AB-1.md": "## AB-1-001\n{single lesson=AB-1.1 section=ab11-1}\n\n"
        "## AB-1-002\n{single section=x lesson=AB-1.10}\n",
    }
    found = rules.dependents("AB-1.1", texts, {"slot": "AB-1.1", "other": "AB-1.2"})

    assert found == rules.Dependents(("AB-1-001",), ("AB-1.2",), ("slot",))


def test_outcomes_are_the_lines_of_the_objectives() -> None:
    text = "+++\n+++\n\n::: objectives {#a}\n- One.\n- Two.\n:::\n\n## B {#b}\n\n- Not this.\n"
    assert rules.outcomes_in(text) == ["One.", "Two."]
    assert rules.outcomes_in("## B {#b}\n") == []
