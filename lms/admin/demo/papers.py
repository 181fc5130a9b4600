"""Certificates for a whole country: numbered and signed like every other, but not printed.

A PDF takes the worker some 50 ms; twelve thousand would take longer than everything else.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.admin.demo.bulk import write_rows
from lms.admin.demo.waves import Passed, Row
from lms.catalogue.models import Programme
from lms.certificates import actions, rules
from lms.certificates.actions import RING, Office
from lms.certificates.models import Certificate, CertificateCounter, CertificateHolder
from lms.certificates.programme import NOTHING, said_of
from lms.certificates.snapshot import CertificateSnapshot
from lms.installation import Installation, setting
from lms.kernel.ids import new_id
from lms.signing import codes, keys, payload
from lms.signing.codes import CertificateNumber

AFTER = timedelta(minutes=40)  # from the end of the test to the confirmed name
WORKER = timedelta(seconds=3)


class Papers:
    """Issues certificates by the thousand, modelled on those that the worker has issued."""

    def __init__(
        self,
        session: Session,
        site: Installation,
        office: Office,
        months: int | None,
        dice: random.Random,
    ) -> None:
        """Read what is there already: models by language, numbers and places that are taken."""
        self._session, self._site, self._office = session, site, office
        self._months, self._dice = months, dice
        self._issuer = keys.parse_ring(setting(session, RING)).issuer
        self._models: dict[str, CertificateSnapshot] = {}
        self._taken: set[int] = set()
        for row in session.scalars(select(Certificate)):
            self._taken.add(row.status_index)
            if row.snapshot is not None:
                model = CertificateSnapshot.from_facts(row.snapshot)
                self._models.setdefault(model.language, model)
        printed = session.scalars(select(Programme).where(Programme.printed.is_(True)))
        self._programmes = {each.id: each for each in printed}
        self._last = {row.year: row.last for row in session.scalars(select(CertificateCounter))}

    def issue(self, passed: Sequence[Passed], course_id: str, edition_id: int) -> int:
        """Write the certificates of a wave in the order in which they were passed."""
        rows: list[Row] = []
        holders: list[Row] = []
        for each in sorted(passed, key=lambda one: one.passed_at):
            certificate, holder = self._one(each, course_id, edition_id)
            rows.append(certificate)
            holders.append(holder)
        if rows:
            write_rows(self._session.connection(), Certificate, rows)
            write_rows(self._session.connection(), CertificateHolder, holders)
        return len(rows)

    def close(self) -> None:
        """Let the counters of numbers go on where the last certificate stands."""
        for year, last in self._last.items():
            self._session.merge(CertificateCounter(year=year, last=last))
        self._session.flush()

    def _one(self, passed: Passed, course_id: str, edition_id: int) -> tuple[Row, Row]:
        person = passed.member.person
        model = self._models.get(person.language) or next(iter(self._models.values()))
        serial, awarded_at = new_id(), passed.passed_at + AFTER
        issued_at = (awarded_at + WORKER).replace(microsecond=0)
        zone = ZoneInfo(self._site.time_zone)
        completed_on = passed.passed_at.astimezone(zone).date()
        place = self._place()
        programme = self._programmes.get(passed.programme_id) if passed.programme_id else None
        said = said_of(programme, model.languages) if programme else NOTHING
        snapshot = replace(
            model,
            programme=said.title,
            partners=said.partners,
            funders=said.funders,
            serial=serial,
            number=self._number(issued_at.astimezone(zone).year),
            code=codes.new_code(),
            completed_on=completed_on,
            valid_through=rules.valid_through(completed_on, self._months),
            issued_on=issued_at.astimezone(zone).date(),
            status_index=place,
            qr_text="",
        )
        snapshot = replace(snapshot, check_url=f"{self._office.address}/v/{snapshot.code}")
        names = (person.name, person.name_latin)
        certificate = {
            "id": serial,
            "enrolment_id": passed.enrolment_id,
            "generation": 1,
            "person_id": passed.member.person_id,
            "course_id": course_id,
            "edition_id": edition_id,
            "attempt_id": passed.attempt_id,
            "number": snapshot.number,
            "code": snapshot.code,
            "status_index": place,
            "completed_on": completed_on,
            "valid_through": snapshot.valid_through,
            "snapshot": snapshot.to_facts(),
            "awarded_at": awarded_at,
            "issued_at": issued_at,
            "name_digest": actions.name_digest(self._office.name_key, serial, names),
        }
        signed = self._sign(snapshot, names, issued_at)
        holder = {"certificate_id": serial, "names": list(names), "payload": signed, "pdf": None}
        return certificate, holder

    def _place(self) -> int:
        while True:
            place = self._dice.randrange(rules.PLACES_IN_A_LIST)
            if place not in self._taken:
                self._taken.add(place)
                return place

    def _number(self, year: int) -> str:
        self._last[year] = self._last.get(year, 0) + 1
        return str(CertificateNumber(rules.number_prefix(self._site), year, self._last[year]))

    def _sign(
        self, snapshot: CertificateSnapshot, names: tuple[str, ...], issued_at: datetime
    ) -> bytes:
        said = actions.message_of(snapshot, names, issuer=self._issuer, issued_at=issued_at)
        return payload.sign(said, self._office.signer)


def names_confirmed(passed: Sequence[Passed]) -> list[tuple[UUID, datetime]]:
    """Return who confirmed their name, and when."""
    return [(each.member.person_id, each.passed_at + AFTER) for each in passed]
