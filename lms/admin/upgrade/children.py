"""What an upgrade starts: the new version's own commands, and its server for a look at one page."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from lms.admin.upgrade.journal import INSIDE
from lms.admin.upgrade.version import UpgradeError
from lms.settings import Settings

LONGEST_START = 90.0  # seconds until the new server answers
LONGEST_STOP = 30.0
SAID = 2000  # characters of what a command that failed has said


@dataclass(frozen=True, slots=True)
class Children:
    """Starts commands of a version of the program.

    lock  the descriptor that they inherit: while one lives, no other upgrade begins.
    """

    settings: Settings
    lock: int

    def run(self, folder: Path, *words: str, like: Path | None = None) -> str:
        """Run ``lms`` of the version in ``folder``; return what it printed.

        like  as root: the account that owns this path runs it.
        raises UpgradeError with what it said when it fails.
        """
        done = self._done([str(folder / ".venv/bin/lms"), *words], folder, like)
        if done.returncode:
            raise UpgradeError(f"lms {words[0]} of the new version failed:\n{_last(done.stdout)}")
        return done.stdout

    def faults(self, folder: Path) -> dict[str, str]:
        """Return what the doctor of a version says is to be done: part -> sentence."""
        done = self._done([str(folder / ".venv/bin/lms"), "doctor"], folder, None)
        lines = [line.partition("TO DO")[2].strip() for line in done.stdout.splitlines()]
        found = {line.partition(":")[0]: line for line in lines if line}
        if done.returncode not in {0, 1} or (done.returncode and not found):
            raise UpgradeError(f"lms doctor of {folder.name} failed:\n{_last(done.stdout)}")
        return found

    def make(self, folder: Path) -> None:
        """Make the environment of a version from the wheels that lie in it."""
        done = self._done(["make", "-C", str(folder), ".venv/.run"], folder, None, umask=0o022)
        if done.returncode == 0 and self.settings.database_url.startswith("postgresql"):
            pip = [
                str(folder / ".venv/bin/python"),
                "-m",
                "pip",
                "install",
                "--no-index",
                "--find-links",
                "wheels",
                "--require-hashes",
                "-r",
                "requirements/postgres.txt",
            ]
            done = self._done(pip, folder, None, umask=0o022)
        if done.returncode:
            raise UpgradeError(
                f"The environment of the new version could not be made:\n{_last(done.stdout)}"
            )

    def look_at_a_page(self, folder: Path) -> None:
        """Start the server of a version on this machine alone and open pages of it.

        raises UpgradeError when it does not answer, or not with what it should.
        """
        port = _free_port()
        with (
            TemporaryFile("w+", errors="replace") as told,
            self._serving(folder, port, told) as process,
        ):
            until = time.monotonic() + LONGEST_START
            while (said := _get(port, "/healthz")) is None:
                if process.poll() is not None or time.monotonic() > until:
                    told.seek(0)
                    raise UpgradeError(
                        f"The server of the new version does not start.\n{_last(told.read())}"
                    )
                time.sleep(0.1)
            if said[0] != 200 or json.loads(said[1] or b"{}").get("database") != "good":
                raise UpgradeError("The server of the new version cannot read the database.")
            page = _get(port, "/en/")
            if page is None or page[0] != 200 or b"</html>" not in page[1]:
                raise UpgradeError("The server of the new version shows no page.")

    @contextmanager
    def _serving(self, folder: Path, port: int, told: IO[str]) -> Iterator[subprocess.Popen[bytes]]:
        own = {
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "TRUSTED_HOSTS": "",
            "TLS_CERT": "",
            "TLS_KEY": "",
            "TRUSTED_PROXIES": "0",
            "WORKER": "no",
            "HSTS_DAYS": "0",
        }
        process = subprocess.Popen(  # noqa: S603 -- a version whose signature was checked
            [*self._account(self.settings.data), str(folder / ".venv/bin/lms"), "serve"],
            cwd=folder,
            env=self._environment(own),
            pass_fds=[self.lock],
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(LONGEST_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _done(
        self, words: list[str], folder: Path, like: Path | None, umask: int = -1
    ) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(  # noqa: S603 -- a version whose signature was checked
                [*self._account(like), *words],
                cwd=folder,
                env=self._environment({}),
                pass_fds=[self.lock],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                check=False,
                umask=umask,
            )
        except OSError as error:
            raise UpgradeError(f"{words[0]} cannot be started: {error.strerror}.") from error

    def _account(self, like: Path | None) -> list[str]:
        """Return what starts a command so that it ends with us and, as root, as another account."""
        begin = ["setpriv", "--pdeathsig", "KILL"]
        if os.geteuid() != 0 or like is None or not like.exists():
            return begin
        owner, group = like.stat().st_uid, self.settings.data.stat().st_gid
        return [*begin, "--reuid", str(owner), "--regid", str(group), "--clear-groups"]

    def _environment(self, own: Mapping[str, str]) -> dict[str, str]:
        left = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return {**left, "LMS_DATA": str(self.settings.data), INSIDE: "yes", **own}


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _get(port: int, path: str) -> tuple[int, bytes] | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, reply.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _last(said: str) -> str:
    return said.strip()[-SAID:]
