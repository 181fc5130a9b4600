"""Backups, for the country's office: the list, one now, a restore test, and the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lms import installation
from lms.accounts.rules import require_office
from lms.admin import backup_plan, safekeeping
from lms.admin.backup_plan import BACKUPS, BY_HAND, KNOWN, MAKE, PLAN, WEEKLY, Plan
from lms.admin.backups import actions, listing
from lms.admin.backups.forms import FEWEST, MOST, PlanForm, day_names
from lms.admin.findings import MARKS, apart, message_from
from lms.admin.night import DRILL
from lms.db import reading, transaction
from lms.jobs import queries as jobs
from lms.kernel import clock
from lms.kernel.errors import LmsError
from lms.settings import Settings
from lms.web.language import IN_LANGUAGE
from lms.web.pages import look_again, site, viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("backups", __name__, url_prefix=f"{IN_LANGUAGE}/administer/backups")


@bp.get("")
@permission(ADMINISTER)
def show() -> ResponseReturnValue:
    """Show the backups, how the last ones and the last test went, and what is being made."""
    require_office(viewer())
    settings: Settings = current_app.config["LMS"]
    now, zone = clock.now(), ZoneInfo(site().time_zone)
    known = installation.decided(reading(), (*safekeeping.DECISIONS, KNOWN, PLAN))
    running = jobs.waiting(reading(), (MAKE, DRILL), now)
    plan = Plan.of(known.get(PLAN))
    elsewhere = backup_plan.folder_elsewhere(settings, known.get(BACKUPS))
    here = backup_plan.folder_here(settings, known.get(BACKUPS))
    page = make_response(
        render_template(
            "backups/show.html",
            plan=plan,
            running=running,
            elsewhere=elsewhere,
            days=day_names(),
            copies=elsewhere is not None and settings.backup_passphrase_file is not None,
            lines=listing.lines(known.get(KNOWN), here),
            kinds=listing.KIND_WORDS,
            findings=[
                safekeeping.last_backup(known, now),
                safekeeping.copy_elsewhere(known, settings, now),
                safekeeping.restore_test(known, now),
            ],
            next_backup=plan.next_backup(now, zone),
            next_copy=plan.next_copy(now, zone),
            drill=DRILL,
            seconds=_seconds(known.get(KNOWN)),
            states=MARKS,
            apart=apart,
            message_from=message_from,
            by_hand=BY_HAND,
            weekly=WEEKLY,
        )
    )
    return look_again(page, 5) if running else page


def _seconds(known: Sequence[Mapping[str, Any]] | None) -> Mapping[bool, int]:
    """Return how long the newest backup took that is not encrypted, and the newest that is."""
    return {each["sealed"]: max(1, round(each["seconds"])) for each in reversed(known or ())}


@bp.post("/new")
@permission(ADMINISTER)
def make() -> ResponseReturnValue:
    """Let the worker make a backup, or a copy elsewhere, now."""
    with transaction() as session:
        actions.ask_to_make(session, viewer(), request.form.get("kind", ""), now=clock.now())
    return redirect(url_for(".show"), 303)


@bp.post("/test")
@permission(ADMINISTER)
def test() -> ResponseReturnValue:
    """Let the worker restore a backup in a scratch folder and compare it."""
    with transaction() as session:
        actions.ask_to_try(session, viewer(), now=clock.now())
    return redirect(url_for(".show"), 303)


@bp.route("/plan", methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def plan() -> ResponseReturnValue:
    """Decide when backups are made and how many are kept."""
    require_office(viewer())
    known = installation.decided(reading(), (PLAN, BACKUPS))
    if request.method == "GET":
        return _plan_page(PlanForm(**Plan.of(known.get(PLAN)).to_facts()))
    form = PlanForm(request.form)
    if not form.validate():
        return _plan_page(form), form.status
    settings: Settings = current_app.config["LMS"]
    elsewhere = backup_plan.folder_elsewhere(settings, known.get(BACKUPS))
    try:
        with transaction() as session:
            actions.decide_plan(
                session,
                viewer(),
                form.plan(),
                form.reason.data or "",
                copies=elsewhere is not None,
                now=clock.now(),
            )
    except LmsError as refused:
        form.refuse(refused)
        return _plan_page(form), form.status
    return redirect(url_for(".show"), 303)


def _plan_page(form: PlanForm) -> str:
    return render_template("backups/plan.html", form=form, fewest=FEWEST, most=MOST)
