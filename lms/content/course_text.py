"""Change one thing of a ``course.toml`` or of the head of a ``course.md``; the rest stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lms.content import toml_text
from lms.content.model import CourseFacts, LessonFacts, ModuleFacts
from lms.content.translation.front import with_value, without_value

# In this order the head of a course.md is written.
FRONT = ("title", "public_title")


def with_facts(text: str, values: Mapping[str, Any]) -> str:
    """Return the text with these values above all tables: audience, access and so on."""
    for key, value in values.items():
        text = toml_text.put_value(text, key, value)
    return text


def with_pass_rule(text: str, values: Mapping[str, int | None]) -> str:
    """Return the text with these values of ``[pass]``; None takes one away."""
    return toml_text.put(text, "pass", values)


def with_test(text: str, test: str, items: int, scenarios: int) -> str:
    """Return the text with so many questions in a test: ``pre`` or ``post``."""
    import tomlkit

    document = tomlkit.parse(text)
    plan: Any = document.get("tests", {}).get(test)
    if plan is None:
        drawn = f"scenarios = {scenarios}\n" if scenarios else ""
        return f"{text.rstrip()}\n\n[tests.{test}]\nitems = {items}\n{drawn}"
    if plan.get("items") != items:
        plan["items"] = items
    if plan.get("scenarios", 0) != scenarios:
        plan["scenarios"] = scenarios
    return tomlkit.dumps(document)


def without_test(text: str, test: str) -> str:
    """Return the text without a test."""
    import tomlkit

    document = tomlkit.parse(text)
    tests: Any = document.get("tests", {})
    if test in tests:
        del tests[test]
        if not tests:
            del document["tests"]
    return tomlkit.dumps(document)


def with_modules(text: str, before: Sequence[ModuleFacts], after: Sequence[ModuleFacts]) -> str:
    """Return the text with other modules and lessons; all of them are written anew, at the end.

    before  the modules that it has.
    """
    for module in before:
        text = toml_text.take(text, "module", name="code", value=module.code)
    written = "\n".join(map(_module, after))
    return f"{text.rstrip()}\n\n{written}" if text.strip() else written


def _module(module: ModuleFacts) -> str:
    lessons = "".join(
        f'  {{ code = "{lesson.code}", minutes = {lesson.minutes} }},\n'
        for lesson in module.lessons
    )
    return f'[[module]]\ncode = "{module.code}"\nlessons = [\n{lessons}]\n'


def with_titles(
    text: str, title: str, public_title: str, modules: Mapping[str, str], order: Sequence[str]
) -> str:
    """Return a ``course.md`` with these titles. ``public_title`` may be empty: then it goes.

    modules  code -> title; order  the codes as they are taught.
    """
    text = with_value(text, "", "title", title, FRONT)
    text = (
        with_value(text, "", "public_title", public_title, FRONT) if public_title
        else without_value(text, "", "public_title")
    )  # fmt: skip
    for code, said in modules.items():
        text = with_value(text, "modules", code, said, order)
    return text


def with_module_title(text: str, code: str, title: str, order: Sequence[str]) -> str:
    """Return a ``course.md`` in which a module has this title."""
    return with_value(text, "modules", code, title, order)


def without_module(text: str, code: str) -> str:
    """Return a ``course.md`` without the title of a module."""
    return without_value(text, "modules", code)


def moved(modules: Sequence[ModuleFacts], lesson: str, place: int) -> tuple[ModuleFacts, ...]:
    """Return the modules with one lesson at another place.

    place  from 1, counted through the whole course. A lesson goes into the module of the one whose
           place it takes, so the modules before and after stay together.
    """
    flat = [(module.code, each) for module in modules for each in module.lessons]
    at = next(n for n, (_, each) in enumerate(flat) if each.code == lesson)
    target = min(max(place, 1), len(flat)) - 1
    into = flat[target][0]
    flat.insert(target, (into, flat.pop(at)[1]))
    return tuple(
        ModuleFacts(module.code, tuple(each for code, each in flat if code == module.code))
        for module in modules
    )


def next_lesson_code(facts: CourseFacts, module: str, used: Sequence[str]) -> str:
    """Return the first code of a lesson of ``module`` that nobody has used: ``FS-1.3``."""
    known = {*facts.codes(), *used}
    number = 1
    while f"{module}.{number}" in known:
        number += 1
    return f"{module}.{number}"


def next_module_code(facts: CourseFacts, used: Sequence[str]) -> str:
    """Return the first code of a module that nobody has used: ``FS-2``."""
    stem = facts.modules[0].code.rpartition("-")[0] or facts.modules[0].code
    known = {*(module.code for module in facts.modules), *used}
    number = 1
    while f"{stem}-{number}" in known:
        number += 1
    return f"{stem}-{number}"


def with_lesson(
    modules: Sequence[ModuleFacts], module: str, lesson: LessonFacts
) -> tuple[ModuleFacts, ...]:
    """Return the modules with one lesson more at the end of one."""
    return tuple(
        ModuleFacts(each.code, (*each.lessons, lesson)) if each.code == module else each
        for each in modules
    )


def without_lesson(modules: Sequence[ModuleFacts], lesson: str) -> tuple[ModuleFacts, ...]:
    """Return the modules without a lesson; a module that loses its last one goes, too."""
    kept = (
        ModuleFacts(each.code, tuple(one for one in each.lessons if one.code != lesson))
        for each in modules
    )
    return tuple(each for each in kept if each.lessons)


def with_minutes(
    modules: Sequence[ModuleFacts], minutes: Mapping[str, int]
) -> tuple[ModuleFacts, ...]:
    """Return the modules with other minutes of study; ``minutes`` by lesson code."""
    return tuple(
        ModuleFacts(
            each.code,
            tuple(LessonFacts(one.code, minutes.get(one.code, one.minutes))
                  for one in each.lessons),
        )
        for each in modules
    )  # fmt: skip
