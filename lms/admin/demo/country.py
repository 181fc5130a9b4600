"""A whole country around the first 200 people: ``STAFF=20000 make demo``.

Written by the thousand instead of told action by action, but by the same rules: tests are drawn
and marked by the real code, progress is the projection of the records. Nobody of these people
has a password, and their certificates are signed but not printed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import actions as accounts
from lms.accounts.actions import NewUnit
from lms.accounts.models import Identity, Person, Posting
from lms.accounts.rules import SERVER, folded_service_number, searchable
from lms.admin.demo import papers, service, sheets, waves
from lms.admin.demo.bulk import write_columns, write_rows
from lms.admin.demo.people import invented
from lms.admin.demo.waves import Course as Taken
from lms.admin.demo.waves import Member, Wave
from lms.assessment.models import Answer, Attempt
from lms.audit import actions as audit
from lms.catalogue.models import Course, Edition, EditionLesson, Programme, ProgrammeCourse
from lms.catalogue.structure import Structure
from lms.certificates.actions import Office
from lms.installation import Site
from lms.kernel.ids import new_id
from lms.learning.models import Enrolment, LearningRecord, Progress
from lms.learning.rules import effective_rule

SPAN = timedelta(days=52 * waves.DAYS)  # the waves of two years
A_FACILITY = 350  # people, on average
FACILITIES_A_REGION = 8
CACHE = "PRAGMA cache_size=-262144"  # 256 MiB: indexes of two million rows are filled


@dataclass(frozen=True, slots=True)
class Added:
    """How much was added."""

    people: int
    facilities: int
    records: int
    answers: int
    certificates: int


def add(session: Session, people: int, office: Office, *, now: datetime) -> Added:
    """Add ``people`` with two years of learning, in waves of fourteen days; all before ``now``.

    session  of the open transaction in which the first 200 were built.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(CACHE)
    dice = random.Random(service.SEED + 1)  # noqa: S311 -- repeatable on purpose
    first = (now - SPAN).date() - timedelta(days=1)
    joined = now - SPAN - timedelta(days=20)
    units = _add_units(session, people, now=joined)
    site = installation.read(session)
    course, months = _course(session, site.least_percent, dice, now=joined)
    office_of_papers = papers.Papers(session, site, office, months, dice)
    members = _members(connection, people, units, dice, joined)
    each = -(-people // (SPAN.days // waves.DAYS))
    records = answers = certificates = 0
    begins = first
    while some := list(islice(members, each)):
        made = waves.wave(some, course, begins, dice)
        _write(session, made)
        records += len(made.records)
        answers += len(made.answers)
        certificates += office_of_papers.issue(made.certified, course.id, course.edition_id)
        _confirm(connection, made)
        begins += timedelta(days=waves.DAYS)
    office_of_papers.close()
    added = Added(people, len(units), records, answers, certificates)
    facts = {"people": people, "records": records, "certificates": certificates}
    audit.append(session, None, "demonstration.country-added", site.country, facts, now=now)
    return added


def _add_units(session: Session, people: int, *, now: datetime) -> list[UUID]:
    """Add facilities for so many people, in regions of eight; return the ids of the facilities."""
    units = []
    count = max(1, people // A_FACILITY)
    region = ""
    for number in range(1, count + 1):
        if number % FACILITIES_A_REGION == 1:
            region = f"XX-R{number // FACILITIES_A_REGION + 3}"
            accounts.add_unit(
                session,
                SERVER,
                NewUnit("region", region, _named(_REGION, region[4:]), service.COUNTRY),
                now=now,
            )
        new = NewUnit("facility", f"XX-F{number:03}", _named(_FACILITY, number + 4), region)
        units.append(accounts.add_unit(session, SERVER, new, now=now).id)
    return units


_REGION = {
    "en": "Region {}", "fr": "Région {}", "ar": "الجهة {}", "ru": "Регион {}", "kk": "{}-өңір",
}  # fmt: skip
_FACILITY = {
    "en": "Prison No. {}", "fr": "Prison n°\u00a0{}", "ar": "السجن عدد {}", "ru": "Учреждение № {}",
    "kk": "№ {} мекеме",
}  # fmt: skip


def _named(forms: dict[str, str], number: object) -> dict[str, str]:
    return {language: form.format(number) for language, form in forms.items()}


def _course(
    session: Session, floor: int, dice: random.Random, *, now: datetime
) -> tuple[Taken, int | None]:
    """Return the course with drawn and answered tests, and the months its certificate counts."""
    row, edition = session.execute(
        select(Course, Edition)
        .join(Edition, Edition.id == Course.edition_id)
        .where(Course.slug == service.COURSE)
    ).one()
    structure = Structure.from_facts(edition.facts)
    rule = effective_rule(structure.pass_rule, floor=floor)
    parts = session.execute(
        select(EditionLesson.code, EditionLesson.parts).where(
            EditionLesson.edition_id == edition.id, EditionLesson.language == "en"
        )
    )
    piles = {
        test: sheets.pile(session, structure, edition.id, test, rule, dice, now=now)
        for test in ("pre", "post")
    }
    programmes = session.execute(
        select(Programme.id, Programme.starts_on, Programme.ends_on)
        .join(ProgrammeCourse, ProgrammeCourse.programme_id == Programme.id)
        .where(ProgrammeCourse.course_id == row.id)
    )
    taken = Taken(
        id=row.id,
        edition_id=edition.id,
        number=edition.number,
        needed=rule.percent,
        validity_months=structure.validity_months,
        lessons=structure.codes(),
        sections={code: [each[0] for each in said["sections"]] for code, said in parts},
        modules={lesson.code: lesson.module for lesson in structure.lessons()},
        pre=piles["pre"],
        post=piles["post"],
        programmes=[waves.Programme(*each) for each in programmes],
    )
    return taken, structure.validity_months


def _members(
    connection: Connection, people: int, units: list[UUID], dice: random.Random, joined: datetime
) -> Iterator[Member]:
    """Add the people, some thousand at a time, and yield them."""
    names = invented(service.SEED + 1)
    day = joined.date()
    for start in range(0, people, 5000):
        some = [Member(new_id(), next(names)) for _ in range(min(5000, people - start))]
        write_rows(connection, Person, [_person(each, joined) for each in some])
        numbers = [f"B-{start + n:06}" for n in range(1, len(some) + 1)]
        write_rows(
            connection,
            Identity,
            [_identity(each, number) for each, number in zip(some, numbers, strict=True)],
        )
        write_rows(
            connection,
            Posting,
            [
                _posting(each, units[(start + n) % len(units)], waves.ordered_id(joined, dice), day)
                for n, each in enumerate(some)
            ],
        )
        yield from some


def _person(member: Member, joined: datetime) -> dict[str, Any]:
    return {
        "id": member.person_id,
        "status": "active",
        "rank_group": member.person.rank_group,
        "sex": member.person.sex,
        "extra_time": 0,
        "made_at": joined,
    }


def _identity(member: Member, number: str) -> dict[str, Any]:
    return {
        "person_id": member.person_id,
        "service_number": number,
        "service_number_folded": folded_service_number(number),
        "name": member.person.name,
        "name_latin": member.person.name_latin,
        "language": member.person.language,
        "names_confirmed_at": None,
        "search": searchable(number, member.person.name, member.person.name_latin),
    }


def _posting(member: Member, unit_id: UUID, posting_id: UUID, starts_on: date) -> dict[str, Any]:
    return {
        "id": posting_id,
        "person_id": member.person_id,
        "unit_id": unit_id,
        "function": member.person.function,
        "starts_on": starts_on,
        "ends_on": None,
    }


def _write(session: Session, made: Wave) -> None:
    """Write the rows of a wave; its records get the next numbers of this site's sequence."""
    if not made.records:
        return
    count = len(made.records)
    site_id, last = session.execute(
        update(Site).values(seq=Site.seq + count).returning(Site.id, Site.seq)
    ).one()
    columns: dict[str, Sequence[Any]] = dict(
        zip(waves.RECORD, zip(*made.records, strict=True), strict=True)
    )
    columns |= {"site_id": [site_id] * count, "site_seq": range(last - count + 1, last + 1)}
    columns |= dict.fromkeys(("voids", "claimed_at", "session_id"), [None] * count)
    connection = session.connection()
    write_rows(connection, Enrolment, made.enrolments)
    write_rows(connection, Attempt, made.attempts)
    write_rows(connection, Answer, made.answers)
    write_columns(connection, LearningRecord, columns)
    write_rows(connection, Progress, made.progress)


def _confirm(connection: Connection, made: Wave) -> None:
    """Note when the names on the certificates were confirmed."""
    rows = [
        {"of": person_id, "at": moment}
        for person_id, moment in papers.names_confirmed(made.certified)
    ]
    if rows:
        table: Any = Identity.__table__
        connection.execute(
            update(table)
            .where(table.c.person_id == bindparam("of"))
            .values(names_confirmed_at=bindparam("at")),
            rows,
        )
