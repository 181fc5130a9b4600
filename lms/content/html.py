"""Lessons and questions as safe HTML: no script, no style, nothing that an author could smuggle in.

Markdown is turned into HTML without raw HTML, then cleaned by an allow-list. The frames around it
(sections, forms) are written here; every value in them is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from html import escape
from itertools import pairwise
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from lms.content.digests import block_digest
from lms.content.model import Block, Course, Document, NationFacts, Question

TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "blockquote", "h3", "br",
        "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
ATTRIBUTES = {"a": {"href", "class"}, "ol": {"start"}, "table": {"class"}, "td": {"data-l"}}
# A longer heading of a column is not repeated before each cell of a narrow page.
LONGEST_LABEL = 60
RIGHT_TO_LEFT = frozenset({"ar"})
HREF = re.compile(r'href="(term:|#|https?://|mailto:)?([^"]*)"', re.IGNORECASE)
_AFTER_BLOCK = re.compile(r"(<(?:/?(?:blockquote|li|ol|section|t[a-z]+|ul)|/h[23]|/p)>)\n")
PLAIN = re.compile(r"[*_`\\]|\[([^\[\]]*)\]\([^)\s]*\)")

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LessonHtml:
    """A compiled lesson.

    html, print   the page's body and the paper's, without title.
    sections      id and heading of each part that reading can stop at.
    fallback      whether parts are shown in another language.
    reviewed      whether a native speaker has read the translation (always so for the source).
    """

    title: str
    html: str
    print: str
    sections: tuple[tuple[str, str], ...]
    fallback: bool
    reviewed: bool

    def parts(self) -> dict[str, Any]:
        """Return plain JSON for ``edition_lesson.parts``."""
        return {
            "html": self.html,
            "print": self.print,
            "sections": [list(each) for each in self.sections],
            "fallback": self.fallback,
            "reviewed": self.reviewed,
        }


def fallback_chain(language: str, source: str) -> tuple[str, ...]:
    """Return the languages in which a missing block is looked for, the wanted one first."""
    between = {"kk": ("ru",), "ar": ("fr",)}.get(language, ())
    return tuple(dict.fromkeys((language, *between, source)))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")


def rich(text: str, link: Callable[[str], str] | None = None, terms: str = "") -> str:
    """Return Markdown as clean HTML blocks.

    link    turns the id of a block into an address, empty where there is none to go to; without
            it, addresses stay ``#id``.
    terms   the lesson whose list of words the links ``term:`` lead to.
    """
    tokens = _markdown().parse(text)
    _label_cells(tokens)
    found = _markdown().renderer.render(tokens, _markdown().options, {})

    def address(match: re.Match[str]) -> str:
        if match[1] == "term:":
            return f'href="#{terms}-term-{match[2]}" class="term"'
        if match[1] == "#":
            target = link(match[2]) if link else f"#{match[2]}"
            return f'href="{target}"' if target else ""
        return match[0] if match[1] else ""  # no address that depends on where the page lies

    clean = nh3.clean(
        HREF.sub(address, found), tags=TAGS, attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"}, link_rel=None,
    )  # fmt: skip
    return clean.replace(
        '<a href="http', '<a rel="external noopener noreferrer" href="http'
    ).strip()


def _label_cells(tokens: Sequence[Token]) -> None:
    """Let each cell of a table carry its column's heading: on a narrow page a row is a block.

    The first cell names its row and needs none.
    """
    headings: list[str] = []
    column = 0
    for token, inside in pairwise(tokens):
        if token.type == "table_open":
            token.attrSet("class", "stack")
            headings = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            headings.append(plain(inside.content))
        elif token.type == "td_open":
            label = headings[column] if column < len(headings) else ""
            if column and label and len(label) <= LONGEST_LABEL:
                token.attrSet("data-l", label)
            column += 1


def inline(text: str) -> str:
    """Return one line of Markdown as clean HTML without a paragraph around it."""
    clean = nh3.clean(
        _markdown().renderInline(text), tags={"strong", "em", "br"}, attributes={}
    )  # fmt: skip
    return clean.strip()


def plain(text: str) -> str:
    """Return Markdown as plain text, for places where no markup can stand (a menu, a print)."""
    return PLAIN.sub(lambda found: found[1] or "", text).strip()


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
    digest = block_digest(block)
    typos = {change.old for change in course.changes
             if change.block == block.id and change.severity == "typo"}  # fmt: skip
    for tried in fallback_chain(language, source):
        document = course.documents.get(tried, {}).get(name)
        found = document.block(block.id) if document else None
        if document is None or found is None or not (found.body.strip() or found.title):
            continue
        made_from = document.front.get("from", {}).get(block.id)
        if tried == source or made_from == digest or made_from in typos:
            return tried, document, found
    return source, course.documents[source][name], block


class _Lesson:
    def __init__(
        self, course: Course, code: str, language: str, labels: Labels,
        nation: NationFacts | None, shown_date: Callable[[date], str], one_page: bool,
    ) -> None:  # fmt: skip
        self.course, self.code, self.language, self.labels = course, code, language, labels
        self.nation, self.shown_date, self.one_page = nation, shown_date, one_page
        self.source = course.facts.source
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
            language, document, shown = block_in(self.course, self.code, block, self.language)
            self.used.add((language, document.path))
            if block.name == "check":
                question = self.course.checks[language][block.words[0]]
                on_page = self._check(block.id, question)
                on_paper = self._paper_check(question)
                answers.append(self._paper_answer(question, len(answers) + 1))
            else:
                on_page = self._block(block, shown)
                on_paper = on_page
            if block.name != "trainer":
                page.append(self._marked(on_page, language))
            paper.append(self._marked(on_paper, language))
            if block.name == "section":
                sections.append((block.id, plain(shown.title)))
        terms = self._glossary("".join(page))
        if answers:
            answers = [f'<section class="answers"><h3>{self._label("answers")}</h3><ol>',
                       *answers, "</ol></section>"]  # fmt: skip
        title = self._title()
        return LessonHtml(
            title=title,
            html=_packed([*page, terms]),
            print=_packed([*paper, terms, *answers]),
            sections=tuple(sections),
            fallback=self.fallback,
            reviewed=self._reviewed(),
        )

    def _title(self) -> str:
        for tried in fallback_chain(self.language, self.source):
            document = self.course.documents.get(tried, {}).get(self.code)
            if document is not None:
                return str(document.front["title"])
        raise KeyError(self.code)

    def _reviewed(self) -> bool:
        documents = self.course.documents
        return all(
            language == self.source
            or bool(documents[language][path.partition("/")[2][:-3]].front.get("reviewed"))
            for language, path in self.used
        )

    def _label(self, key: str, **values: object) -> str:
        return escape(self.labels[key] % values if values else self.labels[key])

    def _marked(self, html: str, language: str) -> str:
        if language == self.language:
            return html
        self.fallback = True
        direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        return (
            f'<div class="fallback"><p class="meta">{self._label("fallback")}</p>'
            f'<div lang="{escape(language)}" dir="{direction}">{html}</div></div>'
        )

    def _link(self, block_id: str) -> str:
        place = self.places.get(block_id)
        if place is None:
            return ""  # this country hides that part: the words stay, the link goes
        return f"#{block_id}" if self.one_page or place == self.code else f"{place}#{block_id}"

    def _rich(self, text: str) -> str:
        return rich(text, self._link, self.code)

    def _block(self, block: Block, shown: Block) -> str:
        body = self._rich(shown.body)
        if block.name == "section":
            return f'<h2 id="{block.id}">{inline(shown.title)}</h2>\n{body}'
        if block.name == "box":
            return self._box(block, body)
        heading = f'<h2 id="{block.id}">{self._label(block.name)}</h2>'
        return f'<section class="{block.name}">{heading}{body}</section>'

    def _box(self, block: Block, asked: str) -> str:
        code = block.words[0]
        heading = f'<h2 id="{block.id}">{self._label("box")} <bdi class="meta">{code}</bdi></h2>'
        facts = self.nation.boxes.get(code) if self.nation else None
        words = self._filling(code) if facts and facts.status != "empty" else None
        if facts is None or words is None:
            inside = f'{asked}<p class="meta">{self._label("box_empty")}</p>'
            state = "empty"
        else:
            state = facts.status
            notes = []
            if facts.legal_source:
                day = self.shown_date(facts.date) if facts.date else ""
                notes.append(self._label("box_source", source=facts.legal_source, date=day))
            if state == "draft":
                notes.insert(0, self._label("box_draft"))
            if state == "under-review":
                notes.insert(0, self._label("box_review"))
            language, html = words
            filled = self._marked(html, language)
            inside = filled + "".join(f'<p class="meta">{note}</p>' for note in notes)
        return f'<section class="box {state}">{heading}{inside}</section>'

    def _filling(self, code: str) -> tuple[str, str] | None:
        if self.nation is None:
            return None
        chain = dict.fromkeys((*fallback_chain(self.language, self.source), *self.nation.texts))
        for language in chain:
            document = self.nation.texts.get(language)
            for block in document.blocks if document else ():
                if block.title == code and block.body.strip():
                    return language, self._rich(block.body)
        return None

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
        heading = f'<h2 id="words-{self.code}">{self._label("glossary")}</h2>'
        return f'<section class="glossary">{heading}{"".join(rows)}</section>'

    # ---- Check yourself ---------------------------------------------------------------------

    def _check(self, block_id: str, question: Question) -> str:
        rows = "".join(self._controls(question))
        hint = ""
        if question.kind == "multiple":
            hint = f'<p class="hint">{self._label("choose", count=question.facts["choose"])}</p>'
        steps = " data-steps" if question.steps else ""
        return (
            f'<section class="check">'
            f'<h2 id="{block_id}">{self._label("check")}</h2>'
            f'<form method="dialog" data-check{steps} '
            f'data-check-label="{self._label("check_button")}" '
            f'data-right-label="{self._label("right")}" '
            f'data-wrong-label="{self._label("wrong")}">'
            f'<div class="stem" id="{question.id}-q">{self._rich(question.stem)}</div>'
            f'<fieldset aria-labelledby="{question.id}-q">{hint}{rows}</fieldset>'
            f'<details class="answer"><summary>{self._label("answer")}</summary>'
            f"{self._answer(question)}</details></form></section>"
        )

    def _controls(self, question: Question) -> Iterator[str]:
        name = escape(question.id)
        if question.kind == "truefalse-reason":
            for value in ("true", "false"):
                right = " data-right" if question.facts["claim"] == value else ""
                yield (
                    f'<label class="opt"{right}><input type="radio" name="{name}-claim" '
                    f'value="{value}"> <span>{self._label(value)}</span></label>'
                )
            yield f'<p class="hint">{self._label("reason")}</p>'
        if question.kind in {"single", "multiple", "truefalse-reason"}:
            kind = "checkbox" if question.kind == "multiple" else "radio"
            for each in question.choices:
                right = " data-right" if each.right else ""
                yield (
                    f'<label class="opt"{right}><input type="{kind}" name="{name}" '
                    f'value="{each.letter}"> <span>{inline(each.text)}</span></label>'
                )
        elif question.kind == "ordering":
            yield from self._ordering(question)
        elif question.kind == "matching":
            yield from self._matching(question)
        elif question.kind == "scenario":
            for step in question.steps:
                yield f'<fieldset class="step" aria-labelledby="{name}-{step.id}">'
                yield f'<div class="stem" id="{name}-{step.id}">{self._rich(step.prompt)}</div>'
                for each in step.choices:
                    right = " data-right" if each.right else ""
                    yield (
                        f'<label class="opt"{right}><input type="radio" name="{name}-{step.id}" '
                        f'value="{each.letter}"> <span>{inline(each.text)}</span></label>'
                    )
                yield "</fieldset>"
        else:
            facts = question.facts
            answers = "|".join(question.accepts) or facts.get("value", "")
            unit = f" <span>{escape(plain(question.unit))}</span>" if question.unit else ""
            mode = ' inputmode="decimal" class="num"' if question.kind == "numeric" else ""
            if float(facts.get("tolerance", "0")):
                mode = f' data-tolerance="{escape(facts["tolerance"])}"{mode}'
            yield (
                f'<label class="row">{self._label("your_answer")} <input type="text" dir="auto" '
                f'autocomplete="off" name="{name}" data-answer="{escape(answers)}"'
                f"{mode}>{unit}</label>"
            )

    def _ordering(self, question: Question) -> Iterator[str]:
        places = {each.letter: n for n, each in enumerate(question.choices, 1)}
        numbers = "".join(f"<option>{n}</option>" for n in range(1, len(places) + 1))
        for each in _shuffled(question.id, question.choices):
            yield (
                f'<label class="pair"><span>{inline(each.text)}</span> '
                f'<select name="{escape(question.id)}-{each.letter}" '
                f'data-answer="{places[each.letter]}"><option value="">'
                f"{self._label('place')}</option>{numbers}</select></label>"
            )

    def _matching(self, question: Question) -> Iterator[str]:
        rights = _shuffled(question.id, question.pairs)
        options = "".join(
            f'<option value="{letter}">{escape(plain(right))}</option>'
            for letter, _, right in rights
        )
        for letter, left, _ in question.pairs:
            if left:
                yield (
                    f'<label class="pair"><span>{inline(left)}</span> '
                    f'<select name="{escape(question.id)}-{letter}" data-answer="{letter}">'
                    f'<option value="">{self._label("choose_one")}</option>{options}'
                    f"</select></label>"
                )

    def _answer(self, question: Question) -> str:
        solution, label = (
            self._solution(question),
            f"<strong>{self._label('right_answer')}</strong>",
        )
        in_lines = question.kind == "ordering"
        parts = [f"<p>{label}</p>{solution}" if in_lines else f"<p>{label} {solution}</p>"]
        choices = [*question.choices, *(c for step in question.steps for c in step.choices)]
        parts += [
            f'<p class="why" data-for="{each.letter}"><strong>{inline(each.text)}</strong> '
            f"{inline(each.why)}</p>"
            for each in choices
            if each.why
        ]
        if question.why:
            parts.append(self._rich(question.why))
        return "".join(parts)

    def _solution(self, question: Question) -> str:
        if question.kind == "ordering":  # a list: an arrow would point backwards in Arabic
            lines = "".join(f"<li>{inline(each.text)}</li>" for each in question.choices)
            return f"<ol>{lines}</ol>"
        if question.kind == "matching":
            return "; ".join(
                f"{inline(left)} = {escape(plain(right))}"
                for _, left, right in question.pairs
                if left
            )
        if question.kind == "numeric":
            return f"<bdi>{escape(question.facts['value'])}</bdi> {escape(plain(question.unit))}"
        if question.kind == "short":
            return escape(question.accepts[0])
        claim = ""
        if question.kind == "truefalse-reason":
            claim = self._label(question.facts["claim"]) + ": "
        choices = [*question.choices, *(c for step in question.steps for c in step.choices)]
        return claim + "; ".join(inline(each.text) for each in choices if each.right)

    def _paper_check(self, question: Question) -> str:
        lines = ['<section class="check">', f"<h2>{self._label('check')}</h2>"]
        lines.append(self._rich(question.stem))
        box, rows = "☐", [inline(each.text) for each in question.choices]
        if question.kind == "multiple":
            lines.append(f"<p>{self._label('choose', count=question.facts['choose'])}</p>")
        if question.kind == "ordering":  # room for the number of the place
            box = "____"
            rows = [inline(each.text) for each in _shuffled(question.id, question.choices)]
        if question.kind == "truefalse-reason":
            lines += [f'<p class="tick">☐ {self._label(value)}</p>' for value in ("true", "false")]
            lines.append(f"<p>{self._label('reason')}</p>")
        if question.kind == "matching":
            rights = ", ".join(
                escape(plain(right)) for *_, right in _shuffled(question.id, question.pairs)
            )
            box, rows = "", [f"{inline(left)} ____" for _, left, _ in question.pairs if left]
            lines.append(f"<p>{rights}</p>")
        if question.kind in {"numeric", "short"}:
            unit = escape(plain(question.unit)) if question.unit else ""
            box, rows = "", [f"{self._label('your_answer')} ________ {unit}"]
        lines += [f'<p class="tick">{f"{box} {row}".strip()}</p>' for row in rows]
        for step in question.steps:
            lines.append(self._rich(step.prompt))
            lines += [f'<p class="tick">☐ {inline(each.text)}</p>' for each in step.choices]
        return "\n".join([*lines, "</section>"])

    def _paper_answer(self, question: Question, number: int) -> str:
        return f'<li value="{number}">{self._solution(question)}</li>'


def _packed(parts: Sequence[str]) -> str:
    """Return the parts of a lesson as one, without the line breaks between its blocks."""
    return _AFTER_BLOCK.sub(r"\1", "\n".join(parts).strip())


def _shuffled(seed: str, values: Sequence[Any]) -> list[Any]:
    """Return ``values`` in an order that depends on the question alone: the same on every page."""
    return sorted(values, key=lambda value: sha256(f"{seed} {value!r}".encode()).digest())
