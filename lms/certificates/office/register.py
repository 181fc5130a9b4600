"""The register of certificates as a table: who holds which number, and whether one is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from lms.certificates.office import rules
from lms.certificates.office.rules import Series
from lms.certificates.rules import STATE_WORDS
from lms.kernel.ids import grouped
from lms.kernel.messages import Message, msg
from lms.sheets.writer import Cell, Sheet
from lms.tables import AnyRow
from lms.web.language import say

TITLE = msg("Register of certificates")
# Translators: label of a line above a table that was exported.
BY, AT, PLACES = msg("Made by"), msg("Made on"), msg("Places")
COUNT, NUMBERS = msg("Certificates in this file"), msg("Numbers given")
HEADER = (
    msg("Certificate number"), msg("Name"), msg("Service number"), msg("Workplace"),
    msg("Course"), msg("Title"), msg("Course edition"), msg("Completed on"),
    msg("Valid through"), msg("Issued on"), msg("State"), msg("Check code"),
)  # fmt: skip
WHOLE = msg("%(name)s: %(given)s numbers, from 1 to %(last)s, none missing.")
BROKEN = msg(
    "%(name)s: %(given)s numbers, from 1 to %(last)s. Missing: %(missing)s. Tell the person who "
    "looks after the server."
)
GONE = msg("no longer kept")


def line(row: AnyRow, language: str, *, today: date) -> list[Cell]:
    """Return the cells of one certificate, as ``queries.some`` gave it."""
    snapshot = row.snapshot
    return [
        row.number,
        " / ".join(row.names) if row.names else say(Message(GONE), language),
        row.service_number,
        row.unit_code,
        row.course_id,
        snapshot["titles"].get(language) or snapshot["titles"][snapshot["language"]],
        snapshot["edition"],
        row.completed_on,
        row.valid_through,
        date.fromisoformat(snapshot["issued_on"]),
        say(Message(STATE_WORDS[rules.state_of(row, today=today)]), language),
        grouped(row.code),
    ]


def sheet(
    lines: Iterable[Sequence[Cell]],
    about: Mapping[str, str],
    numbers: Sequence[Series],
    language: str,
) -> Sheet:
    """Return the register.

    about    msgid of a label -> what is said of this file.
    numbers  every country and year of the installation, so that a gap is seen anywhere.
    """
    said = {say(Message(label), language): value for label, value in about.items()}
    for place, each in enumerate(numbers):
        label = say(Message(NUMBERS), language)
        said[label if not place else f"{label} ({place + 1})"] = say(_numbers(each), language)
    return Sheet(
        title=say(Message(TITLE), language),
        about=said,
        header=[say(Message(each), language) for each in HEADER],
        rows=lines,
        rtl=language == "ar",
    )


def _numbers(each: Series) -> Message:
    values = {"name": each.name, "given": each.given, "last": each.last}
    if not each.missing:
        return Message(WHOLE, values)
    return Message(BROKEN, {**values, "missing": ", ".join(map(str, each.missing))})
