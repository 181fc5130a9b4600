"""The layer of one country, and of the core only what the layer speaks of: pure, quick, partial.

A page cannot read a hundred lessons. What is looked for is cut out of the bytes first: the boxes,
and the files in which a block stands that a country replaces, hides, fills or leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from lms.content.blocks import decoded, read_document, toml_of
from lms.content.core_changes import Touched, box_digest, touched
from lms.content.digests import block_digest
from lms.content.faults import Fault, Faults
from lms.content.item_text import cut_item, item_digest
from lms.content.model import Block, Change, Course, CourseFacts, Document, NationFacts
from lms.content.nation_agreement import NATIONAL
from lms.content.nation_tables import nation_facts
from lms.content.tables import changes_of

_BOX = re.compile(rb"^::: box [^\n]*\n.*?^:::[ \t]*$", re.MULTILINE | re.DOTALL)
_NOTHING = b"+++\n+++\n\n"
_TEXT = re.compile(r"nations/[a-z]{2}/([a-z]{2,3})/(boxes|replaced|bank)(?:/([^/]+))?\.md")
Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Layer:
    """What a country says; ``readable`` is False where its ``nation.toml`` says nothing at all."""

    nation: NationFacts
    faults: tuple[Fault, ...]
    readable: bool


def path_of(nation: str, name: str = "nation.toml", language: str = "") -> str:
    """Return where a file of a layer lies: ``nation.toml``, ``boxes.md`` or ``replaced.md``."""
    return "/".join(filter(None, ("nations", nation, language, name)))


def nations_in(paths: Iterable[str]) -> list[str]:
    """Return the countries of which a draft has a layer."""
    return sorted(
        {
            path.split("/")[1]
            for path in paths
            if path.startswith("nations/") and path.endswith("/nation.toml")
        }
    )


def layer_of(code: str, files: Files) -> Layer:
    """Return the layer of a country; ``files`` may hold others, too.

    Its own questions are there as the blocks of their banks: pages read the single one they show.
    """
    faults = Faults()
    path = path_of(code)
    text = decoded(path, files.get(path, b""), faults)
    values = toml_of(path, 0, text, faults) if text is not None else None
    nation = nation_facts(code, path, values, faults) if values is not None else NationFacts(code)
    texts: dict[str, dict[str, Document]] = {"boxes": {}, "replaced": {}}
    banks: dict[str, dict[str, Document]] = {}
    for each, data in files.items():
        found = _TEXT.fullmatch(each) if each.startswith(f"nations/{code}/") and data else None
        document = read_document(each, data, faults) if found else None
        if found is None or document is None:
            continue
        if found[2] == "bank":
            banks.setdefault(found[1], {})[found[3] or ""] = document
        else:
            texts[found[2]][found[1]] = document
    nation = replace(nation, texts=texts["boxes"], replacements=texts["replaced"], banks=banks)
    return Layer(nation, tuple(faults), values is not None)


def core_of_boxes(facts: CourseFacts, files: Files) -> Course:
    """Return the course with nothing but the boxes of its lessons in the source language."""
    documents = {}
    for code in facts.codes():
        path = f"{facts.source}/{code}.md"
        boxes = b"\n".join(found[0] for found in _BOX.finditer(files.get(path, b"")))
        document = read_document(path, _NOTHING + boxes + b"\n", Faults()) if boxes else None
        # One whose code is not written yet asks for nothing.
        kept = tuple(each for each in document.blocks if each.words) if document else ()
        documents[code] = Document(path, {}, "", kept)
    return _course(facts, documents)


def _course(
    facts: CourseFacts, documents: Mapping[str, Document], changes: tuple[Change, ...] = ()
) -> Course:
    return Course(facts, {}, {facts.source: dict(documents)}, {}, {}, {}, changes)


def block_of(files: Files, block_id: str) -> tuple[str, Block] | None:
    """Return the path and the block with this id; None where no file has it."""
    mark = f"{{#{block_id}}}".encode()
    for path in sorted(files):
        if mark in files[path]:
            document = read_document(path, files[path], Faults())
            block = document.block(block_id) if document else None
            if block is not None:
                return path, block
    return None


def item_now(files: Files, item: str) -> str:
    """Return the digest of a question of the core; empty where none of its banks asks it."""
    banks = (data for path, data in files.items() if "/bank/" in path and path[:8] != "nations/")
    return next(filter(None, (item_digest(data, item) for data in banks)), "")


def digest_now(facts: CourseFacts, files: Files, kind: str, code: str) -> str:
    """Return the digest of what the core says now of something that a country decides about.

    files       the core's, in its source language.
    kind, code  as in ``Touched``; of a box its code.
    returns     empty where the core has no such thing any more.
    """
    if kind == "item":
        return item_now(files, code)
    if kind == "box":
        return box_digest(core_of_boxes(facts, files), code)
    found = block_of(files, code)
    return block_digest(found[1]) if found else ""


def what_is_touched(
    facts: CourseFacts, now: Files, differing: Files, nations: Collection[NationFacts]
) -> dict[str, tuple[Touched, ...]]:
    """Return for each country what the core changed of that of which it says something.

    now        the core of the draft: the texts of its source language and ``changes.toml``.
    differing  what the edition said in those of these files that are other now; empty for new ones.
    """
    blocks = [_mark(block) for nation in nations for block in (*nation.replaced, *nation.hidden)]
    items = sorted({item for nation in nations for item in nation.items_out})
    before = {code: Document(code, {}, "", ()) for code in facts.codes()}
    after = dict(before)
    for path in sorted({*now, *differing}):
        if not path.startswith(f"{facts.source}/") or not path.endswith(".md"):
            continue
        new = now.get(path, b"")
        old = differing.get(path, new)
        name = path.partition("/")[2].removesuffix(".md")
        for known, data in ((before, old), (after, new)):
            cut = _spoken_of(path, data, blocks, items)
            document = read_document(path, cut, Faults()) if cut else None
            if document is not None:
                # A box whose code is not written yet asks for nothing.
                kept = tuple(each for each in document.blocks if each.words or each.name != "box")
                known[name] = replace(document, blocks=kept)
    old_changes = differing.get("changes.toml", now.get("changes.toml", b""))
    one = _course(facts, before, _changes(old_changes))
    other = _course(facts, after, _changes(now.get("changes.toml", b"")))
    return {nation.code: touched(one, other, nation) for nation in nations}


def _spoken_of(path: str, data: bytes, blocks: list[bytes], items: list[str]) -> bytes:
    """Return of a text of the core what countries may speak of: no page reads a whole course."""
    if any(mark in data for mark in blocks):
        return data
    if "/bank/" in path:
        cut = [piece for item in items if (piece := cut_item(data, item))]
    else:
        cut = [found[0] for found in _BOX.finditer(data)]
    return _NOTHING + b"\n".join(cut) + b"\n" if cut else b""


def _mark(block: str) -> bytes:
    return f"{{#{block}}}".encode()


def _changes(data: bytes) -> tuple[Change, ...]:
    values = toml_of("changes.toml", 0, data.decode(errors="replace"), Faults()) if data else None
    return changes_of("changes.toml", values, Faults()) if values else ()


def seen_box(nation: NationFacts, code: str) -> str:
    """Return a digest of all that a country says of a box: whoever saves says what they saw."""
    words = {
        language: [each.raw for each in document.blocks if each.title == code]
        for language, document in nation.texts.items()
    }
    return _digest(nation.boxes.get(code), _said(words))


def seen_block(nation: NationFacts, block_id: str) -> str:
    """Return a digest of all that a country says of a block of the core."""
    words = {
        language: [each.raw for each in document.blocks if each.id == NATIONAL + block_id]
        for language, document in nation.replacements.items()
    }
    limits = (nation.hidden.get(block_id), nation.replaced.get(block_id))
    return _digest(limits, _said(words))


def seen_rules(nation: NationFacts) -> str:
    """Return a digest of a country's rules of the test."""
    return _digest(sorted(nation.pass_rule.items()), nation.validity_months)


def _said(words: Mapping[str, list[str]]) -> list[tuple[str, list[str]]]:
    return sorted((language, raw) for language, raw in words.items() if raw)


def _digest(*said: object) -> str:
    return sha256(repr(said).encode()).hexdigest()[:16]
