"""What makes and ends a certificate; one file for each part of its life.

awarding    the holder confirms the name, which awards it: once per enrolment and generation
drafting    what it will say, before it has a number
issuing     the worker tries it out, draws the number, signs, prints
ending      the office withdraws it, or replaces it by another
published   what others check with: the key list and the withdrawal list
office      what the worker needs besides the database
"""

from __future__ import annotations

from lms.certificates.actions.awarding import (
    ISSUE,
    award,
    confirm_name,
    needs_latin,
    printed_names,
)
from lms.certificates.actions.drafting import Draft, draft
from lms.certificates.actions.ending import replace_certificate, withdraw
from lms.certificates.actions.issuing import (
    counts_from,
    finish,
    freeze,
    message_of,
    name_digest,
    print_paper,
    try_out,
)
from lms.certificates.actions.office import Office, Printer
from lms.certificates.actions.published import (
    PUBLISH,
    RING,
    ask_for_list,
    keep_ring,
    publish_withdrawals,
    take_new_key,
    withdraw_key,
)

__all__ = [
    "ISSUE", "PUBLISH", "RING", "Draft", "Office", "Printer", "ask_for_list", "award",
    "confirm_name", "counts_from", "draft", "finish", "freeze", "keep_ring",
    "message_of", "name_digest", "needs_latin", "print_paper", "printed_names",
    "publish_withdrawals", "replace_certificate", "take_new_key", "try_out", "withdraw",
    "withdraw_key",
]  # fmt: skip
