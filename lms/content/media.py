"""The pictures of a course: the files, the lines that show them, and whether the two agree."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from lms.content.faults import Faults
from lms.content.model import Document
from lms.content.pictures import (
    MOST_BYTES,
    MOST_PIXELS,
    NotAPictureError,
    Picture,
    header,
    picture,
)
from lms.kernel.messages import msg

FOLDER = "media/"
LONGEST_ALT = 300
FIGURE = re.compile(r"!\[(?P<alt>[^\[\]]*)\]\(media/(?P<name>[A-Za-z0-9][A-Za-z0-9.-]*)\)\s*")
ENDINGS = ("png", "webp", "jpg", "jpeg", "avif")
HEARD = (
    "mp3",
    "mp4",
    "m4a",
    "m4v",
    "aac",
    "oga",
    "ogg",
    "ogv",
    "opus",
    "wav",
    "webm",
    "mov",
    "vtt",
)
# What asks or tells of one country; a picture there would be read as part of the answer or the law.
WITHOUT = frozenset({"check", "box"})


def check_line(path: str, number: int, line: str, faults: Faults) -> None:
    """Note what is wrong with a line that shows a picture, or that tries to."""
    found = FIGURE.fullmatch(line.rstrip("\n"))
    if found is None:
        faults.add(
            path,
            number,
            msg("A picture stands alone on its line: ![what it shows](media/door.webp)"),
        )
    elif not found["alt"].strip() or len(found["alt"]) > LONGEST_ALT:
        faults.add(
            path,
            number,
            msg("Say in the brackets what the picture shows, in at most 300 characters."),
        )


def read_media(files: Mapping[str, bytes], faults: Faults) -> dict[str, Picture]:
    """Return the pictures of a course by their name inside ``media/``; note what is wrong."""
    found = {}
    for path in sorted(files):
        if path.startswith(FOLDER):
            one = _read(path, files[path], faults)
            if one is not None:
                found[one.name] = one
    return found


def _read(path: str, data: bytes, faults: Faults) -> Picture | None:
    name = path.removeprefix(FOLDER)
    ending = name.rpartition(".")[2].lower()
    if "/" in name:
        faults.add(path, 0, msg("This file has no place in a course; see FORMAT.md."))
    elif ending in HEARD:
        faults.add(
            path,
            0,
            msg(
                "Sound and film are not taken: they are too heavy for weak lines. Write as text "
                "what they say."
            ),
        )
    elif ending not in ENDINGS:
        faults.add(path, 0, msg("A picture's name ends with .png, .webp, .jpg, .jpeg or .avif."))
    elif len(data) > MOST_BYTES:
        faults.add(
            path,
            0,
            msg("The picture has %(size)s bytes. It may have 61,440: make it smaller."),
            size=len(data),
        )
    else:
        try:
            said = header(data)
        except NotAPictureError:
            faults.add(
                path,
                0,
                msg(
                    "This is no picture of the kinds PNG, WebP, JPEG and AVIF, or it is broken. "
                    "Save it once more."
                ),
            )
            return None
        if said.width * said.height > MOST_PIXELS:
            faults.add(
                path, 0, msg("The picture has more than 25 million pixels. Make it smaller.")
            )
        if said.moves:
            faults.add(path, 0, msg("The picture moves. Save one still picture of it."))
        if said.notes or said.tail:
            faults.add(
                path,
                0,
                msg(
                    "The picture carries more than a picture, for example its place and camera. "
                    "Run: lms content picture"
                ),
            )
        return picture(name, data)
    return None


def check_media(
    pictures: Mapping[str, Picture],
    files: Collection[str],
    lessons: Iterable[Document],
    others: Iterable[Document],
    faults: Faults,
) -> None:
    """Note which line shows a picture that is not there or must not be, and what nobody shows.

    files    every path of the course; a picture with a fault of its own is there all the same.
    lessons  the files of lessons in every language; ``others`` those that show no pictures.
    """
    used = set()
    for document in lessons:
        for number, name, block in _shown(document):
            used.add(name)
            if block in WITHOUT:
                _refuse_here(document, number, faults)
            if f"{FOLDER}{name}" not in files:
                faults.add(
                    document.path,
                    number,
                    msg("The course has no picture %(name)s."),
                    name=name[:80],
                )
    for document in others:
        for number, name, _ in _shown(document):
            used.add(name)
            _refuse_here(document, number, faults)
    for name in sorted(set(pictures) - used):
        faults.add(
            f"{FOLDER}{name}", 0, msg("No lesson shows this picture. Show it or take it away.")
        )


def _refuse_here(document: Document, number: int, faults: Faults) -> None:
    faults.add(
        document.path,
        number,
        msg("Only the text of a lesson shows pictures, no question and no box."),
    )


def _shown(document: Document) -> Iterator[tuple[int, str, str]]:
    """Yield line, picture and kind of block wherever a file shows one."""
    for block in document.blocks:
        for number, line in enumerate(block.body.splitlines(), block.line + 1):
            if found := FIGURE.fullmatch(line):
                yield number, found["name"], block.name
