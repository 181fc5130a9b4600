"""Outcomes, guessable keys and questions that are asked twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from lms.content.model import Choice, Course, Question
from lms.content.quality.bank import Decision, bank_findings, decisions, outcomes_of, places
from tests.content.quality.planted import planted, said, written
from tests.content.small import FILES, read, small
from tests.content.test_shipped_courses import LANGUAGES, shipped


def test_every_outcome_has_an_item_or_is_told() -> None:
    course = planted("en/AB-1.1.md", "- Say what is *asked*.", "- Say what is *asked*.\n- More.")
    assert outcomes_of(course.documents["en"]["AB-1.1"]) == "abc"
    assert said(bank_findings(course), "outcome.uncovered") == [
        "en/AB-1.1.md:5: fault: No item of the bank asks for outcome c of AB-1.1. Write one."
    ]


def test_an_item_names_an_outcome_that_its_lesson_lists() -> None:
    course = planted("en/bank/AB-1.md", "section=ab12-1 outcome=a", "section=ab12-1 outcome=d")
    (told,) = said(bank_findings(course), "outcome.unknown")
    assert told.startswith("en/bank/AB-1.md:")
    assert "AB-1.2 lists no outcome d. Write the letter of the outcome that AB-1-004" in told
    line = int(told.split(":")[1])
    assert course.files["en/bank/AB-1.md"].decode().splitlines()[line - 1].startswith("{single")


def test_a_handbook_has_no_outcome_to_ask_for() -> None:
    course = read(small())
    handbook = replace(course, facts=replace(course.facts, kind="handbook", tests={}), items={})
    assert said(bank_findings(handbook), "outcome.uncovered") == []


def question(*texts: str, right: str = "a", kind: str = "single") -> Question:
    choices = tuple(
        Choice(letter, text, letter in right) for letter, text in zip("abcdef", texts, strict=False)
    )
    return Question("X-1", kind, {}, "What?", choices)


@pytest.mark.parametrize(
    ("asked", "longest"),
    [
        (question("long one", "short", "tiny"), True),
        (question("same", "four", "word"), False),  # as long as another says nothing
        (question("short", "long one", "tiny"), False),
        (question("[long](https://e.org/a/b/c/d)", "longer", "tiny"), False),  # no address counts
        (question("longest", "longer", "no", "or", right="ab", kind="multiple"), True),
        (question("longest", "no", "longer", "or", right="ab", kind="multiple"), False),
    ],
)
def test_the_right_one_is_the_longest(asked: Question, longest: bool) -> None:
    (decision,) = decisions([asked])
    assert decision.right_is_longest is longest


def lengthened(course: Course, language: str, items: int) -> Course:
    """Return the course with the right choices the longest in its first items, and in no other."""

    def longer(choices: tuple[Choice, ...], *, right: bool) -> tuple[Choice, ...]:
        return tuple(
            replace(each, text=each.text + " and" * 60 * (each.right is right)) for each in choices
        )

    changed = {
        code: replace(
            item,
            choices=longer(item.choices, right=number < items),
            steps=tuple(
                replace(step, choices=longer(step.choices, right=number < items))
                for step in item.steps
            ),
        )
        for number, (code, item) in enumerate(course.items[language].items())
    }
    return replace(course, items={**course.items, language: changed})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bank_that_is_passed_by_choosing_the_longest_is_a_fault(language: str) -> None:
    course = shipped("mandela-rules")
    told = said(bank_findings(lengthened(course, language, 999)), "length.mostly")
    assert any(each.startswith(f"{language}/bank/MR-1.md: fault: ") for each in told)
    none = bank_findings(lengthened(course, language, 0))
    assert [each for each in said(none, "length.mostly") if each.startswith(language)] == []


def test_more_than_a_third_is_a_warning_with_examples() -> None:
    told = said(bank_findings(lengthened(shipped("mandela-rules"), "fr", 10)), "length.longest")
    (first,) = (each for each in told if each.startswith("fr/bank/MR-1.md"))
    assert "a third is the most" in first
    assert "MR-1-001" in first


def test_keys_that_stand_mostly_in_one_place_are_told() -> None:
    course = shipped("mandela-rules")
    assert set(places(course)) == {4}
    assert said(bank_findings(course), "key.place") == []
    first = {
        code: replace(item, choices=tuple(sorted(item.choices, key=lambda each: not each.right)))
        for code, item in course.items["en"].items()
    }
    (told,) = said(bank_findings(replace(course, items={"en": first})), "key.place")
    assert "with 4 choices" in told
    assert "in place 1" in told


def test_the_share_of_a_place_depends_on_the_number_of_choices() -> None:
    """Half the keys with three choices; of sixteen with four, six."""
    course = read(small())
    for choices, most in ((3, 8), (4, 6)):
        for times in (most, most + 1):
            keys = ["abcd"[n % (choices - 1) + 1] for n in range(16 - times)] + ["a"] * times
            asked = {
                f"X-1-{n:03}": replace(question(*"same"[:choices], right=key), id=f"X-1-{n:03}")
                for n, key in enumerate(keys)
            }
            one = replace(
                course, items={"en": asked}, checks={}, facts=replace(course.facts, tests={})
            )
            assert places(one) == {choices: Counter("abcd".index(key) + 1 for key in keys)}
            assert bool(said(bank_findings(one), "key.place")) is (times > most)


def test_a_stem_that_differs_only_in_marks_and_case_is_the_same_question() -> None:
    bank = FILES["en/bank/AB-1.md"].replace(
        "The secret question 2 of AB-1.1?", "THE *secret* question 1, of AB-1.1!"
    )
    (told,) = said(bank_findings(written({"en/bank/AB-1.md": bank})), "stem.twice")
    assert told == (
        "en/bank/AB-1.md:15: fault: AB-1-002 asks the same as AB-1-001 (en/bank/AB-1.md:5). "
        "Ask something else in one."
    )


def test_a_check_may_not_ask_what_the_bank_asks() -> None:
    course = planted(
        "en/bank/AB-1.md",
        "The secret question 2 of AB-1.1?",
        "May an emergency justify ill-treatment?",
    )
    (told,) = said(bank_findings(course), "stem.twice")
    assert "AB-1-002 asks the same as AB-1.1-c1 (en/AB-1.1.md:" in told


def test_two_courses_share_no_question() -> None:
    course = read(small())
    assert said(bank_findings(course), "stem.elsewhere") == []
    other = replace(course, facts=replace(course.facts, slug="other-course"))
    told = said(bank_findings(course, [other]), "stem.elsewhere")
    assert len(told) >= len(course.items["en"])
    assert all("of other-course" in each for each in told)


def test_a_decision_needs_a_right_and_a_wrong_choice() -> None:
    assert not Decision(question(), ()).right_is_longest
    assert not Decision(question(), (Choice("a", "only", right=True),)).right_is_longest
