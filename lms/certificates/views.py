"""Pages of certificates: confirm the name, the certificate, and checking one with its code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lms import installation
from lms.accounts.rules import network_of
from lms.audit import queries as audit
from lms.catalogue.structure import Structure
from lms.certificates import actions, offline_page, queries, rules
from lms.certificates.forms import ConfirmForm
from lms.certificates.lookups import Lookups
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import LmsError, NotFound
from lms.kernel.messages import Message, msg
from lms.learning import queries as learning
from lms.signing import codes
from lms.signing.refusals import Unreadable
from lms.tables import AnyRow
from lms.web.files import file_store
from lms.web.language import IN_LANGUAGE, asked_language, current, gettext, say
from lms.web.pages import look_again, site, viewer
from lms.web.permissions import LEARN, PUBLIC, permission

bp = Blueprint("certificates", __name__)

# While the worker makes the certificate, the page looks again after so many seconds.
LOOK_AGAIN = 3

_lookups = Lookups()


@bp.route(f"{IN_LANGUAGE}/courses/<slug>/certificate", methods=["GET", "POST"])
@permission(LEARN)
def confirm(slug: str) -> ResponseReturnValue:
    """Let a person who has passed confirm the name; their confirmation awards the certificate."""
    me = viewer()
    course = learning.course(reading(), me, slug, current().code)
    if course.enrolment_id is None:
        raise NotFound
    given = queries.newest_of_enrolment(reading(), me, course.enrolment_id)
    if given is not None:
        return redirect(url_for(".show", certificate_id=given.id), 303)
    form = ConfirmForm.sent()
    refusal: Message | None = None
    if request.method == "POST" and form.validate():
        try:
            with transaction() as session:
                actions.confirm_name(
                    session, me, form.seen.data or "", form.name_latin.data, now=clock.now()
                )
                certificate = actions.award(
                    session,
                    me,
                    course.enrolment_id,
                    site(),
                    language=current().code,
                    clock_is_right=rules.clock_is_right(clock.now(), audit.newest_at(session)),
                    now=clock.now(),
                )
            return redirect(url_for(".show", certificate_id=certificate.id), 303)
        except NotFound:
            raise
        except LmsError as error:
            refusal = error.message
    identity = queries.identity(reading(), me)
    form.seen.data = identity.name
    instead = rules.instead_of_certificate(site()) or _not_yet(course)
    page = render_template(
        "certificates/confirm.html",
        course=course,
        instead=instead,
        # Without the form on the page, its language is changed by links.
        form=form if course.passed_at and not instead else None,
        refusal=refusal,
        names=actions.printed_names(identity),
        needs_latin=actions.needs_latin(identity),
    )
    return page, 422 if form.errors or refusal else 200


def _not_yet(course: AnyRow) -> Message | None:
    """Return why the certificate of a passed course has to wait; None where it need not."""
    if course.passed_at is None:
        return None
    begun = Structure.from_facts(course.facts)
    newest = Structure.from_facts(course.newest_facts) if course.newest_facts else begun
    language = queries.language_of_pass(reading(), viewer(), course.enrolment_id)
    return rules.withheld(begun, newest, language, site())


@bp.get(f"{IN_LANGUAGE}/certificates/<uuid:certificate_id>")
@permission(LEARN)
def show(certificate_id: UUID) -> ResponseReturnValue:
    """Show a certificate to its holder: its state, the paper, how others check it."""
    certificate = queries.one(reading(), viewer(), certificate_id)
    events = queries.events(reading(), certificate_id)
    state = _state(certificate, events)
    making = state is rules.State.MAKING
    response = make_response(
        render_template(
            "certificates/show.html",
            certificate=certificate,
            paper=_paper(certificate),
            events=events,
            state=state,
            state_words=rules.STATE_WORDS[state],
        )
    )
    return look_again(response, LOOK_AGAIN) if making else response


@bp.get(f"{IN_LANGUAGE}/certificates/<uuid:certificate_id>/pdf")
@permission(LEARN)
def pdf(certificate_id: UUID) -> ResponseReturnValue:
    """Send the paper to its holder; it holds a name, so no browser keeps it beside the download."""
    certificate = queries.one(reading(), viewer(), certificate_id)
    if certificate.pdf is None:
        raise NotFound
    store = file_store()
    try:
        response = Response(store.get(certificate.pdf), mimetype="application/pdf")
    except FileNotFoundError:
        raise NotFound from None
    response.headers["Content-Disposition"] = f"attachment; filename={certificate.number}.pdf"
    return response


# ---- Checking, for everybody --------------------------------------------------------------------


@bp.get(f"{IN_LANGUAGE}/v")
@permission(PUBLIC)
def check() -> ResponseReturnValue:
    """Ask for the code on the paper."""
    typed = request.args.get("code", "")
    if typed and not asked_language():
        return redirect(url_for(".public", code=_plain(typed)))
    return render_template("certificates/check.html", typed=typed[:40], problem=None)


@bp.get("/v/<code>")
@permission(PUBLIC)
def public_short(code: str) -> ResponseReturnValue:
    """Send the short address on the paper on to the page in a language."""
    return redirect(url_for(".public", language=current().code, code=code))


@bp.get(f"{IN_LANGUAGE}/v/<code>")
@permission(PUBLIC)
def public(code: str) -> ResponseReturnValue:
    """Show what a certificate says and whether it counts, to whoever has its code."""
    sender = network_of(request.remote_addr or "")
    if not _lookups.may_ask(sender, clock.monotonic()):
        abort(429)
    try:
        found = queries.by_code(reading(), codes.read_code(code))
    except Unreadable as error:
        return _not_found(code, error.message)
    if found is None:
        _lookups.note_miss(sender)
        return _not_found(
            code,
            Message(
                msg(
                    "No certificate with this code was issued here. Compare the code with the "
                    "paper; if it is the same, ask the service that is named on it."
                )
            ),
        )
    events = queries.events(reading(), found.id)
    state = _state(found, events)
    return render_template(
        "certificates/public.html",
        certificate=found,
        paper=_paper(found),
        restricted=found.access == "restricted",
        ended=next((each for each in reversed(events) if each.kind == state.value), None),
        state=state,
        state_words=rules.STATE_WORDS[state],
        known_at=clock.now(),
    )


@bp.get("/verify/offline")
@permission(PUBLIC)
def offline() -> ResponseReturnValue:
    """Send the page that checks without a network, with the keys and withdrawals of now."""
    session = reading()
    ring = installation.setting(session, actions.RING)
    if ring is None:
        raise NotFound
    page = offline_page.build(
        ring, queries.newest_withdrawal_list(session), clock.now(), site().names
    )
    response = Response(page.body, mimetype="text/html")
    response.headers["Content-Security-Policy"] = page.csp
    response.headers["Content-Disposition"] = "attachment; filename=check-certificates.html"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _not_found(code: str, problem: Message) -> ResponseReturnValue:
    page = render_template("certificates/check.html", typed=code[:40], problem=say(problem))
    return page, 404


def _plain(typed: str) -> str:
    """Return a typed code for an address: what cannot be a code is judged by the page."""
    return "".join(typed.split()).replace("/", "")[:40] or "-"


def _today() -> datetime:
    return clock.now().astimezone(ZoneInfo(site().time_zone))


def _state(certificate: AnyRow, events: list[AnyRow]) -> rules.State:
    return rules.state_of(
        issued=certificate.issued_at is not None,
        events=[each.kind for each in events],
        valid_through=certificate.valid_through,
        today=_today().date(),
    )


def _paper(certificate: AnyRow) -> Mapping[str, Any] | None:
    """Return what the paper says, in the reader's language where it was printed in it.

    None while it is being made.
    """
    snapshot = certificate.snapshot
    if snapshot is None:
        return None
    language = current().code

    def said(texts: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- a text or a list of texts
        return texts.get(language) or texts.get(snapshot["language"])

    title = rules.title_shown(said(snapshot["titles"]), certificate.access)
    return {
        "title": gettext(title.msgid) if isinstance(title, Message) else title,
        "language": language if language in snapshot["titles"] else snapshot["language"],
        "issuer": said(snapshot["issuers"]),
        "rule": said(snapshot["rules"]),
        "notes": said(snapshot["notes"]) or [],
        "edition": snapshot["edition"],
        "hours": snapshot["hours"],
        "check_url": snapshot["check_url"],
    }
