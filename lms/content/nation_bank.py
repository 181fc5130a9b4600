"""A country's own questions: their banks beside the core's, and which of them are asked."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from lms.content.agreement import check_front
from lms.content.faults import Faults
from lms.content.model import Course, CourseFacts, Document, NationFacts, Question
from lms.content.question_blocks import questions_in
from lms.content.tables import LANGUAGE


def with_own_items(
    facts: CourseFacts,
    nation: NationFacts,
    banks: Mapping[str, Mapping[str, Document]],
    faults: Faults,
) -> NationFacts:
    """Return a layer with the questions of its banks; what is wrong with them is noted.

    banks  ``bank/MR-1`` -> language -> file.
    """
    source = nation.source or facts.source
    documents: dict[str, dict[str, Document]] = {}
    for name, of_language in banks.items():
        for language, document in of_language.items():
            check_front(facts, name, document, faults, translated=language != source)
            documents.setdefault(language, {})[name] = document
    items, _ = questions_in(replace(facts, source=source), documents, faults)
    by_module = {
        language: {name.partition("/")[2]: document for name, document in of_language.items()}
        for language, of_language in documents.items()
    }
    return replace(nation, source=source, banks=by_module, items=items)


def own_source(table: bytes, course_source: str) -> str:
    """Return the language in which a country's own questions have their key.

    table  its ``nation.toml``; where that cannot be read, or names none, it is the course's.
    """
    said = _said_source(table)
    return said if isinstance(said, str) and LANGUAGE.fullmatch(said) else course_source


def has_source(table: bytes) -> bool:
    """Return whether a ``nation.toml`` names the language of the country's own questions."""
    return _said_source(table) is not None


def _said_source(table: bytes) -> object:
    try:
        return tomllib.loads(table.decode(errors="replace")).get("source")
    except ValueError:
        return None


def own_path(nation: str, language: str, module: str) -> str:
    """Return where the own questions of a country about a module lie."""
    return f"nations/{nation}/{language}/bank/{module}.md"


def own_documents(course: Course) -> Iterator[tuple[str, Document]]:
    """Yield every bank of every country of a course with its language."""
    for nation in course.nations.values():
        for language, banks in nation.banks.items():
            for document in banks.values():
                yield language, document


def bank_of(nation: NationFacts, item: Question, language: str) -> Document | None:
    """Return the file in which a country's own question stands in a language; None for none."""
    return nation.banks.get(language, {}).get(item.file.rpartition("/")[2].removesuffix(".md"))


def own_codes(nation: NationFacts) -> tuple[str, ...]:
    """Return the codes that a country's banks have, whether they can be asked or not."""
    return tuple(
        sorted(
            {
                block.title
                for banks in nation.banks.values()
                for document in banks.values()
                for block in document.blocks
                if block.title
            }
        )
    )
