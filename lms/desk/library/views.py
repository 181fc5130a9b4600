"""The library: handbooks to read here, documents to download; a reader's own language first."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lms.catalogue.library import queries, rules
from lms.catalogue.programmes.rules import said_in
from lms.catalogue.structure import Structure, title_language
from lms.db import reading
from lms.installation import LANGUAGE_NAMES
from lms.kernel.errors import NotFound
from lms.learning import queries as learning
from lms.web import files
from lms.web.language import IN_LANGUAGE, current, direction_of
from lms.web.pages import viewer
from lms.web.permissions import LEARN, permission

bp = Blueprint("library", __name__, url_prefix=f"{IN_LANGUAGE}/library")


@bp.get("")
@permission(LEARN)
def home() -> ResponseReturnValue:
    """Show every handbook and document."""
    session, me, here = reading(), viewer(), current().code
    handbooks = []
    for row in learning.courses(session, me, here, kind="handbook"):
        structure = Structure.from_facts(row.facts)
        handbooks.append(
            {
                "slug": row.slug,
                "title": row.title,
                "title_in": title_language(row.text),
                "lessons": len(structure.codes()),
                "minutes": structure.minutes,
            }
        )
    return render_template(
        "library/home.html",
        handbooks=handbooks,
        documents=[_shown(each) for each in queries.documents(session, me)],
        **_shared(),
    )


@bp.get("/<document>")
@permission(LEARN)
def document(document: str) -> ResponseReturnValue:
    """Show one document with its files; a link to one that is not here leads to the library."""
    try:
        found = queries.document(reading(), viewer(), document)
    except NotFound:
        return redirect(url_for(".home"))
    return render_template("library/document.html", document=_shown(found), **_shared())


@bp.get("/<document>/<file_language>.pdf")
@permission(LEARN)
def file(document: str, file_language: str) -> Response:
    """Send the file of a document; a download that was cut goes on where it stopped."""
    found = queries.document(reading(), viewer(), document).files.get(file_language)
    if found is None:
        raise NotFound
    return files.send(found.digest, "application/pdf", name=f"{document}-{file_language}.pdf")


def _shown(found: queries.Found) -> dict[str, object]:
    title_in, title = said_in(found.titles, current().code)
    languages = rules.own_first(found.files, current().code)
    return {
        "code": found.code,
        "title": title,
        "title_in": title_in,
        "files": [found.files[each] for each in languages],
    }


def _shared() -> dict[str, object]:
    return {"names": LANGUAGE_NAMES, "dir_of": direction_of, "kB": kilobytes}


def kilobytes(size: int) -> int:
    """Return a size in whole kB (1,000 bytes), at least 1."""
    return max(1, round(size / 1000))
