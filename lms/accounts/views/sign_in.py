"""Signing in and out, and the sign-in form in place of a page that is closed."""

from __future__ import annotations

from flask import (
    Response,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized

from lms.accounts import actions, machine, passwords, queries, throttle
from lms.accounts import session as account_session
from lms.accounts.actions import Checked, Tried
from lms.accounts.forms import SignInForm
from lms.accounts.rules import ABSOLUTE, folded_service_number, idle_time, path_on_this_host
from lms.accounts.views.addresses import bp, home
from lms.accounts.views.held import hold
from lms.accounts.views.too_early import later, sender_of, wait_sentence
from lms.db import reading, transaction
from lms.extensions import db
from lms.kernel import clock
from lms.kernel.messages import Message
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow
from lms.web import cookies, csrf, errors
from lms.web.gate_settings import GateSettings
from lms.web.language import COOKIE as LANGUAGE_COOKIE
from lms.web.language import IN_LANGUAGE, current, gettext, in_language, ngettext, preferred
from lms.web.permissions import PUBLIC, permission


@bp.get("/")
@permission(PUBLIC)
def root() -> ResponseReturnValue:
    """Go to the front page in the language that this person or browser prefers."""
    known = g.get("viewer")
    answer = redirect(url_for(".front", language=preferred(known and known.language)))
    answer.vary.update(("Accept-Language", "Cookie"))
    return answer


@bp.route(f"{IN_LANGUAGE}/", methods=["GET", "POST"])
@permission(PUBLIC)
def front() -> ResponseReturnValue:
    """Show the sign-in form; who is signed in goes on to their courses.

    The language menu posts what was typed to this page of another language.
    """
    if g.get("viewer"):
        return redirect(home(), 303)
    if account_session.choosing():
        return redirect(url_for(".choose_password"), 303)
    return _sign_in_page(SignInForm(request.form))


@bp.post(f"{IN_LANGUAGE}/sign-in")
@permission(PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Take service number and password or code; open a session and go on."""
    form = SignInForm(request.form)
    if not form.validate():
        return _sign_in_page(form), form.status
    folded = folded_service_number(form.service_number.data or "")
    sender, address = sender_of(folded), request.remote_addr or ""
    if wait := throttle.seconds_to_wait(reading(), sender, now=clock.now()):
        return _wait_page(form, wait)
    checked = _checked(queries.account_by_number(reading(), folded), form.password.data or "")
    row = g.get("session_row")
    with transaction() as session:
        tried = actions.sign_in(
            session,
            sender,
            checked,
            machine=machine.kind(),
            address=address,
            now=clock.now(),
            replaced=row and row.id,
        )
    if tried.wait:
        return _wait_page(form, tried.wait)
    if tried.token is None or checked.person_id is None:
        form.form_errors.append(
            gettext(
                "This number and this password do not belong together. Check both and try again. "
                "If you have forgotten the password, ask your administrator for a one-time code."
            )
        )
        return _sign_in_page(form), 401
    going_on = _after_sign_in(tried, checked, form.next.data)
    # A script (sign-in.js) goes there by itself; a redirect would make it load the page twice.
    scripted = "application/json" in request.accept_mimetypes.values()
    answer = jsonify(going_on=going_on) if scripted else redirect(going_on, 303)
    account_session.give_cookie(answer, tried.token)
    if machine.kind() != machine.SHARED:
        cookies.give(answer, LANGUAGE_COOKIE, current().code, seconds=cookies.LONGEST)
    return answer


def _checked(account: AnyRow | None, typed: str) -> Checked:
    """Compare what was typed with what is stored, without holding a database connection.

    account  the person with the number that was typed, None where nobody has it.
    """
    db.session.remove()
    if account is None:
        # For nothing, but so that an unknown number takes as long as a known one.
        passwords.way_in(typed, password=None, code=None, spare=None)
        return Checked(None)
    stored = {
        "password": account.password_hash,
        "code": account.code_hash,
        "spare": account.spare_code_hash,
    }
    way = passwords.way_in(typed, **stored)
    if way is None:
        return Checked(account.id)
    rehashed = None
    if way == "password" and passwords.is_outdated(account.password_hash):
        rehashed = passwords.hashed(typed)
    return Checked(account.id, way, stored[way], rehashed)


def _after_sign_in(tried: Tried, checked: Checked, wanted: str | None) -> str:
    """Return where to go: choosing a password, a form that was held, the page asked for, home."""
    if tried.choosing or checked.person_id is None:
        return url_for(".choose_password")
    known = Viewer(checked.person_id, current().code)
    if queries.held_form(reading(), known, now=clock.now()) is not None:
        return url_for(".held")
    return path_on_this_host(wanted) or home()


def _wait_page(form: SignInForm, seconds: int) -> Response:
    """Answer a try that came too early: in words, in a header, with the number that was typed."""
    form.form_errors.append(wait_sentence(seconds))
    return later(make_response(_sign_in_page(form)), seconds)


def _sign_in_page(form: SignInForm, note: str = "") -> str:
    """Return the sign-in page.

    note  what happened to the session or to a form, where nobody asked for this page.
    """
    ended = account_session.run_out()
    if ended and not note:
        note = _ended_sentence(*ended)
    wanted = path_on_this_host(form.next.data)
    form.next.data = in_language(wanted, current().code) if wanted else ""
    return render_template(
        "accounts/front.html",
        form=form,
        note=note,
        shared=machine.kind() == machine.SHARED,
        seconds=GateSettings.retry_after,
    )


def _ended_sentence(row: AnyRow, why: str) -> str:
    if why == "idle":
        minutes = int(idle_time(row.machine).total_seconds()) // 60
        return ngettext(
            "You were signed out after %(num)s minute without activity. Your answers are kept.",
            "You were signed out after %(num)s minutes without activity. Your answers are kept.",
            minutes,
        )
    hours = int(ABSOLUTE.total_seconds()) // 3600
    return ngettext(
        "You were signed out %(num)s hour after signing in. Your answers are kept.",
        "You were signed out %(num)s hours after signing in. Your answers are kept.",
        hours,
    )


@bp.app_errorhandler(Unauthorized)
def ask_to_sign_in(error: Unauthorized) -> ResponseReturnValue:
    """Answer a closed page with the sign-in form, and keep a form that came a moment too late."""
    del error
    if request.accept_mimetypes.best == "application/json":
        return errors.answer(401, Message(errors.SENTENCES[401]))
    safe = request.method in csrf.SAFE
    if safe and account_session.choosing():
        return redirect(url_for("accounts.choose_password"))
    form = SignInForm()
    if safe:
        form.next.data = request.full_path.rstrip("?")
    return _sign_in_page(form, "" if safe else hold()), 401


@bp.get(f"{IN_LANGUAGE}/sign-out")
@permission(PUBLIC)
def confirm_sign_out() -> ResponseReturnValue:
    """Ask before signing out; says what happens to answers that still wait on this computer."""
    if not g.get("viewer"):
        return redirect(url_for(".front"))
    return render_template("accounts/sign_out.html")


@bp.post(f"{IN_LANGUAGE}/sign-out")
@permission(PUBLIC)
def sign_out() -> ResponseReturnValue:
    """End the session of this browser and show the sign-in form for the next person."""
    row = g.get("session_row")
    if row is not None:
        with transaction() as session:
            actions.sign_out(session, row.id, row.person_id, now=clock.now())
    flash(gettext("You are signed out."))
    answer = redirect(url_for(".front"), 303)
    account_session.take_cookie(answer)
    return answer
