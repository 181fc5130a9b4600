"""Read a course from its files: everything that is wrong is found in one go."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from lms.content.blocks import LONGEST_TITLE, decoded, read_document, toml_of
from lms.content.faults import CourseRefused, Faults
from lms.content.folder import MOST_BYTES_IN_ALL, MOST_DEPTH, MOST_FILES
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

MOST_TEXT = 8 * 1024 * 1024
PATH = re.compile(rf"[A-Za-z0-9][A-Za-z0-9.-]*(/[A-Za-z0-9][A-Za-z0-9.-]*){{0,{MOST_DEPTH}}}")
TEXTS = (".md", ".toml")
FACTS_LINE = re.compile(r"\{(?P<words>[^{}]*)\}\s*")
ITEM_ID = re.compile(r"[A-Z][A-Z0-9]*-[0-9]+-[0-9]{3}")
OUTCOME, DIFFICULTY = re.compile(r"[a-z]"), re.compile(r"[1-3]")
CHECK_ID = re.compile(r"[A-Z][A-Za-z0-9.-]{0,58}-c[0-9]{1,3}")
INSIDE = re.compile(r"\]\((term:|#)([^)\s]*)", re.IGNORECASE)
FRONT = frozenset({"title", "public_title", "modules", "reviewed", "from"})
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
    if sum(len(data) for path, data in files.items() if path.endswith(TEXTS)) > MOST_TEXT:
        faults.add("", 0, msg("The texts of a course have at most 8 MB."))
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
        elif path == "SOURCES.md":
            decoded(path, files[path], faults)  # for authors and reviewers: nobody else sees it
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
    for language, of_language in documents.items():
        for name, document in of_language.items():
            _check_front(facts, name, document, faults, translated=language != facts.source)
    items, checks = _questions(facts, documents, faults)
    nations = {code: replace(nation, texts=boxes.get(code, {})) for code, nation in nations.items()}
    _check_ids(facts, documents, faults)
    _check_links(facts, documents, boxes, faults)
    _check_items(facts, documents, items.get(facts.source, {}), faults)
    for code in sorted(set(boxes) - set(nations)):
        faults.add(f"nations/{code}/nation.toml", 0, msg("The file is missing."))
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


def _check_front(
    facts: CourseFacts, name: str, document: Document, faults: Faults, *, translated: bool
) -> None:
    front, path = document.front, document.path
    for key in sorted(set(front) - FRONT):
        faults.add(path, 2, msg("%(name)s is not known. Take it away or look for a typing error."),
                   name=key[:80])  # fmt: skip
    made_from = front.get("from", {})
    if not isinstance(made_from, dict) or not all(isinstance(v, str) for v in made_from.values()):
        faults.add(path, 2, msg("Write [from] and below it a digest for each block."))
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
    if translated and not isinstance(front.get("reviewed"), bool | str):
        faults.add(path, 2, msg("Write reviewed = false, or who has read it and when."))


def _is_title(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST_TITLE


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
                    _add(_item(document, block, known, faults), block, found_items, faults)
                elif block.name == "check":
                    known = sources[1][facts.source] if sources else None
                    _add(_check(document, block, known, faults), block, found_checks, faults)
    for question_id in set(items.get(facts.source, {})) & set(checks.get(facts.source, {})):
        faults.add("course.toml", 0, msg("The code %(code)s is used twice."), code=question_id)
    return items, checks


def _add(
    question: Question | None, block: Block, found: dict[str, Question], faults: Faults
) -> None:
    if question is None:
        return
    if question.id in found:
        faults.add(
            question.file, block.line, msg("The code %(code)s is used twice."), code=question.id
        )
    found[question.id] = question


def _item(
    document: Document, block: Block, known: Mapping[str, Question] | None, faults: Faults
) -> Question | None:
    item_id = block.title if block.name == "section" else ""
    if not ITEM_ID.fullmatch(item_id) or block.id:
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
        (language, block.id) for language, name, _, block in _all_blocks(documents)
        if not name.startswith("bank/")
    )  # fmt: skip
    for language, name, document, block in _all_blocks(documents):
        if name.startswith("bank/"):
            continue
        if name in {"course", "glossary"} and block.name != "section":
            faults.add(
                document.path, block.line, msg("This file has no containers, only headings ##.")
            )
        if not block.id:
            faults.add(
                document.path, block.line,
                msg("This block has no id {#…}. Run: lms content stamp"),
            )  # fmt: skip
        elif ids[language, block.id] > 1:
            faults.add(document.path, block.line, msg("The id %(id)s is used twice."), id=block.id)
        elif language != facts.source:
            origin = source[name].block(block.id) if name in source else None
            if origin is None:
                faults.add(
                    document.path, block.line,
                    msg("The source language has no block %(id)s in this file."), id=block.id,
                )  # fmt: skip
            elif _first_words(origin) != _first_words(block):
                faults.add(
                    document.path, block.line,
                    msg("Begin this block as in the source language: %(words)s"),
                    words=" ".join(_first_words(origin)),
                )  # fmt: skip
        if block.name == "box" and (not block.words or block.words[0] not in facts.boxes):
            faults.add(
                document.path, block.line, msg("course.toml names no such box. Add [[box]] there.")
            )


def _first_words(block: Block) -> tuple[str, ...]:
    """Return what a translation repeats: the container's name and the code of a check or box."""
    if block.name == "section":
        return ("##",)
    return (":::", block.name, *(block.words[:1] if block.name in {"check", "box"} else ()))


def _check_links(
    facts: CourseFacts, documents: Mapping[str, Mapping[str, Document]],
    boxes: Mapping[str, Mapping[str, Document]], faults: Faults,
) -> None:  # fmt: skip
    source, codes = documents.get(facts.source, {}), facts.codes()
    known = {block.id for code in codes if code in source for block in source[code].blocks}
    terms = {block.id for block in source["glossary"].blocks} if "glossary" in source else set()
    linking = [(name in codes, document) for of_language in documents.values()
               for name, document in of_language.items()]  # fmt: skip
    linking += [(True, document) for texts in boxes.values() for document in texts.values()]
    for in_lesson, document in linking:
        for block in document.blocks:
            for number, line in enumerate(block.body.splitlines(), block.line + 1):
                for way, target in INSIDE.findall(line):
                    if not in_lesson:
                        faults.add(
                            document.path, number,
                            msg("Only a lesson leads to words of the glossary and to blocks."),
                        )  # fmt: skip
                    elif way != "#" and target not in terms:
                        faults.add(document.path, number, msg("The glossary has no word %(id)s."),
                                   id=target)  # fmt: skip
                    elif way == "#" and target not in known:
                        faults.add(document.path, number, msg("No block has the id %(id)s."),
                                   id=target)  # fmt: skip


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
        if not OUTCOME.fullmatch(item.facts.get("outcome", "")) or not DIFFICULTY.fullmatch(
            item.facts.get("difficulty", "")
        ):
            faults.add(
                item.file, item.line - 1,
                msg("Write outcome= with a letter and difficulty= from 1 to 3."),
            )  # fmt: skip
    _check_bank("course.toml", facts, items.values(), dict.fromkeys(facts.codes()), faults)


def _check_bank(
    file: str, facts: CourseFacts, items: Iterable[Question], taught: Collection[str],
    faults: Faults,
) -> None:  # fmt: skip
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
        taught = {lesson.code: None for module in facts.modules
                  if module.code not in nation.closed for lesson in module.lessons}  # fmt: skip
        if not taught:
            faults.add(file, 0, msg("A course has at least one module with one lesson."))
        elif nation.closed or nation.items_out:
            kept = [item for item in items.values() if item.id not in nation.items_out]
            _check_bank(file, facts, kept, taught, faults)
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
