"""The worker's side: count once more, sign the figures, print them, keep both for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import queries as accounts
from lms.certificates import work
from lms.certificates.actions import RING, counts_from, keep_ring
from lms.jobs.steps import Done, SlowStep, Steps
from lms.kernel.errors import LmsError, NotFound
from lms.kernel.json_value import Json
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.reports.frozen import actions, rules
from lms.reports.frozen.actions import FREEZE, Files, Order
from lms.reports.frozen.rules import Correction, Frozen
from lms.reports.report import Question
from lms.reports.steering import paper
from lms.reports.steering.figures import body_of
from lms.reports.steering.paper import Sheet
from lms.signing import keys
from lms.web.files import file_store
from lms.web.language import say

KEYED = "keyed"  # the cursor after the first step
DONE = msg("The quarter is frozen.")
GONE = msg("The quarter was not frozen: you do not administer the whole country any more.")
CHANGED = msg(
    "The quarter was not frozen: the figures have changed since you looked at them. Look again."
)


@dataclass(frozen=True, slots=True)
class Made:
    """The two files, or the sentence that says why there are none."""

    text: str = ""
    pdf: bytes = b""
    number: int = 0
    kid: str = ""
    said: str = ""


def prepare(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> Made | None:
    """Count, sign and print, as whoever asked may now; nothing before the key list is kept."""
    if cursor != KEYED:
        return None
    order = _order(facts)
    try:
        return _make(session, _asker(session, facts, now), order, now)
    except NotFound:
        return Made(said=say(Message(GONE), order.language))
    except LmsError as refused:
        return Made(said=say(refused.message, order.language))


def record(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    prepared: Made | None,
    *,
    now: datetime,
) -> Json:
    """Keep the key list, then the files and the row that names them."""
    if prepared is None:
        signer = work.signer(current_app.config["LMS"])
        keep_ring(session, installation.read(session), signer, now=now)
        return KEYED
    if not prepared.text:
        return Done({"said": prepared.said})
    order = _order(facts)
    viewer = _asker(session, facts, now)
    try:
        actions.require_open(session, viewer, order)
    except LmsError as refused:
        return Done({"said": say(refused.message, order.language)})
    store = file_store()
    files = Files(store.put(prepared.text.encode()), store.put(prepared.pdf), prepared.kid)
    row = actions.keep(session, viewer, order, files, number=prepared.number, now=now)
    return Done({"frozen": str(row.id), "said": say(Message(DONE), order.language)})


STEPS: Steps = {FREEZE: SlowStep(prepare, record)}


def _make(session: Session, viewer: Viewer, order: Order, now: datetime) -> Made:
    actions.require_office(viewer)
    before = actions.require_open(session, viewer, order)
    site = installation.read(session)
    zone = ZoneInfo(site.time_zone)
    day = now.astimezone(zone).date()
    filters = {"programme": order.programme, "quarter": order.quarter}
    body = body_of(Question(session, viewer, order.language, day, filters, zone))
    if rules.digest_of(body) != order.seen:
        return Made(said=say(Message(CHANGED), order.language))
    signer = work.signer(current_app.config["LMS"])
    ring = keys.parse_ring(installation.setting(session, RING))
    frozen = Frozen(
        ring.issuer,
        site.names,
        1 if before is None else before.number + 1,
        day,
        counts_from(now.replace(microsecond=0), ring),
        body,
        None if before is None else Correction(before.file, order.reason),
    )
    text = rules.seal(frozen, signer)
    sheet = Sheet(body, order.languages, day, _about(frozen), f"SHA-256 {rules.digest(text)}")
    return Made(text, paper.render(sheet, site), frozen.number, signer.kid.hex())


def _about(frozen: Frozen) -> list[tuple[str, str]]:
    if frozen.corrects is None:
        return []
    return [
        (msg("Corrects"), f"SHA-256 {frozen.corrects.file[:16]}…"),
        (msg("Reason"), frozen.corrects.reason),
    ]


def _order(facts: Mapping[str, Any]) -> Order:
    corrects = facts["corrects"]
    return Order(
        facts["programme"],
        facts["quarter"],
        UUID(corrects) if corrects else None,
        facts["reason"],
        facts["seen"],
        tuple(facts["languages"]),
        facts["language"],
        facts["back"],
        "",
    )


def _asker(session: Session, facts: Mapping[str, Any], now: datetime) -> Viewer:
    today = now.astimezone(ZoneInfo(installation.read(session).time_zone)).date()
    return accounts.acting(session, UUID(facts["asked_by"]), facts["language"], today=today)
