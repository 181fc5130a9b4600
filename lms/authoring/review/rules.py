"""Who may say what of a draft: nobody approves what they wrote."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from lms.authoring.drafts.rules import Rights
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

# Kinds of job.
CHECK, PUBLISH = "drafts.check", "drafts.publish"
ASKED, SENT_BACK, APPROVED, PUBLISHED = "asked", "sent-back", "approved", "published"


@dataclass(frozen=True, slots=True)
class Said:
    """The last thing that was said of a draft, and of which state of its files."""

    verdict: str
    state: str


def is_asked(last: Said | None, state: str) -> bool:
    """Return whether approval is asked for and nobody has changed anything since."""
    return last is not None and (last.verdict, last.state) == (ASKED, state)


def may_ask(held: Rights) -> bool:
    """Return whether somebody may ask for approval: whoever writes, translates or adapts."""
    return held.translates or held.adapts


def against_approval(viewer: Viewer, held: Rights, writers: Collection[UUID]) -> Message | None:
    """Return why somebody may not approve this draft, None where they may.

    writers  everybody whose versions it holds since the last edition.
    """
    if not held.publishes:
        return Message(msg("Only a publisher of this course approves it."))
    if viewer.person_id in writers:
        return Message(
            msg(
                "You wrote in this draft, so another publisher must approve it: two people answer "
                "for every edition."
            )
        )
    return None


def part_of(path: str, source: str) -> str:
    """Return as what somebody worked who wrote a file: author, translator, national-editor."""
    first = path.partition("/")[0]
    if first == "nations":
        return "national-editor"
    shared = "." in first or first in {source, "media"}
    return "author" if shared else "translator"


def parts_of(written: Sequence[tuple[UUID, str]], source: str) -> set[tuple[UUID, str]]:
    """Return who worked as what; ``written`` are people with the files that they wrote."""
    return {(person, part_of(path, source)) for person, path in written}


def key_of(draft_id: UUID, state: str) -> str:
    """Return the key of a job about one state of a draft: asking twice makes one job."""
    return f"{draft_id} {state}"
