"""What the pages of questions read of a draft, and which codes and letters were ever given."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.authoring.bank.glance import Glance, glances
from lms.authoring.bank.rules import Where, bank_path
from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.models import Draft, DraftContent, DraftFile, DraftVersion
from lms.catalogue.models import Edition, EditionItem
from lms.content.model import CourseFacts
from lms.content.nation_bank import has_source, own_source
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


def openings(session: Session, viewer: Viewer, found: Draft, facts: CourseFacts) -> dict[str, str]:
    """Return the first bytes of every lesson, where title and objectives stand: code -> text."""
    del viewer  # ``found`` came through ``drafts.draft``
    paths = {f"{found.source}/{code}.md": code for code in facts.codes()}
    rows = session.execute(
        select(DraftFile.path, func.substr(DraftContent.data, 1, OPENING).label("head"))
        .join(DraftContent, DraftContent.digest == DraftFile.digest)
        .where(DraftFile.draft_id == found.id, DraftFile.path.in_(paths))
    )
    heads = {paths[row.path]: row.head.decode(errors="replace") for row in rows}
    return {code: heads.get(code, "") for code in facts.codes()}


def where(session: Session, viewer: Viewer, found: Draft, nation: str) -> Where | None:
    """Return whose banks are meant; None for a country of which the draft has no layer.

    nation  empty for the core.
    """
    if not nation:
        return Where(found.source)
    table = drafts.file(session, viewer, found, f"nations/{nation}/nation.toml")
    return Where(own_source(table.data, found.source), nation) if table.number else None


def is_settled(session: Session, viewer: Viewer, found: Draft, nation: str) -> bool:
    """Return whether it is said in which language a country writes its own questions.

    Its ``nation.toml`` names it, or it has a bank already: then it is the course's.
    """
    table = drafts.file(session, viewer, found, f"nations/{nation}/nation.toml")
    if has_source(table.data):
        return True
    first = (
        select(DraftFile.path)
        .where(
            DraftFile.draft_id == found.id,
            DraftFile.path.startswith(f"nations/{nation}/", autoescape=True),
            DraftFile.path.contains("/bank/"),
        )
        .limit(1)
    )
    return session.scalar(first) is not None


def translations(
    session: Session, viewer: Viewer, found: Draft, module: str, at: Where
) -> dict[str, bytes]:
    """Return the bank of a module in the other languages: path -> bytes."""
    del viewer
    rows = session.execute(
        select(DraftFile.path, DraftContent.data)
        .join(DraftContent, DraftContent.digest == DraftFile.digest)
        .where(
            DraftFile.draft_id == found.id,
            DraftFile.path.endswith(f"/bank/{module}.md", autoescape=True),
            DraftFile.path != at.path(module),
            _of(DraftFile.path, at),
        )
        .order_by(DraftFile.path)
    )
    return {row.path: row.data for row in rows}


def layers(session: Session, viewer: Viewer, found: Draft) -> dict[str, bytes]:
    """Return the tables of every country that has a layer: its code -> ``nation.toml``."""
    del viewer
    rows = session.execute(
        select(DraftFile.path, DraftContent.data)
        .join(DraftContent, DraftContent.digest == DraftFile.digest)
        .where(
            DraftFile.draft_id == found.id,
            DraftFile.path.startswith("nations/"),
            DraftFile.path.endswith("/nation.toml"),
        )
        .order_by(DraftFile.path)
    )
    return {row.path.split("/")[1]: row.data for row in rows}


def _of(path: InstrumentedAttribute[str], at: Where) -> ColumnElement[bool]:
    """Return the condition that a file belongs to the core, or to one country."""
    if at.nation:
        return path.startswith(f"nations/{at.nation}/", autoescape=True)
    return path.not_like("nations/%")


def codes_ever(
    session: Session, viewer: Viewer, found: Draft, module: str, at: Where | None = None
) -> set[str]:
    """Return every code that an item of a module ever had, published or in any version kept.

    at  whose banks; None for the core's.
    """
    del viewer
    at = at or Where(found.source)
    prefix = at.prefix(module)
    published = session.scalars(
        select(EditionItem.item_id)
        .distinct()
        .join(Edition, Edition.id == EditionItem.edition_id)
        .where(
            Edition.course_id == found.course_id,
            EditionItem.item_id.startswith(f"{prefix}-", autoescape=True),
        )
    )
    codes = set(published)
    # Of every draft of the course: what one of them retired is not given again by the next.
    kept = session.scalars(
        select(DraftContent.data)
        .distinct()
        .join(DraftVersion, DraftVersion.digest == DraftContent.digest)
        .join(Draft, Draft.id == DraftVersion.draft_id)
        .where(
            Draft.course_id == found.course_id,
            _of(DraftVersion.path, at),
            # A country's in any language: which one has the key may have changed.
            DraftVersion.path.endswith(f"/bank/{module}.md", autoescape=True)
            if at.nation
            else DraftVersion.path == at.path(module),
        )
        .execution_options(yield_per=10)
    )
    mark = re.compile(rf"^## ({re.escape(prefix)}-[0-9]{{3}})\s*$".encode(), re.MULTILINE)
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
    )
    letters: dict[str, set[str]] = {}
    for key in keys:
        own = [
            *key.get("choices", ()),
            *key.get("reasons", ()),
            *key.get("order", ()),
            *(each.lower() for each in key.get("rights", ())),
        ]
        letters.setdefault("", set()).update(own)
        for step in key.get("steps", ()):
            letters.setdefault(step["id"], set()).update(step["choices"])
    return letters
