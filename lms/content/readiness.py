"""What a country has still to do for a course, and what its law limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lms.content.boxes import asked_boxes, blocking_boxes, filling, status_of
from lms.content.freshness import behind_law, untranslated_items
from lms.content.model import Course, Limit, NationFacts
from lms.content.nation_bank import own_codes
from lms.kernel.messages import Message, msg

Day = date
# The states of a box that hold a certificate up, in words.
BOX_WORDS: Mapping[str, str] = {
    "empty": msg("Box %(code)s has no words yet. Write them."),
    "draft": msg("Box %(code)s is a draft. Confirm it, with its legal source."),
    "under-review": msg("Box %(code)s is under review. Confirm it anew."),
}
# What a law limits, in words: heads of the lines of the register.
LIMIT_WORDS: Mapping[str, str] = {
    "course": msg("Course closed"),
    "module": msg("Module closed"),
    # Translators: a block is a part of a lesson under one heading.
    "hidden": msg("Block not shown"),
    "replaced": msg("Block replaced by the country's own"),
    "item": msg("Question not asked"),
    "own": msg("Question of the country's own"),
}


@dataclass(frozen=True, slots=True)
class BoxRow:
    """One place where a lesson asks something of the country.

    lesson, block  empty for a box that no lesson has.
    status         empty also where it has no words in any language.
    overdue        whether the day for looking at it again has passed.
    languages      in which the country has words for it.
    """

    lesson: str
    block: str
    code: str
    status: str
    legal_source: str
    date: date | None
    checker: str
    review_by: Day | None
    overdue: bool
    blocking: bool
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why no certificate can be given in a language, and where that is mended.

    kind    ``handbook``, ``course``, ``items``, ``law`` or ``box``.
    code    of the box, the item or the block; lesson is empty where it is none of a lesson.
    stops   False where the certificate is given and says so on the paper.
    """

    kind: str
    message: Message
    code: str = ""
    lesson: str = ""
    stops: bool = True


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One line of the register: ``kind`` is a key of ``LIMIT_WORDS``, code says which one."""

    kind: str
    code: str
    law: str
    date: date | None
    checker: str


def readiness(course: Course, nation: NationFacts, *, today: date) -> tuple[BoxRow, ...]:
    """Return every box that the course shows in this country, in the order of the lessons."""
    shown = [(lesson, block.id, block.words[0]) for lesson, block in asked_boxes(course, nation)]
    anywhere = {block.words[0] for _, block in asked_boxes(course, NationFacts(nation.code))}
    nowhere = [("", "", code) for code in course.facts.boxes if code not in anywhere]
    blocking = blocking_boxes(course, nation)
    rows = []
    for lesson, block, code in [*shown, *nowhere]:
        facts = nation.boxes.get(code)
        review_by = facts.review_by if facts else None
        rows.append(
            BoxRow(
                lesson,
                block,
                code,
                status_of(nation, code),
                facts.legal_source if facts else "",
                facts.date if facts else None,
                facts.checker if facts else "",
                review_by,
                overdue=review_by is not None and review_by < today,
                blocking=code in blocking,
                languages=tuple(
                    sorted(each for each in nation.texts if filling(nation, code, each))
                ),
            )
        )
    return tuple(rows)


def may_certify(
    course: Course, nation: NationFacts, language: str, *, boxes_stop: bool
) -> tuple[Reason, ...]:
    """Return what stands between a test in ``language`` and its certificate; nothing: all is well.

    boxes_stop  whether this installation's certificates wait for boxes that block; otherwise
                they are reasons that do not stop it.
    """
    if "post" not in course.facts.tests:
        return (Reason("handbook", Message(msg("This course has no final test."))),)
    return (
        *_closed(nation),
        *_untranslated(course, nation, language),
        *_behind(course, nation, language),
        *_open(course, nation, boxes_stop=boxes_stop),
    )


def _closed(nation: NationFacts) -> Iterator[Reason]:
    if nation.closed_course is not None:
        said = msg("The course is closed in this country: %(law)s")
        yield Reason("course", Message(said, {"law": nation.closed_course.law}))


def _untranslated(course: Course, nation: NationFacts, language: str) -> Iterator[Reason]:
    missing = untranslated_items(course, nation, language)
    if missing:
        said = msg(
            "Questions that are not translated, or no longer: %(count)s. The first is %(item)s."
        )
        values = {"count": len(missing), "item": missing[0]}
        yield Reason("items", Message(said, values), missing[0])


def _behind(course: Course, nation: NationFacts, language: str) -> Iterator[Reason]:
    for key in behind_law(course, nation, language):
        said = msg("The law has changed since %(block)s was translated. Review the translation.")
        yield Reason("law", Message(said, {"block": key}), key, _lesson_of(course, key))


def _open(course: Course, nation: NationFacts, *, boxes_stop: bool) -> Iterator[Reason]:
    places = {block.words[0]: lesson for lesson, block in asked_boxes(course, nation)}
    for code in blocking_boxes(course, nation):
        status = status_of(nation, code)
        if status in BOX_WORDS:
            said = Message(BOX_WORDS[status], {"code": code})
            yield Reason("box", said, code, places.get(code, ""), stops=boxes_stop)


def _lesson_of(course: Course, key: str) -> str:
    source = course.documents[course.facts.source]
    return next((code for code in course.facts.codes() if source[code].block(key)), "")


def limits(nation: NationFacts) -> tuple[LimitRow, ...]:
    """Return the register of a country: what is closed or changed, by which law; what is own."""
    kinds: tuple[tuple[str, Mapping[str, Limit]], ...] = (
        ("course", {"": nation.closed_course} if nation.closed_course else {}),
        ("module", nation.closed),
        ("hidden", nation.hidden),
        ("replaced", nation.replaced),
        ("item", {item: nation.items_closed.get(item, Limit()) for item in nation.items_out}),
        ("own", {item: Limit() for item in own_codes(nation)}),
    )
    return tuple(
        LimitRow(kind, code, found[code].law, found[code].date, found[code].checker)
        for kind, found in kinds
        for code in sorted(found)
    )
