"""How often one network may look up codes: kept in memory, forgotten with the process."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

MOST = 120.0  # look-ups in a row
A_SECOND = 2.0  # and then as many a second
MISS = 5.0  # what a code that was never given costs more: twenty guesses, then one in three seconds
MOST_NETWORKS = 5_000


class Lookups:
    """A bucket of look-ups for each network.

    An office that scans a pile of papers never sees its bottom; who guesses codes soon does.
    """

    def __init__(self) -> None:
        """Begin with full buckets."""
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def may_ask(self, network: str, now: float) -> bool:
        """Count one look-up of ``network`` at ``now`` (seconds of any clock); False is too many."""
        with self._lock:
            left, since = self._left.pop(network, (MOST, now))
            left = min(MOST, left + (now - since) * A_SECOND)
            allowed = left >= 1
            self._left[network] = (left - 1 if allowed else left, now)
            # Whoever has not asked for longest has the fullest bucket: forgetting it costs least.
            while len(self._left) > MOST_NETWORKS:
                self._left.popitem(last=False)
        return allowed

    def note_miss(self, network: str) -> None:
        """Count a code that does not exist."""
        with self._lock:
            if network in self._left:
                left, since = self._left[network]
                self._left[network] = (max(0.0, left - MISS), since)
