"""The words of the glossary: a translation leads to them where the source does, and by their name.

And words that a glossary says not to use stand nowhere.

What this cannot see: a text that uses another word without any link, and a word that is wrong in
the glossary itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lms.content.avoided import avoided_by, hits
from lms.content.markdown import plain
from lms.content.model import Block, Course, Document
from lms.content.quality.findings import Finding, finding
from lms.content.quality.passages import lines_of, words_in
from lms.kernel.names import folded

_LINK = re.compile(r"\[([^\[\]]*)\]\(term:([a-z0-9-]+)\)")
# Words bend at their end, in Arabic at their beginning too: so many letters in a row are enough.
ALIKE = 4
ALIKE_ARABIC = 3


def term_findings(course: Course) -> Iterator[Finding]:
    """Yield where a translation leaves out a link of the source, or calls a word otherwise."""
    source = course.documents[course.facts.source]
    terms = {block.id: block for block in source["glossary"].blocks} if "glossary" in source else {}
    for language in course.languages:
        documents = course.documents[language]
        headings = _headings(documents.get("glossary"))
        yield from _avoided_words(documents, language)
        for code in course.facts.codes():
            document = documents.get(code)
            if document is None:
                continue
            yield from _other_words(document, headings, language)
            if language != course.facts.source:
                yield from _unlinked(source[code], document)
        if language != course.facts.source and "glossary" in documents:
            for term in sorted(set(terms) - set(headings)):
                yield finding("term.missing", documents["glossary"].path, 0, term=term)


def _avoided_words(documents: Mapping[str, Document], language: str) -> Iterator[Finding]:
    """Yield words that are not to be used; the glossary itself may speak of them."""
    avoided = avoided_by(documents.get("glossary"), language)
    for name, document in documents.items() if avoided else ():
        for line in lines_of(document) if name != "glossary" else ():
            for each, words in hits(line.text, avoided):
                yield finding(
                    "term.avoided", document.path, line.number, words=words, heading=each.heading
                )


def _headings(glossary: Document | None) -> dict[str, str]:
    return {block.id: block.title for block in glossary.blocks} if glossary else {}


def links_in(block: Block) -> list[tuple[int, str, str]]:
    """Return line, words and id of every link of a block to a word of the glossary."""
    return [
        (number, plain(words), term)
        for number, line in enumerate(block.body.splitlines(), block.line + 1)
        for words, term in _LINK.findall(line)
    ]


def _unlinked(source: Document, document: Document) -> Iterator[Finding]:
    for block in document.blocks:
        twin = source.block(block.id)
        if twin is not None:
            linked = {term for *_, term in links_in(block)}
            for term in dict.fromkeys(term for *_, term in links_in(twin)):
                if term not in linked:
                    yield finding("term.unlinked", document.path, block.line, term=term)


def _other_words(document: Document, headings: dict[str, str], language: str) -> Iterator[Finding]:
    for block in document.blocks:
        for number, words, term in links_in(block):
            if term in headings and not are_alike(words, headings[term], language):
                yield finding(
                    "term.other", document.path, number, words=words, heading=headings[term]
                )


def are_alike(words: str, heading: str, language: str) -> bool:
    """Return whether two phrases share a word, however it bends.

    Two words are the same when they begin with the same four letters, or are equal; in Arabic when
    any three letters in a row are in both.
    """
    ours, theirs = (list(map(folded, words_in(each))) for each in (words, heading))
    if language == "ar":
        return any(_pieces(one) & _pieces(other) for one in ours for other in theirs)
    return any(
        one == other or (one[:ALIKE] == other[:ALIKE] and len(one) >= ALIKE)
        for one in ours
        for other in theirs
    )


def _pieces(word: str) -> set[str]:
    bare = word.removeprefix("ال")
    return {bare[n : n + ALIKE_ARABIC] for n in range(len(bare) - ALIKE_ARABIC + 1)} or {bare}
