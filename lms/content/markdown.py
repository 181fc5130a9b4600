"""Markdown as safe HTML: no script, no style, nothing that an author could smuggle in.

Turned into HTML without raw HTML, then cleaned by an allow-list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from lms.content.media import FIGURE

TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "blockquote", "h3", "br",
        "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
ATTRIBUTES = {"a": {"href", "class"}, "ol": {"start"}, "table": {"class"}, "td": {"data-l"}}
# A longer heading of a column is not repeated before each cell of a narrow page.
LONGEST_LABEL = 60
HREF = re.compile(r'href="(term:|doc:|#|https?://|mailto:)?([^"]*)"', re.IGNORECASE)
PLAIN = re.compile(r"[*_`\\]|\[([^\[\]]*)\]\([^)\s]*\)")


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")


def rich(
    text: str,
    link: Callable[[str], str] | None = None,
    terms: str = "",
    picture: Callable[[str, str], str] | None = None,
    library: str = "",
) -> str:
    """Return Markdown as clean HTML blocks.

    link    turns the id of a block into an address, empty where there is none to go to; without
            it, addresses stay ``#id``.
    terms   the lesson whose list of words the links ``term:`` lead to.
    picture turns name and alternative text of a line that shows a picture into its frame, which
            is not cleaned; without it, no picture is shown.
    library the address below which the documents of the links ``doc:`` lie; without it the words
            stay and the link goes.
    """
    if picture is None or "![" not in text:
        return _clean(text, link, terms, library)
    parts: list[str] = []
    written: list[str] = []
    for line in text.splitlines(keepends=True):
        if found := FIGURE.fullmatch(line):
            parts.append(_clean("".join(written), link, terms, library))
            parts.append(picture(found["name"], found["alt"]))
            written = []
        else:
            written.append(line)
    parts.append(_clean("".join(written), link, terms, library))
    return "\n".join(filter(None, parts))


def _clean(text: str, link: Callable[[str], str] | None, terms: str, library: str) -> str:
    tokens = _markdown().parse(text)
    _label_cells(tokens)
    found = _markdown().renderer.render(tokens, _markdown().options, {})

    def address(match: re.Match[str]) -> str:
        if match[1] == "term:":
            return f'href="#{terms}-term-{match[2]}" class="term"'
        if match[1] == "doc:":
            return f'href="{library}/{match[2]}"' if library else ""
        if match[1] == "#":
            target = link(match[2]) if link else f"#{match[2]}"
            return f'href="{target}"' if target else ""
        return match[0] if match[1] else ""  # no address that depends on where the page lies

    clean = nh3.clean(
        HREF.sub(address, found),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
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
    clean = nh3.clean(_markdown().renderInline(text), tags={"strong", "em", "br"}, attributes={})
    return clean.strip()


def plain(text: str) -> str:
    """Return Markdown as plain text, for places where no markup can stand (a menu, a print)."""
    return PLAIN.sub(lambda found: found[1] or "", text).strip()
