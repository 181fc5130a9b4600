"""What changes a test; one file for each part of its life.

opening    its questions are drawn, and a person gets an attempt at it
answering  answers are stored
ending     it is handed in and marked; its answers are forgotten
"""

from __future__ import annotations

from lms.assessment.actions.answering import (
    MOST_ANSWERS,
    Sending,
    Stored,
    settle,
    store_answer,
    store_page,
)
from lms.assessment.actions.ending import (
    ANSWERS_KEPT,
    forget_old,
    submit,
)
from lms.assessment.actions.opening import (
    Terms,
    make_form,
    open_attempt,
)

__all__ = [
    "ANSWERS_KEPT",
    "MOST_ANSWERS",
    "Sending",
    "Stored",
    "Terms",
    "forget_old",
    "make_form",
    "open_attempt",
    "settle",
    "store_answer",
    "store_page",
    "submit",
]
