"""Texts of other programs as our Markdown, and what of them has no form there.

HTML is cleaned first, by a reader that knows every way in which it can be broken; what is left is
small and well formed. Plain text is escaped, so that nothing in it counts as a sign of ours.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from lms.authoring.questions.understood import HTML, MARKDOWN, MOODLE, Text

# More signs "<" or letters than a question needs keep a reader of HTML busy: then it is plain text.
MOST_TAGS, LONGEST = 2_000, 50_000
MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li",
                    "table", "tr", "pre", "hr", "section", "article"})  # fmt: skip
# What is kept so far that its loss can be told; the words inside it stay.
LOST = frozenset({"img", "audio", "video", "table", "sub", "sup", "u", "s", "del", "code", "pre",
                  "iframe", "object", "bdo", "ruby", "font", "input"})  # fmt: skip
SHAPED = frozenset({"br", "a", "span", "td", "th", *BLOCKS, *MARKS})
LONGEST_HEADING = 300
SCHEMES = ("https://", "http://", "mailto:")

_KNOWN_TAG = re.compile(
    rf"</?(?:{'|'.join(sorted(LOST | SHAPED | {'script', 'style'}))})(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[\\*_\[\]|`]|(?<=\])\(|&(?=[#A-Za-z])|<(?=[A-Za-z/!?])|!(?=\[)")
_ENTITY = {"&": "&amp;", "<": "&lt;", "`": "’"}
_AT_START = re.compile(r"([#>+=~-]|:{3})|([0-9]{1,9})([.)])(?=\s|$)")
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_FORMULA = re.compile(r"\$\$|\\\(|\\\[")
_OUR_LINES = re.compile(r"=|:::|~~~|\+\+\+|\s*\[[^\]]+\]:\s|#")
_ORDERED = re.compile(r"(\d+)\.(?= [a-z]\. )")
_RULE = re.compile(r"\s*([-*_])(?: *\1){2,}\s*|-+\s*|=+\s*")
_HEADING = re.compile(r"#{1,6} +(\S.*?)(?: +#+)?")
_REFUSED = re.compile(
    r"<(?=[A-Za-z/!?])|!(?=\[)|(?<=\])\((?!https?://|mailto:|term:|#)", re.IGNORECASE
)


@dataclass(slots=True)
class Turned:
    """A text in our Markdown, and the names of what was lost."""

    text: str
    lost: list[str] = field(default_factory=list)


def turned(text: Text, *, one_line: bool = False) -> Turned:
    """Return a text as our Markdown.

    one_line  where it must stand on one line, as a choice does: paragraphs become spaces.
    """
    lost: list[str] = ["formula"] if _FORMULA.search(text.text) else []
    if "`" in text.text:
        lost.append("`")
    if text.format in {HTML, MOODLE}:
        found = _from_html(text)
        said, lost = found.text, lost + found.lost
    elif text.format == MARKDOWN:
        found = _kept(text.text)
        said, lost = found.text, lost + found.lost
    else:
        said = "\\\n".join(escaped(line) for line in text.text.split("\n") if line.strip())
    if one_line:
        joined = said.replace("\\\n", " ")
        if re.search(r"\n *(?:\*|[0-9]{1,9}\)) ", joined):
            lost.append("list")
        said = _spaced(joined)
    return Turned(said.strip(), list(dict.fromkeys(lost)))


def escaped(line: str) -> str:
    """Return one line of plain text so that Markdown, and our format, show it as it is."""
    line = _SIGNS.sub(lambda sign: _ENTITY.get(sign[0], f"\\{sign[0]}"), _spaced(line))
    return _safe_start(line)


def _spaced(text: str) -> str:
    """Return a text with single spaces; one that does not break, as French has it, stays."""
    return _SPACES.sub(" ", text).strip()


def _safe_start(line: str) -> str:
    return _AT_START.sub(_escaped_start, line, count=1) if _AT_START.match(line) else line


def _escaped_start(found: re.Match[str]) -> str:
    return f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}"


def _kept(text: str) -> Turned:
    """Return Markdown as it is, but for what our format refuses or takes for something else."""
    lines, lost = [], []
    for raw in text.split("\n"):
        line = raw.rstrip().replace("`", "’").replace("\t", "    ")
        if _RULE.fullmatch(line):
            lost.append("hr")
            line = ""
        elif len(line) < LONGEST_HEADING and (found := _HEADING.fullmatch(line)):
            lost.append("heading")
            line = f"**{found[1]}**" if "*" not in found[1] else found[1]
        elif line.startswith("- "):
            line = f"* {line[2:]}"
        elif _OUR_LINES.match(line):
            line = f"\\{line}"
        if "![" in line:
            lost.append("img")
        line = _ORDERED.sub(r"\1)", line, count=1)
        line = _REFUSED.sub(lambda sign: _ENTITY.get(sign[0], f"\\{sign[0]}"), line)
        lines.append(line)
    return Turned("\n".join(lines), lost)


def _from_html(text: Text) -> Turned:
    """Return HTML as Markdown; of Moodle's own format line breaks count and unknown tags do not."""
    if text.text.count("<") > MOST_TAGS or len(text.text) > LONGEST:
        plain = "\\\n".join(escaped(line) for line in text.text.split("\n") if line.strip())
        return Turned(plain, ["html"])
    source = text.text
    if text.format == MOODLE:
        source = _moodle(source)
    lost = sorted({tag for tag in _tags(source) if tag in LOST or tag in {"script", "style"}})
    builder = _Builder()
    if "<" in source or "&" in source:
        import nh3

        source = nh3.clean(
            source,
            tags=set(SHAPED | LOST),
            clean_content_tags={"script", "style"},
            attributes={"a": {"href"}, "img": {"alt"}},
            url_schemes={"http", "https", "mailto"},
            link_rel=None,
        )
    builder.feed(source)
    builder.close()
    return Turned(builder.text(), lost + builder.lost)


def _moodle(source: str) -> str:
    """Return Moodle's own format as HTML: each line break is one, ``a<b`` is no tag."""
    parts, at = [], 0
    for found in _KNOWN_TAG.finditer(source):
        parts += [source[at : found.start()].replace("<", "&lt;"), found[0].replace("\n", " ")]
        at = found.end()
    parts.append(source[at:].replace("<", "&lt;"))
    return "".join(parts).replace("\n", "<br>")


def _tags(source: str) -> list[str]:
    return [found.lower() for found in re.findall(r"<([A-Za-z][A-Za-z0-9]{0,15})", source)]


class _Builder(HTMLParser):
    """Writes Markdown while clean HTML is read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lost: list[str] = []
        self._blocks: list[str] = [""]
        self._prefix: list[str] = [""]  # of each block: of a list, its sign
        self._lists: list[int] = []  # for each open list: 0 with dots, else the next number
        self._links: list[str] = []
        self._marks: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, or write the sign of an emphasis."""
        given = dict(attrs)
        if tag in BLOCKS:
            self._new()
        if tag == "br":
            self._blocks[-1] += "\\\n"
        elif tag in {"ul", "ol"}:
            self._lists.append(1 if tag == "ol" else 0)
        elif tag == "li":
            self._item()
        elif tag in MARKS:
            self._marks.append((MARKS[tag], len(self._blocks[-1])))
        elif tag == "a":
            href = given.get("href") or ""
            ours = href.lower().startswith(SCHEMES) and not re.search(r"[()\s<>`]", href)
            self._links.append(href if ours else "")
            self._blocks[-1] += "[" if ours else ""
        elif tag == "img":
            self._blocks[-1] += escaped(given.get("alt") or "")
        elif tag in {"td", "th"} and self._blocks[-1]:
            self._blocks[-1] += "; "

    def handle_endtag(self, tag: str) -> None:
        """End a block, an emphasis or a link."""
        if tag in BLOCKS:
            self._new()
        if tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        elif tag in MARKS and self._marks:
            self._end_mark()
        elif tag == "a" and self._links:
            href = self._links.pop()
            self._blocks[-1] += f"]({href})" if href else ""

    def handle_data(self, data: str) -> None:
        """Write words, with the signs in them escaped."""
        words = _SIGNS.sub(
            lambda sign: _ENTITY.get(sign[0], f"\\{sign[0]}"), _SPACES.sub(" ", data)
        )
        if not self._blocks[-1] or self._blocks[-1].endswith("\n"):
            words = words.lstrip()
            words = (
                _AT_START.sub(_escaped_start, words, count=1) if _AT_START.match(words) else words
            )
        self._blocks[-1] += words

    def _end_mark(self) -> None:
        """Put the signs around the words alone: beside a space they would not count."""
        sign, start = self._marks.pop()
        block = self._blocks[-1]
        inside = block[start:]
        words = inside.strip()
        if not words or start > len(block) or "\n" in words or self._marks:
            return
        lead = inside[: len(inside) - len(inside.lstrip())]
        trail = inside[len(inside.rstrip()) :]
        self._blocks[-1] = f"{block[:start]}{lead}{sign}{words}{sign}{trail}"

    def _new(self) -> None:
        if self._blocks[-1].strip():
            self._blocks.append("")
            self._prefix.append("")
        self._marks = [(sign, 0) for sign, _ in self._marks]

    def _item(self) -> None:
        if len(self._lists) > 1:
            self.lost.append("nested list")
        number = self._lists[-1] if self._lists else 0
        self._prefix[-1] = f"{number}) " if number else "* "
        if number:
            self._lists[-1] += 1

    def text(self) -> str:
        """Return the Markdown: blocks with an empty line between them, items of a list without."""
        written = ""
        before = ""
        for prefix, block in zip(self._prefix, self._blocks, strict=True):
            lines = [line.strip() for line in block.replace("\\\n", "\n").split("\n")]
            said = "\\\n".join(line for line in lines if line)
            if not said:
                continue
            if written:
                written += "\n" if prefix and before else "\n\n"
            written += prefix + said.replace("\n", "\n" + " " * len(prefix))
            before = prefix
        return written


def unmarked(text: Text) -> str:
    """Return the words of a text without markup, for a cell of a spreadsheet."""
    if text.format not in {HTML, MOODLE, MARKDOWN}:
        return text.text
    if text.format == MARKDOWN:
        from lms.content.markdown import plain

        return plain(text.text) if len(text.text) < 10_000 else text.text
    markdown = _from_html(text).text
    return html.unescape(re.sub(r"\\\n", "\n", markdown).replace("**", "")).replace("\\", "")
