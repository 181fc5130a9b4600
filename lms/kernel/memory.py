"""What a process has used and needs no more goes back to the system."""

from __future__ import annotations

import ctypes
import gc


def give_back() -> None:
    """Return free memory to the system, in some milliseconds; nothing where it cannot be done."""
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim is not None:  # glibc
        malloc_trim(0)


def forget() -> None:
    """Look for what nobody holds any more, and return it: some hundredths of a second."""
    gc.collect()
    give_back()
