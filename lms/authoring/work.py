"""The worker's side of publication: the signature of each edition.

Pages do not wait for it: a course is taught from the moment of its publication. The signature is
for those who get the package on another way, and want to know whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from lms import installation
from lms.authoring import actions
from lms.authoring.actions import SIGN
from lms.certificates.work import signer
from lms.jobs.actions import Steps


def sign(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Any,  # noqa: ANN401 -- any JSON value
    *,
    now: datetime,
) -> int | None:
    """Sign one edition that has no signature: the step of a job ``editions.sign``.

    A station signs nothing. Nor does a server before its first run: the name under which it
    signs is made once, and comes from its country.
    """
    del facts
    site = installation.read(session)
    if not (site.ready and site.issues):
        return None
    key = signer(current_app.config["LMS"])
    return actions.sign_next(session, site, key, int(cursor or 0), now=now)


STEPS: Steps = {SIGN: sign}
