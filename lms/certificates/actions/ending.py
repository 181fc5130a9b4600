"""The end of a certificate: withdrawn, or replaced by a newer one. Its own row never changes."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Identity
from lms.accounts.rules import actor_id, administers_country
from lms.audit import actions as audit
from lms.certificates.actions.awarding import (
    add_certificate,
    ask_for_issue,
    printed_names,
    require_may_award,
)
from lms.certificates.actions.published import ask_for_list
from lms.certificates.glyphs import require_glyphs
from lms.certificates.models import Certificate, CertificateEvent
from lms.certificates.rules import LONGEST_REASON
from lms.installation import Installation
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_ordered_id
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer


def withdraw(
    session: Session, viewer: Viewer, certificate_id: UUID, reason: str, *, now: datetime
) -> CertificateEvent:
    """Take a certificate back; the country's office alone may. Again returns what was done.

    raises   NotFound for anybody else and for no such certificate; Refused without a reason,
             LineRefusedError for one that is no line.
    """
    certificate = _for_office(session, viewer, certificate_id)
    before = _event(session, certificate_id, "withdrawn")
    if before is not None:
        return before
    return _end(session, viewer, certificate, "withdrawn", reason, None, now=now)


def replace_certificate(
    session: Session,
    viewer: Viewer,
    certificate_id: UUID,
    reason: str,
    site: Installation,
    *,
    language: str | None = None,
    clock_is_right: bool,
    now: datetime,
) -> Certificate:
    """Give a new generation with the name that the register has now; the old one is withdrawn.

    language  the new one's own; None is that of the old one.
    raises    NotFound as ``withdraw``; Refused on a station, while the clock is wrong, for a
              certificate that is not issued yet or ended already, and where the identity is no
              longer kept.
    """
    old = _for_office(session, viewer, certificate_id)
    require_may_award(site, clock_is_right=clock_is_right)
    if old.issued_at is None or old.snapshot is None:
        raise Refused(Message(msg("This certificate is still being made. Wait a moment.")))
    if _event(session, certificate_id, "withdrawn") or _event(session, certificate_id, "replaced"):
        raise Refused(Message(msg("This certificate was withdrawn or replaced already.")))
    identity = session.get(Identity, old.person_id)
    if identity is None:
        raise Refused(
            Message(msg("The holder's name is no longer kept here, so nothing can be printed."))
        )
    require_glyphs(printed_names(identity))
    new = add_certificate(
        session,
        Certificate(
            enrolment_id=old.enrolment_id,
            generation=old.generation + 1,
            person_id=old.person_id,
            course_id=old.course_id,
            edition_id=old.edition_id,
            attempt_id=old.attempt_id,
            completed_on=old.completed_on,
            valid_through=old.valid_through,
            awarded_at=now,
        ),
        printed_names(identity),
    )
    own = language or old.snapshot["language"]
    ask_for_issue(session, new, site, own, by=viewer, now=now)
    _end(session, viewer, old, "replaced", reason, new.id, now=now)
    return new


def _for_office(session: Session, viewer: Viewer, certificate_id: UUID) -> Certificate:
    if not administers_country(viewer):
        raise NotFound
    certificate = session.scalar(
        select(Certificate).where(Certificate.id == certificate_id).with_for_update()
    )
    if certificate is None:
        raise NotFound
    return certificate


def _event(session: Session, certificate_id: UUID, kind: str) -> CertificateEvent | None:
    return session.scalar(
        select(CertificateEvent).where(
            CertificateEvent.certificate_id == certificate_id, CertificateEvent.kind == kind
        )
    )


def _end(
    session: Session,
    viewer: Viewer,
    certificate: Certificate,
    kind: str,
    reason: str,
    successor_id: UUID | None,
    *,
    now: datetime,
) -> CertificateEvent:
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(Message(msg("Give the reason: it is kept with the certificate.")))
    if len(reason) > LONGEST_REASON:
        raise Refused(
            Message(msg("A reason has at most %(count)s characters."), {"count": LONGEST_REASON})
        )
    reason = Line.of(reason, LONGEST_REASON).text
    event = CertificateEvent(
        id=new_ordered_id(),
        certificate_id=certificate.id,
        kind=kind,
        reason=reason,
        successor_id=successor_id,
        at=now,
        by=actor_id(viewer),
    )
    session.add(event)
    session.flush()
    ask_for_list(session, f"event {event.id}", now=now)
    # The reason may name somebody, so the chain holds its digest: it cannot be changed unseen.
    facts: dict[str, Any] = {
        "number": certificate.number,
        "reason": sha256(reason.encode()).hexdigest(),
        "successor": str(successor_id) if successor_id else None,
    }
    audit.append(
        session, actor_id(viewer), f"certificate.{kind}", str(certificate.id), facts, now=now
    )
    return event
