"""The one clock. Everything that asks for the time asks here, in UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime

# Set when a release is made. A clock before this day is wrong: pages show a banner, awards stop.
BUILD_DATE = datetime(2026, 11, 24, tzinfo=UTC)


def now() -> datetime:
    """Return the present moment, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Return seconds of a clock that never goes back: for durations, never for dates."""
    return time.monotonic()
