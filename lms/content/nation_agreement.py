"""Whether a national layer names what the course has, and leaves enough to be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lms.content.agreement import check_bank, check_items, first_words
from lms.content.faults import Faults
from lms.content.model import Block, CourseFacts, Document, NationFacts, Question
from lms.kernel.messages import msg

# Before the id of the block that it replaces: the id of a block in ``replaced.md``.
NATIONAL = "nat-"
# A check has its key in the core, and a box is filled.
NEVER_REPLACED = frozenset({"check", "box"})


def check_nations(
    facts: CourseFacts,
    nations: Mapping[str, NationFacts],
    documents: Mapping[str, Mapping[str, Document]],
    items: Mapping[str, Question],
    faults: Faults,
) -> None:
    """Note what is wrong with each national layer of a course.

    items  of the banks in the source language.
    """
    source = documents.get(facts.source, {})
    known = {block.id for document in source.values() for block in document.blocks}
    taught = {
        block.id: block for code in facts.codes() if code in source for block in source[code].blocks
    }
    for nation in nations.values():
        _check_names(facts, nation, known, set(taught), set(items), faults)
        check_items(facts, source, nation.own_items.values(), faults)
        _check_left(facts, nation, items, faults)
        _check_boxes(nation, faults)
        _check_replaced(nation, taught, faults)


def _file(nation: NationFacts) -> str:
    return f"nations/{nation.code}/nation.toml"


def _check_names(
    facts: CourseFacts,
    nation: NationFacts,
    known: set[str],
    taught: set[str],
    items: set[str],
    faults: Faults,
) -> None:
    modules = {module.code for module in facts.modules}
    for wrong in sorted(
        (set(nation.boxes) - set(facts.boxes))
        | (set(nation.hidden) - known)
        | (set(nation.replaced) - taught)
        | (nation.items_out - items)
        | (set(nation.closed) - modules)
    ):
        faults.add(_file(nation), 0, msg("This course has no %(name)s."), name=wrong)


def _check_left(
    facts: CourseFacts, nation: NationFacts, items: Mapping[str, Question], faults: Faults
) -> None:
    taught = {
        lesson.code: None
        for module in facts.modules
        if module.code not in nation.closed
        for lesson in module.lessons
    }
    if not taught:
        faults.add(_file(nation), 0, msg("A course has at least one module with one lesson."))
    elif nation.closed or nation.items_out:
        kept = [item for item in items.values() if item.id not in nation.items_out]
        kept += nation.own_items.values()
        check_bank(_file(nation), facts, kept, taught, faults)


def _check_boxes(nation: NationFacts, faults: Faults) -> None:
    for document, block in _blocks(nation.texts):
        box = block.title
        if box not in nation.boxes:
            faults.add(
                document.path, block.line, msg("nation.toml has no box %(code)s."), code=box[:40]
            )
        elif nation.boxes[box].status == "empty":
            faults.add(
                document.path,
                block.line,
                msg("Box %(code)s has words: call it draft in nation.toml."),
                code=box,
            )


def _check_replaced(nation: NationFacts, taught: Mapping[str, Block], faults: Faults) -> None:
    written = set()
    for document, block in _blocks(nation.replacements):
        replaced = block.id.removeprefix(NATIONAL)
        origin = taught.get(replaced)
        if not block.id.startswith(NATIONAL) or replaced not in nation.replaced:
            faults.add(
                document.path,
                block.line,
                msg("nation.toml replaces no block for %(id)s. Write {#nat-…} and the block's id."),
                id=block.id or block.title[:40],
            )
        elif origin is not None and first_words(origin) != first_words(block):
            faults.add(
                document.path,
                block.line,
                msg("Begin this block as in the source language: %(words)s"),
                words=" ".join(first_words(origin)),
            )
        if sum(each.id == block.id for each in document.blocks) > 1:
            faults.add(document.path, block.line, msg("The id %(id)s is used twice."), id=block.id)
        if block.body.strip():
            written.add(replaced)
    for replaced in sorted(set(nation.replaced) & set(taught)):
        if taught[replaced].name in NEVER_REPLACED:
            faults.add(
                _file(nation),
                0,
                msg("%(id)s is a check or a box: hide a check, fill a box. Neither is replaced."),
                id=replaced,
            )
        elif replaced not in written:
            faults.add(
                _file(nation),
                0,
                msg("Block %(id)s is replaced: write its words in replaced.md."),
                id=replaced,
            )


def _blocks(texts: Mapping[str, Document]) -> Iterator[tuple[Document, Block]]:
    for document in texts.values():
        for block in document.blocks:
            yield document, block
