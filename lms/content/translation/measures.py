"""What may be wrong with a translation, and may well be right: a person reads the place again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lms.content.model import Block, Document
from lms.content.quality.figures import figures_in
from lms.content.quality.passages import words_in
from lms.content.quality.rules_named import FORMS, rules_in
from lms.content.quality.terms import are_alike, links_in
from lms.content.translation.reasons import Reason
from lms.content.translation.units import Unit
from lms.kernel.messages import Message, msg

# Fewer words than this may be the same in two languages by right.
FEWEST_WORDS = 4
_ITEM = re.compile(r"^ *(?:[-*+]|\d{1,9}[.)]) ", re.MULTILINE)
_ROW = re.compile(r"^ *\|", re.MULTILINE)
_SMALL_HEADING = re.compile(r"^### ", re.MULTILINE)


def warnings(
    unit: Unit,
    said: Mapping[str, str],
    block: Block,
    source_language: str,
    language: str,
    glossary: Document | None,
) -> Iterator[Reason]:
    """Yield what a person should look at again.

    block  the translation as it was read.
    """
    for part in unit.parts:
        text = said[part.key]
        yield from _shape(part.key, part.text, text)
        same = " ".join(part.text.split()).casefold() == " ".join(text.split()).casefold()
        if same and unit.kind != "sources" and len(words_in(text)) >= FEWEST_WORDS:
            yield _look(part.key, msg("This part is still in the source language."))
    if unit.block is not None:
        yield from _numbers(unit.name, unit.block, block, source_language, language)
    headings = {each.id: each.title for each in glossary.blocks} if glossary else {}
    for _, words, term in links_in(block):
        if term in headings and not are_alike(words, headings[term], language):
            yield _look(
                "",
                msg(
                    "“%(words)s” leads to the word “%(heading)s” of the glossary, but shares no "
                    "word with it. Use the glossary’s word."
                ),
                words=words,
                heading=headings[term],
            )


def _look(part: str, msgid: str, **values: object) -> Reason:
    return Reason(part, Message(msgid, values), refused=False)


def _shape(key: str, source: str, text: str) -> Iterator[Reason]:
    for pattern, sentence in (
        (_ITEM, msg("Lines of lists: %(source)s in the source text, %(here)s here.")),
        (_ROW, msg("Rows of tables: %(source)s in the source text, %(here)s here.")),
        (_SMALL_HEADING, msg("Small headings: %(source)s in the source text, %(here)s here.")),
    ):
        wanted, found = len(pattern.findall(source)), len(pattern.findall(text))
        if wanted != found:
            yield _look(key, sentence, source=wanted, here=found)


def _numbers(
    name: str, origin: Block, block: Block, source_language: str, language: str
) -> Iterator[Reason]:
    files = f"{source_language}/{name}.md", f"{language}/{name}.md"
    theirs = _rules(source_language, files[0], origin)
    ours = _rules(language, files[1], block)
    if theirs != ours and {source_language, language} <= set(FORMS):
        yield _look(
            "",
            msg("Rules named: %(source)s in the source text, %(here)s here."),
            source=_listed(theirs),
            here=_listed(ours),
        )
    wanted = figures_in(Document(files[0], {}, "", ()), origin) - theirs
    found = figures_in(Document(files[1], {}, "", ()), block) - ours
    if lost := wanted - found - ours:
        yield _look(
            "",
            msg(
                "Figures of the source text that are missing here: %(figures)s. Make sure that "
                "the words say the same."
            ),
            figures=_listed(lost),
        )
    if added := found - wanted - theirs:
        yield _look(
            "",
            msg(
                "Figures that the source text does not have: %(figures)s. Make sure that the "
                "words say the same."
            ),
            figures=_listed(added),
        )


def _rules(language: str, file: str, block: Block) -> set[int]:
    return {number for named in rules_in(language, file, block) for number in named.numbers}


def _listed(numbers: set[int]) -> str:
    return ", ".join(map(str, sorted(numbers))) or "—"
