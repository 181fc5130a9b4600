"""When a clock or a disk is wrong: the limits that pages, awards and the doctor share.

Apart from the doctor, which loads what the serving process never does.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lms.kernel.clock import BUILD_DATE
from lms.kernel.messages import Message, msg

LEAST_FREE, LEAST_SHARE = 500_000_000, 0.05
# Two machines, or one that has just asked a time server, may differ by this much.
CLOCK_TOLERANCE = timedelta(minutes=2)


def is_low(free: int, total: int) -> bool:
    """Return whether so few bytes are free that somebody should act."""
    return free < LEAST_FREE or free < total * LEAST_SHARE


def clock_fault(now: datetime, newest: datetime | None) -> Message | None:
    """Return what is wrong with a clock that says ``now``, None when nothing is."""
    if now < BUILD_DATE:
        said = msg(
            "The clock of the server says %(now)s, which is before this program was made. Set "
            "date and time of the machine; until then no certificate is given."
        )
        return Message(said, {"now": minute_of(now)})
    if newest is not None and now < newest - CLOCK_TOLERANCE:
        said = msg(
            "The clock of the server says %(now)s, and something was recorded at %(newest)s "
            "already. Check date and time of the machine."
        )
        return Message(said, {"now": minute_of(now), "newest": minute_of(newest)})
    return None


def minute_of(moment: datetime) -> str:
    """Return a moment as a log writes it: ``2026-11-24 14:32 UTC``."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
