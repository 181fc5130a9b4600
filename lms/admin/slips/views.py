"""Slips for the first sign-in: printed from the browser, eight to a page, each folded and sealed.

The codes are made for the page that shows them and lie nowhere else: no file, no list. Printing
again makes new ones, and the former stop to count.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from lms.accounts import passwords
from lms.accounts.staff import queries, slips
from lms.admin.people.person import places_to_choose
from lms.db import reading, transaction
from lms.extensions import db
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.kernel.ids import grouped, one_time_code
from lms.web.language import EVERY_LANGUAGE, IN_LANGUAGE
from lms.web.pages import today, viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("slips", __name__, url_prefix=f"{IN_LANGUAGE}/administer/slips")

# Hashing a code takes 27 ms; five printed pages are made in about a second.
AT_ONCE = 40


@bp.get("")
@permission(ADMINISTER, fresh=True)
def choose() -> ResponseReturnValue:
    """Show how many people of a place wait for their first code."""
    places = places_to_choose()
    chosen = request.args.get("unit") or (places[0][0] if len(places) == 1 else "")
    waiting = None
    if chosen in {code for code, _ in places}:
        _, waiting = queries.without_password(reading(), viewer(), chosen, today=today(), limit=1)
    return render_template(
        "slips/choose.html", places=places, chosen=chosen, waiting=waiting, at_once=AT_ONCE
    )


@bp.post("")
@permission(ADMINISTER, fresh=True)
def make() -> ResponseReturnValue:
    """Make codes for the next people who wait, and show their slips for printing."""
    unit = request.form.get("unit", "")
    if unit not in {code for code, _ in places_to_choose()}:
        raise NotFound
    seen = {UUID(each) for each in request.form.getlist("printed") if _is_id(each)}
    rows, waiting = queries.without_password(
        reading(), viewer(), unit, today=today(), limit=AT_ONCE + len(seen)
    )
    people = [row for row in rows if row.id not in seen][:AT_ONCE]
    db.session.remove()
    codes = {row.id: one_time_code(passwords.CODE_LENGTH) for row in people}
    hashes = {person_id: passwords.hashed(code) for person_id, code in codes.items()}
    with transaction() as session:
        slips.give_codes(session, viewer(), hashes, now=clock.now())
    answer = make_response(
        render_template(
            "slips/print.html",
            unit=unit,
            printed=[*seen, *codes],
            left=waiting - len(seen) - len(people),
            at_once=AT_ONCE,
            address=current_app.config["LMS"].public_address,
            slips=[(row, grouped(codes[row.id]), EVERY_LANGUAGE[row.language]) for row in people],
        )
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
