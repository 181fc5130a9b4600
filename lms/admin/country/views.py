"""The settings of this installation, for the country's office: what is decided, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import require_office
from lms.admin import backup_plan
from lms.admin.backup_plan import BACKUPS
from lms.admin.country import actions, queries
from lms.admin.country.forms import ClockForm, DecisionForm, LanguagesForm, NamesForm
from lms.admin.forms import COUNTRY_WORDS
from lms.db import reading, transaction
from lms.installation import LANGUAGE_NAMES
from lms.kernel import clock
from lms.kernel.errors import LmsError
from lms.kernel.messages import msg
from lms.settings import Settings
from lms.web.language import IN_LANGUAGE, direction_of, gettext
from lms.web.pages import viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("country", __name__, url_prefix=f"{IN_LANGUAGE}/administer/settings")

WORDS = {
    "names": msg("Name of the organisation"),
    "languages": msg("Languages"),
    "time_zone": msg("Time zone"),
    "digits": msg("Digits on certificates"),
}
Form = TypeVar("Form", bound=DecisionForm)


@bp.get("")
@permission(ADMINISTER)
def show() -> ResponseReturnValue:
    """Show what is decided, and the decisions that were made here."""
    require_office(viewer())
    return render_template(
        "country/show.html",
        here=installation.read(reading()),
        words=WORDS,
        decisions=queries.decisions(reading(), viewer()),
        names=LANGUAGE_NAMES,
        countries=COUNTRY_WORDS,
        dir_of=direction_of,
    )


@bp.route("/names", methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def names() -> ResponseReturnValue:
    """Decide the names of the organisation."""

    def decide(session: Session, form: NamesForm) -> None:
        actions.decide_names(session, viewer(), form.names(), form.why, now=clock.now())

    known = installation.read(reading()).names
    return _asked("names", NamesForm, {f"name_{code}": known[code] for code in known}, decide)


@bp.route("/languages", methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def languages() -> ResponseReturnValue:
    """Decide in which languages pages are offered."""

    def decide(session: Session, form: LanguagesForm) -> None:
        actions.decide_languages(session, viewer(), form.chosen(), form.why, now=clock.now())

    known = installation.read(reading()).languages
    return _asked("languages", LanguagesForm, {"languages": [*known], "first": known[0]}, decide)


@bp.route("/clock", methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def time() -> ResponseReturnValue:
    """Decide the clocks of the country, and its digits on papers."""

    def decide(session: Session, form: ClockForm) -> None:
        settings: Settings = current_app.config["LMS"]
        elsewhere = backup_plan.folder_elsewhere(settings, installation.setting(session, BACKUPS))
        actions.decide_clock(
            session,
            viewer(),
            form.time_zone.data or "",
            form.digits.data,
            form.why,
            copies=elsewhere is not None,
            now=clock.now(),
        )

    here = installation.read(reading())
    return _asked("time", ClockForm, {"time_zone": here.time_zone, "digits": here.digits}, decide)


def _asked(
    page: str,
    form_of: type[Form],
    known: Mapping[str, object],
    decide: Callable[[Session, Form], None],
) -> ResponseReturnValue:
    """Show a form with what is decided; carry out what is sent, or say what is in the way."""
    require_office(viewer())
    if request.method == "GET":
        return _page(page, form_of(**known))
    form = form_of(request.form)
    if not form.validate():
        return _page(page, form), form.status
    try:
        with transaction() as session:
            decide(session, form)
    except LmsError as refused:
        form.refuse(refused)
        return _page(page, form), form.status
    flash(gettext("Saved. It counts everywhere within some seconds."))
    return redirect(url_for(".show"), 303)


def _page(page: str, form: DecisionForm) -> str:
    return render_template(f"country/{page}.html", form=form)
