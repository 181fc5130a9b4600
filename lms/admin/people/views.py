"""People: the list, one person's page, and what an administrator changes about them."""

from __future__ import annotations

from uuid import UUID

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lms.accounts import actions as accounts
from lms.accounts import passwords, words
from lms.accounts.actions import NewPerson
from lms.accounts.staff import actions, queries
from lms.accounts.staff.actions import Details
from lms.accounts.staff.queries import Wanted
from lms.admin.people import person as persons
from lms.admin.people.forms import DetailsForm, LeavingForm, PersonForm, TransferForm
from lms.admin.people.person import places_to_choose
from lms.audit import actions as audit
from lms.audit.queries import newest_at
from lms.certificates.rules import clock_is_right
from lms.certificates.transcripts import actions as transcripts
from lms.certificates.transcripts import queries as records
from lms.certificates.transcripts.actions import Order
from lms.certificates.transcripts.forms import TranscriptForm
from lms.db import reading, transaction
from lms.extensions import db
from lms.kernel import clock
from lms.kernel.errors import Refused
from lms.kernel.ids import grouped, new_id, one_time_code
from lms.kernel.named import name_in
from lms.kernel.names import PersonName
from lms.web.language import IN_LANGUAGE, current, gettext
from lms.web.listing import ROWS, Asked, Listing
from lms.web.pages import site, today, viewer
from lms.web.permissions import ADMINISTER, LOOK_AFTER, permission

bp = Blueprint("people", __name__, url_prefix=f"{IN_LANGUAGE}/administer/people")

# What an inspector may open; each view of it is logged.
INSPECTED = {"people.all", "people.one", "people.learning"}
FILTERS = ("text", "unit", "function", "status", "where")


@bp.get("", endpoint="all")
@permission(LOOK_AFTER)
def show_all() -> ResponseReturnValue:
    """List the people whom the viewer looks after."""
    asked = Asked.of(FILTERS, queries.SORTS)
    rows, total = queries.people(
        reading(), viewer(), wanted_by(asked), today=today(), limit=ROWS, offset=asked.offset
    )
    return render_template(
        "people/all.html",
        listing=Listing(asked, rows, total),
        words=words,
        functions=[(code, gettext(said)) for code, said in words.FUNCTION_WORDS.items()],
        statuses=[
            (code, gettext(words.STATUS_WORDS[code])) for code in ("active", "waiting", "disabled")
        ],
        places=[
            (each.code, name_in(each.names, current().code, each.code))
            for each in queries.places(reading(), viewer())
        ],
    )


def wanted_by(asked: Asked) -> Wanted:
    """Return which people the filters of an address mean."""
    return Wanted(
        text=asked.get("text"),
        unit=asked.get("unit"),
        function=asked.get("function"),
        status=asked.get("status"),
        where=asked.get("where") or queries.HERE,
        sort=asked.sort,
        descending=asked.descending,
    )


@bp.route("/new", methods=["GET", "POST"])
@permission(ADMINISTER)
def add() -> ResponseReturnValue:
    """Add somebody, and show the one-time code of their first sign-in once."""
    form = PersonForm(request.form, places=places_to_choose(), language=current().code)
    if request.method == "GET":
        return render_template("people/new.html", form=form)
    if not form.validate():
        return render_template("people/new.html", form=form), form.status
    db.session.remove()
    code = one_time_code(passwords.CODE_LENGTH)
    code_hash = passwords.hashed(code)
    new = NewPerson(
        service_number=form.service_number.data or "",
        name=PersonName.of(form.name.data or ""),
        unit_code=form.unit.data,
        name_latin=accounts.latin(form.name_latin.data or None),
        language=form.language.data,
        function=form.function.data,
        rank_group=form.rank_group.data or None,
        sex=form.sex.data or None,
    )
    try:
        with transaction() as session:
            person_id = accounts.add_person(session, viewer(), new, code_hash, now=clock.now())
    except Refused as refused:
        form.refuse(refused)
        return render_template("people/new.html", form=form), form.status
    return _code_page(person_id, code, first=True)


def _code_page(person_id: UUID, code: str, *, first: bool) -> ResponseReturnValue:
    """Show a one-time code, the only time that anybody sees it."""
    person = queries.person(reading(), viewer(), person_id, today=today())
    answer = make_response(
        render_template(
            "people/code.html",
            person=person,
            code=grouped(code),
            first=first,
            address=current_app.config["LMS"].public_address,
        )
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/<uuid:person_id>")
@permission(LOOK_AFTER)
def one(person_id: UUID) -> ResponseReturnValue:
    """Show one person: where they work, their roles, what can be done."""
    return render_template("people/one.html", **persons.facts(person_id))


@bp.get("/<uuid:person_id>/learning")
@permission(LOOK_AFTER)
def learning(person_id: UUID) -> ResponseReturnValue:
    """Show what one person must hold, and what they have learned."""
    return render_template("people/learning.html", **persons.learned(person_id))


@bp.route("/<uuid:person_id>/training-record", methods=["GET", "POST"])
@permission(ADMINISTER)
def transcript(person_id: UUID) -> ResponseReturnValue:
    """Ask for the training record of a person: the worker makes it as the viewer may see it."""
    person = persons.acted_on(person_id)
    form = TranscriptForm(
        request.form, languages=site().languages, first=current().code, key=str(new_id())
    )
    status = 200
    if request.method == "POST" and form.validate():
        back = url_for(".learning", person_id=person_id)
        order = Order(form.languages, current().code, back, form.key.data or "")
        try:
            with transaction() as session:
                job = transcripts.ask(
                    session,
                    viewer(),
                    person_id,
                    order,
                    site(),
                    now=clock.now(),
                    clock_is_right=clock_is_right(clock.now(), newest_at(session)),
                ).id
            return redirect(url_for("background.job", job_id=job), 303)
        except Refused as refused:
            form.refuse(refused)
            status = form.status
    elif request.method == "POST":
        status = form.status
    instead = records.instead(reading(), viewer(), person_id, site(), today=today())
    return render_template(
        # Without the form on the page, its language is changed by links.
        "people/transcript.html",
        form=None if instead else form,
        person=person,
        instead=instead,
    ), status


@bp.route("/<uuid:person_id>/details", methods=["GET", "POST"])
@permission(ADMINISTER)
def details(person_id: UUID) -> ResponseReturnValue:
    """Correct names, language, rank group, sex."""
    person = persons.acted_on(person_id)
    if request.method == "GET":
        form = DetailsForm(
            name=person.name,
            name_latin=person.name_latin,
            language=person.language,
            rank_group=person.rank_group or "",
            sex=person.sex or "",
        )
        return render_template("people/details.html", form=form, person=person)
    form = DetailsForm(request.form)
    if not form.validate():
        return render_template("people/details.html", form=form, person=person), form.status
    new = Details(
        PersonName.of(form.name.data or ""),
        accounts.latin(form.name_latin.data or None),
        form.language.data,
        form.rank_group.data or None,
        form.sex.data or None,
    )
    with transaction() as session:
        actions.change_details(session, viewer(), person_id, new, now=clock.now())
    flash(gettext("Saved."))
    return redirect(url_for(".one", person_id=person_id), 303)


@bp.route("/<uuid:person_id>/transfer", methods=["GET", "POST"])
@permission(ADMINISTER)
def transfer(person_id: UUID) -> ResponseReturnValue:
    """Let somebody work elsewhere from a day on."""
    person = persons.acted_on(person_id)
    if request.method == "GET":
        form = TransferForm(places=places_to_choose(), starts_on=today())
        return render_template("people/transfer.html", form=form, person=person)
    form = TransferForm(request.form, places=places_to_choose())
    if not form.validate():
        return render_template("people/transfer.html", form=form, person=person), form.status
    try:
        with transaction() as session:
            actions.transfer(
                session,
                viewer(),
                person_id,
                form.unit.data,
                form.function.data,
                form.starts_on.data or today(),
                now=clock.now(),
            )
    except Refused as refused:
        form.refuse(refused)
        return render_template("people/transfer.html", form=form, person=person), form.status
    flash(gettext("The change of place is noted. What was learned goes along."))
    return redirect(url_for(".one", person_id=person_id), 303)


@bp.route("/<uuid:person_id>/leave", methods=["GET", "POST"])
@permission(ADMINISTER)
def leave(person_id: UUID) -> ResponseReturnValue:
    """Note the last day of somebody who leaves the service."""
    person = persons.acted_on(person_id)
    if request.method == "GET":
        form = LeavingForm(last_day=today())
        return render_template("people/leave.html", form=form, person=person)
    form = LeavingForm(request.form)
    if not form.validate():
        return render_template("people/leave.html", form=form, person=person), form.status
    with transaction() as session:
        actions.end_postings(
            session, viewer(), person_id, form.last_day.data or today(), now=clock.now()
        )
    flash(gettext("The last day is noted."))
    return redirect(url_for(".all"), 303)


@bp.post("/<uuid:person_id>/code")
@permission(ADMINISTER)
def reset(person_id: UUID) -> ResponseReturnValue:
    """Give somebody a new one-time code, and show it once."""
    number = persons.acted_on(person_id).service_number
    db.session.remove()
    code = one_time_code(passwords.CODE_LENGTH)
    code_hash = passwords.hashed(code)
    with transaction() as session:
        accounts.reset_code(session, viewer(), number, code_hash, now=clock.now())
    return _code_page(person_id, code, first=False)


@bp.post("/<uuid:person_id>/sign-out")
@permission(ADMINISTER)
def sign_out(person_id: UUID) -> ResponseReturnValue:
    """End every session of somebody: a lost telephone, a computer left open."""
    with transaction() as session:
        actions.sign_out_everywhere(session, viewer(), person_id, now=clock.now())
    flash(gettext("Signed out everywhere."))
    return redirect(url_for(".one", person_id=person_id), 303)


@bp.post("/<uuid:person_id>/disable")
@permission(ADMINISTER)
def disable(person_id: UUID) -> ResponseReturnValue:
    """Let somebody not sign in any more."""
    number = persons.acted_on(person_id).service_number
    with transaction() as session:
        accounts.disable(session, viewer(), number, now=clock.now())
    flash(gettext("This person may not sign in any more."))
    return redirect(url_for(".one", person_id=person_id), 303)


@bp.post("/<uuid:person_id>/enable")
@permission(ADMINISTER)
def enable(person_id: UUID) -> ResponseReturnValue:
    """Let somebody sign in again."""
    number = persons.acted_on(person_id).service_number
    with transaction() as session:
        accounts.enable(session, viewer(), number, now=clock.now())
    flash(gettext("This person may sign in again."))
    return redirect(url_for(".one", person_id=person_id), 303)


@bp.before_request
def note_inspection() -> None:
    """Log what an inspector opens, before it is shown: no row, no page."""
    me = g.get("viewer")
    if me is None or not me.holds("inspector") or request.endpoint not in INSPECTED:
        return
    subject = str((request.view_args or {}).get("person_id", "list"))
    with transaction() as session:
        audit.append(session, me.person_id, "inspector.viewed", subject, now=clock.now())
