"""Aiken: one stem, lettered options, the letter of the right one. Everything in it is plain text.

Source: docs.moodle.org, "Aiken format".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lms.authoring.questions.understood import (
    FULL,
    PLAIN,
    SINGLE,
    ZERO,
    Note,
    Notes,
    Option,
    Text,
    Understood,
    default_name,
    lines_of,
)
from lms.kernel.messages import msg

# Cyrillic capitals that look like the Latin ones: a keyboard that was not switched.
LOOK_ALIKE = str.maketrans("АВСЕКМНОРТХ", "ABCEKMHOPTX")
FULLWIDTH_COLON = "\uff1a"
FEWEST = 2
SHORTEST_LINE = 2

_OPTION = re.compile(r"([A-ZАВСЕ])[.)]\s?(.*)", re.DOTALL)
_OTHER_LETTER = re.compile(r"[А-ЯЁ][.)]\s?")
_ANSWER = re.compile(r"ANSWER\s*([:\uff1a])\s*(.*)", re.DOTALL)
_LETTER = re.compile(r"([A-ZАВСЕ])[.)]?")


@dataclass(slots=True)
class _Open:
    """A question whose ANSWER has not come yet."""

    line: int
    stem: str
    options: list[tuple[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return default_name(Text(self.stem, PLAIN))


class _Reader:
    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.open: _Open | None = None
        self.warnings: list[Note] = []

    def line(self, number: int, line: str) -> Understood | None:
        """Take one line; return the question that it ends."""
        if found := _ANSWER.fullmatch(line):
            return self._answer(number, found[1], found[2].strip())
        if found := _OPTION.fullmatch(line):
            self._option(number, self._latin(number, found[1]), found[2].strip())
        elif self.open is not None and self.open.options and _OTHER_LETTER.match(line):
            self.notes.error(
                "letter",
                number,
                self.open.name,
                msg("The letter of an option is a Latin capital from A to Z."),
            )
        else:
            self._stem(number, line)
        return None

    def end(self) -> None:
        """Report a question without ANSWER at the end of the file."""
        if self.open is not None:
            self.notes.error(
                "unfinished",
                self.open.line,
                self.open.name,
                msg("The file ends before the ANSWER of this question."),
            )

    def _stem(self, number: int, line: str) -> None:
        if self.open is not None:
            self.notes.error(
                "unfinished",
                number,
                self.open.name,
                msg(
                    "A new question begins before the ANSWER of the one in line %(line)s, which is "
                    "lost. A question stands on one line."
                ),
                line=self.open.line,
            )
        self.open, self.warnings = _Open(number, line), []

    def _option(self, number: int, letter: str, text: str) -> None:
        if self.open is None:
            self.notes.error("stem", number, "", msg("An option stands here without a question."))
        elif any(letter == known for known, _ in self.open.options):
            self.notes.error(
                "letter",
                number,
                self.open.name,
                msg("The letter %(letter)s is used twice."),
                letter=letter,
            )
        elif not text:
            self.notes.error(
                "option",
                number,
                self.open.name,
                msg("Option %(letter)s has no text."),
                letter=letter,
            )
        else:
            self.open.options.append((letter, text))

    def _answer(self, number: int, colon: str, said: str) -> Understood | None:
        done, self.open = self.open, None
        if done is None:
            self.notes.error("stem", number, "", msg("An ANSWER stands here without a question."))
            return None
        if colon == FULLWIDTH_COLON:
            self._warn(
                number,
                done.name,
                "colon",
                msg("The colon behind ANSWER is a fullwidth one; it counts as a colon."),
            )
        if len(done.options) < FEWEST:
            self.notes.error(
                "answers", number, done.name, msg("A choice needs at least two answers.")
            )
            return None
        found = _LETTER.fullmatch(said)
        letter = self._latin(number, found[1], done.name) if found else ""
        if letter not in [known for known, _ in done.options]:
            self.notes.error(
                "letter",
                number,
                done.name,
                msg("ANSWER names no option: write one letter of the options above."),
            )
            return None
        return Understood(
            SINGLE,
            done.name,
            Text(done.stem, PLAIN),
            tuple(
                Option(Text(text, PLAIN), FULL if known == letter else ZERO, Text("", PLAIN))
                for known, text in done.options
            ),
            feedback=Text("", PLAIN),
            line=done.line,
            warnings=tuple(self.warnings),
        )

    def _latin(self, number: int, letter: str, name: str = "") -> str:
        if letter.isascii():
            return letter
        latin = letter.translate(LOOK_ALIKE)
        self._warn(
            number,
            name or (self.open.name if self.open else ""),
            "look-alike",
            msg("The letter before this text is Cyrillic; it counts as the Latin %(letter)s."),
            letter=latin,
        )
        return latin

    def _warn(self, number: int, name: str, code: str, msgid: str, **values: object) -> None:
        own = Notes()
        own.warn(code, number, name, msgid, **values)
        for note in own:
            self.notes.add(note.severity, note.code, note.line, note.question, note.message)
            self.warnings.append(note)


def read_aiken(text: str, notes: Notes) -> Iterator[Understood]:
    """Yield the questions of an Aiken file in order; what is wrong goes into ``notes``.

    text  with line ends LF.
    """
    reader = _Reader(notes)
    for number, line in lines_of(text):
        if len(line) < SHORTEST_LINE:
            continue
        if notes.full:
            return
        question = reader.line(number, line)
        if question is not None:
            yield question
    reader.end()
