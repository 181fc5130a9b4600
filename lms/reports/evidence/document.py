"""The evidence of one certificate: a document of facts, and the tables that print them.

The document is what is signed (``docs/reports.md`` has its schema); the tables are made of nothing
else, so the paper cannot say more or less than the file inside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.words import COURSE_ROLE_WORDS
from lms.installation import LANGUAGE_NAMES
from lms.kernel.ids import grouped
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.reports.evidence import queries
from lms.reports.figures import Column, Kind, Label, Line, Table
from lms.signing.signed_json import moment_text
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
            "number": row.number, "code": row.code, "names": list(row.names or ()),
            "completed_on": snapshot["completed_on"], "valid_through": snapshot["valid_through"],
            "issued_on": snapshot["issued_on"], "titles": snapshot["titles"],
            "rules": snapshot["rules"], "audit_head": snapshot["audit_head"],
            "withdrawn": bool(row.withdrawn),
        },
        "edition": {
            "course": of.course_id, "number": of.number, "revision": of.revision,
            "core": of.core_digest, "nation": of.nation or "", "layer": of.layer_digest,
            "package": of.package, "published": moment_text(of.published_at),
            "people": [
                {"part": each.part, "name": each.name or "", "at": moment_text(each.at)}
                for each in queries.people(session, viewer, of.id)
            ],
        },
        "enrolment": {
            "id": str(of.enrolment_id), "route": of.route, "by": of.enrolled_by or "",
            "begun": moment_text(of.begun_at) if of.begun_at else "",
        },
        "lessons": [
            {"code": each.object, "completed": moment_text(each.stored_at), "record": str(each.id)}
            for each in queries.lessons(session, viewer, of.enrolment_id)
        ],
        "attempts": [_attempt(each) for each in queries.attempts(session, viewer, of.enrolment_id)],
    }  # fmt: skip


def _attempt(row: AnyRow) -> dict[str, Any]:
    return {
        "id": str(row.id), "test": row.test, "number": row.number, "channel": row.channel,
        "language": row.language, "opened": moment_text(row.opened_at),
        "handed_in": moment_text(row.submitted_at), "percent": row.percent,
        "needed": row.needed if row.needed is not None else "", "passed": bool(row.passed),
        "entered_by": str(row.entered_by or ""), "checked_by": str(row.checked_by or ""),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Printed:
    """The document as it is printed: facts above, then tables."""

    about: Sequence[tuple[Message, Message | str]]
    tables: Sequence[Table]


def printed(document: Mapping[str, Any], titles: Mapping[str, str], language: str) -> Printed:
    """Return the document in words.

    titles  of the lessons, by code, in ``language``.
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
    return Printed(about, [_tests(document), _answers_for(edition), _read(document, titles)])


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")


def _day(text: str) -> str:
    """Return day and minute of a moment of the document, in UTC, as the paper says it."""
    return text[:16].replace("T", " ")


def _tests(document: Mapping[str, Any]) -> Table:
    return Table(
        "attempts", Message(msg("Tests")), msg("Test"),
        [
            Column("number", msg("Attempt")),
            Column("handed_in", msg("Handed in (UTC)"), Kind.TEXT),
            Column("percent", msg("Result, percent")),
            Column("needed", msg("Needed, percent")),
            Column("passed", msg("Passed"), Kind.TEXT),
            Column("how", msg("How"), Kind.TEXT),
        ],
        [
            Line(
                Label(Message(TESTS.get(each["test"], each["test"]))),
                [
                    each["number"], _day(each["handed_in"]), each["percent"],
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
    )  # fmt: skip


def _answers_for(edition: Mapping[str, Any]) -> Table:
    return Table(
        "people", Message(msg("Who answers for this edition")), msg("Part"),
        [Column("name", msg("Name"), Kind.TEXT), Column("at", msg("Day"), Kind.TEXT)],
        [
            Line(
                Label(Message(COURSE_ROLE_WORDS.get(each["part"], each["part"]))),
                [each["name"] or None, each["at"][:10]],
            )
            for each in edition["people"]
        ]
        or [
            Line(
                Label(Message(msg("Published from the package that came with the program"))),
                [None, edition["published"][:10]],
            )
        ],
    )  # fmt: skip


def _read(document: Mapping[str, Any], titles: Mapping[str, str]) -> Table:
    return Table(
        "lessons", Message(msg("Lessons that were finished")), msg("Lesson"),
        [Column("completed", msg("Finished (UTC)"), Kind.TEXT)],
        [
            Line(
                Label(f"{each['code']} {titles.get(each['code'], '')}".strip()),
                [_day(each["completed"])],
            )
            for each in document["lessons"]
        ],
    )  # fmt: skip


def day_of(document: Mapping[str, Any]) -> date:
    """Return the day on which the document was made."""
    return date.fromisoformat(document["made"][:10])
