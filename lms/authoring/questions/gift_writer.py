"""Questions as GIFT, so that its reader, and Moodle's, find the same again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lms.authoring.questions.gift_answers import WEIGHT
from lms.authoring.questions.understood import (
    ANY_OTHER,
    DESCRIPTION,
    ESSAY,
    FORMATS,
    FULL,
    MATCHING,
    MOODLE,
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
    number,
    path_of,
)
from lms.kernel.messages import msg

NO_CATEGORY = "top"

_SIGNS = re.compile(r"[\\:#={}~]")
_SPACES = re.compile(r"[\r\n\t\x00-\x1f]+")
_PICTURE = re.compile(r"<img\b|@@PLUGINFILE@@|!\[[^\]\n]{0,500}\]\(", re.IGNORECASE)


def write_gift(questions: Iterable[Understood], notes: Notes) -> Iterator[str]:
    """Yield a GIFT file piece by piece; what cannot travel goes into ``notes``."""
    category: tuple[str, ...] = ()
    before = ""
    for question in questions:
        if question.category != category:
            category = question.category
            yield f"{before}$CATEGORY: {_escaped(path_of(category)) or NO_CATEGORY}\n"
            before = "\n"
        yield f"{before}{_Writer(question, notes).item()}\n"
        before = "\n"


class _Writer:
    def __init__(self, question: Understood, notes: Notes) -> None:
        self.question = question
        self.notes = notes
        self.usual = question.stem.format

    def item(self) -> str:
        question = self.question
        texts = [question.stem.text, question.feedback.text]
        texts += [
            text for each in question.options for text in (each.text.text, each.feedback.text)
        ]
        if any(_PICTURE.search(text) for text in texts):
            self._warn("picture", msg("Pictures do not travel in GIFT. Moodle XML can carry them."))
        stem = _escaped(question.stem.text)
        if self.usual != MOODLE or _names_a_format(question.stem.text):
            stem = f"[{self.usual}]{stem}"
        name = _escaped(" ".join(question.name.split()))
        lines = [self._comment(), f"::{name}::{stem}{self._braces()}"]
        return "\n".join(line for line in lines if line)

    def _comment(self) -> str:
        question = self.question
        named = [("id", question.idnumber), *(("tag", tag) for tag in question.tags)]
        said = " ".join(f"[{word}:{_bracketed(value)}]" for word, value in named if value.strip())
        return f"// {said}" if said else ""

    def _braces(self) -> str:
        question = self.question
        if question.kind == DESCRIPTION:
            if question.feedback:
                self._warn(
                    "feedback", msg("A description in GIFT has no feedback; it is left out.")
                )
            return ""
        if question.kind == ESSAY:
            return f" {{####{self._text(question.feedback)}}}" if question.feedback else " {}"
        answers = {
            SINGLE: self._choice,
            MULTIPLE: self._choice,
            TRUEFALSE: self._truefalse,
            SHORT: self._short,
            NUMERIC: self._numeric,
            MATCHING: self._matching,
        }[question.kind]()
        general = f"####{self._text(question.feedback)}" if question.feedback else ""
        return f" {{{answers}{general}}}"

    def _text(self, text: Text) -> str:
        """Return a text with its format where that is not the one of the stem."""
        said = _escaped(text.text)
        if said and (text.format != self.usual or _names_a_format(text.text)):
            return f"[{text.format}]{said}"
        return said

    def _said(self, option: Option, text: str) -> str:
        return f"{text}#{self._text(option.feedback)}" if option.feedback else text

    def _choice(self) -> str:
        several = self.question.kind == MULTIPLE
        written, first = [], not several
        for option in self.question.options:
            text = self._text(option.text)
            if first and option.weight == FULL:
                sign, first = "=", False
            elif option.weight or WEIGHT.match(text):
                sign = f"~%{number(option.weight)}%"
            else:
                sign = "~"
            written.append(sign + self._said(option, text))
        if first:
            self._warn("sum", msg("No answer has the weight 100."))
        if len(written) < 2:
            self._warn("answers", msg("A choice needs at least two answers."))
        return _lines(written)

    def _short(self) -> str:
        options = self.question.options
        if len(options) == 1 and "->" in options[0].text.text and options[0].weight == FULL:
            return self._said(options[0], self._text(options[0].text))  # with = it were a matching
        return _lines(
            f"={self._weight(option, text)}{self._said(option, text)}"
            for option in options
            for text in [self._no_arrow(self._text(option.text))]
        )

    @staticmethod
    def _weight(option: Option, text: str) -> str:
        if option.weight != FULL or WEIGHT.match(text):
            return f"%{number(option.weight)}%"
        return ""

    def _numeric(self) -> str:
        answers, other = [], ""
        for option in self.question.options:
            if option.text.text == ANY_OTHER:
                other = f"~#{self._text(option.feedback)}" if option.feedback else ""
                continue
            value = option.text.text
            if option.tolerance:
                value += f":{number(option.tolerance)}"
            answers.append(f"={self._weight(option, value)}{self._said(option, value)}")
        return "#" + _lines([*answers, other] if other else answers)

    def _matching(self) -> str:
        return _lines(
            f"={self._no_arrow(self._text(pair.left))} -> {_escaped(pair.right)}"
            for pair in self.question.pairs
        )

    def _truefalse(self) -> str:
        true, false = self.question.options
        right, wrong = (true, false) if true.weight > ZERO else (false, true)
        said = "TRUE" if right is true else "FALSE"
        feedbacks = [self._text(wrong.feedback), self._text(right.feedback)]
        while feedbacks and not feedbacks[-1]:
            feedbacks.pop()
        return "".join([said, *(f"#{each}" for each in feedbacks)])

    def _no_arrow(self, text: str) -> str:
        """Return a text without ``->``, which GIFT cannot escape and takes for a pair."""
        if "->" not in text:
            return text
        self._warn(
            "arrow", msg("The sign -> has a meaning of its own in GIFT; it was written as →.")
        )
        return text.replace("->", "→")

    def _warn(self, code: str, msgid: str) -> None:
        self.notes.warn(code, self.question.line, self.question.name, msgid)


def _lines(answers: Iterable[str]) -> str:
    found = list(answers)
    return "\n" + "\n".join(found) + "\n" if len(found) > 1 else "".join(found)


def _escaped(text: str) -> str:
    """Return a text with the six signs and the backslash escaped, and so its line breaks."""
    text = text.replace("\r\n", "\n").replace("\r", "").strip()
    return _SIGNS.sub(r"\\\g<0>", text).replace("\n", "\\n")


def _names_a_format(text: str) -> bool:
    return text.lstrip().startswith(tuple(f"[{name}]" for name in FORMATS))


def _bracketed(text: str) -> str:
    return _SPACES.sub(" ", text).strip().replace("]", "\\]")
