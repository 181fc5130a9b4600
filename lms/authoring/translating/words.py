"""What pages call the states of a block, and how heavy a change was."""

from __future__ import annotations

from collections.abc import Mapping

from lms.kernel.messages import msg

STATE_WORDS: Mapping[str, str] = {
    # Translators: the state of a block of a translation; stands alone.
    "new": msg("not translated"),
    "translated": msg("translated, not yet reviewed"),
    "reviewed": msg("reviewed"),
    "stale": msg("the source text has changed since"),
}
# The class of the label in which a state stands.
STATE_LOOKS: Mapping[str, str] = {"new": "", "translated": "warn", "reviewed": "ok", "stale": "bad"}
SEVERITY_WORDS: Mapping[str, str] = {
    # Translators: how heavy the change of a source text is; stands alone in a list.
    "law": msg("the law changed"),
    "meaning": msg("the meaning changed"),
    "typo": msg("a typing error was mended"),
    "unknown": msg("nobody has said how much"),
}
FILTER_WORDS: Mapping[str, str] = {
    # Translators: which blocks of a translation a page shows; links beside each other.
    "all": msg("All blocks"),
    "new": msg("Not translated"),
    "stale": msg("Changed since"),
    "unread": msg("Not reviewed"),
}
