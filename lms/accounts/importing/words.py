"""How pages name what a list does: kinds, states, verdicts, our fields."""

from __future__ import annotations

from collections.abc import Mapping

from lms.kernel.messages import msg

KIND_WORDS: Mapping[str, str] = {
    "people": msg("Staff list"),
    "places": msg("List of places"),
}

STATE_WORDS: Mapping[str, str] = {
    "reading": msg("Is being read"),
    "read": msg("Read, not tried yet"),
    "failed": msg("Could not be read"),
    "checking": msg("Is being tried"),
    "checked": msg("Tried, not taken over yet"),
    "running": msg("Is being taken over"),
    "done": msg("Taken over"),
    "undoing": msg("Is being undone"),
    "undone": msg("Undone"),
    "dropped": msg("Thrown away"),
}

# Translators: verdicts on the rows of a list, as headings of their numbers.
VERDICT_WORDS: Mapping[str, str] = {
    "new": msg("New"),
    "changed": msg("Changed details"),
    "moved": msg("Other place or function"),
    "same": msg("As before"),
    "missing": msg("Missing in the list"),
    "duplicate": msg("Twice in the list"),
    "refused": msg("Refused"),
}

FIELD_WORDS: Mapping[str, str] = {
    "number": msg("Service number"),
    "username": msg("Number where the first is empty"),
    "name": msg("Whole name"),
    "first": msg("First name"),
    "middle": msg("Patronymic"),
    "last": msg("Family name"),
    "name_latin": msg("Name in Latin letters"),
    "language": msg("Language of their pages"),
    "unit": msg("Workplace (code or name)"),
    "function": msg("Function"),
    "rank": msg("Rank group"),
    "sex": msg("Sex"),
    "active": msg("In service (yes or no)"),
    "left": msg("Has left (yes or no)"),
    "status": msg("Sign-in"),
    "code": msg("Code"),
    "parent": msg("Below (code)"),
    "kind": msg("Kind"),
}

# Translators: what separates the columns of a text file.
SEPARATOR_WORDS: Mapping[str, str] = {
    ",": msg("Comma"),
    ";": msg("Semicolon"),
    "\t": msg("Tab"),
}
