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
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms import installation
from lms.audit import actions as audit
from lms.certificates import rules
from lms.certificates.actions.drafting import Draft, audit_head, day_of_issue, waiting_holder
from lms.certificates.actions.office import Office
from lms.certificates.actions.published import RING, ask_for_list, keep_ring
from lms.certificates.labels import in_languages
from lms.certificates.models import (
    Certificate,
    CertificateCounter,
    CertificateHolder,
)
from lms.certificates.snapshot import CertificateSnapshot
from lms.installation import Installation
from lms.signing import codes, cose, keys, payload, qr
from lms.signing.keys import KeyRing
from lms.signing.refusals import Unreadable


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
    holder = waiting_holder(session, certificate)
    if certificate is None or holder is None:
        return
    ring = keep_ring(session, site, office.signer, now=now)
    number = _next_number(session, rules.number_prefix(site), drafted.snapshot.issued_on.year)
    drafted = replace(
        drafted,
        snapshot=replace(drafted.snapshot, number=number, audit_head=audit_head(session)),
        moment=counts_from(drafted.moment, ring),
    )
    holder.payload = _sign(drafted, ring.issuer, office)
    certificate.number = number
    # The QR code holds the name, so it stays with the holder's row alone.
    certificate.snapshot = drafted.snapshot.to_facts()
    certificate.name_digest = name_digest(office.name_key, certificate.id, drafted.names)
    audit.append(
        session,
        None,
        "certificate.issued",
        str(certificate.id),
        {"number": number, "kid": office.signer.kid.hex()},
        now=now,
    )


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
    ask_for_list(session, f"day {day_of_issue(now, site).isoformat()}", now=now)


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


def message_of(
    snapshot: CertificateSnapshot, names: tuple[str, ...], *, issuer: str, issued_at: datetime
) -> payload.CertificatePayload:
    """Return what is signed of a certificate; ``names`` as they are printed."""
    return payload.CertificatePayload(
        issuer=issuer,
        issued_at=issued_at.astimezone(UTC),
        valid_through=snapshot.valid_through,
        serial=snapshot.serial,
        names=names,
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


def _sign(drafted: Draft, issuer: str, office: Office) -> bytes:
    """Return the signed message; with the course's short title where the long one does not fit."""
    snapshot = drafted.snapshot
    said = message_of(snapshot, drafted.names, issuer=issuer, issued_at=drafted.moment)
    try:
        return payload.sign(said, office.signer)
    except Unreadable:
        if not drafted.short_title:
            raise
        return payload.sign(replace(said, course_title=drafted.short_title), office.signer)
