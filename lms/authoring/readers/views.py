"""What readers say of the published course: unclear, wrong, not so in their prison."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.authoring.drafts.access import room
from lms.authoring.readers import actions, queries, rules
from lms.db import reading, transaction
from lms.installation import LANGUAGE_NAMES
from lms.kernel import clock
from lms.learning.reporting.rules import KIND_WORDS, NOT_HERE
from lms.web.language import IN_LANGUAGE, current
from lms.web.pages import viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint(
    "reports_of_readers", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/reports"
)


@bp.get("", endpoint="all")
@permission(WRITE)
def show_all(draft_id: UUID) -> ResponseReturnValue:
    """Show the open reports by lesson and part."""
    here = room(draft_id)
    session, me = reading(), viewer()
    found = queries.open_reports(session, me, here.draft)
    lessons = queries.lessons(
        session, me, here.draft, {each.lesson for each in found}, current().code
    )
    codes = here.facts.codes() if here.facts else ()
    parts = rules.by_part(
        found, codes, lessons, not_here_first=rules.is_national_first(here.rights)
    )
    return render_template(
        "readers/all.html",
        room=here,
        parts=parts,
        codes=codes,
        kinds=KIND_WORDS,
        names=LANGUAGE_NAMES,
        not_here=NOT_HERE,
        may_close=rules.may_close(here.rights),
        cut=len(found) == queries.MOST_REPORTS,
    )


@bp.post("/<uuid:report_id>/closure")
@permission(WRITE)
def close(draft_id: UUID, report_id: UUID) -> ResponseReturnValue:
    """Close one report."""
    with transaction() as session:
        actions.close(session, viewer(), draft_id, report_id, now=clock.now())
    return redirect(url_for(".all", draft_id=draft_id), 303)
