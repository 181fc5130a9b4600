"""When a clock, a disk, a line or a key is wrong: what pages, awards and the doctor share.

Apart from the doctor, which loads what the serving process never does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from lms.admin.findings import Finding, wrong
from lms.certificates.actions import RING
from lms.kernel.clock import BUILD_DATE
from lms.kernel.json_value import Json
from lms.kernel.messages import Message, msg
from lms.settings import LOOPBACK, Settings

# Two machines, or one that has just asked a time server, may differ by this much.
CLOCK_TOLERANCE = timedelta(minutes=2)
# Decisions of the installation that say whether a key belongs here.
ISSUES = "issues"
ABOUT_THE_KEY = (RING, ISSUES)


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


def lost_key(known: Mapping[str, Json], settings: Settings) -> Finding | None:
    """Return what to do about a key with which this server has signed and which is gone.

    known  what is stored of ``ABOUT_THE_KEY``.

    None where it is there or one may not look, before the first signature, and on a station.
    """
    if known.get(RING) is None or not known.get(ISSUES, True) or not is_key_missing(settings):
        return None
    said = msg(
        "Issuing key: it is no longer at %(path)s, so no certificate is issued. Bring it back "
        "from an encrypted backup, as root: lms restore --key FILE. A station that never "
        "issues needs none: lms site issues no"
    )
    return wrong(said, {"path": str(settings.issuing_key)})
