"""Courses made to harm whoever reads them. ``python -m tests.content.hostile`` reads each alone.

Prints one line of JSON for each: its name, the faults, what was raised, processor seconds, and how
many megabytes reading it needed.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lms.content.html import item_words, lesson_html
from lms.content.labels import spoken
from lms.content.quality.report import measure
from lms.content.reader import read_course
from lms.content.writer import write_course
from tests.content.small import COURSE, FILES, FIRST, edited, small

Files = dict[str, bytes]
LESSON = "en/AB-1.1.md"


def in_lesson(text: str) -> Callable[[], Files]:
    """The text stands in a section of a lesson, where every line of Markdown counts."""
    return lambda: edited(LESSON, "The [United Nations]", f"{text}\n\nThe [United Nations]")


def in_toml(text: str, path: str = "course.toml") -> Callable[[], Files]:
    return lambda: small({path: f"{text}\n{FILES.get(path, '')}"})


def in_choice(text: str) -> Callable[[], Files]:
    return lambda: edited("en/bank/AB-1.md", "a. Secret yes 1.", f"a. {text}")


def named(path: str, data: bytes = b"") -> Callable[[], Files]:
    return lambda: small({path: data})


def full(piece: str, *, line: int = 3900, total: int = 220_000) -> str:
    """Return as many whole lines of ``piece`` as a file may hold."""
    return "\n".join([(piece * line)[:line]] * (total // line))


MARKDOWN = {
    "brackets": "[", "closed brackets": "[]", "pictures": "![", "links": "[a](b ",
    "open links": "[a](", "angle links": "[a](<b", "titles": '[a](#ab11-1 "', "stars": "*",
    "words in stars": "*a ", "two stars": "**a", "mixed emphasis": "*a_ ", "swapped": "_*",
    "backslashes": "\\", "entities": "&amp;", "broken entities": "&#x", "tags": "<a ",
    "comments": "<!--", "cdata": "<![CDATA[", "processing": "<?", "quotes": ">", "spaced quotes":
    "> ", "bullets": "- ", "numbers": "1. ", "bars": "|", "cells": "|a", "backquotes": "`a``",
    "closing brackets": "]", "nested": "[*", "colons": ":::", "plus": "+++", "equals": "= ",
    "spaces": " ", "spaces and letters": "          a", "arrows": "=> ", "autolinks": "<https://a>",
    "parentheses": "(", "quotation marks": '"', "braces": "{#a}", "zero width": "\u200b",
    "right to left marks": "\u200f", "isolates": "\u2067", "combining": "\u0323", "emoji": "😀",
    "line separators": "\u2028", "percent": "%s %(name)s %",
}  # fmt: skip

WIDE = "|".join(["a"] * 1900)
LONG_LINES = "\n".join(["- [ ] b. x" + " " * 3900 + "y"] * 60)


def cases() -> Iterator[tuple[str, Callable[[], Files]]]:
    """Yield the name of each hostile course and a function that makes its files."""
    for name, piece in MARKDOWN.items():
        yield f"markdown: {name}", in_lesson(full(piece))
        yield f"short markdown: {name}", in_lesson(full(piece, total=16_000))
        yield f"choice: {name}", in_choice((piece * 3900)[:3900])
    yield (
        "a table of a million cells",
        in_lesson(f"{WIDE}\n{'|'.join(['-'] * 1900)}\n" + "a\n" * 4000),
    )
    yield "lists inside each other", in_lesson("\n".join(" " * (2 * n) + "- a" for n in range(900)))
    yield "lists by tabs", in_lesson("\n".join("\t" * n + "- a" for n in range(900)))
    yield "quotes inside each other", in_lesson("\n".join(">" * n + " a" for n in range(900)))
    yield "a list of all kinds", in_lesson("> - 1. > - 1. > - 1. > - text")
    yield "reasons with spaces", in_choice("a\n" + "\n".join(["  > x" + " " * 3900 + "y"] * 60))
    yield "a choice that goes on", in_choice("a\n" + "\n".join(["  " + "[" * 3900] * 50))
    yield "choices with spaces", in_choice("a\n" + LONG_LINES)
    yield "a heading with spaces", in_lesson("## a" + " " * 3900 + "b {#x}")
    yield "many headings with spaces", in_lesson("\n".join(["## a" + " b" * 1900 + "{#"] * 60))
    yield "a container with words", in_lesson("\n".join(["::: check" + " a" * 1900 + "{"] * 60))
    yield "a check with a long name", in_lesson("::: check A" + "-c1" * 1200 + "x single {#x}")
    yield (
        "facts without end",
        lambda: edited("en/bank/AB-1.md", "{single", "{single" + " lesson=AB-1.1" * 270),
    )
    yield "a huge file", named(LESSON, b"x" * 40_000_000)
    yield "a file of line ends", named(LESSON, FIRST.encode() + b"\n" * 200_000)
    yield "a long line", named(LESSON, FIRST.encode() + b"x" * 200_000 + b"\n")
    yield "bad UTF-8", named(LESSON, FIRST.encode() + b"\xc3\x28\xff\xfe\n")
    yield "overlong UTF-8", named(LESSON, FIRST.encode() + b"\xc0\xbcscript>\n")
    yield "surrogates", named(LESSON, FIRST.encode() + b"\xed\xa0\x80\n")
    yield "UTF-16", named(LESSON, FIRST.encode("utf-16"))
    yield "NUL", in_lesson("a\0b")
    yield "NUL in TOML", in_toml("a = 1\0")
    yield "escape", in_lesson("\x1b[2J")
    yield "bidi", in_lesson("a\u202egnp.exe\u2066")
    yield "not NFC", in_lesson("e\u0301" * 1900)
    yield "an empty file", named(LESSON)
    yield "an empty course", dict
    yield "a lone course.toml", lambda: {"course.toml": COURSE.encode()}
    yield "an empty course.toml", named("course.toml")
    yield "many files", lambda: small({f"en/{n}.md": "+++\n+++\n" for n in range(1900)})
    yield "too many files", lambda: small({f"media/{n}": b"" for n in range(100_000)})
    yield "too many bytes", lambda: small({f"media/{n}": b"x" * 2**20 for n in range(60)})
    yield (
        "many languages",
        lambda: small(
            {f"{a}{b}/AB-1.1.md": FIRST for a in "bcdghijklm" for b in "abcdefghijklmnopqrstuvwxyz"}
        ),
    )
    yield (
        "many nations",
        lambda: small(
            {
                f"nations/{a}{b}/nation.toml": '[items]\nout = ["AB-1-006"]\n'
                for a in "abcdefghijklmnopqrs"
                for b in "abcdefghijklmnopqrsuvwxyz"
                if a + b != "ug"
            }
        ),
    )
    yield (
        "texts to the brim",
        lambda: small(
            {
                f"{a}{b}/AB-1.1.md": FIRST + ("Said plainly. " * 200 + "\n\n") * 85
                for a in "bcdgh"
                for b in "abcdef"
            }
        ),
    )
    for path in (
        "../../etc/passwd",
        "/etc/passwd",
        "en\\..\\x.md",
        "en/./x.md",
        "en//x.md",
        "en/x.md/",
        "",
        ".",
        "..",
        "en/\u202egnp.md",
        "en/a\nb.md",
        "en/été.md",
        "C:/x.md",
        "en/x\0.md",
        "a/" * 2000 + "x.md",
        "x" * 100_000,
        "en/\ud800.md",
        "EN/ab-1.1.MD",
        "nations/../en/x.md",
        "nations/tn/nation.toml/x",
        "CON.md",
        "en/.hidden",
        "-rf",
        "en/%s.md",
        "en/<b>.md",
    ):
        yield f"path: {path[:30]!r}", named(path)
    toml = {
        "deep arrays": "a = " + "[" * 30_000,
        "closed deep arrays": f"a = {'[' * 1900}{']' * 1900}",
        "deep tables": "a = " + "{a=" * 10_000,
        "dotted keys": "a" + ".a" * 15_000 + " = 1",
        "many dotted keys": "\n".join(f"a{'.a' * 150}.b{n} = 1" for n in range(150)),
        "dotted header": f"[{'a.' * 15_000}a]",
        "a huge number": "a = " + "9" * 60_000,
        "a huge hex number": "a = 0x" + "f" * 3900,
        "a list of huge numbers": f"audience = [0x{'f' * 3900}]",
        "a number with an exponent": "a = 1e999999999",
        "not a number": "validity_months = nan",
        "a date": "review_by = 9999-99-99",
        "a time": "review_by = 10:00:00",
        "year 0": "review_by = 0000-01-01",
        "half a date": "review_by = 2027-11",
        "a date for a text": "slug = 2027-11-30",
        "a list for a text": "slug = []",
        "a text for a list": 'module = "x"',
        "a list of lists": "module = [[[]]]",
        "a table for a number": "validity_months = {}",
        "true for a number": "format = true",
        "the same key twice": "format = 1",
        "a key of 60,000": f"{'k' * 60_000} = 1",
        "an unended text": 'a = """' + "x" * 3000,
        "escapes": 'slug = "\\u202e\\u0000"',
        "bad escapes": 'a = "\\UFFFFFFFF"',
        "percent": '"%(name)s %s %" = 1',
        "many tables": "\n".join(f"[t{n}]" for n in range(6000)),
        "many modules": "\n".join(
            f'[[module]]\ncode = "AB-{n}"\nlessons = [{{ code = "AB-{n}.1", minutes = 1 }}]'
            for n in range(3, 900)
        ),
        "many empty modules": "[[module]]\n" * 4000,
    }
    for name, text in toml.items():
        yield f"toml: {name}", in_toml(text)
        yield f"nation: {name}", in_toml(text, "nations/tn/nation.toml")
        yield f"front matter: {name}", named("ar/course.md", f"+++\n{text}\n+++\n".encode())
    yield (
        "changes of everything",
        named(
            "changes.toml",
            b'[[change]]\nblock = "x"\nold = "a"\nnew = "b"\nseverity = "typo"\n' * 900,
        ),
    )
    for text in (
        'from = "en"',
        "from = [1]",
        "from = {a = {b = 1}}",
        "modules = 1",
        "reviewed = 2026-01-01",
        "title = 1",
        'title = "%s"',
    ):
        yield (
            f"front matter: {text}",
            named("ar/AB-1.1.md", f"+++\n{text}\n+++\n\n## x {{#ab11-1}}\n\nx\n".encode()),
        )


def read_and_render(files: Files) -> int:
    """Read a course; where it is taken, write it again and make every page. Returns the faults."""
    reading = read_course(files)
    course = reading.course
    if course is not None:
        assert write_course(course) == files
        labels = spoken(str)
        for language in course.languages:
            for code in course.facts.codes():
                lesson_html(course, code, language, labels, nation=course.nations.get("tn"))
            for item in course.items[language].values():
                item_words(item)
        measure(course)
    return len([str(fault) for fault in reading.faults])


def alone(name: str, files: Files) -> None:
    """Read ``files`` in a process of their own and print what that took."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    before = pages * resource.getpagesize()
    began = time.process_time()
    found, raised = -1, ""
    try:
        found = read_and_render(files)
    except BaseException as error:
        raised = f"{type(error).__name__}: {error}"[:300]
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps([name, found, raised, seconds, (peak - before) / 2**20]), flush=True)
    os._exit(0)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
    for each, make in cases():
        alone(each, make())
