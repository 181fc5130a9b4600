"""A translated block is current or stale by a known weight, and reviewed only as it was read."""

from __future__ import annotations

import pytest

from lms.content.digests import block_digest, digested_text, text_digest
from lms.content.model import Block, Change, Course, Document
from lms.content.standing import block_accepted_by, is_current, is_reviewed, severity_between
from tests.content.small import edited, read, small


def changes(*steps: str) -> list[Change]:
    """``"a b typo"``: the block x changed from a to b, a typing error."""
    return [Change("x", *step.split()) for step in steps]


@pytest.mark.parametrize(
    ("steps", "severity"),
    [
        ((), None),
        (("a d typo",), "typo"),
        (("a b typo", "b d meaning"), "meaning"),
        (("a b law", "b d typo"), "law"),
        (("a b typo",), None),
        (("a b typo", "b a typo"), None),
        (("a d law", "a d typo"), "typo"),
        (("a d typo", "a b law", "b d law"), "typo"),
        (("b d typo",), None),
    ],
)
def test_changes_are_followed_and_the_heaviest_counts(
    steps: tuple[str, ...], severity: str | None
) -> None:
    assert severity_between(changes(*steps), "x", "a", "d") == severity
    assert severity_between(changes(*steps), "y", "a", "d") is None
    assert is_current(changes(*steps), "x", "a", "d") == (severity == "typo")


def test_a_typing_error_hides_no_later_change_of_meaning() -> None:
    assert not is_current(changes("a b typo", "b d meaning"), "x", "a", "d")


def test_what_was_made_from_todays_text_is_current() -> None:
    assert is_current([], "x", "d", "d")
    assert not is_current([], "x", None, "d")


def test_the_old_words_are_what_the_digest_is_of() -> None:
    course = read(small())
    for documents in course.documents.values():
        for document in documents.values():
            for block in document.blocks:
                assert text_digest(digested_text(block)) == block_digest(block)


def first(course: Course) -> tuple[Document, Block]:
    document = course.documents["ar"]["AB-1.1"]
    return document, document.blocks[0]


def accepted(said: str, *, reviewed: str = "false") -> dict[str, bytes]:
    table = f'reviewed = {reviewed}\n\n[reviewed_blocks]\n"ab11-o" = "{said}"'
    return edited("ar/AB-1.1.md", "reviewed = false", table)


def test_a_block_is_reviewed_as_it_was_read() -> None:
    digest = block_digest(first(read(small()))[1])
    files = accepted(f"{digest} National Prison School, 2026-12")
    assert block_accepted_by(*first(read(files))) == "National Prison School, 2026-12"
    assert block_accepted_by(*first(read(accepted(digest)))) == ""
    later = dict(files)
    later["ar/AB-1.1.md"] = later["ar/AB-1.1.md"].replace("ممنوع".encode(), "محظور".encode())
    assert block_accepted_by(*first(read(later))) is None
    assert block_accepted_by(*first(read(small()))) is None


def test_a_file_is_reviewed_when_each_block_is() -> None:
    document = first(read(small()))[0]
    table = "".join(
        f'"{block.id}" = "{block_digest(block)} A. Saidi"\n' for block in document.blocks
    )
    whole = edited("ar/AB-1.1.md", "[from]", f"[reviewed_blocks]\n{table}\n[from]")
    assert is_reviewed(first(read(whole))[0])
    assert not is_reviewed(first(read(accepted(block_digest(document.blocks[0]))))[0])
    assert is_reviewed(first(read(edited("ar/AB-1.1.md", "= false", '= "A. Saidi"')))[0])
    other = accepted("0" * 12, reviewed='"A. Saidi"')
    assert not is_reviewed(first(read(other))[0])
