"""What a certificate will say, before it has a number and a signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt
from lms.audit.models import AuditHead
from lms.catalogue.models import Course, Edition, EditionText
from lms.catalogue.structure import Structure
from lms.certificates import layouts, rules
from lms.certificates.actions.office import Office
from lms.certificates.models import (
    Certificate,
    CertificateCounter,
    CertificateEvent,
    CertificateHolder,
)
from lms.certificates.programme import printed_programme
from lms.certificates.snapshot import CertificateSnapshot
from lms.installation import Installation
from lms.kernel.messages import Message
from lms.learning.rules import pass_sentence, rule_of_test
from lms.signing import codes


@dataclass(frozen=True, slots=True)
class Draft:
    """A certificate as it would be printed. Only its number and its signature are still open.

    snapshot     with the next number, which somebody else may draw first.
    names        the holder's, in one or two scripts.
    short_title  of the course, for a code in which the long one does not fit; may be empty.
    moment       of the issue, to the second.
    """

    snapshot: CertificateSnapshot
    names: tuple[str, ...]
    short_title: str
    moment: datetime


def draft(
    session: Session,
    certificate_id: UUID,
    site: Installation,
    office: Office,
    *,
    language: str,
    second: str | None,
    now: datetime,
) -> Draft | None:
    """Return what would be printed; None where nothing is to be issued. Reads only."""
    certificate = session.get(Certificate, certificate_id)
    holder = waiting_holder(session, certificate)
    if certificate is None or holder is None:
        return None
    moment = now.replace(microsecond=0)
    issued_on = day_of_issue(moment, site)
    last = session.scalar(
        select(CertificateCounter.last).where(CertificateCounter.year == issued_on.year)
    )
    number = codes.CertificateNumber(rules.number_prefix(site), issued_on.year, (last or 0) + 1)
    printed = (language, second) if second else (language,)
    texts = {
        row.language: row
        for row in session.execute(
            select(EditionText.language, EditionText.title, EditionText.facts).where(
                EditionText.edition_id == certificate.edition_id, EditionText.language.in_(printed)
            )
        )
    }
    course = session.get_one(Course, certificate.course_id)
    titles = {
        each: _title(texts[each].title if each in texts else course.slug, course, office, each)
        for each in printed
    }
    short = texts[language].facts.get("short_title") if language in texts else None
    snapshot = _snapshot(session, certificate, site, office, titles, str(number), issued_on)
    return Draft(snapshot, tuple(holder.names), short or "", moment)


def waiting_holder(session: Session, certificate: Certificate | None) -> CertificateHolder | None:
    """Return whom a certificate without a number waits for; None where none is to be drawn."""
    if certificate is None or certificate.number is not None:
        return None
    ended = session.scalar(
        select(CertificateEvent.id).where(
            CertificateEvent.certificate_id == certificate.id, CertificateEvent.kind == "withdrawn"
        )
    )
    return session.get(CertificateHolder, certificate.id) if ended is None else None


def day_of_issue(moment: datetime, site: Installation) -> date:
    """Return the day of a moment on the clocks of this country."""
    return moment.astimezone(ZoneInfo(site.time_zone)).date()


def _snapshot(
    session: Session,
    certificate: Certificate,
    site: Installation,
    office: Office,
    titles: Mapping[str, str],
    number: str,
    issued_on: date,
) -> CertificateSnapshot:
    """Return every printed field; the text of the code follows when the rest is signed.

    titles  the course's, in the certificate's own language and then in the one beneath it.
    """
    edition = session.get_one(Edition, certificate.edition_id)
    structure = Structure.from_facts(edition.facts)
    language, *others = titles
    passed = session.get(Attempt, certificate.attempt_id) if certificate.attempt_id else None
    rule = pass_sentence(
        rule_of_test(
            structure,
            passed.test if passed else "post",
            floor=site.least_percent,
            needed=passed.needed if passed else None,
        )
    )
    unconfirmed = bool(structure.unconfirmed())
    list_number, place = rules.list_place(certificate.status_index)
    programme = printed_programme(session, certificate, tuple(titles))
    layout = layouts.of_certificate(session, certificate, site)
    return CertificateSnapshot(
        serial=certificate.id,
        number=number,
        code=certificate.code,
        titles=titles,
        edition=f"{edition.number}.{edition.revision}",
        completed_on=certificate.completed_on,
        valid_through=certificate.valid_through,
        hours=float(structure.hours),
        issuers=layout.issuers_in(tuple(titles), site),
        issued_on=issued_on,
        rules={each: office.speak(rule, each) for each in titles},
        language=language,
        second_language=others[0] if others else None,
        status_list=list_number,
        status_index=place,
        qr_text="",
        check_url=f"{office.address}/v/{certificate.code}",
        notes={
            each: (office.speak(Message(rules.ANNEX_UNCONFIRMED), each),)
            for each in titles
            if unconfirmed
        },
        boxes=structure.boxes,
        programme=programme.title,
        partners=programme.partners,
        funders=programme.funders,
        signatories=layout.signatories_in(tuple(titles)),
        logos=tuple(layout.logos),
        country=site.country,
        digits=site.digits,
        brand=site.brand,
        band=site.band,
    )


def audit_head(session: Session) -> str:
    """Return the hash of the newest row of the log, in hexadecimal digits; empty before one."""
    head = session.scalar(select(AuditHead.hash))
    return head.hex() if head else ""


def _title(title: str, course: Course, office: Office, language: str) -> str:
    shown = rules.title_shown(title, course.access)
    return office.speak(shown, language) if isinstance(shown, Message) else shown
