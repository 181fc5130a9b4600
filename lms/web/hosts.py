"""Which names this server answers to, and whose word about the sender it takes.

A request for another name is refused before anything is looked up: somebody points a name of their
own at this server (DNS rebinding), or an administrator has forgotten one in TRUSTED_HOSTS.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection

from flask import Flask, Response, g, make_response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.installation import LANGUAGES
from lms.kernel.messages import Message, msg
from lms.settings import LOOPBACK
from lms.web.language import preferred, say

log = logging.getLogger("lms.hosts")

# The machine itself asks here at 127.0.0.1: a monitor, or a second start that looks for its server.
FOR_THE_MACHINE = "/healthz"

# A name or an IPv4 address, or an IPv6 address in brackets.
_NAME = re.compile(r"\[[0-9a-f:.]+\]|[a-z0-9_.-]+")
_PORT = re.compile(r":[0-9]{1,5}\Z")


UNKNOWN = msg(
    "This server is not known under the address that you used. Use the one that you were given. "
    "Administrators name every address in TRUSTED_HOSTS."
)


def name_in(host: str) -> str | None:
    """Return the name in a Host header or a setting as browsers send it, without its port.

    Names in other letters (``оқу.қаз``) travel as ``xn--…``. None is returned for what is no host.
    """
    bare = f"[{host}]" if host.count(":") > 1 and not host.startswith("[") else host
    name = _PORT.sub("", bare).lower()
    try:
        name = name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return None
    return name if _NAME.fullmatch(name) else None


def is_one_of(host: str, names: Collection[str]) -> bool:
    """Return whether a Host header means one of ``names``; ``.example.gov`` means all below it."""
    name = name_in(host)
    if name is None:
        return False
    known = [found for each in names if (found := name_in(each)) is not None]
    return name in known or any(f".{name}".endswith(each) for each in known if each[0] == ".")


def init_app(app: Flask, *, names: Collection[str], proxies: int) -> None:
    """Let ``app`` answer to ``names`` alone, and believe so many proxies as stand in front of it.

    proxies  0 believes no ``X-Forwarded-…`` header. With N the sender is who the outermost of the
             N saw, and the nearest one says whether the browser speaks TLS.
    """
    if proxies:
        # Flask offers this attribute for exactly that.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=1)  # type: ignore[method-assign]

    @app.before_request
    def refuse_other_hosts() -> Response | None:
        host = request.environ.get("HTTP_HOST") or request.environ["SERVER_NAME"]
        also = LOOPBACK if request.path == FOR_THE_MACHINE else ()
        if is_one_of(host, [*names, *also]):
            return None
        log.warning("refused a request for the host %r", host[:100])
        return _not_here()


def _not_here() -> Response:
    """Say so as bare text, in the address's language or the browser's: no link can be built."""
    named = request.path.split("/")[1]
    g.language = named if named in LANGUAGES else preferred()
    response = make_response(f"{say(Message(UNKNOWN))}\n", 400)
    response.mimetype = "text/plain"
    response.headers["Cache-Control"] = "no-store"
    return response
