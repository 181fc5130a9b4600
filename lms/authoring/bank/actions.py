"""Write questions into the bank of a draft: one block changes, every other byte stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.authoring.bank import queries, rules
from lms.authoring.bank.glance import read_item
from lms.authoring.bank.rules import Where
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries as draft_queries
from lms.authoring.drafts.models import Draft
from lms.authoring.drafts.queries import File
from lms.authoring.drafts.rules import rights
from lms.content.blocks import read_document
from lms.content.digests import text_digest
from lms.content.faults import Faults
from lms.content.item_text import item_block, with_item, without_item, written
from lms.content.model import Document, Question
from lms.content.nation_bank import has_source
from lms.content.nation_text import set_items
from lms.content.toml_text import put_value
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

EMPTY = b"+++\n+++\n"
UNREADABLE = msg("The file %(path)s cannot be read. Mend it first.")


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of writing an item.

    code    under which it stands.
    theirs  what somebody else has written of this item meanwhile; then nothing was written. Empty
            where they have retired it.
    by      who wrote that.
    """

    code: str
    theirs: str | None = None
    by: str = ""


def write(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    module: str,
    item: Question,
    *,
    was: str,
    nation: str = "",
    now: datetime,
) -> Kept:
    """Put an item in the place of the one that the writer saw.

    was     ``mark_of`` the block that they had before them.
    nation  the country whose own question it is; empty for one of the core.
    raises  NotFound for who may not write questions, Refused where the bank cannot be read.

    What others have changed in the bank meanwhile stays. Only where they changed this very item,
    nothing is written and theirs is returned. An item that says the same changes no byte.
    """
    found, at, bank, document = _bank(session, viewer, draft_id, module, nation)
    block = item_block(document, item.id)
    there = _text(block.raw) if block else ""
    if block is not None and _same(item, read_item(f"bank/{module}.md", there)[0]):
        return Kept(item.id)
    if mark_of(there) != was:
        return Kept(item.id, there, bank.by)
    text = with_item(document, item.id, written(item))
    _save(session, viewer, found.id, at.path(module), text, bank.number, now)
    return Kept(item.id)


def add(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    module: str,
    item: Question,
    *,
    nation: str = "",
    spoken: str = "",
    now: datetime,
) -> str:
    """Add an item under the next code of its module; return the code.

    nation  the country whose own question it is; empty for one of the core.
    spoken  the language in which the country writes its own questions, where it has not said so.

    Sent twice, it is added once: where the bank has this very item, its code is returned.
    raises  NotFound for who may not write questions; Refused when all codes are given.
    """
    found, at, bank, document = _bank(session, viewer, draft_id, module, nation, spoken)
    for block in document.blocks:
        if block.title != item.id and _same(
            replace(item, id=block.title), read_item(f"bank/{module}.md", block.raw)[0]
        ):
            return block.title
    code = rules.next_code(
        at.prefix(module), queries.codes_ever(session, viewer, found, module, at)
    )
    if code is None:
        raise Refused(
            Message(msg("All 999 codes of module %(module)s are given."), {"module": module})
        )
    text = with_item(document, code, written(replace(item, id=code)))
    if nation:
        _say_source(session, viewer, found, at, now)
    _save(session, viewer, found.id, at.path(module), text, bank.number, now)
    return code


def duplicate(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    module: str,
    code: str,
    *,
    nation: str = "",
    now: datetime,
) -> str:
    """Copy an item; return the code of the copy. A copy that nobody has changed yet serves again.

    raises  NotFound where there is no such item.
    """
    *_, document = _bank(session, viewer, draft_id, module, nation)
    block = item_block(document, code)
    item = read_item(f"bank/{module}.md", block.raw)[0] if block else None
    if item is None:
        raise NotFound
    return add(session, viewer, draft_id, module, item, nation=nation, now=now)


def retire(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    module: str,
    code: str,
    *,
    nation: str = "",
    now: datetime,
) -> None:
    """Take an item out of the bank and out of its translations; its versions and its code stay.

    raises  NotFound for an item that never was, and for who may not write questions.
    """
    found, at, bank, document = _bank(session, viewer, draft_id, module, nation)
    if item_block(document, code) is None:
        if code not in queries.codes_ever(session, viewer, found, module, at):
            raise NotFound
        return  # retired already
    text = without_item(document, code)
    _save(session, viewer, found.id, at.path(module), text, bank.number, now, code)
    others = queries.translations(session, viewer, found, module, at)
    known = draft_queries.read(session, viewer, found, others)
    for other, data in others.items():
        translated = read_document(other, data, Faults())
        if translated is not None and item_block(translated, code) is not None:
            text = without_item(translated, code)
            _save(session, viewer, found.id, other, text, known[other].number, now, code)


def leave_out(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    country: str,
    code: str,
    *,
    out: bool,
    made_from: str = "",
    now: datetime,
) -> None:
    """Leave an item out of a country's tests, or take it in again.

    made_from  digest of the item as it is now: when it changes later, the country is told.
    raises  NotFound for who adapts no course, and for a country without a layer; Refused where its
            table cannot be read, and for an item that a law keeps out.
    """
    found = draft_queries.draft(session, viewer, draft_id, lock=True)
    path = f"nations/{country}/nation.toml"
    file = draft_queries.file(session, viewer, found, path)
    if not rights(viewer, found.course_id).adapts or not file.number:
        raise NotFound
    try:
        text = _with_out(file.text, code, out=out, made_from=made_from)
    except (ValueError, TypeError, AttributeError):
        raise Refused(Message(UNREADABLE, {"path": path})) from None
    _save(session, viewer, found.id, path, text, file.number, now)


def _with_out(text: str, code: str, *, out: bool, made_from: str) -> str:
    import tomllib

    values = tomllib.loads(text)
    listed = [str(each) for each in values.get("items", {}).get("out", ())]
    if any(each.get("id") == code for each in values.get("item", ())):
        if not out:
            raise Refused(
                Message(msg("A law keeps this question out. Take that entry away first."))
            )
        return text
    if out == (code in listed):
        return text
    wanted = sorted({*listed, code}) if out else [each for each in listed if each != code]
    return set_items(text, wanted, {code: made_from} if out and made_from else None)


def _bank(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    module: str,
    nation: str = "",
    spoken: str = "",
) -> tuple[Draft, Where, File, Document]:
    """Return the draft, locked, whose bank it is, and the bank of a module."""
    found = draft_queries.draft(session, viewer, draft_id, lock=True)
    held = rights(viewer, found.course_id)
    at = queries.where(session, viewer, found, nation)
    if at is None or not (held.adapts if nation else held.writes_source):
        raise NotFound
    if nation and spoken and not queries.is_settled(session, viewer, found, nation):
        at = replace(at, source=spoken)
    path = at.path(module)
    bank = draft_queries.file(session, viewer, found, path)
    document = read_document(path, bank.data or EMPTY, Faults())
    if document is None:
        raise Refused(Message(UNREADABLE, {"path": path}))
    return found, at, bank, document


def _say_source(session: Session, viewer: Viewer, found: Draft, at: Where, now: datetime) -> None:
    """Write down in which language a country's own questions have their key, once."""
    path = f"nations/{at.nation}/nation.toml"
    table = draft_queries.file(session, viewer, found, path)
    if has_source(table.data):
        return
    try:
        text = put_value(table.text, "source", at.source)
    except ValueError:
        raise Refused(Message(UNREADABLE, {"path": path})) from None
    _save(session, viewer, found.id, path, text, table.number, now)


def _text(raw: str) -> str:
    return raw.rstrip("\n") + "\n"


def mark_of(block: str) -> str:
    """Return by what a page knows again what an item said; empty for none."""
    return text_digest(_text(block)) if block.strip() else ""


def _same(one: Question, other: Question | None) -> bool:
    return other is not None and _lines(one) == _lines(other)


def _lines(item: Question) -> list[str]:
    # A form takes spaces off the ends of lines: nothing that anybody has written.
    return [line.rstrip() for line in written(item).splitlines()]


def _save(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    path: str,
    text: str,
    seen: int,
    now: datetime,
    note: str = "",
) -> None:
    # The draft is locked: what was read is what is replaced.
    drafts.save(
        session,
        viewer,
        draft_id,
        path,
        text.encode(),
        seen=seen,
        now=now,
        note=f"− {note}" if note else "",
    )


def used_letters(*known: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return all letters of some tables of them, step by step."""
    found: dict[str, set[str]] = {}
    for each in known:
        for step, letters in each.items():
            found.setdefault(step, set()).update(letters)
    return found
