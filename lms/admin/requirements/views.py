"""Who must hold what: the matrix, who stands how, tonight's shift, printed reminders."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import words
from lms.accounts.rules import folded_service_number
from lms.admin.people.person import places_to_choose
from lms.admin.requirements import offered
from lms.admin.requirements.forms import EnrolForm, RequirementForm, ShiftForm, numbers_in
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.requirements import actions, queries, rules
from lms.requirements.actions import NewRequirement
from lms.requirements.rules import COVERED, STATUS_WORDS, Status
from lms.web.forms import title_choices
from lms.web.language import IN_LANGUAGE, current, gettext, ngettext, titled
from lms.web.listing import ROWS, Asked, Listing
from lms.web.pages import shown_date, today, viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("requirements", __name__, url_prefix=f"{IN_LANGUAGE}/administer/requirements")


@bp.get("")
@permission(ADMINISTER)
def matrix() -> ResponseReturnValue:
    """Show every requirement in force with how many people stand how."""
    session, me, day = reading(), viewer(), today()
    return render_template(
        "requirements/matrix.html",
        words=words,
        Status=Status,
        status_words=STATUS_WORDS,
        requirements=queries.requirements(session, me, current().code, today=day),
        counts=queries.counts(session, me, today=day),
    )


@bp.route("/new", methods=["GET", "POST"])
@permission(ADMINISTER)
def add() -> ResponseReturnValue:
    """Set a requirement."""
    form = RequirementForm(request.form, places=places_to_choose(), **_offered())
    if request.method == "GET":
        form.grace.data, form.enrols.data = "90", True
        return render_template("requirements/new.html", form=form)
    if not form.validate():
        return render_template("requirements/new.html", form=form), form.status
    months = int(form.interval.data) if form.interval.data else None
    new = NewRequirement(
        course_id=form.course_id.data,
        unit_code=form.unit.data,
        function=form.function.data or None,
        kind="refresher" if months else "initial",
        interval_months=months,
        grace_days=int(form.grace.data),
        place=form.place.data,
        enrols=bool(form.enrols.data),
        programme=form.programme.data or None,
    )
    try:
        with transaction() as session:
            made = actions.require(session, viewer(), new, now=clock.now())
            since = queries.counts_since(session, made)
    except (Refused, NotFound) as refused:
        form.refuse(refused)
        return render_template("requirements/new.html", form=form), form.status
    if since < today():
        # Translators: said when a requirement takes the place of one for the same people.
        flash(
            gettext(
                "The requirement counts since %(day)s, as the one before it did: nobody has "
                "more time than its days from then on.",
                day=shown_date(since),
            )
        )
    else:
        flash(gettext("The requirement counts from today on."))
    return redirect(url_for(".one", requirement_id=made), 303)


def _offered() -> dict[str, Any]:
    """Return the courses and programmes that a form offers, at the place that it names."""
    session, me, language = reading(), viewer(), current().code
    return {
        "courses": title_choices(
            offered.courses(session, me, language, request.form.get("unit", ""))
        ),
        "programmes": offered.programmes(session, me, language, today=today()),
    }


@bp.get("/<uuid:requirement_id>")
@permission(ADMINISTER)
def one(requirement_id: UUID) -> ResponseReturnValue:
    """Show who stands how under one requirement."""
    session, me, day = reading(), viewer(), today()
    found = queries.requirement(session, me, requirement_id, current().code, today=day)
    asked = Asked.of(("status", "unit"), ("name",))
    if asked.get("status") not in {each.value for each in Status}:
        asked = replace(asked, filters={k: v for k, v in asked.filters.items() if k != "status"})
    people, total = queries.people(
        session,
        me,
        requirement_id,
        today=day,
        status=asked.get("status"),
        unit=asked.get("unit"),
        limit=ROWS,
        offset=asked.offset,
    )
    return render_template(
        "requirements/one.html",
        requirement=found,
        listing=Listing(asked, people, total),
        words=words,
        Status=Status,
        status_words=STATUS_WORDS,
        never=rules.FOR_EVER,
        place=dict(places_to_choose()).get(asked.get("unit")) if asked.get("unit") else None,
    )


@bp.post("/<uuid:requirement_id>/end")
@permission(ADMINISTER)
def end(requirement_id: UUID) -> ResponseReturnValue:
    """Let a requirement count no more."""
    with transaction() as session:
        actions.end_requirement(session, viewer(), requirement_id, now=clock.now())
    flash(gettext("The requirement has ended. What was learned stays."))
    return redirect(url_for(".matrix"), 303)


@bp.get("/<uuid:requirement_id>/enrolment")
@permission(ADMINISTER)
def preview_enrolment(requirement_id: UUID) -> ResponseReturnValue:
    """Name who would be enrolled, before anybody is."""
    session, me, day = reading(), viewer(), today()
    found = queries.requirement(session, me, requirement_id, current().code, today=day)
    people = queries.missing(session, me, requirement_id, today=day, most=SHOWN + 1)
    return render_template("requirements/enrol.html", requirement=found, people=people, most=SHOWN)


# More names than these are not read by anybody before they press the button.
SHOWN = 200


@bp.post("/<uuid:requirement_id>/enrolment")
@permission(ADMINISTER)
def enrol(requirement_id: UUID) -> ResponseReturnValue:
    """Enrol them; many are enrolled in the background."""
    session, me, day = reading(), viewer(), today()
    queries.requirement(session, me, requirement_id, current().code, today=day)
    with transaction() as session:
        done = actions.enrol_missing(
            session, me, requirement_id, now=clock.now(), most=actions.A_STEP
        )
        if done == actions.A_STEP:
            actions.ask_to_enrol(session, now=clock.now(), because=str(requirement_id))
    if done == actions.A_STEP:
        flash(gettext("The first 200 are enrolled, the others follow in the background."))
    else:
        flash(ngettext("%(num)s person is enrolled.", "%(num)s people are enrolled.", done))
    return redirect(url_for(".one", requirement_id=requirement_id), 303)


@bp.route("/enrol", methods=["GET", "POST"])
@permission(ADMINISTER)
def enrol_list() -> ResponseReturnValue:
    """Enrol people by a pasted list; the first time it is only shown what would happen."""
    offers = _offered()
    handbooks = offered.listed_handbooks(reading(), viewer(), current().code)
    offers["courses"] += title_choices(handbooks)
    form = EnrolForm(request.form, **offers)
    if request.method == "GET":
        return render_template("requirements/enrol_list.html", form=form, preview=None)
    if not form.validate():
        return render_template("requirements/enrol_list.html", form=form, preview=None), form.status
    numbers = numbers_in(form.numbers.data)
    preview = offered.preview(reading(), viewer(), numbers, form.course_id.data, today=today())
    if request.form.get("go") != "enrol":
        return render_template("requirements/enrol_list.html", form=form, preview=preview)
    with transaction() as session:
        done = actions.enrol_people(
            session,
            viewer(),
            [folded_service_number(each) for each in numbers],
            form.course_id.data,
            due_on=form.due_on.data,
            programme=form.programme.data or None,
            now=clock.now(),
        )
    flash(ngettext("%(num)s person is enrolled.", "%(num)s people are enrolled.", len(done)))
    return redirect(url_for(".matrix"), 303)


@bp.route("/shift", methods=["GET", "POST"])
@permission(ADMINISTER)
def shift() -> ResponseReturnValue:
    """Say for each person of a shift whether they hold what they must. Changes nothing."""
    form = ShiftForm(request.form)
    if request.method == "GET":
        return render_template("requirements/shift.html", form=form, lines=None)
    if not form.validate():
        return render_template("requirements/shift.html", form=form, lines=None), form.status
    lines = offered.shift(reading(), viewer(), numbers_in(form.numbers.data), today=today())
    return render_template(
        "requirements/shift.html",
        form=form,
        lines=lines,
        covered=COVERED,
        titles=_titles(),
        status_words=STATUS_WORDS,
        today=today(),
        good=sum(each.known and each.good for each in lines),
    )


@bp.get("/reminders")
@permission(ADMINISTER)
def reminders() -> ResponseReturnValue:
    """Show one printed list of a place: who has to do what."""
    places = places_to_choose()
    chosen = request.args.get("unit") or (places[0][0] if len(places) == 1 else "")
    found = []
    if chosen in {code for code, _ in places}:
        found = queries.reminders(reading(), viewer(), chosen, today=today())
    return render_template(
        "requirements/reminders.html",
        places=places,
        chosen=chosen,
        found=found,
        titles=_titles(),
        status_words=STATUS_WORDS,
        today=today(),
        never=rules.FOR_EVER,
    )


def _titles() -> dict[str, str]:
    courses = offered.every_course(reading(), current().code)
    return {course_id: titled(title, code) for course_id, title, code in courses}
