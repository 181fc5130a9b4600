"""The succession card as a page for paper."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from lms.admin.folders import SYSTEMD
from lms.admin.succession.card import card as facts_of
from lms.db import reading
from lms.kernel import clock
from lms.web.language import IN_LANGUAGE, current
from lms.web.pages import viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("succession", __name__, url_prefix=f"{IN_LANGUAGE}/administer/succession")


@bp.get("")
@permission(ADMINISTER)
def card() -> ResponseReturnValue:
    """Show the card, to be printed, filled in by hand and put away."""
    now = clock.now()
    found = facts_of(reading(), viewer(), current_app.config["LMS"], current().code, now=now)
    return render_template("succession/card.html", card=found, now=now, env=SYSTEMD)
