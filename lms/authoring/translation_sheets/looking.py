"""What a filled sheet would do to the files of a language as they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from lms.authoring.drafts import queries as drafts
from lms.authoring.drafts.access import Room
from lms.authoring.translating import actions
from lms.authoring.translating.actions import Sent
from lms.authoring.translating.opened import Opened, Place
from lms.authoring.translating.pairs import Pair, document, pair
from lms.authoring.translating.rules import names_of
from lms.authoring.translation_sheets.rules import Change, by_file, is_outdated, names_in
from lms.content.model import CourseFacts
from lms.content.translation.reasons import Reason
from lms.content.translation.rows import from_rows
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.web.language import gettext

OUTDATED = msg("Somebody has translated this block since the sheet was made. Take a new sheet.")


@dataclass(slots=True)
class Found:
    """What a filled sheet would do: blocks to take, and why others are not taken."""

    changes: list[Change] = field(default_factory=list)
    reasons: list[tuple[str, Message]] = field(default_factory=list)
    # Files of which nothing is taken, since one of their blocks is refused.
    refused: set[str] = field(default_factory=set)


def pairs_of(
    session: Session, viewer: Viewer, here: Room, spoken: str, names: Sequence[str]
) -> dict[str, Pair]:
    """Return the files of a language beside their source, as far as they can be read."""
    return {
        name: each.pair for name, each in opened_files(session, viewer, here, spoken, names).items()
    }


def opened_files(
    session: Session, viewer: Viewer, here: Room, spoken: str, names: Sequence[str]
) -> dict[str, Opened]:
    """Return the files of a language that can be read, all in one look."""
    source = here.draft.source
    words = f"{spoken}/glossary.md"
    paths = {f"{code}/{name}.md" for code in (source, spoken) for name in names}
    files = drafts.read(session, viewer, here.draft, {*paths, words})
    glossary = document(words, files[words].data)
    found = {}
    for name in names:
        path, origin = f"{spoken}/{name}.md", f"{source}/{name}.md"
        each = pair(path, files[origin].data, files[path].data, origin)
        if each is not None and not each.broken:
            found[name] = Opened(here.draft, files[path], glossary, each)
    return found


def looked_through(
    session: Session,
    viewer: Viewer,
    here: Room,
    facts: CourseFacts,
    spoken: str,
    rows: Sequence[dict[str, str]],
) -> Found:
    """Return what the rows of a filled sheet would do to the files as they are now."""
    files = opened_files(session, viewer, here, spoken, names_in(rows, names_of(facts)))
    units = [unit for each in files.values() for unit in each.pair.units]
    taken = from_rows(rows, units)
    known = {unit.id: unit for unit in units}
    found = Found(
        reasons=[
            (gettext("row %(number)s", number=each.row), each.message) for each in taken.reasons
        ]
    )
    for key, texts in taken.texts.items():
        unit = known[key]
        if is_outdated(rows, unit):
            found.reasons.append((key, Message(OUTDATED)))
        else:
            found.changes.append(Change(key, unit.digest, unit.said, texts))
    for name, changes in by_file(found.changes):
        place = Place(here.draft.id, spoken, name)
        _, reasons = actions.tried_blocks(files[name], place, blocks_of(changes))
        refused = told_of(name, reasons)
        if refused:
            found.refused.add(name)
            found.reasons += refused
    return found


def blocks_of(changes: Sequence[Change]) -> list[Sent]:
    """Return changes as the action takes them."""
    return [Sent(each.key, each.texts, each.seen, each.source) for each in changes]


def told_of(name: str, refused: Mapping[str, Sequence[Reason]]) -> list[tuple[str, Message]]:
    """Return why blocks of a file are not taken, each with its place."""
    return [
        (f"{name}#{key}", reason.message) for key, reasons in refused.items() for reason in reasons
    ]
