"""Comments on a text: about which of its blocks, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

from lms.content.blocks import read_document
from lms.content.digests import block_key
from lms.content.faults import Faults

LONGEST_COMMENT = 1000  # characters


def blocks_of(path: str, data: bytes, words: Callable[[str], str]) -> dict[str, str]:
    """Return the blocks of a text that have an id: id -> what a reader calls it.

    words  says the name of a container, ``objectives``.
    """
    document = read_document(path, data, Faults()) if path.endswith(".md") else None
    if document is None:
        return {}
    found = ((block_key(each), each) for each in document.blocks)
    return {key: each.title or f"{words(each.name)} ({key})" for key, each in found if key}


def by_block(comments: Iterable[Any], blocks: Mapping[str, str]) -> list[tuple[str, list[Any]]]:
    """Return comments by block in the order of the text: what it is called, and its comments.

    Those about the whole text come first, with an empty name; a block that is no longer there
    comes last and is called by its id.
    """
    places = {key: number for number, key in enumerate(["", *blocks])}

    def key(each: Any) -> tuple[int, str]:  # noqa: ANN401 -- a row of a query
        return places.get(each.block, len(places)), each.block

    return [
        (blocks.get(block, block), list(rows))
        for (_, block), rows in groupby(sorted(comments, key=key), key=key)
    ]
