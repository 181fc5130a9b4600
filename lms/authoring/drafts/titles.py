"""Titles out of the first bytes of text files, without reading the files."""

from __future__ import annotations

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


def titles_of(heads: Mapping[str, bytes]) -> dict[str, str]:
    """Return the titles of files by name without folder and ending; ``heads`` by path."""
    return {
        path.partition("/")[2].removesuffix(".md"): title_in(head) for path, head in heads.items()
    }
