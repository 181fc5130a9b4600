"""Signing in and out, choosing a password, this computer, and forms that are held."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
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
from lms.accounts.forms import (
    ChangePasswordForm,
    ChoosePasswordForm,
    HeldForm,
    MachineForm,
    PresentPasswordForm,
    SignInForm,
    SpareCodeForm,
)
from lms.accounts.rules import (
    ABSOLUTE,
    folded_service_number,
    idle_time,
    path_on_this_host,
    worth_holding,
)
from lms.accounts.throttle import Sender
from lms.db import reading, transaction
from lms.extensions import db
from lms.installation import LANGUAGES
from lms.kernel import clock
from lms.kernel.errors import Refused
from lms.kernel.ids import grouped, one_time_code
from lms.kernel.messages import Message
from lms.kernel.viewer import Viewer
from lms.web import cookies, csrf, errors
from lms.web.forms import PageForm
from lms.web.gate_settings import GateSettings
from lms.web.language import COOKIE as LANGUAGE_COOKIE
from lms.web.language import current, gettext, in_language, ngettext, preferred, say
from lms.web.menu import has_endpoint
from lms.web.pages import site, viewer
from lms.web.permissions import LEARN, PUBLIC, permission

bp = Blueprint("accounts", __name__)

# Fields that no person wrote: keys, versions, and the codes of a test's choices.
NOT_WRITTEN = re.compile(r"key|page|seen|shown|item|answer|go|next|test|a\..+")
# Other first segments are not a language: they are another feature's address, or nothing.
HERE = f"/<any({', '.join(LANGUAGES)}):language>"


@bp.get("/")
@permission(PUBLIC)
def root() -> ResponseReturnValue:
    """Go to the front page in the language that this person or browser prefers."""
    known = g.get("viewer")
    answer = redirect(url_for(".front", language=preferred(known and known.language)))
    answer.vary.update(("Accept-Language", "Cookie"))
    return answer


@bp.route(f"{HERE}/", methods=["GET", "POST"])
@permission(PUBLIC)
def front() -> ResponseReturnValue:
    """Show the sign-in form; who is signed in goes on to their courses.

    The language menu posts what was typed to this page of another language.
    """
    if g.get("viewer"):
        return redirect(_home(), 303)
    if account_session.choosing():
        return redirect(url_for(".choose_password"), 303)
    return _sign_in_page(SignInForm(request.form))


@bp.post(f"{HERE}/sign-in")
@permission(PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Take service number and password or code; open a session and go on."""
    form = SignInForm(request.form)
    if not form.validate():
        return _sign_in_page(form), form.status
    folded = folded_service_number(form.service_number.data or "")
    sender, address = _sender(folded), request.remote_addr or ""
    if wait := throttle.seconds_to_wait(reading(), sender, now=clock.now()):
        return _wait_page(form, wait)
    checked = _checked(queries.account_by_number(reading(), folded), form.password.data or "")
    row = g.get("session_row")
    with transaction() as session:
        tried = actions.sign_in(
            session, sender, checked, machine=machine.kind(), address=address, now=clock.now(),
            replaced=row and row.id,
        )  # fmt: skip
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


def _checked(account: Any, typed: str) -> Checked:  # noqa: ANN401 -- a Row of queries or None
    """Compare what was typed with what is stored, without holding a database connection."""
    db.session.remove()
    stored = {
        "password": account and account.password_hash,
        "code": account and account.code_hash,
        "spare": account and account.spare_code_hash,
    }
    way = passwords.way_in(typed, **stored)
    if way is None:
        return Checked(account and account.id)
    rehashed = None
    if way == "password" and passwords.is_outdated(stored[way]):
        rehashed = passwords.hashed(typed)
    return Checked(account.id, way, stored[way], rehashed)


def _after_sign_in(tried: Tried, checked: Checked, wanted: str | None) -> str:
    """Return where to go: choosing a password, a form that was held, the page asked for, home."""
    if tried.choosing or checked.person_id is None:
        return url_for(".choose_password")
    known = Viewer(checked.person_id, current().code)
    if queries.held_form(reading(), known, now=clock.now()) is not None:
        return url_for(".held")
    return path_on_this_host(wanted) or _home()


def _home() -> str:
    """Return the address of the learner's desk, which stands above this feature."""
    return url_for("desk.home") if has_endpoint("desk.home") else f"/{current().code}/home"


def _sender(folded: str) -> Sender:
    return Sender.of(folded, request.remote_addr or "")


def _wait_page(form: SignInForm, seconds: int) -> Response:
    """Answer a try that came too early: in words, in a header, with the number that was typed."""
    form.form_errors.append(_wait_sentence(seconds))
    return _later(make_response(_sign_in_page(form)), seconds)


def _wait_sentence(seconds: int) -> str:
    return ngettext(
        "Too many tries. Wait %(num)s second, then try again.",
        "Too many tries. Wait %(num)s seconds, then try again.",
        seconds,
    )


def _later(answer: Response, seconds: int) -> Response:
    answer.status_code = 429
    answer.headers["Retry-After"] = str(seconds)
    return answer


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
        "accounts/front.html", form=form, note=note, shared=machine.kind() == machine.SHARED,
        seconds=GateSettings.retry_after,
    )  # fmt: skip


def _ended_sentence(row: Any, why: str) -> str:  # noqa: ANN401 -- a Row of session.py
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
    return _sign_in_page(form, "" if safe else _hold()), 401


def _hold() -> str:
    """Hold the form of this request where its session ended by time; say what became of it.

    A script keeps what it could not send by itself, so only what a page sent is held: that
    request says that it takes HTML. The token was compared before anybody asked who this is.
    """
    ended = account_session.run_out()
    fields = list(request.form.items(multi=True))
    if ended is None or ended[0].choosing or not worth_holding(fields) or not _from_a_page():
        return ""
    row, path = ended[0], request.full_path.rstrip("?")
    try:
        with transaction() as session:
            actions.hold_form(session, row.id, row.person_id, path, fields, now=clock.now())
    except Refused as refusal:
        return say(refusal.message)
    return gettext(
        "You were signed out before you sent this page. What you wrote is kept for a day. "
        "Sign in again and it is shown to you."
    )


def _from_a_page() -> bool:
    return "text/html" in request.headers.get("Accept", "")


@bp.route(f"{HERE}/choose-password", methods=["GET", "POST"])
@permission(PUBLIC)
def choose_password() -> ResponseReturnValue:
    """Let somebody who came with a one-time code choose a password; show their spare code once."""
    row = account_session.choosing()
    if row is None:
        return redirect(url_for(".front"), 303)
    form = ChoosePasswordForm(request.form)
    if request.method == "GET":
        return _choose_page(ChoosePasswordForm())
    if not form.validate() or _is_refused(form, row.person_id):
        return _choose_page(form), form.status
    db.session.remove()
    spare = one_time_code(passwords.CODE_LENGTH)
    chosen, spare_hash = passwords.hashed(form.new_password.data or ""), passwords.hashed(spare)
    with transaction() as session:
        token = actions.choose_password(
            session, row.id, chosen, spare_hash, machine=row.machine, now=clock.now()
        )
    if token is None:
        return redirect(url_for(".front"), 303)
    return _spare_code_page(spare, token)


def _choose_page(form: ChoosePasswordForm) -> str:
    return render_template("accounts/choose_password.html", form=form)


def _is_refused(form: ChoosePasswordForm, person_id: UUID) -> bool:
    """Return whether the new password is too easy to guess; then its field says why."""
    known = queries.identity(reading(), person_id)
    words = [*known, *site().names.values()]
    fault = passwords.fault_of(form.new_password.data or "", [word for word in words if word])
    if fault is not None:
        form.new_password.errors = [say(fault)]
    return fault is not None


def _spare_code_page(spare: str, token: str | None) -> Response:
    """Show a spare code, the only time that anybody sees it; ``token`` is a new session's."""
    answer = make_response(
        render_template("accounts/spare_code.html", code=grouped(spare), going_on=_home())
    )
    if token is not None:
        account_session.give_cookie(answer, token)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route(f"{HERE}/password", methods=["GET", "POST"])
@permission(LEARN)
def password() -> ResponseReturnValue:
    """Change one's own password; every other session ends."""
    if request.method == "GET":
        return _password_page(ChangePasswordForm())
    form = ChangePasswordForm(request.form)
    if not form.validate() or _is_refused(form, viewer().person_id):
        return _password_page(form), form.status
    proof = _present(form.present_password.data or "")
    if isinstance(proof, Tried):
        return _not_proved(proof, form, _password_page)
    sender, checked = proof
    new_hash = passwords.hashed(form.new_password.data or "") if checked.way else ""
    with transaction() as session:
        tried = actions.change_password(
            session, viewer(), sender, checked, new_hash, address=request.remote_addr or "",
            now=clock.now(),
        )  # fmt: skip
    if tried.token is None:
        return _not_proved(tried, form, _password_page)
    flash(gettext("Your new password counts from now on."))
    answer = redirect(_home(), 303)
    account_session.give_cookie(answer, tried.token)
    return answer


def _password_page(form: PageForm) -> str:
    return render_template("accounts/password.html", form=form)


@bp.route(f"{HERE}/spare-code", methods=["GET", "POST"])
@permission(LEARN)
def spare_code() -> ResponseReturnValue:
    """Make a new spare code for somebody who has lost theirs, and show it once."""
    if request.method == "GET":
        return _new_spare_code_page(SpareCodeForm())
    form = SpareCodeForm(request.form)
    if not form.validate():
        return _new_spare_code_page(form), form.status
    proof = _present(form.present_password.data or "")
    if isinstance(proof, Tried):
        return _not_proved(proof, form, _new_spare_code_page)
    sender, checked = proof
    spare = one_time_code(passwords.CODE_LENGTH)
    new_hash = passwords.hashed(spare) if checked.way else ""
    with transaction() as session:
        refused = actions.replace_spare_code(
            session, viewer(), sender, checked, new_hash, address=request.remote_addr or "",
            now=clock.now(),
        )  # fmt: skip
    if refused is not None:
        return _not_proved(refused, form, _new_spare_code_page)
    return _spare_code_page(spare, None)


def _new_spare_code_page(form: PageForm) -> str:
    return render_template("accounts/new_spare_code.html", form=form)


def _present(typed: str) -> tuple[Sender, Checked] | Tried:
    """Compare the present password of who is signed in, without holding a connection.

    Who came too early is told so before anything is hashed, as at signing in.
    """
    person_id = viewer().person_id
    sender = _sender(folded_service_number(queries.identity(reading(), person_id).service_number))
    if wait := throttle.seconds_to_wait(reading(), sender, now=clock.now()):
        return Tried(wait=wait)
    stored = queries.account_of(reading(), person_id).password_hash
    db.session.remove()
    way = "password" if passwords.is_right(stored, typed) else None
    return sender, Checked(person_id, way, stored)


def _not_proved(
    tried: Tried, form: PresentPasswordForm, page: Callable[[PageForm], str]
) -> ResponseReturnValue:
    """Show the page again: the present password was wrong, or came too early."""
    if tried.wait:
        form.form_errors.append(_wait_sentence(tried.wait))
        return _later(make_response(page(form)), tried.wait)
    form.present_password.errors = [gettext("This is not your present password.")]
    return page(form), 422


@bp.get(f"{HERE}/sign-out")
@permission(PUBLIC)
def confirm_sign_out() -> ResponseReturnValue:
    """Ask before signing out; says what happens to answers that still wait on this computer."""
    if not g.get("viewer"):
        return redirect(url_for(".front"))
    return render_template("accounts/sign_out.html")


@bp.post(f"{HERE}/sign-out")
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


@bp.route(f"{HERE}/this-computer", methods=["GET", "POST"], endpoint="machine")
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
    answer = redirect(_home() if g.get("viewer") else url_for(".front"), 303)
    machine.remember(answer, kind)
    return answer


@bp.get(f"{HERE}/not-saved-yet")
@permission(LEARN)
def held() -> ResponseReturnValue:
    """Show a form that arrived after its session had ended, to be sent now or thrown away."""
    found = queries.held_form(reading(), viewer(), now=clock.now())
    if found is None:
        return redirect(_home())
    written = [
        (name, value) for name, value in found.fields if value and not NOT_WRITTEN.fullmatch(name)
    ]
    return render_template("accounts/held.html", held=found, written=written)


@bp.post(f"{HERE}/not-saved-yet/discard")
@permission(LEARN)
def discard_held() -> ResponseReturnValue:
    """Throw a held form away."""
    number = HeldForm(request.form).number()
    if number is not None:
        with transaction() as session:
            actions.drop_held_form(session, viewer(), number)
    return redirect(_home(), 303)


@bp.after_app_request
def drop_what_was_sent(response: Response) -> Response:
    """Forget a held form once it was sent again and accepted."""
    if request.method in csrf.SAFE or response.status_code >= 400 or not g.get("viewer"):
        return response
    if "held_form" not in request.form:  # nearly always: every saved answer comes this way
        return response
    number = HeldForm(request.form).number()
    if number is not None and request.endpoint != "accounts.discard_held":
        with transaction() as session:
            actions.drop_held_form(session, viewer(), number)
    return response


@bp.get(f"{HERE}/privacy")
@permission(PUBLIC)
def privacy() -> ResponseReturnValue:
    """Say what is stored about people, who sees it and when it goes."""
    return render_template("accounts/privacy.html")


@bp.get(f"{HERE}/accessibility")
@permission(PUBLIC)
def accessibility() -> ResponseReturnValue:
    """Say how these pages can be used, and what does not work yet."""
    return render_template("accounts/accessibility.html")


@bp.get(f"{HERE}/problem")
@permission(PUBLIC)
def problem() -> ResponseReturnValue:
    """Say whom to tell when something does not work, and what helps them."""
    return render_template("accounts/problem.html")
