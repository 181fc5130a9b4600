"""Translating without pages: a whole course, block by block, is a course again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lms.authoring.drafts import queries
from lms.authoring.drafts.models import Draft
from lms.authoring.translating.accepting import Accepting, accept
from lms.authoring.translating.actions import Sent, save_block, save_blocks
from lms.authoring.translating.opened import Place
from lms.authoring.translating.pairs import Pair, pair
from lms.authoring.translating.rules import names_of
from lms.content.model import CourseFacts
from lms.content.one_file import facts_of
from lms.content.reader import read_course
from lms.content.translation.units import Unit
from lms.kernel.errors import NotFound, Refused
from tests.authoring.writers import Writers

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def found(session: Session, writers: Writers, draft: Draft, name: str) -> Pair | None:
    """Return a file and its translation into Russian as they are now."""
    files = queries.read(session, writers.tarek.viewer, draft, [f"en/{name}.md", f"ru/{name}.md"])
    source, target = files[f"en/{name}.md"].data, files[f"ru/{name}.md"].data
    return pair(f"ru/{name}.md", source, target, f"en/{name}.md")


def facts(session: Session, writers: Writers, draft: Draft) -> CourseFacts:
    toml = queries.file(session, writers.tarek.viewer, draft, "course.toml").data
    read, _ = facts_of(toml)
    assert read is not None
    return read


def sent(unit: Unit) -> Sent:
    texts = {part.key: part.text for part in unit.parts}
    return Sent(unit.key, texts, unit.said, unit.digest)


@pytest.mark.parametrize("at_once", [False, True])
def test_a_course_translated_block_by_block_can_be_published(
    app: Flask, session: Session, draft: Draft, writers: Writers, at_once: bool
) -> None:
    me = writers.tarek.viewer
    for name in names_of(facts(session, writers, draft)):
        file = found(session, writers, draft, name)
        if file is None:
            continue
        place = Place(draft.id, "ru", name)
        wanted = [sent(unit) for unit in file.units]
        if at_once:
            assert save_blocks(session, me, place, wanted, note="sheet", now=NOW) == {}
        for each in reversed(wanted):
            kept = save_block(session, me, place, each, now=NOW)
            assert kept.reasons == (), (name, each.key, [str(why.message) for why in kept.reasons])
        after = found(session, writers, draft, name)
        assert after is not None
        # A title in the words of the source counts as not translated.
        assert {unit.key for unit in after.units if unit.state == "new"} <= {
            unit.key for unit in after.units if unit.kind == "front"
        }
    reading = read_course(queries.contents(session, me, draft))
    assert [str(fault) for fault in reading.faults] == []
    assert reading.course is not None
    assert "ru" in reading.course.languages


def test_one_refused_block_of_a_sheet_keeps_all_out(
    session: Session, draft: Draft, writers: Writers
) -> None:
    place, me = Place(draft.id, "ru", "AB-1.1"), writers.tarek.viewer
    file = found(session, writers, draft, "AB-1.1")
    assert file is not None
    good = [sent(unit) for unit in file.units[:3]]
    wrong = Sent(good[1].key, dict.fromkeys(good[1].texts, ""), "", good[1].source)
    old = Sent(good[2].key, good[2].texts, "0" * 12, good[2].source)
    for bad in (wrong, old):
        refused = save_blocks(session, me, place, [good[0], bad], note="sheet", now=NOW)
        assert set(refused) == {bad.key}
        assert queries.file(session, me, draft, place.path).number == 0
    with pytest.raises(NotFound):
        save_blocks(session, writers.nadia.viewer, place, good, note="", now=NOW)


def test_a_stale_block_is_not_accepted(session: Session, draft: Draft, writers: Writers) -> None:
    from lms.authoring.drafts import actions as drafts

    place, me = Place(draft.id, "ru", "AB-1.1"), writers.tarek.viewer
    file = found(session, writers, draft, "AB-1.1")
    assert file is not None
    practice = file.unit("ab11-p")
    assert practice is not None
    save_block(session, me, place, sent(practice), now=NOW)
    source = queries.file(session, me, draft, "en/AB-1.1.md")
    drafts.save(
        session,
        writers.aruzhan.viewer,
        draft.id,
        "en/AB-1.1.md",
        source.data.replace(b"ten to nine", b"ten to six"),
        seen=source.number,
        now=NOW,
    )
    stale = found(session, writers, draft, "AB-1.1")
    unit = stale.unit("ab11-p") if stale else None
    assert unit is not None
    assert unit.state == "stale"
    with pytest.raises(Refused):
        accept(session, writers.rosa.viewer, place, Accepting({"ab11-p": unit.said}), now=NOW)


def test_the_source_language_is_not_translated(
    session: Session, draft: Draft, writers: Writers
) -> None:
    with pytest.raises(NotFound):
        save_block(
            session,
            writers.aruzhan.viewer,
            Place(draft.id, "en", "AB-1.1"),
            Sent("ab11-p", {}, "", ""),
            now=NOW,
        )
