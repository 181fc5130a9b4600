"""How a page asks how much a change weighs."""

from __future__ import annotations

from collections.abc import Mapping

from lms.kernel.messages import msg

WEIGHT_WORDS: Mapping[str, str] = {
    # Translators: choices of how much a changed text weighs for its translations.
    "typo": msg("Typing error: translations stay as they are"),
    "meaning": msg("Meaning: translations must be brought up to date"),
    "law": msg("Law: until then, no certificate in that language"),
}
