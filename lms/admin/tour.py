"""The tour of the demonstration: a door for every role, things to try, and a line that can be cut.

Registered in the demonstration alone. A door opens only for the people that ``lms demo`` has
invented: a real data folder names none, whatever its environment says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from lms import installation
from lms.accounts import actions as accounts
from lms.accounts import machine
from lms.accounts import session as account_session
from lms.admin.demo import service
from lms.admin.demo.states import State
from lms.audit import actions as audit
from lms.db import reading, transaction
from lms.installation import LANGUAGE_NAMES, LANGUAGES
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.kernel.messages import msg
from lms.web import cookies
from lms.web.language import current, gettext
from lms.web.menu import has_endpoint
from lms.web.permissions import PUBLIC, permission

bp = Blueprint("tour", __name__, url_prefix="/tour")

# While the line is cut, this cookie makes the server answer nothing but the tour itself.
CUT = "cut"

_COURSE = {"slug": service.COURSE}
_LESSON = {**_COURSE, "code": service.FIRST_LESSON}
# What to try, where it begins, and the values of that address.
THINGS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (msg("Read a lesson, answer its “Check yourself”, and finish it."),
     "learning.lesson", _LESSON),
    (msg("Read the same lesson in Arabic: the whole page runs from right to left."),
     "learning.lesson", {**_LESSON, "language": "ar"}),
    (msg("As the learner in the middle of a lesson, go on exactly where reading stopped."),
     "desk.home", {}),
    (msg("As the learner in the middle of a test, answer a question and see that it is "
         "saved at once."), "desk.course", _COURSE),
    (msg("Cut the line below, go on answering in another window, mend the line: nothing is "
         "lost."), ".show", {"_anchor": "line"}),
    (msg("Open the test in two windows and answer one question differently: the page asks "
         "you which answer counts."), "desk.course", _COURSE),
    (msg("As the learner who has failed once, see what was wrong, where it is taught, and "
         "when the next attempt opens."), "desk.course", _COURSE),
    (msg("As the learner who has passed, confirm the name: the certificate is made within "
         "seconds."), "certificates.confirm", _COURSE),
    (msg("Check a certificate as a stranger, with nothing but the code on it."),
     "certificates.check", {}),
    (msg("Save the page that checks certificates without any network."),
     "certificates.offline", {}),
    (msg("Take the whole course along as one file that opens on any phone."),
     "desk.take_along", _COURSE),
    (msg("Say that several colleagues share this computer, and see what changes."),
     "accounts.machine", {}),
    (msg("Take a document of the library along: each reader gets their own language first."),
     "library.home", {}),
    (msg("As the trainer, change a sentence of a lesson and look at it: learners read it only "
         "when a publisher, somebody else, has approved it."), "drafts.all", {}),
    (msg("As an administrator of the country, see who is trained, go down to a facility, and "
         "take its list along."), "reports.one", {"report_name": "compliance"}),
    (msg("As an administrator of the country, freeze a quarter for the steering committee, and "
         "check the signed file on the page without a network."),
     "reports.one", {"report_name": "steering"}),
    (msg("As an administrator of the country, open a certificate and ask for its evidence: how "
         "it was earned, on a signed paper."), "office.certificates", {}),
)  # fmt: skip

LEARNERS: Mapping[str, str] = {
    State.NOT_STARTED: msg("A learner who has not started"),
    State.IN_LESSON: msg("A learner in the middle of a lesson"),
    State.IN_TEST: msg("A learner in the middle of a test"),
    State.FAILED_ONCE: msg("A learner who has failed the test once"),
    State.PASSED: msg("A learner who has passed and can have the certificate"),
    State.CERTIFIED: msg("A learner with a certificate"),
    State.EXPIRING: msg("A learner whose certificate ends soon"),
    State.TRANSFERRED: msg("A learner who was moved to another facility"),
}
OFFICES: Mapping[str, str] = {
    "trainer": msg("A trainer of a facility"),
    "facility administrator": msg("An administrator of a facility"),
    "region administrator": msg("An administrator of a region"),
    "country administrator": msg("An administrator of the country"),
    "observer": msg("An observer of the country"),
    "inspector": msg("An inspector of the country"),
    "publisher": msg("A publisher of courses"),
}


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to try: a sentence, and where it is tried."""

    words: str
    url: str


@bp.record_once
def _before_anything_else(state: BlueprintSetupState) -> None:
    """Ask whether the line is cut before anybody asks who this is: a cut line answers nothing."""
    state.app.before_request_funcs.setdefault(None, []).insert(0, cut_line)


def cut_line() -> Response | None:
    """Refuse every request of a browser that has cut its own line, but those of the tour."""
    if cookies.given(CUT) != "1" or request.path.split("/")[1] in {"tour", "static"}:
        return None
    if request.accept_mimetypes.best == "application/json":
        answer = jsonify()
    else:
        answer = make_response(render_template("admin/tour_cut.html"))
    answer.status_code = 503
    return answer


@bp.get("")
@permission(PUBLIC)
def show() -> ResponseReturnValue:
    """Show the doors, the things to try, and the switch of this browser's line."""
    doors = installation.setting(reading(), service.DOORS) or {}
    return render_template(
        "admin/tour.html",
        learners=[(door, words) for door, words in LEARNERS.items() if door in doors],
        offices=[(door, words) for door, words in OFFICES.items() if door in doors],
        things=_things(),
        cut=cookies.given(CUT) == "1",
        every=LANGUAGES,
        names_of_languages=LANGUAGE_NAMES,
    )


@bp.post("/visit")
@permission(PUBLIC)
def visit() -> ResponseReturnValue:
    """Sign this browser in as the invented person behind a door."""
    doors = installation.setting(reading(), service.DOORS) or {}
    door = request.form.get("door", "")
    if door not in doors:
        raise NotFound
    person_id, now, kind = UUID(doors[door]), clock.now(), machine.kind()
    row = g.get("session_row")
    with transaction() as session:
        if row is not None:
            accounts.sign_out(session, row.id, row.person_id, now=now)
        token = accounts.open_session(session, person_id, kind, proved=True, now=now)
        facts = {"way": "tour", "machine": kind}
        audit.append(session, person_id, "sign-in.done", str(person_id), facts, now=now)
    answer = redirect(url_for("desk.home"), 303)
    account_session.give_cookie(answer, token)
    return answer


@bp.post("/line")
@permission(PUBLIC)
def line() -> ResponseReturnValue:
    """Cut the line of this browser, or mend it."""
    answer = redirect(url_for(".show", language=current().code, _anchor="line"), 303)
    if request.form.get("line") == "cut":
        flash(gettext("The line of this browser is cut. Only this page still answers."))
        cookies.give(answer, CUT, "1")
    else:
        flash(gettext("The line of this browser is mended. What was waiting is sent now."))
        cookies.take(answer, CUT)
    return answer


def _things() -> list[Thing]:
    """Return the things to try that this server has, each with the address where it begins."""
    return [
        Thing(words, url_for(endpoint, **values))
        for words, endpoint, values in THINGS
        if endpoint.startswith(".") or has_endpoint(endpoint)
    ]
