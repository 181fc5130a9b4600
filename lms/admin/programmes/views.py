"""Programmes and pilots: every administrator reads them, those of the country change them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from lms.accounts.rules import administers_country, require_office
from lms.admin.programmes import words
from lms.admin.programmes.forms import (
    CoursesForm,
    DetailsForm,
    NewProgrammeForm,
    PartnersForm,
    PlanForm,
)
from lms.catalogue.models import Programme
from lms.catalogue.programmes import actions, queries, rules
from lms.certificates.rules import NEUTRAL_TITLE
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, Words
from lms.learning.queries import people_of_programmes
from lms.web.forms import PageForm
from lms.web.language import EVERY_LANGUAGE, IN_LANGUAGE, current, gettext, say
from lms.web.pages import today, viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("programmes", __name__, url_prefix=f"{IN_LANGUAGE}/administer/programmes")


@bp.get("", endpoint="all")
@permission(ADMINISTER)
def show_all() -> ResponseReturnValue:
    """List the programmes with how many of the viewer's people each has."""
    session, me = reading(), viewer()
    counts, total = people_of_programmes(session, me, today=today())
    return render_template(
        "programmes/all.html",
        rows=queries.programmes(session, me),
        counts=counts,
        total=total,
        changes=administers_country(me),
        **_shared(),
    )


@bp.route("/new", methods=["GET", "POST"])
@permission(ADMINISTER)
def add() -> ResponseReturnValue:
    """Add a programme or a pilot."""
    require_office(viewer())
    form = NewProgrammeForm(_sent())
    if request.method == "GET" or not form.validate():
        return render_template("programmes/new.html", form=form), form.status
    code = form.code.data or ""
    try:
        with transaction() as session:
            actions.add(session, viewer(), code, form.kind.data, form.details(), now=clock.now())
    except Refused as refused:
        form.refuse(refused)
        return render_template("programmes/new.html", form=form), form.status
    flash(gettext("The programme is added. Choose its courses next."))
    return redirect(url_for(".one", programme=code), 303)


@bp.get("/<programme>")
@permission(ADMINISTER)
def one(programme: str) -> ResponseReturnValue:
    """Show a programme: who carries it, its courses, what a pilot fixed and changed."""
    session, me = reading(), viewer()
    found = queries.programme(session, me, programme)
    return render_template(
        "programmes/one.html",
        programme=found,
        courses=queries.courses(session, me, current().code, found.id),
        listed=queries.changes(session, me, found.id) if found.fixed_at else [],
        changes=administers_country(me),
        **_shared(),
    )


@bp.route("/<programme>/details", methods=["GET", "POST"])
@permission(ADMINISTER)
def details(programme: str) -> ResponseReturnValue:
    """Change titles and period."""
    found = _changed(programme)
    form = DetailsForm(
        _sent(), titles=found.titles, starts_on=found.starts_on, ends_on=found.ends_on
    )
    if request.method == "GET" or not form.validate():
        return _form("details", found, form)
    return _change(programme, form.details())


@bp.route("/<programme>/partners", methods=["GET", "POST"])
@permission(ADMINISTER)
def partners(programme: str) -> ResponseReturnValue:
    """Change issuers, partners and funders, and whether certificates name them."""
    found = _changed(programme)
    form = PartnersForm(
        _sent(),
        issuers=found.issuers,
        partners=found.partners,
        funders=found.funders,
        printed=found.printed,
    )
    if request.method == "GET" or not form.validate():
        return _form("partners", found, form)
    return _change(programme, form.said())


@bp.route("/<programme>/courses", methods=["GET", "POST"])
@permission(ADMINISTER)
def courses(programme: str) -> ResponseReturnValue:
    """Choose the courses that belong to a programme."""
    found, session, me = _changed(programme), reading(), viewer()
    form = CoursesForm(
        _sent(),
        courses=_choices(),
        chosen=[row.id for row in queries.courses(session, me, current().code, found.id)],
    )
    if request.method == "GET" or not form.validate():
        return _form("courses", found, form)
    with transaction() as session:
        actions.choose_courses(session, me, programme, form.courses.data or [], now=clock.now())
    return _saved(programme)


@bp.route("/<programme>/plan", methods=["GET", "POST"])
@permission(ADMINISTER)
def plan(programme: str) -> ResponseReturnValue:
    """Change the question, groups and measures of a pilot."""
    found = _changed(programme)
    if found.kind != rules.PILOT:
        raise NotFound
    form = PlanForm(_sent(), question=found.question, groups=found.groups, measures=found.measures)
    if request.method == "GET" or not form.validate():
        return _form("plan", found, form)
    return _change(programme, form.plan())


@bp.post("/<programme>/fix")
@permission(ADMINISTER)
def fix(programme: str) -> ResponseReturnValue:
    """Fix a pilot before its first day."""
    try:
        with transaction() as session:
            actions.fix(session, viewer(), programme, now=clock.now())
    except Refused as refused:
        flash(say(refused.message), "error")
    else:
        flash(gettext("The pilot is fixed. Every later change is listed on this page."))
    return redirect(url_for(".one", programme=programme), 303)


def _sent() -> ImmutableMultiDict[str, str] | None:
    """Return what the form holds; None for a page that is opened, which shows what is stored."""
    return request.form if request.method == "POST" else None


def _changed(code: str) -> Programme:
    """Return a programme for whoever may change it; raises NotFound for anybody else."""
    require_office(viewer())
    return queries.programme(reading(), viewer(), code)


def _form(step: str, found: Programme, form: PageForm) -> ResponseReturnValue:
    page = render_template(f"programmes/{step}.html", form=form, programme=found, **_shared())
    return page, form.status


def _change(
    code: str, new: actions.Details | actions.Partners | actions.Plan
) -> ResponseReturnValue:
    with transaction() as session:
        actions.change(session, viewer(), code, new, now=clock.now())
    return _saved(code)


def _saved(code: str) -> ResponseReturnValue:
    flash(gettext("Saved."))
    return redirect(url_for(".one", programme=code), 303)


def _choices() -> list[tuple[str, str]]:
    """Return every course as a choice: (id, what it is called)."""
    rows = queries.courses(reading(), viewer(), current().code)
    here = current().code
    found = []
    for row in rows:
        title = Words(row.title, row.title_in or here) if row.title else Message(NEUTRAL_TITLE)
        named = Message("%(title)s (%(id)s)", {"title": title, "id": row.id})
        found.append((row.id, say(named)))
    return found


def _shared() -> Mapping[str, Any]:
    """Return what several templates of programmes need."""
    day = today()
    return {
        "words": words,
        "neutral": NEUTRAL_TITLE,
        "said_in": rules.said_in,
        "day_of": date.fromisoformat,
        "dir_of": lambda code: EVERY_LANGUAGE[code].dir,
        "state_of": lambda each: rules.state_on(day, each.starts_on, each.ends_on),
    }
