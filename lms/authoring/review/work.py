"""The worker looks a whole draft through; ``publishing`` makes the edition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import SERVER
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries as found_drafts
from lms.authoring.drafts.models import Draft
from lms.authoring.packages import unpacked
from lms.authoring.review.findings import looked_through
from lms.authoring.review.rules import CHECK
from lms.catalogue.models import Edition, EditionItem
from lms.jobs.steps import Done, SlowStep, Steps
from lms.kernel.json_value import Json
from lms.web.files import file_store


def look_through(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Read the whole draft and measure it: the slow part of a check."""
    del cursor, now
    found = session.get_one(Draft, UUID(facts["draft"]))
    if drafts.state(session, SERVER, found) != facts["state"]:
        return {"old": True}
    files = found_drafts.contents(session, SERVER, found)
    keys = {
        row.item_id: row.key
        for row in session.execute(
            select(EditionItem.item_id, EditionItem.key).where(
                EditionItem.edition_id == found.edition_id
            )
        )
    }
    nation = installation.read(session).nation
    return looked_through(files, keys, _published(session, found), nation)


def _published(session: Session, found: Draft) -> dict[str, bytes] | None:
    """Return the files of the edition that the draft goes on from; None where none is kept."""
    package = session.scalar(select(Edition.package).where(Edition.id == found.edition_id))
    try:
        return unpacked(file_store().get(package))[1] if package else None
    except FileNotFoundError:
        return None


def keep(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    prepared: dict[str, Any],
    *,
    now: datetime,
) -> Done:
    """Keep what was found for a page of the draft; readiness of countries is kept so, too."""
    del session, facts, cursor, now
    return Done(prepared)


STEPS: Steps = {CHECK: SlowStep(look_through, keep, large=True)}
