"""What every answer carries: security headers and how long it may be kept."""

from __future__ import annotations

import hashlib

from flask import Flask, Response, g, make_response, request

from lms.web.own_pages import POLICY

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    # What a script could ask of a person or a machine. It comes with every page.
    "Permissions-Policy": ("camera=(),display-capture=(),geolocation=(),microphone=(),usb=()"),
}


def init_app(app: Flask, *, hsts_days: int) -> None:
    """Add the headers to every answer of ``app``."""

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            # Browsers ignore it on plain HTTP, and say so in red on every page.
            response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if hsts_days and request.is_secure:
            # Days, and no includeSubDomains: a ministry's own certificate that runs out must not
            # lock everybody out for a year.
            response.headers["Strict-Transport-Security"] = f"max-age={hsts_days * 86400}"
        viewer = g.get("viewer")
        if "Cache-Control" not in response.headers or (viewer and viewer.machine == "shared"):
            response.headers["Cache-Control"] = "no-store"
        if response.mimetype == "text/html" or viewer:
            response.vary.add("Cookie")
        return response


def page_tag(*facts: object) -> str:
    """Return an ETag over everything that a page depends on, known before it is rendered."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def unchanged(tag: str) -> Response | None:
    """Return a 304 when the browser already holds the page with this tag, else None."""
    if request.if_none_match.contains_weak(tag):
        return keep(make_response("", 304), tag)
    return None


def keep(response: Response, tag: str) -> Response:
    """Let the browser keep the page, but ask each time (not on a machine marked shared)."""
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
