"""How the server is, for the country's office: every part, and what is deleted by itself."""

from __future__ import annotations

from flask import Blueprint, current_app, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms import installation
from lms.accounts.rules import require_office
from lms.admin.findings import MARKS, NOTE, WRONG, apart
from lms.admin.health import actions, parts
from lms.admin.retention import LIMITS, RUNS, deletion, runs
from lms.db import reading, transaction
from lms.kernel import clock
from lms.settings import Settings
from lms.web.language import IN_LANGUAGE
from lms.web.pages import look_again, viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("health", __name__, url_prefix=f"{IN_LANGUAGE}/administer/health")


@bp.get("")
@permission(ADMINISTER)
def show() -> ResponseReturnValue:
    """Show every part of the server, what is to be done first."""
    require_office(viewer())
    settings: Settings = current_app.config["LMS"]
    found = parts.health(reading(), settings, now=clock.now())
    page = make_response(
        render_template(
            "health/show.html",
            health=found,
            states=MARKS,
            apart=apart,
            disk=parts.disk_of(settings.data),
            wrong=WRONG,
            note=NOTE,
            rooms=parts.ROOMS,
        )
    )
    return look_again(page, 5) if found.looking else page


@bp.post("/look")
@permission(ADMINISTER)
def look() -> ResponseReturnValue:
    """Let the worker look at every part again."""
    with transaction() as session:
        actions.ask_to_look(session, viewer(), now=clock.now())
    return redirect(url_for(".show"), 303)


@bp.get("/deletion")
@permission(ADMINISTER)
def deleted() -> ResponseReturnValue:
    """Show what is deleted by itself, after how long, and what the last runs have deleted."""
    require_office(viewer())
    known = installation.setting(reading(), RUNS)
    found = runs(known)
    return render_template(
        "health/deleted.html",
        limits=LIMITS,
        runs=found,
        states=MARKS,
        apart=apart,
        finding=deletion(known, clock.now()),
        sums={kind: sum(run.deleted.get(kind, 0) for run in found) for kind in LIMITS},
    )
