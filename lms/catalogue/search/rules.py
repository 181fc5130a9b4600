"""How words are compared when somebody searches, which ones are asked for, and what a hit shows.

The database compares what this module made of a text: words of letters and digits in one form,
with a space between them. So SQLite and PostgreSQL find the same, in every language of ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

LONGEST_QUERY = 100  # characters
MOST_TERMS = 8
LONGEST_WORD = 60  # what is longer is no word, and PostgreSQL would refuse it
SNIPPET = 200  # characters around what was asked for
MOST_HITS = 200  # of a text that are compared to choose the place that a snippet shows

# What the table of Unicode does not take apart: Kazakh letters as a Russian keyboard has them,
# letters of Arabic that stand for one another, and two letters written as one.
_FOLDED = str.maketrans(
    {
        "ә": "а",
        "ғ": "г",
        "қ": "к",
        "ң": "н",
        "ө": "о",
        "ұ": "у",
        "ү": "у",
        "һ": "х",
        "і": "и",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "ه": "ه",
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "ʼ": None,
        "ـ": None,
    }
)
# Latin letters that look like Cyrillic ones, typed by mistake in a Cyrillic word.
_LOOK_ALIKE = str.maketrans("aceopxyikmtbh", "асеорхуикмтвн")
_WORD = re.compile(r"[^\W_]+")
# A word as it is shown: vowel signs belong to it, signs around it do not.
_SHOWN = re.compile(r"[^\s/.,;:!?()\[\]«»“”„‹›\"،؛؟…–—-]+")
# The article of Arabic, alone or behind a one-letter word that is written together with it.
_ARTICLE = re.compile(r"ال(?=..)|(?:[وفبك]ال|لل)(?=....)")
_ENDINGS = {
    "CYRILLIC": ("ия", *"аеиоуыэюяь"),
    "LATIN": ("es", "s", "x", "e"),
    "ARABIC": ("ات", "ين", "ون", "ه"),
}
_SHORTEST_STEM = 4


def folded(text: str) -> str:
    """Return the words of ``text`` as they are compared, with one space between two of them.

    Taken away: capitals, accents, vowel signs, tatweel, the Arabic article. One letter for all
    that are often typed for one another: forms of alef, ya and ta marbuta; Kazakh letters and
    those of a Russian keyboard. Digits of any script are 0 to 9. Folding twice changes nothing.
    """
    return " ".join(_folded_words(text))


def _folded_words(text: str) -> Iterator[str]:
    # The sign for a number would become the letters "no".
    split = unicodedata.normalize("NFKD", text.replace("№", " ").casefold())
    # Marks go before words are found: they would stand in the middle of one.
    kept = "".join(char for char in split if not unicodedata.category(char).startswith("M"))
    kept = kept.casefold().translate(_FOLDED)
    for found in _WORD.findall(kept):
        word = "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in found)
        if any("а" <= char <= "я" for char in word):
            word = word.translate(_LOOK_ALIKE)
        yield _without_article(word[:LONGEST_WORD])


def _without_article(word: str) -> str:
    while found := _ARTICLE.match(word):
        word = word[found.end() :]
    return word


@dataclass(frozen=True, slots=True)
class Term:
    """One word that is asked for: as it was typed (folded), and what found words begin with.

    A number is found as it is: ``start`` is None.
    """

    word: str
    start: str | None


def terms(query: str) -> tuple[Term, ...]:
    """Return the words that a query asks for, without repetitions, at most eight.

    A word finds those that begin with it, whatever their ending: "rules" finds "rule".
    """
    words = list(dict.fromkeys(folded(query[:LONGEST_QUERY]).split()))
    # What an apostrophe cut off begins every tenth word.
    telling = [word for word in words if len(word) > 1 or word.isdigit()] or words
    return tuple(Term(word, _stem(word)) for word in telling[:MOST_TERMS])


def _stem(word: str) -> str | None:
    if word.isdigit():
        return None
    script = unicodedata.name(word[0], "").partition(" ")[0]
    for ending in _ENDINGS.get(script, ()):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a snippet, and whether it is a word that was asked for."""

    text: str
    hit: bool


def snippet(text: str, wanted: Sequence[Term]) -> tuple[Piece, ...]:
    """Return about 200 characters of ``text`` around what was asked for.

    Chosen is the first place with most of the words: for "Rule 45" not the Rule 44 before it.
    Cut between words, with dots where something is left out; a text without a hit (it was found
    by its heading) is shown from its beginning.
    """
    words = [(found.start(), found.end()) for found in _SHOWN.finditer(text)]
    hits = {place: found for place in words if (found := _hits(text[place[0] : place[1]], wanted))}
    first = _fullest(hits)
    start = _edge(words, max(0, first - SNIPPET // 4), len(text)) if first else 0
    end = len(text)
    if end > start + SNIPPET:
        end = max(
            (after for _, after in words if after <= start + SNIPPET), default=start + SNIPPET
        )
    pieces: list[Piece] = [Piece("… ", hit=False)] if start else []
    at = start
    for begin, after in sorted(hits):
        if begin >= at and after <= end:
            pieces += [Piece(text[at:begin], hit=False), Piece(text[begin:after], hit=True)]
            at = after
    pieces.append(Piece(text[at:end], hit=False))
    if text[end:].strip():
        pieces.append(Piece(" …", hit=False))
    return tuple(piece for piece in pieces if piece.text)


def _edge(words: Sequence[tuple[int, int]], wanted: int, otherwise: int) -> int:
    """Return where the first word at or after ``wanted`` begins."""
    return next((begin for begin, _ in words if begin >= wanted), otherwise)


def _fullest(hits: Mapping[tuple[int, int], frozenset[Term]]) -> int:
    """Return where the first of the places begins that have most of the words close behind."""
    best, most = 0, 0
    looked_at = list(hits.items())[:MOST_HITS]
    for (begin, _), _ in looked_at:
        near = [found for (other, _), found in looked_at if 0 <= other - begin <= SNIPPET // 2]
        count = len(frozenset[Term]().union(*near))
        if count > most:
            best, most = begin, count
    return best


def _hits(word: str, wanted: Sequence[Term]) -> frozenset[Term]:
    """Return which of the words asked for a shown word is."""
    return frozenset(
        term
        for each in folded(word).split()
        for term in wanted
        if each == term.word or (term.start is not None and each.startswith(term.start))
    )
