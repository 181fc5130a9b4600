"""Cross-site requests are refused: one token per session, and the browser's own word for it.

The token is an HMAC over the session cookie's value, constant while the session lives, so that
the same page has the same ETag and a test that takes an hour does not expire. Before sign-in a
random pre-session cookie takes the session's place.
"""

from __future__ import annotations

import hmac
import secrets

from flask import Response, g, request

from lms.kernel.errors import LmsError
from lms.kernel.messages import Message, msg
from lms.web import cookies

SESSION, PRE_SESSION = "sid", "pre"
FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ForgedRequestError(LmsError):
    """The request did not come from a page of ours that this browser holds."""

    status = 400


def secret() -> str:
    """Return what this browser's token is made from; a new pre-session secret where none is."""
    known = cookies.given(SESSION) or cookies.given(PRE_SESSION)
    if not known:
        known = g.get("new_pre_session") or secrets.token_urlsafe(24)
        g.new_pre_session = known
    return known


def token() -> str:
    """Return the token that forms and scripts send back: 40 letters."""
    return _token_for(secret())


def _token_for(session_secret: str) -> str:
    return hmac.new(session_secret.encode(), b"csrf", "sha256").hexdigest()[:40]


def masked_token() -> str:
    """Return the token under a new random mask, for pages that echo what was typed.

    Compression would otherwise let somebody who controls the echo guess the token letter by
    letter from the length of the answer (the BREACH attack).
    """
    plain = bytes.fromhex(token())
    mask = secrets.token_bytes(len(plain))
    return (mask + bytes(a ^ b for a, b in zip(plain, mask, strict=True))).hex()


def is_right(sent: str) -> bool:
    """Return whether ``sent`` is this browser's token, plain or masked."""
    expected = token()
    if len(sent) == 2 * len(expected):
        try:
            mask, masked = (
                bytes.fromhex(sent[: len(expected)]),
                bytes.fromhex(sent[len(expected) :]),
            )
            sent = bytes(a ^ b for a, b in zip(mask, masked, strict=True)).hex()
        except ValueError:  # letters that are none of ours, or spaces, which fromhex passes over
            return False
    return hmac.compare_digest(sent.encode(), expected.encode())


def check() -> None:
    """Refuse an unsafe request that another site may have caused.

    raises ForgedRequestError with a sentence that says what to do.
    """
    if request.method in SAFE:
        return
    # The form is read first, so that one that is too large is refused before anything is done.
    sent = request.form.get(FIELD) or request.headers.get(HEADER, "")
    origin = request.headers.get("Origin")
    foreign = origin is not None and origin.lower() != f"{request.scheme}://{request.host}".lower()
    # "none" is a page that the person sends again from the history; no site can cause it.
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if foreign or site not in {"same-origin", "none"} or not is_right(sent):
        raise ForgedRequestError(
            Message(
                msg(
                    "This page was open for too long or came from elsewhere, so nothing was "
                    "changed. Go back, load the page again and send it once more."
                )
            )
        )


def remember_pre_session(response: Response) -> Response:
    """Give the browser its pre-session secret when a page used one."""
    made = g.get("new_pre_session")
    if made and cookies.given(PRE_SESSION) is None:
        cookies.give(response, PRE_SESSION, made)
    return response
