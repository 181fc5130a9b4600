"""A bare WSGI application behind the gate, run by test_gate_server.py as a server of its own.

``python -m tests.web.gate_probe PORT FOLDER [LIMITS [CERTIFICATE KEY]]`` serves until it is told
to stop; the limits are JSON.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lms.web import server
from lms.web.gate import Gate
from lms.web.gate_settings import GateSettings
from lms.web.static_files import StaticFiles

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

PAGE = b"<!doctype html><title>A page</title>" + b"<p>The same sentence again.</p>" * 100
FILE = bytes(range(256)) * 40


PATIENCE = 60  # seconds


def held(name: str) -> None:
    """Tell the test that a request is here, in a file; wait for the file that lets it go."""
    folder = Path(sys.argv[2])
    (folder / f"{name}-came").touch()
    until = time.monotonic() + PATIENCE
    while not (folder / f"{name}-may-go").exists():
        if time.monotonic() > until:
            raise TimeoutError(name)
        time.sleep(0.01)


def application(env: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Answer by the first segment of the path."""
    path, body = env["PATH_INFO"], env["wsgi.input"]
    kind = "text/plain; charset=utf-8"
    headers: list[tuple[str, str]] = []
    answer = b""
    match path.split("/")[1:]:
        case ["page"]:
            kind, answer = "text/html; charset=utf-8", PAGE
        case ["echo", *_]:
            facts: dict[str, str | int] = {
                key: value for key, value in env.items() if isinstance(value, str)
            }
            text = body.read()
            body.seek(0)
            facts["body"] = len(text)
            facts["again"] = len(body.read())
            answer = json.dumps(facts).encode()
        case ["slow", seconds]:
            time.sleep(float(seconds))
            answer = b"slept"
        case ["held", name]:
            held(name)
            answer = b"let go"
        case [_, "sign-in"]:
            if env["REQUEST_METHOD"] == "POST":
                held("sign-in")
            answer = b"signed in"
        case ["fail"]:
            raise RuntimeError("the application fails on purpose")
        case ["line-break"]:
            headers.append(("X-Broken", "a\r\nSet-Cookie: stolen=1"))
        case ["file", *rest]:
            kind = "application/octet-stream"
            headers += [("X-Gate-File", "/".join(rest)), ("ETag", '"file"')]
        case ["cookies"]:
            headers += [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
        case ["healthz"]:
            answer = b"good"
        case _:
            start_response("404 Not Found", [("Content-Type", kind)])
            return [b"not found"]
    length = str(len(answer))
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", length), *headers])
    return [answer] if env["REQUEST_METHOD"] != "HEAD" else []


def gate() -> Gate:
    """Make the gate from the command line; it writes down its start and its stop."""
    folder = Path(sys.argv[2])
    limits = json.loads(sys.argv[3]) if len(sys.argv) > 3 else {}

    def note(word: str) -> None:
        with (folder / "notes.txt").open("a") as notes:
            notes.write(word + "\n")

    return Gate(
        application,
        static=StaticFiles([folder / "static"], folder / "cache"),
        settings=GateSettings(**limits),
        file_root=folder / "files",
        live_session=lambda cookie: "session=live" in cookie,
        busy_page=lambda language, form: f"<p>{language}: {form.decode()}".encode(),
        on_start=[lambda: note("started")],
        on_stop=[lambda: note("stopped")],
    )


if __name__ == "__main__":
    logging.basicConfig(level=logging.CRITICAL)
    server.return_memory()
    server.serve(
        gate,
        port=int(sys.argv[1]),
        tls_cert=Path(sys.argv[4]) if len(sys.argv) > 4 else None,
        tls_key=Path(sys.argv[5]) if len(sys.argv) > 4 else None,
        on_listening=lambda address: print(address, flush=True),
    )
