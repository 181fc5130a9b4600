"""The course itself: titles, for whom, what passes, and the order of its lessons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.authoring.course_facts import actions
from lms.authoring.course_facts.actions import TOML, Seen
from lms.authoring.course_facts.forms import (
    FactsForm,
    NewLessonForm,
    PlaceForm,
    RuleForm,
    SeenForm,
    TitlesForm,
)
from lms.authoring.drafts import queries
from lms.authoring.drafts.access import Room, room
from lms.authoring.drafts.titles import titles_of
from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.model import CourseFacts
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.language import IN_LANGUAGE, gettext, say
from lms.web.pages import viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint("course_facts", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/course")

Forms = Mapping[str, SeenForm]


@bp.get("")
@permission(WRITE)
def show(draft_id: UUID) -> ResponseReturnValue:
    """Show what the course is, with a small form for each change."""
    return _page(room(draft_id), {})


def _page(here: Room, sent: Forms) -> str:
    facts = _facts(here)
    session, me = reading(), viewer()
    about = f"{here.draft.source}/course.md"
    found = queries.read(session, me, here.draft, [TOML, about])
    document = read_document(about, found[about].data, Faults()) if found[about].data else None
    front: Mapping[str, Any] = document.front if document else {}
    titles = titles_of(queries.heads(session, me, here.draft, here.draft.source))
    modules = {str(code): str(said) for code, said in dict(front.get("modules", {})).items()}
    seen = {"toml_seen": found[TOML].number, "titles_seen": found[about].number}
    rule, tests = facts.pass_rule, facts.tests
    forms = {
        "titles": TitlesForm(
            title=front.get("title", ""), public_title=front.get("public_title", ""), **seen
        ),
        "facts": FactsForm(
            audience=list(facts.audience), access=facts.access,
            prerequisites=" ".join(facts.prerequisites), validity_months=facts.validity_months,
            review_by=facts.review_by, **seen,
        ),
        "rule": RuleForm(
            **{name: rule[name] for name in (
                "percent", "attempts", "window_days", "pause_hours", "about_minutes"
            )},
            limit=rule["minutes"],
            pre_items=tests["pre"]["items"] if "pre" in tests else 0,
            post_items=tests["post"]["items"] if "post" in tests else None,
            post_scenarios=tests["post"]["scenarios"] if "post" in tests else 0, **seen,
        ),
        "lesson": NewLessonForm(facts=facts, titles=modules, module=facts.modules[-1].code, **seen),
        **sent,
    }  # fmt: skip
    return render_template(
        "course_facts/show.html", room=here, facts=facts, forms=forms, titles=titles,
        modules=modules, seen=seen, may=here.rights.writes_source, sent=next(iter(sent), ""),
        form=next(iter(sent.values()), forms["titles"]),
    )  # fmt: skip


def _facts(here: Room) -> CourseFacts:
    """Return what ``course.toml`` says; without modules there is nothing to order."""
    if here.facts is None or not here.facts.modules:
        raise NotFound
    return here.facts


def _carried_out(draft_id: UUID, name: str, form: Any, act: Any, done: str) -> ResponseReturnValue:  # noqa: ANN401 -- a form and an action of many
    """Carry a form out; a refused one comes back with what was typed."""
    here = room(draft_id)
    if not here.rights.writes_source:
        raise NotFound
    if not form.validate():
        return _page(here, {name: form}), form.status
    seen = Seen(int(form.toml_seen.data), int(form.titles_seen.data))
    try:
        with transaction() as session:
            act(session, seen)
    except Refused as refused:
        form.form_errors.append(say(refused.message))
        # What was typed is sent again beside what the course says now.
        form.toml_seen.data = form.titles_seen.data = None
        return _page_again(draft_id, name, form), refused.status
    flash(done)
    return redirect(url_for(".show", draft_id=draft_id, _anchor=f"{name}-form"), 303)


def _page_again(draft_id: UUID, name: str, form: Any) -> str:  # noqa: ANN401 -- a form of many
    here = room(draft_id)
    about = f"{here.draft.source}/course.md"
    found = queries.read(reading(), viewer(), here.draft, [TOML, about])
    form.toml_seen.data, form.titles_seen.data = found[TOML].number, found[about].number
    return _page(here, {name: form})


@bp.post("/titles")
@permission(WRITE)
def titles(draft_id: UUID) -> ResponseReturnValue:
    """Write the titles of the course and of its modules."""
    form = TitlesForm(request.form)
    modules = {
        name.removeprefix("module-"): said.strip()[:90]
        for name, said in request.form.items() if name.startswith("module-") and said.strip()
    }  # fmt: skip

    def act(session: Session, seen: Seen) -> None:
        actions.set_titles(
            session, viewer(), draft_id, seen, form.title.data, form.public_title.data or "",
            modules, now=clock.now(),
        )  # fmt: skip

    return _carried_out(draft_id, "titles", form, act, gettext("The titles are saved."))


@bp.post("/facts")
@permission(WRITE)
def facts(draft_id: UUID) -> ResponseReturnValue:
    """Write for whom the course is and how long its certificate counts."""
    form = FactsForm(request.form)

    def act(session: Session, seen: Seen) -> None:
        values = {
            "audience": form.audience.data, "access": form.access.data,
            "prerequisites": (form.prerequisites.data or "").split(),
            "validity_months": form.validity_months.data, "review_by": form.review_by.data,
        }  # fmt: skip
        actions.set_facts(session, viewer(), draft_id, seen, values, now=clock.now())

    return _carried_out(draft_id, "facts", form, act, gettext("Saved."))


@bp.post("/rule")
@permission(WRITE)
def rule(draft_id: UUID) -> ResponseReturnValue:
    """Write what passes and how many questions the tests have."""
    form = RuleForm(request.form)

    def act(session: Session, seen: Seen) -> None:
        names = ("percent", "attempts", "window_days", "pause_hours", "about_minutes")
        values = {**{name: form[name].data for name in names}, "minutes": form.limit.data}
        tests = {
            "pre": (form.pre_items.data or 0, 0),
            "post": (form.post_items.data or 0, form.post_scenarios.data or 0),
        }
        actions.set_rule(
            session, viewer(), draft_id, seen, values, tests,
            now=clock.now(),
        )  # fmt: skip

    return _carried_out(draft_id, "rule", form, act, gettext("The rule is saved."))


@bp.post("/lessons")
@permission(WRITE)
def add_lesson(draft_id: UUID) -> ResponseReturnValue:
    """Add a lesson, in a module or in a new one."""
    form = NewLessonForm(request.form, facts=_facts(room(draft_id)), titles={})

    def act(session: Session, seen: Seen) -> None:
        actions.add_lesson(
            session, viewer(), draft_id, seen, form.new_title.data, form.new_minutes.data or 15,
            form.module.data, form.module_title.data or "", now=clock.now(),
        )  # fmt: skip

    return _carried_out(draft_id, "lesson", form, act, gettext("The lesson is added. Write it."))


@bp.post("/places")
@permission(WRITE)
def place(draft_id: UUID) -> ResponseReturnValue:
    """Move a lesson, or give it other minutes, or take it out: ``go`` says which."""
    form = PlaceForm(request.form)
    go = request.form.get("go", "save")
    codes = _facts(room(draft_id)).codes()
    at = codes.index(form.lesson.data) + 1 if form.lesson.data in codes else 0

    def act(session: Session, seen: Seen) -> None:
        if go == "remove":
            actions.remove_lesson(
                session, viewer(), draft_id, seen, form.lesson.data, now=clock.now()
            )
            return
        to = {"up": at - 1, "down": at + 1}.get(go, form.place.data)
        actions.place_lesson(
            session, viewer(), draft_id, seen, form.lesson.data, to if to != at else None,
            form.minutes.data if go == "save" else None, now=clock.now(),
        )  # fmt: skip

    return _carried_out(draft_id, "order", form, act, gettext("Saved."))
