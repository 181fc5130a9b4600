"""Pure decisions about documents: which file is one, how many pages it has, which comes first."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice

from lms.installation import LANGUAGES

LARGEST_MB = 20
LARGEST_FILE = LARGEST_MB * 1024 * 1024
LONGEST_TITLE, MOST_PAGES = 100, 5000

BEGINNING = b"%PDF-"
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_PACKED = re.compile(rb"/Type\s*/ObjStm\b[^>]{0,400}>>\s*stream\r?\n")
# What is unpacked to count pages is bounded, whatever a file says of itself: how many streams, how
# long each is as it lies there, and what comes out of all of them.
MOST_STREAMS, LONGEST_STREAM, MOST_UNPACKED = 1000, 512 * 1024, 32 * 1024 * 1024


def is_pdf(data: bytes) -> bool:
    """Return whether a file begins as a PDF does, whatever its name says."""
    return data.startswith(BEGINNING)


def pages_of(data: bytes) -> int | None:
    """Return how many pages a PDF has as far as that can be seen, None where it cannot.

    Counted are the objects of the type Page, in the open and in packed object streams. Nothing
    is run or followed. A file that was changed by appending may count a page twice: an
    administrator can type the right number.
    """
    count = sum(len(_PAGE.findall(part)) for part in (data, *_unpacked(data)))
    return count if 0 < count <= MOST_PAGES else None


def _unpacked(data: bytes) -> Iterator[bytes]:
    left = MOST_UNPACKED
    for found in islice(_PACKED.finditer(data), MOST_STREAMS):
        start, most = found.end(), found.end() + LONGEST_STREAM
        end = data.find(b"endstream", start, most)
        if left <= 0:
            return
        try:
            part = zlib.decompressobj().decompress(data[start : end if end >= 0 else most], left)
        except zlib.error:  # encrypted, or packed in another way
            continue
        left -= len(part)
        yield part


def own_first(languages: Iterable[str], own: str) -> list[str]:
    """Return the languages of a document as a reader sees them: theirs, then in our order."""
    return sorted(languages, key=lambda each: (each != own, LANGUAGES.index(each)))
