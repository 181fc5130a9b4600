"""The worker's side: look at the chain of the log a part at a time; write the file of a search."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import queries as accounts
from lms.admin.findings import message_facts
from lms.admin.trail import queries
from lms.admin.trail.actions import CHECK, EXPORT, LAST_LOOK
from lms.admin.trail.rules import Wanted
from lms.admin.trail.verdict import verdict
from lms.audit import chain, heads
from lms.audit.chain import Looked, Place
from lms.audit.heads import Head
from lms.audit.words import ACTION_WORDS
from lms.files import FileStore
from lms.jobs.steps import Done, SlowStep, Steps, keep
from lms.kernel.errors import LmsError
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.sheets.writer import Cell, Sheet, csv_lines
from lms.web.files import file_store
from lms.web.language import say, sentence

AT_ONCE = 20_000  # rows of one step: a second
MOST_EXPORTED = 200_000
MORE = msg("No more than %(count)s rows are listed. Choose earlier days for older ones.")
TITLE, BY, ON = msg("Log of what was done"), msg("Made by"), msg("State of")


def look(
    session: Session, facts: Mapping[str, Any], cursor: Mapping[str, Any] | None, *, now: datetime
) -> Looked:
    """Look at the next part of the chain."""
    del facts, now
    after = Place(cursor["row"], bytes.fromhex(cursor["hash"])) if cursor else Place()
    found = chain.look(session, after, AT_ONCE, heads.known(current_app.config["LMS"].data))
    before = Head.from_facts(cursor["strange"]) if cursor and cursor["strange"] else None
    return replace(found, strange=found.strange or before)


def note(
    session: Session, facts: Mapping[str, Any], cursor: object, prepared: Looked, *, now: datetime
) -> Mapping[str, Any] | Done:
    """Go on with the next part, or keep what the look came to."""
    del cursor
    place = prepared.place
    if not prepared.ended:
        strange = prepared.strange.to_facts() if prepared.strange else None
        return {"row": place.row, "hash": place.hash.hex(), "strange": strange}
    came_to = verdict(session, prepared)
    kept = {
        "at": now.isoformat(),
        "rows": place.row,
        "good": came_to.good,
        "said": message_facts(came_to.said),
    }
    installation.decide(session, {LAST_LOOK: kept}, now=now)
    if prepared.bad is None and prepared.strange is None:
        heads.keep(current_app.config["LMS"].data, place.row, place.hash, now=now)
    # Whoever reads the page of this work may read another language than whoever asked.
    said = str(say(came_to.said, facts["language"]))
    return Done({"said": said, "sentence": message_facts(came_to.said), "rows": place.row})


def prepare(
    session: Session, facts: Mapping[str, Any], cursor: object, *, now: datetime
) -> dict[str, object]:
    """Write the file of a search, as whoever asked may see it now."""
    del cursor
    zone = ZoneInfo(installation.read(session).time_zone)
    today, language = now.astimezone(zone).date(), facts["language"]
    viewer = accounts.acting(session, UUID(facts["asked_by"]), language, today=today)
    wanted = Wanted.from_facts(facts["wanted"])
    name, _, number = accounts.identity(session, viewer.person_id)
    chosen = {key: value for key, value in wanted.to_facts().items() if value}
    about = {
        str(say(Message(label), language)): value
        for label, value in (
            (TITLE, json.dumps(chosen, ensure_ascii=False) if chosen else "–"),
            (BY, f"{name} ({number})"),
            (ON, now.isoformat(timespec="seconds")),
        )
    }
    header = ["row", "at (UTC)", "actor", "action", "words", "subject", "facts"]
    sheet = Sheet(
        sentence(TITLE, language),
        about,
        header,
        _rows(session, viewer, wanted, language),
        rtl=language == "ar",
    )
    try:
        made = _written(sheet, file_store())
    except LmsError as refused:
        return {"said": str(say(refused.message, language))}
    named = {"name": f"log-{today.isoformat()}.csv", "type": "text/csv; charset=utf-8"}
    return made | named


def _rows(session: Session, viewer: Viewer, wanted: Wanted, language: str) -> Iterator[list[Cell]]:
    """Yield a line of the file for each row; a last one says where there are more of them."""
    found = queries.every_entry(session, viewer, wanted, MOST_EXPORTED + 1)
    for each in islice(found, MOST_EXPORTED):
        words = ACTION_WORDS.get(each.action)
        yield [
            each.id,
            each.at.isoformat(timespec="seconds"),
            str(each.actor.id) if each.actor else "",
            each.action,
            sentence(words, language) if words else each.action,
            each.subject,
            each.json,
        ]
    if next(found, None) is not None:
        yield ["", "", "", "", str(say(Message(MORE, {"count": MOST_EXPORTED}), language))]


def _written(sheet: Sheet, store: FileStore) -> dict[str, object]:
    """Write row by row onto the disk: a large log takes no more memory than a small one."""
    store.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=store.folder, delete=False) as file:
        made = Path(file.name)
        try:
            file.writelines(csv_lines(sheet))
        except BaseException:
            made.unlink()
            raise
    size = made.stat().st_size
    return {"file": store.take(made), "bytes": size}


STEPS: Steps = {
    CHECK: SlowStep(look, note),
    EXPORT: SlowStep(prepare, keep, lease=timedelta(minutes=15)),
}
