"""The life of a list: sent, read, tried, taken over, undone, forgotten. All is audited.

states      its states
life        it is sent, read, tried, taken over and undone
work        what the worker does for it in the background
forgetting  it is thrown away, or forgotten

Each step but the first is work in the background. Whoever presses a button again meets the list in
its next state, so that nothing happens twice.
"""

from __future__ import annotations

from lms.accounts.importing.actions.forgetting import (
    drop,
    drop_file,
    forget_old,
)
from lms.accounts.importing.actions.life import (
    LONGEST_FILE_NAME,
    MOST_WAITING,
    SECOND_CLICK,
    begin,
    check,
    choose_titles,
    confirm,
    note_reading,
    note_refusal,
    note_report,
    read_again,
    require_room,
    undo,
)
from lms.accounts.importing.actions.states import (
    AT_WORK,
    BEFORE,
    CHECKED,
    CHECKING,
    DONE,
    DROPPED,
    FAILED,
    KEPT,
    READ,
    READING,
    RUNNING,
    TOO_LATE,
    UNDOING,
    UNDONE,
    in_next_turn,
    in_state,
    may_be_undone,
)
from lms.accounts.importing.actions.work import (
    APPLY_JOB,
    AT_ONCE,
    CHECK_JOB,
    READ_JOB,
    UNDO_JOB,
    ask,
    facts,
    taken,
)

__all__ = [
    "APPLY_JOB",
    "AT_ONCE",
    "AT_WORK",
    "BEFORE",
    "CHECKED",
    "CHECKING",
    "CHECK_JOB",
    "DONE",
    "DROPPED",
    "FAILED",
    "KEPT",
    "LONGEST_FILE_NAME",
    "MOST_WAITING",
    "READ",
    "READING",
    "READ_JOB",
    "RUNNING",
    "SECOND_CLICK",
    "TOO_LATE",
    "UNDOING",
    "UNDONE",
    "UNDO_JOB",
    "ask",
    "begin",
    "check",
    "choose_titles",
    "confirm",
    "drop",
    "drop_file",
    "facts",
    "forget_old",
    "in_next_turn",
    "in_state",
    "may_be_undone",
    "note_reading",
    "note_refusal",
    "note_report",
    "read_again",
    "require_room",
    "taken",
    "undo",
]
