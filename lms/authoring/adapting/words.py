"""What the pages of a country's layer call things."""

from __future__ import annotations

from collections.abc import Mapping

from lms.kernel.messages import msg

# Translators: states of a box, a place in a lesson that each country fills itself.
STATE_WORDS: Mapping[str, str] = {
    "empty": msg("empty"),
    "draft": msg("draft"),
    "confirmed": msg("confirmed"),
    "under-review": msg("under review"),
}
# Translators: states of a box as plain adjectives, after a number: "confirmed: 3".
TOUCHED_WORDS: Mapping[str, str] = {
    "replaced": msg("Block replaced by the country's own"),
    "hidden": msg("Block not shown"),
    "box": msg("Box"),
    "item": msg("Question not asked"),
}
# Translators: how grave a change of the course is.
SEVERITY_WORDS: Mapping[str, str] = {
    "typo": msg("a typing error"),
    "meaning": msg("another meaning"),
    "law": msg("a change of the law"),
}
