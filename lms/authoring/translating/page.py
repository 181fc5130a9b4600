"""One file of a translation as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.access import Room
from lms.authoring.drafts.queries import File
from lms.authoring.translating import counting, queries
from lms.authoring.translating.opened import Place
from lms.authoring.translating.pairs import (
    TERM,
    Pair,
    Term,
    changes_in,
    document,
    pair,
    terms_in,
)
from lms.authoring.translating.rules import chosen, is_open, names_of, next_open, portions
from lms.content.avoided import Avoided, avoided_by, hits
from lms.content.compare import Piece, word_diff
from lms.content.model import Document
from lms.content.translation.reasons import Reason
from lms.content.translation.units import STALE, Unit
from lms.kernel.errors import NotFound
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

OTHER_WORD = msg(
    "The glossary of this language says “%(theirs)s” for “%(word)s”, but the text does not. Use "
    "the glossary’s word."
)

AVOIDED_WORD = msg("“%(words)s” is a word that the glossary says not to use. Use “%(heading)s”.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the page asks for.

    show    a filter. beside  a second language to read. at  the key of the block to be written.
    page    of the blocks that the filter shows, where ``at`` does not say it.
    """

    show: str
    beside: str
    at: str
    page: int


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent for one block and did not become its text.

    texts     part key -> what was typed.
    reasons   why it is refused. said  further sentences, translated already.
    conflict  whether somebody else wrote this block meanwhile; ``aside`` as in ``Kept``.
    copy      whether empty parts are to be filled with the source text.
    plain     whether nothing was typed: only the reasons are shown.
    """

    key: str
    texts: Mapping[str, str]
    reasons: Sequence[Reason] = ()
    said: Sequence[str] = ()
    conflict: bool = False
    aside: int | None = None
    copy: bool = False
    plain: bool = False

    def of(self, part: str) -> list[Reason]:
        """Return the reasons that belong to one part; "" for those of the whole block."""
        return [reason for reason in self.reasons if reason.part == part]


@dataclass(frozen=True, slots=True)
class Shown:
    """One block of the page.

    fields   part key -> what its field holds, of the block that is written; else empty.
    beside   part key -> text in the second language.
    diff     of a stale one: the source text then and now; None where the old one is not known.
    hints    what a person should look at again: words not to be used, and of the block that is
             written whatever the checks say.
    """

    unit: Unit
    beside: Mapping[str, str]
    terms: Sequence[Term]
    diff: Sequence[Piece] | None = None
    fields: Mapping[str, str] | None = None
    hints: Sequence[Reason] = ()
    by: str = ""
    when: datetime | None = None


@dataclass(frozen=True, slots=True)
class TextPage:
    """Everything that the page shows."""

    asked: Asked
    file: File
    pair: Pair
    title: str
    counts: Mapping[str, int]
    shown: Sequence[Shown]
    pages: int
    following: Unit | None
    next_file: str
    languages: Sequence[str] = field(default_factory=tuple)


def read_page(
    session: Session, viewer: Viewer, here: Room, place: Place, asked: Asked, typed: Typed | None
) -> TextPage:
    """Return a page; raises NotFound where the course has no such text."""
    source = here.draft.source
    if here.facts is None or place.name not in names_of(here.facts) or place.language == source:
        raise NotFound
    wanted = {code: f"{code}/{place.name}.md" for code in {source, place.language, asked.beside}}
    words = {code: f"{code}/glossary.md" for code in (source, place.language)}
    files = drafts.read(
        session, viewer, here.draft, {*wanted.values(), *words.values(), "changes.toml"}
    )
    file = files[place.path]
    origin = files[wanted[source]].data
    changes = [
        each for of_block in changes_in(files["changes.toml"].data).values() for each in of_block
    ]
    found = pair(place.path, origin, file.data, wanted[source], changes)
    if found is None:
        raise NotFound
    stale = [unit.key for unit in found.units if unit.state == STALE and unit.old is None]
    if stale:
        old = drafts.old_texts(session, viewer, here.draft, stale)
        found = pair(place.path, origin, file.data, wanted[source], changes, old) or found
    asked = _settled(asked, found, typed)
    units = chosen(found.units, asked.show, asked.at)
    pages = portions(units)
    if asked.at:
        asked = replace(
            asked,
            page=next(
                n for n, page in enumerate(pages, 1) if any(unit.key == asked.at for unit in page)
            ),
        )
    asked = replace(asked, page=min(max(asked.page, 1), len(pages)))
    glossary = [document(words[code], files[words[code]].data) for code in (source, place.language)]
    others = _beside(files[wanted[asked.beside]], wanted[source], origin) if asked.beside else {}
    written = _written(session, viewer, here, place) if file.number else {}
    avoided = avoided_by(glossary[1], place.language)
    shown = [
        _shown(
            unit, others.get(unit.key, {}), glossary, avoided, written, asked, typed, place, source
        )
        for unit in pages[asked.page - 1]
    ]
    following = next_open(found.units, asked.at)
    if following is None:
        # Whoever goes on to the next file is not led back here.
        counting.count(place.name, origin, file.data, found)
    return TextPage(
        asked,
        file,
        found,
        found.source.front.get("title") or place.name,
        {name: len(chosen(found.units, name, "")) for name in ("all", "new", "stale", "unread")},
        shown,
        len(pages),
        following,
        "" if following else _next_file(session, viewer, here, place),
    )


def _settled(asked: Asked, found: Pair, typed: Typed | None) -> Asked:
    """Return what is asked for with the block that is written, as far as there is one."""
    at = typed.key if typed and typed.key else asked.at
    if found.unit(at) is None:
        if typed and not typed.plain:
            raise NotFound
        at = ""
    if not at and asked.page <= 1:
        first = next_open(chosen(found.units, asked.show, ""), "")
        at = first.key if first else ""
    return replace(asked, at=at)


def _beside(file: File, origin_path: str, origin: bytes) -> dict[str, Mapping[str, str]]:
    found = pair(file.path, origin, file.data, origin_path) if file.data else None
    return {unit.key: unit.texts for unit in found.units} if found else {}


def _written(
    session: Session, viewer: Viewer, here: Room, place: Place
) -> dict[str, tuple[str, datetime]]:
    """Return who last wrote a block of a translation, and when: the note of a version names it."""
    found: dict[str, tuple[str, datetime]] = {}
    for row in drafts.versions(session, viewer, here.draft, place.path):
        if row.kind == "saved" and row.note:
            found.setdefault(row.note, (row.name or "", row.at))
    return found


def _shown(
    unit: Unit,
    beside: Mapping[str, str],
    glossary: Sequence[Document | None],
    avoided: Sequence[Avoided],
    written: Mapping[str, tuple[str, datetime]],
    asked: Asked,
    typed: Typed | None,
    place: Place,
    source: str,
) -> Shown:
    by, when = written.get(unit.key, ("", None))
    diff = word_diff(unit.old, unit.source) if unit.old is not None else None
    hints = _avoided_words(unit, avoided) if place.name != "glossary" else []
    found = Shown(unit, beside, terms_in(unit, *glossary), diff, hints=hints, by=by, when=when)
    if unit.key != asked.at:
        return found
    fields = {part.key: unit.texts.get(part.key, "") for part in unit.parts}
    mine = typed if typed and typed.key == unit.key and not typed.plain else None
    if mine:
        fields |= {key: text for key, text in mine.texts.items() if key in fields}
        if mine.copy:
            fields = {
                part.key: (fields[part.key].strip() and fields[part.key]) or part.text
                for part in unit.parts
            }
    if unit.said and not mine:
        hints += _hints(found, place.language, source, glossary[1])
    return replace(found, fields=fields, hints=hints)


def _avoided_words(unit: Unit, avoided: Sequence[Avoided]) -> list[Reason]:
    said = "\n".join(unit.texts.values())
    return [
        Reason("", Message(AVOIDED_WORD, {"words": words, "heading": each.heading}), refused=False)
        for each, words in hits(said, avoided)
    ]


def _hints(shown: Shown, language: str, source: str, glossary: Document | None) -> list[Reason]:
    """Return what a person should look at again in a block as it is translated now."""
    from lms.content.quality.terms import are_alike  # loads Markdown, as the next one does
    from lms.content.translation.checks import checked

    unit = shown.unit
    found = list(checked(unit, unit.texts, source, language, glossary))
    said = "\n".join(unit.texts.values())
    linked = set(TERM.findall(said))
    found += [
        Reason("", Message(OTHER_WORD, {"word": each.word, "theirs": each.theirs}), refused=False)
        for each in shown.terms
        # Of links the check itself has said it.
        if each.theirs and each.id not in linked and not are_alike(said, each.theirs, language)
    ]
    return found


def _next_file(session: Session, viewer: Viewer, here: Room, place: Place) -> str:
    """Return the next file of this language in which something waits; empty for none."""
    known = queries.standing(session, viewer, here.draft)
    names = [name for name in names_of(here.facts) if known.has(name)] if here.facts else []
    start = names.index(place.name) + 1
    for name in (*names[start:], *names[: start - 1]):
        counts = known.counts(place.language, name)
        if counts is None or is_open(counts):  # one that is not counted yet may be open
            return name
    return ""
