"""How pages name the kinds, states and fields of programmes."""

from __future__ import annotations

from collections.abc import Mapping

from lms.catalogue.programmes.rules import PILOT, PROGRAMME, State
from lms.kernel.messages import msg

KIND_WORDS: Mapping[str, str] = {
    PROGRAMME: msg("Programme"),
    # Translators: a programme that tries something out and compares groups of staff.
    PILOT: msg("Pilot"),
}

STATE_WORDS: Mapping[str, str] = {
    # Translators: a programme that has not begun yet.
    State.PLANNED: msg("planned"),
    # Translators: a programme that has begun and not ended.
    State.RUNNING: msg("running"),
    # Translators: a programme whose last day is over.
    State.ENDED: msg("ended"),
}

# The fields whose changes are listed.
FIELD_WORDS: Mapping[str, str] = {
    "titles": msg("Title"),
    "starts_on": msg("First day"),
    "ends_on": msg("Last day"),
    # Translators: organisations that issue certificates in a programme.
    "issuers": msg("Issuers"),
    "partners": msg("Partners"),
    "funders": msg("Funded by"),
    "printed": msg("Named on certificates"),
    # Translators: what a pilot wants to find out.
    "question": msg("Question"),
    # Translators: groups of staff that a pilot compares.
    "groups": msg("Groups"),
    # Translators: what a pilot measures to answer its question.
    "measures": msg("Measures"),
    "courses": msg("Courses"),
}
