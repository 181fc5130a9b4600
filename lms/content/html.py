"""Lessons and the items of a bank as safe HTML, in one language, missing parts filled.

What an author wrote comes from ``markdown``, cleaned. The frames around it are written here and,
for the questions of a lesson, in ``on_page`` and ``on_paper``; every value in them is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from lms.content.figures import addresses, figure
from lms.content.freshness import is_current
from lms.content.markdown import inline, plain, rich
from lms.content.model import Block, Course, Document, NationFacts, Question
from lms.content.national import National
from lms.content.on_page import check_on_page
from lms.content.on_paper import answer_on_paper, check_on_paper
from lms.content.solutions import Labels, Words
from lms.content.standing import is_reviewed

RIGHT_TO_LEFT = frozenset({"ar"})
_AFTER_BLOCK = re.compile(r"(<(?:/?(?:blockquote|li|ol|section|t[a-z]+|ul)|/h[23]|/figure|/p)>)\n")


@dataclass(frozen=True, slots=True)
class LessonHtml:
    """A compiled lesson.

    html, print   the page's body and the paper's, without title.
    sections      id and heading of each part that reading can stop at.
    pictures      bytes of all the pictures that the page shows.
    fallback      whether parts are shown in another language.
    reviewed      whether a native speaker has read the translation (always so for the source).
    """

    title: str
    html: str
    print: str
    sections: tuple[tuple[str, str], ...]
    fallback: bool
    reviewed: bool
    pictures: int = 0

    def parts(self) -> dict[str, Any]:
        """Return plain JSON for ``edition_lesson.parts``."""
        return {
            "html": self.html,
            "print": self.print,
            "sections": [list(each) for each in self.sections],
            "fallback": self.fallback,
            "reviewed": self.reviewed,
            **({"pictures": self.pictures} if self.pictures else {}),
        }


def fallback_chain(language: str, source: str) -> tuple[str, ...]:
    """Return the languages in which a missing block is looked for, the wanted one first."""
    between = {"kk": ("ru",), "ar": ("fr",)}.get(language, ())
    return tuple(dict.fromkeys((language, *between, source)))


def item_words(item: Question) -> dict[str, Any]:
    """Return the words of a bank item as safe HTML, for ``edition_item_text.words``.

    The words alone tell nothing about the key but for ``why`` and ``feedback``, which never leave
    the server before the test is marked.
    """
    return {
        "stem": rich(item.stem),
        "choices": {each.letter: inline(each.text) for each in item.choices},
        "why": {each.letter: inline(each.why) for each in item.choices if each.why},
        "lefts": {letter: inline(left) for letter, left, _ in item.pairs if left},
        "rights": {letter.upper(): plain(right) for letter, _, right in item.pairs},
        "steps": [
            {
                "id": step.id,
                "prompt": rich(step.prompt),
                "choices": {each.letter: inline(each.text) for each in step.choices},
                "why": {each.letter: inline(each.why) for each in step.choices if each.why},
            }
            for step in item.steps
        ],
        "unit": plain(item.unit),
        "feedback": rich(item.why) if item.why else "",
    }


def lesson_html(
    course: Course,
    code: str,
    language: str,
    labels: Labels,
    *,
    nation: NationFacts | None = None,
    shown_date: Callable[[date], str] = date.isoformat,
    one_page: bool = False,
) -> LessonHtml:
    """Return one lesson in one language, with the national layer and the missing parts filled.

    labels      the fixed words in this language, see ``labels.spoken``.
    shown_date  says a day in this language.
    one_page    all lessons lie in one file: links between lessons are ``#id``.
    raises      KeyError when the course has no such lesson.
    """
    return _Lesson(course, code, language, labels, nation, shown_date, one_page).compiled()


def block_in(course: Course, name: str, block: Block, language: str) -> tuple[str, Document, Block]:
    """Return the language, file and block to show for a block of the source.

    A translation made from another text than today's is passed over, unless only typing errors
    were mended since.
    """
    source = course.facts.source
    for tried in fallback_chain(language, source):
        document = course.documents.get(tried, {}).get(name)
        found = document.block(block.id) if document else None
        if document is None or found is None or not (found.body.strip() or found.title):
            continue
        if tried == source or is_current(course, document, block):
            return tried, document, found
    return source, course.documents[source][name], block


def in_language(html: str, language: str, page: str) -> str:
    """Return blocks of HTML that are in ``language``, marked where the page is in another one."""
    if language == page:
        return html
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    return f'<div lang="{escape(language)}" dir="{direction}">{html}</div>'


class _Lesson:
    def __init__(
        self,
        course: Course,
        code: str,
        language: str,
        labels: Labels,
        nation: NationFacts | None,
        shown_date: Callable[[date], str],
        one_page: bool,
    ) -> None:
        self.course, self.code, self.language = course, code, language
        self.words = Words(labels, self._rich)
        self.nation, self.one_page = nation, one_page
        self.source = course.facts.source
        chain = fallback_chain(language, self.source)
        self.national = National(nation, chain, self.words, shown_date)
        self.fallback = False
        self.used: set[tuple[str, str]] = set()
        hidden, closed = (nation.hidden, nation.closed) if nation else ({}, {})
        self.places = {
            block.id: lesson.code
            for module in course.facts.modules
            if module.code not in closed
            for lesson in module.lessons
            for block in course.documents[self.source][lesson.code].blocks
            if block.id not in hidden
        }

    def compiled(self) -> LessonHtml:
        source = self.course.documents[self.source][self.code]
        page, paper, sections = [], [], []
        answers: list[str] = []
        for block in source.blocks:
            if self.nation and block.id in self.nation.hidden:
                continue
            if block.name == "box":  # what a lesson asks of the country is not for its readers
                page.append(self.national.box(block, self._marked))
                paper.append(page[-1])
                continue
            language, shown, note = self._shown(block)
            if block.name == "check":
                question = self.course.checks[language][block.words[0]]
                on_page = check_on_page(block.id, question, self.words)
                on_paper = check_on_paper(question, self.words)
                answers.append(answer_on_paper(question, len(answers) + 1, self.words))
            else:
                on_page = self._block(block, shown)
                on_paper = on_page
            if block.name != "trainer":
                page.append(self._marked(on_page, language) + note)
            paper.append(self._marked(on_paper, language) + note)
            if block.name == "section":
                sections.append((block.id, plain(shown.title)))
        terms = self._glossary("".join(page))
        if answers:
            answers = [
                f'<section class="answers"><h3>{self.words.label("answers")}</h3><ol>',
                *answers,
                "</ol></section>",
            ]
        title = self._title()
        html = _packed([*page, terms])
        return LessonHtml(
            title=title,
            html=html,
            print=_packed([*paper, terms, *answers]),
            sections=tuple(sections),
            fallback=self.fallback,
            reviewed=self._reviewed(),
            pictures=self._weight(html),
        )

    def _weight(self, html: str) -> int:
        shown = addresses(html)
        weights = {each.address: each.bytes for each in self.course.pictures.values()}
        return sum(weights[address] for address in shown)

    def _title(self) -> str:
        for tried in fallback_chain(self.language, self.source):
            document = self.course.documents.get(tried, {}).get(self.code)
            if document is not None:
                return str(document.front["title"])
        raise KeyError(self.code)

    def _reviewed(self) -> bool:
        documents = self.course.documents
        return all(
            language == self.source or is_reviewed(documents[language][path.partition("/")[2][:-3]])
            for language, path in self.used
        )

    def _marked(self, html: str, language: str) -> str:
        if language == self.language:
            return html
        self.fallback = True
        return (
            f'<div class="fallback"><p class="meta">{self.words.label("fallback")}</p>'
            f"{in_language(html, language, self.language)}</div>"
        )

    def _link(self, block_id: str) -> str:
        place = self.places.get(block_id)
        if place is None:
            return ""  # this country hides that part: the words stay, the link goes
        return f"#{block_id}" if self.one_page or place == self.code else f"{place}#{block_id}"

    def _rich(self, text: str) -> str:
        # One file for a stick lies beside no library.
        library = "" if self.one_page else f"/{self.language}/library"
        return rich(text, self._link, self.code, self._picture, library)

    def _picture(self, name: str, alt: str) -> str:
        shown = self.course.pictures[name]
        note = self.words.labels["picture"] % {"size": -(-shown.bytes // 1000)}
        return figure(shown, alt.strip(), note)

    def _shown(self, block: Block) -> tuple[str, Block, str]:
        """Return the language and text of a block, and what is noted below it."""
        replaced = self.national.replacement(block)
        if replaced is not None:
            return replaced
        language, document, shown = block_in(self.course, self.code, block, self.language)
        self.used.add((language, document.path))
        return language, shown, ""

    def _block(self, block: Block, shown: Block) -> str:
        body = self._rich(shown.body)
        if block.name == "section":
            return f'<h2 id="{block.id}">{inline(shown.title)}</h2>\n{body}'
        heading = f'<h2 id="{block.id}">{self.words.label(block.name)}</h2>'
        return f'<section class="{block.name}">{heading}{body}</section>'

    def _glossary(self, page: str) -> str:
        wanted = dict.fromkeys(re.findall(r'-term-([a-z0-9-]+)" class', page))
        source = self.course.documents[self.source].get("glossary")
        if not wanted or source is None:
            return ""
        rows = []
        for word in wanted:
            block = source.block(word)
            if block is None:
                continue
            language, _, shown = block_in(self.course, "glossary", block, self.language)
            said = self._marked(
                f'<p id="{self.code}-term-{word}"><strong>{inline(shown.title)}</strong>: '
                f"{inline(' '.join(shown.body.split()))}</p>",
                language,
            )
            rows.append(said)
        heading = f'<h2 id="words-{self.code}">{self.words.label("glossary")}</h2>'
        return f'<section class="glossary">{heading}{"".join(rows)}</section>'


def _packed(parts: Sequence[str]) -> str:
    """Return the parts of a lesson as one, without the line breaks between its blocks."""
    return _AFTER_BLOCK.sub(r"\1", "\n".join(parts).strip())
