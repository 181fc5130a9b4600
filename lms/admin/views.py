"""The first run, and the address that machines ask whether all is well."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from lms import installation
from lms.accounts import passwords
from lms.admin import actions, queries, start
from lms.admin.actions import FirstRun
from lms.admin.forms import FirstRunForm
from lms.db import reading, transaction
from lms.installation import COUNTRIES
from lms.kernel import clock
from lms.kernel.names import PersonName
from lms.requirements.rules import STATUS_WORDS, Status
from lms.web.language import IN_LANGUAGE, current, gettext, preferred
from lms.web.pages import site, viewer
from lms.web.permissions import LOOK_AFTER, PUBLIC, permission

bp = Blueprint("admin", __name__)


@bp.get("/healthz")
@permission(PUBLIC)
def healthz() -> ResponseReturnValue:
    """Say to a machine whether pages can be read and answers written: 200 or 503.

    ``site`` tells the servers of one machine apart, so that a second start finds its own.
    """
    try:
        here = installation.site_id(reading())
    except SQLAlchemyError:
        return jsonify(database="unreachable"), 503
    return jsonify(
        database="good",
        site=start.short_site(here) if here else None,
        time=clock.now().isoformat(timespec="seconds"),
    )


@bp.get(f"{IN_LANGUAGE}/administer")
@permission(LOOK_AFTER)
def home() -> ResponseReturnValue:
    """Show the first steps, later what needs doing today; an inspector goes on to the people."""
    if not viewer().holds("administrator"):
        return redirect(url_for("people.all"))
    today = clock.now().astimezone(ZoneInfo(site().time_zone)).date()
    return render_template(
        "admin/home.html",
        now=queries.overview(reading(), viewer(), today=today),
        Status=Status,
        status_words=STATUS_WORDS,
    )


@bp.route("/first-run/<code>", methods=["GET", "POST"])
@permission(PUBLIC)
def first_run(code: str) -> ResponseReturnValue:
    """Ask the five questions, once, of whoever has the link that the server printed."""
    if not start.is_first_run_code(reading(), code):
        abort(404)
    form = FirstRunForm(request.form)
    if request.method == "GET":
        form.country.data = "xx"
    if request.method == "GET" or not form.validate():
        page = render_template(
            "admin/first_run.html",
            form=form,
            code=code,
            here=current_app.config["LMS"].data / "backups",
        )
        return page, form.status
    reading().close()
    hashed = passwords.hashed(form.password.data or "")
    answers = FirstRun(
        country=form.country.data,
        names=form.names(),
        administrator=PersonName.of(form.administrator.data or ""),
        service_number=form.service_number.data or "",
        password_hash=hashed,
        language=current().code,
        backups=form.backups.data or None,
    )
    with transaction() as session:
        # Two people may have opened the link; the first one who sends it has decided.
        if not start.is_first_run_code(session, code):
            abort(404)
        actions.first_run(session, answers, now=clock.now())
        language = COUNTRIES[form.country.data].languages
    flash(
        gettext(
            "The server is set up. Sign in with your number and the password you chose. Then make "
            "a spare code, in the menu with your initials: it opens the door when the password "
            "is forgotten."
        )
    )
    shown = current().code if current().code in language else preferred(language[0])
    # The form to sign in stands there instead of the page, which opens with its first steps.
    return redirect(url_for(".home", language=shown), 303)
