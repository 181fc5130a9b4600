"""One value of ``course.toml`` changed; comments, order and every other byte stay.

Each function takes the text of the file and returns it with the change, and checks what came out:
read again it says what was asked for, and all the rest is as before. Where a file is written in a
way that cannot be changed piece by piece, that table is written anew.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from lms.content.model import LessonFacts, ModuleFacts
from lms.content.toml_text import lines_of, put, put_value, tables_of, take, without_tail

_ITEM = re.compile(r"(?P<item>\s*\{[^{}\n]*\})(?P<comma>\s*,)?(?P<rest>[^\n]*\n?)")
_MINUTES = re.compile(r"(\bminutes[\"']?\s*=\s*)\d+")


def with_value(text: str, name: str, value: object) -> str:
    """Return the text with a value above all tables: ``audience``, ``access``, ``review_by``."""
    return put_value(text, name, _plain(value))


def with_rule(text: str, values: Mapping[str, object]) -> str:
    """Return the text with these values in ``[pass]``; a value None goes."""
    return put(text, "pass", {name: _plain(value) for name, value in values.items()})


def with_test(text: str, test: str, plan: Mapping[str, int | None] | None) -> str:
    """Return the text with another plan of a test, ``pre`` or ``post``; without it for None.

    plan  ``items`` and ``scenarios``; a value None goes.
    """
    wanted = _values(text)
    tests = wanted.setdefault("tests", {})
    if plan is None:
        tests.pop(test, None)
    else:
        kept = {**tests.get(test, {}), **plan}
        tests[test] = {name: value for name, value in kept.items() if value is not None}
    if not tests:
        del wanted["tests"]
    pieces = _single_tables(text)
    place = next((n for n, each in enumerate(pieces) if _holds_test(each, test)), None)
    if place is not None and plan is not None:
        head, _, below = pieces[place].partition("\n")
        changed = put(f"[{test}]\n{below}", test, plan)
        pieces[place] = f"{head}\n{changed.partition(chr(10))[2]}"
    elif place is not None:
        _, tail = without_tail(pieces[place])
        pieces[place] = tail.lstrip("\n")
    elif plan is not None:
        pieces = [put("".join(pieces), f"tests.{test}", plan)]
    changed = "".join(pieces)
    return changed if _says(changed, wanted) else _anew(text, "tests", wanted.get("tests"))


def with_slot(text: str, slot: str, lesson: str | None) -> str:
    """Return the text with a critical slot for this lesson; without the slot for None."""
    return _of_list(text, "critical", "slot", slot, None if lesson is None else {"lesson": lesson})


def with_box(text: str, code: str, blocking: bool | None) -> str:
    """Return the text with a country box; without it for None."""
    return _of_list(text, "box", "code", code, None if blocking is None else {"blocking": blocking})


def _of_list(
    text: str, table: str, key: str, name: str, values: Mapping[str, object] | None
) -> str:
    if values is None:
        return take(text, table, name=key, value=name)
    return put(text, table, {key: name, **values}, name=key)


def with_modules(text: str, modules: Sequence[ModuleFacts]) -> str:
    """Return the text with these modules and lessons in this order.

    A module or a lesson that stays keeps its lines, and the comment directly above it.
    """
    wanted = _values(text)
    if modules:
        wanted["module"] = [_module(each) for each in modules]
    else:
        wanted.pop("module", None)
    try:
        changed = _arranged(text, modules)
    except (KeyError, ValueError, IndexError):
        changed = ""
    return changed if _says(changed, wanted) else _anew(text, "module", wanted.get("module"))


def _module(module: ModuleFacts) -> dict[str, Any]:
    lessons = [{"code": each.code, "minutes": each.minutes} for each in module.lessons]
    return {"code": module.code, "lessons": lessons}


def _arranged(text: str, modules: Sequence[ModuleFacts]) -> str:
    """Return the text with its ``[[module]]`` tables in another order."""
    parts = tables_of(text)
    places = [n for n in range(1, len(parts)) if "module" in tomllib.loads(parts[n])]
    for n in places:  # a comment directly above a table goes where the table goes
        parts[n - 1], above = _comment_above(parts[n - 1])
        parts[n] = above + parts[n]
    old = {_code_of(parts[n]): parts[n] for n in places}
    lessons = {code: line for part in old.values() for code, line in _lessons(part).items()}
    new = [_put_lessons(old.get(each.code), each, lessons) for each in modules]
    start = places[0] if places else len(parts)
    for n in reversed(places):
        del parts[n]
    if not places:
        parts[-1] = _spaced(parts[-1])
    last = start == len(parts)
    new = [_spaced(each) for each in new[:-1]] + [
        each.rstrip("\n") + "\n" if last else _spaced(each) for each in new[-1:]
    ]
    return "".join([*parts[:start], *new, *parts[start:]])


def _comment_above(part: str) -> tuple[str, str]:
    """Return a table without the comment at its end, and that comment: no empty line below it."""
    body, tail = without_tail(part)
    lines = tail.splitlines(keepends=True)
    start = len(lines)
    while start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return body + "".join(lines[:start]), "".join(lines[start:])


def _code_of(part: str) -> str:
    return str(tomllib.loads(part)["module"][0]["code"])


def _spaced(part: str) -> str:
    return part if part.endswith("\n\n") or not part else part.rstrip("\n") + "\n\n"


def _array(part: str) -> tuple[list[str], list[str], list[str]]:
    """Return the lines above, in and below the list of lessons, where each has its own line."""
    lines = part.splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if re.match(r"lessons\s*=\s*\[\s*(#.*)?$", line))
    end = next(n for n in range(start, len(lines)) if lines[n].strip().startswith("]"))
    return lines[: start + 1], lines[start + 1 : end], lines[end:]


def _lessons(part: str) -> dict[str, str]:
    """Return each lesson's line with the comment above it; none where they share a line."""
    try:
        _, inside, _ = _array(part)
    except StopIteration:
        return {}
    found, above = {}, ""
    for line in inside:
        values = tomllib.loads(f"x = [\n{line}\n]")["x"]
        if len(values) == 1:
            found[str(values[0]["code"])] = above + line
            above = ""
        else:
            above += line
    return found


def _put_lessons(part: str | None, module: ModuleFacts, known: Mapping[str, str]) -> str:
    """Return a module's table with these lessons; a new table where there is none."""
    lines = [_line(each, known.get(each.code)) for each in module.lessons]
    plain = f'[[module]]\ncode = "{module.code}"\nlessons = [\n{"".join(lines)}]\n'
    if part is None:
        return plain
    if tomllib.loads(part)["module"][0].get("lessons") == _module(module)["lessons"]:
        return part
    try:
        above, inside, below = _array(part)
    except StopIteration:
        body, tail = without_tail(part)
        head = [line for line, _ in lines_of(body)]
        rest = "".join(head[: next(n for n, line in enumerate(head) if "[[" in line)])
        return f"{rest}{plain}{tail}"
    lost = "".join(_behind_last(inside))
    return "".join([*above, *lines, lost, *below])


def _behind_last(inside: Sequence[str]) -> list[str]:
    """Return the comments below the last lesson of a list."""
    end = len(inside)
    while end and not inside[end - 1].lstrip().startswith("{"):
        end -= 1
    return list(inside[end:])


def _line(lesson: LessonFacts, known: str | None) -> str:
    plain = f'  {{ code = "{lesson.code}", minutes = {lesson.minutes} }},\n'
    if known is None:
        return plain
    *above, last = known.splitlines(keepends=True)
    found = _ITEM.fullmatch(last)
    if found is None:
        return "".join(above) + plain
    item = _MINUTES.sub(rf"\g<1>{lesson.minutes}", found["item"])
    return "".join([*above, item, found["comma"] or ",", found["rest"]])


def _single_tables(text: str) -> list[str]:
    """Return what stands above all tables, then each table without those inside it."""
    pieces = [""]
    for line, clean in lines_of(text):
        if clean and line.lstrip().startswith("["):
            pieces.append("")
        pieces[-1] += line
    return pieces


def _holds_test(piece: str, test: str) -> bool:
    head = piece.partition("\n")[0]
    return head.lstrip().startswith("[") and tomllib.loads(head) == {"tests": {test: {}}}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _values(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def _says(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return _values(text) == wanted
    except ValueError:
        return False


def _anew(text: str, name: str, value: object) -> str:
    """Return the text with one table written anew; its own comments are lost."""
    import tomlkit  # here, because pages that only read need none of it

    document: Any = tomlkit.parse(text)
    if name in document:
        del document[name]
    if value is None:
        return tomlkit.dumps(document)
    kept = tomlkit.dumps(document).rstrip("\n")
    return f"{kept}\n\n{tomlkit.dumps({name: value})}"
