"""The page of a full sign-in queue: made by the gate, without a database, the number kept."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl

from flask import Flask, g, render_template

from lms.accounts.rules import LONGEST_NUMBER, path_on_this_host
from lms.installation import LANGUAGES, Installation
from lms.web.csrf import FIELD
from lms.web.refusals import own_request

LONGEST_TOKEN = 200


def busy_page(
    app: Flask, *, retry_after: int, site: Callable[[], Installation] = Installation
) -> Callable[[str, bytes], bytes]:
    """Return what the gate asks for the page: ``page(language, form body)`` gives HTML.

    retry_after  seconds until somebody may try again.
    site         says what this installation has decided, from memory.

    The password is not sent back: it would lie in a page. It has to be typed again.
    """

    def page(language: str, form: bytes) -> bytes:
        typed = dict(parse_qsl(form.decode("utf-8", "replace"), max_num_fields=20))
        known = language if language in LANGUAGES else "en"
        with own_request(app, known):
            g.site = site()
            return render_template(
                "accounts/busy.html",
                seconds=retry_after,
                number=typed.get("service_number", "")[:LONGEST_NUMBER],
                wanted=path_on_this_host(typed.get("next")) or "",
                # The gate knows no session, and so no token: the one that came goes back.
                token=typed.get(FIELD, "")[:LONGEST_TOKEN],
            ).encode()

    return page
