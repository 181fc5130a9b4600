"""A small complete course, written as files and published into the database of a test.

Two modules of two lessons, 28 items of every kind, one critical slot, English and Arabic. Its
pass rule is small too: three attempts in 30 days, a day between two of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import SERVER
from lms.assessment import actions as assessment_actions
from lms.assessment import queries as assessment
from lms.assessment.codes import Codes
from lms.assessment.models import Attempt
from lms.authoring import actions as authoring
from lms.authoring.compiled import compile_course
from lms.authoring.voices import spoken_voices
from lms.catalogue.models import Course as CourseRow
from lms.catalogue.models import (
    Edition,
    EditionItem,
    EditionItemText,
    EditionLesson,
    EditionPicture,
    EditionText,
)
from lms.content.model import Course
from lms.content.reader import read_course
from lms.content.stamp import stamp
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.learning import actions, queries
from lms.tables import Base
from tests.kept import kept
from tests.people import MONDAY, Cast

LESSONS = ("HY-1.1", "HY-1.2", "HY-2.1", "HY-2.2")
MODULES = {"HY-1": LESSONS[:2], "HY-2": LESSONS[2:]}
SLOT = "clean-hands"
TITLES = {"en": "Hygiene on shift", "ar": "النظافة في المناوبة"}
# What no page may say before a test is marked: the words of keys are in the feedback alone.
SECRET = "Because the manual says so"

Words = Mapping[str, str]
EN: Words = {
    "lesson": "Lesson", "objective": "Wash hands in the right order.", "case": "A tap drips.",
    "body": "Clean hands protect everybody.", "key": "Wash, rinse, dry.", "why": SECRET,
    "stem": "What comes first", "right": "The right way", "wrong": "Another way",
    "module": "Module", "source": "The manual.", "about": "What this course is about",
    "step": "What now?", "unit": "seconds", "left": "Cause", "rightside": "Effect", "in": "Here",
}  # fmt: skip
AR: Words = {
    "lesson": "الدرس", "objective": "غسل اليدين بالترتيب.", "case": "الصنبور يقطر.",
    "body": "اليد النظيفة تحمي الجميع.", "key": "اغسل واشطف وجفف.", "why": "لأن الدليل يقول ذلك",
    "stem": "ما الذي يأتي أولا", "right": "الطريقة الصحيحة", "wrong": "طريقة أخرى",
    "module": "الوحدة", "source": "الدليل.", "about": "عن هذه الدورة", "step": "ماذا الآن؟",
    "unit": "ثانية", "left": "سبب", "rightside": "أثر", "in": "هنا",
}  # fmt: skip


def course_toml(
    course_id: str = "C90",
    slug: str = "hygiene",
    access: str = "open",
    prerequisites: Collection[str] = (),
    minutes: int = 0,
) -> str:
    """Return the structure; ``minutes`` is the time limit of the final test, 0 for none."""
    listed = ", ".join(f'"{each}"' for each in prerequisites)
    modules = "\n".join(
        f'[[module]]\ncode = "{code}"\nlessons = ['
        + ", ".join(f'{{ code = "{each}", minutes = 10 }}' for each in lessons)
        + "]\n"
        for code, lessons in MODULES.items()
    )
    return f"""format = 1
id = "{course_id}"
slug = "{slug}"
source = "en"
access = "{access}"
audience = ["P1"]
prerequisites = [{listed}]
validity_months = 24
review_by = 2028-01-31

[pass]
percent = 80
attempts = 3
window_days = 30
pause_hours = 24
about_minutes = 10
{f"minutes = {minutes}" if minutes else ""}

[refresher]
percent = 90
days = 90

[tests.pre]
items = 4

[tests.post]
items = 8
scenarios = 2

[[critical]]
slot = "{SLOT}"
lesson = "HY-1.1"

[[box]]
code = "NA-01"
blocking = true

{modules}"""


def _lesson(code: str, words: Words, *, source: bool) -> str:
    short = code.lower().replace("-", "").replace(".", "")
    check = " single" if source else ""
    right, wrong = ("[x] ", "[ ] ") if source else ("", "")
    return f"""+++
title = "{words["lesson"]} {code}"
{"" if source else "reviewed = false"}
+++

::: objectives {{#{short}-o}}
- {words["objective"]}
:::

::: practice {{#{short}-p}}
{words["case"]}
:::

## {words["body"]} {{#{short}-1}}

{words["body"]}

## {words["in"]} {{#{short}-2}}

{words["body"]}

::: box NA-01 {{#{short}-b}}
{words["case"]}
:::

::: check {code}-c1{check} {{#{short}-c1}}
{words["stem"]} {code}?

- {right}a. {words["right"]}
- {wrong}b. {words["wrong"]}

> {words["body"]}
:::

::: keypoints {{#{short}-k}}
- {words["key"]}
:::

::: sources {{#{short}-s}}
- {words["source"]}
:::
"""


def _items(module: str, words: Words, *, source: bool) -> str:
    parts = ["+++", "" if source else "reviewed = false", "+++", ""]
    number = 0
    for lesson in MODULES[module]:
        kinds = [
            "single",
            "multiple",
            "truefalse-reason",
            "ordering",
            "matching",
            "numeric",
            "scenario",
        ]
        if lesson == "HY-1.1":  # the critical slot needs three items
            kinds = [
                "single",
                "single",
                "single",
                "multiple",
                "truefalse-reason",
                "numeric",
                "scenario",
            ]
        for kind in kinds:
            number += 1
            parts.append(_item(f"{module}-{number:03d}", lesson, kind, words, source=source))
    return "\n".join(parts)


def _item(item: str, lesson: str, kind: str, words: Words, *, source: bool) -> str:
    right, wrong = ("[x] ", "[ ] ") if source else ("", "")
    facts = f"lesson={lesson} section={lesson.lower().replace('-', '').replace('.', '')}-1"
    facts += " outcome=a difficulty=1"
    if kind == "single" and lesson == "HY-1.1":
        facts += f" critical={SLOT}"
    more = {
        "multiple": " choose=2",
        "truefalse-reason": " claim=true",
        "numeric": " value=20 tolerance=1",
    }.get(kind, "")
    two = f"- {wrong}a. {words['wrong']} 1\n- {right}b. {words['right']}\n"
    three = f"{two}- {wrong}c. {words['wrong']} 2\n"
    body = {
        "single": three,
        "multiple": f"{three}- {right}d. {words['right']} 2\n",
        "truefalse-reason": three,
        "ordering": "".join(
            f"{'-' if not source else f'{place}.'} {letter}. {words['right']} {place}\n"
            for place, letter in enumerate("bca", 1)
        ),
        "matching": "".join(
            f"- {letter}. {words['left']} {letter} => {words['rightside']} {letter}\n"
            for letter in "abc"
        )
        + f"- x. => {words['rightside']} x\n",
        "numeric": f"= {words['unit']}\n",
        "scenario": "\n".join(f"### s{n}\n\n{words['step']} {n}\n\n{two}" for n in (1, 2, 3)),
    }[kind]
    head = f"## {item}\n" + (f"{{{kind} {facts}{more}}}\n" if source else "")
    return f"{head}\n{words['stem']} ({item})?\n\n{body}\n> {words['why']}.\n"


@cache
def small_files(**settings: Any) -> Mapping[str, bytes]:
    """Return the course as files, stamped; the settings are those of ``course_toml``."""
    files = {"course.toml": course_toml(**settings)}
    for language, words in (("en", EN), ("ar", AR)):
        source = language == "en"
        modules = "\n".join(f'{code} = "{words["module"]} {code}"' for code in MODULES)
        title = TITLES[language]
        if settings.get("slug", "hygiene") != "hygiene":
            title = f"{title}: {settings['slug']}"
        files[f"{language}/course.md"] = (
            f'+++\ntitle = "{title}"\n{"" if source else "reviewed = false"}\n\n'
            f"[modules]\n{modules}\n+++\n\n## {words['about']} {{#about}}\n\n{words['body']}\n"
        )
        for lesson in LESSONS:
            files[f"{language}/{lesson}.md"] = _lesson(lesson, words, source=source)
        for module in MODULES:
            files[f"{language}/bank/{module}.md"] = _items(module, words, source=source)
    plain = {path: text.encode() for path, text in files.items()}
    return {**plain, **stamp(plain, "en").files}


@cache
def small_content(**settings: Any) -> Course:
    """Return the course as the reader sees it."""
    return read_course(small_files(**settings)).required()


@dataclass(frozen=True)
class SmallCourse:
    """The published course and what a person does in it, without pages."""

    app: Flask
    slug: str = "hygiene"
    id: str = "C90"
    lessons: tuple[str, ...] = LESSONS
    url: str = field(default="/en/courses/hygiene")

    def begin(self, person: Cast, *, now: datetime | None = None) -> UUID:
        """Let somebody begin; return the enrolment's id."""
        with self.app.app_context(), transaction() as session:
            return actions.begin(session, person.viewer, self.slug, now=now or clock.now()).id

    def read(
        self, person: Cast, lessons: Collection[str] = LESSONS, *, now: datetime | None = None
    ) -> None:
        """Let somebody finish lessons of the course that they have begun."""
        with self.app.app_context(), transaction() as session:
            enrolment = queries.open_enrolment(session, person.viewer, self.slug)
            for lesson in lessons:
                actions.complete_lesson(
                    session, person.viewer, enrolment, lesson, now=now or clock.now()
                )

    def start(
        self, person: Cast, test: str = "post", language: str = "en", *, now: datetime | None = None
    ) -> UUID:
        """Let somebody open a test; return the attempt's id."""
        with self.app.app_context(), transaction() as session:
            return actions.start_test(
                session,
                person.viewer,
                self.slug,
                test,
                language,
                floor=70,
                now=now or clock.now(),
            )

    def answer(
        self, person: Cast, attempt_id: UUID, *, right: bool, now: datetime | None = None
    ) -> None:
        """Let somebody answer every question, all right or all wrong."""
        with self.app.app_context(), transaction() as session:
            for item, fields in answers(session, attempt_id, right=right).items():
                assessment_actions.store_answer(
                    session,
                    person.viewer,
                    attempt_id,
                    item,
                    fields,
                    assessment_actions.Sending(
                        "0" * 16, 4000, "en", "script", _next_n(session, attempt_id)
                    ),
                    now=now or clock.now(),
                )

    def hand_in(self, person: Cast, attempt_id: UUID, *, now: datetime | None = None) -> None:
        """Let somebody hand a test in."""
        with self.app.app_context(), transaction() as session:
            actions.hand_in(session, person.viewer, attempt_id, floor=70, now=now or clock.now())

    def sit(
        self, person: Cast, test: str = "post", *, right: bool, now: datetime | None = None
    ) -> UUID:
        """Let somebody start, answer and hand in a test; return the attempt's id."""
        attempt_id = self.start(person, test, now=now)
        self.answer(person, attempt_id, right=right, now=now)
        self.hand_in(person, attempt_id, now=now)
        return attempt_id

    def pass_it(self, person: Cast, *, now: datetime | None = None) -> UUID:
        """Let somebody begin, read everything and pass; return the attempt's id."""
        self.begin(person, now=now)
        self.read(person, now=now)
        return self.sit(person, right=True, now=now)


def _next_n(session: Session, attempt_id: UUID) -> int:
    return session.get_one(Attempt, attempt_id).version + 1


def right_choice(kind: str, key: Mapping[str, Any]) -> Any:
    """Return the choice that earns every point of an item."""
    if kind == "multiple":
        return list(key["right"])
    if kind == "truefalse-reason":
        return {"claim": key["claim"], "reason": key["right"]}
    if kind == "ordering":
        return {letter: str(place) for place, letter in enumerate(key["order"], 1)}
    if kind == "matching":
        return dict(key["pairs"])
    if kind == "numeric":
        return key["value"]
    if kind == "scenario":
        return {step["id"]: step["right"] for step in key["steps"]}
    return key["right"]


def wrong_choice(kind: str, key: Mapping[str, Any]) -> Any:
    """Return a complete choice that earns nothing."""
    if kind == "multiple":
        return [letter for letter in key["choices"] if letter not in key["right"]]
    if kind == "truefalse-reason":
        return {"claim": "false", "reason": "a"}
    if kind == "ordering":
        return {letter: str(place) for place, letter in enumerate(reversed(key["order"]), 1)}
    if kind == "matching":
        rights = list(key["rights"])
        return {
            left: next(each for each in rights if each != right)
            for left, right in key["pairs"].items()
        }
    if kind == "numeric":
        return "1000"
    if kind == "scenario":
        return {
            step["id"]: next(each for each in step["choices"] if each != step["right"])
            for step in key["steps"]
        }
    return next(letter for letter in key["choices"] if letter != key["right"])


def answers(session: Session, attempt_id: UUID, *, right: bool) -> dict[str, dict[str, list[str]]]:
    """Return item -> fields that answer every question of a test, all right or all wrong."""
    attempt = session.get_one(Attempt, attempt_id)
    choice = right_choice if right else wrong_choice
    return {
        item.id: Codes(attempt.secret, item.id, item.kind, item.key).fields(
            choice(item.kind, item.key)
        )
        for item in assessment.form_items(session, attempt.form_id)
    }


def form_of(app: Flask, attempt_id: UUID, *, right: bool) -> dict[str, Any]:
    """Return the fields that a page without scripts sends for a whole test."""
    with app.app_context():
        said = answers(db.session(), attempt_id, right=right)
    sent: dict[str, Any] = {"whole": "1"}
    for item, fields in said.items():
        for part, values in fields.items():
            sent[f"a.{item}:{part}" if part else f"a.{item}"] = values
    return sent


# The rows of a publication, kept for the next test that asks for the same: compiling a course in
# five languages takes longer than most tests.
_OF_EDITION = (EditionText, EditionLesson, EditionPicture, EditionItem, EditionItemText)
_published: dict[object, tuple[dict[str, Any], dict[str, Any], list[list[dict[str, Any]]]]] = {}


def publish_small(app: Flask, **settings: Any) -> SmallCourse:
    """Publish the course; the settings are those of ``course_toml``."""
    course = small_content(**settings)
    with app.app_context():
        site = installation.read(db.session())
        key = (site.country, *sorted(settings.items()))
        if key in _published:
            with transaction() as session:
                _insert(session, *_published[key])
        else:
            made = compile_course(course, site.nation, spoken_voices())
            with transaction() as session:
                edition = authoring.publish(
                    session, SERVER, course, site.nation, made, "0" * 64, now=MONDAY
                )
                row = session.get_one(CourseRow, course.facts.id)
                _published[key] = (
                    _plain(row),
                    _plain(edition),
                    [
                        [
                            _plain(each)
                            for each in session.scalars(
                                select(model).where(model.edition_id == edition.id)
                            )
                        ]
                        for model in _OF_EDITION
                    ],
                )
    slug = course.facts.slug
    return SmallCourse(app, slug, course.facts.id, LESSONS, f"/en/courses/{slug}")


def _plain(row: Base) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def _insert(
    session: Session,
    course: dict[str, Any],
    edition: dict[str, Any],
    parts: list[list[dict[str, Any]]],
) -> None:
    session.execute(insert(CourseRow), {**course, "edition_id": None})
    made = Edition(**{name: value for name, value in edition.items() if name != "id"})
    session.add(made)
    session.flush()
    session.get_one(CourseRow, course["id"]).edition_id = made.id
    for model, rows in zip(_OF_EDITION, parts, strict=True):
        if rows:
            session.execute(insert(model), [{**row, "edition_id": made.id} for row in rows])


def set_access(app: Flask, slug: str, access: str) -> None:
    """Make a published course open, listed or restricted."""
    with app.app_context(), transaction() as session:
        session.scalars(select(CourseRow).where(CourseRow.slug == slug)).one().access = access


@pytest.fixture
@kept
def small_course(app: Flask) -> SmallCourse:
    """Return the course "Hygiene on shift", published, with nobody in it."""
    return publish_small(app)
