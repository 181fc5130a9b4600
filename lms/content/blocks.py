"""One text file into front matter and blocks. Reads line by line, so nothing can be nested deep."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from lms.content.faults import Faults
from lms.content.media import check_line
from lms.content.model import Block, Document
from lms.kernel.messages import msg

FENCE = "+++"
ID = r"[a-z0-9][a-z0-9-]{0,59}"
SECTION = re.compile(rf"## (?P<text>.*?\S)(?: \{{#(?P<id>{ID})\}})?\s*")
OPEN = re.compile(rf"::: (?P<name>[a-z]+)(?P<words>(?: [^{{}}\s]+)*)(?: \{{#(?P<id>{ID})\}})?\s*")
CONTAINERS = frozenset(
    {"objectives", "practice", "do", "dont", "box", "attention", "check", "keypoints", "sources",
     "trainer"}
)  # fmt: skip

MOST_BYTES, MOST_LINES, LONGEST_LINE = 256 * 1024, 5000, 4000
MOST_BLOCKS, MOST_NESTING, MOST_TOML, TOML_DEPTH = 200, 6, 64 * 1024, 4
LONGEST_TITLE = 90
# More of these signs than any text needs are there to keep a reader of Markdown busy.
MARKS, MOST_MARKS = "[]*_|&\\", 10_000
# Control characters, separators that some programs take for line ends, turns of direction.
INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")
# Lines that Markdown knows and a course does not use.
FORBIDDEN = (
    (re.compile(r".*`|\s*~~~"), msg("Code has no place in a course. Write it as plain text.")),
    (re.compile(r"#(?!#)|#####*|####"), msg("Use only ## and ### for headings.")),
    (re.compile(r"\s*([-*_])( *\1){2,}\s*$"),
     msg("Take this horizontal rule away; a heading begins a new part.")),
    (re.compile(r" {0,3}(=+|-+)\s*$"),
     msg("Headings are not underlined. Write ## before the text.")),
    (re.compile(r"\s*\[[^\]]+\]:\s"), msg("Write the address of a link behind its words.")),
)  # fmt: skip
LINE = re.compile(r"[^\n]*\n|[^\n]+")
TAG = re.compile(r"<[A-Za-z/!?]")
LINK = re.compile(r"\]\(([^)\s]*)")
SCHEMES = ("https://", "http://", "mailto:", "term:", "doc:", "#")
DOCUMENT = re.compile(r"doc:[a-z0-9]+(-[a-z0-9]+)*", re.IGNORECASE)
QUOTES = re.compile(r"(?: {0,3}> ?)*")
BULLET = re.compile(r" *(?:[-*+]|\d{1,9}[.)])(?: +|$)")


def decoded(path: str, data: bytes, faults: Faults) -> str | None:
    """Return the text of a file, None (and a fault) where it cannot be read as text."""
    if len(data) > MOST_BYTES:
        faults.add(path, 0, msg("This file is larger than 256 kB. Split it or shorten it."))
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.add(path, line, msg("This line is not UTF-8. Save the file as UTF-8."))
        return None
    if text.startswith("\ufeff"):
        faults.add(path, 1, msg("The file begins with a byte-order mark. Save it without."))
    if "\r" in text:
        faults.add(path, 0, msg("Line ends must be LF, not CR or CRLF."))
        return None
    if text and not text.endswith("\n"):
        faults.add(path, 0, msg("The last line has no line end. Add one."))
    if not unicodedata.is_normalized("NFC", text):
        faults.add(path, 0, msg("The text is not in Unicode form NFC. Save it in that form."))
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        faults.add(path, 0, msg("This file has more than 5,000 lines. Split it."))
        return None
    for number, said in enumerate(lines, 1):
        if len(said) > LONGEST_LINE:
            faults.add(path, number, msg("This line is longer than 4,000 characters. Break it."))
            return None
        if found := INVISIBLE.search(said):
            faults.add(
                path,
                number,
                msg("Take the invisible character %(code)s away."),
                code=f"U+{ord(found[0]):04X}",
            )
    if sum(map(text.count, MARKS)) > MOST_MARKS:
        faults.add(
            path, 0, msg("This file has more than 10,000 of the signs [ ] * _ | & and backslash.")
        )
        return None
    return text


def toml_of(path: str, line: int, text: str, faults: Faults) -> dict[str, Any] | None:
    """Return what a piece of TOML says, None (and a fault) where it says nothing readable."""
    if len(text.encode()) > MOST_TOML:
        faults.add(path, line, msg("This table is larger than 64 kB. Shorten it."))
        return None
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a ValueError
        detail = str(error).partition("\n")[0][:120]
        faults.add(path, line, msg("This is not TOML: %(detail)s"), detail=detail)
        return None
    if _is_deeper(found, TOML_DEPTH):
        faults.add(path, line, msg("Tables stand inside each other at most 4 deep."))
        return None
    return found


def _is_deeper(value: object, most: int) -> bool:
    layer: list[object] = [value]
    for _ in range(most + 1):
        layer = [
            inner
            for each in layer
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return any(isinstance(each, dict | list) for each in layer)


def read_document(path: str, data: bytes, faults: Faults) -> Document | None:
    """Return one text file, None when it cannot be read at all; every fault is noted."""
    text = decoded(path, data, faults)
    if text is None:
        return None
    lines = LINE.findall(text)
    front, start = _front(path, lines, faults)
    if front is None:
        return None
    first = next((n for n in range(start, len(lines)) if _begins(lines[n])), len(lines))
    for number in range(start, first):
        if lines[number].strip():
            faults.add(
                path,
                number + 1,
                msg("Text stands before the first block. Begin with ## or with a container."),
            )
            break
    blocks = tuple(_blocks(path, lines, first, faults))
    if len(blocks) > MOST_BLOCKS:
        faults.add(path, 0, msg("This file has more than 200 blocks. Split it."))
    return Document(path, front, "".join(lines[:first]), blocks)


def _front(path: str, lines: list[str], faults: Faults) -> tuple[Mapping[str, Any] | None, int]:
    if not lines or lines[0].strip() != FENCE:
        faults.add(path, 1, msg("The file must begin with a line +++ and its title."))
        return None, 0
    end = next((n for n in range(1, len(lines)) if lines[n].strip() == FENCE), None)
    if end is None:
        faults.add(path, 1, msg("The front matter has no end. Close it with a line +++."))
        return None, 0
    return toml_of(path, 2, "".join(lines[1:end]), faults), end + 1


def _begins(line: str) -> bool:
    return line.startswith(("## ", ":::"))


def _blocks(path: str, lines: list[str], first: int, faults: Faults) -> Iterator[Block]:
    number = first
    while number < len(lines):
        start, line = number, lines[number]
        number += 1
        if line.startswith("## "):
            name, words, block_id = _section(path, start + 1, line, faults)
            while number < len(lines) and not _begins(lines[number]):
                number += 1
            body = lines[start + 1 : number]
        else:
            name, words, block_id = _opening(path, start + 1, line, faults)
            while number < len(lines) and not _begins(lines[number]):
                number += 1
            body = lines[start + 1 : number]
            if number < len(lines) and lines[number].strip() == ":::":
                number += 1
            else:
                faults.add(path, start + 1, msg("This container is not closed. Add a line :::."))
            after = number
            while number < len(lines) and not _begins(lines[number]):
                number += 1
            for stray in range(after, number):
                if lines[stray].strip():
                    faults.add(
                        path,
                        stray + 1,
                        msg("This text belongs to no block. Put a heading ## before it."),
                    )
                    break
        check_lines(path, start + 1, lines[start : start + 1 + len(body)], faults)
        yield Block(block_id, name, words, "".join(body), "".join(lines[start:number]), start + 1)


def _section(path: str, line: int, text: str, faults: Faults) -> tuple[str, tuple[str, ...], str]:
    found = SECTION.fullmatch(text.rstrip("\n"))
    if found is None:
        faults.add(path, line, msg("This heading is not complete: ## text {#id}."))
        return "section", ("",), ""
    if len(found["text"]) > LONGEST_TITLE:
        faults.add(path, line, msg("A heading has at most 90 characters."))
    return "section", (found["text"],), found["id"] or ""


def _opening(path: str, line: int, text: str, faults: Faults) -> tuple[str, tuple[str, ...], str]:
    found = OPEN.fullmatch(text.rstrip("\n"))
    if found is None or found["name"] not in CONTAINERS:
        faults.add(
            path,
            line,
            msg("No such container. Write ::: and one of: %(names)s, then {#id}."),
            names=", ".join(sorted(CONTAINERS)),
        )
        return "", (), ""
    return found["name"], tuple(found["words"].split()), found["id"] or ""


def check_lines(path: str, first: int, body: list[str], faults: Faults) -> None:
    """Note what the lines of a block must not hold; ``first`` is the number of the first one."""
    lists: list[int] = []  # for each list that is open, the column where its text begins
    for number, line in enumerate(body, first):
        for pattern, sentence in FORBIDDEN:
            if pattern.match(line):
                faults.add(path, number, sentence)
        if TAG.search(line):
            faults.add(path, number, msg("HTML is not used. Write the words without < and >."))
        shows = "![" in line
        if shows:
            check_line(path, number, line, faults)
        if line.strip() and _depth(line.rstrip("\n"), lists) > MOST_NESTING:
            faults.add(
                path, number, msg("Lists and quotes stand inside each other at most 6 deep.")
            )
        for target in LINK.findall(line):
            is_document = target.lower().startswith("doc:")
            if not shows and (
                not target.lower().startswith(SCHEMES)
                or (is_document and not DOCUMENT.fullmatch(target))
            ):
                faults.add(
                    path,
                    number,
                    msg("A link goes to https://, http://, mailto:, term:, doc: or #block."),
                )


def _depth(line: str, lists: list[int]) -> int:
    """Return how many quotes and lists ``line`` stands in; ``lists`` is brought up to date."""
    column, quotes = 0, 0
    while True:
        if quoted := QUOTES.match(line, column):
            quotes, column = quotes + quoted[0].count(">"), quoted.end()
        indent = len(line) - len(line[column:].lstrip(" "))
        while lists and lists[-1] > indent:
            lists.pop()
        found = BULLET.match(line, column)
        if found is None or len(lists) + quotes > MOST_NESTING:
            return len(lists) + quotes
        column = found.end()
        lists.append(column)
