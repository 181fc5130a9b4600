"""The suite on PostgreSQL: ``python -m tests.postgres [pytest arguments]``.

Starts a server of its own in a temporary folder, as a user who is not root, on a free loopback
port, and gives each pytest worker a database of its own. Skips, with the reason printed, only
where the machine has no server program.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.run import SHARED

# Everything that touches the database; browsers and long fault runs have their own steps.
CHOSEN = "not browser and not crash and not sqlite"


def programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs, None where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _as_somebody() -> tuple[list[str], int | None]:
    """Return what to put before a command so that it does not run as root, and that user's id."""
    if os.geteuid() != 0:
        return [], None
    for name in ("postgres", "nobody"):
        try:
            return [
                "setpriv",
                f"--reuid={name}",
                "--regid=nogroup",
                "--clear-groups",
            ], pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise SystemExit("There is no account to run PostgreSQL with: neither postgres nor nobody.")


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def server() -> Iterator[str]:
    """Start a server and yield its address without a database: ``postgresql+psycopg://…:port``."""
    found = programs()
    if found is None:
        raise RuntimeError("no PostgreSQL server on this machine")
    before, user = _as_somebody()
    folder = Path(tempfile.mkdtemp(prefix="lms-postgres-"))
    data, port = folder / "data", _free_port()
    if user is not None:
        os.chown(folder, user, -1)
    folder.chmod(0o700)
    run: dict[str, Any] = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.STDOUT,
        "cwd": "/",
        "check": True,
    }
    try:
        subprocess.run(
            [
                *before,
                str(found / "initdb"),
                "-D",
                str(data),
                "-U",
                "lms",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            **run,
        )
        options = (
            f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off -c shared_buffers=64MB "
            "-c max_connections=60"
        )
        control = [*before, str(found / "pg_ctl"), "-D", str(data), "-w"]
        subprocess.run([*control, "-o", options, "-l", str(folder / "log"), "start"], **run)
        try:
            yield f"postgresql+psycopg://lms@127.0.0.1:{port}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **run)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Run the suite on a server of its own; return pytest's exit status."""
    if programs() is None:
        print("Skipped: this machine has no PostgreSQL server (Debian: apt-get install postgresql)")
        return 0
    chosen = arguments or ["-m", CHOSEN, *SHARED]
    with server() as address:
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen],
            env={**os.environ, "LMS_TEST_DATABASE": f"{address}/postgres"},
            check=False,
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
