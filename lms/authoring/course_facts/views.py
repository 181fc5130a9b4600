"""The page of a course: what it says of itself, changed by one small form for each thing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.words import FUNCTION_WORDS
from lms.authoring.course_facts import edits, queries, rules
from lms.authoring.course_facts.edits import TOML, about_path
from lms.authoring.course_facts.forms import PARTS, FactsForm, RuleForm, TitlesForm
from lms.authoring.course_facts.page import Open, opened, opened_in, save
from lms.authoring.course_facts.words import ACCESS_WORDS, PART_WORDS
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.access import Room, room
from lms.authoring.drafts.titles import titles_of
from lms.catalogue.structure import PassRule
from lms.db import reading
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message
from lms.learning.rules import effective_rule, pass_sentence
from lms.web.forms import title_choices
from lms.web.language import IN_LANGUAGE, asked_language, current, gettext
from lms.web.pages import site, viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint("course_facts", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/course")

# So many bytes of a lesson hold its title and its objectives, which come first.
LESSON_HEAD = 3000


@bp.get("")
@permission(WRITE)
def show(draft_id: UUID) -> ResponseReturnValue:
    """Show what a course says of itself, its modules and its lessons with their outcomes."""
    here = room(draft_id)
    if here.facts is None:
        return render_template("course_facts/unreadable.html", room=here)
    found = opened_in(here)
    heads = drafts.heads(reading(), viewer(), here.draft, here.draft.source, LESSON_HEAD)
    return render_template(
        "course_facts/show.html",
        room=here,
        facts=here.facts,
        front=found.front,
        modules=found.modules,
        titles=titles_of(heads),
        seen=found.seen,
        parts=PART_WORDS,
        outcomes=_outcomes(here, heads),
        functions=FUNCTION_WORDS,
        access=ACCESS_WORDS,
        others=_others(here) if here.facts.prerequisites else {},
        sentence=_sentence(dict(here.facts.pass_rule)),
        may_write=here.rights.writes_source,
    )


def _outcomes(here: Room, heads: dict[str, bytes]) -> dict[str, list[str]]:
    codes = here.facts.codes() if here.facts else ()
    paths = {code: edits.lesson_path(here.draft.source, code) for code in codes}
    return {
        code: rules.outcomes_in(heads.get(path, b"").decode(errors="ignore"))
        for code, path in paths.items()
    }


def _others(here: Room) -> dict[str, Any]:
    return {
        each.slug: each
        for each in queries.other_courses(reading(), viewer(), here.draft, current().code)
    }


def _sentence(rule: dict[str, Any]) -> Message:
    """Return the sentence that learners will read here."""
    return pass_sentence(effective_rule(PassRule(**rule), floor=site().least_percent))


@bp.route("/titles", methods=["GET", "POST"])
@permission(WRITE)
def titles(draft_id: UUID) -> ResponseReturnValue:
    """Show and change the titles of the course."""
    found = opened(draft_id)
    form = TitlesForm(request.form if request.method == "POST" else None, data=dict(found.front))
    source = found.room.draft.source
    if request.method == "GET" or not form.validate():
        return _titles_page(found, form), form.status
    if found.facts.access == "restricted" and not form.public_title.data:
        needed = gettext("A restricted course needs a title that gives nothing away.")
        form.public_title.errors = [needed]
        return _titles_page(found, form), 422
    try:
        save(
            found,
            [about_path(source)],
            lambda files: edits.with_titles(
                files, source, form.title.data, form.public_title.data or "", form.news.data or ""
            ),
        )
    except Refused as refused:
        form.refuse(refused)
        return _titles_page(opened(draft_id), form), form.status
    return _done(draft_id)


def _titles_page(found: Open, form: TitlesForm) -> str:
    words = PART_WORDS["titles"]
    return render_template(
        "course_facts/titles.html",
        room=found.room,
        form=form,
        seen=found.seen,
        title=gettext(words),
    )


def _done(draft_id: UUID) -> ResponseReturnValue:
    flash(gettext("Saved."))
    return redirect(url_for("course_facts.show", draft_id=draft_id), 303)


@bp.route(
    "/<any(audience, prerequisites, validity, access, rule, tests, slot, box):part>",
    methods=["GET", "POST"],
)
@permission(WRITE)
def part(draft_id: UUID, part: str) -> ResponseReturnValue:
    """Show and change one part of ``course.toml``; ``of`` names one of several slots or boxes."""
    found = opened(draft_id)
    name = request.args.get("of", "")
    _require(found, part, name)
    form = PARTS[part](request.form)
    if request.method == "GET":
        form.process(data=form.now(found.facts, name))
    form.offer(found.facts, _choices(found.room) if form.needs_others else (), name)
    takes_away = form.removes and bool(name) and request.form.get("go") == "remove"
    if request.method == "GET" or (not takes_away and not form.validate()):
        return _part_page(found, part, name, form), form.status
    if asked_language() is not None:
        return _part_page(found, part, name, form), 200
    try:
        save(
            found,
            [TOML],
            lambda files: {
                TOML: (
                    form.without(files[TOML].decode(), name)
                    if takes_away
                    else form.written(files[TOML].decode())
                ).encode()
            },
        )
    except Refused as refused:
        form.refuse(refused)
        return _part_page(opened(draft_id), part, name, form), form.status
    return _done(draft_id)


def _require(found: Open, part: str, name: str) -> None:
    known = {"slot": found.facts.critical, "box": found.facts.boxes}.get(part, {})
    if (name and name not in known) or (part == "tests" and found.facts.kind != "course"):
        raise NotFound


def _choices(here: Room) -> list[tuple[str, str, dict[str, str]]]:
    return title_choices((each.slug, each.title, each.title_in) for each in _others(here).values())


def _part_page(found: Open, part: str, name: str, form: FactsForm) -> str:
    sentence = None
    if isinstance(form, RuleForm):
        typed = {key: value for key, value in form.rule().items() if value is not None}
        sentence = _sentence({**found.facts.pass_rule, **typed})
    return render_template(
        "course_facts/part.html",
        room=found.room,
        form=form,
        seen=found.seen,
        part=part,
        name=name,
        title=gettext(PART_WORDS[part]),
        sentence=sentence,
        fields=[each for each in form if each.type != "CSRFTokenField"],
    )
