"""What is wrong with a question in a form, said at its fields. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from lms.authoring.bank.glance import read_item
from lms.authoring.bank.typed import CHOSEN, Part, Typed, question_of
from lms.content import item_text
from lms.content.agreement import INSIDE
from lms.content.model import CourseFacts, Question
from lms.content.questions import FEWEST_STEPS, NUMBER
from lms.kernel.messages import Message, msg

Wrong = dict[str, Message]  # name of a field -> why it is refused
FIRST_LINE = 4  # of the block in what ``read_item`` reads


def wrong_in(
    typed: Typed,
    code: str,
    facts: CourseFacts,
    parts: Collection[str],
    outcomes: Collection[str],
    used: Mapping[str, Collection[str]],
) -> tuple[Question | None, Wrong]:
    """Return the question that a form means, None and the reasons where it cannot be taken.

    parts     ids of the blocks of the chosen lesson.
    outcomes  the letters that it lists.
    used      as for ``question_of``.
    """
    found: Wrong = {}
    for name, said in (*_facts(typed, facts, parts, outcomes), *_fields(typed)):
        found.setdefault(name, Message(said))
    question, places = question_of(typed, code, used)
    if found:
        return None, found
    lines = item_text.lines_of(question)
    read, faults = read_item(f"bank/{code}.md", item_text.written(question))
    for fault in faults:
        at = fault.line - FIRST_LINE
        place = lines[at][1] if 0 <= at < len(lines) else "why"
        found.setdefault(places.get(place, "stem-0"), fault.message)
    for line, place in lines:
        if INSIDE.search(line):
            said = msg("Only a lesson leads to words of the glossary, documents and blocks.")
            found.setdefault(places.get(place, "stem-0"), Message(said))
    if not found and not _is_same(question, read):
        said = msg("A line begins like a choice, a heading or an answer. Begin it with a word.")
        found["stem-0"] = Message(said)
    return (None if found else question), found


def _is_same(one: Question, other: Question | None) -> bool:
    return other is not None and item_text.written(one) == item_text.written(other)


def _facts(
    typed: Typed, facts: CourseFacts, parts: Collection[str], outcomes: Collection[str]
) -> Iterator[tuple[str, str]]:
    said = typed.facts
    choose = msg("Choose one.")
    if said.get("lesson") not in facts.codes():
        yield "lesson", choose
    if said.get("section") not in parts:
        yield "section", msg("Choose the part of the lesson that teaches this.")
    if said.get("outcome") not in outcomes:
        yield (
            "outcome",
            (
                msg("Choose the outcome that this question asks for.")
                if outcomes
                else msg("The lesson lists no objectives yet. Write them first.")
            ),
        )
    if said.get("difficulty") not in {"1", "2", "3"}:
        yield "difficulty", choose
    if said.get("critical") and said["critical"] not in facts.critical:
        yield "critical", choose
    if typed.kind == "truefalse-reason" and said.get("claim") not in {"true", "false"}:
        yield "claim", msg("Say whether the statement is true or false.")
    if typed.kind == "numeric":
        for name in ("value", "tolerance"):
            text = said.get(name, "")
            if not NUMBER.fullmatch(text) or (name == "tolerance" and text.startswith("-")):
                yield name, msg("Write a number, for example 15 or 2.5.")
        if not typed.unit:
            yield "unit", msg("Write what is counted, for example days.")


def _fields(typed: Typed) -> Iterator[tuple[str, str]]:
    if not typed.parts[0].stem:
        yield "stem-0", msg("Write the question.")
    if typed.kind == "scenario":
        steps = [part for part in typed.parts[1:] if not part.is_empty]
        if len(steps) < FEWEST_STEPS:
            yield f"stem-{len(steps) + 1}", msg("Write at least three steps.")
    for n, part in enumerate(typed.parts):
        if n == 0 and typed.kind in {"scenario", "numeric"}:
            continue
        if n and part.is_empty:
            continue
        if n and not part.stem:
            yield f"stem-{n}", msg("Write the question of this step.")
        yield from _rows(typed.kind, n, part)
    if not typed.why and not _each_says_why(typed):
        yield "why", msg("Say why: a reason for each choice, or one for the whole question.")


def _rows(kind: str, n: int, part: Part) -> Iterator[tuple[str, str]]:
    filled = {place: row for place, row in enumerate(part.rows) if not row.is_empty}
    for place, row in filled.items():
        if not row.text and kind != "matching":
            yield f"text-{n}-{place}", msg("Write the choice, or take its reason away, too.")
        if kind == "matching" and not row.other:
            yield f"other-{n}-{place}", msg("Write what belongs to it.")
        if kind == "matching" and " => " in f" {row.text} ":
            yield f"text-{n}-{place}", msg("Take the arrow away: each side has a field of its own.")
    first = f"text-{n}-0"
    if kind == "ordering" and not 3 <= len(filled) <= 7:
        yield first, msg("Write three to seven lines.")
    if kind == "matching" and not 3 <= sum(bool(row.text) for row in filled.values()) <= 6:
        yield first, msg("Write three to six pairs.")
    if kind not in CHOSEN:
        return
    right = sum(row.right for row in filled.values())
    if len(filled) < 2:
        yield first, msg("Write at least two choices.")
    elif kind == "multiple" and not 2 <= right <= 5:
        yield f"right-{n}", msg("Mark two to five choices as right.")
    elif kind == "multiple" and right == len(filled):
        yield f"right-{n}", msg("Leave at least one choice that is wrong.")
    elif kind != "multiple" and right != 1:
        yield f"right-{n}", msg("Mark the one choice that is right.")


def _each_says_why(typed: Typed) -> bool:
    if typed.kind not in CHOSEN:
        return False
    parts = typed.parts[1:] if typed.kind == "scenario" else typed.parts
    rows = [row for part in parts for row in part.rows if not row.is_empty]
    return bool(rows) and all(row.why for row in rows)
