"""Whatever the code writes into the log, a page can say in words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from lms.audit.words import ACTION_WORDS

ROOT = Path(__file__).resolve().parent.parent.parent

# Where an action is put together, all that it may become. A new such place is named here.
PUT_TOGETHER = {
    "lms/accounts/importing/steps.py": {"staff-list.done", "staff-list.back"},
    "lms/accounts/register.py": {"person.active", "person.disabled"},
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


def _written(path: Path) -> Iterator[str | None]:
    """Yield the action of each row that a module appends, None where it is put together."""
    tree = ast.parse(path.read_text("utf-8"))
    names = {
        alias.asname or alias.name for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "lms.audit"
        for alias in node.names if alias.name == "actions"
    }  # fmt: skip
    names |= {"append"} if path.as_posix().endswith("lms/audit/actions.py") else set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or len(node.args) < 4:
            continue
        called = ast.unparse(node.func)
        if called not in {f"{name}.append" for name in names} | (names & {"append"}):
            continue
        said = node.args[2]
        either = (said.body, said.orelse) if isinstance(said, ast.IfExp) else (said,)
        for each in either:
            yield each.value if isinstance(each, ast.Constant) else None  # type: ignore[misc]


def test_every_action_that_the_code_writes_has_words() -> None:
    together, plain = set(), set()
    for path in sorted((ROOT / "lms").rglob("*.py")):
        for action in _written(path):
            if action is None:
                together.add(path.relative_to(ROOT).as_posix())
            else:
                plain.add(action)
    assert together == set(PUT_TOGETHER), "name in PUT_TOGETHER what these may write"
    assert len(plain) > 70
    written = plain.union(*PUT_TOGETHER.values())
    assert written - set(ACTION_WORDS) == set()


def test_what_is_put_together_stands_in_the_module_that_does_it() -> None:
    for path, actions in PUT_TOGETHER.items():
        text = "".join(
            each.read_text("utf-8") for each in (ROOT / path).parent.glob("*.py")
        )  # fmt: skip
        for action in actions:
            assert action.partition(".")[2] in text, f"{path}: {action}"
