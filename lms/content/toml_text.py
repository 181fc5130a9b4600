"""Change one table of a TOML text and leave every other byte as somebody wrote it.

A text is cut into its tables first: what stands between two of them is never read anew, so that
comments, order and spaces stay. Inside one table tomlkit changes a value;
it is loaded where something is written, since pages that only read need none of it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

# What a line may hold that hides line ends and brackets from whoever looks for tables.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""+|\'\'\'.*?\'\'\'+|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}\n]',
    re.DOTALL,
)
Values = Mapping[str, Any]


def put(text: str, key: str, values: Values, *, name: str = "") -> str:
    """Return the text with these values in a table; a value None goes.

    key     of the table ``[key]``, or of the list of tables ``[[key]]`` where ``name`` is given:
            then the one whose ``name`` is as in ``values``, a new one where there is none.
    raises  ValueError for a text that is no TOML.
    """
    parts = tables_of(text)
    if key in tomllib.loads(parts[0]):
        parts[0] = _put_inline(parts[0], key, values, name)
        return "".join(parts)
    place = _place(parts, key, name, values.get(name))
    if place is not None:
        parts[place] = _changed(parts[place], key, values)
        return "".join(parts)
    new = _written(f"[[{key}]]" if name else f"[{key}]", values)
    last = max((n for n in range(1, len(parts)) if key in tomllib.loads(parts[n])), default=None)
    if last is None:
        before = "".join(parts)
        return f"{_ended(before)}{new}" if before.strip() else before + new
    head, tail = without_tail(parts[last])
    parts[last] = f"{_ended(head)}{new}{tail}"
    return "".join(parts)


def take(text: str, key: str, *, name: str = "", value: object = None) -> str:
    """Return the text without a table; of ``[[key]]`` the one whose ``name`` is ``value``.

    Comments below it stay. Where there is no such table, the text is returned as it is.
    """
    parts = tables_of(text)
    if key in tomllib.loads(parts[0]):
        parts[0] = _take_inline(parts[0], key, name, value)
        return "".join(parts)
    place = _place(parts, key, name, value)
    if place is None:
        return text
    _, tail = without_tail(parts[place])
    parts[place] = tail.lstrip("\n")
    if not "".join(parts[place:]) and parts[place - 1].endswith("\n\n"):
        parts[place - 1] = parts[place - 1][:-1]
    return "".join(parts)


def put_value(text: str, key: str, value: object) -> str:
    """Return the text with a value above all tables; None takes it away."""
    import tomlkit

    parts = tables_of(text)
    if key in tomllib.loads(parts[0]):
        document = tomlkit.parse(parts[0])
        if value is None:
            del document[key]
            return "".join([tomlkit.dumps(document).lstrip("\n"), *parts[1:]])
        if document[key] != value:
            document[key] = value
        return "".join([tomlkit.dumps(document), *parts[1:]])
    if value is None:
        return text
    # At the top: a comment further down may belong to the table below it.
    between = "" if tomllib.loads(parts[0]) or not text.strip() else "\n"
    return f"{key} = {_toml(value)}\n{between}{text}"


def lines_of(text: str) -> list[tuple[str, bool]]:
    """Return each line, and whether it begins outside of every string and bracket."""
    ends, depth = [], 0
    for token in _TOKEN.finditer(text):
        if token[0] == "\n":
            ends.append((token.end(), depth == 0))
        elif token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
    clean = {0, *(end for end, outside in ends if outside)}
    lines, start = [], 0
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        lines.append((line, start in clean))
        start += len(line)
    return lines


def tables_of(text: str) -> list[str]:
    """Return what stands above all tables, then each table with its own ones inside it."""
    parts = [""]
    for line, clean in lines_of(text):
        inside = False
        if clean and line.lstrip().startswith("["):
            header = next(iter(tomllib.loads(line).values()))
            inside = len(parts) > 1 and isinstance(header, dict) and bool(header)
            if not inside:
                parts.append("")
        parts[-1] += line
    return parts


def _place(parts: list[str], key: str, name: str, value: object) -> int | None:
    for place in range(1, len(parts)):
        found = tomllib.loads(parts[place]).get(key)
        if found is not None and (not name or found[0].get(name) == value):
            return place
    return None


def without_tail(part: str) -> tuple[str, str]:
    """Return a table up to its last value, and the empty lines and comments below."""
    lines = lines_of(part)
    end = len(lines)
    while end and lines[end - 1][1] and lines[end - 1][0].strip()[:1] in {"", "#"}:
        end -= 1
    texts = [line for line, _ in lines]
    return "".join(texts[:end]), "".join(texts[end:])


def _changed(part: str, key: str, values: Values) -> str:
    import tomlkit

    now = _of(tomllib.loads(part)[key])
    document = tomlkit.parse(part)
    table: Any = _of(document[key])
    added = {}
    for name, value in values.items():
        if value is None:
            if name in now:
                del table[name]
        elif name not in now:
            added[name] = value
        elif now[name] != value:
            table[name] = tomlkit.item(value) if not isinstance(value, dict) else _inline(value)
    head, *inside = _tables(tomlkit.dumps(document))
    upper, tail = without_tail(head)
    return "".join([_ended(upper, blank=False), *_values(added), tail, *inside])


def _of(found: Any) -> Any:  # noqa: ANN401 -- a table, of tomllib or of tomlkit
    return found[0] if isinstance(found, list) else found


def _tables(part: str) -> list[str]:
    """Return the first table of a part, then each one inside it."""
    tables = [""]
    for line, clean in lines_of(part):
        if clean and line.lstrip().startswith("[") and tables != [""]:
            tables.append("")
        tables[-1] += line
    return tables


def _put_inline(part: str, key: str, values: Values, name: str) -> str:
    """Change what is written as ``key = [{…}]``, ``key = {…}`` or ``key.name = …``."""
    import tomlkit

    document = tomlkit.parse(part)
    target: Any = document[key]
    if name:
        found = next((each for each in target if each.get(name) == values.get(name)), None)
        if found is None:
            target.append(_inline({each: v for each, v in values.items() if v is not None}))
            return tomlkit.dumps(document)
        target = found
    for each, value in values.items():
        if value is None:
            if each in target:
                del target[each]
        elif target.get(each) != value:
            target[each] = _inline(value) if isinstance(value, dict) else value
    return tomlkit.dumps(document)


def _take_inline(part: str, key: str, name: str, value: object) -> str:
    import tomlkit

    document = tomlkit.parse(part)
    target: Any = document[key]
    if not name:
        del document[key]
        return tomlkit.dumps(document)
    for place in reversed(range(len(target))):
        if target[place].get(name) == value:
            del target[place]
    return tomlkit.dumps(document)


def _written(header: str, values: Values) -> str:
    return "".join([f"{header}\n", *_values(values)])


def _values(values: Values) -> list[str]:
    return [f"{name} = {_toml(value)}\n" for name, value in values.items() if value is not None]


def _toml(value: object) -> str:
    import tomlkit

    return (_inline(value) if isinstance(value, dict) else tomlkit.item(value)).as_string()


def _inline(values: Values) -> Any:  # noqa: ANN401 -- an item of tomlkit
    import tomlkit

    table = tomlkit.inline_table()
    for name, value in values.items():
        table.append(name, value)
    return table


def _ended(text: str, *, blank: bool = True) -> str:
    """Return the text with the end of its last line, and an empty line where one is wanted."""
    text = text if text.endswith("\n") or not text else text + "\n"
    return text + "\n" if blank and text and not text.endswith("\n\n") else text
