"""Questions from Markdown: the structure once in the source language, words in every language."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from lms.content.faults import Faults, Place
from lms.content.model import Choice, Question, Step
from lms.content.passages import Line, Passage, joined, pair_in, passages_in
from lms.kernel.messages import msg

KINDS = frozenset(
    {"single", "multiple", "truefalse-reason", "ordering", "matching", "numeric", "scenario",
     "short"}
)  # fmt: skip
FACTS = frozenset(
    {"lesson", "section", "outcome", "difficulty", "critical", "choose", "claim", "value",
     "tolerance"}
)  # fmt: skip
NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")
MOST_CHOICES, FEWEST_STEPS, MOST_STEPS = 8, 3, 4


def facts_of(words: Sequence[str]) -> tuple[str, dict[str, str], list[str]]:
    """Return kind, facts and the words that are neither: ``single lesson=MR-1.1``."""
    kind, facts, strange = "", {}, []
    for word in words:
        name, sign, value = word.partition("=")
        if sign and name in FACTS and value and name not in facts:
            facts[name] = value
        elif not sign and word in KINDS and not kind:
            kind = word
        else:
            strange.append(word)
    return kind, facts, strange


def read_question(
    question_id: str,
    kind: str,
    facts: Mapping[str, str],
    lines: Sequence[str],
    file: str,
    line: int,
    faults: Faults,
    *,
    source: Question | None = None,
) -> Question | None:
    """Return the question in ``lines``, None (and faults) where it is not one.

    line    the number of the first of ``lines`` in the file.
    source  the same question in the source language when this is a translation: then kind,
            facts and key are that one's, and the letters must be the same.
    """
    parts = passages_in(lines, line)
    head, steps = parts[0], parts[1:]
    place = Place(faults, file, line)
    if source is not None:
        return _translated(source, head, steps, place)
    if not _complete(kind, facts, head, steps, place):
        return None
    chosen = head.ordered if kind == "ordering" else head.choices
    return Question(
        id=question_id,
        kind=kind,
        facts=dict(facts),
        stem=joined(head.stem),
        choices=()
        if kind == "matching"
        else tuple(each.choice(right=bool(each.mark)) for each in chosen),
        steps=tuple(
            Step(
                part.id,
                joined(part.stem),
                tuple(each.choice(right=bool(each.mark)) for each in part.choices),
            )
            for part in steps
        ),
        pairs=tuple(pair_in(each) for each in head.choices) if kind == "matching" else (),
        accepts=tuple(head.accepts) if kind == "short" else (),
        unit=head.accepts[0] if kind == "numeric" and head.accepts else "",
        why=joined(head.why + [line for part in steps for line in part.why]),
        file=file,
        line=line,
    )


def _complete(
    kind: str, facts: Mapping[str, str], head: Passage, steps: Sequence[Passage], place: Place
) -> bool:
    """Return whether a question has all that its kind needs; what is missing is noted."""
    before = len(place.faults)
    if kind not in KINDS:
        place.add(msg("Name the kind of question: %(kinds)s."), kinds=", ".join(sorted(KINDS)))
        return False
    if not joined(head.stem):
        place.add(msg("The question has no text before its choices."))
    if kind in {"single", "multiple", "truefalse-reason"}:
        _check_chosen(kind, facts, head.choices, place)
    elif kind == "ordering":
        _check_ordering(head.ordered, place)
    elif kind == "matching":
        _check_matching(head.choices, place)
    elif kind == "numeric":
        _check_numeric(facts, place)
    elif kind == "short":
        if not head.accepts:
            place.add(msg("Write each accepted answer on a line: = fifteen days"))
    else:
        _check_steps(steps, place)
    if kind != "scenario" and steps:
        place.add(msg("Only a scenario has steps ### s1, ### s2."))
    if not _has_feedback(kind, head, steps):
        place.add(msg("Say why: quote a reason (> …) below each choice, or one after the last."))
    return len(place.faults) == before


def _check_chosen(
    kind: str, facts: Mapping[str, str], choices: Sequence[Line], place: Place
) -> None:
    right = _count(facts.get("choose", ""), place) if kind == "multiple" else 1
    _check_choices(choices, right, place)
    if kind == "truefalse-reason" and facts.get("claim") not in {"true", "false"}:
        place.add(msg("Write claim=true or claim=false behind the kind."))


def _check_ordering(lines: Sequence[Line], place: Place) -> None:
    if not 3 <= len(lines) <= 7:
        place.add(msg("An ordering has 3 to 7 lines such as: 1. b. text"))
    letters = [each.letter for each in lines]
    if len(letters) >= 3 and letters == sorted(letters):
        place.add(msg("The letters stand in alphabetical order and give the answer away."))
    _check_letters(lines, place)


def _check_matching(lines: Sequence[Line], place: Place) -> None:
    pairs = [pair_in(each) for each in lines]
    if not 3 <= sum(bool(left) for _, left, _ in pairs) <= 6 or any(not r for *_, r in pairs):
        place.add(msg("A matching has 3 to 6 lines such as: - a. left => right"))
    _check_letters(lines, place)


def _check_numeric(facts: Mapping[str, str], place: Place) -> None:
    value, tolerance = facts.get("value", ""), facts.get("tolerance", "0")
    are_numbers = NUMBER.fullmatch(value) and NUMBER.fullmatch(tolerance)
    if not are_numbers or tolerance.startswith("-"):
        place.add(msg("Write value= and tolerance= as numbers behind the kind."))


def _count(text: str, place: Place) -> int:
    if text in {"2", "3", "4", "5"}:
        return int(text)
    place.add(msg("Write choose= and how many choices are right, from 2 to 5."))
    return -1


def _check_choices(choices: Sequence[Line], right: int, place: Place) -> None:
    if not 2 <= len(choices) <= MOST_CHOICES:
        place.add(msg("A question has 2 to 8 choices such as: - [x] a. text"))
        return
    if any(each.mark is None for each in choices):
        place.add(msg("Mark each choice with [x] or [ ]."))
        return
    marked = sum(bool(each.mark) for each in choices)
    if right > 0 and (marked != right or marked == len(choices)):
        place.add(msg("%(count)s choices must be marked [x], and others not."), count=right)
    _check_letters(choices, place)


def _check_letters(lines: Sequence[Line], place: Place) -> None:
    seen: set[str] = set()
    for each in lines:
        if each.letter in seen:
            twice = msg("The letter %(letter)s is used twice.")
            place.faults.add(place.file, each.line, twice, letter=each.letter)
        seen.add(each.letter)


def _check_steps(steps: Sequence[Passage], place: Place) -> None:
    if not FEWEST_STEPS <= len(steps) <= MOST_STEPS:
        place.add(msg("A scenario has 3 or 4 steps: ### s1, ### s2, ### s3."))
    if [part.id for part in steps] != [f"s{n}" for n in range(1, len(steps) + 1)]:
        place.add(msg("Number the steps ### s1, ### s2, ### s3 in order."))
    for part in steps:
        if not joined(part.stem):
            place.add(msg("Step %(step)s has no question."), step=part.id)
        _check_choices(part.choices, 1, place)


def _has_feedback(kind: str, head: Passage, steps: Sequence[Passage]) -> bool:
    if joined(head.why) or any(joined(part.why) for part in steps):
        return True
    choices = [
        choice for part in (steps if kind == "scenario" else [head]) for choice in part.choices
    ]
    return bool(choices) and kind != "matching" and all(choice.why for choice in choices)


def _translated(
    source: Question, head: Passage, steps: Sequence[Passage], place: Place
) -> Question | None:
    """Return ``source`` with the words of a translation, None where they do not fit it."""
    if not _fits(source, head, steps, place):
        return None
    lines = [*head.choices, *head.ordered]
    pairs = {each.letter: pair_in(each) for each in head.choices} if source.pairs else {}
    words = {each.letter: each for each in lines}
    return Question(
        id=source.id,
        kind=source.kind,
        facts=source.facts,
        stem=joined(head.stem),
        choices=tuple(words[c.letter].choice(right=c.right) for c in source.choices),
        steps=tuple(
            Step(step.id, joined(part.stem), _in_order(part.choices, step.choices))
            for part, step in zip(steps, source.steps, strict=True)
        ),
        pairs=tuple(pairs[letter] for letter, *_ in source.pairs),
        accepts=tuple(head.accepts) if source.kind == "short" else (),
        unit=head.accepts[0] if source.unit and head.accepts else source.unit,
        why=joined(head.why + [each for part in steps for each in part.why]),
        file=place.file,
        line=place.line,
    )


def _in_order(lines: Sequence[Line], choices: Sequence[Choice]) -> tuple[Choice, ...]:
    words = {each.letter: each for each in lines}
    return tuple(words[c.letter].choice(right=c.right) for c in choices)


def _fits(source: Question, head: Passage, steps: Sequence[Passage], place: Place) -> bool:
    """Return whether a translation has the parts of its source; what differs is noted."""
    before = len(place.faults)
    if any(each.mark is not None for part in (head, *steps) for each in part.choices):
        place.add(msg("A translation marks no choice: write - a. text without [ ]."))
    if not joined(head.stem):
        place.add(msg("The question has no text before its choices."))
    wanted = {choice.letter for choice in source.choices} | {pair[0] for pair in source.pairs}
    _check_same_letters([*head.choices, *head.ordered], wanted, place)
    if [part.id for part in steps] != [step.id for step in source.steps]:
        place.add(msg("Translate the same steps, in the same order."))
    for part, step in zip(steps, source.steps, strict=False):
        _check_same_letters(part.choices, {choice.letter for choice in step.choices}, place)
    if source.accepts and not head.accepts:
        place.add(msg("Write each accepted answer on a line: = fifteen days"))
    pairs = {each.letter: pair_in(each) for each in head.choices} if source.pairs else {}
    nothing = ("", "", "")
    if any(
        bool(left) != bool(pairs.get(letter, nothing)[1]) or not pairs.get(letter, nothing)[2]
        for letter, left, _ in source.pairs
    ):
        place.add(msg("A matching has 3 to 6 lines such as: - a. left => right"))
    return len(place.faults) == before


def _check_same_letters(lines: Sequence[Line], wanted: Collection[str], place: Place) -> None:
    if sorted(each.letter for each in lines) != sorted(wanted):
        place.add(
            msg("Translate exactly the choices %(letters)s, each once."),
            letters=", ".join(sorted(wanted)) or "—",
        )
