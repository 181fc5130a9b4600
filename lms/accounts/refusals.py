"""Who was refused what: attempts to change something go into the audit, others into the raw log.

Both name the person by id and the page by its endpoint, never by its address, in which a code may
stand.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from lms.audit import actions as audit
from lms.db import transaction
from lms.kernel import clock
from lms.web.csrf import SAFE

log = logging.getLogger("lms.refusals")

# Forged; somebody else's; not there, or not for this person; too often.
REFUSED = frozenset({400, 403, 404, 429})


def init_app(app: Flask) -> None:
    """Note every refusal of ``app`` after it was answered."""
    app.after_request(_note)


def _note(response: Response) -> Response:
    viewer, page = g.get("viewer"), request.endpoint
    unsafe = request.method not in SAFE
    # What nobody in particular only reads, and addresses that lead nowhere, are no attempt.
    if response.status_code not in REFUSED or page is None or not (viewer or unsafe):
        return response
    if viewer is None or not unsafe:
        person = viewer.person_id if viewer else "nobody"
        log.warning("refused %d: %s by %s", response.status_code, page, person)
        return response
    facts = {"status": response.status_code}
    try:
        with transaction() as session:
            audit.append(
                session,
                viewer.person_id,
                "request.refused",
                page,
                facts,
                now=clock.now(),
                address=request.remote_addr,
            )
    except SQLAlchemyError:
        log.warning("could not note that %s was refused %s", viewer.person_id, page)
    return response
