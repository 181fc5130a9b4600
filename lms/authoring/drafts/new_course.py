"""What a course begins with when it is begun from nothing: a folder that says what it lacks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class NewCourse:
    """What is asked for at the start. ``prefix`` begins the codes of modules: ``FS``."""

    id: str
    slug: str
    source: str
    title: str
    prefix: str
    lesson_title: str
    minutes: int = 15
    kind: str = "course"


def files_of(new: NewCourse, *, today: date) -> dict[str, bytes]:
    """Return the files of a course with one module, one empty lesson and an empty bank.

    It can be read at once but for what it lacks: the check says how many questions to write.
    """
    module, lesson = f"{new.prefix}-1", f"{new.prefix}-1.1"
    stem = lesson.replace("-", "").replace(".", "").lower()
    tests = "\n[tests.pre]\nitems = 2\n\n[tests.post]\nitems = 3\n" if new.kind == "course" else ""
    review = today.replace(year=today.year + 1, day=min(today.day, 28))
    structure = f"""\
format = 1
id = "{new.id}"
slug = "{new.slug}"
kind = "{new.kind}"
source = "{new.source}"
access = "listed"
audience = ["P1"]
prerequisites = []
validity_months = 24
review_by = {review.isoformat()}
themes = []
licence = "CC-BY-4.0"

[pass]
percent = 80
attempts = 3
window_days = 30
pause_hours = 24
about_minutes = 15
parts = ["test"]

[refresher]
percent = 90
days = 90
{tests}
[[module]]
code = "{module}"
lessons = [
  {{ code = "{lesson}", minutes = {new.minutes} }},
]
"""
    title = json.dumps(new.title, ensure_ascii=False)
    lesson_title = json.dumps(new.lesson_title, ensure_ascii=False)
    files = {
        "course.toml": structure,
        f"{new.source}/course.md": f"+++\ntitle = {title}\n\n[modules]\n{module} = {title}\n+++\n",
        f"{new.source}/{lesson}.md": (
            f"+++\ntitle = {lesson_title}\n+++\n\n::: objectives {{#{stem}-o}}\n:::\n"
        ),
    }
    if tests:
        files[f"{new.source}/bank/{module}.md"] = "+++\n+++\n"
    return {path: text.encode() for path, text in files.items()}
