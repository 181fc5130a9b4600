"""What changes people, places, roles and the ways in; one file for each subject.

people      somebody is added, gets a new way in, is disabled and enabled
places      a unit is added to the tree
roles       a role is given and ended
signing_in  signing in; choosing and changing the password and the spare code
sessions    a session begins and ends
held        forms that came after their session had ended
"""

from __future__ import annotations

from lms.accounts.actions.held import drop_held_form, forget_forms, hold_form
from lms.accounts.actions.people import (
    NewPerson,
    add_person,
    disable,
    enable,
    give_extra_time,
    latin,
    reset_code,
)
from lms.accounts.actions.places import NewUnit, add_unit
from lms.accounts.actions.roles import NewRole, become_author, end_role, give_role
from lms.accounts.actions.sessions import (
    end_sessions,
    end_what_was_restored,
    mark_machine,
    open_session,
    sign_out,
    token_hash,
)
from lms.accounts.actions.signing_in import (
    Checked,
    Tried,
    change_password,
    choose_password,
    replace_spare_code,
    sign_in,
)

__all__ = [
    "Checked",
    "NewPerson",
    "NewRole",
    "NewUnit",
    "Tried",
    "add_person",
    "add_unit",
    "become_author",
    "change_password",
    "choose_password",
    "disable",
    "drop_held_form",
    "enable",
    "end_role",
    "end_sessions",
    "end_what_was_restored",
    "forget_forms",
    "give_extra_time",
    "give_role",
    "hold_form",
    "latin",
    "mark_machine",
    "open_session",
    "replace_spare_code",
    "reset_code",
    "sign_in",
    "sign_out",
    "token_hash",
]
