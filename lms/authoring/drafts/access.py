"""What every page of a draft begins with: the draft, and what this person may do in it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lms.authoring.drafts import queries, rules
from lms.authoring.drafts.models import Draft
from lms.authoring.drafts.rules import Rights
from lms.content.model import CourseFacts
from lms.content.one_file import facts_of
from lms.db import reading
from lms.kernel.errors import NotFound
from lms.web.pages import viewer


@dataclass(frozen=True, slots=True)
class Room:
    """A draft as this request found it.

    facts  what its ``course.toml`` says; None where that file cannot be read at all.
    """

    draft: Draft
    rights: Rights
    facts: CourseFacts | None
    toml: bytes

    def may_write(self, path: str) -> bool:
        """Return whether this person may write a file."""
        return self.rights.may_write(path, self.draft.source)


def room(draft_id: UUID) -> Room:
    """Return the draft of this page; raises NotFound where there is none for this person."""
    me = viewer()
    found, toml = queries.draft_with_structure(reading(), me, draft_id)
    held = rules.rights(me, found.course_id)
    if not held.reads:
        raise NotFound
    facts, _ = facts_of(toml)
    return Room(found, held, facts, toml)
