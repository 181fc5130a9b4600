"""When a clock, a disk, a line or a key is wrong: what pages, awards and the doctor share.

Apart from the doctor, which loads what the serving process never does.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lms.kernel.clock import BUILD_DATE
from lms.kernel.messages import Message, msg
from lms.settings import LOOPBACK, Settings

# Two machines, or one that has just asked a time server, may differ by this much.
CLOCK_TOLERANCE = timedelta(minutes=2)


def clock_fault(now: datetime, newest: datetime | None) -> Message | None:
    """Return what is wrong with a clock that says ``now``, None when nothing is."""
    if now < BUILD_DATE:
        said = msg(
            "The clock of the server says %(now)s, which is before this program was made. Set "
            "date and time of the machine; until then no certificate is given."
        )
        return Message(said, {"now": now})
    if newest is not None and now < newest - CLOCK_TOLERANCE:
        said = msg(
            "The clock of the server says %(now)s, and something was recorded at %(newest)s "
            "already. Check date and time of the machine."
        )
        return Message(said, {"now": now, "newest": newest})
    return None


def line_fault(settings: Settings) -> Message | None:
    """Return what to know where people's passwords cross the network readable, else None."""
    if settings.host in LOOPBACK or settings.tls or settings.trusted_proxies:
        return None
    return Message(
        msg(
            "Network: this server speaks plain HTTP, so passwords can be read by whoever listens "
            "on the network. Set TLS_CERT and TLS_KEY (docs/install.md says how)."
        )
    )


def is_key_missing(settings: Settings) -> bool:
    """Return whether the issuing key is seen not to be there; False where one may not look.

    With ``deploy/`` the worker's account alone may look into the folder of keys.
    """
    try:
        return not settings.issuing_key.exists()
    except PermissionError:
        return False
