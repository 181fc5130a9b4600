"""What can go wrong, each with a sentence for the person and a code for the server."""

from __future__ import annotations

from lms.kernel.messages import Message, msg


class LmsError(Exception):
    """A refusal that a person reads. ``message`` says what to do next; ``status`` is for HTTP."""

    status = 400

    def __init__(self, message: Message) -> None:
        """Keep the sentence; the log gets its English form."""
        super().__init__(str(message))
        self.message = message


class NotFound(LmsError):
    """There is no such thing, or this person may not see it: the answer is the same."""

    status = 404

    def __init__(self) -> None:
        """Use one sentence for every missing thing, so that nothing can be told apart."""
        super().__init__(Message(msg("There is nothing here that you can open.")))


class Refused(LmsError):
    """A rule says no; the sentence tells which and what to do."""

    status = 409
