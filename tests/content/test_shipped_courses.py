"""The courses that ship: whole, balanced, and always enough for a test.

What ``lms content check`` measures of every course is in ``quality/test_shipped.py``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from lms.assessment.drawing import BankItem, draw
from lms.assessment.marking import mark, most_points
from lms.authoring.compiled import MOST_LESSON_BYTES, bank, item_texts, nation_of, structure
from lms.content import folder
from lms.content.html import block_in, lesson_html
from lms.content.labels import spoken
from lms.content.markdown import plain
from lms.content.model import Course, Question
from lms.content.questions import KINDS
from lms.content.reader import read_course
from tests.content.test_pages import ALLOWED, Tags, dangers

COURSES = Path(__file__).parents[2] / "courses"
LANGUAGES = ("en", "ar", "fr", "kk", "ru")
NATIONS = (None, "tn", "kz", "ug")
FRAMES = ALLOWED | {
    "h2",
    "section",
    "div",
    "form",
    "fieldset",
    "details",
    "summary",
    "label",
    "input",
    "span",
    "select",
    "option",
    "bdi",
}


@dataclass(frozen=True, slots=True)
class Promise:
    """What a shipped course promises of itself.

    pre, post  items of the two tests.
    items      the fewest of the bank.
    complete   its finished languages.
    """

    slug: str
    lessons: int
    pre: int
    post: int
    items: int
    complete: tuple[str, ...]


PROMISES = (
    Promise("mandela-rules", lessons=12, pre=12, post=20, items=60, complete=LANGUAGES),
    Promise("vep-awareness", lessons=9, pre=10, post=16, items=64, complete=LANGUAGES),
    Promise("dynamic-security", lessons=11, pre=11, post=16, items=64, complete=LANGUAGES),
    Promise(
        "integrity-wellbeing", lessons=8, pre=8, post=12, items=30, complete=("en", "ar", "fr")
    ),
)
IN_LANGUAGES = [
    pytest.param(each, language, id=f"{each.slug}-{language}")
    for each in PROMISES
    for language in each.complete
]


@pytest.fixture(scope="module", params=PROMISES, ids=lambda each: each.slug)
def promise(request: pytest.FixtureRequest) -> Promise:
    """Return each shipped course's promise in turn; ``course`` is the course that made it."""
    assert isinstance(request.param, Promise)
    return request.param


@cache
def shipped(slug: str) -> Course:
    """Return a shipped course; it has no fault."""
    reading = read_course(folder.load(COURSES / slug))
    assert [str(fault) for fault in reading.faults] == []
    return reading.required()


@pytest.fixture(scope="module")
def course(promise: Promise) -> Course:
    return shipped(promise.slug)


@pytest.fixture(scope="module")
def items(course: Course) -> list[Question]:
    return list(course.items["en"].values())


def test_every_course_folder_is_promised_here() -> None:
    assert {path.parent.name for path in COURSES.glob("*/course.toml")} == {
        promise.slug for promise in PROMISES
    }


def test_its_size(promise: Promise, course: Course, items: list[Question]) -> None:
    assert len(course.facts.codes()) == promise.lessons
    assert len(course.checks["en"]) == 3 * promise.lessons
    assert len(items) >= promise.items >= 2.5 * promise.post
    assert (
        sum(item.kind == "scenario" for item in items)
        >= 2 * course.facts.tests["post"]["scenarios"]
    )
    slots = Counter(item.facts["critical"] for item in items if "critical" in item.facts)
    assert set(slots) == set(course.facts.critical)
    assert all(times >= 3 for times in slots.values())
    kinds = {question.kind for question in [*items, *course.checks["en"].values()]}
    assert kinds == KINDS
    checks = Counter(code.rpartition("-")[0] for code in course.checks["en"])
    assert checks == dict.fromkeys(course.facts.codes(), 3)


def test_every_lesson_has_its_parts(course: Course) -> None:
    for code in course.facts.codes():
        names = Counter(block.name for block in course.documents["en"][code].blocks)
        for name in ("objectives", "practice", "keypoints", "sources", "section", "do", "dont"):
            assert names[name] >= 1, (code, name)
    named = {
        block.words[0]
        for code in course.facts.codes()
        for block in course.documents["en"][code].blocks
        if block.name == "box"
    }
    assert named == set(course.facts.boxes)


def test_a_lesson_is_neither_a_leaflet_nor_a_book(course: Course) -> None:
    for code in course.facts.codes():
        text = " ".join(
            f"{block.title} {plain(block.body)}"
            for block in course.documents["en"][code].blocks
            if block.name not in {"check", "sources", "trainer"}
        )
        words = len(re.findall(r"\w[\w’'-]*", text))
        assert 450 <= words <= 1000, (code, words)


@pytest.mark.parametrize(("promise", "language"), IN_LANGUAGES)
def test_it_is_complete_in(promise: Promise, language: str) -> None:
    course = shipped(promise.slug)
    items = course.items["en"].values()
    for name, document in course.documents["en"].items():
        assert name in course.documents[language], name
        if not name.startswith("bank/"):
            for block in document.blocks:
                assert block_in(course, name, block, language)[0] == language, block.id
    assert set(course.checks[language]) == set(course.checks["en"])
    for item in items:
        assert language in dict(item_texts(course, None, item)), item.id


def test_no_translation_claims_a_review_that_nobody_made(course: Course) -> None:
    for language in course.languages[1:]:
        for document in course.documents[language].values():
            assert document.front.get("reviewed") in (False, None), document.path


def test_no_box_is_confirmed_by_nobody(course: Course) -> None:
    assert set(course.nations) >= {"tn", "kz", "ug"}
    for nation in course.nations.values():
        assert all(box.status in {"draft", "empty"} for box in nation.boxes.values())


# ---- Questions that cannot be guessed --------------------------------------------------------


def choices_of_one(items: list[Question]) -> list[tuple[tuple[str, str, bool], ...]]:
    """Return letter, words and truth of the choices wherever one of them is right."""
    return [
        tuple((each.letter, each.text, each.right) for each in choices)
        for item in items
        for choices in (
            [item.choices] if item.kind == "single" else [step.choices for step in item.steps]
        )
    ]


def test_the_letter_of_the_right_choice_tells_nothing(items: list[Question]) -> None:
    single = [item for item in items if item.kind == "single"]
    letters = Counter(each.letter for item in single for each in item.choices if each.right)
    offered = {each.letter for item in single for each in item.choices}
    assert set(letters) == offered
    for letter, times in letters.items():
        assert 0.10 <= times / len(single) <= 0.40, letter


def test_the_right_choice_is_not_mostly_the_longest(items: list[Question]) -> None:
    questions = choices_of_one([item for item in items if item.kind in {"single", "scenario"}])
    longest = sum(max(each, key=lambda choice: len(choice[1]))[2] for each in questions)
    assert longest / len(questions) <= 0.45


def test_letters_do_not_repeat_in_a_row(items: list[Question]) -> None:
    keys = [
        next(each.letter for each in item.choices if each.right)
        for item in items
        if item.kind == "single"
    ]
    assert sum(one == other for one, other in pairwise(keys)) <= len(keys) / 2


def test_choices_do_not_speak_of_other_choices(items: list[Question]) -> None:
    """They are shuffled, so no choice can point at another."""
    pointing = re.compile(
        r"\b(all|none|both|neither) (of )?(the |these )?(above|answers|choices)\b|\ba and b\b",
        re.IGNORECASE,
    )
    for item in items:
        for choices in (item.choices, *(step.choices for step in item.steps)):
            for each in choices:
                assert not pointing.search(each.text), (item.id, each.text)


def test_true_and_false_claims_are_balanced(items: list[Question]) -> None:
    claims = Counter(item.facts["claim"] for item in items if item.kind == "truefalse-reason")
    assert min(claims.values()) / sum(claims.values()) >= 0.25
    assert len(claims) == 2


def full_answer(item: Question) -> object:
    """Return the answer that its key calls right, as a browser would send it."""
    key = item.key()
    if item.kind == "truefalse-reason":
        return {"claim": key["claim"], "reason": key["right"]}
    if item.kind == "ordering":
        return {letter: place for place, letter in enumerate(key["order"], 1)}
    if item.kind == "matching":
        return dict(key["pairs"])
    if item.kind == "scenario":
        return {step["id"]: step["right"] for step in key["steps"]}
    return key["value"] if item.kind == "numeric" else key["right"]


def test_the_right_answer_earns_every_point(items: list[Question]) -> None:
    for item in items:
        assert mark(item.kind, item.key(), full_answer(item)) == most_points(item.kind, item.key())


# ---- Tests drawn from it ---------------------------------------------------------------------


@pytest.mark.parametrize("nation", NATIONS)
def test_every_draw_fills_the_blueprint(
    promise: Promise, course: Course, nation: str | None
) -> None:
    layer = nation_of(course, nation)
    plan = structure(course, layer)
    modules = {lesson.code: lesson.module for lesson in plan.lessons()}
    deck = [
        BankItem(
            item.id,
            modules[item.facts["lesson"]],
            item.facts["lesson"],
            item.kind,
            item.facts.get("critical"),
            item.key(),
        )
        for item in bank(course, layer)
    ]
    for number in range(300):
        pre = draw(plan, plan.tests["pre"], deck, f"pre-{number}")
        first = [item.id for item in pre]
        post = draw(plan, plan.tests["post"], deck, f"post-{number}", avoid=first)
        assert len(pre) == len(set(first)) == promise.pre
        assert {item.lesson for item in pre} == set(plan.codes())
        assert len(post) == len({item.id for item in post}) == promise.post
        assert sum(item.kind == "scenario" for item in post) == 4
        assert {item.critical for item in post} >= set(plan.critical)
        assert {item.lesson for item in post} == set(plan.codes())
        assert not {item.id for item in post} & set(first)


# ---- Pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("nation", NATIONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_its_pages_are_safe_and_small(
    promise: Promise, course: Course, language: str, nation: str | None
) -> None:
    ids: Counter[str] = Counter()
    for code in course.facts.codes():
        lesson = lesson_html(
            course, code, language, spoken(str), nation=nation_of(course, nation), one_page=True
        )
        assert len(lesson.html.encode()) <= MOST_LESSON_BYTES
        assert dangers(re.sub(r'href="[A-Z]{2}-', 'href="AB-', lesson.html), FRAMES) == []
        ids.update(Tags(lesson.html).values("id"))
        if nation is None:
            # Another language stands in exactly where this one has no file yet.
            assert lesson.fallback is not (code in course.documents.get(language, {})), code
            assert not (lesson.fallback and language in promise.complete), code
    assert [each for each, times in ids.items() if times > 1] == []
