"""The learner's desk: home and the course page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lms.assessment import queries as assessment
from lms.assessment.forms import envelope_of
from lms.assessment.senders import BadAnswerError, require_person
from lms.authoring import single
from lms.catalogue.structure import Structure
from lms.db import reading, transaction
from lms.desk import queries, rules
from lms.desk.marked import marked
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.learning import actions
from lms.learning import queries as learning
from lms.learning.rules import (
    Gate,
    Sitting,
    TestGate,
    effective_rule,
    gate_sentence,
    pass_sentence,
    post_test_gate,
)
from lms.web.language import IN_LANGUAGE, current
from lms.web.pages import shown_moment, shown_time, site, viewer
from lms.web.permissions import LEARN, permission

bp = Blueprint("desk", __name__, url_prefix=IN_LANGUAGE)


@bp.get("/home")
@permission(LEARN)
def home() -> ResponseReturnValue:
    """Show where to go on, every course with its state in words, and the certificates."""
    session, me = reading(), viewer()
    rows = learning.courses(session, me, current().code)
    sittings = learning.my_sittings(session, me)
    certificates = queries.my_certificates(session, me, current().code)
    certified = {each.enrolment_id for each in certificates if not each.ended}
    courses = [_shown(row, sittings.get(row.enrolment_id, []), certified) for row in rows]
    going_on = rules.continue_with(
        [(each["slug"], each["seen_at"], each["finished"]) for each in courses]
    )
    return render_template(
        "desk/home.html",
        courses=courses,
        going_on=next((each for each in courses if each["slug"] == going_on), None),
        certificates=certificates,
    )


@bp.get("/courses/<slug>")
@permission(LEARN)
def course(slug: str) -> ResponseReturnValue:
    """Show a course: what it is about, its lessons, and what is missing for the certificate."""
    session, me = reading(), viewer()
    row = learning.course(session, me, slug, current().code)
    found = learning.sittings(session, row.enrolment_id) if row.enrolment_id else []
    granted = learning.unused_grants(session, row.enrolment_id) if found else []
    structure = structure_of(row)
    gate = gate_of(row, structure, found, len(granted))
    titles = row.text["lessons"]
    certificates = [
        each
        for each in queries.my_certificates(session, me, current().code)
        if each.course_id == row.course_id
    ]
    return render_template(
        "desk/course.html",
        course=row,
        structure=structure,
        gate=gate,
        sentence=gate_sentence(gate, titles, shown_moment(gate.opens_at) if gate.opens_at else ""),
        rule=pass_sentence(structure.pass_rule),
        missing=rules.still_missing(
            structure, row.lessons or (), gate, queries.names_confirmed(session, me)
        ),
        done=set(row.lessons or ()),
        sittings=found,
        certificates=certificates,
    )


def structure_of(row: Any) -> Structure:  # noqa: ANN401 -- a Row of learning.queries
    """Return the edition's structure with the pass rule that counts on this installation."""
    structure = Structure.from_facts(row.facts)
    rule = effective_rule(structure.pass_rule, floor=site().pass_floor)
    return replace(structure, pass_rule=rule)


def gate_of(row: Any, structure: Structure, sittings: list[Sitting], granted: int) -> TestGate:  # noqa: ANN401
    """Return whether the post-test is open for the person of this row."""
    return post_test_gate(
        structure, row.lessons or (), row.read_again or (), sittings, granted, now=clock.now()
    )


def _shown(row: Any, sittings: list[Sitting], certified: set[Any]) -> dict[str, Any]:  # noqa: ANN401
    structure = structure_of(row)
    gate = gate_of(row, structure, sittings, 0)
    failed = bool(sittings) and sittings[-1].passed is False
    state = rules.state_of(row.begun_at is not None, gate, row.enrolment_id in certified, failed)
    codes = structure.codes()
    done = [code for code in codes if code in (row.lessons or ())]
    next_code = row.lesson if row.lesson in codes and row.lesson not in done else None
    next_code = next_code or next((code for code in codes if code not in done), None)
    return {
        "slug": row.slug,
        "title": row.title,
        "state": state,
        "state_words": rules.STATE_WORDS[state],
        "done": len(done),
        "total": len(codes),
        "minutes": structure.minutes,
        "percent": row.percent,
        "needed": structure.pass_rule.percent,
        "next_code": next_code,
        "next_title": row.text["lessons"].get(next_code, ""),
        "next_minutes": next((e.minutes for e in structure.lessons() if e.code == next_code), 0),
        "section": row.section if row.lesson == next_code else None,
        "seen_at": row.seen_at if row.begun_at else None,
        "finished": gate.state is Gate.PASSED,
        "gate": gate,
    }


@bp.get("/courses/<slug>/tests/<test>")
@permission(LEARN)
def test(slug: str, test: str) -> ResponseReturnValue:
    """Show what a test asks before it is opened: the rule, the time, the languages."""
    session, me = reading(), viewer()
    row = learning.course(session, me, slug, current().code)
    structure = structure_of(row)
    if test not in structure.tests or row.begun_at is None:
        raise NotFound
    found = learning.sittings(session, row.enrolment_id)
    granted = learning.unused_grants(session, row.enrolment_id)
    gate = gate_of(row, structure, found, len(granted))
    return render_template(
        "desk/test.html",
        course=row,
        test=test,
        plan=structure.tests[test],
        structure=structure,
        gate=gate,
        sentence=gate_sentence(
            gate, row.text["lessons"], shown_moment(gate.opens_at) if gate.opens_at else ""
        ),
        rule=pass_sentence(structure.pass_rule),
        taken=queries.pre_test_taken(session, row.enrolment_id) if test == "pre" else False,
    )


@bp.post("/courses/<slug>/tests/<test>")
@permission(LEARN)
def start_test(slug: str, test: str) -> ResponseReturnValue:
    """Open a test, or go back to the one that is open."""
    with transaction() as session:
        attempt_id = actions.start_test(
            session, viewer(), slug, test, current().code, floor=site().pass_floor, now=clock.now()
        )
    return redirect(url_for("assessment.quiz", attempt_id=attempt_id), 303)


@bp.post("/tests/<uuid:attempt_id>/hand-in")
@permission(LEARN)
def hand_in(attempt_id: UUID) -> ResponseReturnValue:
    """Hand in a test and go to its result."""
    with transaction() as session:
        actions.hand_in(session, viewer(), attempt_id, floor=site().pass_floor, now=clock.now())
    return redirect(url_for(".result", attempt_id=attempt_id), 303)


@bp.get("/tests/<uuid:attempt_id>/result")
@permission(LEARN)
def result(attempt_id: UUID) -> ResponseReturnValue:
    """Show what came of a test: a profile, what to read again, and what happens next."""
    session, me = reading(), viewer()
    attempt = assessment.attempt(session, me, attempt_id, current().code)
    if attempt.state == "open":
        return redirect(url_for("assessment.quiz", attempt_id=attempt_id))
    row = learning.course(session, me, attempt.slug, current().code)
    structure = structure_of(row)
    found = learning.sittings(session, attempt.enrolment_id)
    granted = learning.unused_grants(session, attempt.enrolment_id)
    gate = gate_of(row, structure, found, len(granted))
    shows_key = attempt.test == "post" and (attempt.passed or not gate.left)
    missed = []
    if attempt.test == "post":
        missed = marked(session, attempt, current().code, with_key=bool(shows_key))
    return render_template(
        "desk/result.html",
        attempt=attempt,
        course=row,
        structure=structure,
        gate=gate,
        missed=missed,
        shows_key=shows_key,
        sentence=gate_sentence(
            gate, row.text["lessons"], shown_moment(gate.opens_at) if gate.opens_at else ""
        ),
        rule=pass_sentence(structure.pass_rule),
    )


@bp.post("/answers/hand-in")
@permission(LEARN)
def hand_in_script() -> ResponseReturnValue:
    """Hand in a test for a script, which may have waited long for the line."""
    sent = request.get_json(silent=True)
    envelope = envelope_of(sent) if isinstance(sent, dict) else None
    if envelope is None:
        raise BadAnswerError
    attempt_id, person, _, _, claimed_at = envelope
    require_person(person, viewer())
    with transaction() as session:
        actions.hand_in(
            session, viewer(), attempt_id, floor=site().pass_floor, claimed_at=claimed_at,
            now=clock.now(),
        )  # fmt: skip
    return jsonify(at=shown_time(clock.now()), result=url_for(".result", attempt_id=attempt_id))


@bp.get("/courses/<slug>/take-along")
@permission(LEARN)
def take_along(slug: str) -> ResponseReturnValue:
    """Send the whole course as one file that works without a network."""
    learning.course(reading(), viewer(), slug, current().code)
    name, data = single.build(reading(), viewer(), slug, current().code)
    response = make_response(data)
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
