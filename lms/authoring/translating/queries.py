"""Which text files a draft has, and how far each translation is as far as that is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.models import Draft, DraftFile
from lms.authoring.translating import counting
from lms.authoring.translating.pairs import pair
from lms.kernel.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the text files of a draft.

    source   the language of the structure. digests  of every text file by its path.
    layered  whether any country has a layer.
    """

    source: str
    digests: Mapping[str, str]
    layered: bool = False

    @property
    def languages(self) -> list[str]:
        """The languages that have a file, apart from the source language."""
        return sorted({path.partition("/")[0] for path in self.digests} - {self.source})

    def has(self, name: str) -> bool:
        """Return whether the source language has a file with this name."""
        return f"{self.source}/{name}.md" in self.digests

    def counts(self, language: str, name: str) -> Mapping[str, Any] | None:
        """Return the counts of one file of a translation, None while they are not known."""
        return counting.known(self._state(language, name))

    def _state(self, language: str, name: str) -> counting.State:
        digest = self.digests.get(f"{self.source}/{name}.md", "")
        return name, digest, self.digests.get(f"{language}/{name}.md", "")


def standing(session: Session, viewer: Viewer, found: Draft) -> Standing:
    """Return the digests of all text files of a draft that came through ``drafts.queries``."""
    del viewer
    rows = session.execute(
        select(DraftFile.path, DraftFile.digest).where(
            DraftFile.draft_id == found.id,
            or_(
                and_(DraftFile.path.like("%/%.md"), DraftFile.path.not_like("nations/%")),
                DraftFile.path.like("nations/%/nation.toml"),
            ),
        )
    )
    digests = {row.path: row.digest for row in rows}
    layers = [path for path in digests if path.startswith("nations/")]
    for path in layers:
        del digests[path]
    return Standing(found.source, digests, bool(layers))


def count(
    session: Session, viewer: Viewer, found: Draft, wanted: Sequence[tuple[str, str]]
) -> None:
    """Count the blocks of some files, each given as language and name, and remember the counts."""
    paths = {f"{code}/{name}.md" for language, name in wanted for code in (language, found.source)}
    files = drafts.read(session, viewer, found, paths)
    for language, name in wanted:
        path, origin = f"{language}/{name}.md", f"{found.source}/{name}.md"
        counting.count(
            name,
            files[origin].data,
            files[path].data,
            pair(path, files[origin].data, files[path].data, origin),
        )
