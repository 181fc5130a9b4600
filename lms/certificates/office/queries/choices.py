"""What the office chooses from: courses and programmes of a list, programmes with a look."""

from __future__ import annotations

from sqlalchemy import JSON, String, and_, cast, literal, null, select
from sqlalchemy.orm import Session

from lms.catalogue.models import TITLE_IN, Course, EditionText, Programme
from lms.catalogue.programmes.rules import said_in
from lms.catalogue.scope import may_be_offered
from lms.certificates.models import CertificateLayout
from lms.kernel.viewer import Viewer

MOST_OFFERED = 400  # courses and programmes


def offered(
    session: Session, viewer: Viewer, language: str, unit: str = ""
) -> tuple[list[tuple[str, str, str | None]], list[tuple[str, str]]]:
    """Return the courses and the programmes of a list's filters.

    A course is (id, title, the title's language where it is not translated); a programme is
    (code, title).

    unit  code of the place to which the list is limited; empty for all of the viewer's own.

    Restricted courses where the viewer may know who takes them. One statement gives both: a page
    that shows a long list asks for enough already.
    """
    no_title, no_titles = cast(null(), String), cast(null(), JSON)
    taught = (
        select(
            literal("course").label("kind"),
            Course.id.label("code"),
            EditionText.title.label("title"),
            TITLE_IN,
            no_titles.label("titles"),
        )
        .join(
            EditionText,
            and_(EditionText.edition_id == Course.edition_id, EditionText.language == language),
        )
        .where(Course.kind == "course", may_be_offered(viewer, unit))
    )
    carried = select(
        literal("programme"), Programme.code, no_title, no_title.label("title_in"), Programme.titles
    )
    rows = session.execute(taught.union_all(carried).order_by("code").limit(MOST_OFFERED)).all()
    courses = [(row.code, row.title, row.title_in) for row in rows if row.kind == "course"]
    named = [(row.code, said_in(row.titles, language)[1]) for row in rows if row.titles]
    return courses, sorted(named, key=lambda each: each[1])


def looks(session: Session, viewer: Viewer, language: str) -> list[tuple[str, str, bool]]:
    """Return the programmes: code, title, and whether their certificates look in their own way."""
    del viewer
    rows = session.execute(
        select(Programme.code, Programme.titles, CertificateLayout.programme_id)
        .outerjoin(CertificateLayout, CertificateLayout.programme_id == Programme.id)
        .order_by(Programme.starts_on.desc(), Programme.code)
        .limit(MOST_OFFERED)
    )
    return [(code, said_in(titles, language)[1], own is not None) for code, titles, own in rows]
