"""The holder's confirmation of the name, and the award that follows from it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.models import Identity
from lms.accounts.rules import actor_id
from lms.assessment.marks import AS_NOW, PASSED
from lms.assessment.models import Attempt, AttemptMarkCorrection
from lms.audit import actions as audit
from lms.catalogue.models import Course, Edition
from lms.catalogue.structure import Structure
from lms.certificates import rules
from lms.certificates.glyphs import require_glyphs
from lms.certificates.models import Certificate, CertificateHolder
from lms.installation import Installation
from lms.jobs import actions as jobs
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_id
from lms.kernel.messages import Message, msg
from lms.kernel.names import LATIN, PersonName, script_of
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment, Progress
from lms.signing import codes

ISSUE = "certificate.issue"

# A list is left when half of its places are taken: every second draw at least is free.
PLACES_USED = rules.PLACES_IN_A_LIST // 2
# Code and place are drawn at random; the database refuses the rare draw that is taken.
MOST_DRAWS = 50


def confirm_name(
    session: Session, viewer: Viewer, seen: str, name_latin: str | None, *, now: datetime
) -> Identity:
    """Record that the viewer has confirmed the name in the register for printing.

    seen        the name as their page showed it: refused when the register was changed meanwhile.
    name_latin  the same name in Latin letters, where the register has none and its name is in
                another script; otherwise ignored, for the register decides.
    raises      NameRefusedError or MissingGlyph with the character in the way.
    """
    identity = session.scalar(
        select(Identity).where(Identity.person_id == viewer.person_id).with_for_update()
    )
    if identity is None:
        raise NotFound
    if identity.name != seen:
        raise Refused(Message(msg("Your name was corrected meanwhile. Look at it once more.")))
    if name_latin and needs_latin(identity):
        identity.name_latin = PersonName.of(name_latin, {LATIN}).text
    require_glyphs(printed_names(identity))
    if identity.names_confirmed_at is None:
        identity.names_confirmed_at = now
        audit.append(session, viewer.person_id, "name.confirmed", str(viewer.person_id), now=now)
    return identity


def needs_latin(identity: Identity) -> bool:
    """Return whether a name in Latin letters may be added to the one in the register."""
    letter = next(char for char in identity.name if char.isalpha())
    return not identity.name_latin and script_of(letter) != LATIN


def printed_names(identity: Identity) -> list[str]:
    """Return the name as it will be printed, in one or two scripts, the register's first."""
    return [name for name in (identity.name, identity.name_latin) if name]


def award(
    session: Session,
    viewer: Viewer,
    enrolment_id: UUID,
    site: Installation,
    *,
    language: str,
    clock_is_right: bool,
    now: datetime,
) -> Certificate:
    """Give the certificate of a passed enrolment to its person; return it, also the second time.

    language  of the page on which the name was confirmed: the certificate's own.
    raises    NotFound for somebody else's enrolment; Refused on a station, while the course is
              not passed, the name not confirmed, the clock wrong, the installation waits for
              national boxes, or the language of the test is behind the law.
    """
    enrolment = session.scalar(
        select(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.person_id == viewer.person_id)
        .with_for_update()
    )
    if enrolment is None:
        raise NotFound
    given = _newest(session, enrolment_id)
    if given is not None:
        return given
    passed_at = _passed_at(session, enrolment_id)
    require_may_award(site, clock_is_right=clock_is_right)
    identity = session.get(Identity, viewer.person_id)
    if identity is None or identity.names_confirmed_at is None:
        raise Refused(Message(msg("Confirm first how your name is to be printed.")))
    edition = _edition(session, enrolment)
    structure = Structure.from_facts(edition.facts)
    passed = _passed_attempt(session, enrolment_id)
    _require_may_certify(session, enrolment, structure, passed, site)
    completed_on = passed_at.astimezone(ZoneInfo(site.time_zone)).date()
    certificate = add_certificate(
        session,
        Certificate(
            enrolment_id=enrolment_id,
            generation=1,
            person_id=viewer.person_id,
            course_id=enrolment.course_id,
            edition_id=edition.id,
            attempt_id=passed.id if passed else None,
            completed_on=completed_on,
            valid_through=rules.valid_through(completed_on, structure.validity_months),
            awarded_at=now,
        ),
        printed_names(identity),
    )
    ask_for_issue(session, certificate, site, language, by=viewer, now=now)
    audit.append(
        session,
        viewer.person_id,
        "certificate.awarded",
        str(certificate.id),
        {"enrolment": str(enrolment_id), "edition": edition.id},
        now=now,
    )
    return certificate


def _passed_at(session: Session, enrolment_id: UUID) -> datetime:
    progress = session.get(Progress, enrolment_id)
    if progress is None or progress.passed_at is None:
        raise Refused(Message(msg("This course is not passed yet. Finish the final test first.")))
    return progress.passed_at


def require_may_award(site: Installation, *, clock_is_right: bool) -> None:
    """Refuse on a station, which has no key to sign with, and while no day can be printed."""
    said = rules.instead_of_certificate(site)
    if said is not None:
        raise Refused(said)
    if not clock_is_right:
        raise Refused(
            Message(
                msg(
                    "The clock of this server is wrong, so no certificate can be dated. Tell your "
                    "administrator. Your pass is kept."
                )
            )
        )


def _require_may_certify(
    session: Session,
    enrolment: Enrolment,
    begun: Structure,
    passed: Attempt | None,
    site: Installation,
) -> None:
    """Refuse while the course of today has no confirmed boxes, or is behind the law."""
    newest = session.scalar(
        select(Edition.facts)
        .join(Course, Course.edition_id == Edition.id)
        .where(Course.id == enrolment.course_id)
    )
    today = Structure.from_facts(newest) if newest else begun
    said = rules.withheld(begun, today, passed.language if passed else None, site)
    if said is not None:
        raise Refused(said)


def _newest(session: Session, enrolment_id: UUID) -> Certificate | None:
    return session.scalar(
        select(Certificate)
        .where(Certificate.enrolment_id == enrolment_id)
        .order_by(Certificate.generation.desc())
        .limit(1)
    )


def _edition(session: Session, enrolment: Enrolment) -> Edition:
    """Return the newest revision of the edition number that was begun."""
    edition = session.scalar(
        select(Edition)
        .where(Edition.course_id == enrolment.course_id, Edition.number == enrolment.number)
        .order_by(Edition.revision.desc())
        .limit(1)
    )
    if edition is None:
        raise NotFound
    return edition


def _passed_attempt(session: Session, enrolment_id: UUID) -> Attempt | None:
    return session.scalar(
        select(Attempt)
        .outerjoin(AttemptMarkCorrection, AS_NOW)
        .where(
            Attempt.enrolment_id == enrolment_id,
            Attempt.test.in_(("post", "refresher")),
            PASSED.is_(True),
        )
        .order_by(Attempt.submitted_at)
        .limit(1)
    )


def add_certificate(
    session: Session, certificate: Certificate, names: Sequence[str]
) -> Certificate:
    """Add a certificate under a new code and place; return the one that was there before us."""
    for _ in range(MOST_DRAWS):
        certificate.id = new_id()
        certificate.code = codes.new_code()
        certificate.status_index = _new_place(session)
        try:
            with session.begin_nested():
                session.add(certificate)
        except IntegrityError:
            before = session.scalar(
                select(Certificate).where(
                    Certificate.enrolment_id == certificate.enrolment_id,
                    Certificate.generation == certificate.generation,
                )
            )
            if before is not None:
                return before
        else:
            session.add(CertificateHolder(certificate_id=certificate.id, names=list(names)))
            session.flush()
            return certificate
    raise RuntimeError("no free code or place in the withdrawal list")


def _new_place(session: Session) -> int:
    """Return a random place in the list that is filled now; ``rules.list_place`` splits it.

    It may be taken: then the database refuses it, and another is drawn.
    """
    newest = session.scalar(select(func.max(Certificate.status_index)))
    number = 0 if newest is None else rules.list_place(newest)[0] - 1
    start = number * rules.PLACES_IN_A_LIST
    taken = session.scalar(
        select(func.count()).where(Certificate.status_index >= start).select_from(Certificate)
    )
    if (taken or 0) >= PLACES_USED:
        start += rules.PLACES_IN_A_LIST
    return start + secrets.randbelow(rules.PLACES_IN_A_LIST)


def ask_for_issue(
    session: Session,
    certificate: Certificate,
    site: Installation,
    language: str,
    *,
    by: Viewer,
    now: datetime,
) -> None:
    """Ask the worker to make a certificate in ``language`` and the country's next one."""
    first, second = rules.printed_languages(language, site.languages, site.country)
    jobs.ask(
        session,
        ISSUE,
        str(certificate.id),
        {"certificate": str(certificate.id), "language": first, "second": second},
        now=now,
        asked_by=actor_id(by),
    )
