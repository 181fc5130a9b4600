"""Write the layer of a country: each change is one transaction over all its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id
from lms.authoring.adapting import queries
from lms.authoring.adapting.layers import (
    layer_of,
    path_of,
    seen_block,
    seen_box,
    seen_rules,
)
from lms.authoring.adapting.rules import NATION, READINESS, key_of
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries as found_drafts
from lms.authoring.drafts.models import Draft
from lms.authoring.drafts.queries import File
from lms.authoring.drafts.rules import rights
from lms.content import nation_text as toml
from lms.content.model import Block, BoxFacts, Limit, NationFacts
from lms.content.nation_words import set_box_words, set_replaced, take_replaced
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

UNREADABLE = msg("A file of this country cannot be read. Mend it first, in the list of files.")
NEW = "# What this country fills, replaces, hides and closes, and its rules of the test.\n"
Edits = Mapping[str, Callable[[str], str]]
Say = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of a change; ``aside`` is True where somebody else had changed the same thing.

    Then what was written lies in the versions of the files, and nothing of it is in force.
    """

    aside: bool = False


def begin(session: Session, viewer: Viewer, draft_id: UUID, code: str, *, now: datetime) -> None:
    """Begin the layer of a country; one that is there already stays as it is."""
    _, files = _locked(session, viewer, draft_id, code)
    if NATION.fullmatch(code) is None:
        raise NotFound
    if path_of(code) not in files:
        drafts.save(session, viewer, draft_id, path_of(code), NEW.encode(), seen=0, now=now)


def save_box(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    nation: str,
    box: BoxFacts,
    words: Mapping[str, str],
    *,
    seen: str,
    now: datetime,
) -> Changed:
    """Say all that a country says of a box, by language what is to be read in it.

    box   with ``made_from``, the digest of what the core asked before the writer's eyes. It is
          written down with a change only: what is saved unchanged changes no byte.
    seen  see ``layers.seen_box``: what was there when the writer began.
    """
    edits: dict[str, Callable[[str], str]] = {
        path_of(nation): lambda text: toml.set_box(
            text,
            box.code,
            status=box.status,
            legal_source=box.legal_source,
            day=box.date,
            checker=box.checker,
            review_by=box.review_by,
        )
    }
    for language, said in words.items():
        edits[path_of(nation, "boxes.md", language)] = _box(nation, box.code, said)
    kept = {}
    if box.made_from:
        kept[path_of(nation)] = lambda text: toml.keep_box(text, box.code, box.made_from)
    return change(
        session,
        viewer,
        draft_id,
        nation,
        edits,
        kept,
        now=now,
        seen=seen,
        there=lambda layer: seen_box(layer, box.code),
    )


def hide_block(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    nation: str,
    block: str,
    limit: Limit,
    *,
    languages: tuple[str, ...],
    seen: str,
    now: datetime,
) -> Changed:
    """Show a block of the core no longer; the country's own words in its place go, too."""
    edits = _without(nation, block, languages)
    edits[path_of(nation)] = lambda text: toml.hide(toml.restore(text, block), block, limit)
    return change(
        session,
        viewer,
        draft_id,
        nation,
        edits,
        now=now,
        seen=seen,
        there=lambda layer: seen_block(layer, block),
    )


def replace_block(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    nation: str,
    origin: Block,
    limit: Limit,
    words: Say,
    *,
    seen: str,
    now: datetime,
) -> Changed:
    """Say something else in place of a block of the core.

    limit  with ``made_from``, the digest of the core's block that the writer had before them.
    words  language -> heading and words.
    """
    edits: dict[str, Callable[[str], str]] = {
        path_of(nation): lambda text: toml.replace(toml.unhide(text, origin.id), origin.id, limit)
    }
    for language, said in words.items():
        edits[path_of(nation, "replaced.md", language)] = _replaced(nation, origin, *said)
    return change(
        session,
        viewer,
        draft_id,
        nation,
        edits,
        now=now,
        seen=seen,
        there=lambda layer: seen_block(layer, origin.id),
    )


def close(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    nation: str,
    kind: str,
    code: str,
    limit: Limit,
    *,
    now: datetime,
) -> None:
    """Close the course, a module or an item by law; an item without one is only left out.

    limit  of an item with ``made_from``, the digest of the core's item.
    """
    layer = layer_now(session, viewer, draft_id, nation)
    listed = layer.items_out - set(layer.items_closed)
    changes: dict[str, Callable[[str], str]] = {
        "course": lambda text: toml.close_course(text, limit),
        "module": lambda text: toml.close_module(text, code, limit),
        "item": lambda text: toml.close_item(_listed_no_more(text, listed, code), code, limit),
    }
    if kind == "item" and not limit.law:
        changes[kind] = lambda text: toml.set_items(
            toml.open_item(text, code),
            sorted(listed | {code}),
            {code: limit.made_from} if limit.made_from else None,
        )
    change(session, viewer, draft_id, nation, {path_of(nation): changes[kind]}, now=now)


def undo(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    nation: str,
    kind: str,
    code: str,
    *,
    now: datetime,
) -> None:
    """Take one limit back, ``kind`` as in ``readiness.LIMIT_WORDS``; twice changes nothing."""
    layer = layer_now(session, viewer, draft_id, nation)
    listed = layer.items_out - set(layer.items_closed)
    changes: dict[str, Callable[[str], str]] = {
        "course": toml.open_course,
        "module": lambda text: toml.open_module(text, code),
        "hidden": lambda text: toml.unhide(text, code),
        "replaced": lambda text: toml.restore(text, code),
        "item": lambda text: toml.open_item(_listed_no_more(text, listed, code), code),
    }
    edits = {path_of(nation): changes[kind]}
    if kind == "replaced":
        edits |= _without(nation, code, tuple(layer.replacements))
    change(session, viewer, draft_id, nation, edits, now=now)


def save_rules(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    nation: str,
    rules: Mapping[str, int | None],
    months: int | None,
    *,
    seen: str,
    now: datetime,
) -> Changed:
    """Say a country's rules of the test and how long its certificates count; None: the course's."""
    edits: Edits = {
        path_of(nation): lambda text: toml.set_validity(toml.set_pass(text, rules), months)
    }
    return change(session, viewer, draft_id, nation, edits, now=now, seen=seen, there=seen_rules)


def look(session: Session, viewer: Viewer, draft_id: UUID, *, now: datetime) -> Job:
    """Ask the worker what certificates wait for in each country; once for each state."""
    found = found_drafts.draft(session, viewer, draft_id)
    state = drafts.state(session, viewer, found)
    return jobs.ask(
        session,
        READINESS,
        key_of(found.id, state),
        {"draft": str(found.id), "state": state},
        now=now,
        asked_by=actor_id(viewer),
    )


def _box(nation: str, box: str, said: str) -> Callable[[str], str]:
    return lambda text: set_box_words(text, nation, box, said)


def _replaced(nation: str, origin: Block, heading: str, said: str) -> Callable[[str], str]:
    return lambda text: set_replaced(text, nation, origin, heading, said)


def _listed_no_more(text: str, listed: frozenset[str], item: str) -> str:
    """Take an item from the list of those that are left out; another order of it stays."""
    return toml.set_items(text, sorted(listed - {item})) if item in listed else text


def _without(
    nation: str, block: str, languages: tuple[str, ...]
) -> dict[str, Callable[[str], str]]:
    return {
        path_of(nation, "replaced.md", language): lambda text: take_replaced(text, block)
        for language in languages
    }


def _locked(
    session: Session, viewer: Viewer, draft_id: UUID, nation: str
) -> tuple[Draft, dict[str, File]]:
    found = found_drafts.draft(session, viewer, draft_id, lock=True)
    if not rights(viewer, found.course_id).adapts:
        raise NotFound
    return found, queries.files(session, viewer, found, [f"nations/{nation}"])


def layer_now(session: Session, viewer: Viewer, draft_id: UUID, nation: str) -> NationFacts:
    """Return what a country says now, for who may write it; the draft is locked."""
    _, files = _locked(session, viewer, draft_id, nation)
    return layer_of(nation, {path: file.data for path, file in files.items()}).nation


def change(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    nation: str,
    edits: Edits,
    besides: Edits | None = None,
    *,
    now: datetime,
    seen: str = "",
    there: Callable[[NationFacts], str] | None = None,
) -> Changed:
    """Change the files as they are now, so that what others changed beside it stays.

    besides      what is written down, too, where the edits change anything.
    seen, there  what the writer saw of the thing that they change, and what it is now: where
                 they differ, what was written is set aside.
    """
    _, files = _locked(session, viewer, draft_id, nation)
    if path_of(nation) not in files:
        raise NotFound
    data = {path: file.data for path, file in files.items()}
    layer = layer_of(nation, data)
    if not layer.readable:
        raise Refused(Message(UNREADABLE))
    try:
        new = _edited(data, edits)
        if new and besides:
            new |= _edited({**data, **new}, besides)
    except ValueError as unreadable:
        raise Refused(Message(UNREADABLE)) from unreadable
    _require_readable(nation, data, new)
    aside = there is not None and bool(new) and there(layer.nation) != seen
    for path, text in sorted(new.items()):
        # No file has had this version: a text that is to be set aside saw none.
        number = -1 if aside else files[path].number if path in files else 0
        drafts.save(session, viewer, draft_id, path, text, seen=number, now=now)
    return Changed(aside)


def _edited(data: Mapping[str, bytes], edits: Edits) -> dict[str, bytes]:
    """Return the files that the edits change, as they are then."""
    new = {path: edit(data.get(path, b"").decode()).encode() for path, edit in edits.items()}
    return {path: text for path, text in new.items() if text != data.get(path, b"")}


def _require_readable(nation: str, before: Mapping[str, bytes], new: Mapping[str, bytes]) -> None:
    """Raise Refused where a file says something wrong that it did not say before."""
    known = {fault.text for fault in layer_of(nation, before).faults}
    for fault in layer_of(nation, {**before, **new}).faults:
        if fault.text not in known:
            raise Refused(fault.message)
