"""What the doctor says of the log: how the last look at its chain ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lms.admin.findings import Finding, good, wrong
from lms.admin.trail.actions import LAST_LOOK
from lms.kernel.messages import msg


def log(known: Mapping[str, Any]) -> Finding | None:
    """Return how the last look ended; None where nobody has looked yet.

    known  decisions of this installation by their names, ``LAST_LOOK`` among them.
    """
    last = known.get(LAST_LOOK)
    if not isinstance(last, dict):
        return None
    values = {"day": datetime.fromisoformat(last["at"])}
    if last["good"]:
        return good(msg("Log: on %(day)s each of its rows fitted the one before it."), values)
    said = msg(
        "Log: on %(day)s it was found changed, or set back to an older state. Read on the page "
        "“Log” what that means and what to do, or: lms audit verify"
    )
    return wrong(said, values)
