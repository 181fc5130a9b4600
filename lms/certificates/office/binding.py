"""One PDF of many, for the printer: the very pages that were issued, one after the other.

Our own papers alone can be bound: typst writes plain objects and a plain table of them (ISO
32000-1, 7.5.4), which makes this a matter of new numbers. What only a single paper needs
(bookmarks, tags for screen readers, its archival mark) is left out: a print run is for the printer,
and the paper of each certificate stays as it is.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import IO

_TABLE = re.compile(rb"xref\s+0 (\d+)\s+")
_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_ROOT = re.compile(rb"/Root (\d+) 0 R")
_PAGES = re.compile(rb"/Pages (\d+) 0 R")
_KIDS = re.compile(rb"/Kids\s*\[([^\]]*)\]")
_IS_PAGE = re.compile(rb"/Type\s*/Page\b")
# A reference to an object; or a text in brackets, in which nothing is one.
_REFERENCE = re.compile(rb"\((?:\\.|[^\\()])*\)|\b(\d+) 0 R\b", re.DOTALL)
# The way up is set anew; tags lie outside of the page and are not taken along.
_LEFT_OUT = re.compile(rb"/(?:StructParents \d+|Parent \d+ 0 R)")
_ENTRY = 20  # bytes a line of the table
_CATALOGUE, _TREE = 1, 2


class Binder:
    """Writes one PDF, paper by paper; of a paper nothing stays in memory but places and digests."""

    def __init__(self, out: IO[bytes]) -> None:
        """Begin the PDF in ``out``, an empty file."""
        self._out = out
        self._places = [0, 0, 0]  # by number: catalogue and tree are written last
        self._pages: list[int] = []
        self._written: dict[bytes, int] = {}  # digest -> number: what papers share is there once
        out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add(self, paper: bytes) -> int:
        """Append the pages of ``paper``; return how many they are.

        raises  ValueError for a PDF that is built in another way than ours.
        """
        objects = _objects(paper)
        tree = _number(_PAGES, objects[_number(_ROOT, paper)])
        copied: dict[int, int] = {}
        pages = _page_numbers(objects, tree)
        for each in pages:
            head = _LEFT_OUT.sub(b"", objects[each])
            if b"/MediaBox" not in head or b"/Resources" not in head:
                raise ValueError("a page without its own size or fonts")
            page = self._renumbered(objects, head, copied)
            page = page.replace(b"<<", b"<</Parent %d 0 R" % _TREE, 1)
            self._pages.append(self._new(page))
        return len(pages)

    def finish(self) -> None:
        """Write what ties the pages together; nothing can be added afterwards."""
        kids = b" ".join(b"%d 0 R" % page for page in self._pages)
        self._write(_CATALOGUE, b"<</Type/Catalog/Pages %d 0 R>>" % _TREE)
        self._write(_TREE, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(self._pages), kids))
        start = self._out.tell()
        self._out.write(b"xref\n0 %d\n0000000000 65535 f \n" % len(self._places))
        for place in self._places[1:]:
            self._out.write(b"%010d 00000 n \n" % place)
        self._out.write(
            b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n"
            % (len(self._places), _CATALOGUE, start)
        )

    def _copy(self, objects: dict[int, bytes], old: int, copied: dict[int, int]) -> int:
        """Write an object and all that it refers to; return its new number."""
        if old not in copied:
            copied[old] = 0
            head, mark, rest = objects[old].partition(b"\nstream")
            copied[old] = self._append(self._renumbered(objects, head, copied) + mark + rest)
        if not copied[old]:
            raise ValueError("objects that refer to each other in a circle")
        return copied[old]

    def _renumbered(self, objects: dict[int, bytes], head: bytes, copied: dict[int, int]) -> bytes:
        def put(found: re.Match[bytes]) -> bytes:
            if found[1] is None:
                return found[0]
            return b"%d 0 R" % self._copy(objects, int(found[1]), copied)

        return _REFERENCE.sub(put, head)

    def _append(self, body: bytes) -> int:
        """Write an object, unless another paper has brought the same; return its number."""
        digest = sha256(body).digest()
        if digest not in self._written:
            self._written[digest] = self._new(body)
        return self._written[digest]

    def _new(self, body: bytes) -> int:
        self._places.append(0)
        self._write(len(self._places) - 1, body)
        return len(self._places) - 1

    def _write(self, number: int, body: bytes) -> None:
        self._places[number] = self._out.tell()
        self._out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))


def _objects(paper: bytes) -> dict[int, bytes]:
    """Return each object of a PDF by its number, without the words around it."""
    end = _START.search(paper, max(0, len(paper) - 100))
    table = _TABLE.match(paper, int(end[1])) if end else None
    if table is None:
        raise ValueError("a PDF without a plain table of its objects")
    places = {}
    for number in range(1, int(table[1])):
        line = paper[table.end() + number * _ENTRY :][:_ENTRY]
        if line[17:18] == b"n":
            places[number] = int(line[:10])
    ordered = sorted(places.items(), key=lambda each: each[1])
    ends = [*(place for _, place in ordered[1:]), table.start()]
    objects = {}
    for (number, place), until in zip(ordered, ends, strict=True):
        head = b"%d 0 obj" % number
        body = paper[place:until]
        if not body.startswith(head):
            raise ValueError("a table that leads to something else")
        objects[number] = body[len(head) : body.rindex(b"endobj")].strip()
    return objects


def _page_numbers(objects: dict[int, bytes], tree: int) -> list[int]:
    """Return the pages below a node of the tree, in order."""
    if _IS_PAGE.search(objects[tree]):
        return [tree]
    kids = _KIDS.search(objects[tree])
    if kids is None:
        raise ValueError("a tree without pages")
    below = [int(each) for each in re.findall(rb"(\d+) 0 R", kids[1])]
    return [page for each in below for page in _page_numbers(objects, each)]


def _number(pattern: re.Pattern[bytes], text: bytes) -> int:
    found = pattern.search(text)
    if found is None:
        raise ValueError("a PDF without its root")
    return int(found[1])
