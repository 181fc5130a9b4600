"""The learner's page of training records: ask for one, see how far it is, fetch it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.audit import queries as audit
from lms.certificates.rules import clock_is_right
from lms.certificates.transcripts import actions, queries
from lms.certificates.transcripts.actions import Order
from lms.certificates.transcripts.forms import TranscriptForm
from lms.db import reading, transaction
from lms.installation import LANGUAGE_NAMES
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_id
from lms.web.files import send
from lms.web.language import IN_LANGUAGE, current
from lms.web.pages import look_again, site, viewer
from lms.web.permissions import LEARN, permission

bp = Blueprint("transcripts", __name__, url_prefix=f"{IN_LANGUAGE}/my-data/training-record")

# While the worker makes one, the page looks again after so many seconds.
LOOK_AGAIN = 3


@bp.route("", methods=["GET", "POST"])
@permission(LEARN)
def mine() -> ResponseReturnValue:
    """Let somebody ask for their own training record, and show those that were made."""
    form = TranscriptForm(
        request.form, languages=site().languages, first=current().code, key=str(new_id())
    )
    status = 200
    if request.method == "POST":
        if form.validate():
            order = Order(form.languages, current().code, url_for(".mine"), form.key.data or "")
            try:
                with transaction() as session:
                    actions.ask(
                        session,
                        viewer(),
                        viewer().person_id,
                        order,
                        site(),
                        now=clock.now(),
                        clock_is_right=clock_is_right(clock.now(), audit.newest_at(session)),
                    )
                return redirect(url_for(".mine"), 303)
            except Refused as refused:
                form.refuse(refused)
                status = form.status
        else:
            status = form.status
    asked, today = queries.own(reading(), viewer()), clock.now().astimezone(_zone()).date()
    instead = queries.instead(reading(), viewer(), viewer().person_id, site(), today=today)
    response = make_response(
        render_template(
            # Without the form on the page, its language is changed by links.
            "transcripts/mine.html",
            form=None if instead else form,
            asked=asked,
            names=LANGUAGE_NAMES,
            instead=instead,
        ),
        status,
    )
    if request.method == "GET" and any(each.state == "waiting" for each in asked):
        return look_again(response, LOOK_AGAIN)
    return response


@bp.get("/<int:job_id>")
@permission(LEARN)
def file(job_id: int) -> ResponseReturnValue:
    """Send one of them, as long as it is kept."""
    made = queries.own_one(reading(), viewer(), job_id).result or {}
    if not made.get("file"):
        raise NotFound
    return send(made["file"], made["type"], name=made["name"])


def _zone() -> ZoneInfo:
    return ZoneInfo(site().time_zone)
