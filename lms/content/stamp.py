"""What authors need not write by hand: ids of new blocks, and what a translation was made from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from lms.content.blocks import FENCE, read_document
from lms.content.digests import block_digest, block_key, text_digest, titles_in
from lms.content.faults import CourseRefused, Faults
from lms.content.model import Document
from lms.content.nation_bank import own_source
from lms.content.question_blocks import own_bank

FROM = "[from]"
ID_MARK = re.compile(rb"\{#([a-z0-9][a-z0-9-]{0,59})\}")


@dataclass(frozen=True, slots=True)
class Stamped:
    """The files that changed, and how many ids and digests were written."""

    files: Mapping[str, bytes]
    ids: int
    digests: int


def stamp(files: Mapping[str, bytes], source: str, *, again: Set[str] = frozenset()) -> Stamped:
    """Give every block of the source language an id and every translated block its digest.

    files    a course's files by path.
    source   the source language.
    again    block ids (of a translation that was brought up to date) whose digest is written anew;
             "*" stands for every block.
    returns  only the files that changed; stamping twice changes nothing.
    raises   CourseRefused where a text file cannot be read.
    """
    faults = Faults()
    changed: dict[str, bytes] = {}
    ids = digests = 0
    documents = {
        path: read_document(path, files[path], faults)
        for path in sorted(files)
        if path.startswith(f"{source}/") and path.endswith(".md") and "/bank/" not in path
    }
    used = {block.id for document in documents.values() if document for block in document.blocks}
    for path, document in documents.items():
        if document is not None:
            new, count = _with_ids(document, used)
            if count:
                changed[path], ids = new.encode(), ids + count
    now = {**files, **changed}
    for path in sorted(files):
        origin = _origin(path, files, source)
        if origin == path or origin not in files or not path.endswith(".md"):
            continue
        document = read_document(path, now[path], faults)
        original = read_document(origin, now[origin], faults)
        if document is None or original is None:
            continue
        new, count = _with_digests(document, original, again)
        if count:
            changed[path], digests = new.encode(), digests + count
    for path, data in changed.items():
        read_document(path, data, faults)  # what was written can be read again, or is not written
    if len(faults):
        raise CourseRefused(faults)
    return Stamped(changed, ids, digests)


def _origin(path: str, files: Mapping[str, bytes], source: str) -> str:
    """Return of which file a text is the translation: the same one in the source language.

    A country's own bank has its key in the language that its ``nation.toml`` names.
    """
    first, _, rest = path.partition("/")
    if first != "nations":
        return f"{source}/{rest}"
    if not own_bank(path):
        return ""
    _, country, _, *name = path.split("/")
    spoken = own_source(files.get(f"nations/{country}/nation.toml", b""), source)
    return "/".join(("nations", country, spoken, *name))


def without_ids(path: str, data: bytes) -> bool:
    """Return whether a text has a block that lacks its id."""
    document = read_document(path, data, Faults())
    return document is not None and any(block.name and not block.id for block in document.blocks)


def with_ids(path: str, data: bytes, others: Iterable[bytes]) -> bytes:
    """Return a text of the source language with an id for every block.

    others  the other texts of that language: ids are unique in the course.
    returns ``data`` itself where it cannot be read, or where nothing is missing.
    """
    document = read_document(path, data, Faults())
    if document is None:
        return data
    used = {found.decode() for text in (data, *others) for found in ID_MARK.findall(text)}
    return _with_ids(document, used)[0].encode()


def _with_ids(document: Document, used: set[str]) -> tuple[str, int]:
    """Return the file with an id for every block, and how many were made and put into ``used``."""
    stem = re.sub(r"[^a-z0-9]", "", document.path.rpartition("/")[2].removesuffix(".md").lower())
    written, count, number = document.lead, 0, 1
    for block in document.blocks:
        raw = block.raw
        if not block.id:
            while f"{stem}-{number}" in used:
                number += 1
            used.add(f"{stem}-{number}")
            first, newline, rest = raw.partition("\n")
            raw = f"{first.rstrip()} {{#{stem}-{number}}}{newline}{rest}"
            count += 1
        written += raw
    return written, count


def _with_digests(document: Document, original: Document, again: Set[str]) -> tuple[str, int]:
    sources = {block_key(block): block_digest(block) for block in original.blocks}
    made_from = document.front.get("from")
    known = dict(made_from) if isinstance(made_from, dict) else {}
    titles = titles_in(original)
    wanted = {
        key: text_digest(titles[key]) if key in again or "*" in again else known[key]
        for key in known
        if key in titles
    }
    for block in document.blocks:
        key = block_key(block)
        if key in sources:
            fresh = key in again or "*" in again or key not in known
            wanted[key] = sources[key] if fresh else known[key]
    if wanted == known:
        return document.text(), 0
    kept, inside = [], False
    for line in document.lead.splitlines():
        if line.startswith("["):
            inside = line.strip() == FROM
        if not inside:
            kept.append(line)
    while len(kept) > 1 and kept[-1].strip() in {"", FENCE}:
        kept.pop()
    table = [f'"{key}" = "{digest}"' for key, digest in wanted.items()]
    lead = "\n".join([*kept, "", FROM, *table, FENCE, "", ""])
    count = sum(known.get(key) != digest for key, digest in wanted.items())
    return lead + "".join(block.raw for block in document.blocks), max(count, 1)
