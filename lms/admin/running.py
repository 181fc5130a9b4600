"""Whether the server runs as it should at this moment: its clock, and its work."""

from __future__ import annotations

from datetime import datetime, timedelta

from lms.admin.background.words import OTHER_FAILURE, failure
from lms.admin.findings import Finding, good, wrong
from lms.admin.vital import clock_fault
from lms.jobs.queries import Standing
from lms.kernel.clock import BUILD_DATE
from lms.kernel.messages import Message, msg

LATE = timedelta(minutes=10)


def clock(newest: datetime | None, now: datetime) -> Finding:
    """Whether the clock can be right.

    newest  the latest moment that the log knows.
    """
    fault = clock_fault(now, newest)
    if fault is not None and newest is not None and now >= BUILD_DATE:
        said = msg(
            "Clock: it says %(now)s, and something was recorded at %(newest)s already, so no "
            "certificate is given. Set date and time of the machine. If they are right now and "
            "were ahead before: lms site clock"
        )
        values = {"now": now, "newest": newest}
        return wrong(said, values)
    if fault is not None:
        return wrong(msg("Clock: %(what)s"), {"what": fault})
    return good(msg("Clock: it says %(now)s. Compare it with a watch."), {"now": now})


def worker(work: Standing, now: datetime) -> Finding:
    """Whether the work in the background gets done."""
    if work.failed:
        said = msg(
            "Work in the background: pieces that gave up and wait for you: %(number)s. The last "
            "one: %(reason)s Put that right, then let them go on: on the page “All work of the "
            "server”, or by starting the server anew."
        )
        return wrong(said, {"number": work.failed, "reason": _reason(work.reason or "")})
    if work.due is not None and work.due < now - LATE:
        said = msg(
            "Work in the background: something has waited since %(due)s, and nobody does it. Start "
            "the server; where systemd runs the worker: systemctl start lms-worker.timer"
        )
        return wrong(said, {"due": work.due})
    return good(msg("Work in the background: nothing waits, nothing failed."))


def _reason(error: str) -> Message | str:
    """Return why the last piece gave up: in words where the program has some, else as it was."""
    words = failure(error)
    return f"{error}." if words == OTHER_FAILURE else Message(words)
