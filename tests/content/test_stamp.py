"""Stamping writes what authors need not: ids of blocks and from which text a translation is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.digests import block_digest
from lms.content.faults import CourseRefused
from lms.content.stamp import stamp
from tests.content.small import FILES, edited, read, small


def unstamped() -> dict[str, bytes]:
    return {path: text.encode() for path, text in FILES.items()}


def test_stamping_twice_changes_nothing() -> None:
    first = stamp(unstamped(), "en")
    assert set(first.files) == {"ar/course.md", "ar/AB-1.1.md", "ar/glossary.md", "fr/AB-1.1.md"}
    assert first.ids == 0
    second = stamp({**unstamped(), **first.files}, "en")
    assert (second.files, second.ids, second.digests) == ({}, 0, 0)


def test_a_block_without_id_gets_one_that_nobody_has() -> None:
    files = edited("en/AB-1.1.md", "## What the Rules say {#ab11-1}", "## What the Rules say")
    files["en/AB-1.1.md"] = files["en/AB-1.1.md"].replace(b"(#ab11-2)", b"(https://x.org)")
    stamped = stamp(files, "en")
    text = stamped.files["en/AB-1.1.md"].decode()
    assert stamped.ids == 1
    assert "## What the Rules say {#ab11-1}\n" in text
    assert stamp({**files, **stamped.files}, "en").ids == 0


def test_a_new_id_is_free_in_the_whole_course() -> None:
    files = edited("en/AB-1.1.md", "::: do {#ab11-d}", "::: do")
    files["en/AB-1.2.md"] = files["en/AB-1.2.md"].replace(b"{#ab12-1}", b"{#ab11-3}")
    text = stamp(files, "en").files["en/AB-1.1.md"].decode()
    assert "::: do {#ab11-4}\n" in text


def test_digests_are_of_the_source() -> None:
    course = read(small())
    made_from = course.documents["ar"]["AB-1.1"].front["from"]
    block = course.documents["en"]["AB-1.1"].block("ab11-1")
    assert block is not None
    assert made_from["ab11-1"] == block_digest(block)
    assert set(made_from) == {"ab11-o", "ab11-1", "ab11-b", "ab11-c1"}


def test_a_digest_stays_until_the_translation_is_brought_up_to_date() -> None:
    files = edited("en/AB-1.1.md", "Say what is forbidden.", "Say what is never allowed.")
    assert stamp(files, "en").files == {}
    again = stamp(files, "en", again={"ab11-o"})
    assert (set(again.files), again.digests) == ({"ar/AB-1.1.md", "fr/AB-1.1.md"}, 2)
    old, new = (each["ar/AB-1.1.md"].decode().splitlines() for each in (files, again.files))
    (changed,) = (line for line in new if line not in old)
    assert changed.startswith('"ab11-o" = ')
    assert stamp(files, "en", again={"*"}).files == again.files


def test_a_block_that_is_gone_loses_its_digest() -> None:
    files = edited("ar/AB-1.1.md", "::: objectives {#ab11-o}\n- قل ما هو ممنوع.\n:::\n\n", "")
    text = stamp(files, "en").files["ar/AB-1.1.md"].decode()
    assert "ab11-o" not in text
    assert stamp({**files, "ar/AB-1.1.md": text.encode()}, "en").files == {}


def test_tables_below_the_digests_stay() -> None:
    text = small()["ar/course.md"].decode()
    start, modules = text.index("[modules]"), text.index("[from]")
    table = text[start:modules]
    files = small(
        {
            "ar/course.md": (text[:start] + "[from]\n\n" + table + text[modules:]).replace(
                text[modules : text.index("+++", modules)], ""
            )
        }
    )
    stamped = {**files, **stamp(files, "en").files}
    assert read(stamped).documents["ar"]["course"].front["modules"]["AB-2"] == "الوحدة الثانية"
    assert "about" in read(stamped).documents["ar"]["course"].front["from"]


def test_what_cannot_be_read_is_refused_and_nothing_is_written() -> None:
    for bad in (b"\xff", b"no front matter\n", b"+++\n+++\n<script>\n"):
        with pytest.raises(CourseRefused):
            stamp(small({"en/AB-1.1.md": bad}), "en")


def test_a_file_that_would_be_broken_is_not_written() -> None:
    """``from`` as an inline table cannot be followed by ``[from]``."""
    files = edited("ar/glossary.md", "reviewed = false", 'reviewed = false\nfrom = {torture = "x"}')
    files["ar/glossary.md"] = files["ar/glossary.md"].split(b"[from]")[0] + (
        b"+++\n\n## x {#torture}\n\nx\n"
    )
    with pytest.raises(CourseRefused):
        stamp(files, "en", again={"*"})


@settings(max_examples=100)
@given(st.text(alphabet="ab *-\n#>{}[]()|:=+", max_size=80))
def test_stamping_is_done_once(text: str) -> None:
    files = edited("en/AB-1.1.md", "It is ten to nine.", f"It is.\n{text}\n")
    try:
        first = stamp(files, "en", again={"*"})
    except CourseRefused:
        return
    now = {**files, **first.files}
    assert stamp(now, "en").files == {}
    assert stamp(now, "en", again={"*"}).files == {}


def test_what_was_read_of_single_blocks_stays() -> None:
    table = '[reviewed_blocks]\n"ab11-o" = "0123456789ab A. Saidi"\n'
    for old in ("[from]", "+++\n\n"):
        files = edited("ar/AB-1.1.md", old, f"{table}\n{old}")
        files["en/AB-1.1.md"] = files["en/AB-1.1.md"].replace(b"Say what is", b"Say all that is")
        stamped = {**files, **stamp(files, "en", again={"ab11-o"}).files}
        front = read(stamped).documents["ar"]["AB-1.1"].front
        assert front["reviewed_blocks"] == {"ab11-o": "0123456789ab A. Saidi"}
        assert len(front["from"]) == 4
        assert stamp(stamped, "en").files == {}
