"""How a lesson reads: its words, its sentences, and whether its minutes are enough for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lms.content.model import Course, Document, LessonFacts
from lms.content.quality.findings import Finding, finding
from lms.content.quality.passages import Line, lines_of, words_in

# A learner reads these elsewhere or not at all: a check is answered, a box is filled by a country.
NOT_READ = frozenset({"check", "sources", "trainer", "box"})
LONG_SENTENCE, MOST_LONG, MOST_MEAN = 25, 0.10, 18.0
# Words of a lesson in its source language by its minutes: for up to 14, up to 20, and beyond. Those
# that count differently (is a cell a word, is a number?) differ by a tenth, which is let pass.
LENGTHS, SLACK = ((14, 330, 600), (20, 500, 900), (999, 600, 1200)), 0.10
# Words that a practised adult reads in a minute: Trauzettel-Klosinski and Dietz, "Standardized
# assessment of reading performance: the new International Reading Speed Texts IReST",
# Investigative Ophthalmology & Visual Science 53 (2012), 5452-5461. Kazakh was not measured; it
# builds its words as Turkish does, so it has the Turkish figure. Others have the mean of all 17.
# They were read aloud, which is about as fast as one reads to understand and remember.
RATES = {"ar": 138, "en": 228, "fr": 195, "ru": 184, "kk": 166}
RATE = 184
# The rest is for thinking, for the checks and for a second look: reading once fills a tenth to two
# fifths of the minutes. In English these are 23 to 91 words for each minute of the lesson.
LEAST_READING, MOST_READING = 0.10, 0.40

_LETTER = "a-zà-ÿа-яёәғқңөұүһі"
# A sentence ends at its sign and the quotes that close there, but not where a small letter goes on.
_END = re.compile(
    r"(?<=[.!?؟…])(?:[\u00a0\u202f]?[\"»”’)\]])*\s+"
    rf"(?!»|[\"«“(\s]*[{_LETTER}])|\|"
)
_IS_SENTENCE = re.compile(r".*[.!?؟…:;؛,،][\"»”’)\]\s]*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reading:
    """How one lesson reads in one language.

    words      of what a learner reads, headings and tables included.
    sentences  those of paragraphs and lists; headings and cells are none.
    longer     how many of them have more than 25 words.
    mean       words in a sentence, 0 without any.
    minutes    what the words take to read once.
    """

    lesson: str
    language: str
    words: int
    sentences: int
    longer: int
    mean: float
    minutes: float

    @property
    def share(self) -> float:
        """The part of the sentences that are longer than 25 words, 0 to 1."""
        return self.longer / self.sentences if self.sentences else 0.0


def read_by(course: Course) -> Iterator[tuple[LessonFacts, Reading, list[Line]]]:
    """Yield how each lesson reads in each language that has it, with its long sentences."""
    for lesson in course.facts.lessons():
        for language in course.languages:
            document = course.documents.get(language, {}).get(lesson.code)
            if document is not None:
                yield lesson, *_read(lesson.code, language, document)


def _read(code: str, language: str, document: Document) -> tuple[Reading, list[Line]]:
    words, lengths, long_ones = 0, list[int](), list[Line]()
    for line in lines_of(document):
        if line.block is not None and line.block.name in NOT_READ:
            continue
        words += len(words_in(line.text))
        for sentence in sentences_in(line.text):
            lengths.append(len(words_in(sentence)))
            if lengths[-1] > LONG_SENTENCE:
                long_ones.append(line)
    mean = sum(lengths) / len(lengths) if lengths else 0.0
    minutes = words / RATES.get(language, RATE)
    return Reading(code, language, words, len(lengths), len(long_ones), mean, minutes), long_ones


def sentences_in(text: str) -> list[str]:
    """Return the sentences of one line; what has no sign at its end is a heading or a cell."""
    parts = [part.strip() for part in _END.split(text)]
    return [part for part in parts if _IS_SENTENCE.fullmatch(part) and words_in(part)]


def reading_findings(course: Course) -> Iterator[Finding]:
    """Yield what is too long, too short or too hard to read."""
    for lesson, reading, long_ones in read_by(course):
        file = f"{reading.language}/{lesson.code}.md"
        is_source = reading.language == course.facts.source
        if is_source:
            yield from _length(file, lesson, reading)
        low, high = lesson.minutes * LEAST_READING, lesson.minutes * MOST_READING
        # A translation with few words is not finished, which every reader of the list knows.
        if reading.minutes > high or (is_source and reading.minutes < low):
            yield finding(
                "reading.minutes",
                file,
                0,
                reading=f"{reading.minutes:.1f}",
                minutes=lesson.minutes,
                low=f"{low:.1f}",
                high=f"{high:.1f}",
            )
        if reading.mean > MOST_MEAN:
            yield finding(
                "reading.mean", file, 0, mean=f"{reading.mean:.1f}", most=f"{MOST_MEAN:.0f}"
            )
        if reading.share > MOST_LONG:
            yield finding(
                "reading.sentences",
                file,
                long_ones[0].number,
                share=round(100 * reading.share),
                words=LONG_SENTENCE,
                most=round(100 * MOST_LONG),
            )


def _length(file: str, lesson: LessonFacts, reading: Reading) -> Iterator[Finding]:
    low, high = next((low, high) for most, low, high in LENGTHS if lesson.minutes <= most)
    if not low * (1 - SLACK) <= reading.words <= high * (1 + SLACK):
        code = "reading.short" if reading.words < low else "reading.long"
        yield finding(
            code, file, 0, words=reading.words, minutes=lesson.minutes, low=low, high=high
        )
