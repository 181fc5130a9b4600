"""Who wrote what a script sends: a tag of the person, and the refusals that scripts understand."""

from __future__ import annotations

import hmac

from flask import current_app

from lms.kernel.errors import LmsError
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer


class BadAnswerError(LmsError):
    """A script sent something that is no answer; it must not send it again."""

    status = 422

    def __init__(self) -> None:
        """Use one sentence for everything that is no answer."""
        super().__init__(Message(msg("This is not an answer.")))


class OtherPersonError(LmsError):
    """Another person is signed in than the one who wrote this."""

    status = 403


def person_tag(person: Viewer) -> str:
    """Return what stands for a person in the browser: it tells nothing and is the same for ever."""
    key = current_app.config["SECRET_KEY"]
    return hmac.new(key, b"person" + person.person_id.bytes, "sha256").hexdigest()[:16]


def require_person(tag: str, person: Viewer) -> None:
    """Refuse what was written by somebody else than the person who is signed in now."""
    if not hmac.compare_digest(tag.encode(), person_tag(person).encode()):
        raise OtherPersonError(
            Message(msg("These answers belong to somebody else. They are kept for that person."))
        )
