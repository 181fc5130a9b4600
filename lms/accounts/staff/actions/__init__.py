"""What an administrator changes about people and places. Nothing is deleted; all is audited.

people  details, the place and function where they work, leaving, the end of an identity
places  names, closing, merging
"""

from __future__ import annotations

from lms.accounts.staff.actions.people import (
    Details,
    acted_on,
    change_details,
    end_postings,
    forget_identity,
    sign_out_everywhere,
    transfer,
)
from lms.accounts.staff.actions.places import close, merge, rename

__all__ = [
    "Details",
    "acted_on",
    "change_details",
    "close",
    "end_postings",
    "forget_identity",
    "merge",
    "rename",
    "sign_out_everywhere",
    "transfer",
]
