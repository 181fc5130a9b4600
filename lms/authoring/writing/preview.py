"""A lesson of a draft as its readers will see it, without reading the whole course."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.html import LessonHtml, lesson_html
from lms.content.model import Block, Course, CourseFacts, Document
from lms.content.pictures import Picture
from lms.content.question_blocks import questions_in
from lms.content.stamp import ID_MARK


def places_in(texts: Mapping[str, bytes]) -> dict[str, str]:
    """Return where blocks lie, to which a link may lead: block id -> lesson code.

    texts  the other lessons by their codes, as bytes: they are searched, not read.
    """
    return {found.decode(): code for code, text in texts.items() for found in ID_MARK.findall(text)}


def preview(
    facts: CourseFacts,
    code: str,
    language: str,
    texts: Mapping[str, bytes],
    labels: Mapping[str, str],
    others: Mapping[str, str],
    shown_date: Callable[[date], str],
    pictures: Mapping[str, Picture],
) -> LessonHtml | None:
    """Return one lesson in one language; None where its text cannot be shown at all.

    texts   path -> bytes: the lesson and the glossary in the language and in the source language.
    others  the blocks of the other lessons, see ``places_in``.
    pictures  those that the lesson shows, by name; one that is missing leaves the lesson unshown.

    What is wrong with the text is left out, as far as it goes: the editor says it beside the line.
    """
    documents: dict[str, dict[str, Document]] = {}
    for path, data in texts.items():
        document = read_document(path, data, Faults()) if data else None
        if document is not None:
            spoken, _, name = path.partition("/")
            documents.setdefault(spoken, {})[name.removesuffix(".md")] = document
    source = documents.get(facts.source, {}).get(code)
    if source is None:
        return None
    _, checks = questions_in(facts, documents, Faults())
    documents = _what_can_be_shown(documents, checks)
    for block_id, place in others.items():
        stub = Block(block_id, "section", ("",), "", "", 0)
        known = documents[facts.source].get(place, Document("", {}, "", ()))
        documents[facts.source][place] = replace(known, blocks=(*known.blocks, stub))
    for other in facts.codes():
        documents[facts.source].setdefault(other, Document("", {}, "", ()))
    course = Course(facts, {}, documents, {}, checks, {}, (), pictures)
    try:
        return lesson_html(course, code, language, labels, shown_date=shown_date)
    except KeyError:
        return None


def _what_can_be_shown(
    documents: Mapping[str, Mapping[str, Document]], checks: Mapping[str, Mapping[str, object]]
) -> dict[str, dict[str, Document]]:
    """Leave out the questions that are not finished, and blocks whose first line is wrong.

    A part that is being written has no id before somebody presses a button, and gets one here: the
    page finds its parts by their ids.
    """
    kept: dict[str, dict[str, Document]] = {}
    for language, of_language in documents.items():
        kept[language] = {}
        for name, document in of_language.items():
            blocks = tuple(
                replace(block, id=block.id or f"{language}-new-{block.line}")
                for block in document.blocks
                if block.name
                and (
                    block.name != "check"
                    or (bool(block.words) and block.words[0] in checks.get(language, {}))
                )
                and (block.name != "box" or bool(block.words))
            )
            kept[language][name] = replace(document, blocks=blocks)
    return kept
