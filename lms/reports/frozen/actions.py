"""Freezing a quarter: asked for by an administrator of the country, done by the worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id, administers_country
from lms.audit import actions as audit
from lms.installation import Installation
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.reports.frozen import queries
from lms.reports.frozen.models import FrozenQuarter

FREEZE = "reports.freeze"
FROZEN_ALREADY = Message(
    msg("This quarter is frozen already. Open it to correct it with the reason.")
)
CORRECTED_ALREADY = Message(
    msg("This frozen quarter was corrected already. Correct the newest one.")
)


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody freezes.

    corrects, reason  the row that is corrected, and why; None and empty for the first one.
    seen       digest of the figures that they agreed to.
    languages  one or two, of the paper. language: of the reader.
    back       the page that shows what came of it.
    key        random, of the form that asked: sent twice, it is one order.
    """

    programme: str
    quarter: str
    corrects: UUID | None
    reason: str
    seen: str
    languages: tuple[str, ...]
    language: str
    back: str
    key: str


def ask(
    session: Session,
    viewer: Viewer,
    order: Order,
    site: Installation,
    *,
    clock_is_right: bool,
    now: datetime,
) -> Job:
    """Ask the worker to freeze a quarter; the same key is the same job.

    raises  NotFound for all but administrators of the country; Refused on a station, while the
            clock is wrong, where it is frozen already, and for a correction of what was corrected.
    """
    require_office(viewer)
    job = jobs.ask(
        session,
        FREEZE,
        f"{viewer.person_id} {order.key}",
        {
            "programme": order.programme,
            "quarter": order.quarter,
            "corrects": order.corrects and str(order.corrects),
            "reason": order.reason,
            "seen": order.seen,
            "languages": list(order.languages),
            "language": order.language,
            "back": order.back,
            "asked_by": str(viewer.person_id),
        },
        now=now,
        asked_by=viewer.person_id,
    )
    if job.total_units is not None:  # sent twice
        return job
    job.total_units = 2
    require_signing(site, clock_is_right=clock_is_right)
    require_open(session, viewer, order)
    audit.append(
        session,
        actor_id(viewer),
        "quarter.freeze asked",
        _subject(order),
        {"job": job.id, "corrects": order.corrects and str(order.corrects)},
        now=now,
    )
    return job


def require_office(viewer: Viewer) -> None:
    """Let administrators of the country pass; raises NotFound for everybody else."""
    if not administers_country(viewer):
        raise NotFound


def require_signing(site: Installation, *, clock_is_right: bool) -> None:
    """Refuse on a server that signs nothing, and while what it signs would bear a wrong date."""
    if not site.issues:
        raise Refused(
            Message(msg("This server is a station: quarters are frozen on the national server."))
        )
    if not clock_is_right:
        raise Refused(
            Message(
                msg(
                    "The clock of this server is wrong, so no paper can be dated. Tell your "
                    "administrator."
                )
            )
        )


def require_open(session: Session, viewer: Viewer, order: Order) -> FrozenQuarter | None:
    """Return the row that an order corrects, None for a first freezing.

    raises Refused where the quarter is frozen already, or another correction came first.
    """
    newest = queries.newest(session, viewer, order.programme, order.quarter)
    if order.corrects is None:
        if newest is not None:
            raise Refused(FROZEN_ALREADY)
    elif newest is None or newest.id != order.corrects:
        raise Refused(CORRECTED_ALREADY)
    return newest


@dataclass(frozen=True, slots=True)
class Files:
    """What the worker made: digests in the file store, and the key that signed."""

    file: str
    pdf: str
    kid: str


def keep(
    session: Session, viewer: Viewer, order: Order, files: Files, *, number: int, now: datetime
) -> FrozenQuarter:
    """Keep a frozen quarter for good. raises Refused as ``require_open`` does."""
    require_open(session, viewer, order)
    row = FrozenQuarter(
        id=new_ordered_id(),
        programme=order.programme,
        quarter=order.quarter,
        number=number,
        corrects_id=order.corrects,
        reason=order.reason or None,
        file=files.file,
        pdf=files.pdf,
        kid=files.kid,
        frozen_by=viewer.person_id,
        frozen_at=now,
    )
    session.add(row)
    session.flush()
    audit.append(
        session,
        actor_id(viewer),
        "quarter.corrected" if order.corrects else "quarter.frozen",
        _subject(order),
        {
            "frozen": str(row.id),
            "number": number,
            "file": files.file,
            "pdf": files.pdf,
            "kid": files.kid,
            "corrects": order.corrects and str(order.corrects),
        },
        now=now,
    )
    return row


def _subject(order: Order) -> str:
    return f"{order.programme} {order.quarter}".strip()
