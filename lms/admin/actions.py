"""What administrators decide: the first run, and whether this server gives certificates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import actions as accounts
from lms.accounts.actions import NewPerson, NewRole, NewUnit
from lms.accounts.models import Credential
from lms.accounts.rules import SERVER
from lms.admin.night import TIDY
from lms.audit import actions as audit
from lms.authoring import actions as authoring
from lms.certificates import actions as certificates
from lms.installation import COUNTRIES
from lms.jobs import actions as jobs
from lms.kernel.lines import Line
from lms.kernel.names import PersonName

PUBLISH = "courses.publish"


@dataclass(frozen=True, slots=True)
class FirstRun:
    """The answers to the five questions. ``password_hash`` was made outside the transaction."""

    country: str
    names: Mapping[str, str]
    administrator: PersonName
    service_number: str
    password_hash: str
    language: str
    backups: str | None


def first_run(session: Session, answers: FirstRun, *, now: datetime) -> UUID:
    """Set this installation up: its country, its name, its first administrator; return their id.

    The courses are published anew with the country's layer by a job.
    raises LineRefusedError for a name or number that the form should have refused.
    """
    country = COUNTRIES[answers.country]
    names = {language: Line.of(name).text for language, name in answers.names.items()}
    installation.decide(
        session,
        {
            "country": country.code,
            "names": names,
            "ready": True,
            "languages": list(country.languages),
            "time_zone": country.time_zone,
            "digits": country.digits,
            "brand": country.brand,
            "band": country.band,
            "issuers": names,
            "certificate_prefix": country.certificate_prefix,
            "backups": answers.backups or "",
        },
        now=now,
    )
    code = country.code.upper()
    accounts.add_unit(session, SERVER, NewUnit("country", code, names), now=now)
    person_id = accounts.add_person(
        session,
        SERVER,
        NewPerson(
            answers.service_number,
            answers.administrator,
            code,
            language=answers.language,
            function="P6",
        ),
        "",
        now=now,
    )
    # The administrator chose a password on this page: no one-time code is waiting.
    session.execute(
        update(Credential)
        .where(Credential.person_id == person_id)
        .values(password_hash=answers.password_hash, code_hash=None, code_until=None)
    )
    accounts.give_role(
        session,
        SERVER,
        answers.service_number,
        NewRole("administrator", installation.day_of(session, now), unit_code=code),
        now=now,
    )
    jobs.ask(session, PUBLISH, f"first-run {country.code}", now=now)
    jobs.ask(session, TIDY, f"first-run {country.code}", now=now)  # it asks for the first night
    # Until now nothing was signed: the issuer's name comes from the country.
    authoring.ask_for_signatures(session, f"first-run {country.code}", now=now)
    certificates.ask_for_list(session, f"first-run {country.code}", now=now)
    audit.append(session, person_id, "installation.set-up", country.code, {}, now=now)
    return person_id


def let_issue(session: Session, *, issues: bool, now: datetime) -> None:
    """Decide whether this server gives certificates, or is a station without a key."""
    installation.decide(session, {"issues": issues}, now=now)
    audit.append(session, None, "installation.issues", "yes" if issues else "no", {}, now=now)
