"""What kind of computer this browser runs on, as somebody said once: a long-lived cookie.

unknown  nothing was said: nothing is kept but unsent answers.
shared   several people use it: ten minutes without activity end a session, nothing is cached,
         no field offers what the former person typed.
own      one person uses it.
"""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, Signer
from werkzeug.wrappers import Response

from lms.web import cookies

UNKNOWN, SHARED, OWN = "unknown", "shared", "own"
KINDS = (UNKNOWN, SHARED, OWN)

COOKIE = "machine"


def kind() -> str:
    """Return the kind that this browser's cookie states; ``unknown`` without a genuine one."""
    try:
        said = _signer().unsign(cookies.given(COOKIE) or "").decode()
    except BadSignature:
        return UNKNOWN
    return said if said in KINDS else UNKNOWN


def remember(response: Response, chosen: str) -> None:
    """Let the browser keep ``chosen``; ``unknown`` makes it forget."""
    if chosen == UNKNOWN:
        cookies.take(response, COOKIE)
        return
    cookies.give(response, COOKIE, _signer().sign(chosen).decode(), seconds=cookies.LONGEST)


def _signer() -> Signer:
    return Signer(current_app.secret_key or "", salt="machine")
