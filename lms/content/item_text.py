"""A bank item as its Markdown, and a bank file with one of its items changed.

``questions.read_question`` reads what is written here and finds the same question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lms.content.blocks import read_document
from lms.content.digests import block_digest, block_key
from lms.content.faults import Faults
from lms.content.model import Block, Choice, Document, Question
from lms.content.translation.front import without_value

FACT_ORDER = (
    "lesson", "section", "outcome", "difficulty", "critical", "choose", "claim", "value",
    "tolerance",
)  # fmt: skip
# Where a line of an item comes from; of a choice its letter, behind the step where it has one.
HEAD, FACTS, STEM, UNIT, WHY = "head", "facts", "stem", "unit", "why"


def written(item: Question) -> str:
    """Return an item as the block of its bank file, with one line end at its end."""
    return "".join(f"{line}\n" for line, _ in lines_of(item))


def lines_of(item: Question) -> list[tuple[str, str]]:
    """Return each line of an item and its place: what is wrong in a line is said at its field.

    Places are the constants above, ``a`` and ``a.why`` of a choice, ``s1`` of a step and
    ``s1.a``, ``s1.a.why`` of its choices.
    """
    facts = [f"{name}={item.facts[name]}" for name in FACT_ORDER if name in item.facts]
    lines = [(f"## {item.id}", HEAD), (f"{{{' '.join([item.kind, *facts])}}}", FACTS), ("", STEM)]
    lines += [(line, STEM) for line in item.stem.split("\n")]
    lines += _answers(item)
    if item.why:
        lines.append(("", WHY))
        lines += [(f"> {line}".rstrip(), WHY) for line in item.why.split("\n")]
    return lines


def _answers(item: Question) -> Iterator[tuple[str, str]]:
    if item.choices or item.pairs:
        yield "", STEM
    for number, each in enumerate(item.choices, 1):
        if item.kind == "ordering":
            yield f"{number}. {each.letter}. {each.text}", each.letter
            yield from _why(each, each.letter)
        else:
            yield from _choice(each, each.letter)
    for letter, left, right in item.pairs:
        yield f"- {letter}. {left} => {right}".replace("  ", " ", not left), letter
    if item.unit:
        yield "", UNIT
        yield f"= {item.unit}", UNIT
    for step in item.steps:
        yield "", step.id
        yield f"### {step.id}", step.id
        for line in step.prompt.split("\n"):
            yield line, step.id
        yield "", step.id
        for each in step.choices:
            yield from _choice(each, f"{step.id}.{each.letter}")


def _choice(each: Choice, place: str) -> Iterator[tuple[str, str]]:
    yield f"- [{'x' if each.right else ' '}] {each.letter}. {each.text}", place
    yield from _why(each, place)


def _why(each: Choice, place: str) -> Iterator[tuple[str, str]]:
    if each.why:
        for line in each.why.split("\n"):
            yield f"  > {line}".rstrip(), f"{place}.why"


def with_item(document: Document, item_id: str, block: str) -> str:
    """Return the text of a bank with one item replaced, or put at its end; the rest stays.

    block  what ``written`` returns.
    """
    return with_items(document, {item_id: block})


def with_items(document: Document, blocks: Mapping[str, str]) -> str:
    """Do the same for many items at once: code -> block; new ones stand in this order at the end.

    Reading the bank anew after each of two hundred would take minutes.
    """
    new = dict(blocks)
    texts = [document.lead]
    for each in document.blocks:
        block = new.pop(block_key(each), None)
        texts.append(
            each.raw if block is None else block + each.raw[len(each.raw.rstrip("\n")) + 1 :]
        )
    text = "".join(texts)
    for block in new.values():
        text = f"{text.rstrip(chr(10))}\n\n{block}"
    return text


def without_item(document: Document, item_id: str) -> str:
    """Return the text of a bank, or of its translation, without one item.

    What a translation says of it at its head, from which text it was made and who has read it,
    goes with it.
    """
    lead = document.lead
    for table in ("from", "reviewed_blocks"):
        lead = without_value(lead, table, item_id)
    kept = "".join(each.raw for each in document.blocks if block_key(each) != item_id)
    return f"{(lead + kept).rstrip(chr(10))}\n"


def item_block(document: Document, item_id: str) -> Block | None:
    """Return the block of an item, None where the bank has none."""
    return next((each for each in document.blocks if block_key(each) == item_id), None)


def cut_item(data: bytes, item_id: str) -> bytes:
    """Return the bytes of one item of a bank without reading the others; empty for no such item."""
    head = re.compile(rb"^## " + re.escape(item_id.encode()) + rb"[ \t]*$", re.MULTILINE)
    found = head.search(data)
    if found is None:
        return b""
    end = data.find(b"\n## ", found.end())
    return data[found.start() : end + 1 if end >= 0 else len(data)].rstrip(b"\n") + b"\n"


def item_digest(data: bytes, item_id: str) -> str:
    """Return the digest of one item of a bank as it is now; empty for no such item."""
    cut = cut_item(data, item_id)
    document = read_document("", b"+++\n+++\n\n" + cut, Faults()) if cut else None
    return block_digest(document.blocks[0]) if document and document.blocks else ""
