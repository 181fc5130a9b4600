"""What a country says inside a lesson: its boxes, and blocks in place of the core's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from lms.content.boxes import UNNAMED_SOURCE, filling, is_open, replacement
from lms.content.model import Block, NationFacts
from lms.content.solutions import Words

# Marks a part that is in another language than the page: HTML and its language in, HTML out.
Marked = Callable[[str, str], str]


class National:
    """One country's layer on a page in one language."""

    def __init__(
        self,
        nation: NationFacts | None,
        chain: Sequence[str],
        words: Words,
        shown_date: Callable[[date], str],
    ) -> None:
        """Take the layer and how the page speaks; ``chain`` are the languages to look in."""
        self.nation, self.chain = nation, chain
        self.words, self.shown_date = words, shown_date

    def box(self, block: Block, marked: Marked) -> str:
        """Return a box with the country's words, or with the word that they are missing."""
        code = block.words[0]
        heading = (
            f'<h2 id="{block.id}">{self.words.label("box")} <bdi class="meta">{code}</bdi></h2>'
        )
        facts = self.nation.boxes.get(code) if self.nation else None
        words = None if is_open(self.nation, code) else self._filling(code)
        if facts is None or words is None:
            inside = f"<p>{self.words.label('box_empty')}</p>"
            state = "empty"
        else:
            state = facts.status
            source = self._source(facts.legal_source, facts.date)
            notes = [source] if source else []
            if state == "draft":
                notes.insert(0, self.words.label("box_draft"))
            if state == "under-review":
                notes.insert(0, self.words.label("box_review"))
            language, html = words
            inside = marked(html, language) + "".join(map(_note, notes))
        return f'<section class="box {state}">{heading}{inside}</section>'

    def replacement(self, block: Block) -> tuple[str, Block, str] | None:
        """Return the language, the country's words and the law for a block that it replaces."""
        limit = self.nation.replaced.get(block.id) if self.nation else None
        if self.nation is None or limit is None:
            return None
        for language in dict.fromkeys((*self.chain, *self.nation.replacements)):
            found = replacement(self.nation, block.id, language)
            if found is not None:
                source = self._source(limit.law, limit.date)
                return language, found, _note(source) if source else ""
        return None

    def _source(self, law: str, day: date | None) -> str:
        if law.startswith(UNNAMED_SOURCE):
            return self.words.label("box_unnamed")
        if law and day:
            return self.words.label("box_source", source=law, date=self.shown_date(day))
        return self.words.label("box_law", source=law) if law else ""

    def _filling(self, code: str) -> tuple[str, str] | None:
        if self.nation is None:
            return None
        for language in dict.fromkeys((*self.chain, *self.nation.texts)):
            block = filling(self.nation, code, language)
            if block is not None:
                return language, self.words.rich(block.body)
        return None


def _note(text: str) -> str:
    return f'<p class="meta">{text}</p>'
