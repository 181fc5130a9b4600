"""What a check says of one part of a translation."""

from __future__ import annotations

from dataclasses import dataclass

from lms.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is wrong, or that a person should look at.

    part     the key of the part; "" for the whole unit.
    refused  whether the text is not taken; else it is a warning.
    """

    part: str
    message: Message
    refused: bool
