"""What an author changed is noted once, with the old words, and the file keeps its bytes."""

from __future__ import annotations

import random
import tomllib

import pytest

from lms.content.blocks import MOST_TOML
from lms.content.digests import text_digest
from lms.content.faults import CourseRefused, Faults
from lms.content.model import Change
from lms.content.tables import changes_of
from lms.content.translation.changes import changes_between, with_changes, without_changes
from lms.content.translation.units import course_units
from tests.content.small import edited, read, small

FILE = "# what changed\n[[change]]\nblock = \"x\"\nold = 'a'\nnew = 'b'\nseverity = 'law'  # so\n"
WORDS = ('"', '""', '"""', "\\", "\n", "é", "قل", "'", "# x", "[[change]]", "a = 1", "\u200f", " ")


def entries_of(text: str) -> tuple[Change, ...]:
    faults = Faults()
    found = changes_of("changes.toml", tomllib.loads(text), faults)
    assert not len(faults)
    return found


def noted(severity: str) -> tuple[dict[str, bytes], tuple[Change, ...]]:
    files = edited("en/AB-1.1.md", "- Say what is forbidden.", "- Say what is forbiden.")
    old, new = (read(each).documents["en"]["AB-1.1"] for each in (small(), files))
    return files, changes_between(old, new, severity)


def test_a_changed_block_is_noted_with_its_old_words() -> None:
    _, (change,) = noted("typo")
    assert (change.block, change.severity) == ("ab11-o", "typo")
    assert change.text == "- Say what is forbidden.\n- Say what is *asked*."
    assert text_digest(change.text) == change.old


@pytest.mark.parametrize("severity", ["typo", "meaning", "law"])
def test_a_translator_is_shown_what_changed(severity: str) -> None:
    files, entries = noted(severity)
    files["changes.toml"] = with_changes("", entries).encode()
    unit = next(each for each in course_units(read(files), "ar") if each.key == "ab11-o")
    assert (unit.state, unit.severity) == ("stale", severity)
    assert unit.old == "- Say what is forbidden.\n- Say what is *asked*."
    assert unit.source == "- Say what is forbiden.\n- Say what is *asked*."


def test_a_changed_title_is_noted() -> None:
    old, new = (
        read(each).documents["en"]["AB-1.1"]
        for each in (small(), edited("en/AB-1.1.md", "The first lesson", "Lesson one"))
    )
    (change,) = changes_between(old, new, "meaning")
    assert (change.block, change.text) == ("front.title", "The first lesson")


def test_old_words_may_come_from_elsewhere() -> None:
    files, (change,) = noted("typo")
    course = read(files)
    unit = next(each for each in course_units(course, "ar") if each.key == "ab11-o")
    assert (unit.severity, unit.old) == (None, None)
    found = course_units(course, "ar", {change.old: change.text})
    assert next(each.old for each in found if each.key == "ab11-o") == change.text


def test_severities_by_block() -> None:
    old, new = (read(each).documents["en"]["AB-1.1"] for each in (small(), noted("law")[0]))
    (change,) = changes_between(old, new, {"ab11-o": "law"})
    assert change.severity == "law"
    with pytest.raises(KeyError):
        changes_between(old, new, {})
    with pytest.raises(ValueError):
        changes_between(old, new, "large")
    assert changes_between(old, old, "law") == ()


def test_entries_are_put_behind_and_bytes_stay() -> None:
    _, entries = noted("typo")
    text = with_changes(FILE, entries)
    assert text.startswith(FILE)
    assert entries_of(text) == (*entries_of(FILE), *entries)
    assert with_changes(text, entries) == text
    assert with_changes(FILE, ()) == FILE
    assert with_changes(FILE.rstrip("\n"), entries) == text


def test_an_unusual_file_is_written_too() -> None:
    _, entries = noted("typo")
    text = 'change = [{block = "x", old = "a", new = "b", severity = "law"}]\n'
    assert entries_of(with_changes(text, entries)) == (*entries_of(text), *entries)


@pytest.mark.parametrize("seed", range(3))
def test_any_words_can_be_kept(seed: int) -> None:
    chance = random.Random(seed)
    text = ""
    wanted: tuple[Change, ...] = ()
    for number in range(60):
        said = "".join(chance.choices(WORDS, k=chance.randint(0, 8))).strip()
        entry = Change(f"b{number}", "a", str(number), "law", said)
        text, wanted = with_changes(text, [entry]), (*wanted, entry)
        assert entries_of(text) == wanted


def test_a_file_that_grows_too_large_goes_without_old_words() -> None:
    large = [Change(f"b{n}", "a", "b", "law", "é" * 900 + "\nx") for n in range(40)]
    text = with_changes("", large[:20])
    assert entries_of(text) == tuple(large[:20])
    longer = with_changes(text, large[20:])
    assert len(longer.encode()) <= MOST_TOML
    assert {each.text for each in entries_of(longer)[20:]} == {""}
    with pytest.raises(CourseRefused):
        with_changes("#" * MOST_TOML + "\n", large[:1])


@pytest.mark.parametrize("seed", range(20))
def test_entries_that_are_taken_back_leave_the_others_as_they_were(seed: int) -> None:
    dice = random.Random(seed)
    some = [
        Change(f"b{n}", text_digest(f"{n}"), text_digest(f"{n}!"), "typo", f"old\n{n}")
        for n in range(5)
    ]
    before = with_changes("# Ours.\n", some)
    gone = [each for each in some if dice.random() < 0.5]
    after = without_changes(before, {(each.block, each.old, each.new) for each in gone})

    left = [each for each in some if each not in gone]
    assert [each["block"] for each in tomllib.loads(after).get("change", [])] == [
        each.block for each in left
    ]
    assert after.startswith("# Ours.\n")
    assert without_changes(before, ()) == before
