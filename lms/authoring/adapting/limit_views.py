"""The limits of a country: what it closes and leaves out, its rules of the test, the register."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from lms.authoring.adapting import actions
from lms.authoring.adapting.access import Place, core, nothing, place
from lms.authoring.adapting.forms import (
    WORDS,
    ItemForm,
    LimitForm,
    ModuleForm,
    RulesForm,
    UndoForm,
    rules_form,
    told_form,
    words_of,
)
from lms.authoring.adapting.layers import item_now, seen_rules
from lms.content.model import Limit
from lms.content.nation_tables import RULES
from lms.content.readiness import LIMIT_WORDS, limits
from lms.db import transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web.language import IN_LANGUAGE, gettext, say
from lms.web.pages import viewer
from lms.web.permissions import WRITE, permission

bp = Blueprint(
    "nation_limits", __name__, url_prefix=f"{IN_LANGUAGE}/write/<uuid:draft_id>/countries/<nation>"
)
CLOSED = ("item", "module", "course")


@bp.get("/limits")
@permission(WRITE)
def show(draft_id: UUID, nation: str) -> ResponseReturnValue:
    """Show what the country limits and its rules of the test, with a way back from each."""
    here = place(draft_id, nation, nothing)
    return render_template(
        "adapting/limits.html",
        here=here,
        room=here.room,
        rows=limits(here.nation),
        words=LIMIT_WORDS,
        names=[name for name, _, _ in RULES],
        form_of_rules=rules_form()(),
    )


@bp.get("/register")
@permission(WRITE)
def register(draft_id: UUID, nation: str) -> ResponseReturnValue:
    """Print the register of a country's limits: what, by which law, when and by whom checked."""
    here = place(draft_id, nation, nothing)
    return render_template(
        "adapting/register.html",
        here=here,
        room=here.room,
        rows=limits(here.nation),
        words=LIMIT_WORDS,
    )


@bp.route("/limits/<any(item, module, course):kind>", methods=["GET", "POST"])
@permission(WRITE)
def close(draft_id: UUID, nation: str, kind: str) -> ResponseReturnValue:
    """Close a question, a module or the whole course in this country."""
    here = place(draft_id, nation, core if kind == "item" else nothing)
    if not here.may_write:
        raise NotFound
    form = _form(here, kind)
    if request.method == "GET":
        return _close_page(here, kind, form)
    if not form.validate() or not _is_possible(here, form):
        return _close_page(here, kind, form), form.status
    closed = form.item.data if isinstance(form, ItemForm) else ""
    made_from = item_now(here.data, closed) if closed else ""
    closed = form.module.data if isinstance(form, ModuleForm) else closed
    try:
        with transaction() as session:
            actions.close(
                session,
                viewer(),
                draft_id,
                nation,
                kind,
                closed,
                form.limit(words_of(form), made_from),
                now=clock.now(),
            )
    except Refused as refused:
        form.refuse(refused)
        return _close_page(here, kind, form), form.status
    flash(gettext("Saved."))
    return redirect(url_for(".show", draft_id=draft_id, nation=nation), 303)


def _form(here: Place, kind: str) -> LimitForm:
    """Return the form of what is to be closed, filled with what is known of it."""
    if kind == "item":
        item = request.args.get("code", "")
        known = here.nation.items_closed.get(item, Limit())
        return ItemForm(request.form, item=item, **_filled(known))
    if kind == "course":
        known = here.nation.closed_course or Limit()
        return told_form(LimitForm, here.languages)(request.form, **_filled(known))
    module = request.args.get("code", "")
    known = here.nation.closed.get(module, Limit())
    form = told_form(ModuleForm, here.languages)(
        request.form, module=module or None, **_filled(known)
    )
    if isinstance(form, ModuleForm):
        codes = [each.code for each in here.facts.modules]
        form.module.choices = [SelectChoice(each, each) for each in codes]
    return form


def _filled(limit: Limit) -> dict[str, object]:
    words = {f"{WORDS}{language}": said for language, said in limit.words.items()}
    return {"law": limit.law, "on": limit.date, "checker": limit.checker, **words}


def _is_possible(here: Place, form: LimitForm) -> bool:
    """Refuse beside its field what the course does not have, and what would leave no lesson."""
    if isinstance(form, ItemForm) and not item_now(here.data, form.item.data or ""):
        form.item.errors = [gettext("This course has no such question.")]
        return False
    if isinstance(form, ModuleForm):
        left = {each.code for each in here.facts.modules} - {*here.nation.closed, form.module.data}
        if not left:
            form.module.errors = [gettext("Nothing would be left. Close the whole course instead.")]
            return False
    return True


def _close_page(here: Place, kind: str, form: LimitForm) -> str:
    return render_template(
        "adapting/close.html", here=here, room=here.room, kind=kind, form=form, prefix=WORDS
    )


@bp.post("/limits/undone")
@permission(WRITE)
def undo(draft_id: UUID, nation: str) -> ResponseReturnValue:
    """Take one limit back."""
    place(draft_id, nation, nothing)
    form = UndoForm(request.form)
    if not form.validate():
        raise NotFound
    back = redirect(url_for(".show", draft_id=draft_id, nation=nation), 303)
    try:
        with transaction() as session:
            actions.undo(
                session,
                viewer(),
                draft_id,
                nation,
                form.kind.data,
                form.code.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        flash(say(refused.message), "error")
        return back
    flash(gettext("Taken back. The course says here what it says everywhere."))
    return back


@bp.route("/limits/rules", methods=["GET", "POST"])
@permission(WRITE)
def rules(draft_id: UUID, nation: str) -> ResponseReturnValue:
    """Say the country's own rules of the test; what is left empty is as the course says."""
    here = place(draft_id, nation, nothing)
    if not here.may_write:
        raise NotFound
    form = rules_form()(request.form if request.method == "POST" else None, **_rules(here))
    if request.method == "GET":
        return _rules_page(here, form)
    if not form.validate():
        return _rules_page(here, form), form.status
    try:
        with transaction() as session:
            done = actions.save_rules(
                session,
                viewer(),
                draft_id,
                nation,
                form.rules(),
                form.validity_months.data,
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        form.refuse(refused)
        return _rules_page(here, form), form.status
    if done.aside:
        now = place(draft_id, nation, nothing)
        theirs = rules_form()(**_rules(now))
        form.seen.data = theirs.seen.data
        return _rules_page(now, form, theirs=theirs), 409
    flash(gettext("Saved."))
    return redirect(url_for(".show", draft_id=draft_id, nation=nation), 303)


def _rules(here: Place) -> dict[str, object]:
    nation = here.nation
    return {
        **nation.pass_rule,
        "validity_months": nation.validity_months,
        "seen": seen_rules(nation),
    }


def _rules_page(here: Place, form: RulesForm, *, theirs: RulesForm | None = None) -> str:
    """Show the rules; ``theirs`` is what somebody else has said meanwhile."""
    return render_template(
        "adapting/rules.html", here=here, room=here.room, form=form, theirs=theirs, rules=RULES
    )
