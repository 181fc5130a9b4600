"""Cookies: no script reads one, no other site sends one along, TLS binds each to this host.

The prefix ``__Host-`` makes a browser take a cookie only over TLS, from this host and for all of
it, so that neither a neighbour in the domain nor somebody on the line can plant one. On plain HTTP
browsers refuse the prefix; there the same cookie has its bare name.
"""

from __future__ import annotations

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response

HOST_PREFIX = "__Host-"
# 400 days is the longest that browsers keep a cookie.
LONGEST = 400 * 86400


def full_name(name: str) -> str:
    """Return what the cookie ``name`` is called on this connection."""
    return f"{HOST_PREFIX}{name}" if request.is_secure else name


def given(name: str) -> str | None:
    """Return the value that the browser sent, None without that cookie."""
    return request.cookies.get(full_name(name))


def give(response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Let the browser hold a cookie for so many seconds; until it is closed without a number."""
    response.set_cookie(
        full_name(name),
        value,
        max_age=seconds,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def take(response: Response, name: str) -> None:
    """Let the browser forget a cookie."""
    response.delete_cookie(full_name(name), secure=request.is_secure, httponly=True, samesite="Lax")


class Flashes(SecureCookieSessionInterface):
    """Flask's own cookie, which holds the sentence for the next page and nothing else."""

    def get_cookie_name(self, app: Flask) -> str:
        """Return its name on this connection."""
        return full_name("flash")

    def get_cookie_secure(self, app: Flask) -> bool:
        """Return whether it goes over TLS alone: always where this connection has it."""
        return request.is_secure
