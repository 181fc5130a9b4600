"""Publication: a course folder becomes an edition that never changes, and is signed.

editions    the edition: begin, show, drop; or offer what has changed
rows        its lessons, questions and titles
signatures  by the worker, with this server's key
packages    the folder as one file: taken along, brought, forgotten
"""

from __future__ import annotations

from lms.authoring.actions.editions import (
    begin_edition,
    drop_edition,
    newest,
    offer,
    publish,
    show_edition,
)
from lms.authoring.actions.packages import (
    READ,
    ask_to_read,
    forget_packages,
    take_package,
    take_package_of,
)
from lms.authoring.actions.rows import item_rows, lesson_rows, text_rows
from lms.authoring.actions.signatures import SIGN, ask_for_signatures, is_signed, sign_edition

__all__ = [
    "READ", "SIGN", "ask_for_signatures", "ask_to_read", "begin_edition", "drop_edition",
    "forget_packages", "is_signed", "item_rows", "lesson_rows", "newest", "offer", "publish",
    "show_edition", "sign_edition", "take_package", "take_package_of", "text_rows",
]  # fmt: skip
