"""A hostile course gives faults or harmless text: in a second, in 100 MB, never an exception."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lms.content import folder
from lms.content.folder import FolderRefusedError
from lms.content.reader import read_course
from tests.content.hostile import cases
from tests.content.small import small

SECONDS, MEGABYTES = 1, 100
# What looks dangerous and is only text: taken as it stands.
HARMLESS = {"a table of a million cells", "many nations", "changes of everything",
            "reasons with spaces", "markdown: quotation marks", "markdown: braces"}  # fmt: skip


MUST_BE_A_FAULT = ("path: ", "toml: ", "nation: ", "too many", "bad", "bidi", "NUL")


def wrong(name: str, found: int, raised: str, seconds: float, megabytes: float) -> str:
    """Return what is wrong with how one hostile course was read; nothing when all is well."""
    if raised:
        return raised
    if seconds >= SECONDS:
        return f"{seconds:.2f} s"
    if megabytes >= MEGABYTES:
        return f"{megabytes:.0f} MB"
    if name in HARMLESS and found:
        return "harmless text is refused"
    if name.startswith(MUST_BE_A_FAULT) and not found:
        return "no fault"
    return ""


def test_hostile_courses_harm_nobody() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.content.hostile"],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
        cwd=Path(__file__).parents[2],
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row[0] for row in rows] == [name for name, _ in cases()]
    assert {row[0]: said for row in rows if (said := wrong(*row))} == {}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Return a folder with the small course."""
    folder.write(tmp_path / "course", small())
    return tmp_path / "course"


def test_a_folder_gives_its_files(course: Path) -> None:
    (course / ".git").mkdir()
    (course / ".git" / "config").write_text("x")
    (course / "en" / ".hidden").write_text("x")
    assert folder.load(course) == small()


def test_links_are_not_followed(course: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (course / "en" / "AB-9.1.md").symlink_to(tmp_path / "secret")
    with pytest.raises(FolderRefusedError, match="links"):
        folder.load(course)


def test_links_to_folders_are_not_followed(course: Path, tmp_path: Path) -> None:
    (course / "fr2").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(FolderRefusedError, match="fr2: links"):
        folder.load(course)


def test_a_link_to_itself_ends(course: Path) -> None:
    (course / "loop").symlink_to(course, target_is_directory=True)
    with pytest.raises(FolderRefusedError):
        folder.load(course)


def test_a_pipe_is_not_opened(course: Path) -> None:
    os.mkfifo(course / "en" / "pipe.md")
    with pytest.raises(FolderRefusedError, match="special files"):
        folder.load(course)


def test_a_deep_folder_is_refused(course: Path) -> None:
    (course / "a/b/c/d/e").mkdir(parents=True)
    with pytest.raises(FolderRefusedError, match="4 folders"):
        folder.load(course)


def test_four_folders_are_read_and_refused_as_files(course: Path) -> None:
    (course / "a/b/c/d").mkdir(parents=True)
    (course / "a/b/c/d/x.md").write_text("x\n")
    said = [str(fault) for fault in read_course(folder.load(course)).faults]
    assert said == ["a/b/c/d/x.md: This file has no place in a course; see FORMAT.md."]


def test_too_many_files_are_not_read(course: Path) -> None:
    for number in range(2001):
        (course / f"{number}").touch()
    with pytest.raises(FolderRefusedError, match="2,000 files"):
        folder.load(course)


def test_too_large_a_folder_is_not_read(course: Path) -> None:
    with (course / "large").open("wb") as file:
        file.truncate(60 * 2**20)
    with pytest.raises(FolderRefusedError, match="50 MB"):
        folder.load(course)


def test_a_name_that_is_no_text_is_a_fault(course: Path) -> None:
    Path(os.fsdecode(os.fsencode(course / "en") + b"/\xff.md")).write_bytes(b"")
    (said,) = read_course(folder.load(course)).faults
    assert str(said).isascii()
    assert "File names use" in str(said)


def test_an_unreadable_folder_is_said(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: object) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(PermissionError):
        folder.load(course)


def test_writing_touches_only_what_changed(course: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in course.rglob("*.md")}
    folder.write(course, {**small(), "en/glossary.md": b"new\n"})
    changed = [path.name for path, when in before.items() if path.stat().st_mtime_ns != when]
    assert changed == ["glossary.md"]
