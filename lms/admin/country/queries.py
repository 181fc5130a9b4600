"""How the decisions of this installation came to be what they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.models import Identity
from lms.accounts.rules import administers_country
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer

# The setting that lists every decision made on the page of settings, oldest first.
DECISIONS = "decisions"
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Decision:
    """One change of a setting; ``name`` None for the server, or no longer kept."""

    what: str
    before: Any
    after: Any
    reason: str
    at: datetime
    name: str | None


def decisions(session: Session, viewer: Viewer) -> list[Decision]:
    """Return the newest decisions, newest first; raises NotFound for all but the office."""
    if not administers_country(viewer):
        raise NotFound
    stored = list(installation.setting(session, DECISIONS) or ())[: -MOST_SHOWN - 1 : -1]
    people = {UUID(each["by"]) for each in stored if each["by"]}
    named = select(Identity.person_id, Identity.name).where(Identity.person_id.in_(people))
    names = {str(each): name for each, name in session.execute(named)} if people else {}
    return [
        Decision(
            each["what"],
            each["before"],
            each["after"],
            each["reason"],
            datetime.fromisoformat(each["at"]),
            names.get(each["by"]),
        )
        for each in stored
    ]
