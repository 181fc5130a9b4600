"""Every check in order, with the time each took: ``python -m tests.run all|fast|check|crash``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOM = 4_000_000_000  # bytes
ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECK: dict[str, list[object]] = {
    "format": [BIN / "ruff", "format", "--check", "."],
    "lint": [BIN / "ruff", "check", "."],
    "types": [BIN / "mypy"],
    "imports": [BIN / "lint-imports", "--no-cache"],
    "translations": [sys.executable, "-m", "tests.catalogues", "check"],
}
# One worker takes over what the other has not begun; a folder stays together, with its server.
SHARED = ["-n", "2", "--dist", "worksteal"]
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *SHARED]
SUITES: dict[str, dict[str, list[object]]] = {
    "fast": {
        "tests": [*PYTEST, "-m", "not browser and not postgres and not crash"],
    },
    "check": CHECK,
    "all": {
        **CHECK,
        "tests": [*PYTEST, "-m", "not crash and not postgres"],
        "tests on PostgreSQL": [sys.executable, "-m", "tests.postgres"],
    },
    "crash": {
        "fault runs": [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                       "-m", "crash"],
    },
}  # fmt: skip


def main(suite: str) -> int:
    """Run every step of ``suite``; return 0 when all were well, 1 otherwise."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="lms-tests-", dir=in_memory()) as folder:
        # PostgreSQL runs as somebody else and must be able to reach its own folder in here.
        Path(folder).chmod(0o711)
        environment = {
            **compiled_once(os.environ),
            "TMPDIR": folder,
            "LMS_FAST": "yes" * (suite == "fast"),
        }
        steps = SUITES[suite]
        failed += _failed_checks([name for name in steps if name in CHECK], environment)
        for name, command in steps.items():
            if name not in CHECK:
                failed += [] if _is_good(name, command, environment) else [name]
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0


def _failed_checks(names: list[str], environment: dict[str, str]) -> list[str]:
    """Run the checkers, two at a time: each keeps one processor busy, the types one by itself."""
    names.sort(key=lambda name: name != "types")
    with ThreadPoolExecutor(2) as pool:
        good = pool.map(lambda name: _is_good(name, CHECK[name], environment, later=True), names)
        return [name for name, each in zip(names, good, strict=True) if not each]


def _is_good(
    name: str, command: list[object], environment: dict[str, str], *, later: bool = False
) -> bool:
    """Run a step; ``later`` shows what it says when it has ended, in one piece."""
    if not later:
        print(f"\n=== {name}", flush=True)
    began = time.monotonic()
    done = subprocess.run(
        [str(p) for p in command],
        cwd=ROOT,
        env=environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE if later else None,
        stderr=subprocess.STDOUT if later else None,
    )
    head = f"\n=== {name}\n{done.stdout}" if later else ""
    result = "good" if done.returncode == 0 else "FAILED"
    print(f"{head}--- {name}: {result}, {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


def compiled_once(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which Python keeps what it has compiled for all that is started.

    Where it shall not write beside the sources, every server, worker and command that a test
    starts compiles them again, which is a quarter of its start; there it writes into ``build``.
    """
    kept = dict(environment)
    if kept.pop("PYTHONDONTWRITEBYTECODE", ""):
        kept.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / "build" / "compiled"))
    return kept


def in_memory() -> str | None:
    """Return a folder that lies in memory where there is room, else None: the usual place.

    Thousands of small databases, each flushed to the disk, take twice the time on one.
    """
    shared = Path("/dev/shm")
    if shared.is_dir() and os.access(shared, os.W_OK):
        return str(shared) if shutil.disk_usage(shared).free > ROOM else None
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
