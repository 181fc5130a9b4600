"""What is wrong with a course, in sentences that say where and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lms.kernel.errors import LmsError
from lms.kernel.messages import Message, msg

# After so many faults the rest is noise, and a hostile file must not fill the memory.
MOST_FAULTS = 200


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend: ``file`` inside the course folder, ``line`` from 1 (0: the whole file)."""

    file: str
    line: int
    text: str
    message: Message = field(compare=False)

    def __str__(self) -> str:
        """Return ``file:line: sentence`` as compilers write it."""
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


class Faults:
    """Collects what is wrong, so that an author sees everything at once."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def add(self, file: str, line: int, msgid: str, **values: object) -> None:
        """Note one fault. ``msgid`` is a sentence marked with ``msg``."""
        if len(self._found) < MOST_FAULTS:
            message = Message(msgid, values)
            self._found.append(Fault(file, line, str(message), message))

    def __iter__(self) -> Iterator[Fault]:
        return iter(sorted(set(self._found)))

    def __len__(self) -> int:
        return len(self._found)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, and where to note what is wrong there."""

    faults: Faults
    file: str
    line: int

    def add(self, msgid: str, **values: object) -> None:
        """Note one fault of this line, as ``Faults.add`` does."""
        self.faults.add(self.file, self.line, msgid, **values)


class CourseRefused(LmsError):  # noqa: N818 -- a refusal, named like the others of the kernel
    """A course has faults; ``faults`` are all of them."""

    status = 422

    def __init__(self, faults: Faults) -> None:
        """Keep the faults; the sentence counts them."""
        super().__init__(
            Message(
                msg("The course has %(count)s faults. Mend them, then try again."),
                {"count": len(faults)},
            )
        )
        self.faults = list(faults)
