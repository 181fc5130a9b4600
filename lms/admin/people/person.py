"""What the pages about one person show; every part is asked for with the viewer's scope."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from lms.accounts import words
from lms.accounts.staff import queries
from lms.certificates.office import queries as certificates
from lms.certificates.office.rules import words_of
from lms.db import reading
from lms.kernel.errors import NotFound
from lms.kernel.named import name_in
from lms.requirements import queries as requirements
from lms.requirements.rules import FOR_EVER, STATUS_WORDS
from lms.requirements.words import why
from lms.tables import AnyRow
from lms.web.language import current, say
from lms.web.pages import site, today, viewer


def acted_on(person_id: UUID) -> AnyRow:
    """Return a person whom the viewer may change; raises NotFound for any other."""
    person = queries.person(reading(), viewer(), person_id, today=today())
    if not person.acts or person.name is None:
        raise NotFound
    return person


def facts(person_id: UUID) -> dict[str, Any]:
    """Return what the page of a person needs; raises NotFound for a stranger."""
    session, me = reading(), viewer()
    person = queries.person(session, me, person_id, today=today())
    return {
        "person": person,
        "postings": queries.postings(session, me, person_id),
        "grants": queries.grants(session, me, person_id),
        "words": words,
        "today": today(),
        "left": person.until is not None and person.until < today(),
    }


def learned(person_id: UUID) -> dict[str, Any]:
    """Return what the page of a person's learning needs; raises NotFound for a stranger.

    Who has left is shown as they were on their last day here.
    """
    session, me, day, language = reading(), viewer(), today(), current().code
    person = queries.person(session, me, person_id, today=day)
    until = person.until or day
    of_then: dict[str, Any] = {"until": until, "today": day}
    zone = ZoneInfo(site().time_zone)
    standings = requirements.of_people(session, me, [person_id], today=day)[person_id]
    return {
        "person": person,
        "learned": requirements.learned(session, me, person_id, language, zone=zone, **of_then),
        "certificates": certificates.of_person(
            session, me, person_id, language, zone=zone, **of_then
        ),
        "state_of": lambda row: words_of(row, today=day),
        "standings": standings,
        "why": lambda each: say(why(each.row, language)),
        "titles": requirements.titles(session, standings, language),
        "status_words": STATUS_WORDS,
        "never": FOR_EVER,
        "left": until < day,
        **of_then,
    }


def places_to_choose() -> list[tuple[str, str]]:
    """Return the open places that the viewer administers, as choices: (code, name)."""
    rows = queries.places(reading(), viewer())
    language = current().code
    tops = viewer().unit_paths("administrator")
    return [
        (row.code, f"{name_in(row.names, language, row.code)} ({row.code})")
        for row in rows
        if any(row.path.startswith(top) for top in tops)
    ]
