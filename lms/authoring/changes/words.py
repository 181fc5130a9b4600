"""What pages call the weight of a change and the state of a file."""

from __future__ import annotations

from collections.abc import Mapping

from lms.kernel.messages import msg

SEVERITY_WORDS: Mapping[str, str] = {
    # Translators: how much a change of a text weighs; three choices beside each other.
    "typo": msg("a typing error: translations stay as they are"),
    "meaning": msg("the meaning: translations are to be looked at again"),
    "law": msg("the law: certificates wait until translations are reviewed"),
}
STATE_WORDS: Mapping[str, str] = {
    # Translators: state of a file beside the published edition.
    "new": msg("new"),
    "changed": msg("changed"),
    "gone": msg("gone"),
}
