"""What makes and ends a certificate: confirm the name, award, issue, withdraw, replace, publish.

The holder's confirmation awards it, once per enrolment and generation; the worker then draws the
number, signs and prints. What the worker needs besides the session comes as an ``Office``.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.models import Identity
from lms.accounts.rules import actor_id, administers_country
from lms.assessment.models import Attempt
from lms.audit import actions as audit
from lms.audit.models import AuditHead
from lms.catalogue.models import Course, Edition, EditionText
from lms.catalogue.structure import Structure
from lms.certificates import rules
from lms.certificates.glyphs import require_glyphs
from lms.certificates.labels import spoken
from lms.certificates.models import (
    Certificate,
    CertificateCounter,
    CertificateEvent,
    CertificateHolder,
    WithdrawalList,
)
from lms.certificates.snapshot import CertificateSnapshot, Signatory
from lms.files import FileStore
from lms.installation import Installation
from lms.jobs import actions as jobs
from lms.kernel.errors import NotFound, Refused
from lms.kernel.ids import new_id, new_ordered_id
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.names import LATIN, PersonName, script_of
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment, Progress
from lms.learning.rules import effective_rule, pass_sentence
from lms.signing import codes, keys, payload, qr, status_list, withdrawals
from lms.signing.keys import KeyRing, Signer
from lms.signing.refusals import Unreadable

ISSUE, PUBLISH = "certificate.issue", "certificate.withdrawals"
# Names of decisions of this installation that nobody types into a form.
RING, LOGOS = "key_ring", "certificate_logos"

# A list is left when half of its places are taken: every second draw at least is free.
PLACES_USED = status_list.MINIMUM_ENTRIES // 2
LONGEST_REASON = 500
# Code and place are drawn at random; the database refuses the rare draw that is taken.
MOST_DRAWS = 50


class Printer(Protocol):
    """What turns a snapshot into a PDF: ``lms.certificates.pdf.render``."""

    def __call__(
        self,
        snapshot: CertificateSnapshot,
        names: Sequence[str],
        labels: Mapping[str, Mapping[str, str]],
        logos: Sequence[bytes],
    ) -> bytes:
        """Return the document."""


@dataclass(frozen=True, slots=True)
class Office:
    """What issuing needs besides the database.

    signer    the private key.
    name_key  keys the digest of the holder's name that outlives the name.
    address   where people reach this server: ``https://learn.example.gov``.
    speak     says a sentence in a language.
    """

    signer: Signer
    name_key: bytes
    store: FileStore
    address: str
    speak: Callable[[Message, str], str]
    render: Printer


# ---- The holder's confirmation ------------------------------------------------------------------


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
    raises    NotFound for somebody else's enrolment; Refused while the course is not passed, the
              name not confirmed, the clock wrong, or the installation waits for national boxes.
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
    _require_right_clock(clock_is_right)
    progress = session.get(Progress, enrolment_id)
    if progress is None or progress.passed_at is None:
        raise Refused(Message(msg("This course is not passed yet. Finish the final test first.")))
    identity = session.get(Identity, viewer.person_id)
    if identity is None or identity.names_confirmed_at is None:
        raise Refused(Message(msg("Confirm first how your name is to be printed.")))
    edition = _edition(session, enrolment)
    structure = Structure.from_facts(edition.facts)
    if site.refuse_unconfirmed_boxes and structure.unconfirmed():
        raise Refused(
            Message(
                msg(
                    "Your service has not confirmed its national rules for this course yet, and "
                    "gives certificates only then. Your pass is kept; look here again later."
                )
            )
        )
    completed_on = progress.passed_at.astimezone(ZoneInfo(site.time_zone)).date()
    certificate = _add(
        session,
        Certificate(
            enrolment_id=enrolment_id,
            generation=1,
            person_id=viewer.person_id,
            course_id=enrolment.course_id,
            edition_id=edition.id,
            attempt_id=_passed_attempt(session, enrolment_id),
            completed_on=completed_on,
            valid_through=rules.valid_through(completed_on, structure.validity_months),
            awarded_at=now,
        ),
        printed_names(identity),
    )
    first, second = rules.printed_languages(language, site.languages, site.country)
    _ask_for_issue(session, certificate, first, second, by=viewer, now=now)
    audit.append(
        session, viewer.person_id, "certificate.awarded", str(certificate.id),
        {"enrolment": str(enrolment_id), "edition": edition.id}, now=now,
    )  # fmt: skip
    return certificate


def _require_right_clock(clock_is_right: bool) -> None:
    if not clock_is_right:
        raise Refused(
            Message(
                msg(
                    "The clock of this server is wrong, so no certificate can be dated. Tell your "
                    "administrator. Your pass is kept."
                )
            )
        )


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


def _passed_attempt(session: Session, enrolment_id: UUID) -> UUID | None:
    return session.scalar(
        select(Attempt.id)
        .where(
            Attempt.enrolment_id == enrolment_id,
            Attempt.test.in_(("post", "refresher")),
            Attempt.passed.is_(True),
        )
        .order_by(Attempt.submitted_at)
        .limit(1)
    )


def _add(session: Session, certificate: Certificate, names: Sequence[str]) -> Certificate:
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
    """Return a random place in the list that is filled now; ``_place`` splits it.

    It may be taken: then the database refuses it, and another is drawn.
    """
    newest = session.scalar(select(func.max(Certificate.status_index)))
    number = 0 if newest is None else _place(newest)[0] - 1
    start = number * status_list.MINIMUM_ENTRIES
    taken = session.scalar(
        select(func.count()).where(Certificate.status_index >= start).select_from(Certificate)
    )
    if (taken or 0) >= PLACES_USED:
        start += status_list.MINIMUM_ENTRIES
    return start + status_list.pick_place(())


def _place(index: int) -> tuple[int, int]:
    """Return (number of the withdrawal list from 1, place in it) of a ``status_index``."""
    number, place = divmod(index, status_list.MINIMUM_ENTRIES)
    return number + 1, place


def _ask_for_issue(
    session: Session, certificate: Certificate, first: str, second: str | None, *, by: Viewer,
    now: datetime,
) -> None:  # fmt: skip
    jobs.ask(
        session, ISSUE, str(certificate.id),
        {"certificate": str(certificate.id), "language": first, "second": second},
        now=now, asked_by=actor_id(by),
    )  # fmt: skip


# ---- The worker: number, signature, paper -------------------------------------------------------


def issue(
    session: Session,
    certificate_id: UUID,
    site: Installation,
    office: Office,
    *,
    language: str,
    second: str | None,
    now: datetime,
) -> None:
    """Draw the number, freeze the snapshot, sign it and write the PDF; again does nothing.

    All in one transaction: a certificate that cannot be printed takes no number. Where the
    identity was deleted meanwhile there is no name to print, and nothing is issued.
    """
    certificate = session.scalar(
        select(Certificate).where(Certificate.id == certificate_id).with_for_update()
    )
    if certificate is None or certificate.issued_at is not None:
        return
    holder = session.get(CertificateHolder, certificate_id)
    if holder is None or _event(session, certificate_id, "withdrawn"):
        return
    moment = now.replace(microsecond=0)
    issued_on = moment.astimezone(ZoneInfo(site.time_zone)).date()
    ring = keep_ring(session, site, office, now=now)
    number = _next_number(session, rules.number_prefix(site), issued_on.year)
    snapshot = _snapshot(session, certificate, site, office, language, second, number, issued_on)
    signed = _sign(session, certificate, snapshot, holder.names, ring.issuer, office, now=moment)
    snapshot = replace(snapshot, qr_text=qr.text_of(signed))
    labels = {each: spoken(_speaker(office, each)) for each in snapshot.languages}
    logos = [office.store.get(digest) for digest in snapshot.logos]
    holder.pdf = office.store.put(office.render(snapshot, holder.names, labels, logos))
    holder.payload = signed
    certificate.number = number
    # What is kept for good: the QR code holds the name, so it stays with the holder's row alone.
    certificate.snapshot = {**snapshot.to_facts(), "qr_text": ""}
    certificate.name_digest = name_digest(office.name_key, certificate.id, holder.names)
    certificate.issued_at = moment
    ask_for_list(session, f"day {issued_on.isoformat()}", now=now)
    audit.append(
        session, None, "certificate.issued", str(certificate.id),
        {"number": number, "kid": office.signer.kid.hex()}, now=now,
    )  # fmt: skip


def _speaker(office: Office, language: str) -> Callable[[str], str]:
    return lambda msgid: _unfilled(office.speak, msgid, language)


def _unfilled(speak: Callable[[Message, str], str], msgid: str, language: str) -> str:
    """Return a sentence whose values are put in later: ``%(code)s`` stays as it is."""
    return speak(Message(msgid, {"code": "%(code)s", "address": "%(address)s"}), language)


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
    language: str, second: str | None, number: str, issued_on: date,
) -> CertificateSnapshot:  # fmt: skip
    """Return every printed field; the QR text is set when the rest is signed."""
    edition = session.get_one(Edition, certificate.edition_id)
    course = session.get_one(Course, certificate.course_id)
    structure = Structure.from_facts(edition.facts)
    printed = (language, second) if second else (language,)
    rule = pass_sentence(effective_rule(structure.pass_rule, floor=site.least_percent))
    unconfirmed = bool(structure.unconfirmed())
    list_number, place = _place(certificate.status_index)
    head = session.scalar(select(AuditHead.hash))
    return CertificateSnapshot(
        serial=certificate.id,
        number=number,
        code=certificate.code,
        titles={each: _title(session, course, edition, office, each) for each in printed},
        edition=f"{edition.number}.{edition.revision}",
        completed_on=certificate.completed_on,
        valid_through=certificate.valid_through,
        hours=float(structure.hours),
        issuers={each: site.issuers.get(each) or site.name(each) for each in printed},
        issued_on=issued_on,
        rules={each: office.speak(rule, each) for each in printed},
        language=language,
        second_language=second,
        status_list=list_number,
        status_index=place,
        qr_text="",
        check_url=f"{office.address}/v/{certificate.code}",
        notes={
            each: (office.speak(Message(rules.ANNEX_UNCONFIRMED), each),)
            for each in printed
            if unconfirmed
        },
        boxes=structure.boxes,
        signatories=tuple(_signatory(person, printed) for person in site.signatories),
        logos=tuple(installation.setting(session, LOGOS) or ()),
        country=site.country,
        digits=site.digits,
        brand=site.brand,
        band=site.band,
        audit_head=head.hex() if head else "",
    )


def _title(
    session: Session, course: Course, edition: Edition, office: Office, language: str
) -> str:
    title = session.scalar(
        select(EditionText.title).where(
            EditionText.edition_id == edition.id, EditionText.language == language
        )
    )
    shown = rules.title_shown(title or course.slug, course.access)
    return office.speak(shown, language) if isinstance(shown, Message) else shown


def _signatory(person: Mapping[str, str], printed: Sequence[str]) -> Signatory:
    """Read one signatory of the settings: ``name`` and ``title``, and ``title:fr`` for French."""

    def said(key: str) -> dict[str, str]:
        return {each: person.get(f"{key}:{each}") or person.get(key, "") for each in printed}

    return Signatory(said("name"), said("title"))


def _sign(
    session: Session, certificate: Certificate, snapshot: CertificateSnapshot,
    names: Sequence[str], issuer: str, office: Office, *, now: datetime,
) -> bytes:  # fmt: skip
    """Return the signed message; with the course's short title where the long one does not fit."""
    said = payload.CertificatePayload(
        issuer=issuer,
        issued_at=now.astimezone(UTC),
        valid_through=snapshot.valid_through,
        serial=snapshot.serial,
        names=tuple(names),
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
        facts = session.scalar(
            select(EditionText.facts).where(
                EditionText.edition_id == certificate.edition_id,
                EditionText.language == snapshot.language,
            )
        )
        short = (facts or {}).get("short_title")
        if not short:
            raise
        return payload.sign(replace(said, course_title=short), office.signer)


# ---- The end of a certificate -------------------------------------------------------------------


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
    raises    NotFound as ``withdraw``; Refused for a certificate that is not issued yet or ended
              already, and where the identity is no longer kept.
    """
    old = _for_office(session, viewer, certificate_id)
    _require_right_clock(clock_is_right)
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
    new = _add(
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
    first, second = rules.printed_languages(own, site.languages, site.country)
    _ask_for_issue(session, new, first, second, by=viewer, now=now)
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
    session: Session, viewer: Viewer, certificate: Certificate, kind: str, reason: str,
    successor_id: UUID | None, *, now: datetime,
) -> CertificateEvent:  # fmt: skip
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(Message(msg("Give the reason: it is kept with the certificate.")))
    if len(reason) > LONGEST_REASON:
        raise Refused(
            Message(msg("A reason has at most %(count)s characters."), {"count": LONGEST_REASON})
        )
    reason = Line.of(reason, LONGEST_REASON).text
    event = CertificateEvent(
        id=new_ordered_id(), certificate_id=certificate.id, kind=kind, reason=reason,
        successor_id=successor_id, at=now, by=actor_id(viewer),
    )  # fmt: skip
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


# ---- What is published --------------------------------------------------------------------------


def ask_for_list(session: Session, key: str, *, now: datetime) -> None:
    """Ask the worker to publish the withdrawal list; once for each ``key``."""
    jobs.ask(session, PUBLISH, key, now=now)


def publish_withdrawals(
    session: Session, site: Installation, office: Office, *, now: datetime
) -> None:
    """Sign and store the list of every withdrawn or replaced certificate, dated ``now``."""
    ring = keep_ring(session, site, office, now=now)
    newest = session.scalar(select(func.max(Certificate.status_index)))
    lists: dict[int, set[int]] = {number: set() for number in range(1, _place(newest or 0)[0] + 1)}
    ended = select(Certificate.status_index).where(
        Certificate.id.in_(select(CertificateEvent.certificate_id))
    )
    for index in session.scalars(ended):
        number, place = _place(index)
        lists[number].add(place)
    listed = withdrawals.WithdrawalList(
        ring.issuer,
        now.replace(microsecond=0),
        {number: frozenset(places) for number, places in lists.items()},
    )
    document = withdrawals.seal(listed, office.signer).encode()
    session.add(WithdrawalList(made_at=now, document=document))


def keep_ring(session: Session, site: Installation, office: Office, *, now: datetime) -> KeyRing:
    """Return the key list with the office's key as the current one, made or renewed if needed.

    It lies among the installation's decisions, so that the web process can show it without
    reading any key file. The issuer's short name is made once and never changes.
    """
    moment = now.replace(microsecond=0)
    stored = installation.setting(session, RING)
    if stored is None:
        row = installation.found_site(session, now=now)
        issuer = f"{rules.number_prefix(site)}-{row.id.hex[-8:].upper()}"
        empty = KeyRing(issuer, dict(site.names), moment, ())
        ring = empty.with_key(office.signer.public, now=moment)
    else:
        ring = keys.parse_ring(stored)
        current = ring.current()
        if current is None or current.kid != office.signer.kid:
            raise Refused(
                Message(
                    msg(
                        "The signing key of this server is not the one in its key list. Put the "
                        "right key file back, or take a new key with: lms certificate new-key"
                    )
                )
            )
        if ring.names == dict(site.names):
            return ring
        ring = replace(ring, names=dict(site.names), dated=moment)
    installation.decide(session, {RING: ring.seal([office.signer])}, now=now)
    return ring


def take_new_key(
    session: Session, viewer: Viewer, office: Office, new: Signer, *, now: datetime
) -> KeyRing:
    """Let ``new`` take over from the office's key: both sign the key list, so others can follow.

    It takes over at the next full second, since certificates are dated to the second: what was
    signed until now counts. Sign with it only then.
    raises   NotFound for anybody but the country's office; Refused before the first key list.
    """
    if not administers_country(viewer):
        raise NotFound
    stored = installation.setting(session, RING)
    if stored is None:
        raise Refused(Message(msg("There is no key list yet: nothing was signed so far.")))
    moment = now.replace(microsecond=0) + timedelta(seconds=1)
    ring = keys.parse_ring(stored).with_key(new.public, now=moment)
    installation.decide(session, {RING: ring.seal([office.signer, new])}, now=now)
    audit.append(
        session, actor_id(viewer), "key.replaced", new.kid.hex(),
        {"former": office.signer.kid.hex()}, now=now,
    )  # fmt: skip
    return ring
