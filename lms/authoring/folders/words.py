"""What pages say of signatures, and of what a folder changes."""

from __future__ import annotations

from collections.abc import Mapping

from lms.kernel.messages import msg

SIGNATURE_WORDS: Mapping[str, str] = {
    # Translators: of a course package; each stands alone as a heading.
    "genuine": msg("Genuine"),
    "unknown": msg("The issuer is not known here"),
    "wrong": msg("The signature is wrong"),
    "none": msg("No signature"),
}
# Which box of a page the sentence stands in.
SIGNATURE_LOOKS: Mapping[str, str] = {
    "genuine": "ok", "unknown": "warn", "wrong": "bad", "none": "warn",
}  # fmt: skip
CHANGE_WORDS: Mapping[str, str] = {
    # Translators: of a file of a course, beside its name in a table.
    "new": msg("new"),
    "changed": msg("changed"),
    "gone": msg("gone"),
}
