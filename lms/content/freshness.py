"""Whether a translation was made from today's text, and whether the law has changed since."""

from __future__ import annotations

from collections.abc import Iterator

from lms.content import standing
from lms.content.digests import block_digest, block_key
from lms.content.model import Block, Course, Document, NationFacts, Question
from lms.content.nation_bank import bank_of


def is_current(course: Course, document: Document, original: Block) -> bool:
    """Return whether a translation of a block was made from today's text.

    Where only typing errors were mended since, it was. document is that of the translation.
    """
    key = block_key(original)
    made_from = document.front.get("from", {}).get(key)
    return standing.is_current(course.changes, key, made_from, block_digest(original))


def behind_law(course: Course, nation: NationFacts | None, language: str) -> tuple[str, ...]:
    """Return the blocks and items whose translation was made before a change of the law.

    Those that the nation hides, replaces or closes are nobody's concern there.
    """
    changed = {change.block for change in course.changes if change.severity == "law"}
    if not changed or language == course.facts.source:
        return ()
    return tuple(
        block_key(original)
        for document, original in _shown(course, nation, language)
        if block_key(original) in changed
        and not is_current(course, document, original)
        and _law_since(course, document, original)
    )


def untranslated_items(
    course: Course, nation: NationFacts | None, language: str
) -> tuple[str, ...]:
    """Return the items of a nation's tests that are not, or no longer, translated."""
    own = _untranslated_own(course, nation, language) if nation else ()
    source = course.facts.source
    if language == source:
        return tuple(own)
    found = []
    for item in course.items[source].values():
        name = item.file.partition("/")[2].removesuffix(".md")
        original = next(
            block for block in course.documents[source][name].blocks if block_key(block) == item.id
        )
        document = course.documents.get(language, {}).get(name)
        translated = item.id in course.items.get(language, {})
        if not _left_out(course, nation, name, original) and not (
            translated and document and is_current(course, document, original)
        ):
            found.append(item.id)
    return (*found, *own)


def _untranslated_own(course: Course, nation: NationFacts, language: str) -> Iterator[str]:
    """Yield a nation's own items that are not, or no longer, translated."""
    if language == nation.source:
        return
    for item in nation.own_items.values():
        closed = _module_of(course, item.facts["lesson"]) in nation.closed
        translated = language in dict(own_translations(course, nation, item))
        if not closed and not translated:
            yield item.id


def own_translations(
    course: Course, nation: NationFacts, item: Question
) -> Iterator[tuple[str, Question]]:
    """Yield (language, question) wherever a nation's own item is translated and not stale."""
    bank = bank_of(nation, item, nation.source)
    original = next(block for block in bank.blocks if block_key(block) == item.id) if bank else None
    for language in sorted(set(nation.items) - {nation.source}):
        translated = nation.items[language].get(item.id)
        document = bank_of(nation, item, language)
        if translated and document and original and is_current(course, document, original):
            yield language, translated


def _shown(
    course: Course, nation: NationFacts | None, language: str
) -> Iterator[tuple[Document, Block]]:
    """Yield what a nation shows and this language has: its document, the block of the source."""
    source = course.documents[course.facts.source]
    for name, document in course.documents.get(language, {}).items():
        translated = {
            block_key(block) for block in document.blocks if block.body.strip() or block.title
        }
        for original in source[name].blocks:
            if block_key(original) in translated and not _left_out(course, nation, name, original):
                yield document, original


def _left_out(course: Course, nation: NationFacts | None, name: str, block: Block) -> bool:
    if nation is None:
        return False
    lesson = name
    if name.startswith("bank/"):
        item = course.items[course.facts.source].get(block.title)
        lesson = item.facts["lesson"] if item else name
    key = block_key(block)
    return (
        key in nation.hidden
        or key in nation.replaced
        or key in nation.items_out
        or _module_of(course, lesson) in nation.closed
    )


def _module_of(course: Course, lesson: str) -> str:
    return next(
        (
            module.code
            for module in course.facts.modules
            if any(each.code == lesson for each in module.lessons)
        ),
        "",
    )


def _law_since(course: Course, document: Document, original: Block) -> bool:
    key = block_key(original)
    made_from = document.front.get("from", {}).get(key)
    changes = [change for change in course.changes if change.block == key]
    # Of the texts that this block has had, the translation was made from one; later ones count.
    seen = [place for place, change in enumerate(changes, 1) if change.new == made_from]
    return any(change.severity == "law" for change in changes[max(seen, default=0) :])
