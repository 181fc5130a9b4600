"""How far a backup has come, told now and then to whoever waits for it.

A backup is one step of work: only one process at a time may make one, and what it has copied is
gone when that process ends. So a killed one begins anew, and nothing of this is needed for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lms.kernel import clock
from lms.kernel.messages import Message, Size, msg

EVERY = 1.0  # seconds between two tellings; each is a small write beside people's answers
WHOLE = 100  # percent; the last one is done when it is noted that the backup was made

# Given the percent that are done, and what is being done at this moment.
Tell = Callable[[int, Message], None]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the work: what it is called, and from and to which percent of the whole it goes."""

    said: str
    begins: int
    ends: int


COPYING = Part(msg("The database is being copied, %(size)s so far."), 0, 30)
COMPARING = Part(
    msg("Stored files are being compared with their names: %(done)s of %(total)s."), 30, 40
)
PACKING = Part(msg("Files are being packed: %(done)s of %(total)s."), 40, 75)
SEALING = Part(msg("Files are being packed and encrypted: %(done)s of %(total)s."), 40, 75)
READING = Part(
    msg("The backup is being read back and verified: %(done)s of %(total)s files."), 75, 99
)


class Progress:
    """Counts bytes and files of the part at hand, and tells at its beginning and each second."""

    def __init__(self, tell: Tell | None = None) -> None:
        """Tell nobody where ``tell`` is None."""
        self._tell = tell
        self._part, self._bytes, self._of_bytes = COPYING, 0, 0
        self._files, self._of_files = 0, 0
        self._told = 0.0

    def begin(self, part: Part, size: int, files: int = 0) -> None:
        """Begin a part of so many bytes and files."""
        self._part, self._bytes, self._of_bytes = part, 0, size
        self._files, self._of_files = 0, files
        self._say()

    def add(self, size: int) -> None:
        """Count bytes that are done."""
        self.reach(self._bytes + size)

    def reach(self, size: int) -> None:
        """Say that so many bytes of the part are done."""
        self._bytes = size
        if clock.monotonic() - self._told >= EVERY:
            self._say()

    def file(self) -> None:
        """Count a file that is done."""
        self._files += 1

    def _say(self) -> None:
        if self._tell is None:
            return
        self._told = clock.monotonic()
        share = min(1.0, self._bytes / self._of_bytes) if self._of_bytes else 0.0
        percent = self._part.begins + int((self._part.ends - self._part.begins) * share)
        values = {"size": Size(self._bytes), "done": self._files, "total": self._of_files}
        named = {name: value for name, value in values.items() if f"%({name})s" in self._part.said}
        self._tell(percent, Message(self._part.said, named))
