"""What a file of questions would do to a bank. Pure: nothing is written here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lms.authoring.bank.glance import read_item
from lms.authoring.bank.typed import LETTERS
from lms.authoring.questions.bank import Facts, bank_item
from lms.authoring.questions.understood import Note, Notes, Text, Understood
from lms.content.item_text import written
from lms.content.model import Question

SKIP, UPDATE, ADD = "skip", "update", "add"
NEW = "-000"  # behind the module: the code of an item that has none yet


@dataclass(frozen=True, slots=True)
class Plan:
    """What would become of a file.

    new      items without a code; changed: those that take the place of the item of their code.
    skipped  codes of items that the bank has already.
    refused  how many questions are not taken; ``notes`` say why.
    """

    new: tuple[Question, ...] = ()
    changed: tuple[Question, ...] = ()
    skipped: tuple[str, ...] = ()
    refused: int = 0
    notes: tuple[Note, ...] = ()

    @property
    def writes(self) -> int:
        """How many items would be written."""
        return len(self.new) + len(self.changed)


@dataclass(frozen=True, slots=True)
class Blocks:
    """Items as the text of a bank, until somebody takes them.

    new      in which each has the code ``NEW`` behind its module.
    changed  code -> block.
    """

    new: tuple[str, ...] = ()
    changed: Mapping[str, str] = field(default_factory=dict)

    def packed(self) -> bytes:
        """Return them as a file."""
        return json.dumps([self.new, dict(self.changed)], ensure_ascii=False).encode()


def unpacked(data: bytes) -> Blocks:
    """Return what ``Blocks.packed`` made."""
    new, changed = json.loads(data)
    return Blocks(tuple(new), changed)


def blocks_of(found: Plan) -> Blocks:
    """Return the items that a plan writes as text."""
    return Blocks(
        tuple(written(item) for item in found.new),
        {item.id: written(item) for item in found.changed},
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an author has chosen for a file.

    facts  what the file does not say; lessons: those that its tags may name, each with its parts
           and its outcomes.
    why    feedback for questions that bring none; empty: those are not taken.
    known  what happens to questions that the bank has: a constant above.
    """

    module: str
    facts: Facts
    lessons: Mapping[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    why: str = ""
    known: str = SKIP


def plan(
    questions: Iterable[Understood], notes: Iterable[Note], bank: Sequence[Question], wanted: Wanted
) -> Plan:
    """Return what a file would do.

    notes  of reading it.
    bank   every item that the module has.
    """
    report = Notes()
    for note in notes:
        report.add(note.severity, note.code, note.line, note.question, note.message)
    by_code = {item.id: item for item in bank}
    by_words = {words_of(item): item.id for item in bank}
    new, changed, skipped, refused = list[Question](), dict[str, Question](), list[str](), 0
    for question in questions:
        item = _item(question, wanted, report)
        if item is None:
            refused += 1
            continue
        same = by_words.get(words_of(item), "")
        code = question.idnumber if question.idnumber in by_code else same
        if not code or (wanted.known == ADD and not same.endswith(NEW)):
            new.append(item)
            by_words.setdefault(words_of(item), item.id)
        elif wanted.known == UPDATE and code in by_code and code not in changed and not same:
            changed[code] = with_letters_of(by_code[code], item)
        else:
            skipped.append(code)
    return Plan(tuple(new), tuple(changed.values()), tuple(skipped), refused, tuple(report))


def _item(question: Understood, wanted: Wanted, notes: Notes) -> Question | None:
    """Return a question as an item; None, and the reason in ``notes``, where it is not taken."""
    said = any(option.feedback for option in question.options)
    if wanted.why and not question.feedback and not said:
        question = replace(question, feedback=Text(wanted.why, "markdown"))
    facts = wanted.facts.with_tags(question.tags)
    parts, outcomes = wanted.lessons.get(facts.lesson, (frozenset(), frozenset()))
    if facts.section not in parts or (outcomes and facts.outcome not in outcomes):
        facts = replace(wanted.facts, difficulty=facts.difficulty)
    if facts.difficulty not in {"1", "2", "3"}:
        facts = replace(facts, difficulty=wanted.facts.difficulty)
    own = Notes()
    text = bank_item(question, f"{wanted.module}{NEW}", facts, own)
    found, faults = read_item(f"bank/{wanted.module}.md", text) if text else (None, ())
    for note in own:
        if note.code != "write":  # said below, as the reason why it is not taken
            notes.add(note.severity, note.code, note.line, note.question, note.message)
    for fault in faults:
        notes.add("error", "format", question.line, question.name, fault.message)
    return found


def words_of(item: Question) -> tuple[object, ...]:
    """Return what is the same for the same question, whatever its code, facts and letters."""
    choices = sorted((each.text, each.right) for each in item.choices)
    pairs = sorted((left, right) for _, left, right in item.pairs)
    value = (item.facts.get("value"), item.facts.get("tolerance"), item.unit)
    return item.kind, " ".join(item.stem.split()), tuple(choices), tuple(pairs), value


def with_letters_of(before: Question, after: Question) -> Question:
    """Return an item in the place of another: its code and slot, and the letters of equal words.

    A choice in the same place whose words changed keeps its letter; a new one gets the next.
    """
    facts = dict(after.facts)
    if "critical" in before.facts:
        facts["critical"] = before.facts["critical"]
    old = [(each.letter, each.text) for each in before.choices]
    old += [(letter, left or right) for letter, left, right in before.pairs]
    new = [each.text for each in after.choices]
    new += [left or right for _, left, right in after.pairs]
    letters = _letters(old, new) if before.kind == after.kind else list(LETTERS[: len(new)])
    return replace(
        after,
        id=before.id,
        facts=facts,
        choices=tuple(
            replace(each, letter=letter)
            for each, letter in zip(after.choices, letters, strict=False)
        ),
        pairs=tuple(
            (letter, left, right)
            for (_, left, right), letter in zip(after.pairs, letters, strict=False)
        ),
    )


def _letters(old: Sequence[tuple[str, str]], new: Sequence[str]) -> list[str]:
    by_text = {text: letter for letter, text in old}
    given = [by_text.pop(text, "") for text in new]
    left = set(by_text.values())
    known = {letter for letter, _ in old}
    last = max(known, default="`")
    later = [each for each in LETTERS if each > last]
    free = iter(later + [each for each in LETTERS if each < last and each not in known])
    for place, letter in enumerate(given):
        if not letter and place < len(old) and old[place][0] in left:
            given[place] = old[place][0]
            left.discard(old[place][0])
    return [letter or next(free) for letter in given]
