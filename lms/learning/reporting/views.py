"""A reader says of a lesson: unclear, wrong, not so in my prison."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lms.db import reading, transaction
from lms.kernel import clock
from lms.learning import queries
from lms.learning.reporting import actions
from lms.learning.reporting.actions import Said
from lms.learning.reporting.forms import ReportForm
from lms.learning.reporting.rules import Pace
from lms.tables import AnyRow
from lms.web.language import IN_LANGUAGE, current, gettext
from lms.web.pages import site, viewer
from lms.web.permissions import LEARN, permission

bp = Blueprint("reporting", __name__, url_prefix=f"{IN_LANGUAGE}/courses/<slug>/<code>/report")
PACE = Pace()


@bp.get("")
@permission(LEARN)
def new(slug: str, code: str) -> ResponseReturnValue:
    """Ask what is unclear or wrong in a lesson."""
    course = queries.course(reading(), viewer(), slug, current().code)
    if away := _not_begun(course):
        return away
    lesson = queries.lesson(reading(), viewer(), course.edition_id, code, current().code)
    return _page(course, code, lesson, ReportForm(sections=lesson.parts["sections"]))


def _not_begun(course: AnyRow) -> Response | None:
    """Return the way to the course for whoever may not read its lessons yet."""
    if course.begun_at is None and course.kind != "handbook":
        return redirect(url_for("desk.course", slug=course.slug))
    return None


def _page(course: AnyRow, code: str, lesson: AnyRow, form: ReportForm) -> str:
    return render_template(
        "reporting/new.html",
        course=course,
        code=code,
        lesson=lesson,
        form=form,
        said_in=course.text.get("said_in", {}),
    )


@bp.post("")
@permission(LEARN)
def send(slug: str, code: str) -> ResponseReturnValue:
    """Keep a report, with the day and without the reader."""
    me, language = viewer(), current().code
    course = queries.course(reading(), me, slug, language)
    if away := _not_begun(course):
        return away
    lesson = queries.lesson(reading(), me, course.edition_id, code, language)
    form = ReportForm(request.form, sections=lesson.parts["sections"])
    if not form.validate():
        return _page(course, code, lesson, form), form.status
    if not PACE.take(me.session_id, clock.monotonic()):
        form.form_errors.append(
            gettext("You have sent ten reports within an hour. Send this one later.")
        )
        return _page(course, code, lesson, form), 429
    now = clock.now()
    said = Said(code, form.block.data, language, form.kind.data, form.text.data or "")
    with transaction() as session:
        added = actions.report(
            session,
            me,
            course,
            form.nameless.row_id,
            said,
            today=now.astimezone(ZoneInfo(site().time_zone)).date(),
        )
    if not added:
        PACE.give_back(me.session_id)
    flash(gettext("Thank you. Those who write this course read your report. It carries no name."))
    return redirect(url_for(".new", slug=slug, code=code), 303)
