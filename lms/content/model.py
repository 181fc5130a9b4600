"""A course as it was read: typed values that still know the file and line they came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lms.content.pictures import Picture

Day = date  # for classes with a field of that name


@dataclass(frozen=True, slots=True)
class Block:
    """The text from a line with an id to the next one.

    name   ``section`` for a heading of level two, else the container's name.
    words  what follows the container's name: ``("MR-1.1-c1", "single")``; a heading's text.
    body   the lines inside, without the first (and without ``:::``), as written.
    raw    every line with its line end, blank ones behind included: joined they are the file.
    """

    id: str
    name: str
    words: tuple[str, ...]
    body: str
    raw: str
    line: int

    @property
    def title(self) -> str:
        """The heading's text; empty for a container."""
        return self.words[0] if self.name == "section" else ""


@dataclass(frozen=True, slots=True)
class Document:
    """One text file: ``lead`` is everything before the first block, as written."""

    path: str
    front: Mapping[str, Any]
    lead: str
    blocks: tuple[Block, ...]

    def text(self) -> str:
        """Return the file, byte for byte what was read."""
        return self.lead + "".join(block.raw for block in self.blocks)

    def block(self, block_id: str) -> Block | None:
        """Return the block with this id, None when the file has none."""
        return next((block for block in self.blocks if block.id == block_id), None)


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: its permanent letter, its words, whether it is right, why (Markdown)."""

    letter: str
    text: str
    right: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One decision of a scenario."""

    id: str
    prompt: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A check or a bank item, in one language.

    choices  of single, multiple, truefalse-reason (the reasons) and ordering (in right order).
    pairs    of matching: letter, left side (empty for an extra right side), right side.
    accepts  of short: what counts as right in this language.
    unit     of numeric.
    why      feedback on the whole question.
    """

    id: str
    kind: str
    facts: Mapping[str, str]
    stem: str
    choices: tuple[Choice, ...] = ()
    steps: tuple[Step, ...] = ()
    pairs: tuple[tuple[str, str, str], ...] = ()
    accepts: tuple[str, ...] = ()
    unit: str = ""
    why: str = ""
    file: str = ""
    line: int = 0

    def key(self) -> dict[str, Any]:
        """Return what marking needs, as ``lms.assessment.marking`` reads it."""
        if self.kind == "scenario":
            return {
                "steps": [
                    {
                        "id": step.id,
                        "choices": [choice.letter for choice in step.choices],
                        "right": next((c.letter for c in step.choices if c.right), ""),
                    }
                    for step in self.steps
                ]
            }
        if self.kind == "ordering":
            return {"order": [choice.letter for choice in self.choices]}
        if self.kind == "matching":
            return {
                "pairs": {letter: letter.upper() for letter, left, _ in self.pairs if left},
                "rights": [letter.upper() for letter, _, _ in self.pairs],
            }
        if self.kind == "numeric":
            return {"value": self.facts["value"], "tolerance": self.facts.get("tolerance", "0")}
        if self.kind == "short":
            return {"accepts": list(self.accepts)}
        letters = [choice.letter for choice in self.choices]
        right = [choice.letter for choice in self.choices if choice.right]
        if self.kind == "multiple":
            return {"choices": letters, "right": right, "choose": int(self.facts["choose"])}
        if self.kind == "truefalse-reason":
            return {"claim": self.facts["claim"], "reasons": letters, "right": right[0]}
        return {"choices": letters, "right": right[0]}


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """One lesson of ``course.toml``."""

    code: str
    minutes: int


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """One module of ``course.toml``."""

    code: str
    lessons: tuple[LessonFacts, ...]

    @property
    def minutes(self) -> int:
        """The study time of all its lessons."""
        return sum(lesson.minutes for lesson in self.lessons)


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """What ``course.toml`` says, see FORMAT.md section 2."""

    id: str
    slug: str
    kind: str
    source: str
    access: str
    audience: tuple[str, ...]
    prerequisites: tuple[str, ...]
    validity_months: int
    review_by: date
    themes: tuple[str, ...]
    licence: str
    pass_rule: Mapping[str, Any]
    refresher: Mapping[str, int]
    tests: Mapping[str, Mapping[str, int]]
    critical: Mapping[str, str]  # slot -> lesson
    boxes: Mapping[str, bool]  # box code -> blocking
    modules: tuple[ModuleFacts, ...]

    def lessons(self) -> Iterator[LessonFacts]:
        """Yield every lesson in the order in which it is taught."""
        for module in self.modules:
            yield from module.lessons

    def codes(self) -> tuple[str, ...]:
        """Return the lesson codes in order."""
        return tuple(lesson.code for lesson in self.lessons())


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """What a country says about one box; its words lie in ``boxes.md``.

    review_by  the last day on which it counts as looked after.
    made_from  digest of what the core asked when it was filled, see ``readiness.box_digest``.
    """

    code: str
    status: str  # empty, draft, confirmed, under-review
    legal_source: str = ""
    date: date | None = None
    checker: str = ""
    review_by: Day | None = None
    made_from: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """What a country hides, replaces or closes: the law that says so, when and by whom checked.

    words      language -> what learners are told besides; of a module and of the course.
    made_from  digest of the core's block or item as it was when that was decided.
    """

    law: str = ""
    date: date | None = None
    checker: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    made_from: str = ""


@dataclass(frozen=True, slots=True)
class NationFacts:
    """One national layer.

    items_out     every item that is left out; ``items_closed`` those of them with a law.
    items_from    digest of the core's item when it was left out, of those without a law.
    pass_rule     what it says otherwise than the course, by the names of ``[pass]``.
    texts         language -> ``boxes.md``; ``replacements`` -> ``replaced.md``.
    source        the language in which its own questions have their key.
    banks         language -> module -> the file of its own questions.
    items         language -> item id -> question of its own, as ``Course.items``.
    """

    code: str
    boxes: Mapping[str, BoxFacts] = field(default_factory=dict)
    hidden: Mapping[str, Limit] = field(default_factory=dict)  # block id ->
    replaced: Mapping[str, Limit] = field(default_factory=dict)  # block id ->
    items_out: frozenset[str] = frozenset()
    items_closed: Mapping[str, Limit] = field(default_factory=dict)  # item id ->
    items_from: Mapping[str, str] = field(default_factory=dict)  # item id ->
    closed: Mapping[str, Limit] = field(default_factory=dict)  # module code ->
    closed_course: Limit | None = None
    pass_rule: Mapping[str, int] = field(default_factory=dict)
    validity_months: int | None = None
    texts: Mapping[str, Document] = field(default_factory=dict)
    replacements: Mapping[str, Document] = field(default_factory=dict)
    source: str = ""
    banks: Mapping[str, Mapping[str, Document]] = field(default_factory=dict)
    items: Mapping[str, Mapping[str, Question]] = field(default_factory=dict)

    @property
    def own_items(self) -> Mapping[str, Question]:
        """The country's own questions by their codes, in the language that has their key."""
        return self.items.get(self.source, {})


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of ``changes.toml``."""

    block: str
    old: str
    new: str
    severity: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """A whole course without faults.

    files      every file as bytes, by path inside the folder.
    documents  language -> file name without ending (``MR-1.1``, ``course``, ``bank/MR-1``).
    items      language -> item id -> bank item, in the order of the files.
    checks     language -> check id -> question.
    pictures   name inside ``media/`` -> what it is.
    """

    facts: CourseFacts
    files: Mapping[str, bytes]
    documents: Mapping[str, Mapping[str, Document]]
    items: Mapping[str, Mapping[str, Question]]
    checks: Mapping[str, Mapping[str, Question]]
    nations: Mapping[str, NationFacts]
    changes: tuple[Change, ...]
    pictures: Mapping[str, Picture] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """The source language, then the others by name."""
        others = sorted(set(self.documents) - {self.facts.source})
        return (self.facts.source, *others)
