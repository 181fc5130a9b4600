"""What changed since the published edition, and how much each change of a text weighs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.authoring.changes import actions, queries, rules
from lms.authoring.changes.queries import Base
from lms.authoring.changes.rules import CHANGES, Compared, Weighed
from lms.authoring.changes.words import WEIGHT_WORDS
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.access import Room, room
from lms.authoring.drafts.rules import language_of
from lms.authoring.packages import unpacked
from lms.content.compare import Row, side_by_side, word_diff
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import LmsError, NotFound
from lms.web.files import file_store
from lms.web.language import IN_LANGUAGE, asked_language, gettext, say
from lms.web.pages import viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint("changes", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/changes")

# What one page shows and compares: words of blocks are compared one by one.
MOST_BLOCKS, MOST_FILES = 40, 200


@dataclass(frozen=True, slots=True)
class Open:
    """A draft beside its edition.

    before  every file of the edition. now: those files of the draft that this page needs.
    seen    the version of ``changes.toml``.
    """

    room: Room
    base: Base | None
    files: Compared
    before: Mapping[str, bytes]
    now: Mapping[str, bytes]
    seen: int

    def weighed(self) -> list[Weighed]:
        """Return the changed blocks of the source language."""
        return rules.weighed(self.before, self.now, self.room.draft.source)


def _opened(here: Room, wanted: str = "") -> Open:
    """Return the comparison; ``wanted`` is one more file whose text is needed."""
    session, me, source = reading(), viewer(), here.draft.source
    base = queries.base(session, me, here.draft)
    before = _package(base)
    digests = {path: sha256(data).hexdigest() for path, data in before.items()}
    files = rules.compared(digests, queries.digests(session, me, here.draft))
    texts = {path for path in files.changed if rules.is_source(path, source)}
    found = drafts.read(session, me, here.draft, {*texts, CHANGES, *filter(None, [wanted])})
    now = {path: each.data for path, each in found.items() if each.number}
    return Open(here, base, files, before, now, found[CHANGES].number)


def _package(base: Base | None) -> dict[str, bytes]:
    if base is None:
        return {}
    try:
        return unpacked(file_store().get(base.package))[1]
    except FileNotFoundError:
        return {}


@bp.get("")
@permission(WRITE)
def show(draft_id: UUID) -> ResponseReturnValue:
    """Show what changed; ``file`` names one whose lines are shown beside each other."""
    here, wanted = room(draft_id), request.args.get("file", "")
    found = _opened(here, wanted)
    rows: tuple[Row, ...] = ()
    if wanted:
        if wanted not in found.files.changed or not wanted.endswith((".md", ".toml")):
            raise NotFound
        rows = side_by_side(
            found.before[wanted].decode(errors="replace"),
            found.now[wanted].decode(errors="replace"),
        )
    return _page(found, wanted=wanted, rows=rows), 200


def _page(
    found: Open,
    said: Mapping[tuple[str, str], str] | None = None,
    error: str = "",
    *,
    wanted: str = "",
    rows: tuple[Row, ...] = (),
) -> str:
    changes, source = found.weighed(), found.room.draft.source
    start = request.args.get("from", 0, type=int)
    shown = changes[max(start, 0) :][:MOST_BLOCKS]
    texts = [path for path in found.files.changed if rules.is_source(path, source)]
    return render_template(
        "changes/show.html",
        room=found.room,
        base=found.base,
        files=found.files,
        seen=found.seen,
        open_count=sum(not each.severity for each in changes),
        total=len(changes),
        error=error,
        shown=[
            (
                each,
                word_diff(each.change.text, each.after),
                (said or {}).get((each.path, each.code), each.severity),
            )
            for each in shown
        ],
        blocks={path: rules.blocks_of(found.before[path], found.now[path]) for path in texts},
        next_from=start + MOST_BLOCKS if len(changes) > start + MOST_BLOCKS else None,
        may_write=found.room.rights.writes_source,
        words=WEIGHT_WORDS,
        most=MOST_FILES,
        wanted=wanted,
        rows=rows,
        spoken=language_of(wanted) if wanted else "",
    )


@bp.post("")
@permission(WRITE)
def weigh(draft_id: UUID) -> ResponseReturnValue:
    """Take how much the changes weigh; what is not chosen stays open."""
    here = room(draft_id)
    if not here.rights.writes_source:
        raise NotFound
    found = _opened(here)
    said = rules.chosen(request.form)
    if asked_language() is not None:
        return _page(found, said), 200
    fixed = found.before.get(CHANGES, b"")
    try:
        with transaction() as session:
            actions.weigh(
                session,
                viewer(),
                draft_id,
                request.form.get("seen", 0, type=int),
                fixed,
                found.weighed(),
                said,
                now=clock.now(),
            )
    except LmsError as refused:
        if isinstance(refused, NotFound):
            raise
        return _page(_opened(room(draft_id)), said, say(refused.message)), refused.status
    flash(gettext("Saved."))
    return redirect(url_for(".show", draft_id=draft_id), 303)
