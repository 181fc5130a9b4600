"""Choosing a password with a one-time code, changing it, and a new spare code."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import actions, passwords, queries, throttle
from lms.accounts import session as account_session
from lms.accounts.actions import Checked, Tried
from lms.accounts.forms import (
    ChangePasswordForm,
    ChoosePasswordForm,
    PresentPasswordForm,
    SpareCodeForm,
)
from lms.accounts.rules import folded_service_number
from lms.accounts.throttle import Sender
from lms.accounts.views.addresses import bp, home
from lms.accounts.views.too_early import later, sender_of, wait_sentence
from lms.db import reading, transaction
from lms.extensions import db
from lms.kernel import clock
from lms.kernel.ids import grouped, one_time_code
from lms.web.forms import PageForm
from lms.web.language import IN_LANGUAGE, gettext, say
from lms.web.pages import site, viewer
from lms.web.permissions import LEARN, PUBLIC, permission


@bp.route(f"{IN_LANGUAGE}/choose-password", methods=["GET", "POST"])
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
        render_template("accounts/spare_code.html", code=grouped(spare), going_on=home())
    )
    if token is not None:
        account_session.give_cookie(answer, token)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route(f"{IN_LANGUAGE}/password", methods=["GET", "POST"])
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
            session,
            viewer(),
            sender,
            checked,
            new_hash,
            address=request.remote_addr or "",
            now=clock.now(),
        )
    if tried.token is None:
        return _not_proved(tried, form, _password_page)
    flash(gettext("Your new password counts from now on."))
    answer = redirect(home(), 303)
    account_session.give_cookie(answer, tried.token)
    return answer


def _password_page(form: PageForm) -> str:
    return render_template("accounts/password.html", form=form)


@bp.route(f"{IN_LANGUAGE}/spare-code", methods=["GET", "POST"])
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
            session,
            viewer(),
            sender,
            checked,
            new_hash,
            address=request.remote_addr or "",
            now=clock.now(),
        )
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
    sender = sender_of(folded_service_number(queries.identity(reading(), person_id).service_number))
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
        form.form_errors.append(wait_sentence(tried.wait))
        return later(make_response(page(form)), tried.wait)
    form.present_password.errors = [gettext("This is not your present password.")]
    return page(form), 422
