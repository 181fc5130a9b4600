"""The page of a course, its renewal, and the course as one file to take along."""

from __future__ import annotations

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts import words
from lms.authoring import single
from lms.authoring.review import queries as review
from lms.catalogue.structure import Structure
from lms.content.boxes import UNNAMED_SOURCE
from lms.db import reading, transaction
from lms.desk import queries, rules
from lms.desk.course_state import CourseState
from lms.desk.views.addresses import bp
from lms.desk.withheld import instead_of_certificate, language_of_pass
from lms.kernel import clock
from lms.kernel.messages import Words
from lms.kernel.viewer import Viewer
from lms.learning import actions
from lms.learning import queries as learning
from lms.learning.rules import Gate, first_pass, pass_sentence
from lms.requirements import queries as duty
from lms.tables import AnyRow
from lms.web.language import current
from lms.web.pages import site, today, viewer
from lms.web.permissions import LEARN, permission


@bp.get("/courses/<slug>")
@permission(LEARN)
def course(slug: str) -> ResponseReturnValue:
    """Show a course: what it is about, its lessons, and what is missing for the certificate."""
    session, me = reading(), viewer()
    row = queries.course(session, me, slug, current().code)
    if row.kind == "handbook":
        return render_template(
            "library/handbook.html", course=row, structure=Structure.from_facts(row.facts)
        )
    begun = row.begun_at is not None
    state = CourseState.of(row, learning.attempts(session, me) if begun else ())
    required = None
    if state.gate.state is Gate.PASSED:
        required = duty.to_renew(session, me, row.course_id, today=today())
    before, accepted = ({}, []) if begun else _to_pass_first(session, me, state)
    return render_template(
        "desk/course.html",
        course=row,
        before=before,
        accepted=accepted,
        before_words=first_pass(before.values()) if before else None,
        structure=state.structure,
        gate=state.gate,
        sentence=state.sentence,
        rule=pass_sentence(state.rule),
        missing=rules.still_missing(
            state.structure,
            row.lessons or (),
            state.gate,
            state.rule.percent,
            names_confirmed=row.names_confirmed_at is not None if site().issues else None,
            renews=state.renews,
        ),
        may_renew=state.may_renew(asked=required is not None),
        required=required,
        done=set(row.lessons or ()),
        attempts=state.attempts,
        open_tests={each.test: each.id for each in state.attempts if each.state == "open"},
        instead=instead_of_certificate(
            row, state.structure, site(), language_of_pass(state.attempts)
        ),
        unnamed=UNNAMED_SOURCE,
        people=review.people_of(session, me, row.edition_id),
        parts=words.COURSE_ROLE_WORDS,
    )


def _to_pass_first(
    session: Session, me: Viewer, state: CourseState
) -> tuple[dict[str, Words | str], list[AnyRow]]:
    """Return what keeps somebody from beginning a course, and what of it was accepted from others.

    The first is slug -> title of the courses that are still to be passed; the second are the rows
    of certificates from elsewhere that count as a pass.
    """
    wanted, language, day = state.structure.prerequisites, current().code, today()
    before = learning.to_pass_first(session, me, wanted, language, today=day)
    if not set(wanted) - set(before):
        return before, []
    return before, queries.accepted_before(session, me, wanted, language, today=day)


@bp.post("/courses/<slug>/renewal")
@permission(LEARN)
def renew(slug: str) -> ResponseReturnValue:
    """Take a passed course anew and go to its course page, where the test comes first."""
    now = clock.now()
    with transaction() as session:
        actions.renew(
            session,
            viewer(),
            slug,
            now=now,
            asked=lambda course_id: (
                duty.to_renew(session, viewer(), course_id, today=today()) is not None
            ),
        )
    return redirect(url_for(".course", slug=slug), 303)


@bp.get("/courses/<slug>/take-along")
@permission(LEARN)
def take_along(slug: str) -> ResponseReturnValue:
    """Send the whole course as one file that works without a network."""
    learning.course(reading(), viewer(), slug, current().code)
    name, data = single.build(reading(), viewer(), slug, current().code)
    response = make_response(data)
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    # A page cannot forbid its own framing from the inside; the header can.
    response.headers["Content-Security-Policy"] = f"{single.policy()}; frame-ancestors 'none'"
    return response
