"""One call of a WSGI application: the environment after PEP 3333, and the whole answer."""

import re
import sys
from collections.abc import Callable, Iterable
from typing import IO, TYPE_CHECKING, Any

from lms.web.answers import Answer
from lms.web.rsgi import Scope

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# Headers of the way, not of the answer; the length is the server's to say.
_NOT_PASSED_ON = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade"})
# Set by proxies; believed only when we run one.
_FROM_PROXIES = ("x-forwarded-", "forwarded", "x-real-ip")
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e]*")
# In the environment of a request that came through the gate, which sends files by itself.
BEHIND_GATE = "lms.gate"


def peer(scope: Scope) -> str:
    """Return the address at the other end of the connection, IPv4 in its short form."""
    return scope.client.rpartition(":")[0].strip("[]").removeprefix("::ffff:")


def client(scope: Scope, headers: dict[str, str], *, trusted_proxies: int) -> str:
    """Return the address by which open bodies are counted.

    That is the peer, or what the outermost of our own proxies saw. REMOTE_ADDR stays the peer.
    """
    seen = [part.strip() for part in headers.get("x-forwarded-for", "").split(",")]
    if 0 < trusted_proxies <= len(seen) and seen[-trusted_proxies]:
        return seen[-trusted_proxies]
    return peer(scope)


def joined_headers(scope: Scope, *, trusted_proxies: int) -> dict[str, str]:
    """Return the request's headers by lower-case name, repeated ones joined.

    Cookies in two headers are joined with a semicolon, all others with a comma (RFC 9110, 5.3;
    RFC 6265, 5.4). A name with an underscore is dropped: in the environment it could not be told
    from the one with a hyphen. So is ``Proxy``, which old libraries take for a setting.
    """
    headers: dict[str, str] = {}
    for name, value in scope.headers.items():
        if "_" in name or name == "proxy":
            continue
        if not trusted_proxies and name.startswith(_FROM_PROXIES):
            continue
        if name in headers:
            value = headers[name] + ("; " if name == "cookie" else ", ") + value
        headers[name] = value
    return headers


def environ(scope: Scope, headers: dict[str, str], body: IO[bytes]) -> dict[str, Any]:
    """Return the WSGI environment of a request whose ``body`` has been read, at its start.

    Text is bytes decoded as Latin-1, as PEP 3333 wants it: the path comes percent-decoded from
    the server, so its UTF-8 bytes are taken.
    """
    name, _, port = scope.server.rpartition(":")
    version = scope.http_version
    result: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_NAME": name.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/" + (version if "." in version else version + ".0"),
        "REMOTE_ADDR": peer(scope),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        BEHIND_GATE: True,
    }
    for key, value in headers.items():
        variable = key.upper().replace("-", "_")
        if key not in ("content-type", "content-length"):
            variable = "HTTP_" + variable
        result[variable] = value
    return result


def call(application: "WSGIApplication", env: dict[str, Any]) -> Answer:
    """Run the application to its end and return its answer.

    What it raises is raised. A header with a line break, or anything else that is not printable
    ASCII, raises ValueError: it would let one answer pose as two.
    """
    started: list[tuple[str, list[tuple[str, str]]]] = []
    body: list[bytes] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], _exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        started.append((status, headers))
        return body.append

    result: Iterable[bytes] = application(env, start_response)
    try:
        body.extend(result)
    finally:
        close = getattr(result, "close", None)
        if close is not None:
            close()
    status, headers = started[-1]  # a second call replaces the first: nothing has been sent
    for name, value in headers:
        if not (_FIELD_VALUE.fullmatch(name) and _FIELD_VALUE.fullmatch(value)):
            raise ValueError(f"the header {name!r} has a line break or is not ASCII")
    lowered = ((name.lower(), value) for name, value in headers)
    kept = tuple(header for header in lowered if header[0] not in _NOT_PASSED_ON)
    answer = Answer(int(status[:3]), kept, b"".join(body))
    if env["REQUEST_METHOD"] == "HEAD" or answer.status == 304:
        return answer
    return answer.without("content-length")  # counted again by the server
