"""What a reader can say of a section, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from lms.kernel.messages import msg

UNCLEAR, WRONG, NOT_HERE = "unclear", "wrong", "not-here"
KIND_WORDS: Mapping[str, str] = {
    UNCLEAR: msg("It is unclear"),
    WRONG: msg("It is wrong"),
    NOT_HERE: msg("It is not so in my prison"),
}
LONGEST_REPORT = 500  # characters
MOST_IN_AN_HOUR = 10
HOUR = 3600.0


class Pace:
    """How many reports each sign-in has sent within an hour.

    In the memory of the process alone: a table would tell who sent reports, and when.
    """

    def __init__(self) -> None:
        self._sent: dict[int, list[float]] = {}
        self._lock = Lock()

    def take(self, session_id: int, now: float) -> bool:
        """Count one report; return whether it may be sent.

        now  seconds of a clock that never goes back.
        """
        with self._lock:
            self._forget(now - HOUR)
            sent = self._sent.setdefault(session_id, [])
            if len(sent) >= MOST_IN_AN_HOUR:
                return False
            sent.append(now)
            return True

    def give_back(self, session_id: int) -> None:
        """Take the last report out of the count: it was there already."""
        with self._lock:
            if sent := self._sent.get(session_id):
                sent.pop()

    def _forget(self, before: float) -> None:
        kept = {who: [at for at in sent if at > before] for who, sent in self._sent.items()}
        self._sent = {who: sent for who, sent in kept.items() if sent}
