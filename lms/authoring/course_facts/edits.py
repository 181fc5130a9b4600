"""What a change of a course writes into its files: pure functions from files to files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from lms.authoring.course_facts import rules
from lms.content import course_text
from lms.content.model import CourseFacts, LessonFacts, ModuleFacts
from lms.content.one_file import facts_of
from lms.content.stamp import with_ids
from lms.content.translation.front import with_value, without_value
from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg

TOML = "course.toml"
Files = Mapping[str, bytes]
Changes = dict[str, bytes | None]


def about_path(source: str) -> str:
    """Return where the titles of a course stand."""
    return f"{source}/course.md"


def lesson_path(source: str, code: str) -> str:
    """Return the file of a lesson."""
    return f"{source}/{code}.md"


def facts_in(files: Files) -> CourseFacts:
    """Return what ``course.toml`` says; raises Refused where it cannot be read."""
    facts, _ = facts_of(files[TOML])
    if facts is None:
        raise Refused(Message(msg("The file course.toml cannot be read. Mend it first.")))
    return facts


def _arranged(files: Files, modules: Sequence[ModuleFacts]) -> bytes:
    return course_text.with_modules(files[TOML].decode(), modules).encode()


def _titled(data: bytes, table: str, key: str, title: str, order: Sequence[str] = ()) -> bytes:
    """Return a text with this title at its head; every other byte stays."""
    try:
        if title:
            return with_value(data.decode(), table, key, title, order).encode()
        return without_value(data.decode(), table, key).encode()
    except (ValueError, LookupError, StopIteration):
        raise Refused(
            Message(msg("The head of this text cannot be read. Mend it in the editor first."))
        ) from None


def with_titles(files: Files, source: str, title: str, public_title: str, news: str) -> Changes:
    """Return ``course.md`` with the titles of the course and with what is new in it."""
    path = about_path(source)
    data = _titled(files[path], "", "title", title)
    data = _titled(data, "", "public_title", public_title, ["title"])
    return {path: _titled(data, "", "news", news, ["title", "public_title"])}


def new_lesson(
    files: Files, source: str, lesson: LessonFacts, title: str, module: str, others: Files
) -> Changes:
    """Return the files with a new lesson: its place, and a text that says what it lacks.

    others  the texts of the source language: ids are unique in the course.
    """
    facts = facts_in(files)
    head = f"+++\ntitle = {json.dumps(title, ensure_ascii=False)}\n+++\n\n"
    path = lesson_path(source, lesson.code)
    text = with_ids(path, f"{head}::: objectives\n:::\n".encode(), others.values())
    return {TOML: _arranged(files, rules.with_lesson(facts.modules, lesson, module)), path: text}


def changed_lesson(
    files: Files, source: str, lesson: LessonFacts, title: str, module: str, place: int | None
) -> Changes:
    """Return the files with another title, another length or another place of a lesson."""
    facts, path = facts_in(files), lesson_path(source, lesson.code)
    modules = rules.with_lesson(facts.modules, lesson, module, place)
    return {TOML: _arranged(files, modules), path: _titled(files[path], "", "title", title)}


def moved(files: Files, code: str, step: int) -> Changes:
    """Return ``course.toml`` with a lesson or a module one place up (-1) or down (1)."""
    modules = facts_in(files).modules
    if code in {each.code for each in modules}:
        place = rules.module_place(modules, code) + step
        if place not in range(len(modules)):
            return {}
        return {TOML: _arranged(files, rules.moved_module(modules, code, place + 1))}
    return {TOML: _arranged(files, rules.moved_lesson(modules, code, step))}


def removed_lesson(files: Files, code: str, paths: Sequence[str]) -> Changes:
    """Return the files without a lesson; ``paths`` are its texts in all languages."""
    modules = rules.without_lesson(facts_in(files).modules, code)
    return {TOML: _arranged(files, modules), **dict.fromkeys(paths)}


def new_module(files: Files, source: str, code: str, title: str) -> Changes:
    """Return the files with a new module: its title, and an empty bank for its questions."""
    facts, path = facts_in(files), about_path(source)
    known = [each.code for each in facts.modules]
    changes: Changes = {
        TOML: _arranged(files, [*facts.modules, ModuleFacts(code, ())]),
        path: _titled(files[path], "modules", code, title, [*known, code]),
    }
    if facts.tests:
        changes[f"{source}/bank/{code}.md"] = b"+++\n+++\n"
    return changes


def changed_module(files: Files, source: str, code: str, title: str, place: int | None) -> Changes:
    """Return the files with another title or another place of a module."""
    facts, path = facts_in(files), about_path(source)
    known = [each.code for each in facts.modules]
    modules = facts.modules if place is None else rules.moved_module(facts.modules, code, place)
    return {
        TOML: _arranged(files, modules),
        path: _titled(files[path], "modules", code, title, known),
    }


def removed_module(files: Files, source: str, code: str, paths: Sequence[str]) -> Changes:
    """Return the files without a module that has no lesson, and without its title.

    paths   its banks in all languages: they go, too.
    raises  Refused where it has a lesson.
    """
    facts, path = facts_in(files), about_path(source)
    if facts.modules[rules.module_place(facts.modules, code)].lessons:
        raise Refused(Message(msg("Move the lessons of this module to another one first.")))
    return {
        TOML: _arranged(files, [each for each in facts.modules if each.code != code]),
        path: _titled(files[path], "modules", code, ""),
        **dict.fromkeys(paths),
    }
