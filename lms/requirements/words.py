"""Which requirement it is, in words: for lists on which a course is asked for more than once."""

from __future__ import annotations

from lms.accounts.words import FUNCTION_WORDS
from lms.kernel.messages import Message, counted, msg
from lms.requirements.rules import who
from lms.tables import AnyRow


def why(row: AnyRow, language: str) -> Message:
    """Return which requirement a row of ``pairing.WHICH`` and ``FACTS`` is of.

    Of whom, at which place, and how often where it comes back.
    """
    names = row.required_at
    where = names.get(language) or names.get("en") or row.required_at_code
    often = () if row.interval_months is None else (every(row.interval_months),)
    whom = (who(row.required_of, FUNCTION_WORDS), where, *often)
    # Translators: which requirement asks for a course: "Required of: Manager · North".
    return Message(msg("Required of: %(whom)s"), {"whom": whom})


def every(months: int) -> Message:
    """Return in words how often something is to be done anew."""
    return counted("Every %(num)s month", "Every %(num)s months", months)
