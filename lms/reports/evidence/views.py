"""The order for the evidence of a certificate, from the certificate's own page."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.reports.evidence import actions, queries
from lms.web.language import IN_LANGUAGE, current
from lms.web.pages import site, viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("evidence", __name__, url_prefix=f"{IN_LANGUAGE}/reports/evidence")


@bp.post("/<uuid:certificate_id>")
@permission(ADMINISTER)
def ask(certificate_id: UUID) -> ResponseReturnValue:
    """Ask the worker for the paper."""
    today = clock.now().astimezone(ZoneInfo(site().time_zone)).date()
    found = queries.certificate(reading(), viewer(), certificate_id, today=today)
    key = request.form.get("key", "")[:60]
    if not key or "\0" in key:
        raise NotFound
    back = url_for("office.one", certificate_id=certificate_id)
    with transaction() as session:
        job = actions.ask(
            session,
            viewer(),
            certificate_id,
            current().code,
            back,
            key,
            number=found.number,
            now=clock.now(),
        ).id
    return redirect(url_for("background.job", job_id=job), 303)
