"""What a translator typed, checked before it becomes a file.

What would break the course is refused with the reason. What may well be right is a warning.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from lms.content.blocks import (
    INVISIBLE,
    LINK,
    LONGEST_LINE,
    LONGEST_TITLE,
    check_lines,
    read_document,
)
from lms.content.faults import Faults
from lms.content.model import Block, Document, Question
from lms.content.question_blocks import question_in
from lms.content.translation.measures import warnings
from lms.content.translation.parts import Part, assembled, texts_in, tidied
from lms.content.translation.reasons import Reason
from lms.content.translation.units import Unit
from lms.kernel.messages import Message, msg

_STRUCTURE = re.compile(r":::|## |\+\+\+\s*$")
_BRACES = re.compile(r"^\{|\{#")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def tidied_texts(unit: Unit, texts: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed for the parts of a unit as ``assembled`` takes it.

    A part that was not sent keeps its present text.
    """
    return {
        part.key: tidied(part.kind, texts.get(part.key, unit.texts.get(part.key, "")))
        for part in unit.parts
    }


def checked(
    unit: Unit,
    texts: Mapping[str, str],
    source_language: str,
    language: str,
    glossary: Document | None = None,
) -> tuple[Reason, ...]:
    """Return what is wrong with the texts of a unit, refusals first.

    texts     part key -> what was typed; a part that was not sent keeps its present text.
    glossary  of the language of the translation, for the words that links lead to.
    """
    said = tidied_texts(unit, texts)
    refused: list[Reason] = []
    for part in unit.parts:
        refused += _part_reasons(part, said[part.key])
    refused += _link_reasons(unit, said)
    if refused or unit.block is None:
        return tuple(refused)
    raw = assembled(unit.block, unit.question, said, unit.twin)
    block, refused = _read_again(unit, said, raw, language)
    if refused or block is None:
        return tuple(refused)
    return tuple(warnings(unit, said, block, source_language, language, glossary))


def _part_reasons(part: Part, text: str) -> Iterator[Reason]:
    if not text:
        if part.text:
            yield _no(part.key, msg("This part is empty. Translate it too."))
        return
    if part.key in {"heading", "title"} and len(text) > part.most:
        longer = msg("This text has at most %(most)s characters.")
        heading = msg("A heading has at most 90 characters.")
        if part.most == LONGEST_TITLE:
            yield _no(part.key, heading)
        else:
            yield _no(part.key, longer, most=part.most)
    for line in text.split("\n"):
        if found := INVISIBLE.search(line):
            code = f"U+{ord(found[0]):04X}"
            yield _no(part.key, msg("Take the invisible character %(code)s away."), code=code)
        if len(line) > LONGEST_LINE:
            yield _no(part.key, msg("This line is longer than 4,000 characters. Break it."))
        if _STRUCTURE.match(line):
            yield _no(
                part.key, msg("No line of a text begins with ## or :::. Write the words alone.")
            )
        if _BRACES.search(line):
            yield _no(part.key, msg("Take the braces away: ids and facts are not translated."))
    faults = Faults()
    check_lines("", 1, text.split("\n"), faults)
    for fault in dict.fromkeys(fault.message.msgid for fault in faults):
        yield Reason(part.key, Message(fault), refused=True)
    for sign, count in _differing(
        Counter(_PLACEHOLDER.findall(part.text)), Counter(_PLACEHOLDER.findall(text))
    ):
        sentence = msg("The source text has no %(sign)s here. Take it away.")
        if count < 0:
            sentence = msg("The source text has %(sign)s here. Leave it as it is.")
        yield _no(part.key, sentence, sign=sign)


def _no(part: str, msgid: str, **values: object) -> Reason:
    return Reason(part, Message(msgid, values), refused=True)


def _differing(source: Counter[str], here: Counter[str]) -> Iterator[tuple[str, int]]:
    """Yield what stands more (above 0) or less often here than in the source."""
    for each in dict.fromkeys((*source, *here)):
        if here[each] != source[each]:
            yield each, here[each] - source[each]


def _link_reasons(unit: Unit, said: Mapping[str, str]) -> Iterator[Reason]:
    """Yield links that were lost or added.

    A document of the web may be linked in its edition in this language: same host, as many times.
    """
    wanted, found = _targets(part.text for part in unit.parts), _targets(said.values())
    for target in dict.fromkeys((*wanted, *found)):
        inside = not target.startswith("//")
        less, more = found[target] < wanted[target], found[target] > wanted[target]
        named = target.removeprefix("//")
        if (inside and not found[target]) or (not inside and less):
            yield _no(
                "",
                msg("The source text leads to %(target)s, this text does not. Put the link back."),
                target=named,
            )
        elif (inside and not wanted[target]) or (not inside and more):
            yield _no(
                "",
                msg("The source text does not lead to %(target)s. Take the link away."),
                target=named,
            )


def _targets(texts: Iterable[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in texts:
        for target in LINK.findall(text):
            found[_place(target)] += 1
    return found


def _place(target: str) -> str:
    """Return where a link leads: the whole of it inside the course, only the host outside."""
    if not target.lower().startswith(("http://", "https://")):
        return target
    try:
        return f"//{urlsplit(target).hostname or target}"
    except ValueError:
        return f"//{target}"


def _read_again(
    unit: Unit, said: Mapping[str, str], raw: str, language: str
) -> tuple[Block | None, list[Reason]]:
    """Return the block as the reader takes it; refused where it is read as anything else."""
    faults = Faults()
    path = f"{language}/{unit.name}.md"
    document = read_document(path, f"+++\n+++\n\n{raw}".encode(), faults)
    block = document.blocks[0] if document and len(document.blocks) == 1 else None
    if document and block and unit.question and not len(faults):
        question_in(document, block, {unit.question.id: unit.question}, faults)
    reasons = [Reason("", fault.message, refused=True) for fault in faults]
    if not reasons and (block is None or not _same(block, unit.question, said)):
        reasons.append(
            _no(
                "",
                msg(
                    "A line of this text is read as something else, such as a choice or a step. "
                    "Begin it with other words."
                ),
            )
        )
    return block, reasons


def _same(block: Block, question: Question | None, said: Mapping[str, str]) -> bool:
    read = texts_in(block, question)
    return {key: text.strip() for key, text in read.items()} == {
        key: "\n".join(line.rstrip() for line in text.split("\n")).strip()
        if question
        else text.strip()
        for key, text in said.items()
        if text
    }
