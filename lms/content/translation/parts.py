"""A block as the parts that a translator writes, and the parts back into a block.

Ids, letters, codes, keys and containers are structure: they are taken from the source block and
never typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lms.content.blocks import LONGEST_TITLE
from lms.content.model import Block, Choice, Question
from lms.content.passages import Passage, pair_in, passages_in
from lms.kernel.messages import Message, msg

# A line is one line of words; a text is Markdown; a list is one entry on each line.
LINE, TEXT, LIST = "line", "text", "list"
# Spaces that a browser or a spreadsheet puts in; no-break spaces belong to the words.
_SPACES = re.compile(r"[ \t\n]+")
# Some files have a step's question right below its name, others a blank line between.
_TIGHT = re.compile(r"^### s1\n(?!\n)", re.MULTILINE)
_APART = re.compile(r"^(### s[1-9]\n)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a block.

    key    ``heading``, ``body``; of questions ``stem``, ``choice.a``, ``why.a``, ``s1.stem``,
           ``s1.choice.a``, ``left.a``, ``right.a``, ``unit``, ``accepts``, ``feedback``; of front
           matter ``title``.
    label  what the part is, for people.
    kind   ``line``, ``text`` (Markdown) or ``list`` (one entry on each line).
    most   characters of a heading or a title.
    """

    key: str
    label: Message
    text: str
    kind: str
    most: int = LONGEST_TITLE


def parts_of(block: Block, question: Question | None = None) -> tuple[Part, ...]:
    """Return the parts of a block in the order in which they are read.

    question  the question that the block is, in its own language; None for any other block.
    """
    if question is not None:
        return tuple(_question_parts(question))
    # Translators: the words of a part of a lesson below its heading.
    body = Part("body", Message(msg("Text")), block.body.strip("\n"), TEXT)
    if block.name != "section":
        return (body,)
    return (Part("heading", Message(msg("Heading")), block.title, LINE), body)


def _question_parts(question: Question) -> Iterator[Part]:
    yield Part("stem", Message(msg("Question")), question.stem, TEXT)
    choice, why = msg("Choice %(letter)s"), msg("Why %(letter)s is right or wrong")
    if question.kind == "ordering":
        choice = msg("Line %(letter)s")
    yield from _choice_parts("", question.choices, choice, why, {})
    for step in question.steps:
        named = {"step": step.id[1:]}
        yield Part(
            f"{step.id}.stem", Message(msg("Step %(step)s: question"), named), step.prompt, TEXT
        )
        yield from _choice_parts(
            f"{step.id}.",
            step.choices,
            msg("Step %(step)s, choice %(letter)s"),
            msg("Step %(step)s: why %(letter)s is right or wrong"),
            named,
        )
    for letter, left, right in sorted(question.pairs):
        named = {"letter": letter}
        second = (
            msg("Pair %(letter)s, second side") if left else msg("Extra second side %(letter)s")
        )
        if left:
            yield Part(
                f"left.{letter}", Message(msg("Pair %(letter)s, first side"), named), left, LINE
            )
        yield Part(f"right.{letter}", Message(second, named), right, LINE)
    if question.unit:
        yield Part("unit", Message(msg("Unit of the number")), question.unit, LINE)
    if question.accepts:
        label = Message(msg("Accepted answers, one on each line"))
        yield Part("accepts", label, "\n".join(question.accepts), LIST)
    if question.why:
        yield Part("feedback", Message(msg("Feedback on the whole question")), question.why, TEXT)


def _choice_parts(
    before: str, choices: tuple[Choice, ...], label: str, why: str, named: Mapping[str, str]
) -> Iterator[Part]:
    # By letter, not in the source's order: the order of an ordering is its key.
    for each in sorted(choices, key=lambda choice: choice.letter):
        values = {**named, "letter": each.letter}
        yield Part(f"{before}choice.{each.letter}", Message(label, values), each.text, LINE)
        if each.why:
            yield Part(f"{before}why.{each.letter}", Message(why, values), each.why, TEXT)


def tidied(kind: str, text: str) -> str:
    """Return what somebody typed as a part holds it: NFC, LF, no blank lines at the ends."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if kind == LINE:
        return _SPACES.sub(" ", text).strip(" ")
    lines = [line.rstrip(" \t") if kind == LIST else line for line in text.split("\n")]
    if kind == LIST:
        return "\n".join(line.strip(" \t") for line in lines if line.strip(" \t"))
    return text.strip("\n") if text.strip(" \t\n") else ""


def assembled(
    source: Block, question: Question | None, texts: Mapping[str, str], old: Block | None = None
) -> str:
    """Return the block in the target language, ending with one line end.

    source, question  the block of the source language and the question that it is.
    texts             part key -> text, tidied; a part that is missing is left out.
    old               the block's translation until now: its layout is kept.
    """
    inside = texts.get("body", "")
    if question is not None:
        inside = _question_text(question, texts)
        if old is not None and _TIGHT.search(old.body):
            inside = _APART.sub(r"\1", inside)
    before = _space_before(old, "\n" if source.name == "section" else "")
    body = f"{before}{inside}\n" if inside else ""
    if source.name != "section":
        return f"{_opening(source, old)}\n{body}:::\n"
    if question is not None:
        return f"## {source.title}\n{body}"
    return f"## {texts.get('heading', '')} {{#{source.id}}}\n{body}"


def _opening(source: Block, old: Block | None) -> str:
    if old is not None:
        return old.raw.partition("\n")[0]
    code = f" {source.words[0]}" if source.name in {"check", "box"} else ""
    return f"::: {source.name}{code} {{#{source.id}}}"


def _space_before(old: Block | None, usual: str) -> str:
    if old is None or not old.body.strip():
        return usual
    return old.body[: len(old.body) - len(old.body.lstrip("\n"))]


def _question_text(question: Question, texts: Mapping[str, str]) -> str:
    passages = [texts.get("stem", "")]
    passages.append(_choices_text("", [each.letter for each in question.choices], texts))
    for step in question.steps:
        passages += [
            f"### {step.id}",
            texts.get(f"{step.id}.stem", ""),
            _choices_text(f"{step.id}.", [each.letter for each in step.choices], texts),
        ]
    passages.append(
        "\n".join(
            f"- {letter}. {texts.get(f'left.{letter}', '')} => {texts.get(f'right.{letter}', '')}"
            if left
            else f"- {letter}. => {texts.get(f'right.{letter}', '')}"
            for letter, left, _ in sorted(question.pairs)
        )
    )
    accepted = [texts.get("unit", ""), *texts.get("accepts", "").split("\n")]
    passages.append("\n".join(f"= {each}" for each in accepted if each))
    if feedback := texts.get("feedback", ""):
        passages.append("\n".join(f"> {line}".rstrip(" ") for line in feedback.split("\n")))
    return "\n\n".join(passage for passage in passages if passage)


def _choices_text(before: str, letters: list[str], texts: Mapping[str, str]) -> str:
    lines = []
    for letter in sorted(letters):
        lines.append(f"- {letter}. {texts.get(f'{before}choice.{letter}', '')}")
        if why := texts.get(f"{before}why.{letter}", ""):
            lines += [f"  > {line}".rstrip(" ") for line in why.split("\n")]
    return "\n".join(lines)


def texts_in(block: Block, question: Question | None) -> dict[str, str]:
    """Return the texts of a translated block by the keys of its parts, as far as it has them.

    question  the question of the *source* that it translates; letters and steps that this one does
              not have are left out, so a translation can be read after its source got a choice.
    """
    if question is None:
        return {part.key: part.text for part in parts_of(block) if part.text}
    head, *steps = passages_in(block.body.splitlines(keepends=True), 1)
    texts = {"stem": _said(head.stem)}
    _put_choices(texts, "", head, question.choices)
    known = {step.id: step for step in question.steps}
    for passage in steps:
        if step := known.get(passage.id):
            texts[f"{step.id}.stem"] = _said(passage.stem)
            _put_choices(texts, f"{step.id}.", passage, step.choices)
    sides = {letter: left for letter, left, _ in question.pairs}
    for letter, left, right in map(pair_in, head.choices):
        if letter in sides:
            texts |= {f"left.{letter}": left} if sides[letter] else {}
            texts[f"right.{letter}"] = right
    if question.kind == "numeric" and question.unit and head.accepts:
        texts["unit"] = head.accepts[0]
    if question.accepts:
        texts["accepts"] = "\n".join(head.accepts)
    texts["feedback"] = _said([line for each in (head, *steps) for line in each.why])
    return {key: text for key, text in texts.items() if text}


def _put_choices(
    texts: dict[str, str], before: str, passage: Passage, choices: tuple[Choice, ...]
) -> None:
    letters = {choice.letter for choice in choices}
    for line in (*passage.choices, *passage.ordered):
        if line.letter in letters:
            texts[f"{before}choice.{line.letter}"] = line.text
            texts[f"{before}why.{line.letter}"] = _said(line.why)


def _said(lines: list[str]) -> str:
    return "\n".join(line.rstrip("\n") for line in lines).strip()
