"""Questions from Markdown: the structure once in the source language, words in every language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lms.content.faults import Faults
from lms.content.model import Choice, Question, Step
from lms.kernel.messages import msg

KINDS = frozenset(
    {"single", "multiple", "truefalse-reason", "ordering", "matching", "numeric", "scenario",
     "short"}
)  # fmt: skip
FACTS = frozenset(
    {"lesson", "section", "outcome", "difficulty", "critical", "choose", "claim", "value",
     "tolerance"}
)  # fmt: skip
CHOICE = re.compile(r"- (?:\[(?P<mark>[ xX])\] )?(?P<letter>[a-z])\. ?(?P<text>.*\S)\s*")
ORDERED = re.compile(r"\d+\. (?P<letter>[a-z])\. (?P<text>.*\S)\s*")
WHY = re.compile(r"\s+> ?(?P<text>.*)")
WHOLE_WHY = re.compile(r"> ?(?P<text>.*)")
ACCEPT = re.compile(r"= (?P<text>.*\S)\s*")
STEP = re.compile(r"### (?P<id>s[1-9])\s*")
MORE = re.compile(r"  +(?P<text>[^>\s].*)")
NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")
MOST_CHOICES, FEWEST_STEPS, MOST_STEPS = 8, 3, 4


@dataclass(slots=True)
class _Line:
    letter: str
    text: str
    mark: bool | None
    line: int
    why: list[str] = field(default_factory=list)

    def choice(self, *, right: bool) -> Choice:
        return Choice(self.letter, self.text, right, "\n".join(self.why).strip())


@dataclass(slots=True)
class Passage:
    """The lines of a question (id ``""``), or of one step of a scenario."""

    id: str = ""
    stem: list[str] = field(default_factory=list)
    choices: list[_Line] = field(default_factory=list)
    ordered: list[_Line] = field(default_factory=list)
    accepts: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)


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
    if source is not None:
        return _translated(source, head, steps, file, line, faults)
    if not _complete(kind, facts, head, steps, file, line, faults):
        return None
    chosen = head.ordered if kind == "ordering" else head.choices
    return Question(
        id=question_id,
        kind=kind,
        facts=dict(facts),
        stem=_text(head.stem),
        choices=() if kind == "matching" else tuple(
            each.choice(right=bool(each.mark)) for each in chosen
        ),
        steps=tuple(
            Step(
                part.id, _text(part.stem),
                tuple(each.choice(right=bool(each.mark)) for each in part.choices),
            )
            for part in steps
        ),
        pairs=tuple(pair_in(each) for each in head.choices) if kind == "matching" else (),
        accepts=tuple(head.accepts) if kind == "short" else (),
        unit=head.accepts[0] if kind == "numeric" and head.accepts else "",
        why=_text(head.why + [line for part in steps for line in part.why]),
        file=file,
        line=line,
    )  # fmt: skip


def passages_in(lines: Sequence[str], first: int) -> list[Passage]:
    """Return the lines of a question by what they are: its head, then each of its steps."""
    parts = [Passage()]
    last: _Line | None = None
    for number, raw in enumerate(lines, first):
        line = raw.rstrip("\n")
        part = parts[-1]
        if found := STEP.fullmatch(line):
            parts.append(Passage(found["id"]))
            last = None
        elif found := CHOICE.fullmatch(line):
            mark = None if found["mark"] is None else found["mark"] in "xX"
            last = _Line(found["letter"], found["text"], mark, number)
            part.choices.append(last)
        elif found := ORDERED.fullmatch(line):
            last = _Line(found["letter"], found["text"], None, number)
            part.ordered.append(last)
        elif last is not None and (found := WHY.fullmatch(line)):
            last.why.append(found["text"].rstrip())
        elif last is not None and not last.why and (found := MORE.fullmatch(line)):
            last.text += " " + found["text"].rstrip()
        elif (found := ACCEPT.fullmatch(line)) and not part.choices:
            part.accepts.append(found["text"])
            last = None
        elif (part.choices or part.ordered or part.accepts) and (
            found := WHOLE_WHY.fullmatch(line)
        ):
            part.why.append(found["text"].rstrip())
            last = None
        elif part.choices or part.ordered or part.accepts:
            if line.strip():
                part.why.append(line)
        else:
            part.stem.append(line)
    return parts


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip()


def pair_in(each: _Line) -> tuple[str, str, str]:
    """Return letter, left and right side of a line of a matching; left may be empty."""
    text = " " + each.text
    left, _, right = text.partition(" => ")
    return each.letter, left.strip(), right.strip()


def _complete(
    kind: str, facts: Mapping[str, str], head: Passage, steps: list[Passage], file: str, line: int,
    faults: Faults,
) -> bool:  # fmt: skip
    before = len(faults)
    if kind not in KINDS:
        faults.add(
            file, line, msg("Name the kind of question: %(kinds)s."), kinds=", ".join(sorted(KINDS))
        )
        return False
    if not _text(head.stem):
        faults.add(file, line, msg("The question has no text before its choices."))
    if kind in {"single", "multiple", "truefalse-reason"}:
        right = 1
        if kind == "multiple":
            right = _count(facts.get("choose", ""), file, line, faults)
        _check_choices(head.choices, right, file, line, faults)
        if kind == "truefalse-reason" and facts.get("claim") not in {"true", "false"}:
            faults.add(file, line, msg("Write claim=true or claim=false behind the kind."))
    elif kind == "ordering":
        if not 3 <= len(head.ordered) <= 7:
            faults.add(file, line, msg("An ordering has 3 to 7 lines such as: 1. b. text"))
        letters = [each.letter for each in head.ordered]
        if len(letters) >= 3 and letters == sorted(letters):
            faults.add(
                file, line, msg("The letters stand in alphabetical order and give the answer away.")
            )
        _check_letters(head.ordered, file, faults)
    elif kind == "matching":
        pairs = [pair_in(each) for each in head.choices]
        if not 3 <= sum(bool(left) for _, left, _ in pairs) <= 6 or any(not r for *_, r in pairs):
            faults.add(file, line, msg("A matching has 3 to 6 lines such as: - a. left => right"))
        _check_letters(head.choices, file, faults)
    elif kind == "numeric":
        tolerance = facts.get("tolerance", "0")
        if (
            not NUMBER.fullmatch(facts.get("value", ""))
            or not NUMBER.fullmatch(tolerance)
            or tolerance.startswith("-")
        ):
            faults.add(file, line, msg("Write value= and tolerance= as numbers behind the kind."))
    elif kind == "short":
        if not head.accepts:
            faults.add(file, line, msg("Write each accepted answer on a line: = fifteen days"))
    else:
        _check_steps(steps, file, line, faults)
    if kind != "scenario" and steps:
        faults.add(file, line, msg("Only a scenario has steps ### s1, ### s2."))
    if not _has_feedback(kind, head, steps):
        faults.add(
            file, line,
            msg("Say why: quote a reason (> …) below each choice, or one after the last."),
        )  # fmt: skip
    return len(faults) == before


def _count(text: str, file: str, line: int, faults: Faults) -> int:
    if text in {"2", "3", "4", "5"}:
        return int(text)
    faults.add(file, line, msg("Write choose= and how many choices are right, from 2 to 5."))
    return -1


def _check_choices(
    choices: Sequence[_Line], right: int, file: str, line: int, faults: Faults
) -> None:
    if not 2 <= len(choices) <= MOST_CHOICES:
        faults.add(file, line, msg("A question has 2 to 8 choices such as: - [x] a. text"))
        return
    if any(each.mark is None for each in choices):
        faults.add(file, line, msg("Mark each choice with [x] or [ ]."))
        return
    marked = sum(bool(each.mark) for each in choices)
    if right > 0 and (marked != right or marked == len(choices)):
        faults.add(
            file, line, msg("%(count)s choices must be marked [x], and others not."), count=right
        )
    _check_letters(choices, file, faults)


def _check_letters(lines: Sequence[_Line], file: str, faults: Faults) -> None:
    seen: set[str] = set()
    for each in lines:
        if each.letter in seen:
            faults.add(file, each.line, msg("The letter %(letter)s is used twice."),
                       letter=each.letter)  # fmt: skip
        seen.add(each.letter)


def _check_steps(steps: Sequence[Passage], file: str, line: int, faults: Faults) -> None:
    if not FEWEST_STEPS <= len(steps) <= MOST_STEPS:
        faults.add(file, line, msg("A scenario has 3 or 4 steps: ### s1, ### s2, ### s3."))
    if [part.id for part in steps] != [f"s{n}" for n in range(1, len(steps) + 1)]:
        faults.add(file, line, msg("Number the steps ### s1, ### s2, ### s3 in order."))
    for part in steps:
        if not _text(part.stem):
            faults.add(file, line, msg("Step %(step)s has no question."), step=part.id)
        _check_choices(part.choices, 1, file, line, faults)


def _has_feedback(kind: str, head: Passage, steps: Sequence[Passage]) -> bool:
    if _text(head.why) or any(_text(part.why) for part in steps):
        return True
    choices = [choice for part in (steps if kind == "scenario" else [head])
               for choice in part.choices]  # fmt: skip
    return bool(choices) and kind != "matching" and all(choice.why for choice in choices)


def _translated(
    source: Question, head: Passage, steps: Sequence[Passage], file: str, line: int, faults: Faults
) -> Question | None:
    before = len(faults)
    lines = [*head.choices, *head.ordered]
    if any(each.mark is not None for part in (head, *steps) for each in part.choices):
        faults.add(file, line, msg("A translation marks no choice: write - a. text without [ ]."))
    if not _text(head.stem):
        faults.add(file, line, msg("The question has no text before its choices."))
    wanted = {choice.letter for choice in source.choices} | {pair[0] for pair in source.pairs}
    given = {each.letter for each in lines}
    if wanted != given or len(lines) != len(given):
        faults.add(
            file, line,
            msg("Translate exactly the choices %(letters)s, each once."),
            letters=", ".join(sorted(wanted)) or "—",
        )  # fmt: skip
    if [part.id for part in steps] != [step.id for step in source.steps]:
        faults.add(file, line, msg("Translate the same steps, in the same order."))
    for part, step in zip(steps, source.steps, strict=False):
        if sorted(c.letter for c in part.choices) != sorted(c.letter for c in step.choices):
            faults.add(
                file, line,
                msg("Translate exactly the choices %(letters)s, each once."),
                letters=", ".join(choice.letter for choice in step.choices),
            )  # fmt: skip
    if source.accepts and not head.accepts:
        faults.add(file, line, msg("Write each accepted answer on a line: = fifteen days"))
    pairs = {each.letter: pair_in(each) for each in head.choices} if source.pairs else {}
    nothing = ("", "", "")
    if any(
        bool(left) != bool(pairs.get(letter, nothing)[1]) or not pairs.get(letter, nothing)[2]
        for letter, left, _ in source.pairs
    ):
        faults.add(file, line, msg("A matching has 3 to 6 lines such as: - a. left => right"))
    if len(faults) != before:
        return None
    words = {each.letter: each for each in lines}
    return Question(
        id=source.id, kind=source.kind, facts=source.facts, stem=_text(head.stem),
        choices=tuple(words[c.letter].choice(right=c.right) for c in source.choices),
        steps=tuple(
            Step(step.id, _text(part.stem), _in_order(part.choices, step.choices))
            for part, step in zip(steps, source.steps, strict=True)
        ),
        pairs=tuple(pairs[letter] for letter, *_ in source.pairs),
        accepts=tuple(head.accepts) if source.kind == "short" else (),
        unit=head.accepts[0] if source.unit and head.accepts else source.unit,
        why=_text(head.why + [each for part in steps for each in part.why]),
        file=file, line=line,
    )  # fmt: skip


def _in_order(lines: Sequence[_Line], choices: Sequence[Choice]) -> tuple[Choice, ...]:
    words = {each.letter: each for each in lines}
    return tuple(words[c.letter].choice(right=c.right) for c in choices)
