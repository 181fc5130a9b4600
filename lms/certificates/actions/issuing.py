"""The worker's part: a number, a signature, a paper.

Nothing slow is done while others wait to save, and a certificate that cannot be printed takes no
number. Hence four actions, two before and two inside a transaction:

1. ``draft`` and ``try_out``  set the page as it will be if nobody else draws the next number
2. ``freeze``                 draws the number, signs, and keeps every printed field for good
3. ``print_paper``            makes the PDF from what is frozen, and stores it under its digest
4. ``finish``                 notes the digest: the certificate is issued

Each may be done again. The PDF is a view of frozen fields, always the same bytes: where a worker
was killed between 3 and 4, the next one finds its file. What ``try_out`` has set is kept in memory
(``lms.certificates.pdf``), so that 3 costs nothing when its guess was right.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms import installation
from lms.assessment.models import Attempt
from lms.audit import actions as audit
from lms.audit.models import AuditHead
from lms.catalogue.models import Course, Edition, EditionText
from lms.catalogue.structure import Structure
from lms.certificates import layouts, rules
from lms.certificates.actions.office import Office
from lms.certificates.actions.published import RING, ask_for_list, keep_ring
from lms.certificates.labels import in_languages
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
from lms.signing import codes, cose, keys, payload, qr
from lms.signing.keys import KeyRing
from lms.signing.refusals import Unreadable


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
    holder = _waiting_holder(session, certificate)
    if certificate is None or holder is None:
        return None
    moment = now.replace(microsecond=0)
    issued_on = _day(moment, site)
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


def try_out(session: Session, drafted: Draft, office: Office) -> None:
    """Sign and set a draft as if its number were drawn; the result is thrown away.

    raises   what printing it would raise: MissingGlyph, Refused, Unreadable, FileNotFoundError
             for a logo. Then no number is drawn.
    """
    stored = installation.setting(session, RING)
    issuer = keys.parse_ring(stored).issuer if stored else ""
    signed = _sign(drafted, issuer, office)
    _set(replace(drafted.snapshot, qr_text=qr.text_of(signed)), drafted.names, office)


def freeze(
    session: Session,
    certificate_id: UUID,
    drafted: Draft,
    site: Installation,
    office: Office,
    *,
    now: datetime,
) -> None:
    """Draw the number, sign, and keep what was drafted for good; again does nothing.

    Nothing either where the certificate was withdrawn meanwhile, or the identity deleted: then
    there is no name to print.
    """
    certificate = session.scalar(
        select(Certificate).where(Certificate.id == certificate_id).with_for_update()
    )
    holder = _waiting_holder(session, certificate)
    if certificate is None or holder is None:
        return
    ring = keep_ring(session, site, office.signer, now=now)
    number = _next_number(session, rules.number_prefix(site), drafted.snapshot.issued_on.year)
    drafted = replace(
        drafted,
        snapshot=replace(drafted.snapshot, number=number, audit_head=_audit_head(session)),
        moment=counts_from(drafted.moment, ring),
    )
    holder.payload = _sign(drafted, ring.issuer, office)
    certificate.number = number
    # The QR code holds the name, so it stays with the holder's row alone.
    certificate.snapshot = drafted.snapshot.to_facts()
    certificate.name_digest = name_digest(office.name_key, certificate.id, drafted.names)
    audit.append(
        session, None, "certificate.issued", str(certificate.id),
        {"number": number, "kid": office.signer.kid.hex()}, now=now,
    )  # fmt: skip


def counts_from(moment: datetime, ring: KeyRing) -> datetime:
    """Return ``moment``, or the first one of a key that is newer: nothing before it counts."""
    current = ring.current()
    return moment if current is None else max(moment, current.valid_from)


def print_paper(session: Session, certificate_id: UUID, office: Office) -> str | None:
    """Store the PDF of a frozen certificate and return its digest.

    Again gives the same bytes, and so the same file. None where there is no number yet or no
    name any more, and where the certificate is issued already.
    """
    certificate = session.get(Certificate, certificate_id)
    if certificate is None or certificate.snapshot is None or certificate.issued_at is not None:
        return None
    holder = session.get(CertificateHolder, certificate_id)
    if holder is None or holder.payload is None:
        return None
    snapshot = CertificateSnapshot.from_facts(certificate.snapshot)
    snapshot = replace(snapshot, qr_text=qr.text_of(holder.payload))
    return office.store.put(_set(snapshot, holder.names, office))


def finish(
    session: Session, certificate_id: UUID, paper: str | None, site: Installation, *, now: datetime
) -> None:
    """Note where the paper lies, and that the certificate is issued, dated as it was signed.

    Again does nothing, and nothing for a certificate that was given no number.
    """
    certificate = session.scalars(
        select(Certificate).where(Certificate.id == certificate_id).with_for_update()
    ).one()
    if certificate.issued_at is not None or certificate.number is None:
        return
    holder = session.get(CertificateHolder, certificate_id)
    if holder is None or holder.payload is None:
        certificate.issued_at = now.replace(microsecond=0)
    else:
        holder.pdf = paper
        certificate.issued_at = payload.unpack(cose.read(holder.payload).payload).issued_at
    ask_for_list(session, f"day {_day(now, site).isoformat()}", now=now)


def _waiting_holder(session: Session, certificate: Certificate | None) -> CertificateHolder | None:
    """Return whom a certificate without a number waits for; None where none is to be drawn."""
    if certificate is None or certificate.number is not None:
        return None
    ended = session.scalar(
        select(CertificateEvent.id).where(
            CertificateEvent.certificate_id == certificate.id, CertificateEvent.kind == "withdrawn"
        )
    )
    return session.get(CertificateHolder, certificate.id) if ended is None else None


def _day(moment: datetime, site: Installation) -> date:
    return moment.astimezone(ZoneInfo(site.time_zone)).date()


def _set(snapshot: CertificateSnapshot, names: Sequence[str], office: Office) -> bytes:
    labels = in_languages(office.speak, snapshot.languages)
    logos = [office.store.get(digest) for digest in snapshot.logos]
    return office.render(snapshot, names, labels, logos)


def name_digest(key: bytes, certificate_id: UUID, names: Sequence[str]) -> bytes:
    """Return what proves a name that somebody shows, and tells nobody the name without the key."""
    return hmac.digest(key, certificate_id.bytes + "\n".join(names).encode(), "sha256")


def _next_number(session: Session, prefix: str, year: int) -> str:
    """Draw the next number of a year; the counter's row stays locked until the commit."""
    drawn = _draw(session, year)
    if drawn is None:
        try:
            with session.begin_nested():
                session.add(CertificateCounter(year=year, last=1))
            drawn = 1
        except IntegrityError:  # another worker began the year at the same moment
            drawn = _draw(session, year)
    if drawn is None:
        raise RuntimeError(f"no certificate counter for {year}")
    return str(codes.CertificateNumber(prefix, year, drawn))


def _draw(session: Session, year: int) -> int | None:
    return session.scalar(
        update(CertificateCounter)
        .where(CertificateCounter.year == year)
        .values(last=CertificateCounter.last + 1)
        .returning(CertificateCounter.last)
    )


def _snapshot(
    session: Session, certificate: Certificate, site: Installation, office: Office,
    titles: Mapping[str, str], number: str, issued_on: date,
) -> CertificateSnapshot:  # fmt: skip
    """Return every printed field; the text of the code follows when the rest is signed.

    titles  the course's, in the certificate's own language and then in the one beneath it.
    """
    edition = session.get_one(Edition, certificate.edition_id)
    structure = Structure.from_facts(edition.facts)
    language, *others = titles
    passed = session.get(Attempt, certificate.attempt_id) if certificate.attempt_id else None
    rule = pass_sentence(
        rule_of_test(
            structure, passed.test if passed else "post", floor=site.least_percent,
            needed=passed.needed if passed else None,
        )
    )  # fmt: skip
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


def _audit_head(session: Session) -> str:
    head = session.scalar(select(AuditHead.hash))
    return head.hex() if head else ""


def _title(title: str, course: Course, office: Office, language: str) -> str:
    shown = rules.title_shown(title, course.access)
    return office.speak(shown, language) if isinstance(shown, Message) else shown


def _sign(drafted: Draft, issuer: str, office: Office) -> bytes:
    """Return the signed message; with the course's short title where the long one does not fit."""
    snapshot = drafted.snapshot
    said = payload.CertificatePayload(
        issuer=issuer,
        issued_at=drafted.moment.astimezone(UTC),
        valid_through=snapshot.valid_through,
        serial=snapshot.serial,
        names=drafted.names,
        course_title=snapshot.titles[snapshot.language],
        edition=snapshot.edition,
        completed_on=snapshot.completed_on,
        hours=snapshot.hours,
        status_list=snapshot.status_list,
        status_index=snapshot.status_index,
        language=snapshot.language,
        number=snapshot.number,
        code=snapshot.code,
    )
    try:
        return payload.sign(said, office.signer)
    except Unreadable:
        if not drafted.short_title:
            raise
        return payload.sign(replace(said, course_title=drafted.short_title), office.signer)
