"""A translation that is being written: the newest files of its draft."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.models import Draft
from lms.authoring.drafts.queries import File
from lms.authoring.translating.pairs import Pair, document, pair
from lms.content.model import Document
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

BROKEN = msg("The file of this translation cannot be read. Mend it in the editor first.")


@dataclass(frozen=True, slots=True)
class Place:
    """One file of a translation.

    name  of the file without language and ending.
    """

    draft_id: UUID
    language: str
    name: str

    @property
    def path(self) -> str:
        """The path inside the course folder."""
        return f"{self.language}/{self.name}.md"


@dataclass(frozen=True, slots=True)
class Opened:
    """The draft, the file as it is now, the glossary of its language, source and translation."""

    draft: Draft
    file: File
    glossary: Document | None
    pair: Pair


def opened(session: Session, viewer: Viewer, place: Place, *, lock: bool = True) -> Opened:
    """Return a translation; raises NotFound for none, Refused for one that cannot be read."""
    draft = drafts.draft(session, viewer, place.draft_id, lock=lock)
    if place.language == draft.source:
        raise NotFound
    origin, glossary = f"{draft.source}/{place.name}.md", f"{place.language}/glossary.md"
    files = drafts.read(session, viewer, draft, {origin, place.path, glossary})
    found = pair(place.path, files[origin].data, files[place.path].data, origin)
    if found is None:
        raise NotFound
    if found.broken:
        raise Refused(Message(BROKEN))
    return Opened(draft, files[place.path], document(glossary, files[glossary].data), found)
