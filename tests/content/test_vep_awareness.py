"""What the course on violent extremism promises beyond the others: it harms nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from lms.content.html import lesson_html
from lms.content.labels import spoken
from lms.content.model import Course, Question
from tests.content.test_shipped_courses import shipped

# A few names for each kind: enough that a careless sentence is caught, not a list of the world.
COUNTRIES = (
    r"tunisia\w*|kazakh\w*|uganda\w*|syria\w*|iraq\w*|afghan\w*|turk(ey|ish)|russia\w*|french"
    r"|france|german\w*|americ\w*|somali\w*|nigeria\w*|israel\w*|palestin\w*|arab\w*|kurd\w*"
)
FAITHS = (
    r"islam\w*|muslim\w*|christian\w*|jew(s|ish)?|hindu\w*|buddh\w*|sikh\w*|salaf\w*|jihad\w*"
    r"|mosques?|church(es)?|imams?|priests?|rabbis?|koran|qur.?an|bible"
)
GROUPS = r"isil|isis|daesh|al.?qaida|boko haram|eta|ira|pkk|farc"
LOOKS = (
    r"beards?|veils?|head ?scar(f|ves)|turbans?|tattoos?|skin|hair|accents?|robes?|fast(s|ing)"
    r"|halal|kosher|amulets?|rosar(y|ies)"
)
IDEOLOGIES = {
    "nationalist or racist": r"nationalist|racist", "separatist": r"separatist",
    "left": r"\bleft\b", "right": r"extreme right", "religion": r"abuses a religion",
    "single issue": r"single issue|animal tests|\bdam\b|\bmine\b",
    "none": r"no ideology at all|tobacco debts",
}  # fmt: skip
RULES = re.compile(r"(?P<of>Bangkok )?Rules? (?P<list>\d+(?:(?:, | and | to )\d+)*)")


@pytest.fixture(scope="module")
def course() -> Course:
    return shipped("vep-awareness")


def questions(course: Course) -> Iterator[Question]:
    """Yield every question of the bank and of the lessons."""
    yield from course.items["en"].values()
    yield from course.checks["en"].values()


def said(question: Question) -> str:
    """Return every word of a question that a person can read or choose."""
    parts = [question.stem, question.why, *question.accepts]
    parts += [words for _, left, right in question.pairs for words in (left, right)]
    choices = [*question.choices, *(each for step in question.steps for each in step.choices)]
    parts += [words for each in choices for words in (each.text, each.why)]
    return "\n".join([*parts, *(step.prompt for step in question.steps)])


def named(words: str, text: str) -> str:
    """Return the first of ``words`` in ``text``, with what stands around it; empty for none."""
    found = re.search(rf"\b({words})\b", text, re.IGNORECASE)
    return text[max(0, found.start() - 40) : found.end() + 40] if found else ""


def rules(text: str, of: str = "") -> set[int]:
    """Return the numbers of the Rules that a text names: ``Rules 12 to 22 and 42``."""
    numbers: set[int] = set()
    for found in RULES.finditer(text):
        if (found["of"] or "").strip() == of:
            for part in re.split(r", | and ", found["list"]):
                first, _, last = part.partition(" to ")
                numbers |= set(range(int(first), int(last or first) + 1))
    return numbers


# ---- Nobody is made a suspect ----------------------------------------------------------------


@pytest.mark.parametrize("words", [COUNTRIES, FAITHS, GROUPS], ids=["country", "faith", "group"])
def test_no_country_faith_or_group_is_named_outside_the_boxes(course: Course, words: str) -> None:
    for document in course.documents["en"].values():
        assert not named(words, document.text()), document.path


def test_no_question_speaks_of_looks_or_of_devotion(course: Course) -> None:
    """Not even in a wrong answer: what is chosen once is remembered."""
    for question in questions(course):
        assert not named(LOOKS, said(question)), question.id


def test_the_cases_come_from_every_side_and_from_none(course: Course) -> None:
    texts = [document.text() for document in course.documents["en"].values()]
    for side, words in IDEOLOGIES.items():
        assert any(re.search(words, text) for text in texts), side


def test_a_label_is_never_the_right_answer(course: Course) -> None:
    label = r"extremists?|terrorists?|radicals?|fanatics?"
    for question in questions(course):
        for choices in (question.choices, *(step.choices for step in question.steps)):
            for each in choices:
                if each.right and question.kind != "truefalse-reason":
                    assert not named(label, each.text), (question.id, each.text)


# ---- What it says can be looked up -----------------------------------------------------------


def test_every_rule_that_a_lesson_names_stands_among_its_sources(course: Course) -> None:
    for code in course.facts.codes():
        blocks = course.documents["en"][code].blocks
        text = "\n".join(block.body for block in blocks if block.name != "sources")
        lines = [line for b in blocks if b.name == "sources" for line in b.body.splitlines()]
        for of, named_as in (("", "- Nelson Mandela Rules"), ("Bangkok", "- Bangkok Rules")):
            listed = [rules(line) for line in lines if line.startswith(named_as)]
            assert rules(text, of) <= set().union(*listed), (code, of)


def test_only_rules_that_exist_are_named(course: Course) -> None:
    for document in course.documents["en"].values():
        assert rules(document.text()) <= set(range(1, 123)), document.path
        assert rules(document.text(), "Bangkok") <= set(range(1, 71)), document.path


def test_every_country_has_each_box_or_leaves_it_openly_empty(course: Course) -> None:
    for nation in course.nations.values():
        assert set(nation.boxes) == set(course.facts.boxes), nation.code
        for code, box in nation.boxes.items():
            words = [block.title for text in nation.texts.values() for block in text.blocks]
            assert (code in words) == (box.status == "draft"), (nation.code, code)
            assert bool(box.legal_source) == (box.status == "draft"), (nation.code, code)


# ---- The trainer -----------------------------------------------------------------------------


def test_every_lesson_has_a_note_that_only_the_trainer_prints(course: Course) -> None:
    for code in course.facts.codes():
        notes = [b for b in course.documents["en"][code].blocks if b.name == "trainer"]
        assert notes, code
        lesson = lesson_html(course, code, "en", spoken(str))
        for note in notes:
            assert f'id="{note.id}"' in lesson.print
            assert f'id="{note.id}"' not in lesson.html


def test_the_session_of_the_unit_fills_its_eighty_minutes(course: Course) -> None:
    plan = course.documents["en"]["VA-3.3"].block("va33-u")
    assert plan is not None
    times = [(int(a), int(b)) for a, b in re.findall(r"^\| (\d+) to (\d+) \|", plan.body, re.M)]
    assert times[0][0] == 0
    assert times[-1][1] == 80
    assert all(one[1] == other[0] for one, other in pairwise(times))
    for part in ("### Activity", "### Debrief", "### Afterwards"):
        assert part in plan.body
