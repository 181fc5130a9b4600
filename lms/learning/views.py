"""Reading a lesson, finishing it, and noting where reading stopped."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.catalogue.structure import Structure
from lms.content import figures
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.learning import actions, queries, rules
from lms.learning.forms import BeginForm, CompletionForm, PlaceForm
from lms.web import csrf, files
from lms.web.headers import keep, page_tag, unchanged
from lms.web.language import IN_LANGUAGE, current, gettext
from lms.web.pages import banners, build_tag, viewer
from lms.web.permissions import LEARN, permission

bp = Blueprint("learning", __name__, url_prefix=f"{IN_LANGUAGE}/courses")


@bp.post("/<slug>/begin")
@permission(LEARN)
def begin(slug: str) -> ResponseReturnValue:
    """Begin a course and open its first lesson, or the first test where that was asked for."""
    form = BeginForm(request.form)
    if not form.validate():
        raise NotFound
    with transaction() as session:
        enrolment = actions.begin(session, viewer(), slug, language=current().code, now=clock.now())
        _, structure = actions.begun_edition(session, enrolment)
    if form.test.data and form.test.data in structure.tests:
        return redirect(url_for("desk.test", slug=slug, test=form.test.data), 303)
    return redirect(url_for(".lesson", slug=slug, code=structure.codes()[0]), 303)


@bp.get("/<slug>/<code>")
@permission(LEARN)
def lesson(slug: str, code: str) -> ResponseReturnValue:
    """Show one lesson. A page that the browser already holds costs a 304."""
    course = queries.course(reading(), viewer(), slug, current().code)
    if course.begun_at is None and course.kind != "handbook":
        return redirect(url_for("desk.course", slug=slug))
    wanted = request.args.get("pictures") == "1"
    tag = page_tag(
        build_tag(),
        course.edition_id,
        code,
        course.enrolment_id,
        course.version,
        current().code,
        csrf.token(),
        banners(),
        wanted,
    )
    if reply := unchanged(tag):
        return reply
    found = queries.lesson(reading(), viewer(), course.edition_id, code, current().code)
    structure = Structure.from_facts(course.facts)
    codes = structure.codes()
    place = codes.index(code)
    done = set(course.lessons or ())
    again: tuple[str, ...] = ()
    if course.closed_at is None and course.percent is not None:
        failed = queries.last_failed(reading(), course.enrolment_id)
        if failed is not None:
            again = rules.lessons_to_review(structure, failed, course.read_again or ())
    heavy = rules.asks_before(found.parts.get("pictures", 0)) and not wanted
    page = render_template(
        "learning/lesson.html",
        course=course,
        structure=structure,
        lesson=found,
        parts=found.parts,
        html=figures.told(found.parts["html"]) if heavy else found.parts["html"],
        heavy=heavy,
        code=code,
        number=place + 1,
        minutes=next(each.minutes for each in structure.lessons() if each.code == code),
        previous=codes[place - 1] if place else None,
        following=codes[place + 1] if place + 1 < len(codes) else None,
        done=done,
        again=set(again),
        section=course.section if course.lesson == code else None,
    )
    return keep(make_response(page), tag)


@bp.get("/<slug>/media/<address>")
@permission(LEARN)
def picture(slug: str, address: str) -> ResponseReturnValue:
    """Send a picture of a lesson."""
    found = queries.picture(reading(), viewer(), slug, address)
    return files.show(found.digest, found.kind, name=found.name)


@bp.post("/<slug>/<code>/completion")
@permission(LEARN)
def complete_lesson(slug: str, code: str) -> ResponseReturnValue:
    """Take the tick that a lesson has been read and go on to the next one."""
    form = CompletionForm(request.form)
    if not form.validate():
        raise NotFound
    with transaction() as session:
        enrolment = queries.open_enrolment(session, viewer(), slug)
        following = actions.complete_lesson(session, viewer(), enrolment, code, now=clock.now())
    if following is None:
        flash(gettext("All lessons are finished."))
        return redirect(url_for("desk.course", slug=slug), 303)
    return redirect(url_for(".lesson", slug=slug, code=following), 303)


@bp.post("/<slug>/place")
@permission(LEARN)
def note_place(slug: str) -> ResponseReturnValue:
    """Take from a script where reading stopped; answers nothing."""
    form = PlaceForm(request.form)
    if not form.validate():
        return "", 422
    with transaction() as session:
        enrolment = queries.open_enrolment(session, viewer(), slug)
        actions.note_place(
            session,
            viewer(),
            enrolment,
            form.lesson.data or "",
            form.section.data or None,
            form.seconds.data or 0,
            page=form.page.data or "",
            n=form.n.data or 0,
            now=clock.now(),
        )
    return "", 204


@bp.get("/<slug>/<code>/print")
@permission(LEARN)
def print_lesson(slug: str, code: str) -> ResponseReturnValue:
    """Show one lesson as it goes on paper."""
    return _printed(slug, code)


@bp.get("/<slug>/print")
@permission(LEARN)
def print_course(slug: str) -> ResponseReturnValue:
    """Show the whole course as one document for places without computers."""
    return _printed(slug, None)


def _printed(slug: str, code: str | None) -> ResponseReturnValue:
    course = queries.course(reading(), viewer(), slug, current().code)
    structure = Structure.from_facts(course.facts)
    found = queries.lessons(reading(), viewer(), course.edition_id, current().code)
    chosen = [
        row
        for wanted in structure.codes()
        if code in (None, wanted)
        for row in found
        if row.code == wanted
    ]
    if not chosen:
        raise NotFound
    return render_template(
        "learning/print.html",
        course=course,
        structure=structure,
        lessons=chosen,
        html={row.code: figures.placed(row.parts["print"], _address_in(slug)) for row in chosen},
    )


def _address_in(slug: str) -> Callable[[str], str]:
    return lambda address: url_for(".picture", slug=slug, address=address)
