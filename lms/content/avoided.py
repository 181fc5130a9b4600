"""Words that a glossary says not to use, and where a text uses them all the same.

What this cannot see: a word that the glossary does not name, and one that bends otherwise than at
its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lms.content.model import Document

AVOID = "avoid"  # the table of the front matter: word of the glossary -> words not to be used
ANY_END = "*"
MOST_OF_A_WORD, MOST_IN_ALL, LONGEST = 20, 200, 90
# Vowels and the stretching line belong to an Arabic word, although they are no letters.
_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")
_TARGET = re.compile(r"\]\([^()\n]*\)")
# What an Arabic word carries before it: and, then, in, as, to; the article.
_BEFORE = "[وف]?[بكل]?(?:ال|لل)?"


@dataclass(frozen=True, slots=True)
class Avoided:
    """Words that are not to be used in a language.

    heading  the word of the glossary that stands for the same thing.
    begins   the first of the words in small letters: without it in a text nothing is looked for.
    pattern  finds the words as ``hit``, and before that the headings in which they stand rightly.
    """

    heading: str
    begins: str
    pattern: re.Pattern[str]


def avoided_by(glossary: Document | None, language: str) -> list[Avoided]:
    """Return what the glossary of a language says not to use; nothing without a glossary."""
    if glossary is None:
        return []
    headings = {block.id: block.title for block in glossary.blocks}
    return [
        _avoided(phrase, term, headings, language)
        for term, phrases in phrases_of(glossary).items()
        if term in headings
        for phrase in phrases
    ]


def phrases_of(glossary: Document | None) -> dict[str, list[str]]:
    """Return word of the glossary -> the words not to be used for it, as they are written there."""
    table = glossary.front.get(AVOID) if glossary else None
    return dict(table) if isinstance(table, dict) and are_phrases(table) else {}


def are_phrases(table: dict[str, object]) -> bool:
    """Return whether all values of the table are lists of words that can be looked for."""
    lists = [each for each in table.values() if isinstance(each, list)]
    return (
        len(lists) == len(table)
        and all(0 < len(each) <= MOST_OF_A_WORD and all(map(_is_phrase, each)) for each in lists)
        and sum(map(len, lists)) <= MOST_IN_ALL
    )


def _is_phrase(value: object) -> bool:
    if not isinstance(value, str) or len(value) > LONGEST or value != value.strip():
        return False
    words = value.removesuffix(ANY_END)
    return ANY_END not in words and words[:1].isalnum() and sum(map(str.isalpha, words)) > 1


def _avoided(phrase: str, term: str, headings: dict[str, str], language: str) -> Avoided:
    words = _bare(phrase.removesuffix(ANY_END)).split()
    wanted = r"\s+".join(map(re.escape, words)) + (r"\w*" if phrase.endswith(ANY_END) else "")
    wanted = rf"(?<!\w){_BEFORE if language == 'ar' else ''}{wanted}(?!\w)"
    rightly = [
        rf"(?<!\w){re.escape(_bare(each))}\w*"
        for each in headings.values()
        if re.search(wanted, _bare(each), re.IGNORECASE)
    ]
    pattern = re.compile("|".join([*rightly, f"(?P<hit>{wanted})"]), re.IGNORECASE)
    return Avoided(headings[term], words[0].lower(), pattern)


def _bare(text: str) -> str:
    return _MARKS.sub("", text)


def hits(text: str, avoided: Sequence[Avoided]) -> Iterator[tuple[Avoided, str]]:
    """Yield what is not to be used and stands in a text (Markdown), with the words found there."""
    bare = _TARGET.sub("]", _bare(text)) if avoided else ""
    small = bare.lower()
    for each in avoided:
        if each.begins in small:
            found = (hit["hit"] for hit in each.pattern.finditer(bare))
            words = next(filter(None, found), None)
            if words is not None:
                yield each, " ".join(words.split())
