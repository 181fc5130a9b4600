"""Drafts: every save is a version, and nothing that somebody wrote is ever thrown away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.authoring.drafts import actions, queries
from lms.authoring.drafts.actions import AUTO, Saved
from lms.authoring.drafts.models import Draft
from lms.authoring.drafts.new_course import NewCourse
from lms.content.digests import block_digest
from lms.content.reader import read_course
from lms.db import transaction
from lms.kernel.errors import NotFound, Refused
from tests.authoring.writers import Writers
from tests.content.small import small
from tests.people import Cast

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
LESSON = "en/AB-1.1.md"


def save(person: Cast, draft: Draft, path: str, text: str, seen: int, **more: Any) -> Saved:
    with transaction() as session:
        return actions.save(
            session,
            person.viewer,
            draft.id,
            path,
            text.encode(),
            seen=seen,
            now=more.pop("now", NOON),
            **more,
        )


def text_of(session: Session, person: Cast, draft: Draft, path: str) -> str:
    session.rollback()
    return queries.file(session, person.viewer, draft, path).text


def kinds(session: Session, person: Cast, draft: Draft, path: str) -> list[tuple[int, str]]:
    session.rollback()
    found = queries.versions(session, person.viewer, draft, path)
    return [(each.number, each.kind) for each in found]


def test_a_draft_holds_the_folder_byte_for_byte(
    session: Session, draft: Draft, writers: Writers
) -> None:
    assert queries.contents(session, writers.aruzhan.viewer, draft) == small()


def test_beginning_twice_opens_the_draft_that_is_there(
    session: Session, draft: Draft, writers: Writers
) -> None:
    with transaction() as session:
        again = actions.begin(session, writers.aruzhan.viewer, small(), None, now=NOON)

        assert again.id == draft.id


def test_only_an_author_of_the_course_begins_its_draft(session: Session, writers: Writers) -> None:
    for stranger in (writers.sara, writers.tarek, writers.peter, writers.halima):
        with pytest.raises(NotFound), transaction() as session:
            actions.begin(session, stranger.viewer, small(), None, now=NOON)


def test_a_folder_that_is_no_course_is_refused(session: Session, writers: Writers) -> None:
    for files in ({}, {"course.toml": b"id = 5"}, {"course.toml": b"\xff"}, {"../x": b""}):
        with pytest.raises(Refused), transaction() as session:
            actions.begin(session, writers.aruzhan.viewer, files, None, now=NOON)


def test_a_save_is_a_new_version_and_the_one_before_is_kept(
    session: Session, draft: Draft, writers: Writers
) -> None:
    before = text_of(session, writers.aruzhan, draft, LESSON)

    saved = save(writers.aruzhan, draft, LESSON, "new words\n", 1, note="shorter")

    assert saved == Saved(2)
    assert text_of(session, writers.aruzhan, draft, LESSON) == "new words\n"
    first = queries.version(session, writers.aruzhan.viewer, draft, LESSON, 1)
    assert first.decode() == before


def test_saving_the_same_twice_makes_one_version(
    session: Session, draft: Draft, writers: Writers
) -> None:
    for _ in range(2):
        assert save(writers.aruzhan, draft, LESSON, "new\n", 1) == Saved(2)

    assert kinds(session, writers.aruzhan, draft, LESSON) == [(2, "saved"), (1, "start")]


def test_what_is_saved_by_itself_in_one_sitting_is_one_version(
    session: Session, draft: Draft, writers: Writers
) -> None:
    seen = 1
    for minute, words in enumerate(("a", "ab", "abc")):
        moment = NOON + timedelta(minutes=minute)
        seen = save(writers.aruzhan, draft, LESSON, words, seen, kind=AUTO, now=moment).number

    assert len(kinds(session, writers.aruzhan, draft, LESSON)) == 2
    assert text_of(session, writers.aruzhan, draft, LESSON) == "abc"


def test_what_was_saved_by_itself_an_hour_ago_stays_a_version(
    session: Session, draft: Draft, writers: Writers
) -> None:
    first = save(writers.aruzhan, draft, LESSON, "a", 1, kind=AUTO).number
    later = NOON + timedelta(hours=1)
    save(writers.aruzhan, draft, LESSON, "ab", first, kind=AUTO, now=later)

    assert len(kinds(session, writers.aruzhan, draft, LESSON)) == 3


def test_who_saves_beside_somebody_else_loses_nothing_and_overwrites_nothing(
    session: Session, draft: Draft, writers: Writers
) -> None:
    tarek = writers.tarek
    save(tarek, draft, "ar/AB-1.1.md", "one\n", 1)

    second = save(writers.aruzhan, draft, "ar/AB-1.1.md", "two\n", 1)

    assert second == Saved(2, aside=3)
    assert text_of(session, tarek, draft, "ar/AB-1.1.md") == "one\n"
    kept = queries.version(session, tarek.viewer, draft, "ar/AB-1.1.md", 3)
    assert kept == b"two\n"


def test_an_autosave_is_seen_by_whoever_opened_the_text_before(
    session: Session, draft: Draft, writers: Writers
) -> None:
    """Else the second person would overwrite what the first one goes on with."""
    seen = save(writers.tarek, draft, "ar/AB-1.1.md", "a", 1, kind=AUTO).number
    save(writers.tarek, draft, "ar/AB-1.1.md", "ab", seen, kind=AUTO)

    assert save(writers.aruzhan, draft, "ar/AB-1.1.md", "other", seen).aside is not None


def test_a_text_that_breaks_the_format_is_kept(
    session: Session, draft: Draft, writers: Writers
) -> None:
    assert save(writers.aruzhan, draft, LESSON, "::: nothing\n# x\n", 1) == Saved(2)


def test_each_role_writes_its_own_files(session: Session, draft: Draft, writers: Writers) -> None:
    may = {
        "en/AB-1.1.md": {"aruzhan"},
        "course.toml": {"aruzhan"},
        "ar/AB-1.1.md": {"aruzhan", "tarek"},
        "nations/tn/nation.toml": {"nadia"},
    }
    people = ("aruzhan", "tarek", "nadia", "rosa", "peter", "sara", "halima")
    for path, allowed in may.items():
        for name in people:
            person: Cast = getattr(writers, name)
            if name in allowed:
                save(person, draft, path, f"{name} wrote this\n", 0)
            else:
                with pytest.raises(NotFound):
                    save(person, draft, path, "x\n", 0)


def test_a_file_that_no_course_may_have_is_refused(
    session: Session, draft: Draft, writers: Writers
) -> None:
    for path, data in (("en/../x.md", "x"), ("en/x y.md", "x"), (LESSON, "x" * 300_000)):
        with pytest.raises(Refused):
            save(writers.aruzhan, draft, path, data, 0)


def test_an_earlier_version_can_be_taken_again(
    session: Session, draft: Draft, writers: Writers
) -> None:
    before = text_of(session, writers.aruzhan, draft, LESSON)
    save(writers.aruzhan, draft, LESSON, "worse\n", 1)

    with transaction() as writing:
        actions.restore(writing, writers.aruzhan.viewer, draft.id, LESSON, 1, now=NOON)

    assert text_of(session, writers.aruzhan, draft, LESSON) == before
    assert kinds(session, writers.aruzhan, draft, LESSON)[0] == (3, "restored")


def test_a_deleted_file_can_be_restored(session: Session, draft: Draft, writers: Writers) -> None:
    before = text_of(session, writers.aruzhan, draft, "ar/AB-1.1.md")
    with transaction() as writing:
        actions.remove(writing, writers.aruzhan.viewer, draft.id, "ar/AB-1.1.md", now=NOON)
    assert text_of(session, writers.aruzhan, draft, "ar/AB-1.1.md") == ""

    with transaction() as writing:
        actions.restore(writing, writers.aruzhan.viewer, draft.id, "ar/AB-1.1.md", 1, now=NOON)

    assert text_of(session, writers.aruzhan, draft, "ar/AB-1.1.md") == before


def test_what_a_changed_block_said_is_kept_for_its_translators(
    session: Session, draft: Draft, writers: Writers
) -> None:
    course = read_course(small()).required()
    block = course.documents["en"]["AB-1.1"].blocks[0]
    old = text_of(session, writers.aruzhan, draft, LESSON)
    line = next(line for line in block.body.splitlines() if line.strip())

    save(writers.aruzhan, draft, LESSON, old.replace(line, f"{line} And more.", 1), 1)

    known = queries.old_texts(session, writers.aruzhan.viewer, draft, [block.id])
    assert line in known[block_digest(block)]


def test_a_folder_edited_elsewhere_comes_back_whole_or_not_at_all(
    session: Session, draft: Draft, writers: Writers
) -> None:
    files = small() | {LESSON: small()[LESSON] + b"\n", "SOURCES.md": b"where from\n"}
    gone = files.pop("ar/AB-1.1.md")
    assert gone
    seen = actions.state(session, writers.aruzhan.viewer, draft)

    with transaction() as writing:
        changed = actions.take_folder(
            writing, writers.aruzhan.viewer, draft.id, files, seen=seen, now=NOON
        )

    session.rollback()
    assert changed == 3
    assert queries.contents(session, writers.aruzhan.viewer, draft) == files


def test_a_folder_is_refused_when_the_draft_went_on_meanwhile(
    session: Session, draft: Draft, writers: Writers
) -> None:
    seen = actions.state(session, writers.aruzhan.viewer, draft)
    save(writers.aruzhan, draft, LESSON, "new\n", 1)

    with pytest.raises(Refused), transaction() as writing:
        actions.take_folder(writing, writers.aruzhan.viewer, draft.id, small(), seen=seen, now=NOON)


def test_a_translator_brings_in_no_folder_that_changes_the_source(
    session: Session, draft: Draft, writers: Writers
) -> None:
    seen = actions.state(session, writers.tarek.viewer, draft)
    files = small() | {LESSON: b"mine now\n"}

    with pytest.raises(NotFound), transaction() as writing:
        actions.take_folder(writing, writers.tarek.viewer, draft.id, files, seen=seen, now=NOON)


def test_another_course_is_no_version_of_this_one(
    session: Session, draft: Draft, writers: Writers
) -> None:
    seen = actions.state(session, writers.aruzhan.viewer, draft)
    other = small() | {"course.toml": small()["course.toml"].replace(b'"C77"', b'"C78"')}

    with pytest.raises(Refused), transaction() as writing:
        actions.take_folder(writing, writers.aruzhan.viewer, draft.id, other, seen=seen, now=NOON)


def test_a_draft_that_is_put_away_is_found_by_nobody(
    session: Session, draft: Draft, writers: Writers
) -> None:
    with transaction() as writing:
        actions.close(writing, writers.aruzhan.viewer, draft.id, now=NOON)

    session.rollback()
    with pytest.raises(NotFound):
        queries.draft(session, writers.aruzhan.viewer, draft.id)


def test_whoever_begins_a_course_becomes_its_author(session: Session, writers: Writers) -> None:
    new = NewCourse("D01", "fire-safety", "en", "Fire safety", "FS", "When it burns")
    for _ in range(2):  # the form is sent twice
        with transaction() as writing:
            begun = actions.begin_new(writing, writers.sara.viewer, new, now=NOON).id

    session.rollback()
    found = session.get_one(Draft, begun)
    files = queries.contents(session, writers.halima.viewer, found)
    assert (found.title, found.course_id) == ("Fire safety", "D01")
    assert {"course.toml", "en/course.md", "en/FS-1.1.md", "en/bank/FS-1.md"} == set(files)


def test_a_new_course_lacks_only_its_questions(session: Session, writers: Writers) -> None:
    new = NewCourse("D01", "fire-safety", "en", "Fire safety", "FS", "When it burns")
    with transaction() as writing:
        begun = actions.begin_new(writing, writers.halima.viewer, new, now=NOON)
        files = queries.contents(writing, writers.halima.viewer, begun)

    said = {fault.text for fault in read_course(files).faults}
    assert said == {
        "The bank has no item for lesson FS-1.1.",
        "The bank has fewer items than a pre-test and a test.",
    }


def test_an_id_is_never_used_twice(session: Session, draft: Draft, writers: Writers) -> None:
    new = NewCourse("C77", "fire-safety", "en", "Fire safety", "FS", "When it burns")
    with pytest.raises(Refused), transaction() as writing:
        actions.begin_new(writing, writers.sara.viewer, new, now=NOON)


def test_two_courses_do_not_share_an_address(
    session: Session, draft: Draft, writers: Writers
) -> None:
    new = NewCourse("D01", "small-course", "en", "Another", "FS", "First")
    with pytest.raises(Refused), transaction() as writing:
        actions.begin_new(writing, writers.sara.viewer, new, now=NOON)
