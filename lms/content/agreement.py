"""Whether the files of a course agree: ids, links, items and links name what is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from lms.content.avoided import AVOID, are_phrases
from lms.content.blocks import LONGEST_TITLE
from lms.content.digests import LONGEST_NEWS
from lms.content.faults import Faults
from lms.content.model import Block, CourseFacts, Document, Question
from lms.content.standing import ACCEPTED, REVIEWED_BLOCKS
from lms.kernel.messages import msg

OUTCOME, DIFFICULTY = re.compile(r"[a-z]"), re.compile(r"[1-3]")
INSIDE = re.compile(r"\]\((term:|doc:|#)([^)\s]*)", re.IGNORECASE)
FRONT = frozenset({"title", "public_title", "modules", "reviewed", "from", REVIEWED_BLOCKS})
# What the head of a file may hold besides, by the name of the file.
OF_FILES = {"course": frozenset({"news"}), "glossary": frozenset({AVOID})}
FEWEST_IN_A_SLOT = 3
NO_ID = msg("This block has no id {#…}. Run: lms content stamp")


def check_files(
    facts: CourseFacts, documents: Mapping[str, Mapping[str, Document]], faults: Faults
) -> None:
    """Note which files the course lacks, and what is wrong at the head of those that it has.

    documents  language -> name -> file.
    """
    _check_source(facts, documents, faults)
    for language, of_language in documents.items():
        for name, document in of_language.items():
            check_front(facts, name, document, faults, translated=language != facts.source)


def check_agreement(
    facts: CourseFacts,
    documents: Mapping[str, Mapping[str, Document]],
    items: Mapping[str, Question],
    national: Iterable[Document],
    faults: Faults,
) -> None:
    """Note where one file names what another one does not have.

    items     of the banks in the source language.
    national  the texts of the national layers, for their links; see ``nation_agreement``.
    """
    check_ids(facts, documents, faults)
    _check_links(facts, documents, national, faults)
    _check_items(facts, documents, items, faults)


def _check_source(
    facts: CourseFacts, documents: Mapping[str, Mapping[str, Document]], faults: Faults
) -> None:
    given = documents.get(facts.source, {})
    wanted = {"course", *facts.codes()}
    if facts.tests:
        wanted |= {f"bank/{module.code}" for module in facts.modules}
    for name in sorted(wanted - set(given)):
        faults.add(f"{facts.source}/{name}.md", 0, msg("The file is missing."))


def check_front(
    facts: CourseFacts, name: str, document: Document, faults: Faults, *, translated: bool
) -> None:
    """Note what is wrong at the head of one file; ``name`` is without language and ending."""
    front, path = document.front, document.path
    known = FRONT | OF_FILES.get(name, frozenset())
    for key in sorted(set(front) - known):
        faults.add(
            path,
            2,
            msg("%(name)s is not known. Take it away or look for a typing error."),
            name=key[:80],
        )
    made_from = front.get("from", {})
    if not isinstance(made_from, dict) or not all(isinstance(v, str) for v in made_from.values()):
        faults.add(path, 2, msg("Write [from] and below it a digest for each block."))
    accepted = front.get(REVIEWED_BLOCKS, {})
    if not isinstance(accepted, dict) or not all(map(_is_acceptance, accepted.values())):
        faults.add(
            path,
            2,
            msg("Write under [reviewed_blocks] for each block which digest was read, and by whom."),
        )
    if name == "glossary":
        _check_avoided(document, faults)
    if name.startswith("bank/") or name == "glossary":
        return
    if not _is_title(front.get("title")):
        faults.add(path, 2, msg("Write title = with at most 90 characters."))
    if name == "course":
        titles = front.get("modules")
        if (
            not isinstance(titles, dict)
            or set(titles) != {module.code for module in facts.modules}
            or not all(map(_is_title, titles.values()))
        ):
            faults.add(path, 2, msg("Give every module a title under [modules]."))
        if (facts.access == "restricted" or "public_title" in front) and not _is_title(
            front.get("public_title")
        ):
            faults.add(path, 2, msg("Write public_title = and a title that gives nothing away."))
        if "news" in front and not _is_title(front["news"], LONGEST_NEWS):
            faults.add(path, 2, msg("Write news = with at most 300 characters, or take it away."))
    if translated and not isinstance(front.get("reviewed"), bool | str):
        faults.add(path, 2, msg("Write reviewed = false, or who has read it and when."))


def _check_avoided(document: Document, faults: Faults) -> None:
    table = document.front.get(AVOID, {})
    if not isinstance(table, dict) or not are_phrases(table):
        faults.add(
            document.path,
            2,
            msg(
                "Write under [avoid] for a word of the glossary the words not to be used for it: "
                'id = ["one", "another"].'
            ),
        )
        return
    for term in sorted(set(table) - {block.id for block in document.blocks}):
        faults.add(document.path, 2, msg("The glossary has no word %(id)s."), id=term[:80])


def _is_acceptance(value: object) -> bool:
    return isinstance(value, str) and ACCEPTED.fullmatch(value) is not None


def _is_title(value: object, longest: int = LONGEST_TITLE) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= longest


def check_ids(
    facts: CourseFacts, documents: Mapping[str, Mapping[str, Document]], faults: Faults
) -> None:
    """Note ids that are missing, used twice, or other than those of the source language."""
    source = documents.get(facts.source, {})
    ids = Counter(
        (language, block.id)
        for language, name, _, block in _all_blocks(documents)
        if not name.startswith("bank/")
    )
    for language, name, document, block in _all_blocks(documents):
        if name.startswith("bank/"):
            continue
        if name in {"course", "glossary"} and block.name != "section":
            faults.add(
                document.path, block.line, msg("This file has no containers, only headings ##.")
            )
        if not block.id:
            faults.add(document.path, block.line, NO_ID)
        elif ids[language, block.id] > 1:
            faults.add(document.path, block.line, msg("The id %(id)s is used twice."), id=block.id)
        elif language != facts.source:
            origin = source[name].block(block.id) if name in source else None
            if origin is None:
                faults.add(
                    document.path,
                    block.line,
                    msg("The source language has no block %(id)s in this file."),
                    id=block.id,
                )
            elif first_words(origin) != first_words(block):
                faults.add(
                    document.path,
                    block.line,
                    msg("Begin this block as in the source language: %(words)s"),
                    words=" ".join(first_words(origin)),
                )
        if block.name == "box" and (not block.words or block.words[0] not in facts.boxes):
            faults.add(
                document.path, block.line, msg("course.toml names no such box. Add [[box]] there.")
            )


def first_words(block: Block) -> tuple[str, ...]:
    """Return what a translation repeats: the container's name and the code of a check or box."""
    if block.name == "section":
        return ("##",)
    return (":::", block.name, *(block.words[:1] if block.name in {"check", "box"} else ()))


def _check_links(
    facts: CourseFacts,
    documents: Mapping[str, Mapping[str, Document]],
    national: Iterable[Document],
    faults: Faults,
) -> None:
    source, codes = documents.get(facts.source, {}), facts.codes()
    known = {block.id for code in codes if code in source for block in source[code].blocks}
    terms = {block.id for block in source["glossary"].blocks} if "glossary" in source else set()
    linking = [
        (name in codes, document)
        for of_language in documents.values()
        for name, document in of_language.items()
    ]
    linking += [("/bank/" not in document.path, document) for document in national]
    for in_lesson, document in linking:
        for block in document.blocks:
            for number, line in enumerate(block.body.splitlines(), block.line + 1):
                for way, target in INSIDE.findall(line):
                    if not in_lesson:
                        faults.add(
                            document.path,
                            number,
                            msg(
                                "Only a lesson leads to words of the glossary, documents and "
                                "blocks."
                            ),
                        )
                    elif way.lower() == "term:" and target not in terms:
                        faults.add(
                            document.path,
                            number,
                            msg("The glossary has no word %(id)s."),
                            id=target,
                        )
                    elif way == "#" and target not in known:
                        faults.add(
                            document.path, number, msg("No block has the id %(id)s."), id=target
                        )


def _all_blocks(
    documents: Mapping[str, Mapping[str, Document]],
) -> Iterator[tuple[str, str, Document, Block]]:
    for language, of_language in documents.items():
        for name, document in of_language.items():
            for block in document.blocks:
                yield language, name, document, block


def _check_items(
    facts: CourseFacts,
    documents: Mapping[str, Mapping[str, Document]],
    items: Mapping[str, Question],
    faults: Faults,
) -> None:
    check_items(facts, documents.get(facts.source, {}), items.values(), faults)
    check_bank("course.toml", facts, items.values(), dict.fromkeys(facts.codes()), faults)


def check_items(
    facts: CourseFacts, source: Mapping[str, Document], items: Iterable[Question], faults: Faults
) -> None:
    """Note which facts of items name something that the course does not have.

    source  the files of the course in its source language, by name.
    """
    for item in items:
        lesson = item.facts.get("lesson", "")
        if lesson not in facts.codes():
            faults.add(item.file, item.line - 1, msg("The item names no lesson of this course."))
        elif lesson in source and not source[lesson].block(item.facts.get("section", "")):
            faults.add(
                item.file,
                item.line - 1,
                msg("Write section= and the block of %(lesson)s that teaches this."),
                lesson=lesson,
            )
        slot = item.facts.get("critical")
        if slot is not None and slot not in facts.critical:
            faults.add(
                item.file,
                item.line - 1,
                msg("course.toml has no critical slot %(slot)s."),
                slot=slot,
            )
        if not OUTCOME.fullmatch(item.facts.get("outcome", "")) or not DIFFICULTY.fullmatch(
            item.facts.get("difficulty", "")
        ):
            faults.add(
                item.file,
                item.line - 1,
                msg("Write outcome= with a letter and difficulty= from 1 to 3."),
            )


def check_bank(
    file: str,
    facts: CourseFacts,
    items: Iterable[Question],
    taught: Collection[str],
    faults: Faults,
) -> None:
    """Note in ``file`` what the tests of the lessons ``taught`` cannot draw from ``items``."""
    if not facts.tests:
        return
    asked = [item for item in items if item.facts.get("lesson") in taught]
    lessons = {item.facts["lesson"] for item in asked}
    filled = Counter(item.facts.get("critical") for item in asked)
    for slot, lesson in facts.critical.items():
        if lesson in taught and filled[slot] < FEWEST_IN_A_SLOT:
            faults.add(file, 0, msg("The critical slot %(slot)s needs three items."), slot=slot)
    for code in taught:
        if code not in lessons:
            faults.add(file, 0, msg("The bank has no item for lesson %(code)s."), code=code)
    scenarios = max(plan["scenarios"] for plan in facts.tests.values())
    if sum(item.kind == "scenario" for item in asked) < scenarios:
        faults.add(file, 0, msg("The bank has fewer scenarios than one test draws."))
    if len(asked) < sum(plan["items"] for plan in facts.tests.values()):
        faults.add(file, 0, msg("The bank has fewer items than a pre-test and a test."))
