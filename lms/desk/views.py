"""The learner's desk: home and the course page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

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

from lms import installation
from lms.accounts import words
from lms.assessment import queries as assessment
from lms.assessment.forms import envelope_of, json_in
from lms.assessment.senders import BadAnswerError, require_person
from lms.authoring import single
from lms.authoring.review import queries as review
from lms.catalogue.structure import PassRule, Structure, title_language
from lms.certificates import rules as certificate_rules
from lms.certificates.office import rules as office_rules
from lms.content.boxes import UNNAMED_SOURCE
from lms.db import reading, transaction
from lms.desk import queries, rules
from lms.desk.marked import marked
from lms.desk.withheld import instead_of_certificate, language_of_pass, not_yet
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.kernel.messages import Message, Words
from lms.learning import actions
from lms.learning import queries as learning
from lms.learning.rules import (
    FINAL_TESTS,
    Gate,
    Sitting,
    TestGate,
    first_pass,
    gate_sentence,
    may_renew,
    pass_sentence,
    post_test_gate,
    present_rule,
    rule_of_test,
)
from lms.requirements import queries as duty
from lms.requirements.rules import STATUS_WORDS, next_step
from lms.tables import AnyRow
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
    attempts = learning.attempts(session, me)
    certificates = queries.my_certificates(session, me, current().code)
    given = {
        each.enrolment_id: not (each.withdrawn or each.replaced) for each in reversed(certificates)
    }
    tests = {each.enrolment_id: each.id for each in attempts
             if each.test == "post" and each.state == "open"}  # fmt: skip
    courses = [
        _shown(row, learning.sittings_among(attempts, row.enrolment_id), given)
        | {"open_test": tests.get(row.enrolment_id)}
        for row in rows
    ]
    going_on = rules.continue_with(
        [(each["slug"], each["seen_at"], each["finished"]) for each in courses]
    )
    duties = duty.worst_of_each(duty.mine(session, me, today=clock.now().date()))
    next_duty = next_step([(each.row.place, each.status) for each in duties])
    return render_template(
        "desk/home.html",
        duties=duties,
        next_duty=None if next_duty is None else duties[next_duty],
        status_words=STATUS_WORDS,
        titles={row.course_id: row for row in rows},
        courses=courses,
        going_on=next((each for each in courses if each["slug"] == going_on), None),
        to_begin=next(
            (e for e in courses if e["state"] is rules.State.NOT_STARTED and not e["closed"]), None
        ),
        certificates=certificates,
        instead=certificate_rules.instead_of_certificate(site()),
    )


@bp.get("/courses/<slug>")
@permission(LEARN)
def course(slug: str) -> ResponseReturnValue:
    """Show a course: what it is about, its lessons, and what is missing for the certificate."""
    session, me = reading(), viewer()
    row = learning.course(session, me, slug, current().code)
    structure = Structure.from_facts(row.facts)
    if row.kind == "handbook":
        return render_template("library/handbook.html", course=row, structure=structure)
    before, accepted, attempts, certificates = {}, [], [], []
    if row.begun_at is None:
        wanted, today = structure.prerequisites, clock.now().date()
        before = learning.to_pass_first(session, me, wanted, current().code, today=today)
        if set(wanted) - set(before):
            accepted = queries.accepted_before(session, me, wanted, current().code, today=today)
    else:
        attempts = [
            each for each in learning.attempts(session, me) if each.enrolment_id == row.enrolment_id
        ]
        certificates = [
            each
            for each in queries.my_certificates(session, me, current().code)
            if each.course_id == row.course_id
        ]
    sittings = learning.sittings_among(attempts, row.enrolment_id)
    gate = gate_of(row, structure, sittings)
    rule = rule_of(row, structure, sittings)
    return render_template(
        "desk/course.html",
        course=row,
        before=before,
        accepted=accepted,
        before_words=first_pass(before.values()) if before else None,
        structure=structure,
        gate=gate,
        sentence=_sentence(row, gate),
        rule=pass_sentence(rule),
        missing=rules.still_missing(
            structure,
            row.lessons or (),
            gate,
            rule.percent,
            names_confirmed=row.names_confirmed_at is not None if site().issues else None,
            renews=row.renews_id is not None,
        ),
        may_renew=gate.state is Gate.PASSED
        and may_renew(row.valid_through, structure.refresher_days, clock.now().date()),
        done=set(row.lessons or ()),
        attempts=attempts,
        open_tests={each.test: each.id for each in attempts if each.state == "open"},
        certificates=certificates,
        instead=instead_of_certificate(row, structure, site(), language_of_pass(attempts)),
        unnamed=UNNAMED_SOURCE,
        people=review.people_of(session, me, row.edition_id),
        parts=words.COURSE_ROLE_WORDS,
    )


def gate_of(row: AnyRow, structure: Structure, sittings: list[Sitting]) -> TestGate:
    """Return whether the post-test is open for the person of this row."""
    return post_test_gate(
        structure, row.lessons or (), row.read_again or (), sittings, row.granted,
        now=clock.now(), renews=row.renews_id is not None,
    )  # fmt: skip


def rule_of(row: AnyRow, structure: Structure, sittings: list[Sitting]) -> PassRule:
    """Return the rule that counts for the person of this row now."""
    return present_rule(
        structure, sittings, renews=row.renews_id is not None, floor=site().least_percent
    )


def _sentence(row: AnyRow, gate: TestGate) -> Message:
    """Return why the final test of a course is open or closed, in words."""
    opens = shown_moment(gate.opens_at) if gate.opens_at else ""
    here = row.text_language
    titles = {
        code: Words(title, title_language(row.text, code) or here)
        for code, title in row.text["lessons"].items()
    }
    return gate_sentence(gate, titles, opens)


def _shown(row: AnyRow, sittings: list[Sitting], given: Mapping[UUID, bool]) -> dict[str, Any]:
    structure = Structure.from_facts(row.facts)
    gate = gate_of(row, structure, sittings)
    failed = bool(sittings) and sittings[-1].passed is False
    certified = given.get(row.enrolment_id, False)
    state = rules.state_of(row.begun_at is not None, gate, certified, failed)
    closed = row.begun_at is None and structure.closed_course is not None
    codes = structure.codes()
    done = [code for code in codes if code in (row.lessons or ())]
    next_code = row.lesson if row.lesson in codes and row.lesson not in done else None
    next_code = next_code or next(iter(gate.lessons), None)
    return {
        "slug": row.slug,
        "title": row.title,
        "title_in": title_language(row.text),
        "state": state,
        "closed": closed,
        "state_words": rules.CLOSED if closed else rules.STATE_WORDS[state],
        "done": len(done),
        "total": len(codes),
        "minutes": structure.minutes,
        "percent": row.percent,
        "needed": rule_of(row, structure, sittings).percent,
        "next_code": next_code,
        "next_title": row.text["lessons"].get(next_code, ""),
        "next_title_in": title_language(row.text, next_code) if next_code else None,
        "next_minutes": next((e.minutes for e in structure.lessons() if e.code == next_code), 0),
        "next_kilobytes": rules.kilobytes(row.text.get("loads", {}).get(next_code)),
        "next_pictures": row.text.get("pictures", {}).get(next_code, 0),
        "section": row.section if row.lesson == next_code else None,
        "seen_at": row.seen_at if row.begun_at else None,
        # On a station nothing follows here: the certificate comes from the national server.
        "finished": gate.state is Gate.PASSED and (row.enrolment_id in given or not site().issues),
        "gate": gate,
        "sentence": _sentence(row, gate),
    }


@bp.get("/my-data")
@permission(LEARN)
def my_data() -> ResponseReturnValue:
    """Show everything that is stored about the person who asks; made to be printed, too."""
    session, me = reading(), viewer()
    today = clock.now().astimezone(ZoneInfo(site().time_zone)).date()
    return render_template(
        "desk/my_data.html",
        words=words,
        today=today,
        state_of=lambda row: office_rules.words_of(row, today=today),
        certificates=queries.my_certificates(session, me, current().code),
        **queries.my_data(session, me, current().code),
    )


@bp.get("/courses/<slug>/tests/<test>")
@permission(LEARN)
def test(slug: str, test: str) -> ResponseReturnValue:
    """Show what a test asks before it is opened: the rule, the time, the languages."""
    session, me = reading(), viewer()
    row = learning.course(session, me, slug, current().code)
    structure = Structure.from_facts(row.facts)
    if test not in structure.tests or row.begun_at is None:
        raise NotFound
    attempts = [
        each for each in learning.attempts(session, me) if each.enrolment_id == row.enrolment_id
    ]
    sittings = learning.sittings_among(attempts, row.enrolment_id)
    gate, rule = gate_of(row, structure, sittings), rule_of(row, structure, sittings)
    running = next((each for each in attempts if each.test == test and each.state == "open"), None)
    return render_template(
        "desk/test.html",
        course=row,
        test=test,
        plan=structure.tests[test],
        structure=structure,
        gate=gate,
        sentence=_sentence(row, gate),
        rule=pass_sentence(rule),
        told=rule.percent,
        running=running is not None,
        not_yet=not_yet(row, structure, site(), running.language if running else current().code),
        taken=any(each.test == test and each.state != "open" for each in attempts),
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


@bp.get("/tests/<uuid:attempt_id>/result")
@permission(LEARN)
def result(attempt_id: UUID) -> ResponseReturnValue:
    """Show what came of a test: a profile, what to read again, and what happens next."""
    session, me = reading(), viewer()
    attempt = assessment.attempt(session, me, attempt_id, current().code)
    if attempt.state == "open":
        return redirect(url_for("assessment.quiz", attempt_id=attempt_id))
    row = learning.course(session, me, attempt.slug, current().code)
    structure = Structure.from_facts(row.facts)
    attempts = learning.attempts(session, me)
    gate = gate_of(row, structure, learning.sittings_among(attempts, attempt.enrolment_id))
    in_course = [each for each in attempts if each.enrolment_id == attempt.enrolment_id]
    shows_key = attempt.test in FINAL_TESTS and rules.shows_key(
        gate, testing=any(each.state == "open" for each in attempts)
    )
    rule = rule_of_test(structure, attempt.test, floor=site().least_percent, needed=attempt.needed)
    missed = []
    if attempt.test in FINAL_TESTS:
        missed = marked(session, attempt, current().code, with_key=shows_key)
    return render_template(
        "desk/result.html",
        attempt=attempt,
        course=row,
        structure=structure,
        gate=gate,
        missed=missed,
        shows_key=shows_key,
        sentence=_sentence(row, gate),
        rule=pass_sentence(rule),
        needed=rule.percent,
        instead=instead_of_certificate(row, structure, site(), language_of_pass(in_course)),
    )


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
            session, viewer(), attempt_id, floor=site().least_percent, claimed_at=claimed_at,
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
    # A page cannot forbid its own framing from the inside; the header can.
    response.headers["Content-Security-Policy"] = f"{single.policy()}; frame-ancestors 'none'"
    return response
