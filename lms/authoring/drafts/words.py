"""What pages call the versions of a file, and the steps from a draft to an edition."""

from __future__ import annotations

from collections.abc import Mapping

from lms.kernel.messages import msg

VERSION_WORDS: Mapping[str, str] = {
    # Translators: how a version of a text came to be; stands alone in a table.
    "start": msg("as it was begun"),
    "saved": msg("saved"),
    "auto": msg("saved by itself"),
    # Translators: a text that is kept beside another one, since two people wrote at once.
    "aside": msg("kept aside"),
    "restored": msg("restored"),
    "import": msg("from a folder"),
    "removed": msg("deleted"),
    # Translators: somebody has read a translation and found it right.
    "accepted": msg("read and accepted"),
}

VERDICT_WORDS: Mapping[str, str] = {
    # Translators: what was said of a draft; stands alone in a table.
    "asked": msg("approval asked for"),
    "sent-back": msg("sent back"),
    "approved": msg("approved"),
    "published": msg("published"),
}
