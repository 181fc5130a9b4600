"""A form that came after its session had ended: it is held, shown, sent again or thrown away."""

from __future__ import annotations

import re

from flask import Response, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lms.accounts import actions, queries
from lms.accounts import session as account_session
from lms.accounts.forms import HeldForm
from lms.accounts.rules import worth_holding
from lms.accounts.views.addresses import bp, home
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import Refused
from lms.web import csrf
from lms.web.language import IN_LANGUAGE, gettext, say
from lms.web.pages import viewer
from lms.web.permissions import LEARN, permission

# Fields that no person wrote: keys, versions, and the codes of a test's choices.
NOT_WRITTEN = re.compile(r"key|page|seen|shown|item|answer|go|next|test|a\..+")


def hold() -> str:
    """Hold the form of this request where its session ended by time; say what became of it.

    A script keeps what it could not send by itself, so only what a page sent is held: that
    request says that it takes HTML. The token was compared before anybody asked who this is.
    """
    ended = account_session.run_out()
    fields = list(request.form.items(multi=True))
    if ended is None or ended[0].choosing or not worth_holding(fields) or not _from_a_page():
        return ""
    row, path = ended[0], request.full_path.rstrip("?")
    try:
        with transaction() as session:
            actions.hold_form(session, row.id, row.person_id, path, fields, now=clock.now())
    except Refused as refusal:
        return say(refusal.message)
    return gettext(
        "You were signed out before you sent this page. What you wrote is kept for a day. "
        "Sign in again and it is shown to you."
    )


def _from_a_page() -> bool:
    return "text/html" in request.headers.get("Accept", "")


@bp.get(f"{IN_LANGUAGE}/not-saved-yet")
@permission(LEARN)
def held() -> ResponseReturnValue:
    """Show a form that arrived after its session had ended, to be sent now or thrown away."""
    found = queries.held_form(reading(), viewer(), now=clock.now())
    if found is None:
        return redirect(home())
    written = [
        (name, value) for name, value in found.fields if value and not NOT_WRITTEN.fullmatch(name)
    ]
    return render_template("accounts/held.html", held=found, written=written)


@bp.post(f"{IN_LANGUAGE}/not-saved-yet/discard")
@permission(LEARN)
def discard_held() -> ResponseReturnValue:
    """Throw a held form away."""
    number = HeldForm(request.form).number()
    if number is not None:
        with transaction() as session:
            actions.drop_held_form(session, viewer(), number)
    return redirect(home(), 303)


@bp.after_app_request
def drop_what_was_sent(response: Response) -> Response:
    """Forget a held form once it was sent again and accepted."""
    if request.method in csrf.SAFE or response.status_code >= 400 or not g.get("viewer"):
        return response
    if "held_form" not in request.form:  # nearly always: every saved answer comes this way
        return response
    number = HeldForm(request.form).number()
    if number is not None and request.endpoint != "accounts.discard_held":
        with transaction() as session:
            actions.drop_held_form(session, viewer(), number)
    return response
