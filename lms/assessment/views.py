"""The quiz page, saving answers with and without scripts, and what is still unanswered."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lms.assessment import actions, queries, rules
from lms.assessment.actions import Sending
from lms.assessment.codes import LONGEST_TEXT, MOST_PARTS, Codes, Fields
from lms.assessment.controls import controls
from lms.assessment.forms import AnswerForm, PageSaveForm, SettleForm, json_in, uuid_in
from lms.assessment.marking import is_answered, unclear
from lms.assessment.senders import BadAnswerError, person_tag, require_person
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.tables import AnyRow
from lms.web import csrf
from lms.web.language import IN_LANGUAGE, asked_language, current, gettext, sentence
from lms.web.pages import shown_time, viewer
from lms.web.permissions import LEARN, permission

bp = Blueprint("assessment", __name__, static_folder=None)

FIELD = "a."  # the controls of a question are named a.<item> or a.<item>:<part>
MOST_ITEMS = 200
SAVE_AFTER = 5  # without scripts there is a save button after so many questions


@bp.get(f"{IN_LANGUAGE}/tests/<uuid:attempt_id>")
@permission(LEARN)
def quiz(attempt_id: UUID) -> ResponseReturnValue:
    """Show the whole test in one page, with every answer that the server holds."""
    attempt = queries.attempt(reading(), viewer(), attempt_id, current().code)
    if attempt.state != "open":
        return redirect(url_for("desk.result", attempt_id=attempt_id))
    return render_template(
        "assessment/quiz.html",
        attempt=attempt,
        questions=questions_of(attempt),
        page=secrets.token_hex(8),
        person=person_tag(viewer()),
        save_after=SAVE_AFTER,
    )


@bp.post(f"{IN_LANGUAGE}/tests/<uuid:attempt_id>")
@permission(LEARN)
def save_page(attempt_id: UUID) -> ResponseReturnValue:
    """Keep every answer of the page; go on in the test, or to what is still unanswered."""
    form = PageSaveForm(request.form)
    if not form.validate():
        raise NotFound
    sent = fields_of(request.form.to_dict(flat=False))
    with transaction() as session:
        last = actions.store_page(
            session,
            viewer(),
            attempt_id,
            sent,
            Sending(form.page.data or "", form.seen.data or 0, current().code),
            whole=bool(form.whole.data),
            now=clock.now(),
        )
    goto = form.go.data or ""
    if goto == "finish":
        return redirect(url_for(".unanswered", attempt_id=attempt_id), 303)
    if wanted := asked_language():
        return redirect(url_for(".quiz", attempt_id=attempt_id, language=wanted), 303)
    # Enter in a field presses a button that names no place: then back to where somebody was.
    goto = goto or (f"q-{last}" if last else "")
    flash(gettext("Saved at %(time)s.", time=shown_time(clock.now())))
    return redirect(url_for(".quiz", attempt_id=attempt_id, _anchor=goto or None), 303)


@bp.post(f"{IN_LANGUAGE}/tests/<uuid:attempt_id>/choice")
@permission(LEARN)
def settle(attempt_id: UUID) -> ResponseReturnValue:
    """Take the person's decision between two answers that were given on two pages."""
    form = SettleForm(request.form)
    answer_id = uuid_in(form.answer.data)
    if not form.validate() or answer_id is None:
        raise NotFound
    with transaction() as session:
        actions.settle(session, viewer(), attempt_id, answer_id, now=clock.now())
    return redirect(url_for(".quiz", attempt_id=attempt_id, _anchor=f"q-{form.item.data}"), 303)


@bp.get(f"{IN_LANGUAGE}/tests/<uuid:attempt_id>/unanswered")
@permission(LEARN)
def unanswered(attempt_id: UUID) -> ResponseReturnValue:
    """Show what is still unanswered before the test is handed in."""
    attempt = queries.attempt(reading(), viewer(), attempt_id, current().code)
    if attempt.state != "open":
        return redirect(url_for("desk.result", attempt_id=attempt_id))
    questions = questions_of(attempt)
    return render_template(
        "assessment/unanswered.html",
        attempt=attempt,
        person=person_tag(viewer()),
        open_questions=[each for each in questions if not each["answered"]],
        disputed=[each for each in questions if each["others"]],
        unclear=[each for each in questions if each["unclear"] is not None],
        total=len(questions),
    )


@bp.post("/answers")
@permission(LEARN)
def store() -> ResponseReturnValue:
    """Keep one answer that a script sends; say so only after the commit."""
    form = AnswerForm.from_json(json_in(request.get_data()))
    if form is None:
        raise BadAnswerError
    require_person(form.person, viewer())
    now = clock.now()
    with transaction() as session:
        sending = Sending(
            form.page, form.seen, form.language, form.carrier, form.n, form.claimed_at
        )
        stored = actions.store_answer(
            session, viewer(), form.attempt, form.item, form.fields, sending, now=now
        )
    return jsonify(
        at=shown_time(now), version=stored.version, stale=stored.stale, late=stored.late is not None
    )


@bp.get("/answers/who")
@permission(LEARN)
def who() -> ResponseReturnValue:
    """Tell a script who is signed in, as a tag, and the token to send with."""
    return jsonify(person=person_tag(viewer()), token=csrf.token())


def fields_of(sent: Mapping[str, list[str]]) -> dict[str, Fields]:
    """Return item -> part -> values from a sent page; what is not answered there is missing."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, values in sent.items():
        if name.startswith(FIELD) and len(found) < MOST_ITEMS:
            item, _, part = name[len(FIELD) :].partition(":")
            fields = found.setdefault(item, {})
            if len(fields) < MOST_PARTS:
                fields[part] = [value[:LONGEST_TEXT] for value in values[:10]]
    return dict(found)


def questions_of(attempt: AnyRow) -> list[dict[str, Any]]:
    """Return the questions of an open test as the page shows them: codes, words, what was said.

    Nothing in here tells which choice is right.
    """
    session = reading()
    order = [each["item"] for each in attempt.items]
    rows = queries.words(
        session, attempt.edition_id, order, dict.fromkeys((current().code, attempt.language))
    )
    held = rules.current(queries.answers(session, attempt.id))
    spoken = partial(sentence, language=current().code)
    shown = []
    for number, place in enumerate(attempt.items, 1):
        row = rows[place["item"]]
        codes = Codes(attempt.secret, row.item_id, row.kind, row.key)
        counted = held.get(row.item_id, rules.Current(None))
        choice = counted.said.choice if counted.said else None
        ordered, said = _order(row.kind, row.key, place["order"]), codes.fields(choice)
        shown.append(
            {
                "controls": controls(
                    row.item_id, row.kind, row.words, codes.code, ordered, said, spoken
                ),
                "number": number,
                "id": row.item_id,
                "kind": row.kind,
                "words": {
                    name: value
                    for name, value in row.words.items()
                    if name not in {"why", "feedback"}
                },
                "language": row.language,
                "codes": codes.code,
                "order": ordered,
                "choose": row.key.get("choose"),
                "said": said,
                "answered": is_answered(row.kind, row.key, choice),
                "unclear": unclear(row.kind, row.key, choice),
                "others": [
                    {"id": each.id, "fields": codes.fields(each.choice), "at": each.stored_at}
                    for each in counted.others
                ],
                "current": counted.said,
            }
        )
    return shown


def _order(kind: str, key: Mapping[str, Any], order: list[str]) -> list[str] | dict[str, list[str]]:
    """Return the letters in the form's order; a scenario's by step, a matching's right sides."""
    if kind == "scenario":
        return {
            step["id"]: [
                letter.partition(".")[2] for letter in order if letter.startswith(step["id"] + ".")
            ]
            for step in key["steps"]
        }
    return order
