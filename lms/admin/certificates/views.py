"""Certificates of the people whom an administrator looks after: the list, many at once, one."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.rules import administers_country, folded_service_number, require_office
from lms.accounts.staff import queries as staff
from lms.admin.certificates.forms import MOST_NUMBERS, BulkForm, CorrectionForm, ReasonForm
from lms.admin.people.person import places_to_choose
from lms.admin.requirements.forms import numbers_in
from lms.audit import queries as audit
from lms.certificates import actions as certificates_actions
from lms.certificates import queries as certificates_queries
from lms.certificates.office import actions, queries, register, rules
from lms.certificates.office.actions import Order
from lms.certificates.office.queries import Wanted
from lms.certificates.rules import clock_is_right
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import LmsError, NotFound
from lms.kernel.ids import new_id
from lms.tables import AnyRow
from lms.web.days import read_day
from lms.web.files import send
from lms.web.forms import title_choices
from lms.web.language import IN_LANGUAGE, current, gettext
from lms.web.listing import ROWS, Asked, Listing
from lms.web.pages import site, today, viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("office", __name__, url_prefix=f"{IN_LANGUAGE}/administer/certificates")

FILTERS = ("text", "unit", "course", "programme", "since", "until", "state")
SHOWN = 10  # names in a preview
PAGES = 3  # first pages in a preview


@bp.get("")
@permission(ADMINISTER)
def certificates() -> ResponseReturnValue:
    """List the certificates of the people whom the viewer administers."""
    asked, session, me, day = Asked.of(FILTERS, queries.SORTS), reading(), viewer(), today()
    rows, total = queries.certificates_of(
        session, me, _wanted(asked), today=day, limit=ROWS, offset=asked.offset
    )
    return render_template(
        "office/certificates.html",
        listing=Listing(asked, rows, total),
        states=[(code, gettext(sentence)) for code, sentence in rules.STATES.items()],
        **_choices(asked.get("unit")),
        waiting=queries.waiting(session, me, now=clock.now()) if asked.page == 1 else [],
        state_of=_state_words,
        is_due=lambda row: rules.is_due(row, today=day),
        of_country=administers_country(me),
    )


def _choices(unit: str) -> dict[str, Any]:
    """Return what the filters offer: places, programmes, the courses of the place chosen."""
    courses, programmes = queries.offered(reading(), viewer(), current().code, unit)
    return {
        "places": places_to_choose(),
        "courses": title_choices(courses),
        "programmes": programmes,
    }


def _wanted(asked: Asked) -> Wanted:
    """Return which certificates the filters of an address mean; a day that is none counts not."""
    return Wanted(
        text=asked.get("text"),
        unit=asked.get("unit"),
        course=asked.get("course"),
        programme=asked.get("programme"),
        since=read_day(asked.get("since")),
        until=read_day(asked.get("until")),
        state=asked.get("state"),
        sort=asked.sort,
        descending=asked.descending,
    )


def _state_words(row: AnyRow) -> str:
    return rules.words_of(row, today=today())


# ---- Many at once -------------------------------------------------------------------------------


@bp.route("/bulk", methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def bulk() -> ResponseReturnValue:
    """Show what would be put together, and ask the worker for it."""
    choices = _choices(request.values.get("unit", ""))
    if request.method == "GET":
        asked = Asked.of(FILTERS, queries.SORTS)
        form = BulkForm(
            **choices,
            unit=asked.get("unit"),
            course=asked.get("course"),
            programme=asked.get("programme"),
            since=read_day(asked.get("since")),
            until=read_day(asked.get("until")),
            state=asked.get("state"),
            key=str(new_id()),
        )
        return _bulk_page(form, look=bool(asked.filters))
    form = BulkForm(request.form, **choices)
    if not form.validate():
        return _bulk_page(form, look=False), form.status
    if request.form.get("go") != "make":
        return _bulk_page(form, look=True)
    wanted = _wanted_by(form)
    order = Order(
        wanted,
        form.output.data,
        _about(form),
        current().code,
        url_for(".certificates"),
        form.key.data or "",
    )
    try:
        with transaction() as session:
            job = actions.ask_bulk(session, viewer(), order, today=today(), now=clock.now()).id
    except LmsError as refused:
        form.refuse(refused)
        return _bulk_page(form, look=False), form.status
    return redirect(url_for("background.job", job_id=job), 303)


def _bulk_page(form: BulkForm, *, look: bool) -> str:
    preview = _preview(_wanted_by(form)) if look else None
    return render_template(
        "office/bulk.html",
        form=form,
        preview=preview,
        state_of=_state_words,
        pages=PAGES,
        most=rules.MOST,
    )


def _preview(wanted: Wanted) -> dict[str, Any]:
    """Return what the page says of the file before it is made."""
    session, me, day = reading(), viewer(), today()
    rows, listed, papers = queries.first(session, me, wanted, today=day, limit=SHOWN)
    unknown = []
    if wanted.numbers:
        ids = queries.ids(session, me, wanted, today=day)
        rows = queries.some(session, me, ids[:SHOWN], today=day)
        unknown = queries.unknown_numbers(session, me, wanted.numbers, today=day)
    second = _needs_second_person(listed, wanted.unit)
    return {"listed": listed, "papers": papers, "first": rows, "unknown": unknown, "second": second}


def _needs_second_person(listed: int, unit: str) -> bool:
    try:
        places, earlier = queries.place_and_day(reading(), viewer(), unit, now=clock.now())
    except NotFound:  # whoever goes on is told so
        return False
    return rules.needs_second_person(rules.names_of(listed, places), earlier)


def _wanted_by(form: BulkForm) -> Wanted:
    numbers = dict.fromkeys(
        folded_service_number(each) for each in numbers_in(form.numbers.data, MOST_NUMBERS)
    )
    return Wanted(
        unit=form.unit.data or "",
        course=form.course.data or "",
        programme=form.programme.data or "",
        since=form.since.data,
        until=form.until.data,
        state=form.state.data or "",
        numbers=tuple(numbers),
    )


def _about(form: BulkForm) -> dict[str, str]:
    """Return what the register says of itself: who asked, and for which part of the service."""
    identity = certificates_queries.identity(reading(), viewer())
    return {
        register.BY: f"{identity.name} ({identity.service_number})",
        register.PLACES: form.unit.data or ", ".join(code for code, _ in places_to_choose()[:20]),
    }


@bp.get("/bulk/<int:job_id>/approval")
@permission(ADMINISTER, fresh=True)
def confirm_approval(job_id: int) -> ResponseReturnValue:
    """Say who asked for many names from several places, and ask a second person."""
    waiting = queries.waiting(reading(), viewer(), now=clock.now())
    found = next((each for each in waiting if each.id == job_id), None)
    if found is None:
        raise NotFound
    return render_template("office/approval.html", each=found, forms=rules.FORMS)


@bp.post("/bulk/<int:job_id>/approval")
@permission(ADMINISTER, fresh=True)
def approve(job_id: int) -> ResponseReturnValue:
    """Let it begin."""
    with transaction() as session:
        actions.approve(session, viewer(), job_id, now=clock.now())
    flash(gettext("The work begins now. Whoever asked for it finds the file."))
    return redirect(url_for(".certificates"), 303)


# ---- One certificate ----------------------------------------------------------------------------


@bp.get("/<uuid:certificate_id>")
@permission(ADMINISTER)
def one(certificate_id: UUID) -> ResponseReturnValue:
    """Show a certificate: what it says, where it stands, what happened to it."""
    row = _one(certificate_id)
    return render_template(
        "office/one.html",
        each=row,
        state=_state_words(row),
        paper=row.snapshot,
        title=_title(row),
        events=certificates_queries.events(reading(), certificate_id),
        may_end=administers_country(viewer()),
        event_words=EVENT_WORDS,
        key=str(new_id()),
        issued_on=date.fromisoformat(row.snapshot["issued_on"]) if row.snapshot else None,
    )


EVENT_WORDS = {"withdrawn": rules.STATES["withdrawn"], "replaced": rules.STATES["replaced"]}


@bp.get("/<uuid:certificate_id>/paper")
@permission(ADMINISTER)
def paper(certificate_id: UUID) -> Response:
    """Send the PDF, as its holder has it."""
    row = _one(certificate_id)
    if row.pdf is None:
        raise NotFound
    return send(row.pdf, "application/pdf", name=f"{row.number}.pdf")


@bp.route("/<uuid:certificate_id>/withdrawal", methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def withdraw(certificate_id: UUID) -> ResponseReturnValue:
    """Take a certificate back, with the reason."""
    row, form = _for_office(certificate_id), ReasonForm(request.form)
    if request.method == "GET" or not form.validate():
        return render_template("office/withdraw.html", each=row, form=form), form.status
    try:
        with transaction() as session:
            certificates_actions.withdraw(
                session, viewer(), certificate_id, form.reason.data or "", now=clock.now()
            )
    except LmsError as refused:
        form.refuse(refused)
        return render_template("office/withdraw.html", each=row, form=form), form.status
    flash(gettext("The certificate is withdrawn. A new withdrawal list follows in a moment."))
    return redirect(url_for(".one", certificate_id=certificate_id), 303)


@bp.route("/<uuid:certificate_id>/replacement", methods=["GET", "POST"])
@permission(ADMINISTER, fresh=True)
def replace(certificate_id: UUID) -> ResponseReturnValue:
    """Give a new paper, also with a corrected name; the old one counts no more."""
    row = _for_office(certificate_id)
    if request.method == "GET":
        known = staff.person(reading(), viewer(), row.person_id, today=today())
        form = CorrectionForm(name=known.name, name_latin=known.name_latin)
        return render_template("office/replace.html", each=row, form=form)
    form = CorrectionForm(request.form)
    if not form.validate():
        return render_template("office/replace.html", each=row, form=form), form.status
    try:
        with transaction() as session:
            new = actions.correct(
                session,
                viewer(),
                certificate_id,
                form.names(),
                form.reason.data or "",
                site(),
                clock_is_right=clock_is_right(clock.now(), audit.newest_at(session)),
                now=clock.now(),
            ).id
    except LmsError as refused:
        form.refuse(refused)
        return render_template("office/replace.html", each=row, form=form), form.status
    flash(gettext("The new certificate is being made. The former one counts no more."))
    return redirect(url_for(".one", certificate_id=new), 303)


def _one(certificate_id: UUID) -> AnyRow:
    return queries.one(reading(), viewer(), certificate_id, today=today())


def _for_office(certificate_id: UUID) -> AnyRow:
    """Return a certificate that the viewer may end: the country's office alone may."""
    require_office(viewer())
    return _one(certificate_id)


def _title(row: AnyRow) -> str:
    titles = row.snapshot["titles"] if row.snapshot else {}
    language = row.snapshot["language"] if row.snapshot else ""
    return str(titles.get(current().code) or titles.get(language) or row.course_id)
