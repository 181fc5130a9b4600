"""Words that nobody translated: a whole block, a run of words, a letter of the neighbour language.

A name that all languages write alike is let pass up to three words in a row, and so are the titles
of a list of sources, which stand in the language of the book. What this cannot see: up to three
forgotten words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lms.content.digests import block_key
from lms.content.model import Block, Course, Document
from lms.content.quality.findings import Finding, finding
from lms.content.quality.passages import Line, lines_in, lines_of, words_in

# So many words in a row that stand in the source text too are a forgotten sentence, no name.
RUN = 4
# A block of fewer words may be the same by right: "Options", "100 kg".
FEWEST_IN_BLOCK = 4
# Letters that Kazakh has and Russian does not; a Russian text was made from, or beside, the other.
_KAZAKH = re.compile(r"\w*[әғқңөұүһі]\w*", re.IGNORECASE)


def residue_findings(course: Course) -> Iterator[Finding]:
    """Yield every place of a translation that is still in the source language."""
    origin = course.documents[course.facts.source]
    for language in course.languages[1:]:
        for name, document in course.documents[language].items():
            source = origin.get(name)
            if source is not None:
                yield from _in_document(source, document)
            if language == "ru":
                yield from _neighbours(document)


def _in_document(source: Document, document: Document) -> Iterator[Finding]:
    twins = {block_key(block): block for block in source.blocks}
    for block in document.blocks:
        twin = twins.get(block_key(block))
        if twin is None:
            continue
        theirs, ours = _lines(source, twin), _lines(document, block)
        if (said := _words(ours)) == _words(theirs) and len(said) >= FEWEST_IN_BLOCK:
            yield finding("residue.block", document.path, block.line, block=block_key(block))
            continue
        if block.name == "sources":
            continue
        known = {run for line in theirs for run in _runs(line)}
        for line in ours:
            if shared := next((run for run in _runs(line) if run in known), None):
                yield finding("residue.words", document.path, line.number, words=" ".join(shared))


def _lines(document: Document, block: Block) -> list[Line]:
    return list(lines_in(document.path, block, titled="/bank/" not in document.path))


def _words(lines: list[Line]) -> list[str]:
    return [word for line in lines for word in _plain(line)]


def _runs(line: Line) -> list[tuple[str, ...]]:
    words = _plain(line)
    return [tuple(words[n : n + RUN]) for n in range(len(words) - RUN + 1)]


def _plain(line: Line) -> list[str]:
    """Return the words of a line in one case; numbers are the same in every language."""
    return [word.casefold() for word in words_in(line.text) if not word[0].isdigit()]


def _neighbours(document: Document) -> Iterator[Finding]:
    for line in lines_of(document):
        if found := _KAZAKH.search(line.text):
            yield finding("residue.neighbour", line.file, line.number, word=found[0])
