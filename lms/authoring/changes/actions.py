"""Say how much a change of the source language weighs, for translators and for readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.authoring.changes.compared import changed_blocks
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries
from lms.content.faults import CourseRefused
from lms.content.tables import SEVERITIES
from lms.content.translation.changes import with_changes
from lms.kernel.errors import Refused
from lms.kernel.viewer import Viewer

PATH = "changes.toml"


def weigh(
    session: Session, viewer: Viewer, draft_id: UUID, before: Mapping[str, bytes],
    severities: Mapping[str, str], *, now: datetime,
) -> int:  # fmt: skip
    """Write down how much blocks have changed since the edition; return how many are new.

    before      the files of the edition.
    severities  the field of a changed block (see ``ChangedBlock``) -> typo, meaning or law.

    What was decided already and is the same stays; another decision is written behind it.
    raises  NotFound for whoever does not write the source language.
    """
    found = queries.draft(session, viewer, draft_id, lock=True)
    files = queries.contents(session, viewer, found)
    entries = [
        replace(each.change, severity=severities[each.field])
        for each in changed_blocks(before, files, found.source)
        if severities.get(each.field) in SEVERITIES and severities[each.field] != each.severity
    ]
    present = queries.file(session, viewer, found, PATH)
    try:
        text = with_changes(present.text, entries)
    except CourseRefused as refused:
        raise Refused(refused.faults[0].message) from refused
    drafts.save(session, viewer, draft_id, PATH, text.encode(), seen=present.number, now=now)
    return len(entries)
