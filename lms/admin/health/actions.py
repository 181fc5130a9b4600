"""Ask the worker to look at the server."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import actor_id, administers_country
from lms.admin.night import LOOK
from lms.jobs import actions as jobs
from lms.jobs import queries
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer


def ask_to_look(session: Session, viewer: Viewer, *, now: datetime) -> None:
    """Ask for a look at every part now; twice while it waits is once.

    raises  NotFound for anybody but the country's office.
    """
    if not administers_country(viewer):
        raise NotFound
    installation.lock(session)
    if not queries.waiting(session, (LOOK,), now):
        jobs.ask(session, LOOK, f"asked {now.isoformat()}", now=now, asked_by=actor_id(viewer))
