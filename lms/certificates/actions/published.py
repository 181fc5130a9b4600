"""What others check certificates with: the key list, and the list of what was withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import actor_id, administers_country
from lms.audit import actions as audit
from lms.certificates import rules
from lms.certificates.actions.office import Office
from lms.certificates.models import Certificate, CertificateEvent, WithdrawalList
from lms.installation import Installation
from lms.jobs import actions as jobs
from lms.kernel.errors import NotFound, Refused
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.signing import keys, withdrawals
from lms.signing.keys import KeyRing, Signer

PUBLISH = "certificate.withdrawals"
# A decision of this installation that nobody types into a form: the signed key list.
RING = "key_ring"
NOT_IN_LIST = msg(
    "The signing key of this server is not the one in its key list. Put the right key file back, "
    "or take a new key with: lms certificate new-key"
)


def ask_for_list(session: Session, key: str, *, now: datetime) -> None:
    """Ask the worker to publish the withdrawal list; once for each ``key``."""
    jobs.ask(session, PUBLISH, key, now=now)


def publish_withdrawals(
    session: Session, site: Installation, office: Office, *, now: datetime
) -> None:
    """Sign and store the list of every withdrawn or replaced certificate, dated ``now``."""
    ring = keep_ring(session, site, office.signer, now=now)
    newest = session.scalar(select(func.max(Certificate.status_index)))
    last, _ = rules.list_place(newest or 0)
    lists: dict[int, set[int]] = {number: set() for number in range(1, last + 1)}
    ended = select(Certificate.status_index).where(
        Certificate.id.in_(select(CertificateEvent.certificate_id))
    )
    for index in session.scalars(ended):
        number, place = rules.list_place(index)
        lists[number].add(place)
    listed = withdrawals.WithdrawalList(
        ring.issuer,
        now.replace(microsecond=0),
        {number: frozenset(places) for number, places in lists.items()},
    )
    document = withdrawals.seal(listed, office.signer).encode()
    session.add(WithdrawalList(made_at=now, document=document))


def keep_ring(session: Session, site: Installation, signer: Signer, *, now: datetime) -> KeyRing:
    """Return the key list with ``signer`` as the current key, made or renewed if needed.

    It lies among the installation's decisions, so that the web process can show it without
    reading any key file. The issuer's short name is made once and never changes.
    raises   Refused where another key is the current one.
    """
    moment = now.replace(microsecond=0)
    stored = installation.setting(session, RING)
    if stored is None:
        # Two workers that sign for the first time make one list: the second waits, then reads it.
        # Its own would say that the key counts from later on than the first one's certificate.
        row = installation.found_site(session, now=now)
        session.refresh(row, with_for_update=True)
        stored = installation.setting(session, RING)
    if stored is None:
        issuer = f"{rules.number_prefix(site)}-{row.id.hex[-8:].upper()}"
        empty = KeyRing(issuer, dict(site.names), moment, ())
        ring = empty.with_key(signer.public, now=moment)
    else:
        ring = keys.parse_ring(stored)
        current = ring.current()
        if current is None or current.kid != signer.kid:
            raise Refused(Message(NOT_IN_LIST))
        if ring.names == dict(site.names):
            return ring
        ring = replace(ring, names=dict(site.names), dated=moment)
    installation.decide(session, {RING: ring.seal([signer])}, now=now)
    return ring


def take_new_key(
    session: Session, viewer: Viewer, former: Signer | None, new: Signer, *, now: datetime
) -> KeyRing:
    """Let ``new`` take over from the former key: both sign the key list, so others can follow.

    former   None where it was lost: then nobody follows by themselves.

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
    signers = [new] if former is None else [former, new]
    installation.decide(session, {RING: ring.seal(signers)}, now=now)
    audit.append(
        session,
        actor_id(viewer),
        "key.replaced",
        new.kid.hex(),
        {"former": former.kid.hex() if former else None},
        now=now,
    )
    return ring


def withdraw_key(
    session: Session, viewer: Viewer, kid: bytes, signer: Signer, reason: str, *, now: datetime
) -> KeyRing:
    """Take a former key back, because others may have it; saying it twice changes nothing.

    Nothing that it ever signed counts from then on: a thief could date it back.

    signer   with the present key, which signs the list.
    raises   NotFound for anybody but the country's office; Refused without a key list, for a key
             that is not in it, for the present one, and where ``signer`` is not that of the list;
             LineRefusedError for a reason that is no line.
    """
    if not administers_country(viewer):
        raise NotFound
    why = Line.of(reason, rules.LONGEST_REASON).text
    stored = installation.setting(session, RING)
    known = keys.parse_ring(stored) if stored else None
    key = known.find(kid) if known else None
    if known is None or key is None:
        raise Refused(Message(msg("No such key is in the key list of this server.")))
    present = known.current()
    if present is None or present.kid != signer.kid:
        raise Refused(Message(NOT_IN_LIST))
    if kid == present.kid:
        raise Refused(
            Message(msg("This key signs at present. First take a new one: lms certificate new-key"))
        )
    if key.withdrawn is not None:
        return known
    ring = known.without_trust_in(kid, now=now.replace(microsecond=0))
    installation.decide(session, {RING: ring.seal([signer])}, now=now)
    # That key may have signed the newest withdrawal list, which nobody believes now.
    ask_for_list(session, f"key {kid.hex()}", now=now)
    audit.append(session, actor_id(viewer), "key.withdrawn", kid.hex(), {"reason": why}, now=now)
    return ring
