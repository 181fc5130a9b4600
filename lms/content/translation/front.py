"""One value of a text file's front matter changed; every other byte stays."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from typing import Any

from lms.content.blocks import FENCE

_KEY = re.compile(r"\s*(?:\"(?P<quoted>[^\"\\]*)\"|(?P<bare>[A-Za-z0-9_-]+))\s*=")

_PAIR = re.compile(
    r"(?P<before>[^=]*= *)(?:\"(?:[^\"\\\n]|\\.)*\"|true|false)(?P<after>\s*(?:#.*\n?)?)"
)


def with_value(lead: str, table: str, key: str, value: str | bool, order: Sequence[str]) -> str:
    """Return the head of a file in which ``key`` of ``table`` ("": of no table) has this value.

    order  in which keys of the table stand: a new one is put behind those before it.
    """
    lines = lead.splitlines(keepends=True)
    start, end = _region(lines, table)
    wanted = _values(lead)
    (wanted.setdefault(table, {}) if table else wanted)[key] = value
    changed = lead
    if start is None:
        if table not in _values(lead):
            close = _fence(lines)
            blank = [] if lines[close - 1].strip() == "" else ["\n"]
            changed = "".join(
                [*lines[:close], *blank, f"[{table}]\n", _line(table, key, value), *lines[close:]]
            )
    else:
        keys = {_key(lines[n]): n for n in range(start, end) if _key(lines[n]) is not None}
        if key in keys:
            changed = "".join(
                [*lines[: keys[key]], _changed(lines[keys[key]], value), *lines[keys[key] + 1 :]]
            )
        else:
            earlier = set(order[: order.index(key)] if key in order else order)
            place = max((n + 1 for name, n in keys.items() if name in earlier), default=start)
            changed = "".join([*lines[:place], _line(table, key, value), *lines[place:]])
    return changed if _says(changed, wanted) else _by_tomlkit(lead, table, key, value)


def without_value(lead: str, table: str, key: str) -> str:
    """Return the head of a file without ``key`` in ``table`` ("": in none); the same without it."""
    lines = lead.splitlines(keepends=True)
    wanted = _values(lead)
    place = wanted.get(table, {}) if table else wanted
    if key not in place:
        return lead
    del place[key]
    start, end = _region(lines, table)
    changed = "".join(
        line
        for n, line in enumerate(lines)
        if start is None or not (start <= n < end and _key(line) == key)
    )
    return changed if _says(changed, wanted) else _by_tomlkit(lead, table, key, None)


def _line(table: str, key: str, value: str | bool) -> str:
    # Ids and codes of items stand in quotation marks, as ``stamp`` writes them; names do not.
    name = key if table in {"", "modules"} else quoted(key)
    return f"{name} = {_said(value)}\n"


def _changed(line: str, value: str | bool) -> str:
    """Return a line with another value; what stands around it stays."""
    found = _PAIR.fullmatch(line)
    return f"{found['before']}{_said(value)}{found['after']}" if found else line


def _said(value: str | bool) -> str:
    return quoted(value) if isinstance(value, str) else str(value).lower()


def quoted(text: str) -> str:
    """Return a text as a string of TOML. What JSON writes is one, where no control sign is left."""
    return json.dumps(text, ensure_ascii=False)


def _key(line: str) -> str | None:
    found = _KEY.match(line)
    return None if found is None else (found["quoted"] or found["bare"])


def _fence(lines: Sequence[str]) -> int:
    return next(n for n in range(1, len(lines)) if lines[n].strip() == FENCE)


def _region(lines: Sequence[str], table: str) -> tuple[int | None, int]:
    """Return the lines below a table's name up to the next table; the first ones for ``""``."""
    close = _fence(lines)
    heads = [n for n in range(1, close) if lines[n].lstrip().startswith("[")]
    start = (
        1 if not table else next((n + 1 for n in heads if lines[n].strip() == f"[{table}]"), None)
    )
    if start is None:
        return None, close
    return start, next((n for n in heads if n >= start), close)


def _inside(lead: str) -> tuple[str, str, str]:
    lines = lead.splitlines(keepends=True)
    close = _fence(lines)
    return lines[0], "".join(lines[1:close]), "".join(lines[close:])


def _values(lead: str) -> dict[str, Any]:
    return tomllib.loads(_inside(lead)[1])


def _says(lead: str, wanted: dict[str, Any]) -> bool:
    try:
        return _values(lead) == wanted
    except (ValueError, StopIteration):
        return False


def _by_tomlkit(lead: str, table: str, key: str, value: str | bool | None) -> str:
    """Return what ``with_value`` does where the table is written in an unusual way."""
    import tomlkit  # here, because it is seldom needed and slow to load

    first, inside, rest = _inside(lead)
    document: Any = tomlkit.parse(inside)
    if table and table not in document:
        document[table] = tomlkit.table()
    place = document[table] if table else document
    if value is None:
        del place[key]
    else:
        place[key] = value
    return first + tomlkit.dumps(document) + rest
