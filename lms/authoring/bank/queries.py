"""What the pages of questions read of a draft, and which codes and letters were ever given."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.authoring.bank.glance import Glance, glances
from lms.authoring.bank.rules import bank_path
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.models import Draft, DraftContent, DraftFile, DraftVersion
from lms.catalogue.models import Edition, EditionItem
from lms.content.model import CourseFacts
from lms.kernel.viewer import Viewer

# Objectives stand at the head of a lesson; a matrix of a hundred lessons does not read them all.
OPENING = 6_000  # bytes


def items(
    session: Session, viewer: Viewer, found: Draft, modules: Collection[str]
) -> dict[str, list[Glance]]:
    """Return the items of some modules, as lists show them: module -> items."""
    paths = {bank_path(found.source, module): module for module in modules}
    texts = drafts.read(session, viewer, found, paths)
    return {module: list(glances(module, texts[path].text)) for path, module in paths.items()}


def openings(
    session: Session, viewer: Viewer, found: Draft, facts: CourseFacts
) -> dict[str, str]:  # fmt: skip
    """Return the first bytes of every lesson, where title and objectives stand: code -> text."""
    del viewer  # ``found`` came through ``drafts.draft``
    paths = {f"{found.source}/{code}.md": code for code in facts.codes()}
    rows = session.execute(
        select(DraftFile.path, func.substr(DraftContent.data, 1, OPENING).label("head"))
        .join(DraftContent, DraftContent.digest == DraftFile.digest)
        .where(DraftFile.draft_id == found.id, DraftFile.path.in_(paths))
    )  # fmt: skip
    heads = {paths[row.path]: row.head.decode(errors="replace") for row in rows}
    return {code: heads.get(code, "") for code in facts.codes()}


def translations(session: Session, viewer: Viewer, found: Draft, module: str) -> dict[str, bytes]:
    """Return the bank of a module in the other languages: path -> bytes."""
    del viewer
    rows = session.execute(
        select(DraftFile.path, DraftContent.data)
        .join(DraftContent, DraftContent.digest == DraftFile.digest)
        .where(
            DraftFile.draft_id == found.id,
            DraftFile.path.endswith(f"/bank/{module}.md", autoescape=True),
            DraftFile.path != bank_path(found.source, module),
        ).order_by(DraftFile.path)
    )  # fmt: skip
    return {row.path: row.data for row in rows}


def layers(session: Session, viewer: Viewer, found: Draft) -> dict[str, bytes]:
    """Return the tables of every country that has a layer: its code -> ``nation.toml``."""
    del viewer
    rows = session.execute(
        select(DraftFile.path, DraftContent.data)
        .join(DraftContent, DraftContent.digest == DraftFile.digest)
        .where(
            DraftFile.draft_id == found.id, DraftFile.path.startswith("nations/"),
            DraftFile.path.endswith("/nation.toml"),
        ).order_by(DraftFile.path)
    )  # fmt: skip
    return {row.path.split("/")[1]: row.data for row in rows}


def codes_ever(session: Session, viewer: Viewer, found: Draft, module: str) -> set[str]:
    """Return every code that an item of a module ever had, published or in any version kept."""
    del viewer
    published = session.scalars(
        select(EditionItem.item_id).distinct()
        .join(Edition, Edition.id == EditionItem.edition_id)
        .where(
            Edition.course_id == found.course_id,
            EditionItem.item_id.startswith(f"{module}-", autoescape=True),
        )
    )  # fmt: skip
    codes = set(published)
    # Of every draft of the course: what one of them retired is not given again by the next.
    kept = session.scalars(
        select(DraftContent.data).distinct()
        .join(DraftVersion, DraftVersion.digest == DraftContent.digest)
        .join(Draft, Draft.id == DraftVersion.draft_id)
        .where(
            Draft.course_id == found.course_id, DraftVersion.path == bank_path(found.source, module)
        ).execution_options(yield_per=10)
    )  # fmt: skip
    mark = re.compile(rf"^## ({re.escape(module)}-[0-9]{{3}})\s*$".encode(), re.MULTILINE)
    for data in kept:
        codes |= {each.decode() for each in mark.findall(data)}
    return codes


def letters_published(
    session: Session, viewer: Viewer, found: Draft, code: str
) -> dict[str, set[str]]:
    """Return the letters that an item had in any edition: step (``""`` for itself) -> letters."""
    del viewer
    keys: Iterable[Mapping[str, Any]] = session.scalars(
        select(EditionItem.key)
        .join(Edition, Edition.id == EditionItem.edition_id)
        .where(Edition.course_id == found.course_id, EditionItem.item_id == code)
    )  # fmt: skip
    letters: dict[str, set[str]] = {}
    for key in keys:
        own = [*key.get("choices", ()), *key.get("reasons", ()), *key.get("order", ()),
               *(each.lower() for each in key.get("rights", ()))]  # fmt: skip
        letters.setdefault("", set()).update(own)
        for step in key.get("steps", ()):
            letters.setdefault(step["id"], set()).update(step["choices"])
    return letters
