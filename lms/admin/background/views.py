"""Pages of work in the background: what somebody asked for, how far it is, what it made."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.rules import administers_country
from lms.admin.background import actions as office
from lms.admin.background import queries as of_server
from lms.admin.background.words import KINDS, STATE_WORDS, failure, known_failure, state_of
from lms.admin.findings import message_from
from lms.db import reading, transaction
from lms.jobs import actions, queries
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.web.files import send
from lms.web.language import IN_LANGUAGE
from lms.web.pages import look_again, viewer
from lms.web.permissions import ADMINISTER, REPORT, permission

bp = Blueprint("background", __name__, url_prefix=f"{IN_LANGUAGE}/administer/jobs")


@bp.get("")
@permission(REPORT)
def jobs() -> ResponseReturnValue:
    """List what this person asked for lately, with what it made."""
    found = queries.own_jobs(reading(), viewer())
    return render_template(
        "background/jobs.html",
        jobs=found,
        kinds=KINDS,
        states=STATE_WORDS,
        state_of=state_of,
        sees_all=administers_country(viewer()),
    )


@bp.get("/all")
@permission(ADMINISTER)
def all_jobs() -> ResponseReturnValue:
    """List the work of the whole server for the country's office: what gave up comes first."""
    found = of_server.all_work(reading(), viewer())
    return render_template(
        "background/all.html",
        work=found,
        kinds=KINDS,
        states=STATE_WORDS,
        now=clock.now(),
        failure=failure,
    )


@bp.post("/all/<int:job_id>/stop")
@permission(ADMINISTER)
def stop_any(job_id: int) -> ResponseReturnValue:
    """Let work that somebody asked for rest after its running step."""
    with transaction() as session:
        office.stop(session, viewer(), job_id, now=clock.now())
    return redirect(url_for(".all_jobs"), 303)


@bp.post("/all/<int:job_id>/resume")
@permission(ADMINISTER)
def resume_any(job_id: int) -> ResponseReturnValue:
    """Go on with any work that was stopped or gave up."""
    with transaction() as session:
        office.resume(session, viewer(), job_id, now=clock.now())
    return redirect(url_for(".all_jobs"), 303)


@bp.get("/<int:job_id>")
@permission(REPORT)
def job(job_id: int) -> ResponseReturnValue:
    """Show how far one job is; the page looks again by itself while it runs."""
    found, now = queries.own_job(reading(), viewer(), job_id), clock.now()
    response = make_response(
        render_template(
            "background/job.html",
            job=found,
            kinds=KINDS,
            states=STATE_WORDS,
            state_of=state_of,
            why=known_failure(found.error),
            now=now,
            message_from=message_from,
        )
    )
    works = found.state == "waiting" and (found.due_at <= now or bool(found.error))
    return look_again(response, 5) if works else response


@bp.post("/<int:job_id>/stop")
@permission(REPORT)
def stop(job_id: int) -> ResponseReturnValue:
    """Let it rest after the step that runs now."""
    with transaction() as session:
        actions.stop(session, job_id, viewer().person_id, now=clock.now())
    return redirect(url_for(".job", job_id=job_id), 303)


@bp.post("/<int:job_id>/resume")
@permission(REPORT)
def resume(job_id: int) -> ResponseReturnValue:
    """Go on where it had come to."""
    with transaction() as session:
        actions.resume(session, job_id, viewer().person_id, now=clock.now())
    return redirect(url_for(".job", job_id=job_id), 303)


@bp.get("/<int:job_id>/file")
@permission(REPORT)
def file(job_id: int) -> ResponseReturnValue:
    """Send the file that it made, as long as it is kept."""
    made = queries.own_job(reading(), viewer(), job_id).result or {}
    if not made.get("file"):
        raise NotFound
    return send(made["file"], made["type"], name=made["name"])
