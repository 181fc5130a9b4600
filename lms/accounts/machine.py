"""What kind of computer this browser runs on, as somebody said once: a long-lived cookie.

unknown  nothing was said: nothing is kept but unsent answers.
shared   several people use it: ten minutes without activity end a session, nothing is cached,
         no field offers what the former person typed.
own      one person uses it.
"""

from __future__ import annotations

from flask import current_app, request
from itsdangerous import BadSignature, Signer
from werkzeug.wrappers import Response

UNKNOWN, SHARED, OWN = "unknown", "shared", "own"
KINDS = (UNKNOWN, SHARED, OWN)

COOKIE = "machine"
# 400 days is the longest that browsers keep a cookie.
KEPT_SECONDS = 400 * 86400


def kind() -> str:
    """Return the kind that this browser's cookie states; ``unknown`` without a genuine one."""
    try:
        said = _signer().unsign(request.cookies.get(COOKIE, "")).decode()
    except BadSignature:
        return UNKNOWN
    return said if said in KINDS else UNKNOWN


def remember(response: Response, chosen: str) -> None:
    """Let the browser keep ``chosen``; ``unknown`` makes it forget."""
    if chosen == UNKNOWN:
        response.delete_cookie(COOKIE)
        return
    response.set_cookie(
        COOKIE,
        _signer().sign(chosen).decode(),
        max_age=KEPT_SECONDS,
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )


def _signer() -> Signer:
    return Signer(current_app.secret_key or "", salt="machine")
