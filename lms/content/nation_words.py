"""Write one block of a country's ``boxes.md`` or ``replaced.md``; every other byte stays.

Each function takes the text of the file, empty where there is none yet, and returns the new one;
saying the same again changes nothing. They do not judge: read the file afterwards. What is written
for one block is to stay one block: words that begin another one are for the reader to refuse.
All raise ValueError for a file that cannot be read.
"""

from __future__ import annotations

from dataclasses import dataclass

from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.model import Block, Document
from lms.content.nation_agreement import NATIONAL
from lms.kernel.messages import Message, msg


@dataclass(frozen=True, slots=True)
class _New:
    """How a block is written: under a heading, or as a container when ``name`` is its name."""

    id: str
    name: str = "section"
    heading: str = ""

    def text(self, words: str, first: str = "") -> str:
        """Return the block; ``first`` is the line that it keeps."""
        mark = f" {{#{self.id}}}\n"
        if self.name == "section":
            return f"{first or f'## {self.heading}{mark}'}\n{words}\n"
        return f"{first or f'::: {self.name}{mark}'}{words}\n:::\n"


def set_box_words(text: str, nation: str, box: str, words: str) -> str:
    """Say what a country says in a box in one language; no words take the block away."""
    document = _document(text)
    known = [block for block in document.blocks if block.title == box] if document else []
    new = _New(f"{nation}-{box.lower().replace('.', '-')}", heading=box)
    return _put(text, document, known, f"{nation.upper()}: boxes", new, words)


def set_replaced(text: str, nation: str, origin: Block, heading: str, words: str) -> str:
    """Say what a country says in place of a block of the core; no words take its block away.

    origin   the core's block: the new one begins as it does.
    heading  of the country's own, for a block under a heading; else it is not used.
    """
    new = _New(NATIONAL + origin.id, origin.name, heading if origin.name == "section" else "")
    return _replace(text, nation, new, words)


def take_replaced(text: str, block_id: str) -> str:
    """Take a country's words in place of a block away."""
    return _replace(text, "", _New(NATIONAL + block_id), "")


def _replace(text: str, nation: str, new: _New, words: str) -> str:
    document = _document(text)
    known = [block for block in document.blocks if block.id == new.id] if document else []
    return _put(text, document, known, f"{nation.upper()}: replaced", new, words)


def _document(text: str) -> Document | None:
    """Return the file as it is, None for one that is not there yet."""
    if not text:
        return None
    document = read_document("", text.encode(), Faults())
    if document is None:
        raise ValueError("the file cannot be read")
    return document


def _put(
    text: str, document: Document | None, known: list[Block], title: str, new: _New, words: str
) -> str:
    said = words.strip()
    if document is None:
        return f'+++\ntitle = "{title}"\n+++\n\n{new.text(said)}' if said else text
    if not said:
        gone = {id(block) for block in known}
        kept = "".join(block.raw for block in document.blocks if id(block) not in gone)
        return f"{(document.lead + kept).rstrip(chr(10))}\n" if gone else text
    if not known:
        return f"{text.rstrip(chr(10))}\n\n{new.text(said)}"
    block = known[0]
    begins_alike = (block.name, block.title) == (new.name, new.heading)
    if begins_alike and block.body.strip() == said:
        return text
    first = block.raw[: block.raw.index("\n") + 1] if begins_alike else ""
    blank = block.raw[len(block.raw.rstrip("\n")) + 1 :]
    written = new.text(said, first) + blank
    return document.lead + "".join(
        written if each is block else each.raw for each in document.blocks
    )


def faults_of(words: str, heading: str = "X", name: str = "section") -> list[Message]:
    """Return what no block may hold of what somebody wants to say in one, in the order of lines.

    heading, name  of the block that it is to be.
    """
    faults = Faults()
    text = f"+++\n+++\n\n{_New('x', name, heading).text(words.strip())}"
    document = read_document("", text.encode(), faults)
    found = [fault.message for fault in faults]
    if document is not None and len(document.blocks) > 1:
        found.append(Message(msg("A line here begins another block. Use ### for headings.")))
    return found
