"""How certificates look: the office's name, who signs, logos. For the country's office alone.

In common, or for one programme. What is saved here is tried by the worker before it counts; the
page waits for that, and shows what was typed again where it does not fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import (
    Blueprint,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lms.admin.layout.forms import PLACES, LayoutForm, LogoForm
from lms.catalogue.programmes.rules import said_in
from lms.certificates.layouts import Layout
from lms.certificates.office import layouts, queries
from lms.certificates.office.layouts import TRIAL, Look, Order
from lms.certificates.office.pictures import MOST_BYTES, clean_png
from lms.certificates.snapshot import MOST_LOGOS
from lms.db import reading, transaction
from lms.files import FileStore
from lms.jobs import queries as jobs
from lms.jobs.models import Job
from lms.kernel import clock
from lms.kernel.errors import LmsError, NotFound
from lms.web.files import file_store
from lms.web.language import IN_LANGUAGE, current, gettext, say
from lms.web.pages import site, viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("layout", __name__, url_prefix=f"{IN_LANGUAGE}/administer/certificates/layout")
OF_PROGRAMME = "/programmes/<programme>"

# While the worker tries a layout, the page looks again after so many seconds.
LOOK_AGAIN = 3


@dataclass(slots=True)
class Shown:
    """What the page shows: the forms, and how the trial of what was sent went."""

    programme: str
    look: Look
    form: LayoutForm
    logo_form: LogoForm
    said: str = ""  # "waiting", "decided" or nothing
    status: int = 200


@bp.route("", methods=["GET", "POST"], defaults={"programme": ""})
@bp.route(OF_PROGRAMME, methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def show(programme: str) -> ResponseReturnValue:
    """Show how certificates look from now on; decide it, or ask for a sheet that shows it."""
    shown = _shown(programme)
    if request.method == "GET":
        _tell_trial(shown)
        return _page(shown)
    shown.form = form = LayoutForm(request.form, languages=site().languages)
    if not form.validate():
        shown.status = form.status
        return _page(shown)
    look = request.form.get("go") == "look"
    order = Order(programme, form.layout(), current().code, _here(programme), form.typed())
    try:
        with transaction() as session:
            ask = layouts.ask_preview if look else layouts.ask_trial
            job = ask(session, viewer(), order, now=clock.now()).id
    except LmsError as refused:
        form.refuse(refused)
        shown.status = form.status
        return _page(shown)
    if look:
        return redirect(url_for("background.job", job_id=job), 303)
    return redirect(_here(programme, trial=job), 303)


@bp.post("/logos", defaults={"programme": ""})
@bp.post(f"{OF_PROGRAMME}/logos")
@permission(ADMINISTER, fresh=True)
def add_logo(programme: str) -> ResponseReturnValue:
    """Take a picture, draw it anew, try it behind the other logos."""
    shown = _shown(programme)
    shown.logo_form = form = LogoForm(request.form)
    if not form.validate():
        shown.status = form.status
        return _page(shown)
    sent = request.files.get("picture")
    try:
        picture = clean_png(sent.read(MOST_BYTES + 1) if sent else b"")
        digest = file_store().put(picture)
        with transaction() as session:
            job = layouts.ask_logo(
                session,
                viewer(),
                programme,
                digest,
                current().code,
                _here(programme),
                now=clock.now(),
            )
            number = job.id if job else None
    except LmsError as refused:
        form.picture.errors = [say(refused.message)]
        shown.status = refused.status
        return _page(shown)
    return redirect(_here(programme, trial=number), 303)


@bp.post("/logos/removal", defaults={"programme": ""})
@bp.post(f"{OF_PROGRAMME}/logos/removal")
@permission(ADMINISTER, fresh=True)
def remove_logo(programme: str) -> ResponseReturnValue:
    """Take a logo off certificates to come."""
    with transaction() as session:
        layouts.remove_logo(
            session, viewer(), programme, request.form.get("digest", ""), now=clock.now()
        )
    flash(gettext("The logo is taken off certificates to come."))
    return redirect(_here(programme), 303)


@bp.post(f"{OF_PROGRAMME}/removal")
@permission(ADMINISTER, fresh=True)
def take_common(programme: str) -> ResponseReturnValue:
    """Let a programme have the common look again."""
    with transaction() as session:
        layouts.take_common(session, viewer(), programme, now=clock.now())
    flash(gettext("Certificates of this programme look like all others from now on."))
    return redirect(_here(programme), 303)


def _shown(programme: str) -> Shown:
    """Return the page as it stands; NotFound for all but the country's office."""
    found = layouts.look(reading(), viewer(), programme)
    # A programme without a look of its own begins with the common one.
    form = LayoutForm.of(site().languages, found.present)
    return Shown(programme, found, form, LogoForm())


def _tell_trial(shown: Shown) -> None:
    """Say how the trial that the address names went; what was typed is shown again."""
    job = _trial(shown.programme)
    if job is None:
        return
    if job.state == "waiting":
        shown.said = "waiting"
        return
    result = job.result or {}
    if result.get("decided"):
        shown.said = "decided"
        return
    typed = Layout.from_facts(job.facts)
    if job.facts.get("typed"):
        shown.form = LayoutForm(languages=site().languages, **job.facts["typed"])
    fields = result.get("fields", ())
    if job.facts.get("logo") and fields:
        shown.logo_form.picture.errors = [
            gettext(
                "With this logo the texts do not fit on a certificate with long titles and names. "
                "Take another logo away, or shorten the name of who issues them."
            )
        ]
        return
    for field in fields:
        if not shown.form.refuse_misfit(typed, field, shown.look.site):
            shown.form.form_errors.append(
                gettext("The logos leave no room for long titles and names. Take one away first.")
            )
    if not fields:
        shown.form.form_errors.append(
            gettext(
                "It could not be tried. Save it once more; if that fails again, tell the person "
                "who looks after the server."
            )
        )


def _trial(programme: str) -> Job | None:
    """Return the trial that the address names: the viewer's own, of this look."""
    number = request.args.get("trial", "")
    if not (number.isascii() and number.isdecimal() and len(number) <= 15):
        return None
    try:
        job = jobs.own_job(reading(), viewer(), int(number))
    except NotFound:
        return None
    return job if job.kind == TRIAL and job.facts.get("programme") == programme else None


def _page(shown: Shown) -> ResponseReturnValue:
    session, store, code = reading(), file_store(), shown.programme
    own = shown.look.own
    response = make_response(
        render_template(
            "layout/show.html",
            form=None if shown.said == "waiting" else shown.form,
            logo_form=shown.logo_form,
            said=shown.said,
            code=code,
            own=own,
            title=said_in(shown.look.titles, current().code)[1] if code else "",
            logos=[(digest, _size(store, digest)) for digest in (own.logos if own else ())],
            most=MOST_LOGOS,
            printed=shown.form.languages,
            signing=PLACES,
            looks=() if code else queries.looks(session, viewer(), current().code),
        ),
        shown.status,
    )
    if shown.said == "waiting":
        response.headers["Refresh"] = str(LOOK_AGAIN)
    return response


def _size(store: FileStore, digest: str) -> int:
    path = store.path(digest)
    return path.stat().st_size if path.is_file() else 0


def _here(programme: str, **more: Any) -> str:
    return url_for(".show", programme=programme, **more)
