"""The small course with something planted, and what the measures say of it."""

from __future__ import annotations

from collections.abc import Iterable

from lms.content.model import Block, Course
from lms.content.quality.findings import SENTENCES, Finding
from lms.content.stamp import stamp
from tests.content.small import edited, read, small

LESSON_RU = """\
+++
title = "Первый урок"
reviewed = false
+++

## Что говорят правила {#ab11-1}

Никаких [пыток](term:torture), и ничего похожего.
"""


def planted(path: str, old: str, new: str) -> Course:
    """Return the small course with one text replaced; ``old`` must be there."""
    return read(edited(path, old, new))


def written(files: dict[str, str | bytes | None]) -> Course:
    """Return the small course with these files, stamped."""
    all_files = small(files)
    return read(all_files | dict(stamp(all_files, "en").files))


def said(findings: Iterable[Finding], code: str) -> list[str]:
    """Return what findings of one code say, as the command prints it."""
    assert code in SENTENCES
    return [str(each) for each in findings if each.code == code]


def block(*lines: str, name: str = "section", block_id: str = "x") -> Block:
    """Return a block with these lines below its heading in line 1."""
    body = "\n".join(lines) + "\n"
    return Block(
        block_id, name, ("Text",) if name == "section" else (), body, f"## Text\n{body}", 1
    )
