"""The withdrawal list that travels: every withdrawn place of an issuer in one short signed text.

A certificate names a list and a place in it. Places are drawn at random, so that neither the place
nor the list tells when or to whom a certificate was given. A page can read the text without
unpacking anything: prefix ``LMSW1:`` and base45 of a COSE_Sign1 whose payload is a CWT map

    1 issuer · 6 date (seconds since 1970) · -70002 {list number: [first place, gap, gap, …]}

Places rise; each but the first is written as its distance from the one before, which keeps ten
thousand withdrawals near 20 kB. A list without withdrawals is there with an empty row: a list that
is not mentioned is *not covered*, which is another thing than "nothing withdrawn".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, pairwise

from lms.kernel.messages import Message, msg
from lms.signing import base45, cbor, cose, qr
from lms.signing.keys import KeyRing, Signer
from lms.signing.payload import CLAIM_ISSUED, CLAIM_ISSUER, LATEST_SECOND
from lms.signing.refusals import Unreadable

CLAIM_WITHDRAWN = -70002
LONGEST_TEXT = 400_000


@dataclass(frozen=True, slots=True)
class WithdrawalList:
    """What was withdrawn up to a moment.

    issuer      the key ring's ``issuer``
    dated       aware, to the second
    withdrawn   list number -> places withdrawn in it; every list in use is a key
    """

    issuer: str
    dated: datetime
    withdrawn: Mapping[int, frozenset[int]]

    def covers(self, status_list: int) -> bool:
        """Return whether anything is known about the list ``status_list``."""
        return status_list in self.withdrawn

    def holds(self, status_list: int, index: int) -> bool:
        """Return whether the certificate at that place is withdrawn."""
        return index in self.withdrawn.get(status_list, frozenset())


def seal(withdrawals: WithdrawalList, signer: Signer) -> str:
    """Return the list as text that pages and commands take."""
    claims = {
        CLAIM_ISSUER: withdrawals.issuer,
        CLAIM_ISSUED: int(withdrawals.dated.timestamp()),
        CLAIM_WITHDRAWN: {
            number: _gaps(sorted(places)) for number, places in withdrawals.withdrawn.items()
        },
    }
    return qr.WITHDRAWALS_PREFIX + base45.encode(cose.sign(cbor.pack(claims), signer))


def read(text: str, ring: KeyRing) -> WithdrawalList:
    """Return the list in ``text``.

    raises   Unreadable, with its own sentence: no such text; damaged; not signed by a key of
             ``ring`` that still counts; of another issuer.
    """
    text = qr.as_scanned(text[:LONGEST_TEXT])
    if not text.startswith(qr.WITHDRAWALS_PREFIX):
        raise Unreadable(Message(msg("This text is not a withdrawal list.")))
    try:
        message = cose.read(base45.decode(text.removeprefix(qr.WITHDRAWALS_PREFIX)))
    except ValueError as error:
        raise Unreadable(Message(msg("The withdrawal list is damaged or incomplete."))) from error
    key = ring.find(message.kid)
    if key is None or key.withdrawn is not None:
        raise Unreadable(Message(msg("The withdrawal list is not signed by an issuer known here.")))
    if not message.is_signed_by(key.public):
        raise Unreadable(Message(msg("The withdrawal list was changed after it was signed.")))
    found = _claims(message.payload)
    if found.issuer != ring.issuer:
        raise Unreadable(Message(msg("This withdrawal list is of another issuer.")))
    return found


def _gaps(places: list[int]) -> list[int]:
    return places[:1] + [later - earlier for earlier, later in pairwise(places)]


def _claims(payload: bytes) -> WithdrawalList:
    """Read the claims. A certificate, too, is signed by an issuer known here: refuse it."""
    refusal = Unreadable(Message(msg("This text is not a withdrawal list.")))
    try:
        claims = cbor.unpack(payload)
    except ValueError as error:
        raise refusal from error
    match claims:
        case {1: str() as issuer, 6: int() as dated, -70002: dict() as lists} if (
            len(claims) == 3
            and 0 <= dated <= LATEST_SECOND
            and all(_is_row(number, gaps) for number, gaps in lists.items())
        ):
            return WithdrawalList(
                issuer,
                datetime.fromtimestamp(dated, UTC),
                {number: frozenset(accumulate(gaps)) for number, gaps in lists.items()},
            )
    raise refusal


def _is_row(number: object, gaps: object) -> bool:
    return (
        type(number) is int
        and isinstance(gaps, list)
        and all(type(gap) is int and gap >= 0 for gap in gaps)
    )
