"""What is wrong with one file of a course while it is being written: quick, and never all of it.

A page that shows a text cannot read a hundred lessons each time. What one file says of another one
(a link, an item's lesson) is told by ``reader.read_course`` before publication. Of the measures
only those are told that one text decides: what stands in the way of readers who hear it.
"""

from __future__ import annotations

from lms.content.agreement import check_front, check_ids
from lms.content.blocks import decoded, read_document, toml_of
from lms.content.faults import Fault, Faults
from lms.content.model import CourseFacts, Document, NationFacts
from lms.content.nation_bank import own_path, with_own_items
from lms.content.nation_tables import nation_facts
from lms.content.quality.accessible import access_findings_in
from lms.content.question_blocks import own_bank, questions_in
from lms.content.tables import changes_of, course_facts

# Stands for the language of an original, whichever that is.
NO_LANGUAGE = "zxx"


def facts_of(data: bytes) -> tuple[CourseFacts | None, Faults]:
    """Return what ``course.toml`` says and what is wrong with it; None where it is unreadable."""
    faults = Faults()
    text = decoded("course.toml", data, faults)
    values = toml_of("course.toml", 0, text, faults) if text is not None else None
    return (course_facts("course.toml", values, faults) if values is not None else None), faults


def problems(
    path: str, data: bytes, facts: CourseFacts, original: bytes | None = None
) -> list[Fault]:
    """Return what is wrong with one file, in the order of its lines.

    path      inside the course folder.
    facts     of its course.
    original  the same file in the source language, where ``path`` is a translation; of a
              country's own bank the one that has the key.
    """
    faults = Faults()
    first, _, rest = path.partition("/")
    if path.endswith(".toml"):
        _check_table(path, data, faults)
    elif path.endswith(".md") and first != "nations" and rest:
        _check_text(path, rest.removesuffix(".md"), data, facts, original, faults)
    elif path.endswith(".md"):
        if own_bank(path):
            _check_own_bank(path, data, facts, original, faults)
        elif rest:
            _check_access(read_document(path, data, faults), faults)
        else:
            decoded(path, data, faults)
    return list(faults)


def _check_table(path: str, data: bytes, faults: Faults) -> None:
    if path == "course.toml":
        _, found = facts_of(data)
        for fault in found:
            faults.add(fault.file, fault.line, fault.message.msgid, **fault.message.values)
        return
    text = decoded(path, data, faults)
    values = toml_of(path, 0, text, faults) if text is not None else None
    if values is None:
        return
    if path == "changes.toml":
        changes_of(path, values, faults)
    else:
        nation_facts(path.split("/")[1], path, values, faults)


def _check_own_bank(
    path: str, data: bytes, facts: CourseFacts, original: bytes | None, faults: Faults
) -> None:
    document = read_document(path, data, faults)
    if document is None:
        return
    _, country, language, *name = path.removesuffix(".md").split("/")
    bank, spoken = "/".join(name), {language: document}
    source = language
    if original is not None:
        source = NO_LANGUAGE
        there = own_path(country, NO_LANGUAGE, bank.partition("/")[2])
        origin = read_document(there, original, Faults())
        spoken |= {NO_LANGUAGE: origin} if origin else {}
    found = Faults()
    with_own_items(facts, NationFacts(country, source=source), {bank: spoken}, found)
    for fault in found:
        if fault.file == path:  # what is wrong with the original is said where it is written
            faults.add(fault.file, fault.line, fault.message.msgid, **fault.message.values)


def _check_text(
    path: str, name: str, data: bytes, facts: CourseFacts, original: bytes | None, faults: Faults
) -> None:
    language = path.partition("/")[0]
    document = read_document(path, data, faults)
    if document is None:
        return
    documents: dict[str, dict[str, Document]] = {language: {name: document}}
    if language != facts.source:
        origin = f"{facts.source}/{name}.md"
        source = read_document(origin, original, Faults()) if original is not None else None
        documents[facts.source] = {name: source} if source else {}
    check_front(facts, name, document, faults, translated=language != facts.source)
    found = Faults()
    questions_in(facts, documents, found)
    check_ids(facts, documents, found)
    for fault in found:
        if fault.file == path:  # what is wrong with the source is said where it is written
            faults.add(fault.file, fault.line, fault.message.msgid, **fault.message.values)
    _check_access(document, faults)


def _check_access(document: Document | None, faults: Faults) -> None:
    for each in access_findings_in(document) if document is not None else ():
        faults.add(each.file, each.line, each.message.msgid, **each.message.values)
