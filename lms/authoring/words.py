"""What pages about courses call the parts of a lesson."""

from __future__ import annotations

from collections.abc import Mapping

from lms.kernel.messages import msg

# A heading is named by its own words, a question by its code.
BLOCK_WORDS: Mapping[str, str] = {
    "objectives": msg("Objectives"),
    "practice": msg("From practice"),
    "do": msg("Do"),
    "dont": msg("Do not"),
    "box": msg("Country box"),
    "attention": msg("Pay attention"),
    "check": msg("Check yourself"),
    "keypoints": msg("Key points"),
    "sources": msg("Sources"),
    "trainer": msg("For the trainer"),
}
