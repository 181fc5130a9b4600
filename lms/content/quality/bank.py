"""What a bank gives away, leaves out or asks twice."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from lms.content.markdown import plain
from lms.content.model import Choice, Course, Document, Question
from lms.content.quality.findings import Finding, finding
from lms.kernel.names import folded

# Chance makes the right one of three choices the longest in a third of the decisions.
MOST_LONGEST, MOSTLY_LONGEST = 1 / 3, 1 / 2
# One place of n may hold half as many keys again as its share: with three choices a half of them,
# with four three eighths.
MOST_PLACE = 1.5
# Fewer decisions than these say nothing: chance alone goes further.
FEWEST_DECISIONS = 12
EXAMPLES = 5
# A stem of fewer letters ("Right?") is no question of its own: its choices ask.
SHORTEST_STEM = 12

_OUTCOME = re.compile(r"^[-*+] ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Decision:
    """One place where choices are ticked: the whole question, or one step of a scenario."""

    question: Question
    choices: tuple[Choice, ...]

    @property
    def right_is_longest(self) -> bool:
        """Every right choice is longer than every wrong one: who ticks the longest has it."""
        right = [len(plain(each.text)) for each in self.choices if each.right]
        wrong = [len(plain(each.text)) for each in self.choices if not each.right]
        return bool(right and wrong) and min(right) > max(wrong)


def decisions(questions: Iterable[Question]) -> Iterator[Decision]:
    """Yield every decision of the questions that have choices with a right one among them."""
    for question in questions:
        if question.kind in {"single", "multiple", "truefalse-reason"}:
            yield Decision(question, question.choices)
        elif question.kind == "scenario":
            for step in question.steps:
                yield Decision(question, step.choices)


def bank_findings(course: Course, others: Sequence[Course] = ()) -> Iterator[Finding]:
    """Yield what is wrong with the questions of a course.

    others  courses whose questions it must not repeat; each pair is told once, of the course
            that comes later.
    """
    yield from _outcomes(course)
    for language in course.languages:
        yield from _longest(course, language)
        yield from _stems(course, others, language)
    yield from _places(course)


def outcomes_of(document: Document) -> str:
    """Return the letters of the outcomes that a lesson lists, "" where it lists none."""
    lines = sum(
        len(_OUTCOME.findall(block.body)) for block in document.blocks if block.name == "objectives"
    )
    return ascii_lowercase[:lines]


def _outcomes(course: Course) -> Iterator[Finding]:
    source = course.facts.source
    if not course.facts.tests:  # a handbook asks nothing
        return
    asked: defaultdict[str, set[str]] = defaultdict(set)
    for item in course.items.get(source, {}).values():
        lesson, outcome = item.facts["lesson"], item.facts["outcome"]
        asked[lesson].add(outcome)
        listed = outcomes_of(course.documents[source][lesson])
        if listed and outcome not in listed:
            yield finding(
                "outcome.unknown",
                item.file,
                item.line - 1,
                lesson=lesson,
                outcome=outcome,
                item=item.id,
            )
    for code in course.facts.codes():
        document = course.documents[source][code]
        first = next((each.line for each in document.blocks if each.name == "objectives"), 0)
        for outcome in outcomes_of(document):
            if outcome not in asked[code]:
                yield finding(
                    "outcome.uncovered", document.path, first, outcome=outcome, lesson=code
                )


def longest_in(course: Course, language: str) -> Iterator[tuple[str, list[Decision], int]]:
    """Yield each bank's file, its decisions where the longest is right, and how many it has."""
    by_file: defaultdict[str, list[Decision]] = defaultdict(list)
    for decision in decisions(course.items.get(language, {}).values()):
        by_file[decision.question.file].append(decision)
    for file, found in by_file.items():
        yield file, [each for each in found if each.right_is_longest], len(found)


def _longest(course: Course, language: str) -> Iterator[Finding]:
    for file, longest, count in longest_in(course, language):
        share = len(longest) / count
        if count >= FEWEST_DECISIONS and share > MOST_LONGEST:
            items = list(dict.fromkeys(each.question.id for each in longest))
            yield finding(
                "length.mostly" if share > MOSTLY_LONGEST else "length.longest",
                file,
                0,
                longest=len(longest),
                decisions=count,
                items=", ".join(items[:EXAMPLES]),
            )


def places(course: Course) -> dict[int, Counter[int]]:
    """Return for each number of choices how often the right one is in which place, from 1.

    Counts every decision of banks and checks with one right choice, in the order of the source,
    which is the order of every language, of checks on a page and of a printed bank.
    """
    counted: defaultdict[int, Counter[int]] = defaultdict(Counter)
    source = course.facts.source
    for book in (course.items, course.checks):
        for decision in decisions(book.get(source, {}).values()):
            if decision.question.kind != "multiple":
                keys = [n for n, each in enumerate(decision.choices, 1) if each.right]
                counted[len(decision.choices)].update(keys)
    return dict(counted)


def _places(course: Course) -> Iterator[Finding]:
    for choices, counted in sorted(places(course).items()):
        count = counted.total()
        most = int(MOST_PLACE * count / choices)
        place, times = counted.most_common(1)[0]
        if count >= FEWEST_DECISIONS and times > most:
            yield finding(
                "key.place",
                "course.toml",
                0,
                decisions=count,
                choices=choices,
                times=times,
                place=place,
                most=most,
            )


def _stems(course: Course, others: Sequence[Course], language: str) -> Iterator[Finding]:
    elsewhere = {
        stem: (other.facts.slug, question)
        for other in others
        for stem, question in stems(other, language)
    }
    first: dict[str, Question] = {}
    for stem, question in stems(course, language):
        if stem in first:
            other = first[stem]
            yield finding(
                "stem.twice",
                question.file,
                question.line - 1,
                item=question.id,
                other=other.id,
                where=f"{other.file}:{other.line - 1}",
            )
        elif stem in elsewhere:
            slug, other = elsewhere[stem]
            yield finding(
                "stem.elsewhere",
                question.file,
                question.line - 1,
                item=question.id,
                other=other.id,
                course=slug,
                where=f"{other.file}:{other.line - 1}",
            )
        first.setdefault(stem, question)


def stems(course: Course, language: str) -> Iterator[tuple[str, Question]]:
    """Yield each question, checks first, with its stem as letters and digits in one case."""
    for book in (course.checks, course.items):
        for question in book.get(language, {}).values():
            stem = folded(plain(question.stem))
            if len(stem) >= SHORTEST_STEM:
                yield stem, question
