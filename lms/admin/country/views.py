"""The settings of this installation, for the country's office: what is decided, and why."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import administers_country
from lms.admin.country import actions, queries
from lms.admin.country.forms import ClockForm, DecisionForm, LanguagesForm, NamesForm
from lms.admin.forms import COUNTRY_WORDS
from lms.db import reading, transaction
from lms.installation import LANGUAGE_NAMES
from lms.kernel import clock
from lms.kernel.errors import LmsError, NotFound
from lms.kernel.messages import msg
from lms.web.language import IN_LANGUAGE, direction_of, gettext, say
from lms.web.pages import viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("country", __name__, url_prefix=f"{IN_LANGUAGE}/administer/settings")

WORDS = {
    "names": msg("Name of the organisation"),
    "languages": msg("Languages"),
    "time_zone": msg("Time zone"),
    "digits": msg("Digits on certificates"),
}
Decide = Callable[[Session], None]


@bp.get("")
@permission(ADMINISTER)
def show() -> ResponseReturnValue:
    """Show what is decided, and the decisions that were made here."""
    _require_office()
    return render_template(
        "country/show.html", here=installation.read(reading()), words=WORDS,
        decisions=queries.decisions(reading(), viewer()), names=LANGUAGE_NAMES,
        countries=COUNTRY_WORDS, dir_of=direction_of,
    )  # fmt: skip


@bp.route("/names", methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def names() -> ResponseReturnValue:
    """Decide the names of the organisation."""
    _require_office()
    if request.method == "GET":
        known = installation.read(reading()).names
        return _page("names", NamesForm(**{f"name_{code}": known.get(code) for code in known}))
    form = NamesForm(request.form)

    def decide(session: Session) -> None:
        actions.decide_names(
            session, viewer(), form.names(), form.reason.data or "", now=clock.now()
        )

    return _saved("names", form, decide)


@bp.route("/languages", methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def languages() -> ResponseReturnValue:
    """Decide in which languages pages are offered."""
    _require_office()
    if request.method == "GET":
        known = installation.read(reading()).languages
        return _page("languages", LanguagesForm(languages=list(known), first=known[0]))
    form = LanguagesForm(request.form)

    def decide(session: Session) -> None:
        actions.decide_languages(
            session, viewer(), form.chosen(), form.reason.data or "", now=clock.now()
        )

    return _saved("languages", form, decide)


@bp.route("/clock", methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def time() -> ResponseReturnValue:
    """Decide the clocks of the country, and its digits on papers."""
    _require_office()
    if request.method == "GET":
        known = installation.read(reading())
        return _page("time", ClockForm(time_zone=known.time_zone, digits=known.digits))
    form = ClockForm(request.form)

    def decide(session: Session) -> None:
        actions.decide_clock(
            session, viewer(), form.time_zone.data or "", form.digits.data,
            form.reason.data or "", now=clock.now(),
        )  # fmt: skip

    return _saved("time", form, decide)


def _saved(page: str, form: DecisionForm, decide: Decide) -> ResponseReturnValue:
    """Carry out a decision, or show its form again with what is in the way."""
    if not form.validate():
        return _page(page, form), form.status
    try:
        with transaction() as session:
            decide(session)
    except LmsError as refused:
        form.form_errors.append(say(refused.message))
        return _page(page, form), refused.status
    flash(gettext("Saved. It counts everywhere within some seconds."))
    return redirect(url_for(".show"), 303)


def _page(page: str, form: DecisionForm) -> str:
    return render_template(f"country/{page}.html", form=form)


def _require_office() -> None:
    if not administers_country(viewer()):
        raise NotFound
