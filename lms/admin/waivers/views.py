"""Decisions about one person: exemptions, certificates from elsewhere, deadlines that move."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.admin.people import person as persons
from lms.admin.requirements import offered
from lms.admin.requirements.forms import (
    DeadlineForm,
    ExemptionForm,
    ExternalForm,
    RefusalForm,
)
from lms.admin.requirements.offered import Courses
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.requirements import actions, queries
from lms.requirements.actions import NewExternal
from lms.web.forms import title_choices
from lms.web.language import IN_LANGUAGE, current, gettext, titled
from lms.web.pages import today, viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("waivers", __name__, url_prefix=f"{IN_LANGUAGE}/administer")


def _courses(person_id: UUID) -> Courses:
    return offered.courses_for(reading(), viewer(), current().code, person_id, today=today())


def _titles(courses: Courses) -> dict[str, str]:
    return {course_id: titled(title, code) for course_id, title, code in courses}


# ---- Exemptions ---------------------------------------------------------------------------------


@bp.route("/people/<uuid:person_id>/exemptions", methods=["GET", "POST"])
@permission(ADMINISTER)
def exempt(person_id: UUID) -> ResponseReturnValue:
    """Show the exemptions of a person, and give another."""
    form = ExemptionForm(request.form, courses=title_choices(_courses(person_id)))
    if request.method == "GET" or not form.validate():
        return _exemptions(person_id, form), form.status
    try:
        with transaction() as session:
            actions.exempt(
                session,
                viewer(),
                person_id,
                form.course_id.data,
                reason=form.reason.data or "",
                evidence=form.evidence.data or "",
                until_on=form.until_on.data or today(),
                now=clock.now(),
            )
    except Refused as refused:
        form.refuse(refused)
        return _exemptions(person_id, form), form.status
    flash(gettext("The exemption counts from now on."))
    return redirect(url_for(".exempt", person_id=person_id), 303)


def _exemptions(person_id: UUID, form: ExemptionForm) -> str:
    titles = _titles(_courses(person_id))
    return render_template(
        "waivers/exemptions.html",
        form=form,
        person=persons.acted_on(person_id),
        today=today(),
        exemptions=queries.exemptions(reading(), viewer(), person_id),
        titles=titles,
    )


@bp.post("/people/<uuid:person_id>/exemptions/<uuid:exemption_id>/end")
@permission(ADMINISTER)
def end_exemption(person_id: UUID, exemption_id: UUID) -> ResponseReturnValue:
    """Let an exemption count no more."""
    persons.acted_on(person_id)
    with transaction() as session:
        actions.end_exemption(session, viewer(), exemption_id, now=clock.now())
    flash(gettext("The exemption has ended."))
    return redirect(url_for(".exempt", person_id=person_id), 303)


# ---- Certificates from elsewhere ----------------------------------------------------------------


@bp.route("/people/<uuid:person_id>/external", methods=["GET", "POST"])
@permission(ADMINISTER)
def enter(person_id: UUID) -> ResponseReturnValue:
    """Note a certificate that somebody else gave to a person."""
    form = ExternalForm(request.form, courses=title_choices(_courses(person_id)))
    if request.method == "GET" or not form.validate():
        return _external(person_id, form), form.status
    new = NewExternal(
        form.course_id.data,
        form.title.data or "",
        form.issuer.data or "",
        form.number.data or None,
        form.completed_on.data or today(),
        form.valid_through.data,
        form.evidence.data or "",
    )
    try:
        with transaction() as session:
            actions.enter_external(session, viewer(), person_id, new, now=clock.now())
    except Refused as refused:
        form.refuse(refused)
        return _external(person_id, form), form.status
    flash(gettext("It is noted, and counts once another person has checked it."))
    return redirect(url_for(".enter", person_id=person_id), 303)


def _external(person_id: UUID, form: ExternalForm) -> str:
    return render_template(
        "waivers/external.html",
        form=form,
        person=persons.acted_on(person_id),
        given=queries.external(reading(), viewer(), person_id),
        titles=_titles(_courses(person_id)),
    )


@bp.get("/requirements/external")
@permission(ADMINISTER)
def to_check() -> ResponseReturnValue:
    """List the certificates from elsewhere that wait for a second person."""
    return render_template(
        "waivers/to_check.html",
        waiting=queries.to_check(reading(), viewer(), today=today()),
        titles=_every_title(),
    )


def _every_title() -> dict[str, str]:
    return _titles(offered.every_course(reading(), current().code))


@bp.route("/requirements/external/<uuid:external_id>", methods=["GET", "POST"])
@permission(ADMINISTER)
def check(external_id: UUID) -> ResponseReturnValue:
    """Show one certificate from elsewhere, and accept or refuse it."""
    form = RefusalForm(request.form)
    if request.method == "GET" or not form.validate():
        return _check_page(external_id, form), form.status
    because = None if request.form.get("go") == "accept" else form.reason.data or ""
    try:
        with transaction() as session:
            actions.check_external(session, viewer(), external_id, because, now=clock.now())
    except Refused as refused:
        form.refuse(refused)
        return _check_page(external_id, form), form.status
    flash(gettext("Accepted: it counts now.") if because is None else gettext("Refused."))
    return redirect(url_for(".to_check"), 303)


def _check_page(external_id: UUID, form: RefusalForm) -> str:
    waiting = queries.to_check(reading(), viewer(), today=today())
    found = next((each for each in waiting if each.id == external_id), None)
    if found is None:
        raise NotFound
    return render_template("waivers/check.html", each=found, titles=_every_title(), form=form)


# ---- Deadlines ----------------------------------------------------------------------------------


@bp.route("/enrolments/<uuid:enrolment_id>/deadline", methods=["GET", "POST"])
@permission(ADMINISTER)
def deadline(enrolment_id: UUID) -> ResponseReturnValue:
    """Move the deadline of an enrolment, with the reason."""
    row = queries.enrolment(reading(), viewer(), enrolment_id, today=today())
    form = DeadlineForm(request.form)
    if request.method == "GET":
        form = DeadlineForm(due_on=row.due_on)
    if request.method == "GET" or not form.validate():
        page = render_template("waivers/deadline.html", form=form, enrolment=row)
        return page, form.status
    try:
        with transaction() as session:
            actions.extend(
                session,
                viewer(),
                enrolment_id,
                form.due_on.data or today(),
                form.reason.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        form.refuse(refused)
        row = queries.enrolment(reading(), viewer(), enrolment_id, today=today())
        return render_template("waivers/deadline.html", form=form, enrolment=row), form.status
    flash(gettext("The deadline is moved."))
    return redirect(url_for("people.one", person_id=row.person_id), 303)
