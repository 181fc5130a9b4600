"""The structure of a course: modules and lessons, added, moved and taken out."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.authoring.course_facts import edits, queries, rules
from lms.authoring.course_facts.edits import TOML, Changes, Files, about_path, lesson_path
from lms.authoring.course_facts.page import Open, opened, save
from lms.authoring.course_structure.forms import (
    LessonForm,
    ModuleForm,
    NewLessonForm,
    NewModuleForm,
)
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.titles import title_in
from lms.content.model import LessonFacts
from lms.db import reading
from lms.kernel.errors import LmsError, NotFound
from lms.web.forms import PageForm
from lms.web.language import IN_LANGUAGE, gettext, say
from lms.web.pages import viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint(
    "course_structure", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/course"
)
DIRECTIONS = {"up": -1, "down": 1}


@bp.post("/move")
@permission(WRITE)
def move(draft_id: UUID) -> ResponseReturnValue:
    """Move a lesson or a module one place up or down: the button carries ``up AB-1.2``."""
    found = opened(draft_id)
    way, _, code = request.form.get("to", "").partition(" ")
    known = {*found.facts.codes(), *(each.code for each in found.facts.modules)}
    if way not in DIRECTIONS or code not in known:
        raise NotFound
    try:
        save(found, [TOML], lambda files: edits.moved(files, code, DIRECTIONS[way]))
    except LmsError as refused:
        flash(say(refused.message), "error")
    return redirect(url_for("course_facts.show", draft_id=draft_id, _anchor=f"in-{code}"), 303)


@bp.route("/lessons/new", methods=["GET", "POST"])
@permission(WRITE)
def new_lesson(draft_id: UUID) -> ResponseReturnValue:
    """Add a lesson; its code is the next free one and stays for good."""
    found, here = opened(draft_id), viewer()
    used = {*queries.used_codes(reading(), here, found.room.draft), *found.facts.codes()}
    module = request.args.get("module", "")
    if module not in {each.code for each in found.facts.modules}:
        raise NotFound
    form = NewLessonForm(
        _sent(), code=rules.next_lesson_code(module, used), minutes=15, module=module
    )
    form.offer(found.facts, found.modules)
    title = gettext("Add a lesson")
    if request.method == "GET" or not form.validate():
        return _page(found, form, title), form.status
    source, lesson = found.room.draft.source, form.lesson()
    if _is_taken(form, lesson.code, used):
        return _page(found, form, title), 422
    names = [lesson_path(source, name) for name in (*found.facts.codes(), "course", "glossary")]
    others = drafts.read(reading(), here, found.room.draft, names)
    text = url_for("writing.text", draft_id=draft_id, path=lesson_path(source, lesson.code))
    return _saved(
        found,
        form,
        title,
        [TOML],
        lambda files: edits.new_lesson(
            files,
            source,
            lesson,
            form.title.data,
            form.module.data,
            {path: each.data for path, each in others.items()},
        ),
        then=text,
    )


def _sent() -> object:
    return request.form if request.method == "POST" else None


def _is_taken(form: NewLessonForm | NewModuleForm, code: str, used: Collection[str]) -> bool:
    """Return whether a code was ever used, and say so beside the field."""
    if code not in used:
        return False
    form.code.errors = [gettext("This code was used before. Codes are never used again.")]
    return True


def _page(found: Open, form: PageForm, title: str, **more: object) -> str:
    fields = [each for each in form if each.type != "CSRFTokenField"]
    return render_template(
        "course_structure/form.html",
        room=found.room,
        form=form,
        seen=found.seen,
        title=title,
        fields=fields,
        **more,
    )


def _saved(
    found: Open,
    form: PageForm,
    title: str,
    paths: Collection[str],
    edit: Callable[[Files], Changes],
    *,
    then: str,
    **more: object,
) -> ResponseReturnValue:
    """Save and go on; a refused form comes back with what was typed."""
    try:
        save(found, paths, edit)
    except LmsError as refused:
        if isinstance(refused, NotFound):
            raise
        form.refuse(refused)
        again = opened(found.room.draft.id, [path for path in paths if found.seen.get(path)])
        return _page(again, form, title, **more), form.status
    flash(gettext("Saved."))
    return redirect(then, 303)


def _overview(found: Open) -> str:
    return url_for("course_facts.show", draft_id=found.room.draft.id)


@bp.route("/lessons/<code>", methods=["GET", "POST"])
@permission(WRITE)
def lesson(draft_id: UUID, code: str) -> ResponseReturnValue:
    """Show and change the title, the minutes and the place of a lesson."""
    found = opened(draft_id)
    m, n = _place(found, code)
    source, path = found.room.draft.source, lesson_path(found.room.draft.source, code)
    found = _with(found, path)
    module = found.facts.modules[m]
    form = LessonForm(
        _sent(),
        title=title_in(found.files[path].data),
        minutes=module.lessons[n].minutes,
        module=module.code,
        place=n + 1,
    )
    form.offer(found.facts, found.modules)
    outcomes = rules.outcomes_in(found.files[path].text)
    if request.method == "GET" or not form.validate():
        return _page(found, form, code, lesson=code, path=path, outcomes=outcomes), form.status
    new = LessonFacts(code, form.minutes.data or 1)
    return _saved(
        found,
        form,
        code,
        [TOML, path],
        lambda files: edits.changed_lesson(
            files, source, new, form.title.data, form.module.data, form.place.data
        ),
        then=_overview(found),
        lesson=code,
        path=path,
        outcomes=outcomes,
    )


def _place(found: Open, code: str) -> tuple[int, int]:
    try:
        return rules.place_of(found.facts.modules, code)
    except KeyError:
        raise NotFound from None


def _with(found: Open, path: str) -> Open:
    """Return the course with one more file; a lesson that is not written yet has the number 0."""
    more = drafts.read(reading(), viewer(), found.room.draft, [path])
    return Open(found.room, found.facts, {**found.files, **more})


@bp.route("/lessons/<code>/remove", methods=["GET", "POST"])
@permission(WRITE)
def remove_lesson(draft_id: UUID, code: str) -> ResponseReturnValue:
    """Say what depends on a lesson, then take it out; its texts stay as versions."""
    found = opened(draft_id)
    _place(found, code)
    draft, source = found.room.draft, found.room.draft.source
    if request.method == "GET":
        texts = drafts.heads(reading(), viewer(), draft, source, size=2**20)
        names = {
            path.partition("/")[2]: text.decode(errors="replace") for path, text in texts.items()
        }
        return _removal(found, code, rules.dependents(code, names, found.facts.critical))
    paths = queries.paths(reading(), viewer(), draft, f"{code}.md")
    return _taken_out(
        found,
        lambda files: edits.removed_lesson(files, code, paths),
        [TOML],
        url_for(".remove_lesson", draft_id=draft_id, code=code),
    )


def _removal(found: Open, code: str, depends: rules.Dependents | None) -> str:
    return render_template(
        "course_structure/remove.html",
        room=found.room,
        seen=found.seen,
        code=code,
        depends=depends,
    )


def _taken_out(
    found: Open, edit: Callable[[Files], Changes], paths: Collection[str], back: str
) -> ResponseReturnValue:
    try:
        save(found, paths, edit)
    except LmsError as refused:
        if isinstance(refused, NotFound):
            raise
        flash(say(refused.message), "error")
        return redirect(back, 303)
    flash(gettext("Taken out. Every version of its texts is kept."))
    return redirect(_overview(found), 303)


@bp.route("/modules/new", methods=["GET", "POST"])
@permission(WRITE)
def new_module(draft_id: UUID) -> ResponseReturnValue:
    """Add a module with an empty bank of questions."""
    found = opened(draft_id)
    used = {*queries.used_codes(reading(), viewer(), found.room.draft), *found.facts.codes()}
    used |= {each.code for each in found.facts.modules}
    form = NewModuleForm(_sent(), code=rules.next_module_code(found.facts.modules, used))
    title, source = gettext("Add a module"), found.room.draft.source
    if request.method == "GET" or not form.validate():
        return _page(found, form, title), form.status
    if _is_taken(form, form.code.data, used):
        return _page(found, form, title), 422
    return _saved(
        found,
        form,
        title,
        [TOML, about_path(source)],
        lambda files: edits.new_module(files, source, form.code.data, form.title.data),
        then=_overview(found),
    )


@bp.route("/modules/<code>", methods=["GET", "POST"])
@permission(WRITE)
def module(draft_id: UUID, code: str) -> ResponseReturnValue:
    """Show and change the title and the place of a module."""
    found = opened(draft_id)
    place = _module_place(found, code)
    form = ModuleForm(_sent(), title=str(found.modules.get(code, "")), place=place + 1)
    empty, source = not found.facts.modules[place].lessons, found.room.draft.source
    if request.method == "GET" or not form.validate():
        return _page(found, form, code, module=code, empty=empty), form.status
    return _saved(
        found,
        form,
        code,
        [TOML, about_path(source)],
        lambda files: edits.changed_module(files, source, code, form.title.data, form.place.data),
        then=_overview(found),
        module=code,
        empty=empty,
    )


def _module_place(found: Open, code: str) -> int:
    try:
        return rules.module_place(found.facts.modules, code)
    except KeyError:
        raise NotFound from None


@bp.route("/modules/<code>/remove", methods=["GET", "POST"])
@permission(WRITE)
def remove_module(draft_id: UUID, code: str) -> ResponseReturnValue:
    """Take a module without lessons out; its bank stays as versions."""
    found = opened(draft_id)
    place, source = _module_place(found, code), found.room.draft.source
    if request.method == "GET":
        if found.facts.modules[place].lessons:
            raise NotFound
        return _removal(found, code, None)
    banks = queries.paths(reading(), viewer(), found.room.draft, f"bank/{code}.md")
    return _taken_out(
        found,
        lambda files: edits.removed_module(files, source, code, banks),
        [TOML, about_path(source)],
        url_for(".module", draft_id=draft_id, code=code),
    )
