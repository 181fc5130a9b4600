"""Documents of the library: added, filled and withdrawn by the country's office alone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.rules import require_office
from lms.admin.library.forms import FileForm, NewDocumentForm, PagesForm, TitlesForm
from lms.catalogue.library import actions, queries, rules
from lms.catalogue.library.queries import Found
from lms.catalogue.programmes.rules import said_in
from lms.db import reading, transaction
from lms.extensions import db
from lms.installation import LANGUAGE_NAMES
from lms.kernel import clock
from lms.kernel.errors import NotFound, Refused
from lms.web import uploads
from lms.web.files import file_store
from lms.web.language import IN_LANGUAGE, current, direction_of, gettext
from lms.web.pages import viewer
from lms.web.permissions import ADMINISTER, permission

bp = Blueprint("documents", __name__, url_prefix=f"{IN_LANGUAGE}/administer/library")


@bp.get("", endpoint="all")
@permission(ADMINISTER)
def show_all() -> ResponseReturnValue:
    """List every document."""
    return render_template(
        "documents/all.html", documents=queries.every_document(reading(), viewer()), **_shared()
    )


@bp.route("/new", methods=["GET", "POST"])
@permission(ADMINISTER)
def add() -> ResponseReturnValue:
    """Add a document; its files follow."""
    require_office(viewer())
    form = NewDocumentForm(request.form if request.method == "POST" else None)
    if request.method == "GET" or not form.validate():
        return render_template("documents/new.html", form=form), form.status
    code = form.code.data or ""
    try:
        with transaction() as session:
            actions.add(session, viewer(), code, form.titles.data, now=clock.now())
    except Refused as refused:
        form.refuse(refused)
        return render_template("documents/new.html", form=form), form.status
    flash(gettext("The document is added. Send its file in each language next."))
    return redirect(url_for(".one", document=code), 303)


@bp.get("/<document>")
@permission(ADMINISTER)
def one(document: str) -> ResponseReturnValue:
    """Show a document: titles, files, and how lessons lead to it."""
    found = queries.any_document(reading(), viewer(), document)
    return render_template("documents/one.html", document=found, **_shared())


@bp.route("/<document>/titles", methods=["GET", "POST"])
@permission(ADMINISTER)
def titles(document: str) -> ResponseReturnValue:
    """Change what a document is called."""
    found = queries.any_document(reading(), viewer(), document)
    form = TitlesForm(request.form if request.method == "POST" else None, titles=found.titles)
    if request.method == "GET" or not form.validate():
        page = render_template("documents/titles.html", form=form, document=found, **_shared())
        return page, form.status
    with transaction() as session:
        actions.change_titles(session, viewer(), document, form.titles.data, now=clock.now())
    return _saved(document)


@bp.route("/<document>/files/<file_language>", methods=["GET", "POST"])
@permission(ADMINISTER)
def file(document: str, file_language: str) -> ResponseReturnValue:
    """Take the PDF of a document in one language."""
    found = _with_language(document, file_language)
    form = FileForm(request.form)
    if request.method == "GET" or not form.validate():
        # Not as ``form``: changing the language would send the file, and no page can keep it.
        page = render_template(
            "documents/file.html",
            upload=form,
            document=found,
            into=file_language,
            largest=rules.LARGEST_MB,
            no_room=None if form.errors or uploads.takes_files() else uploads.NO_ROOM,
            **_shared(),
        )
        return page, form.status
    data = form.data_of_file()
    db.session.remove()  # storing is slow; nobody waits for this connection meanwhile
    digest = file_store().put(data)
    pages = rules.pages_of(data)
    with transaction() as session:
        actions.put_file(
            session, viewer(), document, file_language, digest, len(data), pages, now=clock.now()
        )
    if pages is None:
        flash(
            gettext(
                "The file is in the library. Its pages could not be counted: type how many it has."
            ),
            "warn",
        )
        return redirect(url_for(".pages", document=document, file_language=file_language), 303)
    flash(gettext("The file is in the library."))
    return redirect(url_for(".one", document=document), 303)


@bp.route("/<document>/pages/<file_language>", methods=["GET", "POST"])
@permission(ADMINISTER)
def pages(document: str, file_language: str) -> ResponseReturnValue:
    """Say how many pages a file has."""
    found = _with_language(document, file_language)
    if file_language not in found.files:
        raise NotFound
    form = PagesForm(
        request.form if request.method == "POST" else None, pages=found.files[file_language].pages
    )
    if request.method == "GET" or not form.validate():
        page = render_template(
            "documents/pages.html", form=form, document=found, into=file_language, **_shared()
        )
        return page, form.status
    with transaction() as session:
        actions.set_pages(
            session, viewer(), document, file_language, form.pages.data, now=clock.now()
        )
    return _saved(document)


@bp.post("/<document>/withdrawal")
@permission(ADMINISTER)
def withdraw(document: str) -> ResponseReturnValue:
    """Take a document out of the library."""
    with transaction() as session:
        actions.withdraw(session, viewer(), document, now=clock.now())
    flash(gettext("The document is no longer in the library. Its files are kept."))
    return redirect(url_for(".one", document=document), 303)


@bp.post("/<document>/return")
@permission(ADMINISTER)
def bring_back(document: str) -> ResponseReturnValue:
    """Put a withdrawn document into the library again."""
    with transaction() as session:
        actions.bring_back(session, viewer(), document, now=clock.now())
    flash(gettext("The document is in the library again."))
    return redirect(url_for(".one", document=document), 303)


def _with_language(document: str, file_language: str) -> Found:
    found = queries.any_document(reading(), viewer(), document)
    if file_language not in LANGUAGE_NAMES:
        raise NotFound
    return found


def _saved(document: str) -> ResponseReturnValue:
    flash(gettext("Saved."))
    return redirect(url_for(".one", document=document), 303)


def _shared() -> dict[str, Any]:
    """Return what the templates need: titles as they may be read here, names of languages."""
    here = current().code
    return {
        "title_of": lambda found: said_in(found.titles, here)[::-1],
        "names": LANGUAGE_NAMES,
        "dir_of": direction_of,
        "kB": lambda size: max(1, round(size / 1000)),
    }
