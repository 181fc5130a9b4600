"""How pages name functions, ranks, roles, kinds of places and the states of people."""

from __future__ import annotations

from collections.abc import Mapping

from lms.kernel.messages import msg

# Source of the functions: the curriculum's competence framework; the codes are permanent.
FUNCTION_WORDS: Mapping[str, str] = {
    "P1": msg("Officer"),
    "P2": msg("Officer of a special unit"),
    "P3": msg("Security and information"),
    "P4": msg("Psychologist, social worker, educator"),
    "P5": msg("Health-care staff"),
    "P6": msg("Manager"),
    "P7": msg("Trainer of staff"),
}

RANK_WORDS: Mapping[str, str] = {
    "G1": msg("Basic grade"),
    "G2": msg("Middle grade"),
    "G3": msg("Senior grade"),
    "G4": msg("Civilian or specialist"),
}

SEX_WORDS: Mapping[str, str] = {"f": msg("female"), "m": msg("male")}

UNIT_ROLE_WORDS: Mapping[str, str] = {
    "administrator": msg("Administrator"),
    "trainer": msg("Trainer"),
    "observer": msg("Observer (figures only)"),
    "inspector": msg("Inspector (reads names)"),
    "confidential-reader": msg("Confidential reader"),
}
COURSE_ROLE_WORDS: Mapping[str, str] = {
    "author": msg("Author"),
    "translator": msg("Translator"),
    "national-editor": msg("National editor"),
    "reviewer": msg("Reviewer"),
    "publisher": msg("Publisher"),
}
ROLE_WORDS: Mapping[str, str] = {**UNIT_ROLE_WORDS, **COURSE_ROLE_WORDS}

UNIT_KIND_WORDS: Mapping[str, str] = {
    "country": msg("Country"),
    "region": msg("Region"),
    "facility": msg("Facility"),
    "section": msg("Section"),
}

STATUS_WORDS: Mapping[str, str] = {
    "active": msg("May sign in"),
    "waiting": msg("Has not signed in yet"),
    "disabled": msg("May not sign in"),
    "anonymised": msg("Name no longer kept"),
}
