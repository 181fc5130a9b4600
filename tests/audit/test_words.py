"""Whatever the code writes into the log, a page can say in words."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lms.accounts.importing.rules import VERDICTS
from lms.admin.backup_plan import Plan
from lms.admin.retention import LIMITS
from lms.audit.words import ACTION_WORDS, FACT_WORDS, words_for
from lms.authoring.correcting.rules import Effect
from lms.reports.registry import MODULES, report
from tests.audit.facts import keys_of, unnamed

ROOT = Path(__file__).resolve().parent.parent.parent

# Where an action is put together, all that it may become. A new such place is named here.
PUT_TOGETHER = {
    "lms/accounts/importing/steps.py": {"staff-list.done", "staff-list.back"},
    "lms/accounts/actions/people.py": {"person.active", "person.disabled"},
    "lms/admin/background/actions.py": {"job.resumed", "job.stopped"},
    "lms/admin/backups/actions.py": {"backup.drill.asked", "backup.make.asked"},
    "lms/admin/country/actions.py": {
        "installation.digits", "installation.languages", "installation.names",
        "installation.time-zone",
    },
    "lms/authoring/review/actions.py": {
        "draft.approved", "draft.asked", "draft.published", "draft.sent-back",
    },
    "lms/catalogue/library/actions.py": {
        "document.added", "document.file", "document.pages", "document.returned",
        "document.titles", "document.withdrawn",
    },
    "lms/certificates/actions/ending.py": {"certificate.replaced", "certificate.withdrawn"},
}  # fmt: skip


# Where the facts of a row are put together, all that they may hold, with what lies within a fact.
# A new such place is named here.
FACTS_PUT_TOGETHER = {
    "lms/accounts/importing/taking.py": {"changed", "missing", "moved", "new"},
    "lms/admin/backups/actions.py": {"kind"},
    "lms/admin/retention.py": set(LIMITS),
    "lms/admin/trail/actions.py": {"action", "person", "since", "subject", "until"},
    "lms/authoring/correcting/work.py": {
        "asked", "certificates", "changed", "failed", "mark", "passed", "same", "unknown",
    },
    "lms/catalogue/library/actions.py": {"after", "before", "digest"},
    "lms/certificates/office/actions.py": {
        "course", "descending", "numbers", "programme", "since", "sort", "state", "text", "unit",
        "until",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A call that appends to the log: its actions and keys, None for what is put together."""

    path: str
    actions: tuple[str | None, ...]
    keys: tuple[str | None, ...]


def _written(path: Path) -> Iterator[Written]:
    """Yield each call of a module that appends a row."""
    tree = ast.parse(path.read_text("utf-8"))
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "lms.audit"
        for alias in node.names
        if alias.name == "actions"
    }
    names |= {"append"} if path.as_posix().endswith("lms/audit/actions.py") else set()
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or len(node.args) < 4:
            continue
        called = ast.unparse(node.func)
        if called not in {f"{name}.append" for name in names} | (names & {"append"}):
            continue
        around = next((each for each in functions if node in ast.walk(each)), None)
        said = node.args[2]
        either = (said.body, said.orelse) if isinstance(said, ast.IfExp) else (said,)
        yield Written(
            path.relative_to(ROOT).as_posix(),
            tuple(each.value if isinstance(each, ast.Constant) else None for each in either),  # type: ignore[misc]
            tuple(keys_of(node, around)),
        )


WRITTEN = [each for path in sorted((ROOT / "lms").rglob("*.py")) for each in _written(path)]


def test_every_action_that_the_code_writes_has_words() -> None:
    together = {each.path for each in WRITTEN if None in each.actions}
    plain = {action for each in WRITTEN for action in each.actions if action is not None}
    assert together == set(PUT_TOGETHER), "name in PUT_TOGETHER what these may write"
    assert len(plain) > 70
    written = plain.union(*PUT_TOGETHER.values())
    assert written - set(ACTION_WORDS) == set()


def test_every_fact_that_the_code_writes_has_words() -> None:
    together = {each.path for each in WRITTEN if None in each.keys}
    assert together == set(FACTS_PUT_TOGETHER), "name in FACTS_PUT_TOGETHER what these may hold"
    missing = {
        f"{each.path}: {action} {key}"
        for each in WRITTEN
        for action in [one for one in each.actions if one] or PUT_TOGETHER[each.path]
        for key in {*filter(None, each.keys), *FACTS_PUT_TOGETHER.get(each.path, ())}
        if words_for(action, key, FACT_WORDS) is None
    }
    assert missing == set(), "give these words in lms/audit/words.py"
    assert len({key for each in WRITTEN for key in each.keys}) > 60


def test_a_fact_without_words_is_found_wherever_it_is_written() -> None:
    plain = ast.parse("audit.append(s, by, 'a.b', '1', {'one': 1, **more, 'two': {'three': x}})")
    call = next(node for node in ast.walk(plain) if isinstance(node, ast.Call))
    assert list(keys_of(call, None)) == ["one", None, "two", "three"]
    text = "def f():\n    facts = {'one': 1}\n    append(s, by, 'a.b', '1', facts=facts)"
    named = ast.parse(text)
    call = next(node for node in ast.walk(named) if isinstance(node, ast.Call))
    assert list(keys_of(call, named.body[0])) == ["one"]
    assert list(unnamed("unit.added", {"kind": "x", "what": {"en": "", "deep": 1}})) == [
        "unit.added: what",
        "unit.added: deep",
    ]


def test_what_lies_within_a_fact_has_words() -> None:
    within: Mapping[str, Mapping[str, Any]] = {
        "installation.backups": Plan().to_facts(),
        "key.corrected": dict.fromkeys(FACTS_PUT_TOGETHER["lms/authoring/correcting/work.py"]),
        "report.export asked": {name: "" for each in map(report, MODULES) for name in each.filters},
        "staff-list.confirmed": dict.fromkeys(VERDICTS),
    }
    assert within["report.export asked"].keys() > {"unit", "course"}
    assert {key for action, facts in within.items() for key in unnamed(action, facts)} == set()
    assert set(FACTS_PUT_TOGETHER["lms/authoring/correcting/work.py"]) > set(map(str, Effect))


def test_what_is_put_together_stands_in_the_module_that_does_it() -> None:
    for path, actions in PUT_TOGETHER.items():
        text = "".join(each.read_text("utf-8") for each in (ROOT / path).parent.glob("*.py"))
        for action in actions:
            assert action.partition(".")[2] in text, f"{path}: {action}"
