"""A try at a password that came too early: who tries, and the answer that says how long to wait."""

from __future__ import annotations

from flask import Response, request

from lms.accounts.throttle import Sender
from lms.web.language import ngettext


def sender_of(folded: str) -> Sender:
    """Return who tries: a service number, folded, at the address of this request."""
    return Sender.of(folded, request.remote_addr or "")


def wait_sentence(seconds: int) -> str:
    """Return how long to wait, in words."""
    return ngettext(
        "Too many tries. Wait %(num)s second, then try again.",
        "Too many tries. Wait %(num)s seconds, then try again.",
        seconds,
    )


def later(answer: Response, seconds: int) -> Response:
    """Let an answer say, for programs too, after how many seconds another try counts."""
    answer.status_code = 429
    answer.headers["Retry-After"] = str(seconds)
    return answer
