"""What this package refuses to read, with a sentence for the person in front of the screen."""

from __future__ import annotations

from lms.kernel.errors import LmsError


class Unreadable(LmsError):  # noqa: N818  (a refusal that a person reads, like its siblings in the kernel)
    """A code, list, key file or text that is not what it should be; the message says why."""

    status = 422
