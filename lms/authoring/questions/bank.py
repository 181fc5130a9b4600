"""A question from elsewhere as an item of our banks (courses/FORMAT.md, section 5).

What has no form there is not taken, and what is lost on the way is told: a line of the report for
each, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lms.authoring.questions.markup import turned
from lms.authoring.questions.understood import (
    ANY_OTHER,
    DESCRIPTION,
    ESSAY,
    FULL,
    MATCHING,
    MULTIPLE,
    NUMERIC,
    SHORT,
    SINGLE,
    TRUEFALSE,
    ZERO,
    Notes,
    Option,
    Text,
    Understood,
    is_full,
    number,
    positive_sum,
)
from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.labels import LABELS
from lms.content.questions import MOST_CHOICES, read_question
from lms.kernel.messages import Message, msg

LETTERS = "abcdefghijklmnopqrstuvwxyz"
EXTRA_LETTERS = "xyzuvw"  # of right sides that belong to nothing
# A numeric item names its unit; where the source has none, a dash stands in its place.
NO_UNIT = "—"
PAIRS, MOST_PAIRS = range(3, 7), 9
RIGHT_ONES = range(2, 6)
FACTS_IN_TAGS = ("lesson", "section", "outcome", "difficulty")

_VALUE = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")
_LONGEST_LINE = 3_900

NO_PARTS = msg(
    "One answer must have the weight 100 and no other a part of it: a bank gives no points in part."
)
NO_UNEVEN = msg(
    "The right answers must have the same weight, together 100: a bank gives no points in part."
)
LOST = msg("Has no form in our texts; the words around it stay: %(names)s.")
NO_FORM = {
    ESSAY: msg("A free text is not marked here, so it has no form in a bank."),
    DESCRIPTION: msg("This is a text without a question. Write it into a lesson."),
    SHORT: msg("A short text is for checks in lessons only, not for a bank."),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a bank knows of each item and no other format tells.

    true, false  the two words in the language of the bank.
    unit         of a numeric item.
    """

    lesson: str
    section: str
    outcome: str = "a"
    difficulty: str = "1"
    true: str = LABELS["true"]
    false: str = LABELS["false"]
    unit: str = ""

    def with_tags(self, tags: Iterable[str]) -> Facts:
        """Return the facts with those that tags of our own export say: ``lesson=MR-1.2``."""
        said = dict(tag.split("=", 1) for tag in tags if "=" in tag)
        found = {
            name: said[name]
            for name in FACTS_IN_TAGS
            if re.fullmatch(r"[\w.-]+", said.get(name, ""))
        }
        return replace(self, **found)


def bank_item(question: Understood, item_id: str, facts: Facts, notes: Notes) -> str | None:
    """Return a question as an item of a bank, with the line of its id; None where it has no form.

    notes  gets what is lost, why it has no form, and what has still to be written.
    """
    return _Item(question, item_id, facts, notes).text()


class _Item:
    def __init__(self, question: Understood, item_id: str, facts: Facts, notes: Notes) -> None:
        self.question, self.item_id, self.facts, self.notes = question, item_id, facts, notes
        self.lost: list[str] = []
        self.extra = ""

    def text(self) -> str | None:
        question = self.question
        if question.kind in NO_FORM:
            self._refuse(NO_FORM[question.kind])
            return None
        found = {
            SINGLE: self._single,
            MULTIPLE: self._multiple,
            TRUEFALSE: self._truefalse,
            NUMERIC: self._numeric,
            MATCHING: self._matching,
        }[question.kind]()
        if found is None:
            return None
        kind, lines = found
        stem = self._turned(question.stem)
        if not stem:
            self._refuse(msg("The question has no text, only answers."))
            return None
        why = self._turned(self.question.feedback)
        body = [stem, "", *lines]
        if why:
            body += ["", *_quoted(why, "")]
        facts = self.facts
        words = (
            f"{kind} lesson={facts.lesson} section={facts.section} outcome={facts.outcome} "
            f"difficulty={facts.difficulty}{self.extra}"
        )
        written = "\n".join([f"## {self.item_id}", f"{{{words}}}", "", *body]) + "\n"
        if any(len(line) > _LONGEST_LINE for line in written.split("\n")):
            self._refuse(msg("A text of this question is longer than a line of a bank may be."))
            return None
        self._tell_losses()
        self._check(kind, body)
        return written

    def _turned(self, text: Text, *, one_line: bool = False) -> str:
        found = turned(text, one_line=one_line)
        self.lost += found.lost
        return found.text

    def _single(self) -> tuple[str, list[str]] | None:
        options = self.question.options
        right = [option for option in options if option.weight == FULL]
        if len(right) != 1 or any(ZERO < option.weight < FULL for option in options):
            self._refuse(NO_PARTS)
            return None
        return self._choices("single", options)

    def _multiple(self) -> tuple[str, list[str]] | None:
        options = self.question.options
        weights = [option.weight for option in options if option.weight > ZERO]
        uneven = bool(weights) and max(weights) - min(weights) > FULL / 1000
        if uneven or not is_full(positive_sum(options)):
            self._refuse(NO_UNEVEN)
            return None
        if len(weights) == len(options):
            self._refuse(msg("Every answer is right; a bank needs a wrong one."))
            return None
        if len(weights) == 1:
            return self._choices("single", options)
        if len(weights) not in RIGHT_ONES:
            self._refuse(
                msg("A bank takes 2 to 5 right answers, not %(count)s."), count=len(weights)
            )
            return None
        self.extra = f" choose={len(weights)}"
        return self._choices("multiple", options)

    def _choices(self, kind: str, options: Iterable[Option]) -> tuple[str, list[str]] | None:
        found = tuple(options)
        if len(found) > MOST_CHOICES:
            self._refuse(msg("A bank takes 2 to 8 answers, not %(count)s."), count=len(found))
            return None
        if kind == "single" and any(option.weight < ZERO for option in found):
            self._warn("weight", msg("Points are not taken away for a wrong answer in a bank."))
        lines = []
        for letter, option in zip(LETTERS, found, strict=False):
            mark = "x" if option.weight > ZERO else " "
            words = self._turned(option.text, one_line=True)
            if not words:
                self._refuse(msg("An answer has no words that a bank can show."))
                return None
            lines += [
                f"- [{mark}] {letter}. {words}",
                *_quoted(self._turned(option.feedback), "  "),
            ]
        return kind, lines

    def _truefalse(self) -> tuple[str, list[str]] | None:
        words = (self.facts.true, self.facts.false)
        options = zip(words, self.question.options, strict=True)
        return self._choices(
            "single", [replace(option, text=Text(word, "plain")) for word, option in options]
        )

    def _numeric(self) -> tuple[str, list[str]] | None:
        answers = [each for each in self.question.options if each.text.text != ANY_OTHER]
        if len(answers) != 1 or answers[0].weight != FULL:
            self._refuse(
                msg(
                    "A bank takes one number with one tolerance; this question has several answers."
                )
            )
            return None
        value, tolerance = answers[0].text.text, number(answers[0].tolerance or ZERO)
        if not _VALUE.fullmatch(value) or not _VALUE.fullmatch(tolerance):
            self._refuse(msg("A number in a bank has at most 9 digits and 6 decimals."))
            return None
        feedbacks = [each.feedback for each in self.question.options if each.feedback]
        if feedbacks and not self.question.feedback:
            self.question = replace(self.question, feedback=feedbacks.pop(0))
        if feedbacks:
            self._warn("feedback", msg("Feedback on single replies has no form here; one remains."))
        if not self.facts.unit:
            self._warn("unit", msg("Write the unit in place of the dash: = days"))
        self.extra = f" value={value} tolerance={tolerance}"
        return "numeric", [f"= {self.facts.unit or NO_UNIT}"]

    def _matching(self) -> tuple[str, list[str]] | None:
        pairs = self.question.pairs
        if sum(bool(pair.left) for pair in pairs) not in PAIRS or len(pairs) > MOST_PAIRS:
            self._refuse(msg("A matching in a bank has 3 to 6 pairs."))
            return None
        if len({" ".join(pair.right.split()).casefold() for pair in pairs}) < len(pairs):
            self._refuse(msg("Two pairs have the same right side, which a bank cannot mark."))
            return None
        lines = []
        letters, extra = iter(LETTERS), iter(EXTRA_LETTERS)
        for pair in pairs[:MOST_PAIRS]:
            left = self._turned(pair.left, one_line=True).replace("=>", "→")
            right = self._turned(Text(pair.right, "plain"), one_line=True)
            place = f"{next(letters)}. {left}" if left else f"{next(extra)}."
            lines.append(f"- {place} => {right}")
        return "matching", lines

    def _tell_losses(self) -> None:
        if self.lost:
            self._warn("lost", LOST, names=", ".join(dict.fromkeys(self.lost)))
        if self.question.points != 1:
            self._warn(
                "points",
                msg("Every question of a bank has its own points: %(points)s is not kept."),
                points=number(self.question.points),
            )

    def _check(self, kind: str, body: list[str]) -> None:
        """Let the reader of courses say what the author has still to mend."""
        faults = Faults()
        lines = "".join(f"{line}\n" for line in "\n".join(body).split("\n"))
        read_document("", f"+++\n+++\n\n## x\n{lines}".encode(), faults)
        facts = dict(word.split("=", 1) for word in self.extra.split())
        read_question(self.item_id, kind, facts, lines.splitlines(keepends=True), "", 1, faults)
        for fault in faults:
            self.notes.add(
                "warning", "write", self.question.line, self.question.name, fault.message
            )

    def _refuse(self, msgid: str, **values: object) -> None:
        self.notes.add(
            "error", "no-form", self.question.line, self.question.name, Message(msgid, values)
        )

    def _warn(self, code: str, msgid: str, **values: object) -> None:
        self.notes.warn(code, self.question.line, self.question.name, msgid, **values)


def _quoted(text: str, indent: str) -> list[str]:
    return [f"{indent}> {line}".rstrip() for line in text.split("\n")] if text else []
