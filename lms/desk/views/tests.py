"""A course test: what it asks, its start, handing it in, its result."""

from __future__ import annotations

from uuid import UUID

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms import installation
from lms.assessment import queries as assessment
from lms.assessment.forms import envelope_of, json_in
from lms.assessment.senders import BadAnswerError, require_person
from lms.db import reading, transaction
from lms.desk import rules
from lms.desk.course_state import CourseState
from lms.desk.marked import marked
from lms.desk.views.addresses import bp
from lms.desk.withheld import instead_of_certificate, language_of_pass, not_yet
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.learning import actions
from lms.learning import queries as learning
from lms.learning.rules import FINAL_TESTS, pass_sentence, rule_of_test
from lms.web.language import current
from lms.web.pages import shown_time, site, viewer
from lms.web.permissions import LEARN, permission


@bp.get("/courses/<slug>/tests/<test>")
@permission(LEARN)
def test(slug: str, test: str) -> ResponseReturnValue:
    """Show what a test asks before it is opened: the rule, the time, the languages."""
    session, me = reading(), viewer()
    row = learning.course(session, me, slug, current().code)
    if row.begun_at is None:
        raise NotFound
    state = CourseState.of(row, learning.attempts(session, me))
    if test not in state.structure.tests:
        raise NotFound
    running = state.running(test)
    language = running.language if running else current().code
    return render_template(
        "desk/test.html",
        course=row,
        test=test,
        plan=state.structure.tests[test],
        structure=state.structure,
        gate=state.gate,
        sentence=state.sentence,
        rule=pass_sentence(state.rule),
        told=state.rule.percent,
        running=running is not None,
        not_yet=not_yet(row, state.structure, site(), language),
        taken=any(each.test == test and each.state != "open" for each in state.attempts),
    )


@bp.post("/courses/<slug>/tests/<test>")
@permission(LEARN)
def start_test(slug: str, test: str) -> ResponseReturnValue:
    """Open a test, or go back to the one that is open."""
    with transaction() as session:
        attempt_id = actions.start_test(
            session,
            viewer(),
            slug,
            test,
            current().code,
            # Not what this process has known for some seconds: a new mark counts from now on.
            floor=installation.read(session).least_percent,
            told=request.form.get("told", type=int),
            now=clock.now(),
        )
    return redirect(url_for("assessment.quiz", attempt_id=attempt_id), 303)


@bp.post("/tests/<uuid:attempt_id>/hand-in")
@permission(LEARN)
def hand_in(attempt_id: UUID) -> ResponseReturnValue:
    """Hand in a test and go to its result."""
    with transaction() as session:
        actions.hand_in(session, viewer(), attempt_id, floor=site().least_percent, now=clock.now())
    return redirect(url_for(".result", attempt_id=attempt_id), 303)


@bp.post("/answers/hand-in")
@permission(LEARN)
def hand_in_script() -> ResponseReturnValue:
    """Hand in a test for a script, which may have waited long for the line."""
    sent = json_in(request.get_data())
    envelope = envelope_of(sent) if isinstance(sent, dict) else None
    if envelope is None:
        raise BadAnswerError
    attempt_id, person, _, _, claimed_at = envelope
    require_person(person, viewer())
    with transaction() as session:
        actions.hand_in(
            session,
            viewer(),
            attempt_id,
            floor=site().least_percent,
            claimed_at=claimed_at,
            now=clock.now(),
        )
    return jsonify(at=shown_time(clock.now()), result=url_for(".result", attempt_id=attempt_id))


@bp.get("/tests/<uuid:attempt_id>/result")
@permission(LEARN)
def result(attempt_id: UUID) -> ResponseReturnValue:
    """Show what came of a test: a profile, what to read again, and what happens next."""
    session, me = reading(), viewer()
    attempt = assessment.attempt(session, me, attempt_id, current().code)
    if attempt.state == "open":
        return redirect(url_for("assessment.quiz", attempt_id=attempt_id))
    row = learning.course(session, me, attempt.slug, current().code)
    everywhere = learning.attempts(session, me)
    # The attempt may be of an earlier enrolment than the one that the course page shows.
    in_course = [each for each in everywhere if each.enrolment_id == attempt.enrolment_id]
    state = CourseState(row, in_course)
    decides = attempt.test in FINAL_TESTS
    shows_key = decides and rules.shows_key(
        state.gate, testing=any(each.state == "open" for each in everywhere)
    )
    rule = rule_of_test(
        state.structure, attempt.test, floor=site().least_percent, needed=attempt.needed
    )
    return render_template(
        "desk/result.html",
        attempt=attempt,
        course=row,
        structure=state.structure,
        gate=state.gate,
        missed=marked(session, attempt, current().code, with_key=shows_key) if decides else [],
        shows_key=shows_key,
        sentence=state.sentence,
        rule=pass_sentence(rule),
        needed=rule.percent,
        instead=instead_of_certificate(row, state.structure, site(), language_of_pass(in_course)),
    )
