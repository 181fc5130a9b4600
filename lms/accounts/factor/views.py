"""Pages of the second factor: asked once a session before administering or teaching."""

from __future__ import annotations

from collections.abc import Callable

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lms.accounts import queries as accounts
from lms.accounts.factor import actions, queries, rules
from lms.accounts.factor.actions import Proof
from lms.accounts.factor.forms import ProofForm
from lms.accounts.models import SecondFactor
from lms.accounts.rules import path_on_this_host
from lms.accounts.throttle import Sender
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.kernel.ids import grouped
from lms.web.language import IN_LANGUAGE, current, gettext, ngettext
from lms.web.pages import site, viewer
from lms.web.permissions import LEARN, permission

bp = Blueprint("factor", __name__, url_prefix=f"{IN_LANGUAGE}/second-factor")


@bp.get("")
@permission(LEARN)
def ask() -> ResponseReturnValue:
    """Ask for a number or code; who has none yet chooses how to get one."""
    _require_role()
    factor = queries.factor_of(reading(), viewer())
    if factor is None:
        return render_template("factor/choose.html", next=_next(), first=True)
    return _page(ProofForm(next=_next()), factor)


@bp.post("")
@permission(LEARN)
def prove() -> ResponseReturnValue:
    """Take a number or code for this session and go on to the page that was asked for."""
    _require_role()
    form = ProofForm(request.form)
    factor = queries.factor_of(reading(), viewer())
    if factor is None:
        return redirect(url_for(".ask", next=_next()), 303)
    if not form.validate():
        return _page(form, factor), form.status
    with transaction() as session:
        proof = actions.prove(
            session, viewer(), _key(), form.password_number.data or "", _sender(), now=clock.now()
        )
    if proof.right:
        return redirect(_going_on(), 303)
    return _not_right(proof, form, lambda: _page(form, factor))


@bp.get("/change")
@permission(LEARN)
def change() -> ResponseReturnValue:
    """Offer another app or new printed codes to somebody who has just proved the old ones."""
    _require_may_change()
    return render_template("factor/choose.html", next=_next(), first=False)


@bp.post("/codes")
@permission(LEARN)
def codes() -> ResponseReturnValue:
    """Make ten codes and show them, the only time that anybody sees them."""
    _require_may_change()
    made = rules.new_codes()
    hashes = [rules.code_hash(_key(), viewer().person_id, code) for code in made]
    with transaction() as session:
        actions.make_codes(session, viewer(), hashes, now=clock.now())
    answer = make_response(
        render_template("factor/codes.html", codes=[grouped(code) for code in made], next=_next())
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/app")
@permission(LEARN)
def begin_app() -> ResponseReturnValue:
    """Prepare an app and show its QR code."""
    _require_may_change()
    with transaction() as session:
        actions.begin_app(session, viewer(), rules.new_nonce())
    return redirect(url_for(".app_page", next=_next()), 303)


@bp.get("/app")
@permission(LEARN)
def app_page() -> ResponseReturnValue:
    """Show the QR code of an app that is being set up, and ask for its first number."""
    return _app_page(ProofForm(next=_next()))


@bp.post("/app/confirm")
@permission(LEARN)
def confirm_app() -> ResponseReturnValue:
    """Take the first number of a new app."""
    form = ProofForm(request.form)
    if not form.validate():
        return _app_page(form), form.status
    _prepared()
    with transaction() as session:
        proof = actions.confirm_app(
            session, viewer(), _key(), form.password_number.data or "", _sender(), now=clock.now()
        )
    if proof.right:
        flash(gettext("Your app is set up."))
        return redirect(_going_on(), 303)
    return _not_right(proof, form, lambda: _app_page(form))


@bp.get("/app/code.svg")
@permission(LEARN)
def app_code() -> ResponseReturnValue:
    """Send the QR code that an app reads, while it is being set up."""
    from lms.signing import qr

    number = accounts.identity(reading(), viewer().person_id).service_number
    address = rules.app_address(_secret(_prepared()), number, site().name(current().code))
    answer = make_response(qr.svg(address))
    answer.headers["Content-Type"] = "image/svg+xml"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _require_role() -> None:
    """Only who holds a role has a use for these pages."""
    if not viewer().roles:
        raise NotFound


def _require_may_change() -> None:
    """Let only who has proved it in this session change a factor that is there."""
    _require_role()
    if queries.factor_of(reading(), viewer()) and viewer().second_factor_at is None:
        raise NotFound


def _prepared() -> SecondFactor:
    """Return the factor whose app waits for its first number; raises NotFound for any other."""
    _require_may_change()
    found = reading().get(SecondFactor, viewer().person_id)
    if found is None or found.nonce is None or found.confirmed_at is not None:
        raise NotFound
    return found


def _app_page(form: ProofForm) -> str:
    return render_template("factor/app.html", form=form, secret=grouped(_secret(_prepared())))


def _page(form: ProofForm, factor: SecondFactor) -> str:
    return render_template(
        "factor/ask.html",
        form=form,
        has_app=factor.confirmed_at is not None,
        left=len(factor.code_hashes),
    )


def _not_right(proof: Proof, form: ProofForm, page: Callable[[], str]) -> ResponseReturnValue:
    if proof.wait:
        form.form_errors.append(
            ngettext(
                "Too many tries. Wait %(num)s second, then try again.",
                "Too many tries. Wait %(num)s seconds, then try again.",
                proof.wait,
            )
        )
    else:
        form.password_number.errors = [
            gettext(
                "This number or code does not fit. An app shows another number every 30 seconds; "
                "each number and each printed code counts once."
            )
        ]
    form.password_number.data = ""
    answer = make_response(page())
    answer.status_code = 429 if proof.wait else 422
    if proof.wait:
        answer.headers["Retry-After"] = str(proof.wait)
    return answer


def _secret(factor: SecondFactor) -> str:
    return rules.app_secret(_key(), factor.person_id, factor.nonce or b"")


def _key() -> bytes:
    key: bytes = current_app.config["SECRET_KEY"]
    return key


def _sender() -> Sender:
    return Sender.of(f"second factor of {viewer().person_id}", request.remote_addr or "")


def _next() -> str:
    return path_on_this_host(request.values.get("next")) or ""


def _going_on() -> str:
    return _next() or url_for("desk.home")
