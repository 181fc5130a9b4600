"""A course of 100 lessons and 1,000 items, made from a shipped one: the same words, other codes.

``python -m tests.bench.big_course FOLDER`` writes it, to be looked at or read by ``lms content``.
"""

from __future__ import annotations

import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lms.content import folder
from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.model import Block, Document
from lms.content.reader import read_course
from lms.content.stamp import stamp
from tests.bench.seed import ROOT, SLUG

COURSE_ID, BIG_SLUG = "B99", "big-course"
LANGUAGES = ("en", "fr", "ar", "ru", "kk")
SOURCE = "en"
MODULES, LESSONS_EACH, ITEMS_EACH = 10, 10, 10

_OF_LESSON = re.compile(r"\blesson=(\S+)")
_TABLES = re.compile(r"\n\[(?:from|reviewed_blocks)\]\n[^+\[]*", re.S)
_STEM = re.compile(r"\A(?:\n|\{[^\n]*\n)*")


@dataclass(frozen=True, slots=True)
class _Copy:
    """A lesson of the big course: its code, which lesson it is a copy of, and which copy."""

    code: str
    model: str
    turn: int

    def renamed(self, text: str) -> str:
        """Return a text of the model with the codes and the ids of the copy."""
        return text.replace(self.model, self.code).replace(
            f"{_ids(self.model)}-", f"{_ids(self.code)}-"
        )


def _ids(code: str) -> str:
    """Return what the ids of a lesson begin with: MR-1.2 -> mr12, BG-3.10 -> bg310."""
    return re.sub(r"[^a-z0-9]", "", code.lower())


def big_course(model: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of the big course.

    model   files of a course in five languages, whose lessons and items are repeated.
    raises  AssertionError where the result is no course any more, since the model has changed.
    """
    facts = _facts(model)
    lessons = re.findall(r'code = "([^"]+)", minutes', facts)
    copies = [
        _Copy(
            f"BG-{number // LESSONS_EACH + 1}.{number % LESSONS_EACH + 1}",
            lessons[number % len(lessons)],
            number // len(lessons),
        )
        for number in range(MODULES * LESSONS_EACH)
    ]
    items = _items_by_lesson(model)
    files = {"course.toml": _course_toml(facts, copies).encode()}
    files |= {
        path: data
        for path, data in model.items()
        if path.startswith("nations/") or path.endswith("glossary.md")
    }
    for language in LANGUAGES:
        made = [
            ("course.md", _course_md(_document(model, f"{language}/course.md"))),
            *(
                (f"{each.code}.md", _lesson(_document(model, f"{language}/{each.model}.md"), each))
                for each in copies
            ),
            *_banks(model, language, copies, items),
        ]
        files |= {f"{language}/{name}": text.encode() for name, text in made}
    files |= stamp(files, SOURCE).files
    reading = read_course(files)
    assert reading.course is not None, [str(each) for each in list(reading.faults)[:5]]
    return files


def _facts(model: Mapping[str, bytes]) -> str:
    return model["course.toml"].decode()


def _document(model: Mapping[str, bytes], path: str) -> Document:
    found = read_document(path, model[path], Faults())
    assert found is not None, path
    return found


def _lead(document: Document) -> str:
    """Return the head of a file without the digests, which are stamped anew."""
    return _TABLES.sub("\n", document.lead)


def _course_toml(facts: str, copies: list[_Copy]) -> str:
    head = facts.partition("[[module]]")[0]
    head = re.sub(r"^id = .*$", f'id = "{COURSE_ID}"', head, flags=re.M)
    head = re.sub(r"^slug = .*$", f'slug = "{BIG_SLUG}"', head, flags=re.M)
    for each in copies:
        if each.turn == 0:
            head = head.replace(f'lesson = "{each.model}"', f'lesson = "{each.code}"')
    modules = []
    for number in range(MODULES):
        of_module = copies[number * LESSONS_EACH : (number + 1) * LESSONS_EACH]
        lines = "".join(f'  {{ code = "{each.code}", minutes = 15 }},\n' for each in of_module)
        modules.append(f'[[module]]\ncode = "BG-{number + 1}"\nlessons = [\n{lines}]\n')
    return head + "\n".join(modules)


def _course_md(document: Document) -> str:
    head, _, rest = _lead(document).partition("[modules]\n")
    titles = re.findall(r'= ("[^\n]*")', rest.partition("+++")[0])
    named = "".join(
        f"BG-{number + 1} = {titles[number % len(titles)]}\n" for number in range(MODULES)
    )
    return f"{head}[modules]\n{named}+++\n\n" + "".join(block.raw for block in document.blocks)


def _lesson(document: Document, copy: _Copy) -> str:
    return _lead(document) + "".join(
        _asking(copy.renamed(block.raw), f"{copy.code} {number}")
        if block.name == "check"
        else copy.renamed(block.raw)
        for number, block in enumerate(document.blocks)
    )


def _asking(raw: str, name: str) -> str:
    """Return a question whose stem begins with a name: no two questions ask the same."""
    first, _, rest = raw.partition("\n")
    facts = _STEM.match(rest)
    at = facts.end() if facts else 0
    return f"{first}\n{rest[:at]}{name}. {rest[at:]}"


def _items_by_lesson(model: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Return the codes of the items of each lesson of the model."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(model):
        if path.startswith(f"{SOURCE}/bank/"):
            for block in _document(model, path).blocks:
                lesson = _OF_LESSON.search(block.raw)
                assert lesson is not None, block.title
                found[lesson[1]].append(block.title)
    return found


def _banks(
    model: Mapping[str, bytes], language: str, copies: list[_Copy], items: Mapping[str, list[str]]
) -> Iterator[tuple[str, str]]:
    """Yield the bank of each module: ten items for each lesson, those of its model in turn."""
    blocks: dict[str, Block] = {}
    lead = ""
    for path in sorted(model):
        if path.startswith(f"{language}/bank/"):
            document = _document(model, path)
            lead = lead or _lead(document)
            blocks |= {block.title: block for block in document.blocks}
    for number in range(MODULES):
        text, code = lead, 0
        for each in copies[number * LESSONS_EACH : (number + 1) * LESSONS_EACH]:
            of_model = items[each.model]
            for turn in range(ITEMS_EACH):
                code += 1
                name = f"BG-{number + 1}-{code:03}"
                raw = each.renamed(blocks[of_model[turn % len(of_model)]].raw)
                raw = f"## {name}\n" + raw.partition("\n")[2].rstrip("\n") + "\n\n"
                if each.turn or turn >= len(of_model):
                    raw = re.sub(r" critical=[a-z0-9-]+", "", raw, count=1)
                text += _asking(raw, name)
        yield f"bank/BG-{number + 1}.md", text.rstrip("\n") + "\n"


def shipped(slug: str = SLUG) -> dict[str, bytes]:
    """Return the files of the course that the big one is made from."""
    return folder.load(Path(os.environ.get("LMS_COURSES") or ROOT / "courses") / slug)


def main(target: str) -> int:
    """Write the course into the folder ``target``."""
    files = big_course(shipped())
    folder.write(Path(target), files)
    print(f"{len(files)} files, {sum(map(len, files.values())) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
