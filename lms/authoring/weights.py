"""What a lesson weighs on a weak line: bytes, seconds, and whether that is within the budget.

    seconds = delay + 8 * bytes / bits a second

for the page, and the same again for its pictures together where it has any: one delay, since they
are asked for at once. The connection is open already. A lesson that is the first page of all also
brings styles and scripts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from lms.authoring import compiled
from lms.authoring.compiled import CompiledLesson, Voice
from lms.content.labels import spoken
from lms.content.model import Course
from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg
from lms.kernel.packing import as_brotli
from lms.learning.rules import AROUND_A_LESSON, MOST_UNASKED

# The longest lesson in its heaviest language, as the first page of a visit and as a next one.
MOST_FIRST, MOST_NEXT = 20_000, 9_000
MOST_PICTURES = MOST_UNASKED
# Styles and scripts of every page; their own tests keep them at most so large.
STYLES_AND_SCRIPTS = 6_000 + 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a station: bits a second, and seconds until the first of an answer is there."""

    name: str
    bits: int
    delay: float

    def seconds(self, size: int) -> float:
        """Return how long so many bytes take that are asked for at once."""
        return self.delay + 8 * size / self.bits


WEAK, SLOW = Line("64 kbit/s", 64_000, 0.6), Line("250 kbit/s", 250_000, 0.3)


@dataclass(frozen=True, slots=True)
class Weight:
    """One lesson in one language.

    words     bytes of its text as it goes over the line.
    pictures  bytes of its pictures.
    """

    code: str
    language: str
    words: int
    pictures: int = 0

    @property
    def next(self) -> int:
        """Bytes of the page when other pages were open before, without its pictures."""
        return self.words + AROUND_A_LESSON

    @property
    def first(self) -> int:
        """Bytes of the page when it is the first of a visit, without its pictures."""
        return self.next + STYLES_AND_SCRIPTS

    def seconds(self, line: Line) -> float:
        """Return how long the next page takes on a line, with all its pictures."""
        return line.seconds(self.next) + (line.seconds(self.pictures) if self.pictures else 0.0)

    def asks_before(self) -> bool:
        """Return whether readers are asked before the pictures are loaded."""
        return self.pictures > MOST_PICTURES

    def reasons(self) -> list[Message]:
        """Return what is too heavy, in sentences that say what to do; nothing within budget."""
        where = {"code": self.code, "language": self.language}
        found = []
        if self.next > MOST_NEXT or self.first > MOST_FIRST:
            found.append(
                Message(
                    msg(
                        "Lesson %(code)s in %(language)s loads %(size)s bytes, and %(most)s are "
                        "the most: shorten or split it."
                    ),
                    {**where, "size": self.next, "most": MOST_NEXT},
                )
            )
        if self.asks_before():
            found.append(
                Message(
                    msg(
                        "The pictures of lesson %(code)s in %(language)s have %(size)s bytes, and "
                        "%(most)s are the most: leave some out or make them smaller."
                    ),
                    {**where, "size": self.pictures, "most": MOST_PICTURES},
                )
            )
        return found


class TooHeavy(Refused):
    """A course is too heavy for weak lines; ``reasons`` says which lessons, and what to do."""

    def __init__(self, reasons: Sequence[Message]) -> None:
        """Keep the reasons; the sentence counts them."""
        super().__init__(
            Message(
                msg(
                    "%(count)s times the course is too heavy for weak lines. Make it lighter, or "
                    "publish it all the same with a reason."
                ),
                {"count": len(reasons)},
            )
        )
        self.reasons = list(reasons)


def weight(lesson: CompiledLesson) -> Weight:
    """Return what a compiled lesson weighs."""
    words = len(as_brotli(lesson.parts["html"].encode()))
    return Weight(lesson.code, lesson.language, words, lesson.parts.get("pictures", 0))


def weigh(course: Course) -> list[Weight]:
    """Return what each lesson weighs in each language that the course is written in.

    Its fixed words are in English and no country's boxes are filled: some hundred bytes of many
    thousand. Languages that a reader falls back from weigh as much as those that they fall back to.
    """
    voices = {each: Voice(spoken(str), date.isoformat) for each in course.languages}
    codes = course.facts.codes()
    return [weight(each) for each in compiled.lessons(course, None, voices, codes)]


def refuse_heavy(lessons: Iterable[CompiledLesson], because: str = "") -> None:
    """Refuse what is over the budget, unless whoever approves it says why it goes out.

    because  the reason, which goes into the audit; blank for none.
    raises   TooHeavy.
    """
    reasons = [reason for lesson in lessons for reason in weight(lesson).reasons()]
    if reasons and not because.strip():
        raise TooHeavy(reasons)


def table(weights: Iterable[Weight]) -> list[str]:
    """Return the weights of a course as lines, a lesson and a language each; * is too heavy."""
    rows = [
        f"{each.code:<8} {each.language:<3} {each.next / 1000:5.1f} {each.pictures / 1000:8.1f} "
        f"{each.seconds(WEAK):10.1f} {each.seconds(SLOW):10.1f}{' *' if each.reasons() else ''}"
        for each in weights
    ]
    return [
        f"{'lesson':<12} {'kB':>5} {'pictures':>8} {WEAK.name:>10} {SLOW.name:>10}",
        *rows,
        "kB: the page as a next one. Seconds: for the page and again for its pictures",
        "delay (0.6 s, 0.3 s) + 8 x bytes / bits a second.",
        f"* is more than {MOST_NEXT / 1000:g} kB, or {MOST_PICTURES / 1000:g} kB of pictures.",
    ]
