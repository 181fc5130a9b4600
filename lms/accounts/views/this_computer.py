"""Who uses this computer: how long nobody may be away depends on it."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import actions, machine
from lms.accounts.forms import MachineForm
from lms.accounts.views.addresses import bp, home
from lms.db import transaction
from lms.web.language import IN_LANGUAGE, gettext
from lms.web.pages import viewer
from lms.web.permissions import PUBLIC, permission


@bp.route(f"{IN_LANGUAGE}/this-computer", methods=["GET", "POST"], endpoint="machine")
@permission(PUBLIC)
def this_computer() -> ResponseReturnValue:
    """Say who uses this computer; the browser remembers it."""
    if request.method == "GET":
        return render_template("accounts/machine.html", form=MachineForm(kind=machine.kind()))
    form = MachineForm(request.form)
    if not form.validate():
        return render_template("accounts/machine.html", form=form), form.status
    kind = form.kind.data
    if g.get("viewer"):
        with transaction() as session:
            actions.mark_machine(session, viewer(), kind)
    flash(gettext("This is noted on this computer."))
    answer = redirect(home() if g.get("viewer") else url_for(".front"), 303)
    machine.remember(answer, kind)
    return answer
