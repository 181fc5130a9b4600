"""The sentences of one language, read from its ``messages.po``.

Babel reads such a file for people who translate: it takes six times as long, and what four
catalogues leave in the memory of a server is 4 MiB more than their sentences.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from gettext import c2py
from pathlib import Path

_RULE = re.compile(r"plural=([^;]+);")
_ESCAPED = re.compile(r"\\(.)")
_MEANING = {"n": "\n", "r": "\r", "t": "\t"}


class Sentences:
    """What a language says for each sentence of the program; without a file, the sentence itself.

    path   a file as ``python -m tests.catalogues`` writes and checks it: a sentence stands once,
           whatever its context, and none is fuzzy.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._said: dict[str, str] = {}
        self._counted: dict[str, list[str]] = {}
        self._form: Callable[[int], int] = c2py("n != 1")
        for msgid, *said in _entries(path) if path else ():
            if not all(said):
                continue
            if len(said) > 1:  # the second is English, for many
                self._counted[msgid] = said[1:]
            elif msgid:
                self._said[sys.intern(msgid)] = said[0]  # the languages share their keys
            elif rule := _RULE.search(said[0]):
                self._form = c2py(rule[1])

    def said(self, msgid: str) -> str:
        """Return the sentence in this language."""
        found = self._said.get(msgid)
        return found if found is not None else self.counted(msgid, msgid, 1)

    def counted(self, one: str, many: str, n: int) -> str:
        """Return the form of the sentence that fits ``n``."""
        found = self._counted.get(one)
        if found is not None:
            return found[self._form(n)]
        return one if n == 1 else many


def _entries(path: Path) -> Iterator[list[str]]:
    """Yield the strings of each entry: what is to be said, and how; the head comes first."""
    strings: list[list[str]] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            keyword, quote, rest = line.rstrip("\n").partition('"')
            if not quote or keyword.startswith("#"):
                continue
            if keyword == "msgid " and strings:
                yield [_plain(parts) for parts in strings]
                strings = []
            if keyword:
                strings.append([])
            strings[-1].append(rest[:-1])
    yield [_plain(parts) for parts in strings]


def _plain(parts: list[str]) -> str:
    return _ESCAPED.sub(lambda sign: _MEANING.get(sign[1], sign[1]), "".join(parts))
