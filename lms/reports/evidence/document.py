"""The evidence of one certificate: a document of facts, and the tables that print them.

The document is what is signed (``docs/reports.md`` has its schema); the tables are made of nothing
else, so the paper cannot say more or less than the file inside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.accounts.words import COURSE_ROLE_WORDS
from lms.installation import LANGUAGE_NAMES
from lms.kernel.ids import grouped
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.reports.evidence import queries
from lms.reports.figures import Column, Kind, Label, Line, Table
from lms.signing.signed_json import moment, moment_text
from lms.tables import AnyRow

KIND = "lms-evidence-1"
ROUTES: Mapping[str, str] = {
    "self": msg("Began by themselves, without a trainer"),
    "rule": msg("Enrolled because the course is required"),
    "list": msg("Enrolled by a list"),
    "trainer": msg("Enrolled by a trainer"),
}
TESTS: Mapping[str, str] = {
    "pre": msg("Test before the course"),
    "post": msg("Final test"),
    "refresher": msg("Refresher test"),
    "delayed": msg("Later test"),
}
CHANNELS: Mapping[str, str] = {
    "browser": msg("in the browser"), "file": msg("in a file"), "paper": msg("on paper"),
}  # fmt: skip


def collect(session: Session, viewer: Viewer, row: AnyRow, *, now: datetime) -> dict[str, Any]:
    """Return the document of a certificate that its caller has found for the viewer.

    Only texts, whole numbers, lists and objects; moments in UTC to the second.
    """
    of = queries.edition(session, viewer, row.id)
    snapshot = row.snapshot
    return {
        "kind": KIND,
        "made": moment_text(now),
        "certificate": {
            "number": row.number,
            "code": row.code,
            "names": list(row.names or ()),
            "completed_on": snapshot["completed_on"],
            "valid_through": snapshot["valid_through"],
            "issued_on": snapshot["issued_on"],
            "titles": snapshot["titles"],
            "rules": snapshot["rules"],
            "audit_head": snapshot["audit_head"],
            "withdrawn": bool(row.withdrawn),
        },
        "edition": {
            "course": of.course_id,
            "number": of.number,
            "revision": of.revision,
            "core": of.core_digest,
            "nation": of.nation or "",
            "layer": of.layer_digest,
            "package": of.package,
            "published": moment_text(of.published_at),
            "people": [
                {"part": each.part, "name": each.name or "", "at": moment_text(each.at)}
                for each in queries.people(session, viewer, of.id)
            ],
        },
        "enrolment": {
            "id": str(of.enrolment_id),
            "route": of.route,
            "by": of.enrolled_by or "",
            "begun": moment_text(of.begun_at) if of.begun_at else "",
        },
        "lessons": [
            {"code": each.object, "completed": moment_text(each.stored_at), "record": str(each.id)}
            for each in queries.lessons(session, viewer, of.enrolment_id)
        ],
        "attempts": [_attempt(each) for each in queries.attempts(session, viewer, of.enrolment_id)],
    }


def _attempt(row: AnyRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "test": row.test,
        "number": row.number,
        "channel": row.channel,
        "language": row.language,
        "opened": moment_text(row.opened_at),
        "handed_in": moment_text(row.submitted_at),
        "percent": row.percent,
        "needed": row.needed if row.needed is not None else "",
        "passed": bool(row.passed),
        "entered_by": str(row.entered_by or ""),
        "checked_by": str(row.checked_by or ""),
    }


@dataclass(frozen=True, slots=True)
class Printed:
    """The document as it is printed: facts above, then tables."""

    about: Sequence[tuple[Message, Message | str]]
    tables: Sequence[Table]


def printed(
    document: Mapping[str, Any], titles: Mapping[str, str], language: str, zone: ZoneInfo
) -> Printed:
    """Return the document in words.

    titles  of the lessons, by code, in ``language``.
    zone    of the clocks of the country: its moments have days there, as the certificate has.
    """
    paper, edition, of = document["certificate"], document["edition"], document["enrolment"]
    about: list[tuple[Message, Message | str]] = [
        (Message(msg("Certificate number")), paper["number"]),
        (Message(msg("Check code")), grouped(paper["code"])),
        (Message(msg("Name")), " / ".join(paper["names"]) or Message(msg("no longer kept"))),
        (Message(msg("Course")), _in(paper["titles"], language)),
        (
            Message(msg("Course edition")),
            (
                f"{edition['course']} {edition['number']}.{edition['revision']} · "
                f"{edition['core'][:16]}"
            ),
        ),
        (Message(msg("Completed on")), paper["completed_on"]),
        (
            Message(msg("Valid through")),
            paper["valid_through"] or Message(msg("no end date")),
        ),
        (Message(msg("Issued on")), paper["issued_on"]),
        (Message(msg("Rule")), _in(paper["rules"], language)),
        (Message(msg("How it began")), Message(ROUTES.get(of["route"], of["route"]))),
        (Message(msg("Enrolled by")), of["by"] or "–"),
    ]
    if paper["withdrawn"]:
        about.append((Message(msg("State")), Message(msg("Withdrawn"))))
    return Printed(
        about,
        [_tests(document, zone), _answers_for(edition, zone), _read(document, titles, zone)],
    )


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")


def _minute(text: str, zone: ZoneInfo) -> str:
    """Return day and minute of a moment of the document on the clocks of ``zone``, on one line."""
    return f"{moment(text).astimezone(zone):%Y-%m-%d\u00a0%H:%M}"


def _day(text: str, zone: ZoneInfo) -> str:
    return f"{moment(text).astimezone(zone):%Y-%m-%d}"


def _tests(document: Mapping[str, Any], zone: ZoneInfo) -> Table:
    return Table(
        "attempts",
        Message(msg("Tests")),
        msg("Test"),
        [
            Column("number", msg("Attempt")),
            Column("handed_in", _at(msg("Handed in (%(zone)s)"), zone), Kind.TEXT),
            Column("percent", msg("Result, percent")),
            Column("needed", msg("Needed, percent")),
            Column("passed", msg("Passed"), Kind.WORD),
            # Translators: head of a column: in the browser or on paper, in which language.
            Column("how", msg("How it was taken"), Kind.TEXT),
        ],
        [
            Line(
                Label(Message(TESTS.get(each["test"], each["test"]))),
                [
                    each["number"],
                    _minute(each["handed_in"], zone),
                    each["percent"],
                    each["needed"] if each["needed"] != "" else None,
                    Message(msg("yes")) if each["passed"] else Message(msg("no")),
                    Message(
                        "%(channel)s, %(language)s",
                        {
                            "channel": Message(CHANNELS.get(each["channel"], each["channel"])),
                            "language": LANGUAGE_NAMES.get(each["language"], each["language"]),
                        },
                    ),
                ],
            )
            for each in document["attempts"]
        ],
    )


def _answers_for(edition: Mapping[str, Any], zone: ZoneInfo) -> Table:
    return Table(
        "people",
        Message(msg("Who answers for this edition")),
        msg("Part"),
        [Column("name", msg("Name"), Kind.TEXT), Column("at", msg("Day"), Kind.TEXT)],
        [
            Line(
                Label(Message(COURSE_ROLE_WORDS.get(each["part"], each["part"]))),
                [each["name"] or None, _day(each["at"], zone)],
            )
            for each in edition["people"]
        ]
        or [
            Line(
                Label(Message(msg("Published from the package that came with the program"))),
                [None, _day(edition["published"], zone)],
            )
        ],
    )


def _read(document: Mapping[str, Any], titles: Mapping[str, str], zone: ZoneInfo) -> Table:
    return Table(
        "lessons",
        Message(msg("Lessons that were finished")),
        msg("Lesson"),
        [Column("completed", _at(msg("Finished (%(zone)s)"), zone), Kind.TEXT)],
        [
            Line(
                Label(f"{each['code']} {titles.get(each['code'], '')}".strip()),
                [_minute(each["completed"], zone)],
            )
            for each in document["lessons"]
        ],
    )


def _at(head: str, zone: ZoneInfo) -> Message:
    return Message(head, {"zone": zone.key})


def day_of(document: Mapping[str, Any], zone: ZoneInfo) -> date:
    """Return the day on which the document was made, on the clocks of ``zone``."""
    return moment(document["made"]).astimezone(zone).date()
