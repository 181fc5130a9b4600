"""Two versions of a text, compared: what was taken out, what was put in, who changed what.

Lines are compared first, then the words of lines that changed. All of it shares one budget of
steps: beyond it a whole passage counts as changed, so no text can keep a reader waiting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import category

SAME, REMOVED, ADDED = "same", "removed", "added"
# A page may wait for so many steps: about a third of a second on a weak machine.
MOST_STEPS = 400_000
# Two texts with more differences than this are two texts, not two versions of one.
MOST_DIFFERENCES = 300
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
# Inside a word: apostrophes, and the two signs that join or part letters without being one.
_INNER = frozenset("'’\u200c\u200d")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text. ``kind`` is ``same``, ``removed`` or ``added``."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line on both sides: same and removed pieces left, same and added pieces right.

    A side without such a line is empty. ``changed`` is whether they differ.
    """

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Whether the two sides differ."""
        return any(piece.kind != SAME for piece in (*self.left, *self.right))


class _Budget:
    def __init__(self) -> None:
        self.left = MOST_STEPS


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """Return the pieces of both texts in order.

    The same and removed ones joined are ``before``, the same and added ones ``after``.
    """
    budget = _Budget()
    left, right = _LINE.findall(before), _LINE.findall(after)
    pieces: list[Piece] = []
    for is_same, old, new in _runs(left, right, budget):
        if is_same:
            pieces.append(Piece(SAME, "".join(old)))
        else:
            pieces += _words("".join(old), "".join(new), budget)
    return tuple(_joined(pieces))


def side_by_side(before: str, after: str) -> tuple[Row, ...]:
    """Return both texts line by line; the left sides joined are ``before``, the right ``after``."""
    budget = _Budget()
    rows = []
    for is_same, old, new in _runs(_LINE.findall(before), _LINE.findall(after), budget):
        if is_same:
            rows += [Row((Piece(SAME, line),), (Piece(SAME, line),)) for line in old]
            continue
        for place in range(max(len(old), len(new))):
            one, other = "".join(old[place : place + 1]), "".join(new[place : place + 1])
            pieces = _joined(_words(one, other, budget))
            rows.append(
                Row(
                    tuple(piece for piece in pieces if piece.kind != ADDED),
                    tuple(piece for piece in pieces if piece.kind != REMOVED),
                )
            )
    return tuple(rows)


def words_and_signs(text: str) -> list[str]:
    """Return a text as words, runs of spaces and single signs; joined they are the text.

    Combining marks stay with their letter. Scripts that put no space between words give one piece
    for each ideograph.
    """
    starts: list[int] = []
    last = ""
    for place, sign in enumerate(text):
        kind = _kind(sign)
        if kind == "mark" and starts:
            continue
        inner = sign in _INNER and last == "word" and _kind(text[place + 1 : place + 2]) == "word"
        if inner or (kind == last and kind in {"word", "space"}):
            continue
        starts.append(place)
        last = kind
    return [text[start:end] for start, end in pairwise((*starts, len(text)))]


def _kind(sign: str) -> str:
    if not sign:
        return "end"
    if sign.isspace():
        return "space"
    if "\u3040" <= sign <= "\u9fff" or sign >= "\U00020000":
        return "ideograph"
    if sign.isalnum():
        return "word"
    return "mark" if category(sign).startswith("M") else "sign"


def _words(before: str, after: str, budget: _Budget) -> list[Piece]:
    if not before or not after:
        return _changed(before, after)
    pieces: list[Piece] = []
    for is_same, old, new in _runs(words_and_signs(before), words_and_signs(after), budget):
        if is_same:
            pieces.append(Piece(SAME, "".join(old)))
        else:
            pieces += _changed("".join(old), "".join(new))
    return _without_gaps(pieces)


def _changed(before: str, after: str) -> list[Piece]:
    found = (Piece(REMOVED, before), Piece(ADDED, after))
    return [piece for piece in found if piece.text]


def _without_gaps(pieces: list[Piece]) -> list[Piece]:
    """Let a space between two changed words change with them: one mark is read, not three."""
    found: list[Piece] = []
    for place, piece in enumerate(pieces):
        lone = piece.kind == SAME and piece.text.isspace() and "\n" not in piece.text
        if lone and 0 < place < len(pieces) - 1:
            found += [Piece(REMOVED, piece.text), Piece(ADDED, piece.text)]
        else:
            found.append(piece)
    return found


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with neighbours of one kind put together, removed before added."""
    found: list[Piece] = []
    removed = added = ""
    for piece in (*pieces, Piece(SAME, "")):
        if piece.kind == REMOVED:
            removed += piece.text
        elif piece.kind == ADDED:
            added += piece.text
        else:
            found += _changed(removed, added)
            if removed or added or not found:
                found.append(piece)
            else:
                found[-1] = Piece(SAME, found[-1].text + piece.text)
            removed = added = ""
    return [piece for piece in found if piece.text]


def _runs(
    left: Sequence[str], right: Sequence[str], budget: _Budget
) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    """Yield what both have in common and what differs between, in order."""
    one = other = 0
    for start, there, length in (*_matches(left, right, budget), (len(left), len(right), 0)):
        if start > one or there > other:
            yield False, left[one:start], right[other:there]
        if length:
            yield True, left[start : start + length], right[there : there + length]
        one, other = start + length, there + length


def _matches(
    left: Sequence[str], right: Sequence[str], budget: _Budget
) -> list[tuple[int, int, int]]:
    """Return (place left, place right, length) of everything in common, in order."""
    most = min(len(left), len(right))
    head = 0
    while head < most and left[head] == right[head]:
        head += 1
    tail = 0
    while tail < most - head and left[-1 - tail] == right[-1 - tail]:
        tail += 1
    inside = _shortest(left[head : len(left) - tail], right[head : len(right) - tail], budget)
    found = [(0, 0, head)] if head else []
    found += [(head + x, head + y, length) for x, y, length in inside]
    if tail:
        found.append((len(left) - tail, len(right) - tail, tail))
    return found


def _shortest(
    left: Sequence[str], right: Sequence[str], budget: _Budget
) -> list[tuple[int, int, int]]:
    """Return what is in common by the shortest edit (E. W. Myers, Algorithmica 1, 1986, 251-266).

    Nothing where either side is empty, the budget is used up, or they differ too much.
    """
    reached, trace = {1: 0}, []
    for cost in range(min(len(left) + len(right), MOST_DIFFERENCES) + 1):
        if not left or not right or budget.left <= 0:
            return []
        trace.append(reached.copy())
        for way in range(-cost, cost + 1, 2):
            down = way == -cost or (way != cost and reached[way - 1] < reached[way + 1])
            x = reached[way + 1] if down else reached[way - 1] + 1
            start = x
            while x < len(left) and 0 <= x - way < len(right) and left[x] == right[x - way]:
                x += 1
            reached[way] = x
            budget.left -= 1 + x - start
            if x >= len(left) and x - way >= len(right):
                return _walked_back(trace, len(left), len(right))
        budget.left -= len(reached) // 8  # the copy above
    return []


def _walked_back(trace: Sequence[dict[int, int]], x: int, y: int) -> list[tuple[int, int, int]]:
    found = []
    for cost in range(len(trace) - 1, -1, -1):
        reached, way = trace[cost], x - y
        down = way == -cost or (way != cost and reached[way - 1] < reached[way + 1])
        before = way + 1 if down else way - 1
        old_x = reached[before]
        old_y = old_x - before
        start = max(old_x + (not down), 0) if cost else 0
        if x > start:
            found.append((start, start - way, x - start))
        x, y = old_x, old_y
    return found[::-1]
