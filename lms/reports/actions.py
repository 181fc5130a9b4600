"""Asking for the file of a report, which the worker makes; every export is in the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.rules import actor_id
from lms.audit import actions as audit
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.reports.rules import FORMS

EXPORT = "reports.export"


@dataclass(frozen=True, slots=True)
class Order:
    """The file that somebody asks for.

    report, table, filters  what it shows, as on the page; title: of the report, a msgid.
    form      one of ``rules.FORMS``.
    language  of its words.
    back      the page that asked.
    key       random, of the form that asked: sent twice, it is one order.
    """

    report: str
    table: str
    filters: Mapping[str, str]
    form: str
    language: str
    back: str
    key: str
    title: str = ""


def ask_export(session: Session, viewer: Viewer, order: Order, *, now: datetime) -> Job:
    """Ask the worker for the file; asking again with the same key and form is the same job.

    A page that came back from a browser's memory may ask with its key for another form.

    raises NotFound for a form that there is not. What the viewer may see is decided when the
    file is made, by the report itself.
    """
    if order.form not in FORMS:
        raise NotFound
    job = jobs.ask(
        session,
        EXPORT,
        f"{viewer.person_id} {order.key} {order.form}",
        {
            "report": order.report,
            "table": order.table,
            "filters": dict(order.filters),
            "form": order.form,
            "language": order.language,
            "back": order.back,
            "title": order.title,
            "asked_by": str(viewer.person_id),
        },
        now=now,
        asked_by=viewer.person_id,
    )
    if job.total_units is None:
        job.total_units = 1
        audit.append(
            session,
            actor_id(viewer),
            "report.export asked",
            order.report,
            {
                "job": job.id,
                "table": order.table,
                "filters": dict(order.filters),
                "form": order.form,
            },
            now=now,
        )
    return job
