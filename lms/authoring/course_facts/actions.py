"""Write what a course is: titles, facts, rules, and the order of its lessons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries
from lms.authoring.drafts.models import Draft, DraftVersion
from lms.content import course_text
from lms.content.model import CourseFacts, LessonFacts, ModuleFacts
from lms.content.one_file import facts_of
from lms.content.translation.front import quoted
from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

TOML = "course.toml"
CHANGED = msg(
    "Somebody else has changed the course meanwhile. What you typed stands below; look at it, "
    "then send it again."
)


@dataclass(frozen=True, slots=True)
class Seen:
    """The numbers of the two files that the page had shown."""

    toml: int
    titles: int


class _Desk:
    """The files of a course as they are now, and the writing of them."""

    def __init__(
        self, session: Session, viewer: Viewer, draft_id: UUID, seen: Seen, now: datetime
    ) -> None:
        self.session, self.viewer, self.now = session, viewer, now
        self.draft = queries.draft(session, viewer, draft_id, lock=True)
        self.titles_path = f"{self.draft.source}/course.md"
        found = queries.read(session, viewer, self.draft, [TOML, self.titles_path])
        self.toml, self.titles = found[TOML].text, found[self.titles_path].text
        numbers = (found[TOML].number, found[self.titles_path].number)
        if numbers != (seen.toml, seen.titles):
            raise Refused(Message(CHANGED))
        self.seen = {TOML: numbers[0], self.titles_path: numbers[1]}
        facts, _ = facts_of(self.toml.encode())
        if facts is None:
            raise Refused(Message(msg("The file course.toml cannot be read. Mend it first.")))
        self.facts: CourseFacts = facts

    def write(self, path: str, text: str, seen: int | None = None) -> None:
        """Save one file of the draft; ``seen`` where the desk has not read it."""
        drafts.save(
            self.session, self.viewer, self.draft.id, path, text.encode(),
            seen=self.seen.get(path, 0) if seen is None else seen, now=self.now,
        )  # fmt: skip


def _codes(modules: Sequence[ModuleFacts]) -> list[str]:
    return [module.code for module in modules]


def set_titles(
    session: Session, viewer: Viewer, draft_id: UUID, seen: Seen, title: str, public_title: str,
    modules: Mapping[str, str], *, now: datetime,
) -> None:  # fmt: skip
    """Write the titles of the course and of its modules; ``modules`` by code.

    raises  Refused where somebody else has changed the course meanwhile.
    """
    desk = _Desk(session, viewer, draft_id, seen, now)
    known = {code: said for code, said in modules.items() if code in _codes(desk.facts.modules)}
    desk.write(
        desk.titles_path,
        course_text.with_titles(
            desk.titles, title, public_title, known, _codes(desk.facts.modules)
        ),
    )


def set_facts(
    session: Session, viewer: Viewer, draft_id: UUID, seen: Seen, values: Mapping[str, Any], *,
    now: datetime,
) -> None:  # fmt: skip
    """Write for whom the course is and how long its certificate counts."""
    desk = _Desk(session, viewer, draft_id, seen, now)
    desk.write(TOML, course_text.with_facts(desk.toml, values))


def set_rule(
    session: Session, viewer: Viewer, draft_id: UUID, seen: Seen, rule: Mapping[str, int | None],
    tests: Mapping[str, tuple[int, int]], *, now: datetime,
) -> None:  # fmt: skip
    """Write what passes, and how many questions and scenarios each test has."""
    desk = _Desk(session, viewer, draft_id, seen, now)
    text = course_text.with_pass_rule(desk.toml, rule)
    for test, (items, scenarios) in tests.items():
        if items:
            text = course_text.with_test(text, test, items, scenarios)
        elif test in desk.facts.tests:
            text = course_text.without_test(text, test)
    desk.write(TOML, text)


def add_lesson(
    session: Session, viewer: Viewer, draft_id: UUID, seen: Seen, title: str, minutes: int,
    module: str, module_title: str, *, now: datetime,
) -> str:  # fmt: skip
    """Add a lesson at the end of a module, or in a new module; return its code.

    module  a code, or ``new``.

    Codes are permanent: one that a file of this draft ever had is not given again.
    """
    desk = _Desk(session, viewer, draft_id, seen, now)
    source, modules = desk.draft.source, desk.facts.modules
    used = _used(session, desk.draft)
    if module == "new":
        module = course_text.next_module_code(desk.facts, used)
        modules = (*modules, ModuleFacts(module, ()))
        desk.titles = course_text.with_module_title(
            desk.titles, module, module_title, _codes(modules)
        )
        desk.write(desk.titles_path, desk.titles)
        if desk.facts.tests:
            desk.write(f"{source}/bank/{module}.md", "+++\n+++\n", 0)
    code = course_text.next_lesson_code(desk.facts, module, used)
    changed = course_text.with_lesson(modules, module, LessonFacts(code, minutes))
    desk.write(TOML, course_text.with_modules(desk.toml, desk.facts.modules, changed))
    stem = code.replace("-", "").replace(".", "").lower()
    desk.write(
        f"{source}/{code}.md",
        f"+++\ntitle = {quoted(title)}\n+++\n\n::: objectives {{#{stem}-o}}\n:::\n",
        0,
    )
    return code


def place_lesson(
    session: Session, viewer: Viewer, draft_id: UUID, seen: Seen, lesson: str, place: int | None,
    minutes: int | None, *, now: datetime,
) -> None:  # fmt: skip
    """Give a lesson another place, counted from 1 through the course, or other minutes."""
    desk = _Desk(session, viewer, draft_id, seen, now)
    modules = desk.facts.modules
    if lesson not in desk.facts.codes():
        raise Refused(Message(CHANGED))
    if place is not None:
        modules = course_text.moved(modules, lesson, place)
    if minutes is not None:
        modules = course_text.with_minutes(modules, {lesson: minutes})
    _write_modules(desk, modules)


def remove_lesson(
    session: Session, viewer: Viewer, draft_id: UUID, seen: Seen, lesson: str, *, now: datetime
) -> None:
    """Take a lesson out of the course with its files; their versions stay.

    raises  Refused for the last lesson, and while questions of the bank or critical slots name it.
    """
    desk = _Desk(session, viewer, draft_id, seen, now)
    if lesson not in desk.facts.codes():
        return
    if len(desk.facts.codes()) == 1:
        raise Refused(Message(msg("A course has at least one module with one lesson.")))
    asked = _items_of(desk, lesson)
    if asked or lesson in desk.facts.critical.values():
        raise Refused(
            Message(
                msg("Questions ask for this lesson (%(items)s). Retire them or give them another "
                    "lesson first."),
                {"items": ", ".join(asked[:10]) or lesson},
            )
        )  # fmt: skip
    kept = course_text.without_lesson(desk.facts.modules, lesson)
    _write_modules(desk, kept)
    gone = {module.code for module in desk.facts.modules} - {module.code for module in kept}
    for code in sorted(gone):
        for path in _files_of(session, desk.draft, f"bank/{code}"):
            drafts.remove(session, viewer, draft_id, path, now=now)
    for path in _files_of(session, desk.draft, lesson):
        drafts.remove(session, viewer, draft_id, path, now=now)


def _write_modules(desk: _Desk, modules: Sequence[ModuleFacts]) -> None:
    kept = tuple(module for module in modules if module.lessons)
    gone = {module.code for module in desk.facts.modules} - {module.code for module in kept}
    if gone:
        titles = desk.titles
        for code in gone:
            titles = course_text.without_module(titles, code)
        desk.write(desk.titles_path, titles)
    desk.write(TOML, course_text.with_modules(desk.toml, desk.facts.modules, kept))


def _used(session: Session, draft: Draft) -> list[str]:
    """Return the codes of all files that the draft ever had."""
    paths = session.scalars(
        select(DraftVersion.path).distinct().where(
            DraftVersion.draft_id == draft.id,
            DraftVersion.path.startswith(f"{draft.source}/", autoescape=True),
        )
    )  # fmt: skip
    return [path.rpartition("/")[2].removesuffix(".md") for path in paths]


def _items_of(desk: _Desk, lesson: str) -> list[str]:
    paths = [f"{desk.draft.source}/bank/{module.code}.md" for module in desk.facts.modules]
    found = queries.read(desk.session, desk.viewer, desk.draft, paths)
    items = []
    for file in found.values():
        heading = ""
        for line in file.text.splitlines():
            if line.startswith("## "):
                heading = line[3:].strip()
            elif line.startswith("{") and f"lesson={lesson} " in line.replace("}", " "):
                items.append(heading)
    return items


def _files_of(session: Session, draft: Draft, lesson: str) -> list[str]:
    paths = session.scalars(
        select(DraftVersion.path).distinct().where(
            DraftVersion.draft_id == draft.id,
            DraftVersion.path.endswith(f"/{lesson}.md", autoescape=True),
        )
    )  # fmt: skip
    return list(paths)
