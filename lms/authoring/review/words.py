"""What pages call the steps from a draft to an edition."""

from __future__ import annotations

from collections.abc import Mapping

from lms.kernel.messages import msg

VERDICT_WORDS: Mapping[str, str] = {
    # Translators: what was said of a draft; stands alone in a table.
    "asked": msg("approval asked for"),
    "sent-back": msg("sent back"),
    "approved": msg("approved"),
    "published": msg("published"),
}
