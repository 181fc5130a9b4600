"""What an author changed in the source language, noted for translators and readers."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from lms.content.blocks import MOST_TOML
from lms.content.digests import NEWS, block_key, digested_text, text_digest, titles_in
from lms.content.faults import CourseRefused, Faults
from lms.content.model import Change, Document
from lms.content.tables import SEVERITIES
from lms.content.toml_text import tables_of, without_tail
from lms.content.translation.front import quoted
from lms.kernel.messages import msg


def changes_between(
    old: Document, new: Document, severity: str | Mapping[str, str]
) -> tuple[Change, ...]:
    """Return an entry for each block and title whose text differs; none for new ones and gone ones.

    severity  ``typo``, ``meaning`` or ``law``: of all, or by the key of the block; raises KeyError
              for a changed block without one, ValueError for any other word.
    """
    before, after = _texts(old), _texts(new)
    found = []
    for key, text in after.items():
        if key not in before or before[key] == text:
            continue
        weight = severity if isinstance(severity, str) else severity[key]
        if weight not in SEVERITIES:
            raise ValueError(weight)
        was = before[key]
        found.append(Change(key, text_digest(was), text_digest(text), weight, was))
    return tuple(found)


def _texts(document: Document) -> dict[str, str]:
    # What is new is said anew for each edition: nothing to weigh.
    titles = {key: title for key, title in titles_in(document).items() if key != NEWS}
    return titles | {block_key(block): digested_text(block) for block in document.blocks}


def with_changes(text: str, entries: Iterable[Change]) -> str:
    """Return ``changes.toml`` with entries behind those that it has; every other byte stays.

    text     the file as it is, "" for none. An entry that it has already is not written twice.
    returns  the file; where it would grow beyond 64 kB, the new entries go without their old
             words, which the digests still name.
    raises   CourseRefused where it is too large all the same.
    """
    known = tomllib.loads(text).get("change", [])
    last = {
        (each.get("block"), each.get("old"), each.get("new")): each.get("severity")
        for each in known
    }
    fresh = [
        each for each in entries if last.get((each.block, each.old, each.new)) != each.severity
    ]
    for worded in (True, False):
        written = _appended(text, fresh, worded=worded)
        if len(written.encode()) <= MOST_TOML:
            return written
    faults = Faults()
    faults.add("changes.toml", 0, msg("This table is larger than 64 kB. Shorten it."))
    raise CourseRefused(faults)


def without_changes(text: str, gone: Collection[tuple[str, str, str]]) -> str:
    """Return ``changes.toml`` without the entries of these changes; every other byte stays.

    gone  (block, old digest, new digest). An entry that is written in an unusual way stays.
    """
    kept = []
    for part in tables_of(text):
        found = tomllib.loads(part).get("change") if part.startswith("[[change]]") else None
        each = found[0] if found else {}
        if found and (each.get("block"), each.get("old"), each.get("new")) in gone:
            _, tail = without_tail(part)
            kept.append(tail.lstrip("\n"))
        else:
            kept.append(part)
    return "".join(kept)


def _appended(text: str, entries: list[Change], *, worded: bool) -> str:
    if not entries:
        return text
    lines = []
    for each in entries:
        said = _values(each, worded=worded)
        lines += ["[[change]]", *(f"{name} = {_quoted(value)}" for name, value in said.items()), ""]
    start = text if not text or text.endswith("\n") else text + "\n"
    written = start + ("\n" if text else "") + "\n".join(lines)
    wanted = [
        *tomllib.loads(text).get("change", []),
        *(_values(each, worded=worded) for each in entries),
    ]
    try:
        if tomllib.loads(written).get("change") == wanted:
            return written
    except ValueError:
        pass
    return _by_tomlkit(text, entries, worded=worded)


def _values(each: Change, *, worded: bool) -> dict[str, str]:
    found = {"block": each.block, "old": each.old, "new": each.new, "severity": each.severity}
    return {**found, "text": each.text} if worded and each.text else found


def _quoted(text: str) -> str:
    """Return a text as a string of TOML: on lines of its own where it has several."""
    if "\n" not in text:
        return quoted(text)
    said = text.replace("\\", "\\\\").replace('"""', '""\\"')
    return f'"""\n{said}\\\n"""' if said.endswith('"') else f'"""\n{said}"""'


def _by_tomlkit(text: str, entries: list[Change], *, worded: bool) -> str:
    """Return the file where its entries are written in an unusual way."""
    import tomlkit  # here, because it is seldom needed and slow to load

    document: Any = tomlkit.parse(text)
    for each in entries:
        document["change"].append(_values(each, worded=worded))
    return tomlkit.dumps(document)
