"""Bytes of a text file as clean text: its encoding found out, invisible signs taken away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lms.authoring.questions.understood import Notes
from lms.kernel.composed import composed
from lms.kernel.messages import msg
from lms.sheets import encodings

ENCODINGS = (encodings.UTF_8, encodings.UTF_16, *encodings.CHOICES)
PREVIEW_LINES, PREVIEW_WIDTH = 5, 120

_SAMPLE = 1 << 16
# They turn the direction of all text after them: what is read is then not what is stored.
TURNING = re.compile("[\u202a-\u202e]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text with line ends LF in form NFC.

    sure      whether its encoding is certain.
    previews  where it is not: encoding -> some lines with letters beyond ASCII.
    """

    text: str
    encoding: str
    sure: bool = True
    previews: Mapping[str, str] = field(default_factory=dict)


def decoded(path: Path, asked: str, notes: Notes) -> Decoded | None:
    """Return the text of a file; None, and an error, where it is no text.

    asked  the encoding that somebody has chosen; empty to find it out.
    """
    data = path.read_bytes()
    certain = encodings.known(path)
    chosen = certain or asked or encodings.guessed(path)
    if chosen != encodings.UTF_16 and b"\0" in data:
        notes.error("binary", 0, "", msg("This file is no text. Save it as text in UTF-8."))
        return None
    text = data.decode(encodings.CODECS[chosen], "replace")
    if text.count("\ufffd") and "\ufffd".encode() not in data:
        if asked or certain:
            notes.error(
                "encoding",
                text.count("\n", 0, text.index("\ufffd")) + 1,
                "",
                msg("The file has signs that %(encoding)s does not have. Choose another encoding."),
                encoding=chosen,
            )
            return None
        notes.warn(
            "encoding",
            text.count("\n", 0, text.index("\ufffd")) + 1,
            "",
            msg("The file has signs that %(encoding)s does not have. Choose another encoding."),
            encoding=chosen,
        )
    if certain is None and not asked:
        told_encoding(chosen, notes)
    previews = {} if certain else {name: _preview(data, name) for name in encodings.CHOICES}
    return Decoded(_clean(text, notes), chosen, certain is not None, previews)


def told_encoding(chosen: str, notes: Notes) -> None:
    """Say in which encoding a file was read that could be in another one."""
    notes.warn(
        "encoding",
        0,
        "",
        msg(
            "The file is not in Unicode and was read as %(encoding)s. Look whether its words are "
            "right; else choose another encoding."
        ),
        encoding=chosen,
    )


def told_turning(count: int, line: int, notes: Notes) -> None:
    """Say that signs which turn the direction of writing were taken out."""
    notes.warn(
        "direction",
        line,
        "",
        msg(
            "Invisible signs that turn the direction of writing (U+202A to U+202E) were taken out: "
            "%(count)s. The first stands here."
        ),
        count=count,
    )


def _clean(text: str, notes: Notes) -> str:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and not _CONTROL.search(text):
        return text
    line = _line_of(TURNING, text)
    text, turning = TURNING.subn("", text)
    if turning:
        told_turning(turning, line, notes)
    line = _line_of(_CONTROL, text)
    text, control = _CONTROL.subn(" ", text)
    if control:
        notes.warn(
            "control",
            line,
            "",
            msg("Control characters became spaces: %(count)s. The first stands here."),
            count=control,
        )
    return composed(text)


def _line_of(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _preview(data: bytes, name: str) -> str:
    telling = (line for line in data[:_SAMPLE].splitlines() if not line.isascii())
    lines = [line for line, _ in zip(telling, range(PREVIEW_LINES), strict=False)]
    said = (line.decode(encodings.CODECS[name], "replace").strip() for line in lines)
    return "\n".join(TURNING.sub("", line)[:PREVIEW_WIDTH] for line in said)
