"""The rules of tests: pass mark, what certificates wait for. For the country's office alone."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms import installation
from lms.accounts.rules import require_office
from lms.admin.testrules import actions, queries
from lms.admin.testrules.forms import BoxesForm, PassMarkForm
from lms.certificates.rules import NEUTRAL_TITLE
from lms.db import reading, transaction
from lms.installation import Installation
from lms.kernel import clock
from lms.kernel.errors import LmsError
from lms.web.language import IN_LANGUAGE, current, gettext
from lms.web.pages import viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("test_rules", __name__, url_prefix=f"{IN_LANGUAGE}/administer/test-rules")


@bp.get("")
@permission(ADMINISTER, fresh=True)
def show() -> ResponseReturnValue:
    """Show what every course asks for here, and since when."""
    require_office(viewer())
    decided = installation.read(reading())
    return _page(PassMarkForm(floor=decided.pass_floor, percent=decided.least_percent), decided)


@bp.post("")
@permission(ADMINISTER, fresh=True)
def save() -> ResponseReturnValue:
    """Decide the pass mark of the country."""
    require_office(viewer())
    decided = installation.read(reading())
    form = PassMarkForm(request.form, floor=decided.pass_floor)
    if not form.validate():
        return _page(form, decided), form.status
    percent = form.percent.data or 0
    try:
        with transaction() as session:
            actions.decide_pass_mark(
                session, viewer(), percent, form.reason.data or "", now=clock.now()
            )
    except LmsError as refused:
        form.refuse(refused)
        return _page(form, decided), form.status
    # Translators: said once a new pass mark of the country is saved.
    flash(
        gettext(
            "No test that begins from now on is passed with less than %(percent)s %%.",
            percent=percent,
        )
    )
    return redirect(url_for(".show"), 303)


def _page(form: PassMarkForm, decided: Installation) -> str:
    session, me = reading(), viewer()
    return render_template(
        "test_rules/show.html",
        form=form,
        floor=decided.pass_floor,
        mark=decided.least_percent,
        marks=queries.marks(session, me, current().code, floor=decided.least_percent),
        decisions=queries.decisions(session, me),
        neutral=NEUTRAL_TITLE,
        waits=decided.refuse_unconfirmed_boxes,
    )


@bp.route("/boxes", methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def boxes() -> ResponseReturnValue:
    """Decide whether certificates wait until the boxes of their course are confirmed."""
    require_office(viewer())
    if request.method == "GET":
        waits = installation.read(reading()).refuse_unconfirmed_boxes
        form = BoxesForm(wait="yes" if waits else "no")
        return render_template("test_rules/boxes.html", form=form)
    form = BoxesForm(request.form)
    if not form.validate():
        return render_template("test_rules/boxes.html", form=form), form.status
    wait = form.wait.data == "yes"
    try:
        with transaction() as session:
            actions.decide_boxes(
                session, viewer(), form.reason.data or "", wait=wait, now=clock.now()
            )
    except LmsError as refused:
        form.refuse(refused)
        return render_template("test_rules/boxes.html", form=form), form.status
    flash(gettext("Saved."))
    return redirect(url_for(".show"), 303)
