"""Read a course from its files: everything that is wrong is found in one go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lms.content.agreement import check_agreement, check_files
from lms.content.blocks import decoded, read_document, toml_of
from lms.content.faults import CourseRefused, Faults
from lms.content.folder import MOST_BYTES_IN_ALL, MOST_DEPTH, MOST_FILES
from lms.content.media import check_media, read_media
from lms.content.model import Change, Course, CourseFacts, Document, NationFacts
from lms.content.nation_agreement import check_nations
from lms.content.nation_bank import with_own_items
from lms.content.nation_tables import nation_facts
from lms.content.pictures import Picture
from lms.content.question_blocks import questions_in
from lms.content.tables import LANGUAGE, changes_of, course_facts
from lms.kernel.messages import msg

MOST_TEXT = 24 * 1024 * 1024
PATH = re.compile(rf"[A-Za-z0-9][A-Za-z0-9.-]*(/[A-Za-z0-9][A-Za-z0-9.-]*){{0,{MOST_DEPTH}}}")
TEXTS = (".md", ".toml")
# The texts of a national layer: nation -> name of the file without ending -> language -> file.
Layers = dict[str, dict[str, dict[str, Document]]]


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
    values = _table("course.toml", files["course.toml"], faults)
    if values is None:
        return Reading(None, faults)
    facts = course_facts("course.toml", values, faults)
    return _read(facts, files, faults)


def _table(path: str, data: bytes, faults: Faults) -> dict[str, Any] | None:
    text = decoded(path, data, faults)
    return toml_of(path, 0, text, faults) if text is not None else None


def _acceptable(files: Mapping[str, bytes], faults: Faults) -> bool:
    if len(files) > MOST_FILES:
        faults.add("", 0, msg("A course has at most 2,000 files."))
    if sum(map(len, files.values())) > MOST_BYTES_IN_ALL:
        faults.add("", 0, msg("A course has at most 50 MB."))
    if sum(len(data) for path, data in files.items() if path.endswith(TEXTS)) > MOST_TEXT:
        faults.add("", 0, msg("The texts of a course have at most 24 MB."))
    seen: set[str] = set()
    for path in files:
        if not PATH.fullmatch(path) or ".." in path:
            faults.add(
                repr(path[:80]),
                0,
                msg("File names use a-z A-Z 0-9 - . and at most 4 folders inside each other."),
            )
        elif path.lower() in seen:
            faults.add(path, 0, msg("Another file has the same name but for capitals."))
        seen.add(path.lower())
    return not len(faults)


def _read(facts: CourseFacts, files: Mapping[str, bytes], faults: Faults) -> Reading:
    documents: dict[str, dict[str, Document]] = {}
    nations: dict[str, NationFacts] = {}
    layers: Layers = {}
    changes: tuple[Change, ...] = ()
    names = _names(facts)
    for path in sorted(files):
        first, _, rest = path.partition("/")
        if path == "course.toml":
            continue
        if path == "changes.toml":
            values = _table(path, files[path], faults)
            changes = changes_of(path, values, faults) if values is not None else ()
        elif path == "SOURCES.md":
            decoded(path, files[path], faults)  # for authors and reviewers: nobody else sees it
        elif first == "nations":
            _read_nation(path, files[path], names, nations, layers, faults)
        elif first == "media":
            continue  # below, all of them
        elif LANGUAGE.fullmatch(first) and rest.endswith(".md") and rest[:-3] in names:
            document = read_document(path, files[path], faults)
            if document is not None:
                documents.setdefault(first, {})[rest[:-3]] = document
        else:
            faults.add(path, 0, msg("This file has no place in a course; see FORMAT.md."))
    pictures = read_media(files, faults)
    check_files(facts, documents, faults)
    items, checks = questions_in(facts, documents, faults)
    nations = {code: _with_texts(facts, nation, layers, faults) for code, nation in nations.items()}
    national = [
        document
        for texts in layers.values()
        for of_language in texts.values()
        for document in of_language.values()
    ]
    asked = items.get(facts.source, {})
    check_agreement(facts, documents, asked, national, faults)
    for code in sorted(set(layers) - set(nations)):
        faults.add(f"nations/{code}/nation.toml", 0, msg("The file is missing."))
    check_nations(facts, nations, documents, asked, faults)
    _check_media(facts, pictures, files, documents, national, faults)
    if len(faults):
        return Reading(None, faults)
    return Reading(
        Course(facts, dict(files), documents, items, checks, nations, changes, pictures), faults
    )


def _check_media(
    facts: CourseFacts,
    pictures: Mapping[str, Picture],
    files: Mapping[str, bytes],
    documents: Mapping[str, Mapping[str, Document]],
    national: Iterable[Document],
    faults: Faults,
) -> None:
    lessons, others = list[Document](), list[Document]()
    for of_language in documents.values():
        for name, document in of_language.items():
            (lessons if name in facts.codes() else others).append(document)
    others += national
    check_media(pictures, files, lessons, others, faults)


def _names(facts: CourseFacts) -> set[str]:
    return {
        "course",
        "glossary",
        *facts.codes(),
        *(f"bank/{module.code}" for module in facts.modules),
    }


def _with_texts(
    facts: CourseFacts, nation: NationFacts, layers: Layers, faults: Faults
) -> NationFacts:
    texts = layers.get(nation.code, {})
    nation = replace(nation, texts=texts.get("boxes", {}), replacements=texts.get("replaced", {}))
    banks = {name: of_language for name, of_language in texts.items() if name.startswith("bank/")}
    return with_own_items(facts, nation, banks, faults)


def _read_nation(
    path: str,
    data: bytes,
    names: set[str],
    nations: dict[str, NationFacts],
    layers: Layers,
    faults: Faults,
) -> None:
    found = re.fullmatch(
        r"nations/([a-z]{2})/(?:nation\.toml|([a-z]{2,3})/(boxes|replaced|bank/[^/]+)\.md)", path
    )
    if found is None or (found[2] and "/" in found[3] and found[3] not in names):
        faults.add(path, 0, msg("This file has no place in a course; see FORMAT.md."))
    elif found[2]:
        document = read_document(path, data, faults)
        if document is not None:
            layers.setdefault(found[1], {}).setdefault(found[3], {})[found[2]] = document
    else:
        values = _table(path, data, faults)
        if values is not None:
            nations[found[1]] = nation_facts(found[1], path, values, faults)
