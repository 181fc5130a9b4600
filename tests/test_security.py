"""Promises about the code as a whole, and that docs/security.md says what the program does."""

from __future__ import annotations

import ast
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from lms.accounts import rules as accounts
from lms.accounts.passwords import LONGEST, SHORTEST
from lms.accounts.throttle import ADDRESS_MEMORY
from lms.admin import retention, sealed
from lms.app import create_app
from lms.app.pages import LONG_FIELDS
from lms.assessment.actions import MOST_ANSWERS
from lms.assessment.codes import LONGEST_TEXT
from lms.authoring.compiled import MOST_LESSON_BYTES
from lms.authoring.pictures import MOST_TAKEN
from lms.catalogue.structure import PassRule
from lms.certificates import lookups
from lms.content.pictures import MOST_BYTES, MOST_PIXELS
from lms.kernel import names
from lms.learning.actions import LONGEST_REASON
from lms.settings import Settings, SettingsError, read
from lms.web.form_limits import LONGEST_FIELD, MOST_FIELDS
from lms.web.gate_settings import KB, MB, GateSettings
from tests.browser import MOST_QUERIES

ROOT = Path(__file__).resolve().parent.parent
LMS = ROOT / "lms"
DOCUMENT = (ROOT / "docs" / "security.md").read_text("utf-8")


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(LMS.rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


# What would run text as a program, trust bytes as objects, or fetch an address.
FORBIDDEN = {
    "pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "requests", "httpx", "aiohttp",
    "urllib.request", "urllib3", "ftplib", "smtplib", "telnetlib", "ctypes", "code", "codeop",
    "commands",
}  # fmt: skip
# Expat alone, with every document type refused: it looks for cells that would exhaust the worker.
# The C library alone: three numbers of its allocator at the start, and "give back what is free".
MAY_IMPORT = {"lms/sheets/workbook.py": {"xml"}, "lms/kernel/memory.py": {"ctypes"}}
# Open a connection to this machine alone: the server asks whether it is itself there, and an
# upgrade looks at a page of the new version on 127.0.0.1 before that takes over.
MAY_CONNECT = {"lms/web/server.py", "lms/admin/upgrade/children.py"}
# Looks at the two files of TLS before the server does; opens nothing.
MAY_LOOK = {"lms/web/tls.py"}
# Repeatable on purpose: a form's seed is the secret, and invented people are no secret.
MAY_DRAW = re.compile(r"lms/assessment/drawing\.py|lms/admin/demo/\w+\.py")


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


def test_nothing_runs_text_trusts_objects_or_fetches_addresses() -> None:
    for path, tree in trees():
        found = set(imported(tree))
        roots = {name.partition(".")[0] for name in found}
        assert not (found | roots) & (FORBIDDEN - MAY_IMPORT.get(path, set())), path
        assert path in MAY_CONNECT or "socket" not in roots, path
        assert path in MAY_CONNECT | MAY_LOOK or "ssl" not in roots, path
        assert path in MAY_CONNECT or "http.client" not in found, path
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec", "compile", "__import__"}, path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                whose = node.func.value
                owner = whose.id if isinstance(whose, ast.Name) else ""
                assert (owner, node.func.attr) not in {("os", "system"), ("os", "popen")}, path


def test_programs_are_started_by_a_list_and_never_through_a_shell() -> None:
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("subprocess."):
                assert not any(word.arg == "shell" for word in node.keywords), path
                first = ast.unparse(node.args[0]) if node.args else ""
                assert not first.startswith(("'", '"', "f'", 'f"')), path


# Names of our own tables and columns, quoted by the library; read with that question.
OWN_NAMES = {
    "lms/admin/integrity.py", "lms/admin/postgresql.py", "lms/admin/schema.py",
}  # fmt: skip


def test_no_statement_is_put_together_from_text() -> None:
    for path, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = ast.unparse(node.func).rpartition(".")[2]
            if called in {"text", "execute", "exec_driver_sql", "executescript"}:
                built = isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
                assert not built or path in OWN_NAMES, f"{path}: {ast.unparse(node)}"


def test_what_must_not_be_guessed_comes_from_secrets() -> None:
    for path, tree in trees():
        if not MAY_DRAW.fullmatch(path):
            assert "random" not in set(imported(tree)), path
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"md5", "sha1", "uuid1"}, path


def test_scripts_write_text_and_take_nothing_for_a_program() -> None:
    scripts = [path.read_text("utf-8") for path in LMS.rglob("*.js") if path.is_file()]
    assert len(scripts) >= 5
    alive = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|"
        r"postMessage|setTimeout\([\"'`]|__proto__|document\.domain|javascript:"
    )
    for script in scripts:
        assert alive.search(script) is None
    for path in LMS.glob("*/static/js/*.js"):
        # An object that is filled by name has no prototype.
        assert "= {};" not in path.read_text("utf-8"), path


def test_the_environment_cannot_switch_on_what_shows_faults(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    made = create_app(settings)
    assert not made.debug
    assert not made.testing


def test_the_key_of_cookies_is_for_its_owner_alone(app: Flask, settings: Settings) -> None:
    mode = stat.S_IMODE((settings.data / "secret.key").stat().st_mode)
    assert mode == 0o600
    assert len(app.config["SECRET_KEY"]) == 32


@pytest.mark.parametrize(
    ("environment", "listens"),
    [
        ({}, True),
        ({"HOST": "::1"}, True),
        ({"HOST": "0.0.0.0"}, False),
        ({"HOST": "0.0.0.0", "TRUSTED_HOSTS": "learn.example.gov"}, False),
        ({"HOST": "0.0.0.0", "PLAIN_HTTP": "yes"}, False),
        ({"HOST": "10.1.2.3", "TRUSTED_HOSTS": "a.gov", "PLAIN_HTTP": "no"}, False),
        ({"HOST": "10.1.2.3", "TRUSTED_HOSTS": "a.gov", "PLAIN_HTTP": "yes"}, True),
        ({"HOST": "10.1.2.3", "TRUSTED_HOSTS": "a.gov", "TLS_CERT": "c", "TLS_KEY": "k"}, True),
        ({"HOST": "10.1.2.3", "TRUSTED_HOSTS": "a.gov", "TLS_CERT": "c"}, False),
    ],
)
def test_no_server_listens_on_a_network_without_a_decision(
    environment: dict[str, str], listens: bool
) -> None:
    if listens:
        assert read(environment).hosts
    else:
        with pytest.raises(SettingsError):
            read(environment)


@pytest.mark.parametrize("unit", ["lms.service", "lms-worker.service"])
def test_both_services_run_with_as_little_as_they_need(unit: str) -> None:
    said = (ROOT / "deploy" / unit).read_text("utf-8").splitlines()
    for line in (
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "PrivateDevices=yes",
        "UMask=0007",
    ):
        assert line in said, line
    web = unit == "lms.service"
    assert ("InaccessiblePaths=-/var/lib/lms-keys" in said) is web
    assert ("PrivateNetwork=yes" in said) is not web


def test_every_library_is_fixed_by_version_and_hash() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        wanted = re.split(r"\n(?=[a-zA-Z])", path.read_text("utf-8"))
        named = [each for each in wanted if re.match(r"[a-zA-Z]", each)]
        assert len(named) > 15, path.name
        for each in named:
            assert re.match(r"[\w.\[\],-]+==[\w.]+ \\\n", each), f"{path.name}: {each[:60]}"
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", each), f"{path.name}: {each[:60]}"


((_, WHOLE_TEXT),) = LONG_FIELDS.values()
GATE, RULE = GateSettings(), PassRule()


@pytest.mark.parametrize(
    "sentence",
    [
        f"{GATE.body_limit // MB} MB; above {GATE.session_above // KB} kB only with a live session",
        f"{MOST_FIELDS} fields, {LONGEST_FIELD // KB} kB each; {WHOLE_TEXT // KB} kB the text of",
        (
            f"{GATE.bodies_in_all} in all, {GATE.bodies_per_address} from one address; "
            f"{GATE.idle_timeout} s without a byte, {GATE.total_timeout // 60} minutes in all"
        ),
        f"{GATE.sign_in_waiting}, two computed at once",
        f"{GATE.waiting:,}, six computed at once",
        f"{lookups.MOST:.0f}, then two a second; each miss costs six",
        f"{accounts.LARGEST_HELD // KB} kB, {accounts.HELD_FOR.days * 24} hours",
        f"| a lesson | {MOST_LESSON_BYTES // KB} kB |",
        f"| a picture | {MOST_BYTES // KB} kB, {MOST_PIXELS // 10**6} million pixels; ",
        f"before it is drawn anew, {MOST_TAKEN // 10**6} MB |",
        f"A password has {SHORTEST} to {LONGEST} characters",
        f"The first {accounts.FREE_FAILURES} failures of an account cost nothing",
        f"at most {accounts.LONGEST_WAIT.seconds} seconds",
        f"more than {accounts.FREE_ACCOUNTS} different accounts in an hour",
        (
            f"{accounts.FIRST_CODE_LIVES.days} days for the first sign-in, "
            f"{accounts.RESET_CODE_LIVES.days * 24} hours after a reset"
        ),
        (
            f"{accounts.IDLE.seconds // 60} minutes without a request, "
            f"{accounts.IDLE_SHARED.seconds // 60} on a computer marked as shared, and after "
            f"{accounts.ABSOLUTE.seconds // 3600} hours in any case"
        ),
        f"typed text {LONGEST_TEXT} characters; {MOST_ANSWERS:,} answers a test",
        f"{names.LONGEST}, {accounts.LONGEST_NUMBER}, {LONGEST_REASON} characters",
        f"{RULE.attempts} attempts in {RULE.window_days} days, {RULE.pause_hours} hours between",
        f"addresses {retention.ADDRESSES_KEPT.days} days",
        f"scrypt ({128 * sealed.SCRYPT_N * sealed.SCRYPT_R // MB} MiB), ChaCha20-Poly1305",
        "Pages ask at most six queries",
    ],
)
def test_the_document_has_the_figures_of_the_program(sentence: str) -> None:
    assert sentence in " ".join(DOCUMENT.split())


def test_the_words_for_figures_are_right_too() -> None:
    assert (GATE.sign_in_threads, GATE.threads, MOST_QUERIES) == (2, 6, 6)
    assert (lookups.A_SECOND, lookups.MISS + 1) == (2.0, 6.0)
    assert ADDRESS_MEMORY.seconds == 3600


@pytest.mark.parametrize(
    "heading",
    [
        "Signing in",
        "Who may do what",
        "What may be sent",
        "Limits",
        "Cryptography and keys",
        "Connections",
        "Logs",
        "Data, by how much it needs protection",
        "Libraries",
        "What is not so, and why",
    ],
)
def test_the_document_has_every_part_and_names_files_that_exist(heading: str) -> None:
    _, found, rest = DOCUMENT.partition(f"\n## {heading}\n")
    assert found
    part = rest.partition("\n## ")[0]
    assert len(part.split()) > 30
    for name in re.findall(r"`((?:lms|deploy|docs|tests|courses)/[\w./*-]+)`", part):
        assert list(ROOT.glob(name.rstrip("/"))), name
