"""Work that puts many certificates together: where it lies, how many names in a day, what waits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, String, cast, null, or_, select
from sqlalchemy.orm import Session

from lms.accounts import scope
from lms.accounts.models import Identity, Unit
from lms.certificates.office import rules
from lms.certificates.office.rules import Names
from lms.jobs.models import Job
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow

BULK = "certificates.bulk"
MOST_WAITING = 50
MOST_FILES = 1_000  # of one person in a day


def waiting(session: Session, viewer: Viewer, *, now: datetime) -> list[AnyRow]:
    """Return the jobs that wait for a second person and that the viewer may let begin.

    Each with ``name``, that of who asked.
    """
    rows = session.execute(
        select(Job.id, Job.facts, Job.asked_by, Job.made_at, Job.due_at, Identity.name)
        .outerjoin(Identity, Identity.person_id == Job.asked_by)
        .where(Job.kind == BULK, Job.state == "waiting", Job.due_at > now)
        .order_by(Job.id)
        .limit(MOST_WAITING)
    )
    return [
        row
        for row in rows
        if row.facts.get("second")
        and rules.may_approve(viewer, row.facts["asked_by"], row.facts["tops"])
    ]


def place_and_day(
    session: Session, viewer: Viewer, unit: str, *, now: datetime, but_key: str = ""
) -> tuple[list[str], list[Names]]:
    """Return where a list lies, and the names of each file that the viewer had in 24 hours.

    First the paths of the units to which it is limited: the one chosen, else all of the viewer's
    own. Then what they have asked for or got since then, also what waits or was stopped: it can
    go on at any time. One statement: the page that asks shows a long list.

    but_key  of an order that is not counted: the one which is being asked for.
    raises   NotFound for a unit that the viewer does not administer.
    """
    tops, since = viewer.unit_paths("administrator"), now - rules.DAY
    place = select(
        Unit.path, cast(null(), JSON).label("facts"), cast(null(), JSON).label("result")
    ).where(scope.below(Unit.path, tops), Unit.code == unit if unit else Unit.path.in_(tops))
    files = select(cast(null(), String), Job.facts, Job.result).where(
        Job.kind == BULK,
        Job.asked_by == viewer.person_id,
        Job.key != f"{viewer.person_id} {but_key}",
        or_(Job.made_at > since, Job.ended_at > since, Job.state == "waiting"),
    )
    rows = session.execute(place.union_all(files).limit(MOST_FILES)).all()
    paths = [row.path for row in rows if row.path is not None]
    if not paths:
        raise NotFound
    # Whoever came to a place since the file was asked for is in it, too.
    counted = (
        (max(row.facts.get("names", 0), (row.result or {}).get("certificates", 0)), row.facts)
        for row in rows
        if row.path is None
    )
    return paths, [Names(count, facts.get("facility")) for count, facts in counted]
