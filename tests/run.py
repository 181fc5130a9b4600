"""Every check in order, with the time each took: ``python -m tests.run all|fast|check|crash``."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECK: dict[str, list[object]] = {
    "format": [BIN / "ruff", "format", "--check", "."],
    "lint": [BIN / "ruff", "check", "."],
    "types": [BIN / "mypy"],
    "imports": [BIN / "lint-imports", "--no-cache"],
    "translations": [sys.executable, "-m", "tests.catalogues", "check"],
}
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2"]
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
    for name, command in SUITES[suite].items():
        print(f"\n=== {name}", flush=True)
        began = time.monotonic()
        code = subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode
        print(f"--- {name}: {'good' if code == 0 else 'FAILED'}, {time.monotonic() - began:.0f} s")
        if code:
            failed.append(name)
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
