"""A whole course as one HTML file: opened from a stick, on a PC or a phone, without any request.

Lessons, national boxes, words and checks are in it; no item of the bank is. Style and script lie
inside the file, allowed by their digests and by nothing else.
"""

from __future__ import annotations

import base64
import re
from hashlib import sha256

from flask import current_app, g, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.catalogue.models import Course, Edition, EditionLesson, EditionPicture, EditionText
from lms.catalogue.structure import Structure
from lms.content.figures import placed
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.web.files import PICTURES, file_store
from lms.web.pages import static_files

STYLE, SCRIPT = "site.css", "js/single.js"
# A link to a block of another lesson becomes a link inside this file.
BETWEEN_LESSONS = re.compile(r'href="[A-Z0-9.-]+(#[a-z0-9-]+)"')
# A document of the library is not in this file: the words stay, the link goes.
TO_THE_LIBRARY = re.compile(r' href="/[a-z]+/library/[^"]*"')
# The parts of a lesson are landmarks of its page; twelve of the same name help nobody.
LANDMARKS = re.compile(r'(<section class="[a-z]+") aria-labelledby="[a-z0-9-]+"')


def build(session: Session, viewer: Viewer, slug: str, language: str) -> tuple[str, bytes]:
    """Return (file name, the file) of the newest edition of a course.

    raises NotFound for a course that is not published, and for a restricted one: it is not taken
    along by anybody.
    """
    del viewer  # every course that is not restricted may be taken along by everybody
    row = session.execute(
        select(
            Course.slug,
            Course.kind,
            Edition.id,
            Edition.number,
            Edition.revision,
            Edition.facts,
            Edition.published_at,
            EditionText.title,
            EditionText.facts.label("text"),
            EditionText.reviewed,
        )
        .join(Edition, Edition.id == Course.edition_id)
        .join(EditionText, EditionText.edition_id == Edition.id)
        .where(Course.slug == slug, Course.access != "restricted", EditionText.language == language)
    ).one_or_none()
    if row is None:
        raise NotFound
    lessons = {
        each.code: each
        for each in session.execute(
            select(EditionLesson.code, EditionLesson.title, EditionLesson.parts).where(
                EditionLesson.edition_id == row.id, EditionLesson.language == language
            )
        )
    }
    pictures = _embedded(session, row.id)
    g.language = language
    g.setdefault("site", installation.read(session))
    html = render_template(
        "authoring/single.html",
        course=row,
        structure=Structure.from_facts(row.facts),
        lessons={
            code: placed(
                LANDMARKS.sub(
                    r"\1",
                    TO_THE_LIBRARY.sub("", BETWEEN_LESSONS.sub(r'href="\1"', each.parts["html"])),
                ),
                lambda address: pictures[address],
            )
            for code, each in lessons.items()
        },
        titles={code: each.title for code, each in lessons.items()},
        style=_static(STYLE),
        script=_static(SCRIPT),
        policy=policy(pictures=bool(pictures)),
    )
    return f"{slug}-{language}.html", html.encode()


def _embedded(session: Session, edition_id: int) -> dict[str, str]:
    """Return each picture of an edition as an address that holds it, by its address on pages."""
    store = file_store()
    rows = session.execute(
        select(EditionPicture.address, EditionPicture.digest, EditionPicture.kind).where(
            EditionPicture.edition_id == edition_id
        )
    )
    return {
        row.address: f"data:{PICTURES[row.kind]};base64,"
        f"{base64.b64encode(store.get(row.digest)).decode()}"
        for row in rows
    }


def policy(*, pictures: bool = False) -> str:
    """Return the policy of the file: its own style and script by their digests, nothing else.

    pictures  the course has some: they lie inside the file, and no other may be shown.
    """
    return (
        f"default-src 'none'; style-src '{_digest(_static(STYLE))}'; "
        f"script-src '{_digest(_static(SCRIPT))}'; {'img-src data:; ' if pictures else ''}"
        "base-uri 'none'; form-action 'none'"
    )


def _static(name: str) -> str:
    files = static_files(current_app)
    return files.answer(files.url(name), "GET", "", "").body.decode()


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode()
