"""What must stay true of the code as a whole; each test names what breaks it."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import FunctionType

import pytest

ROOT = Path(__file__).resolve().parent.parent
LMS = ROOT / "lms"

# What a web process never needs costs megabytes in each: a command or the worker loads it. The
# dialect of the other database is as heavy, and one word in a model brings it (see Enrolment).
HEAVY = (
    "typst", "alembic", "cryptography", "xlsxwriter", "python_calamine", "PIL", "pyotp", "segno",
    "markdown_it", "nh3", "cbor2", "sqlalchemy.dialects.postgresql",
)  # fmt: skip

# Queries without a viewer, and why each is safe without one.
WITHOUT_VIEWER = {
    # Nobody is signed in yet, or the session itself is what is looked up.
    "lms.accounts.queries.account_by_number": "sign-in: there is no viewer yet",
    "lms.accounts.queries.account_of": "the person of a session that this browser holds",
    "lms.accounts.queries.identity": "the person of a session that this browser holds",
    "lms.accounts.queries.codes": "a restore compares what stood before with what is restored",
    "lms.accounts.queries.roles_on": "makes the viewer",
    "lms.accounts.queries.acting": "makes the viewer of a job",
    # The caller has found the attempt, form or enrolment for its owner before.
    "lms.assessment.queries.words": "items of a form that the caller found for its owner",
    "lms.assessment.queries.form_items": "marking of an attempt that the caller has locked",
    "lms.assessment.queries.said_to": "an attempt that locked_place found for its owner",
    "lms.assessment.queries.answers": "an attempt that the caller found for its owner",
    "lms.assessment.queries.seen_items": "an enrolment that the caller found for its owner",
    "lms.assessment.queries.attempts": "an enrolment that the caller found for its owner",
    "lms.catalogue.programmes.queries.only_running": "whoever begins a course by themselves",
    "lms.learning.queries.joining.passed_courses": "the person who begins a course",
    "lms.learning.queries.sitting.last_failed": "an enrolment that the caller found for its owner",
    "lms.learning.queries.sitting.sittings": "an enrolment that the caller found for its owner",
    "lms.learning.queries.sitting.sittings_of": "asks no database: reads rows of attempts()",
    "lms.learning.queries.sitting.unused_grants": "an enrolment found for its owner by the caller",
    # The server's own work.
    "lms.assessment.queries.bank": "the draw of a form",
    "lms.audit.queries.newest_at": "the server compares its clock with what it has recorded",
    "lms.audit.queries.newest_since": "the same",
    "lms.jobs.queries.next_due": "the worker",
    "lms.jobs.queries.standing": "counts for the doctor",
    "lms.jobs.queries.waiting": "the server's own work, for pages of the country's office",
    "lms.jobs.queries.has_begun": "the restore test asks whether another one runs",
    # A stranger with the paper in hand.
    "lms.certificates.queries.by_code": "whoever holds the paper may ask",
    "lms.certificates.queries.events": "a certificate that the caller found",
    "lms.certificates.queries.newest_withdrawal_list": "the list is published",
    # About what the caller has found for its viewer, or has just made.
    "lms.requirements.queries.matrix.counts_since": "a requirement that the caller has just set",
    "lms.requirements.queries.standing.titles": "courses of lines found for the viewer",
}

# The two modules that may say that HTML is safe; both were read with that question.
MAY_MARK_SAFE = {"lms/web/markup.py", "lms/web/language.py"}

# In two parts, so that this line is none itself.
BY_HAND = "# fmt: " + "skip"

# One file for a stick carries its own style and script, under the digests of its own policy.
ONE_FILE = "authoring/single.html"


def test_serving_loads_nothing_that_only_commands_and_the_worker_need(tmp_path: Path) -> None:
    program = (
        "import sys; import wsgi; "
        f"print(' '.join(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"LMS_DATA": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def _queries() -> Iterator[tuple[str, FunctionType]]:
    for path in sorted((*LMS.rglob("queries.py"), *LMS.rglob("queries/*.py"))):
        module = importlib.import_module(_module(path).removesuffix(".__init__"))
        for name, found in vars(module).items():
            own = inspect.isfunction(found) and found.__module__ == module.__name__
            if own and not name.startswith("_"):
                yield f"{module.__name__}.{name}", found


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_every_query_takes_the_viewer_or_says_why_not() -> None:
    without = {name for name, found in _queries() if "viewer" not in _parameters(found)}
    assert without == set(WITHOUT_VIEWER)


def _parameters(function: FunctionType) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_every_action_that_a_page_calls_takes_the_viewer_and_the_moment() -> None:
    """The moment comes from outside, so that a test and a job can say when something was."""
    for path in sorted((*LMS.rglob("actions.py"), *LMS.rglob("actions/*.py"))):
        module = importlib.import_module(_module(path).removesuffix(".__init__"))
        for name, found in vars(module).items():
            if inspect.isfunction(found) and found.__module__ == module.__name__:
                source = inspect.getsource(found)
                assert "clock.now()" not in source, f"{module.__name__}.{name}"
                assert "datetime.now(" not in source, f"{module.__name__}.{name}"
                assert ".commit()" not in source, f"{module.__name__}.{name}"


def test_only_two_modules_may_say_that_html_is_safe() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in LMS.rglob("*.py")
        if re.search(r"\bMarkup\b", path.read_text())
    }
    assert found == MAY_MARK_SAFE
    for path in _templates():
        assert not re.search(r"\|\s*safe\b(?!_)", path.read_text()), path
        assert "autoescape false" not in path.read_text(), path


def _pages() -> list[Path]:
    return sorted((*LMS.rglob("views.py"), *LMS.rglob("views/*.py"), *LMS.rglob("*_views.py")))


@pytest.mark.parametrize("path", _pages(), ids=lambda path: path.relative_to(LMS).as_posix())
def test_a_page_has_no_sql(path: Path) -> None:
    """A query takes the viewer, and the lookup is the permission: a page calls one by its name."""
    text = path.read_text()
    assert not re.search(r"^from sqlalchemy import|^import sqlalchemy", text, re.MULTILINE)
    assert not re.search(r"\.(execute|scalars?|get_one)\(", text)


def test_no_form_is_poured_into_a_row() -> None:
    """``populate_obj`` takes what was sent; an allow-list of fields takes what was asked for."""
    for path in LMS.rglob("*.py"):
        assert ".populate_obj(" not in path.read_text(), path


def _templates() -> list[Path]:
    return sorted(LMS.glob("**/templates/**/*.html"))


@pytest.mark.parametrize("path", _templates(), ids=lambda path: path.name)
def test_a_template_has_no_inline_style_or_script(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    if path.as_posix().endswith(ONE_FILE):
        return
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", text)


@pytest.mark.parametrize("path", _templates(), ids=lambda path: path.name)
def test_every_form_that_changes_something_carries_the_token(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, flags=re.DOTALL):
        assert 'name="csrf_token"' in form, form[:120]


# Written in every language as it is.
NO_WORDS = {"PDF", "QR", "CBOR", "lms"}


class _Bare(HTMLParser):
    """Words between tags, and in the attributes that are read out or shown."""

    SPOKEN = frozenset({"aria-label", "title", "placeholder", "alt", "data-label"})

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.quiet = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.quiet += tag in {"script", "style"}
        for name, value in attrs:
            if name in self.SPOKEN and value:
                self._note(value)

    def handle_endtag(self, tag: str) -> None:
        self.quiet -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self.quiet:
            self._note(data)

    def _note(self, text: str) -> None:
        found = re.findall(r"[^\W\d_]{2,}", text)
        self.words += [word for word in found if word not in NO_WORDS]


@pytest.mark.parametrize("path", _templates(), ids=lambda path: path.name)
def test_every_word_of_a_template_goes_through_the_catalogue(path: Path) -> None:
    text = path.read_text()
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", "", text, flags=re.DOTALL)
    # A value of the template is not a word of the template.
    text = re.sub(r"\{\{.*?\}\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{%-?\s*block main_class\s*-?%\}.*?\{%-?\s*endblock", "{% endblock", text)
    text = re.sub(r"\{%.*?%\}", " ", text, flags=re.DOTALL)
    # A macro may hold the attributes of an element alone.
    text = re.sub(r"\bdata-[a-z-]+=\"\"", "", text)
    assert _Bare(text).words == []


# Places of one machine, indexes of packages and tools of writing have no place in the project.
STRANGE = re.compile(
    r"/work/|/root/|/home/[a-z]|pypi\.org|pypi\.python|files\.pythonhosted|index-url"
    r"|extra-index|artifactory|nexus\."
)
# These name such words on purpose.
MAY_NAME = {
    "tests/test_architecture.py",
    "Makefile",  # tells pip not to write an address of an index
}


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git repository: nothing says which files belong to the project")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_file_names_a_place_of_one_machine_or_an_index_of_packages() -> None:
    found = []
    for path in _tracked():
        name = path.relative_to(ROOT).as_posix()
        if name in MAY_NAME or not path.is_file() or name.startswith("requirements/"):
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [
            f"{name}:{number}: {line.strip()[:80]}"
            for number, line in enumerate(text.splitlines(), 1)
            if STRANGE.search(line)
        ]
    assert found == []


def test_locked_requirements_name_no_index() -> None:
    for path in (ROOT / "requirements").iterdir():
        for line in path.read_text().splitlines():
            assert "://" not in line or line.lstrip().startswith("#"), f"{path.name}: {line}"
            assert not line.startswith(("-i", "--index", "--extra", "--find")), path.name


def test_no_module_has_a_name_that_says_nothing() -> None:
    nothing = {"util", "utils", "helper", "helpers", "common", "misc", "base", "core", "tools"}
    for path in (*LMS.rglob("*.py"), *(ROOT / "tests").rglob("*.py")):
        assert path.stem not in nothing, path


def test_only_tables_of_data_are_laid_out_by_hand() -> None:
    """The formatter decides all else: nobody has to, and a change shows what changed."""
    for path in (*LMS.rglob("*.py"), *(ROOT / "tests").rglob("*.py")):
        text = path.read_text()
        by_hand = {at for at, line in enumerate(text.splitlines(), 1) if line.endswith(BY_HAND)}
        if by_hand:
            tables = {each.end_lineno for each in ast.parse(text).body if _is_table(each)}
            assert by_hand <= tables, (path, by_hand - tables)


def _is_table(statement: ast.stmt) -> bool:
    """Return whether a statement of a module names a literal list, tuple, set or mapping."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    value = statement.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        value = value.args[0] if value.func.id == "frozenset" and value.args else None
    return isinstance(value, ast.Dict | ast.Set | ast.List | ast.Tuple)


def test_no_work_is_left_for_later_in_the_code() -> None:
    for path in (*LMS.rglob("*.py"), *_templates()):
        assert not re.search(r"\b(?:TODO|FIXME|XXX|HACK)\b", path.read_text()), path


def test_the_search_for_bare_words_finds_them() -> None:
    assert _Bare('<p title="Go on">Hello <b>PDF</b></p>').words == ["Go", "on", "Hello"]
