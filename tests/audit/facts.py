"""Which keys of the facts of a row have no words: asked of the code, and of each row of a test."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from lms.audit.models import AuditRow
from lms.audit.words import ACTION_WORDS, FACT_WORDS, words_for
from lms.installation import LANGUAGES


def unnamed(action: str, facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield each key, also of facts within facts, that the page of the log could not name."""
    for key, value in facts.items():
        if key not in LANGUAGES and words_for(action, key, FACT_WORDS) is None:
            yield f"{action}: {key}"
        if isinstance(value, Mapping):
            yield from unnamed(action, value)


def refuse_unnamed(_mapper: object, _connection: object, row: AuditRow) -> None:
    """Fail the test that writes a row with such a key; actions that a test invents may say all."""
    if row.action in ACTION_WORDS:
        missing = sorted(set(unnamed(row.action, row.facts)))
        assert not missing, f"no words in lms/audit/words.py for {missing}"


def keys_of(call: ast.Call, function: ast.AST | None) -> Iterator[str | None]:
    """Yield each key of the facts that a call of ``append`` writes, None for what is put together.

    function  the one around the call, in which its facts may have a name.
    """
    given = [each.value for each in call.keywords if each.arg == "facts"] or call.args[4:5]
    for each in given:
        yield from _keys(each, function)


def _keys(said: ast.expr, function: ast.AST | None) -> Iterator[str | None]:
    if isinstance(said, ast.IfExp):
        yield from _keys(said.body, function)
        yield from _keys(said.orelse, function)
    elif isinstance(said, ast.Dict):
        for key, value in zip(said.keys, said.values, strict=True):
            if key is None:
                yield from _keys(value, function)
            else:
                yield key.value if isinstance(key, ast.Constant) else None  # type: ignore[misc]
                if isinstance(value, ast.Dict):
                    yield from _keys(value, function)
    elif isinstance(said, ast.Name) and (named := list(_assigned(said.id, function))):
        for each in named:
            yield from _keys(each, function)
    else:
        yield None


def _assigned(name: str, function: ast.AST | None) -> Iterator[ast.expr]:
    for node in ast.walk(function) if function is not None else ():
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.expr):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(each, ast.Name) and each.id == name for each in targets):
                yield node.value
