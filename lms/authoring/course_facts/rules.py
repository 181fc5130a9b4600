"""The structure of a course: the next free codes, another order, what depends on a lesson."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lms.content.model import LessonFacts, ModuleFacts

_NUMBERED = re.compile(r"(.*\D)(\d+)")
_ITEM = re.compile(r"^## (\S+)[^\n]*\n\{[^}\n]*\blesson=(\S+?)[\s}]", re.MULTILINE)
_LINK = re.compile(r"\]\(#([a-z0-9-]+)\)")
_ID = re.compile(r"\{#([a-z0-9][a-z0-9-]*)\}")
_OBJECTIVES = re.compile(r"^::: objectives\b[^\n]*\n(.*?)(?:^:::|\Z)", re.MULTILINE | re.DOTALL)
Modules = Sequence[ModuleFacts]


def next_lesson_code(module: str, used: Iterable[str]) -> str:
    """Return the first code for a new lesson of a module that is behind every used one.

    used  every code that the course has or ever had: answers and certificates name them for years.
    """
    found = re.compile(rf"{re.escape(module)}\.(\d+)")
    taken = [int(match[1]) for match in map(found.fullmatch, used) if match]
    return f"{module}.{max(taken, default=0) + 1}"


def next_module_code(modules: Modules, used: Iterable[str]) -> str:
    """Return the first code for a new module, numbered as the others are.

    used  as in ``next_lesson_code``; a lesson's code tells its module's, too.
    """
    known = {code.partition(".")[0] for code in used} | {each.code for each in modules}
    numbered = next((m for each in modules if (m := _NUMBERED.fullmatch(each.code))), None)
    stem = numbered[1] if numbered else "M-"
    taken = [
        int(code.removeprefix(stem))
        for code in known
        if code.startswith(stem) and code.removeprefix(stem).isdecimal()
    ]
    return f"{stem}{max(taken, default=0) + 1}"


def place_of(modules: Modules, code: str) -> tuple[int, int]:
    """Return the place of a lesson as (module, lesson), counted from 0; raises KeyError."""
    for m, module in enumerate(modules):
        for n, lesson in enumerate(module.lessons):
            if lesson.code == code:
                return m, n
    raise KeyError(code)


def module_place(modules: Modules, code: str) -> int:
    """Return the place of a module, counted from 0; raises KeyError."""
    for m, module in enumerate(modules):
        if module.code == code:
            return m
    raise KeyError(code)


def with_lesson(
    modules: Modules, lesson: LessonFacts, module: str, place: int | None = None
) -> list[ModuleFacts]:
    """Return the modules with a lesson in this one, wherever it was before; others keep theirs.

    place  counted from 1; None is the end. A larger number is the end, too.
    raises KeyError for no such module.
    """
    module_place(modules, module)
    result = without_lesson(modules, lesson.code)
    for m, each in enumerate(result):
        if each.code == module:
            n = len(each.lessons) if place is None else max(place - 1, 0)
            lessons = [*each.lessons[:n], lesson, *each.lessons[n:]]
            result[m] = replace(each, lessons=tuple(lessons))
    return result


def without_lesson(modules: Modules, code: str) -> list[ModuleFacts]:
    """Return the modules without a lesson; a module without any stays."""
    return [
        replace(each, lessons=tuple(one for one in each.lessons if one.code != code))
        for each in modules
    ]


def moved_lesson(modules: Modules, code: str, step: int) -> list[ModuleFacts]:
    """Return the modules with a lesson one place up (-1) or down (1).

    At the end of its module it goes over into the next one; at the end of the course it stays.
    """
    m, n = place_of(modules, code)
    lesson, there = modules[m].lessons[n], n + step
    if 0 <= there < len(modules[m].lessons):
        return with_lesson(modules, lesson, modules[m].code, there + 1)
    if not 0 <= m + step < len(modules):
        return list(modules)
    return with_lesson(modules, lesson, modules[m + step].code, 1 if step > 0 else None)


def moved_module(modules: Modules, code: str, place: int) -> list[ModuleFacts]:
    """Return the modules with one of them at this place, counted from 1; the end for more."""
    found = modules[module_place(modules, code)]
    rest = [each for each in modules if each.code != code]
    n = max(place - 1, 0)
    return [*rest[:n], found, *rest[n:]]


@dataclass(frozen=True, slots=True)
class Dependents:
    """What is left without its lesson when that goes.

    items  of the banks that ask for it.
    links  lessons (by file name) that lead to one of its blocks.
    slots  critical slots that it teaches.
    """

    items: tuple[str, ...]
    links: tuple[str, ...]
    slots: tuple[str, ...]


def dependents(code: str, texts: Mapping[str, str], critical: Mapping[str, str]) -> Dependents:
    """Return what depends on a lesson.

    texts  the files of the source language by their names inside its folder: they are searched,
           not read.
    """
    own = set(_ID.findall(texts.get(f"{code}.md", "")))
    items = [
        found[1]
        for name, text in texts.items()
        if name.startswith("bank/")
        for found in _ITEM.finditer(text)
        if found[2] == code
    ]
    links = [
        name.removesuffix(".md")
        for name, text in texts.items()
        if name != f"{code}.md" and own & set(_LINK.findall(text))
    ]
    slots = [slot for slot, lesson in critical.items() if lesson == code]
    return Dependents(tuple(sorted(items)), tuple(sorted(links)), tuple(slots))


def outcomes_in(text: str) -> list[str]:
    """Return what one can do after a lesson: the lines of its list of objectives, as written."""
    found = _OBJECTIVES.search(text)
    lines = found[1].splitlines() if found else []
    return [line.lstrip()[2:].strip() for line in lines if line.lstrip().startswith("- ")]
