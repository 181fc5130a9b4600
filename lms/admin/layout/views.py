"""How certificates look: the office's name, who signs, logos. For the country's office alone."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms import installation
from lms.accounts.rules import administers_country
from lms.admin.layout.forms import PLACES, LayoutForm, LogoForm
from lms.certificates.actions import LOGOS
from lms.certificates.office import actions
from lms.certificates.office.pictures import MOST_BYTES, clean_png
from lms.certificates.snapshot import MOST_LOGOS
from lms.db import reading, transaction
from lms.files import FileStore
from lms.kernel import clock
from lms.kernel.errors import LmsError, NotFound
from lms.web.language import IN_LANGUAGE, current, gettext, say
from lms.web.pages import site, viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("layout", __name__, url_prefix=f"{IN_LANGUAGE}/administer/certificates/layout")


@bp.get("")
@permission(ADMINISTER, fresh=True)
def show() -> ResponseReturnValue:
    """Show how certificates look from now on."""
    _require_office()
    return _page(LayoutForm.of(installation.read(reading())), LogoForm())


@bp.post("")
@permission(ADMINISTER, fresh=True)
def save() -> ResponseReturnValue:
    """Decide it, or ask for a sheet that shows what was typed."""
    _require_office()
    form = LayoutForm(request.form, languages=site().languages)
    if not form.validate():
        return _page(form, LogoForm()), form.status
    look = request.form.get("go") == "look"
    try:
        with transaction() as session:
            if look:
                job = actions.ask_preview(
                    session, viewer(), form.layout(), current().code, url_for(".show"),
                    now=clock.now(),
                ).id  # fmt: skip
            else:
                actions.decide_layout(session, viewer(), form.layout(), now=clock.now())
    except LmsError as refused:
        form.form_errors.append(say(refused.message))
        return _page(form, LogoForm()), refused.status
    if look:
        return redirect(url_for("background.job", job_id=job), 303)
    flash(gettext("Certificates look so from now on. Those issued already never change."))
    return redirect(url_for(".show"), 303)


@bp.post("/logos")
@permission(ADMINISTER, fresh=True)
def add_logo() -> ResponseReturnValue:
    """Take a picture, draw it anew, put it behind the other logos."""
    _require_office()
    form = LogoForm(request.form)
    if not form.validate():
        return _page(LayoutForm.of(installation.read(reading())), form), form.status
    sent = request.files.get("picture")
    try:
        picture = clean_png(sent.read(MOST_BYTES + 1) if sent else b"")
        digest = _store().put(picture)
        with transaction() as session:
            actions.add_logo(session, viewer(), digest, now=clock.now())
    except LmsError as refused:
        form.picture.errors = [say(refused.message)]
        return _page(LayoutForm.of(installation.read(reading())), form), refused.status
    flash(gettext("The logo is on certificates from now on."))
    return redirect(url_for(".show"), 303)


@bp.post("/logos/removal")
@permission(ADMINISTER, fresh=True)
def remove_logo() -> ResponseReturnValue:
    """Take a logo off certificates to come."""
    _require_office()
    with transaction() as session:
        actions.remove_logo(
            session, viewer(), request.form.get("digest", ""), now=clock.now()
        )  # fmt: skip
    flash(gettext("The logo is taken off certificates to come."))
    return redirect(url_for(".show"), 303)


def _page(form: LayoutForm, logo_form: LogoForm) -> str:
    session, store = reading(), _store()
    logos = [
        (digest, store.path(digest).stat().st_size if store.path(digest).is_file() else 0)
        for digest in installation.setting(session, LOGOS) or ()
    ]
    return render_template(
        "layout/show.html", form=form, logo_form=logo_form, logos=logos, most=MOST_LOGOS,
        printed=form.languages, signing=PLACES,
    )  # fmt: skip


def _store() -> FileStore:
    return FileStore(current_app.config["LMS"].data / "files")


def _require_office() -> None:
    if not administers_country(viewer()):
        raise NotFound
