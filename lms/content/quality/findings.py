"""What the measures of a course say: where it is, how much it weighs, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lms.kernel.messages import Message, msg

FAULT, WARNING, NOTE = "fault", "warning", "note"

# Commands print these sentences in English, pages in the reader's language.
# A fault fails the command, and no edition is made while there is one.
FAULTS = {
    "outcome.uncovered": msg(
        "No item of the bank asks for outcome %(outcome)s of %(lesson)s. Write one."
    ),
    "outcome.unknown": msg(
        "%(lesson)s lists no outcome %(outcome)s. Write the letter of the outcome that "
        "%(item)s asks for."
    ),
    "length.mostly": msg(
        "The right choice is the longest in %(longest)s of %(decisions)s decisions: choosing "
        "the longest passes the test. Shorten right ones, for example in: %(items)s."
    ),
    "stem.twice": msg(
        "%(item)s asks the same as %(other)s (%(where)s). Ask something else in one."
    ),
    "rule.unknown": msg(
        "There is no Rule %(rule)s: the %(instrument)s go from 1 to %(most)s. Look the number up."
    ),
    "rule.differs": msg(
        "The source text names %(source)s here, this text %(here)s. Give the same numbers."
    ),
    "residue.block": msg("The block %(block)s is still in the source language. Translate it."),
    "residue.words": msg("“%(words)s” stands in the source text too. Translate these words."),
    "residue.neighbour": msg(
        "“%(word)s” has a Kazakh letter in a Russian text. Write the Russian word."
    ),
    "script.mixed": msg(
        "The word “%(word)s” mixes %(one)s and %(other)s letters (%(letters)s). Type it again"
        " in one script."
    ),
    "script.lone": msg(
        "“%(letter)s” is a Latin letter between Cyrillic words. Type the Cyrillic one."
    ),
    "sign.arabic": msg("“%(sign)s” stands in Arabic text. Write “%(wanted)s”."),
    "sign.quote": msg("A straight quote stands in this text. Write “%(wanted)s”."),
    "sign.space": msg(
        "In French a no-break space (U+00A0 or U+202F) stands between “%(sign)s” and the "
        "words. Put one there."
    ),
    "heading.empty": msg("This heading has no words. Write them, or take it away."),
    "heading.level": msg(
        "This is no heading inside a part. Write ### and a space at the beginning of the line."
    ),
    "heading.place": msg(
        "A heading here skips a level: questions, glossary and description have none. Write a "
        "sentence."
    ),
    "link.empty": msg("This link has no words. Write in its brackets where it leads."),
    "table.head": msg(
        "This table has no row of headings. Write one, and below it a line |---|---| with as "
        "many columns."
    ),
    "table.column": msg("A column of this table has no heading. Write one in the first row."),
}
# A warning is to be mended, or answered with a reason.
WARNINGS = {
    "reading.short": msg(
        "The lesson has %(words)s words for %(minutes)s minutes. Write %(low)s to %(high)s."
    ),
    "reading.long": msg(
        "The lesson has %(words)s words for %(minutes)s minutes. Shorten it to %(low)s to "
        "%(high)s, or split it."
    ),
    "reading.minutes": msg(
        "Reading takes about %(reading)s of the %(minutes)s minutes. Change the text or "
        "minutes = in course.toml: %(low)s to %(high)s minutes of reading fit."
    ),
    "reading.mean": msg(
        "A sentence has %(mean)s words on average. Split long ones: %(most)s is the most."
    ),
    "reading.sentences": msg(
        "%(share)s %% of the sentences have more than %(words)s words, the first here. Split "
        "them until it is %(most)s %% at most."
    ),
    "length.longest": msg(
        "The right choice is the longest in %(longest)s of %(decisions)s decisions; a third "
        "is the most. Shorten right ones or lengthen wrong ones, for example in: %(items)s."
    ),
    "key.place": msg(
        "Of %(decisions)s decisions with %(choices)s choices, %(times)s have the right one in"
        " place %(place)s; %(most)s is the most. Let other places be right more often."
    ),
    "stem.elsewhere": msg(
        "%(item)s asks the same as %(other)s of %(course)s (%(where)s). Whoever took the "
        "other course knows it: ask something else."
    ),
    "term.unlinked": msg(
        "The source text leads to the word %(term)s of the glossary, this text does not. Add "
        "the link (term:%(term)s)."
    ),
    "term.missing": msg("The glossary explains no %(term)s in this language. Translate its block."),
    "term.other": msg(
        "“%(words)s” leads to the glossary's “%(heading)s”, but shares no word with it. Use "
        "the glossary's word."
    ),
    "term.avoided": msg(
        "“%(words)s” is a word that the glossary says not to use. Use “%(heading)s”."
    ),
    "link.address": msg(
        "The words of the link are the address “%(words)s”, which nobody understands who hears "
        "it. Write what is there."
    ),
    "link.here": msg(
        "“%(words)s” says nothing to readers who hear only the links. Write what is there."
    ),
    "table.alone": msg(
        "Nothing says what this table shows. Write a sentence between the heading and the table."
    ),
    "sign.apostrophe": msg("A straight apostrophe stands in “%(word)s”. Write ’."),
}
# A note asks a person to read the place, which may well be right as it is.
NOTES = {
    "figure.lost": msg(
        "The source text has %(figures)s in figures here, this text has not. Make sure that it "
        "says the same in words."
    ),
    "people.named": msg(
        "It names a %(kind)s: “%(words)s”. Read the place: nobody may become a suspect by "
        "origin, faith or looks."
    ),
    "people.label": msg(
        "The right choice calls somebody “%(words)s”. Read the place: describe what was done,"
        " not what a person is."
    ),
}
# Every sentence with its weight.
SENTENCES: Mapping[str, tuple[str, str]] = {
    code: (severity, sentence)
    for severity, sentences in ((FAULT, FAULTS), (WARNING, WARNINGS), (NOTE, NOTES))
    for code, sentence in sentences.items()
}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that a measure found.

    file, line  inside the course folder; line from 1, 0 for the whole file.
    code        the measure and what it found, as in ``SENTENCES``.
    text        the whole sentence, in English.
    message     the same sentence with its values, for a page.
    """

    file: str
    line: int
    code: str
    text: str
    severity: str = field(compare=False)
    message: Message = field(compare=False)

    def __str__(self) -> str:
        """Return ``file:line: severity: sentence`` as compilers write it."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.severity}: {self.text}"


def finding(code: str, file: str, line: int, **values: object) -> Finding:
    """Return the finding ``code`` of ``SENTENCES`` with its values in its sentence.

    values  words of English among them are sentences themselves (``Message``), so that a page
            can say them in its language.
    """
    severity, sentence = SENTENCES[code]
    message = Message(sentence, values)
    return Finding(file, line, code, str(message), severity, message)
