"""Asking for a training record, and letting nothing of one stay when a name is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id
from lms.audit import actions as audit
from lms.certificates.transcripts import queries
from lms.certificates.transcripts.queries import TRANSCRIPT
from lms.certificates.transcripts.rules import MOST_A_DAY
from lms.installation import Installation
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks for.

    languages  one or two, the paper's own first.
    language   of the reader, for a sentence that says why there is no paper.
    back       the page that asked.
    key        random, of the form that asked: sent twice, it is one order.
    """

    languages: tuple[str, ...]
    language: str
    back: str
    key: str


def ask(
    session: Session,
    viewer: Viewer,
    person_id: UUID,
    order: Order,
    site: Installation,
    *,
    clock_is_right: bool,
    now: datetime,
) -> Job:
    """Ask the worker for the training record of a person; return the job.

    The same key is the same job, and so are the same languages while it is being made.
    raises  NotFound for anybody but the viewer and the people whom they administer; Refused on a
            station, while the clock is wrong, where there is nothing to list, and for the
            eleventh in a day.
    """
    today = now.astimezone(ZoneInfo(site.time_zone)).date()
    queries.names(session, viewer, person_id, today=today)
    said = queries.instead(session, viewer, person_id, site, today=today)
    if said is not None:
        raise Refused(said)
    if not clock_is_right:
        raise Refused(
            Message(
                msg(
                    "The clock of this server is wrong, so no paper can be dated. Tell your "
                    "administrator."
                )
            )
        )
    asked = queries.asked_since(session, viewer, person_id, now - timedelta(days=1))
    for job in asked:  # one that is being made is not asked for again
        if job.state == "waiting" and tuple(job.facts["languages"]) == order.languages:
            return job
    if len(asked) >= MOST_A_DAY and not any(job.key.endswith(f" {order.key}") for job in asked):
        raise Refused(
            Message(
                msg(
                    "%(count)s of these were made today. Fetch one of them, or ask again tomorrow."
                ),
                {"count": MOST_A_DAY},
            )
        )
    # The person stands first: who forgets a name finds what was made about it.
    job = jobs.ask(
        session,
        TRANSCRIPT,
        f"{person_id} {viewer.person_id} {order.key}",
        {
            "person": str(person_id),
            "asked_by": str(viewer.person_id),
            "languages": list(order.languages),
            "language": order.language,
            "back": order.back,
            "asked_at": now.replace(microsecond=0).isoformat(),
        },
        now=now,
        asked_by=viewer.person_id,
    )
    if job.total_units is None:
        job.total_units = 2
        audit.append(
            session,
            actor_id(viewer),
            "transcript.asked",
            str(person_id),
            {"job": job.id, "languages": list(order.languages)},
            now=now,
        )
    return job


def forget(session: Session, person_id: UUID, *, now: datetime) -> list[str]:
    """Let no training record of a person be kept; return the digests of files to delete.

    What still waits is stopped: nobody has a name to print any more.
    """
    digests = []
    about = select(Job).where(Job.kind == TRANSCRIPT, Job.key.startswith(f"{person_id} "))
    for job in session.scalars(about.with_for_update()):
        if job.result and job.result.get("file"):
            digests.append(str(job.result["file"]))
        job.result = None
        if job.state == "waiting":
            job.state, job.ended_at = "stopped", now
    return digests
