"""Titles out of the first bytes of text files, without reading the files."""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Mapping

TITLE = re.compile(rb"^title = .*$", re.MULTILINE)


def title_in(head: bytes) -> str:
    """Return the title that stands at the head of a text file, empty where none can be read."""
    found = TITLE.search(head)
    if found is None:
        return ""
    try:
        return str(tomllib.loads(found[0].decode())["title"])
    except (ValueError, KeyError):
        return ""


def modules_in(head: bytes) -> dict[str, str]:
    """Return the titles of the modules at the head of ``course.md``; what cannot be read is out."""
    table = head.partition(b"\n[modules]\n")[2].partition(b"\n+++")[0].partition(b"\n[")[0]
    found: dict[str, str] = {}
    for line in table.splitlines():
        with contextlib.suppress(ValueError):
            found |= {code: str(title) for code, title in tomllib.loads(line.decode()).items()}
    return found


def titles_of(heads: Mapping[str, bytes]) -> dict[str, str]:
    """Return the titles of files by name without folder and ending; ``heads`` by path."""
    return {
        path.partition("/")[2].removesuffix(".md"): title_in(head) for path, head in heads.items()
    }
