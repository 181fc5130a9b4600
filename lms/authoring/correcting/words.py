"""What pages call the counts of a corrected key."""

from __future__ import annotations

from collections.abc import Mapping

from lms.kernel.messages import msg

COUNT_WORDS: Mapping[str, str] = {
    # Translators: what follows stands beside a number of tests in a table.
    "asked": msg("tests with this question"),
    "changed": msg("tests with another mark under the right key"),
    "same": msg("tests whose mark stays"),
    "mark": msg("another mark, the same result"),
    "passed": msg("failed, and passed with the right key"),
    "failed": msg("passed, and failed with the right key"),
    "unknown": msg("answers no longer kept: the mark stays"),
    "certificates": msg("certificates that rest on the old key"),
}
