"""The counts of translated files, remembered by this process so that no page counts a whole course.

They are found by the contents of both files, so they are never old; after a start they are counted
again, some with each page that asks (a hundred lessons and their questions in five languages take
two seconds in all).
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, TypeAlias

from lms.authoring.translating.pairs import Pair
from lms.authoring.translating.rules import counted

# Name of the file, digests of the source text and of the translation, "" for none.
State: TypeAlias = tuple[str, str, str]
# About 3 MB; courses that nobody looks at any more make room.
MOST = 6_000
_NOTHING: Mapping[str, Any] = {
    "units": 0, "new": 0, "translated": 0, "reviewed": 0, "words": 0, "words_left": 0, "stale": [],
}  # fmt: skip

_known: dict[State, Mapping[str, Any]] = {}


def known(state: State) -> Mapping[str, Any] | None:
    """Return the counts of a file; None while they are not known."""
    return _known.get(state)


def count(name: str, source: bytes, target: bytes, found: Pair | None) -> None:
    """Remember the counts of a file; one whose source cannot be read has nothing to count."""
    if len(_known) >= MOST:
        # The oldest first: a dictionary keeps the order in which it was filled.
        for state in [*_known][: MOST // 4]:
            _known.pop(state, None)
    _known[name, _digest(source), _digest(target)] = counted(found.units) if found else _NOTHING


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest() if data else ""
