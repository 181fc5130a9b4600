"""Every check in order, with the time each took: ``python -m tests.run all|fast|check|crash``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
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
        environment = {**compiled_once(os.environ), "TMPDIR": folder,
                       "LMS_FAST": "yes" * (suite == "fast")}  # fmt: skip
        for name, command in SUITES[suite].items():
            failed += [] if _is_good(name, command, environment) else [name]
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0


def _is_good(name: str, command: list[object], environment: dict[str, str]) -> bool:
    print(f"\n=== {name}", flush=True)
    began = time.monotonic()
    done = subprocess.run([str(p) for p in command], cwd=ROOT, env=environment, check=False)
    code = done.returncode
    print(f"--- {name}: {'good' if code == 0 else 'FAILED'}, {time.monotonic() - began:.0f} s")
    return code == 0


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
