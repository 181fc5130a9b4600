"""The worker's side of many certificates at once: list them, make sure of each, put together."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import queries as accounts
from lms.accounts.rules import SERVER
from lms.certificates.layouts import Layout
from lms.certificates.models import CertificateHolder
from lms.certificates.office import (
    actions,
    bundle,
    layouts,
    preview,
    queries,
    register,
    rules,
    trial,
)
from lms.certificates.office.actions import FORGET
from lms.certificates.office.bundle import Bundle
from lms.certificates.office.layouts import PREVIEW, TRIAL
from lms.certificates.office.queries import BULK, Wanted
from lms.files import FileStore
from lms.jobs.steps import Done, SlowStep, Steps
from lms.kernel.errors import LmsError, NotFound
from lms.kernel.json_value import Json
from lms.kernel.viewer import Viewer
from lms.web.files import file_store
from lms.web.language import say

ZIP_TYPE, PDF_TYPE = "application/zip", "application/pdf"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a step has made ready.

    cursor  where the next step begins, or what the job made.
    papers  certificate -> digest of a PDF that had to be made anew.
    """

    cursor: Any
    papers: Mapping[UUID, str]


def prepare_bulk(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> Prepared:
    """Do the slow part of one step: the list, then each paper, then the file.

    The list is fixed at the beginning. Whoever asked may have lost a role since then: every
    step asks for what they may see now.
    """
    store, today = file_store(), _today(session, now)
    viewer = _asker(session, facts, today)
    if cursor is None:
        wanted = Wanted.from_facts(facts["wanted"])
        listed = [str(each) for each in queries.ids(session, viewer, wanted, today=today)]
        return Prepared({"list": store.put(json.dumps(listed).encode()), "at": 0}, {})
    ids = [UUID(each) for each in json.loads(store.get(cursor["list"]))]
    if cursor["at"] < len(ids) and facts["form"] != rules.REGISTER:
        some = ids[cursor["at"] : cursor["at"] + rules.AT_ONCE]
        papers = _make_sure(session, viewer, some, store, today)
        return Prepared({**cursor, "at": cursor["at"] + rules.AT_ONCE}, papers)
    return Prepared(_put_together(session, viewer, ids, facts, store, cursor, today), {})


def record_bulk(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    prepared: Prepared,
    *,
    now: datetime,
) -> Json:
    """Note where papers lie that had to be made anew; log the export when it is finished."""
    del cursor
    for certificate_id, digest in prepared.papers.items():
        holder = session.get(CertificateHolder, certificate_id)
        if holder is not None:
            holder.pdf = digest
    if isinstance(prepared.cursor, Done):
        actions.note_export(session, facts, prepared.cursor.result, now=now)
    return prepared.cursor


def _make_sure(
    session: Session, viewer: Viewer, ids: list[UUID], store: FileStore, today: date
) -> dict[UUID, str]:
    made = {}
    for row in queries.some(session, viewer, ids, today=today):
        if row.printable:
            digest = bundle.paper_of(row, store)
            if digest != row.pdf:
                made[row.id] = digest
    return made


def _put_together(
    session: Session,
    viewer: Viewer,
    ids: list[UUID],
    facts: Mapping[str, Any],
    store: FileStore,
    cursor: Mapping[str, Any],
    today: date,
) -> Done:
    about = {register.AT: today.isoformat(), register.COUNT: str(len(ids)), **facts["about"]}
    wanted = Bundle(facts["form"], about, facts["language"])
    with tempfile.TemporaryDirectory(dir=store.folder) as beside:
        path = Path(beside) / "certificates.zip"
        papers = bundle.write(session, viewer, ids, wanted, store, path, today=today)
        size = path.stat().st_size
        digest = store.take(path)
    return Done(
        {
            "file": digest,
            "name": f"certificates-{today.isoformat()}.zip",
            "type": ZIP_TYPE,
            "bytes": size,
            "list": cursor["list"],
            "certificates": len(ids),
            "papers": papers,
        }
    )


def prepare_preview(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> Done:
    """Print a certificate of nobody with the layout that was typed, and "Preview" across it."""
    del cursor
    store, today = file_store(), _today(session, now)
    try:
        paper = preview.paper(installation.read(session), facts, store, today)
    except LmsError as refused:  # too long, or a sign that cannot be printed: worth saying
        return Done({"said": say(refused.message, facts["language"])})
    return Done(
        {"file": store.put(paper), "name": "preview.pdf", "type": PDF_TYPE, "bytes": len(paper)}
    )


def record_preview(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    prepared: Done,
    *,
    now: datetime,
) -> Done:
    """Keep it for the page of who asked."""
    del session, facts, cursor, now
    return prepared


def prepare_trial(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> list[str]:
    """Draw the layout with the longest texts; return the fields that do not fit."""
    del cursor
    site = installation.read(session)
    texts = trial.longest(session, site)
    return trial.misfits(site, Layout.from_facts(facts), texts, file_store(), _today(session, now))


def record_trial(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    prepared: list[str],
    *,
    now: datetime,
) -> Done:
    """Let a layout count that fits; what does not fit is said on the page of who asked."""
    del cursor
    if prepared:
        return Done({"fields": prepared})
    viewer = _asker(session, facts, _today(session, now))
    try:
        layouts.decide(session, viewer, facts["programme"], Layout.from_facts(facts), now=now)
    except NotFound:  # whoever asked is no longer the country's office
        return Done({"decided": False})
    return Done({"decided": True})


def forget(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> Done:
    """Delete what was put together 30 days ago, and the papers that the job names; count them.

    The step of a job ``certificates.forget``.
    """
    del cursor
    store = file_store()
    files, also = facts.get("files", ()), facts.get("also", ())
    old = actions.forget_files(session, files, also, now=now)
    return Done({"deleted": sum(store.drop(digest) for digest in old)})


STEPS: Steps = {
    BULK: SlowStep(prepare_bulk, record_bulk),
    PREVIEW: SlowStep(prepare_preview, record_preview),
    TRIAL: SlowStep(prepare_trial, record_trial),
    FORGET: forget,
}


def _today(session: Session, now: datetime) -> date:
    return now.astimezone(ZoneInfo(installation.read(session).time_zone)).date()


def _asker(session: Session, facts: Mapping[str, Any], today: date) -> Viewer:
    if facts["asked_by"] is None:
        return SERVER
    return accounts.acting(session, UUID(facts["asked_by"]), facts["language"], today=today)
