"""Read a course from its files: everything that is wrong is found in one go."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lms.content.blocks import LONGEST_TITLE, decoded, read_document, toml_of
from lms.content.faults import CourseRefused, Faults
from lms.content.model import (
    Block,
    Change,
    Course,
    CourseFacts,
    Document,
    NationFacts,
    Question,
)
from lms.content.questions import facts_of, read_question
from lms.content.tables import LANGUAGE, changes_of, course_facts, nation_facts
from lms.kernel.messages import msg

MOST_FILES, MOST_BYTES_IN_ALL, MOST_DEPTH = 2000, 50 * 1024 * 1024, 4
PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(/[A-Za-z0-9][A-Za-z0-9.-]*){0,3}")
FACTS_LINE = re.compile(r"\{(?P<words>[^{}]*)\}\s*")
ITEM_ID = re.compile(r"[A-Z][A-Z0-9]*-[0-9]+-[0-9]{3}")
CHECK_ID = re.compile(r"[A-Z][A-Za-z0-9.-]*-c[0-9]+")
TERM = re.compile(r"\]\(term:([^)\s]*)\)")
FEWEST_IN_A_SLOT = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading: the course, or None; and every fault."""

    course: Course | None
    faults: Faults

    def required(self) -> Course:
        """Return the course; raises CourseRefused where it has any fault."""
        if self.course is None or len(self.faults):
            raise CourseRefused(self.faults)
        return self.course


def read_course(files: Mapping[str, bytes]) -> Reading:
    """Read a course.

    files    path inside the course folder, with ``/`` -> the file's bytes.
    returns  the course when it has no fault at all, else None; every fault with file and line.
    """
    faults = Faults()
    if not _acceptable(files, faults):
        return Reading(None, faults)
    if "course.toml" not in files:
        faults.add("course.toml", 0, msg("The file is missing."))
        return Reading(None, faults)
    text = decoded("course.toml", files["course.toml"], faults)
    values = toml_of("course.toml", 0, text, faults) if text is not None else None
    if values is None:
        return Reading(None, faults)
    facts = course_facts("course.toml", values, faults)
    return _read(facts, files, faults)


def _acceptable(files: Mapping[str, bytes], faults: Faults) -> bool:
    if len(files) > MOST_FILES:
        faults.add("", 0, msg("A course has at most 2,000 files."))
    if sum(map(len, files.values())) > MOST_BYTES_IN_ALL:
        faults.add("", 0, msg("A course has at most 50 MB."))
    seen: set[str] = set()
    for path in files:
        if not PATH.fullmatch(path) or ".." in path:
            faults.add(
                repr(path[:80]), 0,
                msg("File names use a-z A-Z 0-9 - . and at most 4 folders inside each other."),
            )  # fmt: skip
        elif path.lower() in seen:
            faults.add(path, 0, msg("Another file has the same name but for capitals."))
        seen.add(path.lower())
    return not len(faults)


def _read(facts: CourseFacts, files: Mapping[str, bytes], faults: Faults) -> Reading:
    documents: dict[str, dict[str, Document]] = {}
    nations: dict[str, NationFacts] = {}
    boxes: dict[str, dict[str, Document]] = {}
    changes: tuple[Change, ...] = ()
    names = _names(facts)
    for path in sorted(files):
        first, _, rest = path.partition("/")
        if path == "course.toml":
            continue
        if path == "changes.toml":
            text = decoded(path, files[path], faults)
            values = toml_of(path, 0, text, faults) if text is not None else None
            changes = changes_of(path, values, faults) if values is not None else ()
        elif first == "nations":
            _read_nation(path, files[path], nations, boxes, faults)
        elif first == "media":
            faults.add(path, 0, msg("This program does not show pictures yet. Take it out."))
        elif LANGUAGE.fullmatch(first) and rest.endswith(".md") and rest[:-3] in names:
            document = read_document(path, files[path], faults)
            if document is not None:
                documents.setdefault(first, {})[rest[:-3]] = document
        else:
            faults.add(path, 0, msg("This file has no place in a course; see FORMAT.md."))
    _check_source(facts, documents, faults)
    items, checks = _questions(facts, documents, faults)
    nations = {code: replace(nation, texts=boxes.get(code, {})) for code, nation in nations.items()}
    _check_ids(facts, documents, faults)
    _check_items(facts, documents, items.get(facts.source, {}), faults)
    _check_nations(facts, nations, documents, items.get(facts.source, {}), faults)
    if len(faults):
        return Reading(None, faults)
    return Reading(Course(facts, dict(files), documents, items, checks, nations, changes), faults)


def _names(facts: CourseFacts) -> set[str]:
    return {
        "course", "glossary", *facts.codes(), *(f"bank/{module.code}" for module in facts.modules),
    }  # fmt: skip


def _read_nation(
    path: str, data: bytes, nations: dict[str, NationFacts],
    boxes: dict[str, dict[str, Document]], faults: Faults,
) -> None:  # fmt: skip
    found = re.fullmatch(r"nations/([a-z]{2})/(?:nation\.toml|([a-z]{2,3})/boxes\.md)", path)
    if found is None:
        faults.add(path, 0, msg("This file has no place in a course; see FORMAT.md."))
    elif found[2]:
        document = read_document(path, data, faults)
        if document is not None:
            boxes.setdefault(found[1], {})[found[2]] = document
    else:
        text = decoded(path, data, faults)
        values = toml_of(path, 0, text, faults) if text is not None else None
        if values is not None:
            nations[found[1]] = nation_facts(found[1], path, values, faults)


def _check_source(
    facts: CourseFacts, documents: Mapping[str, Mapping[str, Document]], faults: Faults
) -> None:
    given = documents.get(facts.source, {})
    wanted = {"course", *facts.codes()}
    if facts.tests:
        wanted |= {f"bank/{module.code}" for module in facts.modules}
    for name in sorted(wanted - set(given)):
        faults.add(f"{facts.source}/{name}.md", 0, msg("The file is missing."))
    for language, of_language in documents.items():
        for name, document in of_language.items():
            if name.startswith("bank/") or name == "glossary":
                continue
            title = document.front.get("title")
            if not isinstance(title, str) or not 0 < len(title) <= LONGEST_TITLE:
                faults.add(document.path, 2, msg("Write title = with at most 90 characters."))
            if name == "course":
                titles = document.front.get("modules")
                given_codes = set(titles) if isinstance(titles, dict) else set()
                if given_codes != {module.code for module in facts.modules}:
                    faults.add(document.path, 2, msg("Give every module a title under [modules]."))
            if language != facts.source and not isinstance(
                document.front.get("reviewed"), bool | str
            ):
                faults.add(
                    document.path, 2, msg("Write reviewed = false, or who has read it and when.")
                )


def _questions(
    facts: CourseFacts, documents: Mapping[str, Mapping[str, Document]], faults: Faults
) -> tuple[dict[str, dict[str, Question]], dict[str, dict[str, Question]]]:
    items: dict[str, dict[str, Question]] = {}
    checks: dict[str, dict[str, Question]] = {}
    others = sorted(set(documents) - {facts.source})
    for language in (facts.source, *others):
        sources = None if language == facts.source else (items, checks)
        found_items, found_checks = (
            items.setdefault(language, {}), checks.setdefault(language, {})
        )  # fmt: skip
        for name, document in documents.get(language, {}).items():
            for block in document.blocks:
                if name.startswith("bank/"):
                    known = sources[0][facts.source] if sources else None
                    _add(_item(document, block, known, faults), found_items, faults)
                elif block.name == "check":
                    known = sources[1][facts.source] if sources else None
                    _add(_check(document, block, known, faults), found_checks, faults)
    for question_id in set(items.get(facts.source, {})) & set(checks.get(facts.source, {})):
        faults.add("course.toml", 0, msg("The code %(code)s is used twice."), code=question_id)
    return items, checks


def _add(question: Question | None, found: dict[str, Question], faults: Faults) -> None:
    if question is None:
        return
    if question.id in found:
        faults.add(
            question.file, question.line, msg("The code %(code)s is used twice."), code=question.id
        )
    found[question.id] = question


def _item(
    document: Document, block: Block, known: Mapping[str, Question] | None, faults: Faults
) -> Question | None:
    item_id = block.title if block.name == "section" else ""
    if not ITEM_ID.fullmatch(item_id):
        faults.add(document.path, block.line, msg("A bank holds items: ## MR-1-001"))
        return None
    lines = block.body.splitlines(keepends=True)
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    line = block.line + 1 + first
    found = FACTS_LINE.fullmatch(lines[first]) if lines else None
    if known is not None:
        if item_id not in known:
            faults.add(document.path, block.line, msg("The source language has no such question."))
            return None
        if found is not None:
            faults.add(document.path, line, msg("A translation has no line of facts in braces."))
            return None
        return read_question(item_id, "", {}, lines, document.path, block.line + 1, faults,
                             source=known[item_id])  # fmt: skip
    if found is None:
        faults.add(
            document.path, line, msg("Write the facts below the item: {single lesson=… section=…}")
        )
        return None
    kind, facts, strange = facts_of(found["words"].split())
    _strange(document.path, line, strange, faults)
    if kind == "short":
        faults.add(document.path, line, msg("A short text is for checks only, not for the bank."))
    return read_question(item_id, kind, facts, lines[first + 1 :], document.path, line + 1, faults)


def _check(
    document: Document, block: Block, known: Mapping[str, Question] | None, faults: Faults
) -> Question | None:
    check_id = block.words[0] if block.words else ""
    if not CHECK_ID.fullmatch(check_id):
        faults.add(document.path, block.line, msg("Name the check: ::: check MR-1.1-c1 single"))
        return None
    lines = block.body.splitlines(keepends=True)
    if known is not None:
        if check_id not in known:
            faults.add(document.path, block.line, msg("The source language has no such question."))
            return None
        return read_question(check_id, "", {}, lines, document.path, block.line + 1, faults,
                             source=known[check_id])  # fmt: skip
    kind, facts, strange = facts_of(block.words[1:])
    _strange(document.path, block.line, strange, faults)
    return read_question(check_id, kind, facts, lines, document.path, block.line + 1, faults)


def _strange(path: str, line: int, words: list[str], faults: Faults) -> None:
    if words:
        faults.add(
            path, line, msg("%(name)s is not known. Take it away or look for a typing error."),
            name=" ".join(words)[:80],
        )  # fmt: skip


def _check_ids(
    facts: CourseFacts, documents: Mapping[str, Mapping[str, Document]], faults: Faults
) -> None:
    source = documents.get(facts.source, {})
    ids = Counter(
        block.id for name, document in source.items() if not name.startswith("bank/")
        for block in document.blocks if block.id
    )  # fmt: skip
    known = {block.id for document in source.values() for block in document.blocks}
    terms = {block.id for block in source["glossary"].blocks} if "glossary" in source else set()
    for language, name, document, block in _all_blocks(documents):
        if name.startswith("bank/"):
            continue
        if not block.id:
            faults.add(
                document.path, block.line,
                msg("This block has no id {#…}. Run: lms content stamp"),
            )  # fmt: skip
        elif ids[block.id] > 1 and language == facts.source:
            faults.add(document.path, block.line, msg("The id %(id)s is used twice."), id=block.id)
        elif language != facts.source and (name not in source or not source[name].block(block.id)):
            faults.add(
                document.path, block.line,
                msg("The source language has no block %(id)s in this file."), id=block.id,
            )  # fmt: skip
        if block.name == "box" and (not block.words or block.words[0] not in facts.boxes):
            faults.add(
                document.path, block.line, msg("course.toml names no such box. Add [[box]] there.")
            )
        for number, line in enumerate(block.body.splitlines(), block.line + 1):
            for term in TERM.findall(line):
                if term not in terms:
                    faults.add(document.path, number, msg("The glossary has no word %(id)s."),
                               id=term)  # fmt: skip
            for target in re.findall(r"\]\(#([^)\s]*)\)", line):
                if target not in known:
                    faults.add(document.path, number, msg("No block has the id %(id)s."), id=target)


def _all_blocks(
    documents: Mapping[str, Mapping[str, Document]],
) -> Iterator[tuple[str, str, Document, Block]]:
    for language, of_language in documents.items():
        for name, document in of_language.items():
            for block in document.blocks:
                yield language, name, document, block


def _check_items(
    facts: CourseFacts, documents: Mapping[str, Mapping[str, Document]],
    items: Mapping[str, Question], faults: Faults,
) -> None:  # fmt: skip
    source = documents.get(facts.source, {})
    slots: Counter[str] = Counter()
    for item in items.values():
        lesson = item.facts.get("lesson", "")
        if lesson not in facts.codes():
            faults.add(item.file, item.line - 1, msg("The item names no lesson of this course."))
        elif lesson in source and not source[lesson].block(item.facts.get("section", "")):
            faults.add(
                item.file, item.line - 1,
                msg("Write section= and the block of %(lesson)s that teaches this."), lesson=lesson,
            )  # fmt: skip
        slot = item.facts.get("critical")
        if slot is not None and slot not in facts.critical:
            faults.add(item.file, item.line - 1, msg("course.toml has no critical slot %(slot)s."),
                       slot=slot)  # fmt: skip
        slots[slot or ""] += 1
    if not facts.tests:
        return
    for slot in facts.critical:
        if slots[slot] < FEWEST_IN_A_SLOT:
            faults.add("course.toml", 0, msg("The critical slot %(slot)s needs three items."),
                       slot=slot)  # fmt: skip
    for code in facts.codes():
        if not any(item.facts.get("lesson") == code for item in items.values()):
            faults.add(
                "course.toml", 0, msg("The bank has no item for lesson %(code)s."), code=code
            )
    post = facts.tests.get("post", {})
    if sum(item.kind == "scenario" for item in items.values()) < post.get("scenarios", 0):
        faults.add("course.toml", 0, msg("The bank has fewer scenarios than one test draws."))
    if len(items) < sum(plan["items"] for plan in facts.tests.values()):
        faults.add("course.toml", 0, msg("The bank has fewer items than a pre-test and a test."))


def _check_nations(
    facts: CourseFacts, nations: Mapping[str, NationFacts],
    documents: Mapping[str, Mapping[str, Document]], items: Mapping[str, Question], faults: Faults,
) -> None:  # fmt: skip
    known = {block.id for d in documents.get(facts.source, {}).values() for block in d.blocks}
    modules = {module.code for module in facts.modules}
    for code, nation in nations.items():
        file = f"nations/{code}/nation.toml"
        for wrong in sorted(
            (set(nation.boxes) - set(facts.boxes)) | (set(nation.hidden) - known)
            | (nation.items_out - set(items)) | (set(nation.closed) - modules)
        ):  # fmt: skip
            faults.add(file, 0, msg("This course has no %(name)s."), name=wrong)
        for document in nation.texts.values():
            for block in document.blocks:
                box = block.title
                if box not in nation.boxes:
                    faults.add(document.path, block.line, msg("nation.toml has no box %(code)s."),
                               code=box[:40])  # fmt: skip
                elif nation.boxes[box].status == "empty":
                    faults.add(
                        document.path, block.line,
                        msg("Box %(code)s has words: call it draft in nation.toml."), code=box,
                    )  # fmt: skip
