"""The memory of this process: how the C library holds it, and giving back what is needed no more.

Where the C library is another one than glibc, all of it does nothing.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterable


def adjust(options: Iterable[tuple[int, int]]) -> None:
    """Set options of the allocator: the number of each for mallopt(3), and its value."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    for option, value in options:
        if mallopt is not None:
            mallopt(option, value)


def give_back() -> None:
    """Return free memory to the system, in some milliseconds."""
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim is not None:
        malloc_trim(0)


def forget() -> None:
    """Look for what nobody holds any more, and return it: some hundredths of a second."""
    gc.collect()
    give_back()
