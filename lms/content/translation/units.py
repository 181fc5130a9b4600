"""What there is to translate: every block and title of a file, and how its translation stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lms.content.blocks import LONGEST_TITLE
from lms.content.digests import (
    LONGEST_NEWS,
    NEWS,
    block_digest,
    block_key,
    digested_text,
    text_digest,
    titles_in,
)
from lms.content.faults import Faults
from lms.content.model import Block, Change, Course, Document, Question
from lms.content.question_blocks import question_in
from lms.content.standing import accepted_by, severity_between
from lms.content.translation.parts import LINE, Part, parts_of, texts_in
from lms.kernel.messages import Message, msg

NEW, TRANSLATED, REVIEWED, STALE = "new", "translated", "reviewed", "stale"


@dataclass(frozen=True, slots=True)
class Unit:
    """One block, or one title of the front matter, that a translator writes.

    name        the file without language and ending: ``MR-1.1``, ``bank/MR-1``, ``course``.
    key         the block's id, an item's code, ``front.title``, ``front.modules.MR-1``.
    kind        ``section``, a container's name, ``item``, ``front``.
    parts       the texts of the source, see ``parts_of``.
    texts       those of the translation by part key; a text that is missing has no key.
    state       ``new``, ``translated``, ``reviewed`` or ``stale``.
    severity    of a stale one: the heaviest change since, None where that is not known.
    source      the whole source text without marks of structure but letters, for comparing.
    old         the source text that the translation was made from; None where it is not known.
    digest      of the source text today; ``made_from`` of the one translated, "" for none.
    said        digest of the translation's own text, "" for none.
    accepted    who accepted it; "" for nobody named, None for nobody.
    block, question, twin   the source's block, the question that it is, the translation's block.
    """

    name: str
    key: str
    kind: str
    parts: tuple[Part, ...]
    texts: Mapping[str, str]
    state: str
    source: str
    digest: str
    severity: str | None = None
    old: str | None = None
    made_from: str = ""
    said: str = ""
    accepted: str | None = None
    block: Block | None = field(default=None, repr=False)
    question: Question | None = field(default=None, repr=False)
    twin: Block | None = field(default=None, repr=False)

    @property
    def id(self) -> str:
        """The unit's name in a course and language: file and key."""
        return f"{self.name}#{self.key}"


def name_of(document: Document) -> str:
    """Return a file's name without its language and ending."""
    return document.path.partition("/")[2].removesuffix(".md")


def course_units(
    course: Course, language: str, old_texts: Mapping[str, str] | None = None
) -> tuple[Unit, ...]:
    """Return all units of a course for one language: description, lessons, glossary, banks."""
    source = course.documents[course.facts.source]
    names = (
        "course",
        *course.facts.codes(),
        "glossary",
        *(f"bank/{module.code}" for module in course.facts.modules),
    )
    targets = course.documents.get(language, {})
    return tuple(
        unit
        for name in names
        if name in source
        for unit in units(source[name], targets.get(name), course.changes, old_texts)
    )


def units(
    source: Document,
    target: Document | None,
    changes: Iterable[Change] = (),
    old_texts: Mapping[str, str] | None = None,
) -> tuple[Unit, ...]:
    """Return the units of one file: its titles, then its blocks, in the source's order.

    target     the same file in the other language; None where it has none.
    changes    of ``changes.toml``: how heavy a change was, and the old words.
    old_texts  further old source texts by digest (``digested_text``), as an edition keeps them.
    """
    known = {change.old: change.text for change in changes if change.text}
    known |= old_texts or {}
    changes = tuple(changes)
    found = list(_front_units(source, target, changes, known))
    twins = {block_key(block): block for block in target.blocks} if target else {}
    for block in source.blocks:
        twin = twins.get(block_key(block))
        found.append(_block_unit(source, block, target, twin, changes, known))
    return tuple(found)


def _block_unit(
    source: Document,
    block: Block,
    target: Document | None,
    twin: Block | None,
    changes: tuple[Change, ...],
    known: Mapping[str, str],
) -> Unit:
    question = question_in(source, block, None, Faults())
    is_item = "/bank/" in source.path
    key, digest = block_key(block), block_digest(block)
    name, kind = name_of(source), "item" if is_item else block.name
    parts, text = parts_of(block, question), _shown(digested_text(block), kind)
    texts = texts_in(twin, question) if twin else {}
    if target is None or twin is None or not texts:
        return Unit(
            name,
            key,
            kind,
            parts,
            texts,
            NEW,
            text,
            digest,
            block=block,
            question=question,
            twin=twin,
        )
    made_from = _made_from(target, key)
    said = block_digest(twin)
    accepted = accepted_by(target.front, key, said)
    severity, old = None, None
    state = TRANSLATED if accepted is None else REVIEWED
    if made_from != digest:
        state, severity = STALE, severity_between(changes, key, made_from, digest)
        old = known.get(made_from)
    return Unit(
        name,
        key,
        kind,
        parts,
        texts,
        state,
        text,
        digest,
        severity,
        None if old is None else _shown(old, kind),
        made_from,
        said,
        accepted,
        block,
        question,
        twin,
    )


def _shown(text: str, kind: str) -> str:
    """Return a text without the code of an item, which is no words."""
    return text.partition("\n")[2].strip() if kind == "item" else text


def _front_units(
    source: Document,
    target: Document | None,
    changes: tuple[Change, ...],
    known: Mapping[str, str],
) -> Iterator[Unit]:
    theirs = titles_in(target) if target else {}
    for key, text in titles_in(source).items():
        said, digest = theirs.get(key, ""), text_digest(text)
        now = text_digest(said) if said else ""
        accepted = accepted_by(target.front, key, now) if target and said else None
        made_from = _made_from(target, key)
        state, severity = TRANSLATED if accepted is None else REVIEWED, None
        most = LONGEST_NEWS if key == NEWS else LONGEST_TITLE
        # A file needs a title from its first block on: until somebody translates it, the source's.
        if not said or (said == text and accepted is None):
            state = NEW
        elif made_from and made_from != digest:
            state, severity = STALE, severity_between(changes, key, made_from, digest)
        yield Unit(
            name_of(source),
            key,
            "front",
            (Part("title", _label(key), text, LINE, most),),
            {"title": said} if said else {},
            state,
            text,
            digest,
            severity,
            known.get(made_from) if state == STALE else None,
            made_from,
            now,
            accepted,
        )


def _made_from(target: Document | None, key: str) -> str:
    table = target.front.get("from") if target else None
    return str(table.get(key, "")) if isinstance(table, dict) else ""


def _label(key: str) -> Message:
    if key == "front.public_title":
        return Message(msg("Title that gives nothing away"))
    if key == NEWS:
        return Message(msg("What is new in this edition"))
    if key.startswith("front.modules."):
        code = key.removeprefix("front.modules.")
        return Message(msg("Title of module %(code)s"), {"code": code})
    return Message(msg("Title"))
